"""A last look at bookings before notices of them go out: one by one, or a whole day where many of it are due."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from aiadmin.domain.journal.booking_event import EventSource
from aiadmin.domain.journal.journal import Record
from aiadmin.domain.journal.sync_run import page_read
from aiadmin.domain.notices.dispatch import is_fresh, is_worth_a_list, visit_day
from aiadmin.domain.notices.notice import Notice
from aiadmin.services.journal import bookings
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.yclients import SalonApi
from aiadmin.storage.journal.sync_runs import SyncedSalon
from aiadmin.storage.unit_of_work import NewUnitOfWork


@dataclass(kw_only=True)
class FreshBookings:
    """Reads the bookings of one salon anew, before their notices are sent.

    Attributes:
        due: the notices that go out about now.
        listed: the days whose lists were read already: what they do not hold is looked at by itself.
        listed_at: when the lists were read that held these records.
    """

    uow: NewUnitOfWork
    api: SalonApi
    clock: Clock
    salon: SyncedSalon
    due: Sequence[Notice]
    listed: set[date] = field(default_factory=set)
    listed_at: dict[int, datetime] = field(default_factory=dict)

    def record(self, notice: Notice) -> Record | None:
        """The booking as YClients has it, or had it a moment ago; None when neither YClients nor we know it.

        Raises:
            YClientsError, DependencyDownError: nothing can be said of it now.
        """
        seen = self._seen(notice)
        day = visit_day(notice, self.salon.zone)
        if seen is None and day not in self.listed and is_worth_a_list(notice, self.due, self.salon.zone):
            self._read_day(day)
            seen = self._seen(notice)
        return seen or bookings.read(self.salon, notice.record_id, api=self.api, uow=self.uow)

    def of_visits(
        self, visits: Collection[int], *, but: Collection[int], more: Collection[int] = ()
    ) -> Sequence[Record]:
        """What is booked for these visits and not deleted as far as we know, each as YClients has it now.

        Args:
            more: other bookings that belong to them.
            but: bookings that were looked at already.

        Raises:
            YClientsError, DependencyDownError: nothing can be said of it now.
        """
        with self.uow() as work:
            known = [one for each in sorted(visits) for one in work.records.of_visit(self.salon.company_id, each)]
        numbers = dict.fromkeys([*(each.record_id for each in known), *more])
        return self.each([one for one in numbers if one not in but])

    def each(self, numbers: Collection[int]) -> Sequence[Record]:
        """These bookings as YClients has them now, without those that neither it nor we know.

        Raises:
            YClientsError, DependencyDownError: nothing can be said of one of them now.
        """
        read = (bookings.read(self.salon, number, api=self.api, uow=self.uow) for number in numbers)
        return [one for one in read if one is not None]

    def _seen(self, notice: Notice) -> Record | None:
        """What we know, if a list held it a moment ago and no webhook has spoken of it since."""
        now = self.clock()
        if not any(is_fresh(at, now) for at in (notice.looked_at, self.listed_at.get(notice.record_id))):
            return None
        with self.uow() as work:
            known = work.due_notices.last_listed(notice)
        return known.record if known is not None and is_fresh(known.read_at, now) else None

    def _read_day(self, day: date) -> None:
        salon, page, is_last = self.salon, 1, False
        while not is_last:
            read_at = self.clock()
            found = self.api.records(
                salon.salon_id,
                zone=salon.zone,
                country=salon.country,
                page=page,
                first=day,
                last=day,
                is_awaited=True,
            )
            with self.uow() as work:
                bookings.absorb(
                    work, salon, found.rows, source=EventSource.RECONCILE, read_at=read_at, now=self.clock()
                )
                work.due_notices.mark_listed(salon.company_id, [one.record_id for one in found.rows], read_at)
                work.commit()
            self.listed_at |= {one.record_id: read_at for one in found.rows}
            is_last = page_read(len(found.rows), found.total, page, skipped=found.skipped).is_last
            page += 1
        self.listed.add(day)
