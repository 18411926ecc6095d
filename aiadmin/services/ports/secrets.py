"""Keys: made, hashed, sealed."""

from __future__ import annotations

from typing import Protocol

from aiadmin.domain.ids import CompanyId


class Secrets(Protocol):
    """Keys: made, hashed, sealed."""

    def new_api_key(self) -> str:
        """`sk_` and 256 random bits."""
        ...

    def hash_api_key(self, api_key: str) -> str:
        """SHA-256 in hex; the key is random, so no salt is needed."""
        ...

    def seal(self, clear: str) -> str: ...

    def unseal(self, sealed: str) -> str: ...

    def fingerprint(self, company_id: CompanyId, address: str) -> str:
        """What stays of a phone or a LID that must not be kept: there are too few phones for a hash without a key."""
        ...

    def webhook_key(self, company_id: CompanyId) -> str:
        """The key in the webhook address of this company: derived, so checking it needs no database."""
        ...
