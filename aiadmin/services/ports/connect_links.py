"""Connect links: their tokens, and the specification's keys of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from aiadmin.domain.companies.connect_claims import ConnectClaims
from aiadmin.domain.ids import CompanyId


class Tokens(Protocol):
    """Signed connect tokens."""

    def issue(self, company_id: CompanyId, jti: str, now: datetime) -> str: ...

    def verify(self, token: str, now: datetime) -> ConnectClaims:
        """Raises LinkInvalidError, LinkExpiredError."""
        ...


class LinkCache(Protocol):
    """The specification's Redis keys of connect links: a mirror of what PostgreSQL knows. Never raises."""

    def remember(self, links: Mapping[CompanyId, str]) -> None: ...

    def forget(self, jti: str) -> None: ...
