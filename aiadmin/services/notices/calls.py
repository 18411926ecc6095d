"""Calls: what a client had to hear and could not be sent is told to the salon, which has a telephone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from aiadmin import texts
from aiadmin.domain.journal.journal import DEFAULT_ZONE
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import NewMessage, Purpose
from aiadmin.domain.notices.call import AT_ONCE, GivenUp, calls
from aiadmin.domain.notices.dispatch import NoticeRecipient, call_key
from aiadmin.domain.notices.notice import AnnouncedVisit, Notice
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.services.isolation import Isolation
from aiadmin.services.messages.messages import enqueue
from aiadmin.services.ports.clock import Clock
from aiadmin.storage.unit_of_work import NewUnitOfWork, UnitOfWork
from aiadmin.texts import formatting as wording


def ask_for_all(isolation: Isolation, *, uow: NewUnitOfWork, clock: Clock) -> int:
    """Have salons call whom we could not keep from coming in vain, each person once; how many calls.

    Raises:
        DependencyDownError: PostgreSQL does not answer.
    """
    now = clock()
    give_up(isolation, uow=uow, clock=clock)

    def ask_each(some: Sequence[Sequence[Notice]]) -> int:
        with uow() as work:
            for notices in some:
                _ask(notices, work=work, now=now)
            work.commit()
        return len(some)

    with uow() as work:
        work.calls.recall(now)
        people = calls(work.calls.list_undelivered(now, limit=AT_ONCE))
        work.commit()
    return sum(isolation.rows(WorkQueue.NOTICES, people, ask_each, key=_row_key))


def give_up(isolation: Isolation, *, uow: NewUnitOfWork, clock: Clock, is_tried: bool = False) -> None:
    """Drop what no message would tell in time any more.

    Args:
        is_tried: only where a message was owed that nobody has taken, which is not to be tried again and again.

    Raises:
        DependencyDownError: PostgreSQL does not answer.
    """
    now = clock()
    with uow() as work:
        hopeless = work.calls.list_undeliverable(now, limit=AT_ONCE, is_tried=is_tried)

    def drop(some: Sequence[GivenUp]) -> None:
        with uow() as work:
            for one in some:
                work.due_notices.drop(one.notice, why=one.why, at=now)
            work.commit()

    isolation.rows(WorkQueue.NOTICES, hopeless, drop, key=lambda one: one.notice.row_key)
    _give_up_stuck(isolation, uow=uow, now=now)


def _give_up_stuck(isolation: Isolation, *, uow: NewUnitOfWork, now: datetime) -> None:
    """What was set aside is nothing to be tried again once its client sets out."""
    with uow() as work:
        stuck = work.calls.stuck(now, limit=AT_ONCE)

    def drop(rows: Sequence[RowKey]) -> None:
        with uow() as work:
            for row in rows:
                work.calls.give_up(row, now)
            work.commit()

    for row in stuck:
        isolation.one(WorkQueue.NOTICES, row, drop)


def _row_key(notices: Sequence[Notice]) -> RowKey:
    return notices[0].row_key


def _ask(notices: Sequence[Notice], *, work: UnitOfWork, now: datetime) -> None:
    """Owe one message to the salon's own number: whom to call, and about what. Nothing where no phone is linked."""
    company = work.companies.find(notices[0].company_id)
    if company is None or company.whatsapp_phone is None:
        return
    fresh = work.calls.mark([one.id for one in notices], now)
    new = [one for one in notices if one.id in fresh]
    if not new:
        return
    name, phone = _whom(new, work)
    about = work.contacts.upsert(new[0].company_id, IdentityObservation(phone=phone), now) if phone else None
    unread = work.calls.take_back(new[0], about, now) if about is not None else ()
    untold = [*unread, *new]
    message = NewMessage(
        company_id=new[0].company_id,
        text=texts.call(texts.who(name, phone), _fates(untold, work)),
        dedup_key=call_key(new[0], now),
        deadline_at=max(announced.starts_at for one in untold for announced in _times(one)),
        purpose=Purpose.REPLY,
        record_id=new[0].record_id,
        about=about,
    )
    enqueue(message, to=IdentityObservation(phone=company.whatsapp_phone), work=work, now=now)


def _whom(notices: Sequence[Notice], work: UnitOfWork) -> tuple[str | None, str | None]:
    """The client's name and phone."""
    company_id, client_id = notices[0].company_id, notices[0].announced.client_id
    client = work.due_notices.recipient(company_id, client_id) if client_id is not None else NoticeRecipient()
    promised = next((one.announced.client_phone for one in notices if one.announced.client_phone), None)
    return client.name, promised or client.phone


def _fates(notices: Sequence[Notice], work: UnitOfWork) -> Sequence[tuple[str, str, str]]:
    """What became of each visit and of its message, when it was to be, and when it is."""
    unsure = work.calls.unsure(notices[0].company_id, [one.id for one in notices])
    salon = work.sync_runs.salon(notices[0].company_id)
    zone = salon.zone if salon else DEFAULT_ZONE
    return [
        (f"{one.kind}_unsure" if one.id in unsure else one.kind.value, *_whens(one, zone))
        for one in _by_visit(notices)
    ]


def _whens(notice: Notice, zone: str) -> tuple[str, str]:
    believed, true = _times(notice)
    return _when(believed, zone), _when(true, zone)


def _by_visit(notices: Sequence[Notice]) -> Sequence[Notice]:
    """Of the bookings of one visit that share a fate the first; in the order of time."""
    visits: dict[tuple[object, ...], Notice] = {}
    for one in sorted(notices, key=lambda each: _times(each)[0].starts_at):
        visit = ("record", one.record_id) if one.announced.visit_id is None else ("visit", one.announced.visit_id)
        visits.setdefault((one.kind, _times(one)[0].starts_at.date(), *visit), one)
    return list(visits.values())


def _times(notice: Notice) -> tuple[AnnouncedVisit, AnnouncedVisit]:
    """What the client believes, and what is true."""
    return notice.announced.was or notice.announced, notice.announced


def _when(announced: AnnouncedVisit, zone: str) -> str:
    """By the salon's clock as it was told, whatever its timezone has become since."""
    local = announced.wall_clock or announced.starts_at.astimezone(ZoneInfo(zone))
    return f"{wording.day(local)}, в {wording.clock(local)}"
