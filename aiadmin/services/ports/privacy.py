"""What the services need to keep personal data no longer than they may."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from aiadmin.domain.ids import CompanyId

Rows = Sequence[Mapping[str, Any]]


class Privacy(Protocol):
    """Everything that we hold of one client, in whatever table it is."""

    def blank_messages(self, before: datetime, *, limit: int) -> int:
        """Take the words out of the oldest messages, in and out, of before then; how many there were."""
        ...

    def forget_notices(self, before: datetime) -> int:
        """Delete notices that were finished before then; how many there were."""
        ...

    def export(self, company_id: CompanyId, phone: str) -> Mapping[str, Rows]:
        """What each table holds of the client of this phone, by whichever number or LID."""
        ...

    def erase(self, company_id: CompanyId, phone: str, at: datetime) -> Mapping[str, int]:
        """Delete or blank all of it; how many rows of each table. The caller records who was erased."""
        ...

    def addresses(self, company_id: CompanyId, phone: str) -> frozenset[str]:
        """All numbers, in every spelling, and hidden ids (LIDs) by which the client of this phone is or was known."""
        ...

    def forget_left_behind(self) -> int:
        """Delete what the WhatsApp library keeps for devices that are gone; how many rows."""
        ...

    def add_erasures(self, company_id: CompanyId, fingerprints: Collection[str], at: datetime) -> None:
        """Whoever comes again under one of these is not kept, and not written to."""
        ...

    def lift_erasures(self, company_id: CompanyId, fingerprints: Collection[str]) -> int:
        """Forget these, and what was recorded in the same moment: the other names of the same person."""
        ...

    def erased_of(self, company_id: CompanyId, addresses: Collection[str]) -> frozenset[str]:
        """Of these phones and LIDs the ones that were erased."""
        ...
