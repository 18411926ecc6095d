"""Who was erased: asked wherever a client could come back into our tables."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.messages.contact import spellings
from aiadmin.storage.tables.journal import ErasureRow

Fingerprint = Callable[[CompanyId, str], str]


class Erasures:
    """Rows of `erasures`; without a `fingerprint` nobody was ever erased."""

    def __init__(self, session: Session, fingerprint: Fingerprint | None) -> None:
        self._session, self._fingerprint = session, fingerprint

    def erased_of(self, company_id: CompanyId, addresses: Collection[str]) -> frozenset[str]:
        """Those of these phones and LIDs that were erased, a phone in whichever spelling."""
        if self._fingerprint is None or not addresses:
            return frozenset()
        fingerprints = {
            address: {self._fingerprint(company_id, one) for one in spellings([address])} for address in addresses
        }
        asked = frozenset().union(*fingerprints.values())
        found = select(ErasureRow.fingerprint).where(
            ErasureRow.company_id == company_id, ErasureRow.fingerprint.in_(sorted(asked))
        )
        erased = frozenset(self._session.scalars(found))
        return frozenset(address for address, names in fingerprints.items() if not names.isdisjoint(erased))
