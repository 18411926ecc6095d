"""Bookings: what was read of a salon's records becomes what we know, and the difference becomes events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from aiadmin.domain.companies.salon_time import instant_of
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.job import Job
from aiadmin.domain.journal.booking_event import (
    BookingEvent,
    EventSource,
    Snapshot,
    booking_events,
    differs,
    is_newer,
)
from aiadmin.domain.journal.journal import Record
from aiadmin.services.ports.yclients import SalonApi
from aiadmin.storage.journal.records import BookingTime
from aiadmin.storage.journal.sync_runs import SyncedSalon
from aiadmin.storage.unit_of_work import NewUnitOfWork, UnitOfWork

_STILL_TOLD_OF = timedelta(days=7)
"""How long after a visit something may be said of it."""


def absorb(
    work: UnitOfWork,
    salon: SyncedSalon,
    records: Sequence[Record],
    *,
    source: EventSource,
    read_at: datetime,
    now: datetime,
) -> int:
    """Store what is new in `records`, and with it, in the same transaction, what has happened; how many events.

    Readings may come in any order, twice, and from several workers at once: each record is compared under a lock.

    Args:
        read_at: when the reading began: nothing older than that was seen.
    """
    records = as_kept(work, salon, records)
    added = work.records.add_new(salon.company_id, records, read_at)
    known = work.records.lock(salon.company_id, [one.record_id for one in records if one.record_id not in added])
    changed: list[Record] = []
    events: list[BookingEvent] = []
    for record in _last_of_each(records):
        before = known.get(record.record_id)
        if before is not None:
            now_is = Snapshot(record=record, read_at=read_at)
            is_of_another_time = salon.known_since is not None and before.read_at < salon.known_since
            if not is_newer(now_is, before) or not (differs(record, before.record) or is_of_another_time):
                continue
            changed.append(record)
        events += booking_events(before, record, source=source, now=now, known_since=salon.known_since)
    times = [time for one in changed if (time := _retimed(one, known))]
    work.records.retime(salon.company_id, times, salon.zone)
    work.records.replace(salon.company_id, changed, read_at)
    work.booking_events.add(salon.company_id, events, source=source, at=now)
    if events:
        work.nudge(Job.PLAN_CHANGES)
    return len(events)


def as_kept(work: UnitOfWork, salon: SyncedSalon, records: Sequence[Record]) -> Sequence[Record]:
    """The bookings as they are stored: with phones from webhooks, and without clients who were erased."""
    heard = _with_heard_phones(work, salon, records)
    erased = work.erasures.erased_of(salon.company_id, {one.client_phone for one in heard if one.client_phone})
    return [one.anonymous() if one.client_phone in erased else one for one in heard]


def set_zone(work: UnitOfWork, company_id: CompanyId, zone: str, now: datetime) -> None:
    """Take what we know of coming visits over into another timezone: by the wall clock, for no desk has moved one.

    What waits for the morning is looked at again, for that comes at another time as well.
    """
    times = work.records.times(company_id, now - _STILL_TOLD_OF)
    there = ((one, instant_of(one.wall_clock, zone)) for one in times)
    moved = [replace(one, starts_at=at) for one, at in there if at is not None and at != one.starts_at]
    work.records.retime(company_id, moved, zone)
    work.due_notices.release_holds(company_id)


def read(salon: SyncedSalon, record_id: int, *, api: SalonApi, uow: NewUnitOfWork) -> Record | None:
    """A booking as YClients has it now; one that it does not know any more is deleted. None when neither did we.

    Raises:
        YClientsError, DependencyDownError: nothing can be said of it now.
    """
    record = api.record(salon.salon_id, record_id, zone=salon.zone, country=salon.country)
    with uow() as work:
        if record is not None:
            return _with_heard_phones(work, salon, [record])[0]
        known = work.records.find(salon.company_id, record_id)
    return None if known is None else replace(known.record, is_deleted=True)


def _retimed(record: Record, known: Mapping[int, Snapshot]) -> BookingTime | None:
    """A booking that begins at another instant and was not moved: the timezone has other rules now."""
    before = known[record.record_id].record
    if record.wall_clock is None or before.wall_clock != record.wall_clock or before.starts_at == record.starts_at:
        return None
    return BookingTime(record_id=record.record_id, wall_clock=record.wall_clock, starts_at=record.starts_at)


def _with_heard_phones(work: UnitOfWork, salon: SyncedSalon, records: Sequence[Record]) -> Sequence[Record]:
    """The bookings, with the phone from a webhook of the same client where YClients left it empty."""
    hidden = {one.record_id for one in records if one.client_id is not None and one.client_phone is None}
    heard = work.webhook_phones.of(salon.company_id, hidden) if hidden else {}
    return [
        replace(one, client_phone=heard[one.record_id][1])
        if one.record_id in hidden and heard.get(one.record_id, (None,))[0] == one.client_id
        else one
        for one in records
    ]


def _last_of_each(records: Sequence[Record]) -> Sequence[Record]:
    """A page that shifted while it was read may hold a record twice."""
    return list({record.record_id: record for record in records}.values())
