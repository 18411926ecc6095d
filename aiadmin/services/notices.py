"""Notices are planned: from what has happened to bookings, and from the time that passes.

What is planned twice, after a crash or by two workers, is there once: a notice's key says what it follows from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.message_settings import MessageSettings
from aiadmin.domain.plan import NOTHING, NewNotice, Plan, StoredEvent, by_booking, plan
from aiadmin.domain.reminder import notice_of, owed, windows
from aiadmin.services.ports import Clock, JobQueue, NewUnitOfWork, UnitOfWork
from aiadmin.services.ports.notices import WritingSalon

EVENTS_AT_ONCE = 200
SALONS_AT_ONCE = 200


@dataclass(frozen=True, kw_only=True)
class Planner:
    """Plans what is to be said.

    Attributes:
        is_paced: False for measurements alone: then no news waits for more of it.
    """

    uow: NewUnitOfWork
    queue: JobQueue
    clock: Clock
    is_paced: bool = True

    def tell_news(self) -> int:
        """Plan what follows from everything that has happened; how many notices.

        Raises:
            DependencyDownError: PostgreSQL does not answer; what was not looked at waits.
        """
        count, after = 0, 0
        while (looked := self._look(after)) is not None:
            after, planned = looked
            count += planned
        return count

    def remind(self) -> int:
        """Plan what bookings owe about now in every salon; how many notices. Raises DependencyDownError."""
        count, after = 0, CompanyId(0)
        while True:
            now = self.clock()
            with self.uow() as work:
                salons = work.notices.salons(after=after, limit=SALONS_AT_ONCE)
                count += work.notices.add(_owed(work, salons, now), now) if salons else 0
                work.commit()
            if len(salons) < SALONS_AT_ONCE:
                return count
            after = salons[-1].company_id

    def _look(self, after: int) -> tuple[int, int] | None:
        """The number of the last event that was looked at, and how many notices; None when there was none."""
        now = self.clock()
        with self.uow() as work:
            events = work.notices.news(after=after, limit=EVENTS_AT_ONCE)
            new = self._plan(work, events, now) if events else []
            count = work.notices.add(new, now)
            work.commit()
        if any(one.due_at <= now for one in new):
            self.queue.release()
        return (events[-1].event_id, count) if events else None

    def _plan(self, work: UnitOfWork, events: Sequence[StoredEvent], now: datetime) -> Sequence[NewNotice]:
        """What is to be added; what it takes the place of is dropped, and the events that were settled are marked."""
        bookings = by_booking(events)
        salons = work.notices.salons_of({booking.company_id for booking in bookings})
        last = work.notices.last_news(bookings)
        plans: list[Plan] = []
        settled: list[StoredEvent] = []
        for booking, found in bookings.items():
            salon = salons.get(booking.company_id)
            made = plan(found, last.get(booking), self._settings(salon), now=now) if salon else NOTHING
            plans.append(made)
            settled += [] if made.is_too_early else found
        work.notices.supersede([one.superseded for one in plans if one.superseded is not None], now)
        work.notices.handled(settled, now)
        return [one.new for one in plans if one.new is not None]

    def _settings(self, salon: WritingSalon) -> MessageSettings:
        return salon.settings if self.is_paced else replace(salon.settings, gather_seconds=0)


def _owed(work: UnitOfWork, salons: Sequence[WritingSalon], now: datetime) -> Sequence[NewNotice]:
    asking = [(salon.company_id, one) for salon in salons for one in windows(salon.settings, salon.zone, now=now)]
    by_number = {salon.company_id: salon for salon in salons}
    new: list[NewNotice] = []
    for found in work.notices.in_windows(asking):
        salon = by_number[found.company_id]
        reminder = owed(found.kind, found.record, salon.settings, salon.zone, asked_at=found.asked_at, now=now)
        if reminder is not None:
            new.append(notice_of(reminder, found.record, found.company_id))
    return new
