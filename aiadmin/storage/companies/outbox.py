"""The outbox: calls to YClients that are due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from aiadmin.domain.companies.outbox import OutboxKind, OutboxRow, OutboxState
from aiadmin.domain.ids import CompanyId, OutboxId
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.storage.quarantine import keys_of, not_set_aside
from aiadmin.storage.tables.core import OutboxTableRow as Row

_OPEN = (OutboxState.PENDING, OutboxState.SENDING)
_NOT_SET_ASIDE = text(not_set_aside(WorkQueue.OUTBOX, "outbox.company_id", "outbox.id"))


class Outbox:
    """Rows of `outbox`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self,
        *,
        company_id: CompanyId,
        kind: OutboxKind,
        dedup_key: str,
        secret: str | None,
        next_attempt_at: datetime | None,
        deadline_at: datetime | None,
    ) -> OutboxRow:
        statement = (
            insert(Row)
            .values(
                company_id=company_id,
                kind=kind,
                dedup_key=dedup_key,
                secret=secret,
                next_attempt_at=next_attempt_at,
                deadline_at=deadline_at,
            )
            .returning(Row)
        )
        return outbox_row_of(self._session.scalars(statement).one())

    def find(self, outbox_id: OutboxId) -> OutboxRow | None:
        row = self._session.get(Row, outbox_id, populate_existing=True)
        return outbox_row_of(row) if row else None

    def find_key(self, outbox_id: OutboxId) -> RowKey | None:
        found = keys_of(self._session.execute(select(Row.company_id, Row.id).where(Row.id == outbox_id)))
        return found[0] if found else None

    def find_by_key(self, company_id: CompanyId, dedup_key: str, *, lock: bool = False) -> OutboxRow | None:
        statement = select(Row).where(Row.company_id == company_id, Row.dedup_key == dedup_key)
        if lock:
            statement = statement.with_for_update()
        row = self._session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
        return outbox_row_of(row) if row else None

    def release(self, outbox_id: OutboxId, *, at: datetime, deadline_at: datetime) -> None:
        """Make a held, failed or cancelled row due at `at`, with a fresh count of attempts."""
        self._session.execute(
            update(Row)
            .where(Row.id == outbox_id, Row.state.in_(["pending", "failed", "cancelled", "unknown"]))
            .values(
                state=OutboxState.PENDING,
                attempts=0,
                next_attempt_at=at,
                deadline_at=deadline_at,
                last_error=None,
                finished_at=None,
            )
        )

    def replace_secret(self, outbox_id: OutboxId, secret: str) -> None:
        self._session.execute(
            update(Row).where(Row.id == outbox_id, Row.state != OutboxState.SENT).values(secret=secret)
        )

    def drop(self, outbox_id: OutboxId) -> None:
        """Forget a row; an attempt that is under way comes to nothing."""
        self._session.execute(delete(Row).where(Row.id == outbox_id))

    def cancel(self, company_id: CompanyId, at: datetime) -> None:
        """Cancel what is due for a company; sealed secrets are forgotten."""
        self._session.execute(
            update(Row)
            .where(Row.company_id == company_id, Row.state != OutboxState.SENT)
            .values(state=OutboxState.CANCELLED, next_attempt_at=None, secret=None, finished_at=at)
        )

    def mark_sent(self, outbox_id: OutboxId, at: datetime) -> None:
        """Mark a row `sent` because YClients knows already; the sealed secret is forgotten."""
        self._session.execute(
            update(Row)
            .where(Row.id == outbox_id, Row.state != OutboxState.SENT)
            .values(state=OutboxState.SENT, next_attempt_at=None, secret=None, finished_at=at)
        )

    def list_held(self, *, deadline_before: datetime, limit: int) -> Sequence[RowKey]:
        """Rows that are held back although their deadline is near."""
        statement = (
            select(Row.company_id, Row.id)
            .where(
                _NOT_SET_ASIDE,
                Row.state == OutboxState.PENDING,
                Row.next_attempt_at.is_(None),
                Row.deadline_at < deadline_before,
            )
            .order_by(Row.deadline_at)
            .limit(limit)
        )
        return keys_of(self._session.execute(statement))

    def claim(self, outbox_id: OutboxId, *, now: datetime, visible_again_at: datetime) -> OutboxRow | None:
        """Mark a due row `sending` and count the attempt; None when it is not due or claimed.

        The returned row's `state` is the one it had before: `sending` means that an earlier attempt never ended.
        """
        statement = (
            select(Row)
            .where(Row.id == outbox_id, Row.state.in_(_OPEN), Row.next_attempt_at <= now)
            .with_for_update(skip_locked=True)
        )
        row = self._session.scalars(statement).one_or_none()
        if row is None:
            return None
        before = OutboxState(row.state)
        row.state, row.attempts, row.next_attempt_at = OutboxState.SENDING, row.attempts + 1, visible_again_at
        self._session.flush()
        return outbox_row_of(row, state=before)

    def finish(
        self,
        outbox_id: OutboxId,
        *,
        attempt: int,
        state: OutboxState,
        next_attempt_at: datetime | None,
        error: str | None,
        at: datetime,
    ) -> bool:
        """Write the outcome of `attempt`; a `sent` row forgets its secret. False when a later attempt began."""
        values: dict[str, Any] = {"state": state, "next_attempt_at": next_attempt_at, "last_error": error}
        if state not in _OPEN:
            values["finished_at"] = at
        if state is OutboxState.SENT:
            values["secret"] = None
        statement = (
            update(Row)
            .where(Row.id == outbox_id, Row.attempts == attempt, Row.state == OutboxState.SENDING)
            .values(**values)
        )
        return cast("CursorResult[Any]", self._session.execute(statement)).rowcount == 1

    def due_keys(self, now: datetime, *, limit: int = 100) -> Sequence[RowKey]:
        statement = (
            select(Row.company_id, Row.id)
            .where(Row.state.in_(_OPEN), Row.next_attempt_at <= now, _NOT_SET_ASIDE)
            .order_by(Row.next_attempt_at)
            .limit(limit)
        )
        return keys_of(self._session.execute(statement))


def outbox_row_of(row: Row, *, state: OutboxState | None = None) -> OutboxRow:
    """The domain's view of a row, with the state it had before a claim where that is given."""
    return OutboxRow(
        outbox_id=OutboxId(row.id),
        company_id=CompanyId(row.company_id),
        kind=OutboxKind(row.kind),
        state=state or OutboxState(row.state),
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        deadline_at=row.deadline_at,
        secret=row.secret,
        last_error=row.last_error,
    )
