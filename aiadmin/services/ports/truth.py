"""What the services need to compare a salon with YClients."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.journal import Record
from aiadmin.domain.notices.reconciliation import AnnouncedNotice, Difference


class ReconciliationStore(Protocol):
    """What we believe of visits, and what clients were told of them."""

    def stored(
        self, company_id: CompanyId, *, begins: datetime, ends: datetime, also: Collection[int]
    ) -> Mapping[int, Record]:
        """Visits that we believe will begin then, and whatever we know of `also`; without what YClients sent."""
        ...

    def being_refetched(self, company_id: CompanyId, numbers: Collection[int]) -> frozenset[int]:
        """Bookings that somebody has spoken of, and that are about to be read."""
        ...

    def announced(self, company_id: CompanyId, numbers: Collection[int]) -> Mapping[int, Sequence[AnnouncedNotice]]:
        """The notices of each booking, oldest first; none of one with events that nobody has planned for yet."""
        ...

    def save(self, company_id: CompanyId, differences: Mapping[Difference, int], at: datetime) -> None:
        """What the salon's last comparison found."""
        ...

    def compared_at(self, company_id: CompanyId) -> datetime | None:
        """When that was."""
        ...
