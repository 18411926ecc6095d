"""Erased clients: asked wherever one could come back into our tables."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.messages.contact import spellings
from aiadmin.storage.tables.journal import ErasureRow

Fingerprint = Callable[[CompanyId, str], str]
_FIND = text("SELECT fingerprint FROM erasures WHERE company_id = :company_id AND fingerprint = ANY(:fingerprints)")


class Erasures:
    """Rows of `erasures`; without a `fingerprint` no address counts as erased."""

    def __init__(self, session: Session, fingerprint: Fingerprint | None) -> None:
        self._session, self._fingerprint = session, fingerprint

    def add(self, company_id: CompanyId, fingerprints: Collection[str], at: datetime) -> None:
        """Record erased addresses: a client who comes again under one is not kept, and not written to."""
        rows = [{"company_id": company_id, "fingerprint": one, "at": at} for one in sorted(fingerprints)]
        self._session.execute(insert(ErasureRow).values(rows).on_conflict_do_nothing())

    def lift(self, company_id: CompanyId, fingerprints: Collection[str]) -> int:
        """Forget erasures, and those recorded in the same moment: the other addresses of the same person."""
        mine = ErasureRow.company_id == company_id
        erased_at = select(ErasureRow.at).where(mine, ErasureRow.fingerprint.in_(list(fingerprints)))
        statement = delete(ErasureRow).where(mine, ErasureRow.at.in_(erased_at.scalar_subquery()))
        lifted = self._session.execute(statement.execution_options(synchronize_session=False))
        return cast("CursorResult[Any]", lifted).rowcount

    def erased_of(self, company_id: CompanyId, addresses: Collection[str]) -> frozenset[str]:
        """Those of these phones and LIDs that were erased, a phone in whichever spelling."""
        if self._fingerprint is None or not addresses:
            return frozenset()
        fingerprints = {
            address: {self._fingerprint(company_id, one) for one in spellings([address])} for address in addresses
        }
        asked = frozenset().union(*fingerprints.values())
        erased = frozenset(self._session.scalars(_FIND, {"company_id": company_id, "fingerprints": sorted(asked)}))
        return frozenset(address for address, names in fingerprints.items() if not names.isdisjoint(erased))
