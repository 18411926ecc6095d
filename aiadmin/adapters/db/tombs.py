"""Who was erased: asked wherever a client could come back into our tables."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiadmin.adapters.db.salon_tables import ErasureRow
from aiadmin.domain.ids import CompanyId

Fingerprint = Callable[[CompanyId, str], str]


class Tombs:
    """Rows of `erasures`; without a `fingerprint` nobody was ever erased."""

    def __init__(self, session: Session, fingerprint: Fingerprint | None) -> None:
        self._session, self._fingerprint = session, fingerprint

    def buried(self, company_id: CompanyId, addresses: Collection[str]) -> frozenset[str]:
        """Of these phones and LIDs the ones that were buried."""
        if self._fingerprint is None or not addresses:
            return frozenset()
        by_fingerprint = {self._fingerprint(company_id, address): address for address in addresses}
        found = select(ErasureRow.fingerprint).where(
            ErasureRow.company_id == company_id, ErasureRow.fingerprint.in_(list(by_fingerprint))
        )
        return frozenset(by_fingerprint[one] for one in self._session.scalars(found))
