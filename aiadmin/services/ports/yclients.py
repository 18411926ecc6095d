"""What the services need of YClients' REST API, one salon at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from aiadmin.domain.companies.rights import Right
from aiadmin.domain.ids import SalonId
from aiadmin.domain.journal.journal import (
    Attendance,
    Category,
    Client,
    Page,
    Record,
    SalonDetails,
    Service,
    StaffMember,
    WebhookSettings,
    WorkDay,
)


class SalonApi(Protocol):
    """A salon's journal. Every method raises a `domain.yclients.error.YClientsError`, and DependencyDownError.

    Calls wait for their turn: one budget for the whole fleet, fair between salons, interactive ones first.
    `zone` is the salon's IANA timezone, in which local times are read, and `country` where it is (ISO 3166): phone
    numbers without a country code are read as of there.
    """

    def company(self, salon_id: SalonId) -> SalonDetails: ...

    def categories(self, salon_id: SalonId) -> Sequence[Category]: ...

    def services(self, salon_id: SalonId) -> Sequence[Service]: ...

    def staff(self, salon_id: SalonId) -> Sequence[StaffMember]: ...

    def schedule(self, salon_id: SalonId, *, first: date, last: date) -> Sequence[WorkDay]: ...

    def clients(self, salon_id: SalonId, *, country: str, page: int) -> Page[Client]:
        """Page `page` (from 1) of all clients, 200 a page, in the order of their ids."""
        ...

    def client(self, salon_id: SalonId, client_id: int, *, country: str) -> Client | None:
        """One client as it is now; None when YClients does not know it, or knows it as deleted."""
        ...

    def records(
        self,
        salon_id: SalonId,
        *,
        zone: str,
        country: str,
        page: int,
        first: date,
        last: date,
        is_awaited: bool = False,
    ) -> Page[Record]:
        """Page `page` of the records whose visit falls on these days, deleted ones too, 200 a page.

        Args:
            is_awaited: whether it goes ahead of other lists.
        """
        ...

    def records_changed(
        self, salon_id: SalonId, *, zone: str, country: str, page: int, since: datetime
    ) -> Page[Record]:
        """Page `page` of the records that changed since, deleted ones too, 200 a page."""
        ...

    def record(
        self, salon_id: SalonId, record_id: int, *, zone: str, country: str, is_awaited: bool = True
    ) -> Record | None:
        """One record as it is now, a deleted one with `is_deleted`; None when YClients does not know it.

        Args:
            is_awaited: whether it goes ahead of lists.
        """
        ...

    def set_attendance(self, salon_id: SalonId, record: Record, attendance: Attendance) -> None:
        """Write `attendance` of a visit, keeping its comment."""
        ...

    def missing_rights(self, salon_id: SalonId) -> frozenset[Right]:
        """What the salon has not let our application do."""
        ...

    def hooks(self, salon_id: SalonId) -> WebhookSettings: ...
