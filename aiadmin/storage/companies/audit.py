"""The audit log: what was done on purpose, and by whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, true, type_coerce, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from aiadmin.domain.companies.audit import DONE, AuditEntry
from aiadmin.domain.ids import AuditId, CompanyId
from aiadmin.storage.tables.journal import AuditRow

_OUTCOME_LENGTH = 200


class Audit:
    """Rows of `audit_log`: added before the action, finished after it, never changed otherwise."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self,
        company_id: CompanyId | None,
        *,
        actor: str,
        action: str,
        details: Mapping[str, Any],
        at: datetime,
        outcome: str | None = None,
    ) -> AuditId:
        """Write an entry, with its outcome where that is known already; else `finish` tells it."""
        values = {"company_id": company_id, "actor": actor, "action": action, "details": dict(details), "at": at}
        values["outcome"] = None if outcome is None else outcome[:_OUTCOME_LENGTH]
        return AuditId(self._session.execute(insert(AuditRow).values(**values).returning(AuditRow.id)).scalar_one())

    def finish(self, audit_id: AuditId, outcome: str, *, result: Mapping[str, Any] | None = None) -> None:
        """Write the outcome; `result` goes into the details under that name. An entry that is done stays done."""
        changes: dict[str, Any] = {"outcome": outcome[:_OUTCOME_LENGTH]}
        if result is not None:
            changes["details"] = AuditRow.details.op("||")(type_coerce({"result": dict(result)}, JSONB))
        is_open = AuditRow.outcome.is_distinct_from(DONE)
        self._session.execute(update(AuditRow).where(AuditRow.id == audit_id, is_open).values(**changes))

    def recent(self, company_id: CompanyId | None, *, limit: int, action: str | None = None) -> Sequence[AuditEntry]:
        """The latest entries about a company, newest first; for None those about no single company.

        Args:
            action: of this action alone.
        """
        statement = (
            select(AuditRow)
            .where(AuditRow.company_id.is_not_distinct_from(company_id))
            .where(AuditRow.action == action if action else true())
            .order_by(AuditRow.id.desc())
            .limit(limit)
        )
        return [entry_of(row) for row in self._session.scalars(statement)]

    def find_by_key(self, company_id: CompanyId, *, action: str, key: str) -> AuditEntry | None:
        """The first entry whose details carry this `key`."""
        statement = (
            select(AuditRow)
            .where(AuditRow.company_id == company_id, AuditRow.action == action)
            .where(func.jsonb_extract_path_text(AuditRow.details, "key") == key)
            .order_by(AuditRow.id)
            .limit(1)
        )
        row = self._session.scalars(statement).one_or_none()
        return None if row is None else entry_of(row)


def entry_of(row: AuditRow) -> AuditEntry:
    """The domain's view of a row."""
    return AuditEntry(
        audit_id=AuditId(row.id),
        company_id=None if row.company_id is None else CompanyId(row.company_id),
        actor=row.actor,
        action=row.action,
        details=row.details,
        outcome=row.outcome,
        at=row.at,
    )
