"""A deliberate action, and its result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiadmin.domain.ids import AuditId, CompanyId

ENTRY = "entry"
"""The action of a user who came into a salon's pages for the first time; `details` has their number at YClients."""
CODE_SHOWN = "whatsapp.code"
"""The action of an owner who has had a code on the screen for the first time."""
DONE = "done"
"""The outcome that nothing changes any more."""


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """One action.

    Attributes:
        company_id: the company concerned; None for an action about none or all.
        actor: who did it, for example `cli` or `admin`; never a key.
        action: what was done, for example `partner.payment`.
        details: what an operator needs to understand it, and under `result` what came back; no secrets, no phones.
        outcome: None until it is known: an entry that stays so was begun, and may have been done.
    """

    audit_id: AuditId
    company_id: CompanyId | None
    actor: str
    action: str
    details: Mapping[str, Any] = field(default_factory=dict)
    outcome: str | None
    at: datetime
