"""The pages that a salon has open."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from aiadmin.domain.ids import CompanyId, ContactId
from aiadmin.domain.journal.sync_run import SyncRun


class PageEvents(Protocol):
    """The company's browsers, reached from any process. Lossy: a page that missed an event asks for the state."""

    def qr(self, company_id: CompanyId, *, code: str, expires_in: int) -> None: ...

    def pairing_code(self, company_id: CompanyId, *, code: str, expires_in: int) -> None: ...

    def status(self, company_id: CompanyId, *, state: str, text: str, **extra: str | int) -> None: ...

    def connected(self, company_id: CompanyId, *, phone: str) -> None: ...

    def sync(self, run: SyncRun) -> None:
        """How far a synchronisation is."""
        ...

    def messages(self, company_id: CompanyId, contacts: Collection[ContactId]) -> None:
        """Something was said, sent or read in these chats."""
        ...

    def error(self, company_id: CompanyId, *, code: str, text: str) -> None:
        """Something that was asked for did not work; what goes on, goes on."""
        ...
