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
from aiadmin.domain.journal import Attendance, Record
from aiadmin.domain.message_settings import MessageSettings
from aiadmin.domain.notice import NoticeKind, Promise

NEWS_FOR = timedelta(hours=24)
"""What happened longer ago is no news: we were away, or the phone was."""
MOST_AT_ONCE = 20
"""More bookings of one salon, made within a minute, are an import: no desk books so fast."""
_EDITS = frozenset({EventKind.CREATED, EventKind.MOVED, EventKind.CHANGED, EventKind.CANCELLED, EventKind.RESTORED})
_OVER = frozenset({Attendance.CAME, Attendance.NO_SHOW})


@dataclass(frozen=True, kw_only=True)
class StoredEvent:
    """A row of `booking_events` that nobody has looked at yet.

    Attributes:
        made_together: how many bookings of the salon were made within a minute of this one, which counts too.
    """

    event_id: int
    company_id: CompanyId
    event: BookingEvent
    source: EventSource
    at: datetime
    made_together: int = 1


@dataclass(frozen=True, kw_only=True)
class Booking:
    """A record as one client sees it: whoever gives a booking up to another has nothing more to do with it."""

    company_id: CompanyId
    record_id: int
    client_id: int | None


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
    """A notice to plan; of one `dedup_key` a company has at most one."""

    company_id: CompanyId
    record_id: int
    kind: NoticeKind
    dedup_key: str
    promise: Promise
    due_at: datetime
    deadline_at: datetime


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to do: take back a notice that waits, plan a new one, both or neither; or look again later."""

    superseded: NoticeId | None = None
    new: NewNotice | None = None
    is_too_early: bool = False


NOTHING = Plan()
TOO_EARLY = Plan(is_too_early=True)


def by_booking(events: Iterable[StoredEvent]) -> Mapping[Booking, Sequence[StoredEvent]]:
    """Events of each booking and client, in their order."""
    found: dict[Booking, list[StoredEvent]] = {}
    for one in events:
        after = one.event.after
        key = Booking(company_id=one.company_id, record_id=after.record_id, client_id=after.client_id)
        found.setdefault(key, []).append(one)
    return found


def plan(events: Sequence[StoredEvent], last: LastNews | None, settings: MessageSettings, *, now: datetime) -> Plan:
    """What follows from events of one booking and one client, which are in order.

    Args:
        last: the newest news about this booking for this client, or None.
    """
    edits = [one for one in events if _is_news(one, now)]
    if not edits:
        return NOTHING
    if last is not None and last.is_leaving:
        return TOO_EARLY
    believed, truth = _believed(edits[0].event, last), events[-1].event.after
    kind = _kind(believed, truth)
    waiting = last if last is not None and last.is_waiting else None
    taken_back = Plan(superseded=waiting.notice_id if waiting else None)
    if kind is None or not settings.wants(kind):
        return taken_back
    promise = _promise(kind, believed, truth)
    if waiting is not None and (waiting.kind, waiting.promise) == (kind, promise):
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


def _is_news(one: StoredEvent, now: datetime) -> bool:
    """Whether somebody has just edited the booking; what a reading of the whole journal finds is no news."""
    is_imported = one.event.kind is EventKind.CREATED and one.made_together > MOST_AT_ONCE
    is_edit = one.event.kind in _EDITS and not is_imported
    return is_edit and one.source is not EventSource.SYNC and now - one.at < NEWS_FOR


def _believed(first: BookingEvent, last: LastNews | None) -> Promise | None:
    """What the client was told last or, where nothing was said yet, knew before; None for no booking."""
    if last is not None:
        believed = last.promise if last.is_said else last.promise.was
    else:
        believed = None if first.before is None else Promise.of(first.before)
    return None if believed is None or believed.is_deleted else believed


def _kind(believed: Promise | None, truth: Record) -> NoticeKind | None:
    """What would set the client right; None when they are."""
    if truth.is_deleted:
        return None if believed is None else NoticeKind.CANCELLED
    if believed is None:
        return NoticeKind.BOOKED
    if believed.starts_at != truth.starts_at:
        return NoticeKind.MOVED
    return None if believed == Promise.of(truth) else NoticeKind.CHANGED


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
