"""What an attempt leaves outside this process, and takes away again: a claim in Redis, a mark on the company.

The mark goes before the claim: with the claim gone, another coordinator may be marking the company already.
"""

from __future__ import annotations

import structlog

from aiadmin.container import Container
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.pairing.attempt import PairingState
from aiadmin.services.pairing import pairings

log = structlog.get_logger(__name__)


class Claims:
    """Used by one thread, the coordinator's. A claim that cannot be given up runs out; a mark is tried until it is
    off."""

    def __init__(self, container: Container, owner: str) -> None:
        self._container = container
        self._owner = owner
        self._unmarked: set[CompanyId] = set()

    def mark(self, company_id: CompanyId) -> None:
        """Note on the company that it pairs. Raises CompanyNotFoundError, DependencyDownError."""
        pairings.begin(company_id, uow=self._container.uow)
        self._unmarked.discard(company_id)

    def unmark(self, company_id: CompanyId) -> bool:
        """The attempt has ended without a link; False, and kept for `retry_unmark`, when PostgreSQL does not
        answer."""
        try:
            pairings.end(company_id, uow=self._container.uow)
        except DependencyDownError:
            self._unmarked.add(company_id)
            return False
        self._unmarked.discard(company_id)
        return True

    def retry_unmark(self) -> None:
        """Try again what PostgreSQL did not take."""
        while self._unmarked and self.unmark(next(iter(self._unmarked))):
            pass

    def clean_up(self) -> None:
        """Take `pairing` off the companies whose coordinator has died. Raises DependencyDownError."""
        marked = pairings.list_marked(uow=self._container.uow)
        self._unmarked.update(self._container.pairing_store.unclaimed(marked) if marked else ())

    def release(self, company_id: CompanyId, rest: PairingState | None = None) -> None:
        """Give up the claim; nothing stays in Redis but the resting state, if any."""
        try:
            self._container.pairing_store.end(company_id, self._owner, rest)
        except DependencyDownError:
            log.info("the claim of a pairing runs out by itself", company_id=company_id)

    def hand_over(self, company_id: CompanyId) -> None:
        """Release the claim so that another coordinator takes it while a page is open."""
        try:
            self._container.pairing_store.hand_over(company_id, self._owner)
        except DependencyDownError:
            log.info("the claim of a pairing runs out by itself", company_id=company_id)
