"""Salons as the console and the command line list them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiadmin.domain.console.directory import Directory, ListedSalon, SalonFilter, directory
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.manage.attention import reasons
from aiadmin.services.ports.clock import Clock
from aiadmin.storage.unit_of_work import NewUnitOfWork


@dataclass(frozen=True, kw_only=True)
class SalonDirectory:
    """Reads the list: one statement for all salons, however many, for a part of it is found by a decision.

    Attributes:
        is_never_sending: whether this machine's settings hold everybody's messages.
    """

    uow: NewUnitOfWork
    clock: Clock
    is_never_sending: bool = False

    def page(self, *, chosen: SalonFilter = SalonFilter.ALL, search: str = "", page: int = 1) -> Directory:
        """A page of those that are found. Raises DependencyDownError."""
        return directory(self.listed(), chosen=chosen, search=search, page=page)

    def listed(self, companies: Sequence[CompanyId] | None = None) -> Sequence[ListedSalon]:
        """All salons, or these. Raises DependencyDownError."""
        now = self.clock()
        with self.uow() as work:
            watched = work.salon_facts.watched(now, companies=companies, is_never_sending=self.is_never_sending)
        return [
            ListedSalon(
                company_id=one.facts.company_id,
                salon_id=one.salon_id,
                title=one.title,
                phone=one.phone,
                registered_at=one.registered_at,
                facts=one.facts,
                session_since=one.upkeep.session_since,
                host=one.host,
                reasons=reasons(one.facts, one.upkeep, now),
            )
            for one in watched
        ]
