"""What really happened to a booking: the difference of two snapshots of its record.

YClients tells of one edit several times, in any order, twice or not at all; only snapshots tell what is new.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from aiadmin.domain.journal.journal import Attendance, Record, is_same_number, is_same_person, is_same_time

NUMBER_COMES_WITHIN = timedelta(hours=24)
"""A number that a card gets later than this after a booking was made causes no notice of it."""


class EventKind(StrEnum):
    """What happened to a booking, as a client would say it."""

    CREATED = "created"
    MOVED = "moved"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    RESTORED = "restored"
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    CAME = "came"
    NO_SHOW = "no_show"


class EventSource(StrEnum):
    """How we came to know: by a webhook, by asking for changes, or by reading the whole journal.

    Notices of a difference do not depend on it: the first reading that finds it leaves nothing to the others.
    Only a reading of the whole journal brings bookings and numbers that were there before, which cause no notices.
    """

    WEBHOOK = "webhook"
    RECONCILE = "reconcile"
    SYNC = "sync"


@dataclass(frozen=True, kw_only=True)
class BookingEvent:
    """One thing that happened, as the client of `after` sees it: a client who was taken off a booking sees it
    cancelled, and the one who took the place sees a new one.

    Of a card whose phone is corrected the holder of the wrong number was never the client, and gets nothing more. To
    the holder of the right one, who has got nothing from us, the booking is created, as it is now; so it is where a
    card without a number gets one soon after. A booking that is cancelled at the same moment is told to the number
    before.

    Attributes:
        before: the booking as we knew it, or None when it is new to the client; there with `CREATED` where a number
            was corrected.
        after: the booking since then.
    """

    kind: EventKind
    before: Record | None
    after: Record


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A record as it was when a reading of it began."""

    record: Record
    read_at: datetime


def is_newer(now: Snapshot, before: Snapshot) -> bool:
    """Whether `now` may take the place of `before`: never by an older change, nor by an older reading of the same.

    YClients counts changes in whole seconds, so that two may share one.
    """
    changed, known = now.record.changed_at, before.record.changed_at
    if changed is not None and known is not None and changed != known:
        return changed > known
    return now.read_at >= before.read_at


def differs(now: Record, before: Record) -> bool:
    """Whether anything that we keep is another; `raw` counts, for others may read what we do not."""
    return now != before


def booking_events(
    before: Snapshot | None, after: Record, *, source: EventSource, now: datetime, known_since: datetime | None
) -> tuple[BookingEvent, ...]:
    """What happened between two snapshots.

    Args:
        before: what we knew, or None for a record that is new to us.
        known_since: from when on we hear of everything in this salon, or None when we do not yet. What was known
            earlier is of another time: there are no notices today of what has changed since then.
    """
    if known_since is None:
        return ()
    if before is None:
        return tuple(_of_unknown(after, now)) if _is_news(after, source, known_since) else ()
    if before.read_at < known_since:
        return ()
    if not is_same_person(before.record, after):
        return tuple(_of_exchange(before.record, after, now))
    if not after.is_deleted and _is_another_number(before.record, after, source, now):
        return tuple(_of_correction(before.record, after, now))
    return tuple(_of_change(before.record, after, now))


def _is_news(unknown: Record, source: EventSource, known_since: datetime) -> bool:
    """Whether a record was made since we listen, or has only been found, as a reading of the whole journal does.

    YClients counts in whole seconds: what we read of the second in which we began is as new as what came after.
    """
    is_old = unknown.created_at is not None and unknown.created_at < known_since.replace(microsecond=0)
    return source is not EventSource.SYNC and not is_old


def _is_another_number(before: Record, after: Record, source: EventSource, now: datetime) -> bool:
    """Whether a card has another phone than it had, and has not only been found to have one.

    Lists show phones that were hidden from us until the salon gave us the right to see them: those cause no notices.
    """
    if before.client_phone is not None:
        return not is_same_number(before, after)
    if source is EventSource.SYNC:
        return False
    is_new = after.created_at is not None and now - after.created_at < NUMBER_COMES_WITHIN
    return after.client_phone is not None and is_new


def _of_unknown(after: Record, now: datetime) -> Iterator[BookingEvent]:
    """What its client made online, and was called off before we could look, is off for them."""
    is_theirs = after.is_online and not after.is_unpaid and after.client_id is not None
    if is_theirs and after.is_deleted and after.starts_at > now:
        yield BookingEvent(kind=EventKind.CANCELLED, before=replace(after, is_deleted=False), after=after)
    yield from _of_new(after, now)


def _of_new(after: Record, now: datetime) -> Iterator[BookingEvent]:
    if after.is_deleted or after.client_id is None:
        return
    if after.starts_at > now:
        yield BookingEvent(kind=EventKind.CREATED, before=None, after=after)
    kind = _attendance(Attendance.WAITING, after, now)
    if kind is not None:
        yield BookingEvent(kind=kind, before=None, after=after)


def _of_correction(before: Record, after: Record, now: datetime) -> Iterator[BookingEvent]:
    if after.starts_at > now:
        yield BookingEvent(kind=EventKind.CREATED, before=before, after=after)
    attended = _attendance(before.attendance, after, now)
    if attended is not None:
        yield BookingEvent(kind=attended, before=before, after=after)


def _of_exchange(before: Record, after: Record, now: datetime) -> Iterator[BookingEvent]:
    if before.client_id is not None and not before.is_deleted and before.starts_at > now:
        yield BookingEvent(kind=EventKind.CANCELLED, before=before, after=replace(before, is_deleted=True))
    yield from _of_new(after, now)


def _of_change(before: Record, after: Record, now: datetime) -> Iterator[BookingEvent]:
    if after.client_id is None or (before.is_deleted and after.is_deleted):
        return
    kinds = [*_of_booking(before, after)] if _may_be_expected(before, after, now) else []
    attended = None if after.is_deleted else _attendance(before.attendance, after, now)
    for kind in [*kinds, *([attended] if attended else [])]:
        yield BookingEvent(kind=kind, before=before, after=after)


def _may_be_expected(before: Record, after: Record, now: datetime) -> bool:
    """Whether a client may still reckon with either: what is moved into the past by mistake is moved back, or off.

    Whoever plans what she is told knows what she reckons with.
    """
    is_over = Attendance.CAME in {before.attendance, after.attendance}
    return max(before.starts_at, after.starts_at) > now or (after.is_deleted and not is_over)


def _of_booking(before: Record, after: Record) -> Iterator[EventKind]:
    if after.is_deleted:
        yield EventKind.CANCELLED
        return
    if before.is_deleted:
        yield EventKind.RESTORED
    elif not is_same_time(before, after):
        yield EventKind.MOVED
    elif _is_expected_again(before, after):
        yield EventKind.RESTORED
    if not before.is_deleted and (_work(before) != _work(after) or (before.is_unpaid and not after.is_unpaid)):
        yield EventKind.CHANGED


def _is_expected_again(before: Record, after: Record) -> bool:
    """Whether a client who was marked as absent is to come after all: what was moved meanwhile is told now."""
    return before.attendance is Attendance.NO_SHOW and after.attendance in {Attendance.WAITING, Attendance.CONFIRMED}


def _work(record: Record) -> tuple[int | None, tuple[int, ...]]:
    """Master and services; prices and the order of services cause no notice."""
    return record.staff_id, tuple(sorted(number for service in record.services for number in service.each()))


_ATTENDED: Mapping[Attendance, EventKind] = {
    Attendance.CAME: EventKind.CAME,
    Attendance.NO_SHOW: EventKind.NO_SHOW,
    Attendance.CONFIRMED: EventKind.CONFIRMED,
}


def _attendance(before: Attendance, after: Record, now: datetime) -> EventKind | None:
    """What became of the visit; whether it is confirmed matters only before it."""
    if before == after.attendance:
        return None
    if after.attendance is Attendance.WAITING:
        return EventKind.UNCONFIRMED if before is Attendance.CONFIRMED and after.starts_at > now else None
    kind = _ATTENDED[after.attendance]
    return None if kind is EventKind.CONFIRMED and after.starts_at <= now else kind
