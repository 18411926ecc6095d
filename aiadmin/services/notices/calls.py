"""Calls: the salon is asked to telephone a client to whom a cancellation or a move could not be sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from aiadmin import texts
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.grouping import grouped
from aiadmin.domain.ids import NoticeId
from aiadmin.domain.journal.journal import DEFAULT_ZONE, AtTime, Record, is_near
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import NewMessage, Purpose
from aiadmin.domain.notices.call import AT_ONCE, CallReason, GivenUp, UnplannedEvent, calls, given_up
from aiadmin.domain.notices.dispatch import NoticeRecipient, call_key
from aiadmin.domain.notices.notice import AnnouncedVisit, Notice, NoticeKind
from aiadmin.domain.notices.settings import MessageSettings
from aiadmin.domain.notices.telling import NoticeWithBooking, is_beside
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.services.messages.messages import enqueue
from aiadmin.services.notices.visits import known_about
from aiadmin.services.ports.clock import Clock
from aiadmin.services.work import QueueRunner
from aiadmin.storage.unit_of_work import NewUnitOfWork, UnitOfWork

Reasons = Callable[[Sequence[Notice], MessageSettings, UnitOfWork], Sequence[CallReason]]
"""Puts what a client was not sent into words."""


def ask_for_all(runner: QueueRunner, *, uow: NewUnitOfWork, clock: Clock) -> int:
    """Have salons call clients who may come in vain and cannot be written to, each once; how many calls.

    Notices that no message would tell in time any more are given up before.

    Raises:
        DependencyDownError: PostgreSQL does not answer.
    """
    now = clock()
    with uow() as work:
        if not work.calls.has_due(now):
            return 0
    _give_up(runner, uow=uow, now=now)
    _give_up_stuck(runner, uow=uow, now=now)
    _give_up_unplanned(runner, uow=uow, now=now)

    def ask_each(some: Sequence[Sequence[Notice]], reasons: Reasons = _reasons) -> int:
        with uow() as work:
            for notices in some:
                _ask(notices, reasons, work=work, now=now)
            work.commit()
        return len(some)

    def ask(some: Sequence[Sequence[Notice]]) -> int:
        """A client whose visit cannot be read is called about all the same, in fewer words."""
        try:
            return ask_each(some)
        except DependencyDownError:
            raise
        except Exception:
            if len(some) > 1:
                raise
        return ask_each(some, _plain_reasons)

    with uow() as work:
        work.calls.recall(now)
        people = calls(work.calls.list_undelivered(now, limit=AT_ONCE))
        work.commit()
    return sum(runner.rows(WorkQueue.NOTICES, people, ask, key=lambda notices: notices[0].row_key))


def give_up_untaken(runner: QueueRunner, *, uow: NewUnitOfWork, clock: Clock) -> None:
    """Drop notices whose message no host took, and that no other message would tell in time.

    Before others are dispatched: these are not to be tried again and again.

    Raises:
        DependencyDownError: PostgreSQL does not answer.
    """
    _give_up(runner, uow=uow, now=clock(), is_tried=True)


def _give_up(runner: QueueRunner, *, uow: NewUnitOfWork, now: datetime, is_tried: bool = False) -> None:
    with uow() as work:
        hopeless = work.calls.list_undeliverable(now, limit=AT_ONCE, is_tried=is_tried)

    def drop(some: Sequence[GivenUp]) -> None:
        with uow() as work:
            for one in some:
                work.due_notices.drop([one.notice], why=one.why, at=now)
            work.commit()

    runner.rows(WorkQueue.NOTICES, hopeless, drop, key=lambda one: one.notice.row_key)


def _give_up_stuck(runner: QueueRunner, *, uow: NewUnitOfWork, now: datetime) -> None:
    """Drop notices in quarantine whose client is about to set out."""
    with uow() as work:
        stuck = work.calls.stuck(now, limit=AT_ONCE)

    def drop(rows: Sequence[RowKey]) -> None:
        with uow() as work:
            for row in rows:
                work.calls.give_up(row, now)
            work.commit()

    for row in stuck:
        runner.one(WorkQueue.NOTICES, row, drop)


def _give_up_unplanned(runner: QueueRunner, *, uow: NewUnitOfWork, now: datetime) -> None:
    """Keep events whose planning raises as dropped notices: their times may be unreadable, and a call is owed."""
    with uow() as work:
        events = work.calls.unplanned(now, limit=AT_ONCE)

    def add(some: Sequence[UnplannedEvent]) -> None:
        notices = (given_up(one, now) for one in some)
        with uow() as work:
            work.notices.add([one for one in notices if one is not None], now)
            work.commit()

    runner.rows(WorkQueue.BOOKING_EVENTS, events, add, key=lambda one: one.row_key)


def _ask(notices: Sequence[Notice], reasons: Reasons, *, work: UnitOfWork, now: datetime) -> None:
    """Enqueue one message to the salon's own number: whom to call, and about what. None where no phone is linked."""
    company = work.companies.find(notices[0].company_id)
    if company is None or company.whatsapp_phone is None:
        return
    fresh = work.calls.mark([one.id for one in notices], now)
    new = [one for one in notices if one.id in fresh]
    if not new:
        return
    settings = work.message_settings.settings(company.company_id)
    of_calls = texts.of(settings.language).calls
    name, phone = _whom(new, work)
    about = work.contacts.upsert(new[0].company_id, IdentityObservation(phone=phone), now) if phone else None
    unread = work.calls.take_back(new[0], about, now) if about is not None else ()
    untold = [*unread, *new]
    message = NewMessage(
        company_id=new[0].company_id,
        text=of_calls.call(of_calls.who(name, phone), reasons(untold, settings, work)),
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


def _reasons(notices: Sequence[Notice], settings: MessageSettings, work: UnitOfWork) -> Sequence[CallReason]:
    """What became of each visit, in the order of time; of a part that is gone where the rest of its visit stands."""
    company_id = notices[0].company_id
    known = work.records.find_all(company_id, [one.record_id for one in notices])
    told = [
        NoticeWithBooking(notice=one, record=known[one.record_id].record) for one in notices if one.record_id in known
    ]
    near = known_about(work, company_id, told) if told else ()
    rest = {one.notice.id: _rest(one, notices, near, settings) for one in told}
    parts = [one for one in notices if rest.get(one.id) is not None]
    titles = work.journal.titles(company_id, {number for one in parts for number in _times(one)[0].services})
    return _in_words(notices, settings, work, rest=rest, what={one.id: _what(one, titles) for one in parts})


def _plain_reasons(notices: Sequence[Notice], settings: MessageSettings, work: UnitOfWork) -> Sequence[CallReason]:
    """The same without what only the journal tells: something in it cannot be read."""
    return _in_words(notices, settings, work, rest={}, what={})


def _in_words(
    notices: Sequence[Notice],
    settings: MessageSettings,
    work: UnitOfWork,
    *,
    rest: Mapping[NoticeId, AtTime | None],
    what: Mapping[NoticeId, str],
) -> Sequence[CallReason]:
    unsure = work.calls.unsure(notices[0].company_id, [one.id for one in notices])
    salon = work.sync_runs.salon(notices[0].company_id)
    zone = salon.zone if salon else DEFAULT_ZONE
    formatting = texts.of(settings.language).formatting

    def when(at: AtTime) -> str:
        """By the salon's clock as it was told, whatever its timezone has become since."""
        return formatting.day_and_clock(at.wall_clock or at.starts_at.astimezone(ZoneInfo(zone)))

    parts = [one for one in notices if one.id in what]
    return [
        CallReason(
            kind=one.kind,
            is_unsure=one.id in unsure,
            was=None if one.kind is NoticeKind.MOVED and one.announced.was is None else when(_times(one)[0]),
            now=when(_times(one)[1]),
            what=what.get(one.id, ""),
            rest=None if (stands := rest.get(one.id)) is None else when(stands),
        )
        for one in _in_order([*_by_visit([one for one in notices if one not in parts]), *parts])
    ]


def _rest(
    told: NoticeWithBooking, notices: Sequence[Notice], near: Sequence[Record], settings: MessageSettings
) -> AtTime | None:
    """The first that stands of a visit besides the booking of a notice, as far as we know.

    Bookings that were moved together were moved as a whole.

    Args:
        near: bookings that may stand beside.
    """
    moved = {one.record_id for one in notices if NoticeKind.MOVED is told.notice.kind is one.kind}
    found = (one for one in near if one.record_id not in moved and is_beside(one, [told], settings))
    return min(found, key=lambda one: one.starts_at, default=None)


def _what(notice: Notice, titles: Mapping[int, str]) -> str:
    """What was booked as the client knows it; nothing where one of it has no title any more."""
    services = dict.fromkeys(_times(notice)[0].services)
    return ", ".join(titles[one] for one in services) if titles.keys() >= services.keys() else ""


def _by_visit(notices: Sequence[Notice]) -> Sequence[Notice]:
    """Of the notices of one kind about one visit the first."""
    return [visit[0] for visit in grouped(_in_order(notices), _is_of_visit)]


def _is_of_visit(notice: Notice, visit: Sequence[Notice]) -> bool:
    """Whether a notice says the same of the visit that others are of; one of days apart shares only its number."""
    first = visit[0]
    number = notice.announced.visit_id
    is_one = notice.record_id == first.record_id if number is None else number == first.announced.visit_id
    return is_one and notice.kind is first.kind and is_near(_times(first)[0], _times(notice)[0])


def _in_order(notices: Sequence[Notice]) -> Sequence[Notice]:
    return sorted(notices, key=lambda one: _times(one)[0].starts_at)


def _times(notice: Notice) -> tuple[AnnouncedVisit, AnnouncedVisit]:
    """The visit as the client knows it, and as it is."""
    return notice.announced.was or notice.announced, notice.announced
