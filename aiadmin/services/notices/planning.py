"""Notices are planned: from what has happened to bookings, and from the time that passes.

What is planned twice, after a crash or by two workers, is there once: a notice's key says what it follows from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.job import Job
from aiadmin.domain.notices.change_planning import NOTHING, LastNotice, NewNotice, Plan, StoredEvent, by_booking, plan
from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.domain.notices.reminder_planning import Window, notice_of, one_per_visit, owed, windows
from aiadmin.domain.notices.settings import MessageSettings
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.services.notices.returning import Returns
from aiadmin.services.ports.clock import Clock
from aiadmin.services.work import QueueRunner
from aiadmin.storage.notices.reminder_planning import DueBooking
from aiadmin.storage.notices.salons import NotifyingSalon
from aiadmin.storage.unit_of_work import NewUnitOfWork, UnitOfWork

EVENTS_AT_ONCE = 200
SALONS_AT_ONCE = 200
BATCHES_AT_ONCE = 2
SALON = "salon"
"""The key of a salon among what may owe reminders; a booking's is its number."""


@dataclass(frozen=True, kw_only=True)
class NoticePlanner:
    """Plans notices.

    Attributes:
        is_paced: False for measurements alone: then no change waits for further changes.
    """

    uow: NewUnitOfWork
    clock: Clock
    is_paced: bool = True

    def plan_change_notices(self) -> int:
        """Plan what follows from everything that has happened; how many notices.

        Raises:
            DependencyDownError: PostgreSQL does not answer; what was not looked at waits.
        """
        after = planned = 0

        def plan_batch(only: Sequence[RowKey] | None) -> int:
            nonlocal after, planned
            events, count = self._plan_events(after, only)
            planned += count
            if only is None and events:
                after = events[-1].event_id  # some of them wait for further changes, and are looked at another time
            return len(events)

        def keys() -> Sequence[RowKey]:
            with self.uow() as work:
                return work.unhandled_events.due_keys(after=after, limit=EVENTS_AT_ONCE)

        self._runner.drain(WorkQueue.BOOKING_EVENTS, plan_batch, keys=keys, batch=EVENTS_AT_ONCE)
        return planned

    def plan_reminders(self) -> int:
        """Plan what bookings owe about now in every salon; how many notices. Raises DependencyDownError.

        Half of the time is PostgreSQL's and half is ours, so while one batch of salons is asked for, another is
        thought about.
        """
        count = sum(self._runner.retry(WorkQueue.REMINDERS, self._plan_again))
        salons = self._salons()
        first = next(salons)
        if len(first) < SALONS_AT_ONCE:
            return count + self._plan_batch(first)
        with ThreadPoolExecutor(BATCHES_AT_ONCE, thread_name_prefix="planning") as batches:
            return count + sum(batches.map(self._plan_batch, chain([first], salons)))

    def _salons(self) -> Iterator[Sequence[RowKey]]:
        """Every salon that may owe something, in batches."""
        after, is_last = CompanyId(0), False
        while not is_last:
            with self.uow() as work:
                salons = work.notifying_salons.keys(after=after, limit=SALONS_AT_ONCE)
            yield salons
            is_last = len(salons) < SALONS_AT_ONCE
            after = salons[-1].company_id if salons else after

    def _plan_batch(self, salons: Sequence[RowKey]) -> int:
        return sum(self._runner.each(WorkQueue.REMINDERS, salons, self._plan_salons))

    def _plan_salons(self, salons: Sequence[RowKey]) -> int:
        """Of one salon that raises, booking by booking: one of them may be at fault, and not the salon."""
        try:
            return self._plan_rows(salons)
        except DependencyDownError:
            raise
        except Exception:
            if len(salons) > 1:
                raise
        company_id, now = salons[0].company_id, self.clock()
        with self.uow() as work:
            writing = work.notifying_salons.of([company_id])
            bookings = work.due_reminders.keys(writing, _windows(list(writing.values()), now), now=now)
        planned = self._runner.each(WorkQueue.REMINDERS, bookings, self._plan_rows)
        return sum(planned)

    def _plan_again(self, rows: Sequence[RowKey]) -> int:
        """A salon or a booking that was set aside."""
        return self._plan_salons(rows) if rows[0].key == SALON else self._plan_rows(rows)

    def _plan_rows(self, rows: Sequence[RowKey]) -> int:
        """What these salons owe, or these bookings of one salon."""
        now = self.clock()
        with self.uow() as work:
            salons = list(work.notifying_salons.of({row.company_id for row in rows}).values())
            bookings = None if rows[0].key == SALON else rows
            count = work.notices.add(_owed(work, salons, now, bookings), now)
            work.commit()
        return count

    @property
    def _runner(self) -> QueueRunner:
        return QueueRunner(uow=self.uow, clock=self.clock)

    def _plan_events(self, after: int, only: Sequence[RowKey] | None) -> tuple[Sequence[StoredEvent], int]:
        """The events that were looked at, and how many notices follow from them."""
        now = self.clock()
        with self.uow() as work:
            events = work.unhandled_events.claim(after=after, limit=EVENTS_AT_ONCE, only=only)
            new = self._plan(work, events, now) if events else []
            count = work.notices.add(new, now)
            if any(one.due_at <= now for one in new):
                work.nudge(Job.DISPATCH_NOTICES)
            work.commit()
        return events, count

    def _plan(self, work: UnitOfWork, events: Sequence[StoredEvent], now: datetime) -> Sequence[NewNotice]:
        """What is to be added; what it takes the place of is dropped, and the events that were settled are marked."""
        bookings = by_booking(events)
        salons = work.notifying_salons.read_of({booking.company_id for booking in bookings})
        last = work.notices.last_notices(bookings)
        plans: list[Plan] = []
        settled: list[StoredEvent] = []
        for booking, found in bookings.items():
            salon = salons.get(booking.company_id)
            made = self._plan_booking(found, last.get(booking), salon, now) if salon else NOTHING
            plans.append(made)
            settled += [] if made.is_too_early else found
        work.notices.supersede([one.superseded for one in plans if one.superseded is not None], now)
        work.unhandled_events.finish(settled, now)
        return [one.new for one in plans if one.new is not None]

    def _plan_booking(
        self, events: Sequence[StoredEvent], last: LastNotice | None, salon: NotifyingSalon, now: datetime
    ) -> Plan:
        hidden = salon.are_phones_hidden
        return plan(events, last, self._settings(salon), now=now, are_phones_hidden=hidden)

    def _settings(self, salon: NotifyingSalon) -> MessageSettings:
        """A salon without a phone plans moves and cancellations alone: it is asked to call its clients about them."""
        settings = salon.settings if salon.is_linked else replace(salon.settings, booked=False, changed=False)
        return settings if self.is_paced else replace(settings, gather_seconds=0)


def _windows(salons: Sequence[NotifyingSalon], now: datetime) -> list[tuple[CompanyId, Window]]:
    return [(salon.company_id, one) for salon in salons for one in windows(salon.settings, salon.zone, now=now)]


def _owed(
    work: UnitOfWork, salons: Sequence[NotifyingSalon], now: datetime, bookings: Sequence[RowKey] | None
) -> Sequence[NewNotice]:
    """Of these salons, or of these `bookings` alone."""
    by_number = {salon.company_id: salon for salon in salons}
    due = work.due_reminders.find(by_number, _windows(salons, now), now=now, only=bookings)
    of_salons: dict[CompanyId, list[DueBooking]] = {salon.company_id: [] for salon in salons}
    for one in due:
        of_salons[one.company_id].append(one)
    returns = {
        number: Returns(work=work, salon=by_number[number], found=found, now=now)
        for number, found in of_salons.items()
    }
    new: list[NewNotice] = []
    for found in due:
        salon, of_salon = by_number[found.company_id], returns[found.company_id]
        reminder = owed(
            found.kind,
            found.record,
            salon.settings,
            salon.zone,
            asked_at=found.asked_at,
            now=now,
            visit=of_salon.beside(found.record) if found.kind is NoticeKind.REVIEW else (),
            planned=found.planned,
        )
        if reminder is not None and of_salon.is_undone(found, reminder):
            new.append(notice_of(reminder, found.record, found.company_id, planned=found.planned))
    return one_per_visit(new)
