"""What a client is to be told after something has happened to a booking.

The question is never what happened, but what the client believes and what is true: several edits are one notice,
and an edit that is taken back before anybody was told of it is none.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aiadmin.domain.booking_event import BookingEvent, EventKind, EventSource
from aiadmin.domain.ids import CompanyId, NoticeId
from aiadmin.domain.journal import Attendance, Record, is_same_person, is_same_time
from aiadmin.domain.message_settings import MessageSettings
from aiadmin.domain.notice import NoticeKind, Promise

NEWS_FOR = timedelta(hours=24)
"""What happened longer ago is no news: we were away, or the phone was."""
MOST_AT_ONCE = 20
"""More bookings of one salon, made within a minute, are an import: no desk books so fast."""
IMPORTED = "imported"
"""Why a booking of an import was not told of."""
_EDITS = frozenset({EventKind.CREATED, EventKind.MOVED, EventKind.CHANGED, EventKind.CANCELLED, EventKind.RESTORED})
_OVER = frozenset({Attendance.CAME, Attendance.NO_SHOW})


@dataclass(frozen=True, kw_only=True)
class StoredEvent:
    """A row of `booking_events` that nobody has looked at yet.

    Attributes:
        made_together: how many bookings the desk made within a minute of this one, which counts too; what clients
            book online is no import, however many do.
    """

    event_id: int
    company_id: CompanyId
    event: BookingEvent
    source: EventSource
    at: datetime
    made_together: int = 1


@dataclass(frozen=True, kw_only=True)
class Booking:
    """A record as one client sees it: whoever gives a booking up to another has nothing more to do with it.

    The client is a person: two cards with one phone are one.
    """

    company_id: CompanyId
    record_id: int
    client_id: int | None
    client_phone: str | None


@dataclass(frozen=True, kw_only=True)
class LastNews:
    """The newest notice that told, or was to tell, one client of a booking.

    Attributes:
        is_waiting: whether it may still be taken back.
        is_leaving: whether it is a message that may or may not go out: nobody knows yet what the client believes.
        is_said: whether it went out; what was dropped has told nobody anything.
    """

    notice_id: NoticeId
    kind: NoticeKind
    promise: Promise
    is_waiting: bool
    is_said: bool
    is_leaving: bool = False


@dataclass(frozen=True, kw_only=True)
class NewNotice:
    """A notice to plan; of one `dedup_key` a company has at most one.

    Attributes:
        dropped: why it is not to be told at all: then it is only kept, for people to see.
    """

    company_id: CompanyId
    record_id: int
    kind: NoticeKind
    dedup_key: str
    promise: Promise
    due_at: datetime
    deadline_at: datetime
    dropped: str | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to do: take back a notice that waits, plan a new one, both or neither; or look again later."""

    superseded: NoticeId | None = None
    new: NewNotice | None = None
    is_too_early: bool = False


NOTHING = Plan()
TOO_EARLY = Plan(is_too_early=True)


def by_booking(events: Iterable[StoredEvent]) -> Mapping[Booking, Sequence[StoredEvent]]:
    """Events of each booking and person, in their order; the newest says by which card and phone they are known."""
    found: dict[tuple[CompanyId, int], list[list[StoredEvent]]] = {}
    for one in events:
        people = found.setdefault((one.company_id, one.event.after.record_id), [])
        theirs = (each for each in people if is_same_person(each[-1].event.after, one.event.after))
        known = next(theirs, None)
        if known is None:
            people.append([one])
        else:
            known.append(one)
    return {_booking(each): each for people in found.values() for each in people}


def _booking(events: Sequence[StoredEvent]) -> Booking:
    newest = events[-1].event.after
    return Booking(
        company_id=events[-1].company_id,
        record_id=newest.record_id,
        client_id=newest.client_id,
        client_phone=newest.client_phone,
    )


def plan(events: Sequence[StoredEvent], last: LastNews | None, settings: MessageSettings, *, now: datetime) -> Plan:
    """What follows from events of one booking and one client, which are in order.

    Args:
        last: the newest news about this booking for this client, or None.
    """
    edits = [one for one in events if _is_news(one, now)]
    if not edits:
        imported = [one for one in events if _is_imported(one) and _may_be_told(one.event.after)]
        return Plan(new=_import(imported[-1], now)) if imported and last is None else NOTHING
    if last is not None and last.is_leaving:
        return TOO_EARLY
    believed, truth = _believed(edits[0].event, last, settings), events[-1].event.after
    kind = None if believed is None and _is_awaiting_payment(truth, settings) else _kind(believed, truth)
    waiting = last if last is not None and last.is_waiting else None
    taken_back = Plan(superseded=waiting.notice_id if waiting else None)
    if kind is None or not settings.wants(kind):
        return taken_back
    promise = _promise(kind, believed, truth)
    if waiting is not None and waiting.kind is kind and waiting.promise.says_the_same(promise):
        return NOTHING
    if promise.starts_at <= now or not _may_be_told(truth):
        return taken_back
    told_at = edits[-1].at
    new = NewNotice(
        company_id=edits[-1].company_id,
        record_id=truth.record_id,
        kind=kind,
        dedup_key=_dedup_key(truth.record_id, kind, promise, last),
        promise=promise,
        due_at=told_at + timedelta(seconds=settings.gather_seconds),
        deadline_at=min(promise.starts_at, told_at + NEWS_FOR),
    )
    return replace(taken_back, new=new)


def _import(one: StoredEvent, now: datetime) -> NewNotice:
    """A booking of an import: its client is told nothing, and reckons with it from elsewhere."""
    promise = Promise.of(one.event.after)
    return NewNotice(
        company_id=one.company_id,
        record_id=one.event.after.record_id,
        kind=NoticeKind.BOOKED,
        dedup_key=_dedup_key(one.event.after.record_id, NoticeKind.BOOKED, promise, None),
        promise=replace(promise, was=promise),
        due_at=now,
        deadline_at=now,
        dropped=IMPORTED,
    )


def _is_imported(one: StoredEvent) -> bool:
    is_made = one.event.kind is EventKind.CREATED and not one.event.after.is_online
    return is_made and one.source is not EventSource.SYNC and one.made_together > MOST_AT_ONCE


def _is_news(one: StoredEvent, now: datetime) -> bool:
    """Whether somebody has just edited the booking; what a reading of the whole journal finds is no news."""
    is_edit = one.event.kind in _EDITS and not _is_imported(one)
    return is_edit and one.source is not EventSource.SYNC and now - one.at < NEWS_FOR


def _is_awaiting_payment(record: Record, settings: MessageSettings) -> bool:
    return record.is_unpaid and settings.wait_for_payment and not record.is_deleted


def _believed(first: BookingEvent, last: LastNews | None, settings: MessageSettings) -> Promise | None:
    """What the client was told last or, where nothing was said yet, knew before; None for no booking.

    Who has not paid yet has been told by YClients that they are to, and knows of no booking.
    """
    if last is not None:
        believed = last.promise if last.is_said else last.promise.was
    else:
        is_known = first.before is not None and not _is_awaiting_payment(first.before, settings)
        believed = Promise.of(first.before) if first.before is not None and is_known else None
    return None if believed is None or believed.is_deleted else believed


def _kind(believed: Promise | None, truth: Record) -> NoticeKind | None:
    """What would set the client right; None when they are."""
    if truth.is_deleted:
        return None if believed is None else NoticeKind.CANCELLED
    if believed is None:
        return NoticeKind.BOOKED
    if not is_same_time(believed, truth):
        return NoticeKind.MOVED
    return None if believed.work == Promise.of(truth).work else NoticeKind.CHANGED


def _promise(kind: NoticeKind, believed: Promise | None, truth: Record) -> Promise:
    """A cancellation names the booking that the client knows, whatever was done to it before it was deleted."""
    if kind is NoticeKind.CANCELLED and believed is not None:
        return replace(believed, is_deleted=True, was=believed)
    return replace(Promise.of(truth), was=believed)


def _may_be_told(truth: Record) -> bool:
    is_over = not truth.is_deleted and truth.attendance in _OVER
    return truth.client_id is not None and bool(truth.client_phone) and not truth.is_group and not is_over


def _dedup_key(record_id: int, kind: NoticeKind, promise: Promise, last: LastNews | None) -> str:
    """The same after the same: whoever plans the same step twice, after a crash or at once, plans one notice.

    What was said before is a part of it, because a booking may be moved to and fro, and each time is news.
    """
    content = hashlib.sha256(json.dumps(promise.to_json(), sort_keys=True).encode()).hexdigest()[:16]
    after = last.notice_id if last else 0
    return f"{kind}:{record_id}:{promise.client_id}:{content}:{after}"
