"""What the services need to plan notices."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from aiadmin.domain.ids import CompanyId, NoticeId
from aiadmin.domain.notices.change_planning import Booking, LastNotice, NewNotice, StoredEvent
from aiadmin.domain.notices.reminder_planning import Window
from aiadmin.domain.quarantine import RowKey
from aiadmin.storage.notices.planning import DueBooking, NotifyingSalon


class Notices(Protocol):
    """Rows of `notices` until they are due, and what they follow from."""

    def claim_events(self, *, after: int, limit: int, only: Sequence[RowKey] | None = None) -> Sequence[StoredEvent]:
        """Events beyond the number `after` that nobody has looked at, in order.

        One transaction at a time has any; to others there are none. Those of a booking with a notice on its way wait.
        """
        ...

    def event_keys(self, *, after: int, limit: int) -> Sequence[RowKey]:
        """Of the events that `claim_events` would take."""
        ...

    def has_events(self) -> bool:
        """Whether `claim_events` has something."""
        ...

    def last_notices(self, bookings: Collection[Booking]) -> Mapping[Booking, LastNotice]:
        """The newest change notice of each booking, which nobody else changes until the commit."""
        ...

    def salons_of(self, companies: Collection[CompanyId]) -> Mapping[CompanyId, NotifyingSalon]:
        """Those of them that write."""
        ...

    def read_salons_of(self, companies: Collection[CompanyId]) -> Mapping[CompanyId, NotifyingSalon]:
        """Those of them whose journals are read, with a phone or without."""
        ...

    def salons(self, *, after: CompanyId, limit: int) -> Sequence[NotifyingSalon]:
        """All that write, in order of their numbers."""
        ...

    def salon_keys(self, *, after: CompanyId, limit: int) -> Sequence[RowKey]:
        """Of the salons that `salons` would give."""
        ...

    def booking_keys(
        self, companies: Collection[CompanyId], windows: Sequence[tuple[CompanyId, Window]], *, now: datetime
    ) -> Sequence[RowKey]:
        """Of the bookings that `due_bookings` may give, and of some more."""
        ...

    def due_bookings(
        self,
        companies: Collection[CompanyId],
        windows: Sequence[tuple[CompanyId, Window]],
        *,
        now: datetime,
        only: Sequence[RowKey] | None = None,
    ) -> Sequence[DueBooking]:
        """The bookings of these salons that are in the windows, or had a reminder which told their client nothing.

        No other of that kind waits, and none has gone to the number that their client has now.
        """
        ...

    def supersede(self, notices: Sequence[NoticeId], at: datetime) -> None:
        """Drop these, which were locked by `last_notices`."""
        ...

    def add(self, new: Sequence[NewNotice], at: datetime) -> int:
        """Plan those that are not there yet; how many."""
        ...

    def mark_handled(self, events: Sequence[StoredEvent], at: datetime) -> None:
        """Somebody has looked at these."""
        ...
