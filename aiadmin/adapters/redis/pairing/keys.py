"""The names of what pairings keep in Redis."""

from __future__ import annotations

from aiadmin.domain.ids import CompanyId

QUEUE = "aiadmin:pairing:queue"
EXPECTED = "aiadmin:pairing:expected"
CLAIMS = "aiadmin:pairing:claims"


def qr(company_id: CompanyId) -> str:
    return f"marketplace:qr:{company_id}"


def watch(company_id: CompanyId | str) -> str:
    return f"aiadmin:watch:{company_id}"


def attempt(company_id: CompanyId | str) -> str:
    return f"aiadmin:pairing:attempt:{company_id}"


def heart(owner: str) -> str:
    return f"aiadmin:desk:{owner}"


def state(company_id: CompanyId | str) -> str:
    return f"aiadmin:pairing:state:{company_id}"


def phone(company_id: CompanyId) -> str:
    return f"aiadmin:pairing:phone:{company_id}"
