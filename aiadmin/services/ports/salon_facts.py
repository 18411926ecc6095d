"""What the services need to know of salons to say how they stand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.manage.salon_state import SalonFacts
from aiadmin.domain.messages.sending_policy import BlockReason

UNDELIVERED_REASONS = frozenset(BlockReason)
"""Why a change notice that had to be sent was not; `calls.list_undelivered` asks the salon to call for the same
reasons."""


class SalonFactsStore(Protocol):
    """How salons stand."""

    def of(self, companies: Collection[CompanyId], *, since: datetime) -> Mapping[CompanyId, SalonFacts]:
        """Facts of these salons; notices are counted from `since` on."""
        ...
