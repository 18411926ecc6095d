"""What the services need to know of salons to say how they stand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.manage.salon_state import SalonFacts
from aiadmin.domain.messages.sending_policy import Hindrance

UNTOLD_REASONS = frozenset(Hindrance)
"""Why news that had to be told was not; `calls.untold` asks the salon to call for the same reasons."""


class SalonStates(Protocol):
    """How salons stand."""

    def of(self, companies: Collection[CompanyId], *, since: datetime) -> Mapping[CompanyId, SalonFacts]:
        """Facts of these salons; notices are counted from `since` on."""
        ...
