"""How salons stand: what the page, `companies` and `doctor` say of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.manage.salon_state import SalonFacts, SalonState, states
from aiadmin.services.ports.clock import Clock
from aiadmin.storage.unit_of_work import NewUnitOfWork

COUNTED = timedelta(days=7)
"""How far back undelivered notices are counted."""


@dataclass(frozen=True, kw_only=True)
class SalonStateReader:
    """Reads facts, and what they mean.

    Attributes:
        is_never_sending: whether this machine's settings hold everybody's messages.
    """

    uow: NewUnitOfWork
    clock: Clock
    is_never_sending: bool = False

    def facts(self, companies: Collection[CompanyId]) -> Mapping[CompanyId, SalonFacts]:
        """Of each company that there is. Raises DependencyDownError."""
        now = self.clock()
        with self.uow() as work:
            found = work.salon_facts.of(companies, now=now, since=now - COUNTED)
        return {number: replace(one, is_never_sending=self.is_never_sending) for number, one in found.items()}

    def of(self, companies: Collection[CompanyId]) -> Mapping[CompanyId, tuple[SalonState, ...]]:
        """What is to be said of each company that there is. Raises DependencyDownError."""
        return {number: states(one) for number, one in self.facts(companies).items()}
