"""What the services need in order to remember who did what on purpose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from aiadmin.domain.companies.audit import AuditEntry
from aiadmin.domain.ids import AuditId, CompanyId


class Audit(Protocol):
    """Rows of `audit_log`: added before the action, finished after it."""

    def add(
        self, company_id: CompanyId | None, *, actor: str, action: str, details: Mapping[str, Any], at: datetime
    ) -> AuditId: ...

    def finish(self, audit_id: AuditId, outcome: str, *, result: Mapping[str, Any] | None = None) -> None:
        """Write what came of it; `result` goes into the details under that name. What is done stays done."""
        ...

    def recent(self, company_id: CompanyId | None, *, limit: int, action: str | None = None) -> Sequence[AuditEntry]:
        """The latest entries about a company, or with None about nobody in particular; newest first.

        Args:
            action: of this action alone.
        """
        ...

    def find_by_key(self, company_id: CompanyId, *, action: str, key: str) -> AuditEntry | None:
        """The first entry whose details carry this `key`."""
        ...
