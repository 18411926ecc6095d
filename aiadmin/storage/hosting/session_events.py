"""What became of sessions, change by change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Table, delete, insert, select
from sqlalchemy.orm import Session

from aiadmin.domain.hosting.device import Observed, SessionChange
from aiadmin.domain.ids import CompanyId, DeviceId, HostId
from aiadmin.storage.tables.core import SessionEventRow

_MOST = 20_000
"""A month of a session that changes every two minutes."""
_ADD = insert(cast("Table", SessionEventRow.__table__))


class SessionEvents:
    """Rows of `session_events`: only added, and deleted when they are old."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, company_id: CompanyId, change: SessionChange) -> None:
        values = {
            "device_id": change.device_id,
            "company_id": company_id,
            "state": change.observed,
            "reason": change.reason,
            "host_id": change.host_id,
            "at": change.at,
        }
        self._session.execute(_ADD, values)

    def recent(self, company_id: CompanyId, *, limit: int) -> Sequence[SessionChange]:
        """The last changes, newest first."""
        statement = (
            select(SessionEventRow)
            .where(SessionEventRow.company_id == company_id)
            .order_by(SessionEventRow.id.desc())
            .limit(limit)
        )
        return [change_of(row) for row in self._session.scalars(statement)]

    def since(self, company_id: CompanyId, at: datetime) -> Sequence[SessionChange]:
        """The changes since then, of whichever device, in order."""
        mine = SessionEventRow.company_id == company_id, SessionEventRow.at >= at
        rows = self._session.scalars(select(SessionEventRow).where(*mine).order_by(SessionEventRow.id).limit(_MOST))
        return [change_of(row) for row in rows]

    def forget(self, before: datetime) -> int:
        """Delete what is older; how many there were."""
        statement = delete(SessionEventRow).where(SessionEventRow.at < before)
        return cast("CursorResult[Any]", self._session.execute(statement)).rowcount


def change_of(row: SessionEventRow) -> SessionChange:
    """The domain's view of a row."""
    return SessionChange(
        device_id=DeviceId(row.device_id),
        observed=Observed(row.state),
        reason=row.reason,
        host_id=HostId(row.host_id) if row.host_id else None,
        at=row.at,
    )
