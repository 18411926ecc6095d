"""Calls: what a client had to hear and could not be sent is told to the salon, which has a telephone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from aiadmin import texts, wording
from aiadmin.domain.call import AT_ONCE, GivenUp, calls
from aiadmin.domain.contact import Sighting
from aiadmin.domain.journal import DEFAULT_ZONE
from aiadmin.domain.message import NewMessage, Purpose
from aiadmin.domain.notice import Notice, Promise
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.domain.release import call_key
from aiadmin.services.isolation import Isolation
from aiadmin.services.messages import owe
from aiadmin.services.ports import Clock, NewUnitOfWork, UnitOfWork


def ask_for_all(isolation: Isolation, *, uow: NewUnitOfWork, clock: Clock) -> int:
    """Have salons call whom we could not keep from coming in vain, each person once; how many calls.

    Raises:
        DependencyDownError: PostgreSQL does not answer.
    """
    now = clock()
    with uow() as work:
        hopeless = work.calls.hopeless(now, limit=AT_ONCE)

    def give_up(some: Sequence[GivenUp]) -> None:
        with uow() as work:
            for one in some:
                work.releases.drop(one.notice, why=one.why, at=now)
            work.commit()

    def ask_each(some: Sequence[Sequence[Notice]]) -> int:
        with uow() as work:
            for notices in some:
                _ask(notices, work=work, now=now)
            work.commit()
        return len(some)

    isolation.rows(WorkQueue.NOTICES, hopeless, give_up, key=lambda one: one.notice.row_key)
    with uow() as work:
        people = calls(work.calls.untold(now, limit=AT_ONCE))
    return sum(isolation.rows(WorkQueue.NOTICES, people, ask_each, key=_row_key))


def _row_key(notices: Sequence[Notice]) -> RowKey:
    return notices[0].row_key


def _ask(notices: Sequence[Notice], *, work: UnitOfWork, now: datetime) -> None:
    """Owe one message to the salon's own number: whom to call, and about what. Nothing where no phone is linked."""
    company = work.companies.find(notices[0].company_id)
    if company is None or company.whatsapp_phone is None:
        return
    fresh = work.calls.mark([one.id for one in notices], now)
    about = [one for one in notices if one.id in fresh]
    if not about:
        return
    first = about[0]
    phone, text = _said(about, work)
    new = NewMessage(
        company_id=first.company_id,
        text=text,
        dedup_key=call_key(first),
        deadline_at=max(promise.starts_at for one in about for promise in _times(one)),
        purpose=Purpose.REPLY,
        record_id=first.record_id,
        about=work.contacts.see(first.company_id, Sighting(phone=phone), now) if phone else None,
    )
    owe(new, to=Sighting(phone=company.whatsapp_phone), work=work, now=now)


def _said(notices: Sequence[Notice], work: UnitOfWork) -> tuple[str | None, str]:
    """Whom to call, and the text."""
    first = notices[0]
    salon, client_id = work.sync_runs.salon(first.company_id), first.promise.client_id
    zone = salon.zone if salon else DEFAULT_ZONE
    client = work.releases.client(first.company_id, client_id) if client_id is not None else None
    phone = next((one.promise.client_phone for one in notices if one.promise.client_phone), None)
    phone = phone or (client.phone if client else None)
    about = [_fate(one, zone) for one in _by_visit(notices)]
    return phone, texts.call(texts.who(client.name if client else None, phone), about)


def _fate(notice: Notice, zone: str) -> tuple[str, str, str]:
    """What became of a visit, when it was to be, and when it is."""
    believed, true = _times(notice)
    return notice.kind, _when(believed, zone), _when(true, zone)


def _by_visit(notices: Sequence[Notice]) -> Sequence[Notice]:
    """Of the bookings of one visit that share a fate the first; in the order of time."""
    visits: dict[tuple[object, ...], Notice] = {}
    for one in sorted(notices, key=lambda each: _times(each)[0].starts_at):
        visit = ("record", one.record_id) if one.promise.visit_id is None else ("visit", one.promise.visit_id)
        visits.setdefault((one.kind, _times(one)[0].starts_at.date(), *visit), one)
    return list(visits.values())


def _times(notice: Notice) -> tuple[Promise, Promise]:
    """What the client believes, and what is true."""
    return notice.promise.was or notice.promise, notice.promise


def _when(promise: Promise, zone: str) -> str:
    """By the salon's clock as it was told, whatever its timezone has become since."""
    local = promise.wall_clock or promise.starts_at.astimezone(ZoneInfo(zone))
    return f"{wording.day(local)}, в {wording.clock(local)}"
