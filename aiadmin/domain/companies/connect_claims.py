"""What a connect link is good for."""

from __future__ import annotations

from dataclasses import dataclass

from aiadmin.domain.ids import CompanyId


@dataclass(frozen=True, kw_only=True)
class ConnectClaims:
    """What a verified connect token says."""

    company_id: CompanyId
    jti: str
