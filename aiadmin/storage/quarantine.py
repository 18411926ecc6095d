"""Rows of work queues that were set aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Row, TextClause, text
from sqlalchemy.orm import Session

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.quarantine import QuarantinedRow, RowKey, WorkQueue

_SET_ASIDE = text("""
INSERT INTO quarantine (queue, company_id, row_key, reason, attempts, first_at, last_at)
SELECT :queue, id, :key, :reason, 1, :at, :at FROM companies WHERE id = :company_id
ON CONFLICT (queue, company_id, row_key) DO UPDATE SET reason = EXCLUDED.reason, last_at = EXCLUDED.last_at,
  attempts = quarantine.attempts + 1
RETURNING attempts
""")
_SAME = "queue = :queue AND company_id = :company_id AND row_key = :key"
_SCHEDULE = text(f"UPDATE quarantine SET next_attempt_at = :next_at WHERE {_SAME}")  # noqa: S608 - our own words
_CLAIM = text("""
WITH due AS (
  SELECT company_id, row_key FROM quarantine WHERE queue = :queue AND next_attempt_at <= :now
  ORDER BY next_attempt_at LIMIT :limit FOR UPDATE SKIP LOCKED
)
UPDATE quarantine SET next_attempt_at = :until FROM due
WHERE quarantine.queue = :queue AND quarantine.company_id = due.company_id AND quarantine.row_key = due.row_key
RETURNING quarantine.company_id, quarantine.row_key
""")
_DUE_QUEUES = text("SELECT DISTINCT queue FROM quarantine WHERE next_attempt_at <= :now")
_RELEASE = text(f"DELETE FROM quarantine WHERE {_SAME}")  # noqa: S608 - our own words
_CHOSEN = """
(CAST(:queue AS text) IS NULL OR queue = :queue)
AND (CAST(:company_id AS integer) IS NULL OR company_id = :company_id)
"""
_LISTED = text(f"SELECT * FROM quarantine WHERE {_CHOSEN} ORDER BY first_at LIMIT :limit")  # noqa: S608
_RETRY = text(f"UPDATE quarantine SET next_attempt_at = :at, attempts = 0 WHERE {_CHOSEN}")  # noqa: S608
_FORGET = text("DELETE FROM quarantine WHERE next_attempt_at IS NULL AND last_at < :before")


def not_set_aside(queue: WorkQueue, company: str, key: str) -> str:
    """A condition in SQL: the row of `company` and `key` (two SQL expressions) is not in quarantine.

    `NOT IN` is a lookup in a hash of the few rows that are; both columns are never null.
    """
    listed = f"SELECT company_id, row_key FROM quarantine WHERE queue = '{queue.value}'"  # noqa: S608 - our own words
    return f"({company}, CAST({key} AS text)) NOT IN ({listed})"


def numbers_of(keys: Sequence[RowKey] | None) -> list[int] | None:
    """For `CAST(:only AS bigint[]) IS NULL OR id = ANY(:only)`: the numbers of `keys`, or None for any row."""
    return None if keys is None else [key.number for key in keys]


def keys_of(rows: Any) -> Sequence[RowKey]:
    """The keys in rows of (company, key)."""
    return [RowKey(CompanyId(company_id), str(key)) for company_id, key in rows]


class Quarantine:
    """Rows of `quarantine`: which rows of the work queues are passed by, why, and until when."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def set_aside(self, queue: WorkQueue, row: RowKey, *, reason: str, at: datetime) -> int:
        """Have the queue pass `row` by; how often that was done by now, or 0 when its company is gone."""
        return self._session.scalar(_SET_ASIDE, _key(queue, row) | {"reason": reason, "at": at}) or 0

    def schedule(self, queue: WorkQueue, row: RowKey, next_attempt_at: datetime | None) -> None:
        """Set when `row` is tried again; None for never by itself."""
        self._changed(_SCHEDULE, _key(queue, row) | {"next_at": next_attempt_at})

    def claim_due(self, queue: WorkQueue, *, now: datetime, until: datetime, limit: int) -> Sequence[RowKey]:
        """Claim rows to try again now, the longest due first, until `until`."""
        given = {"queue": queue, "now": now, "until": until, "limit": limit}
        return keys_of(self._session.execute(_CLAIM, given))

    def due_queues(self, now: datetime) -> frozenset[WorkQueue]:
        """The queues with rows to try again."""
        due = set(self._session.scalars(_DUE_QUEUES, {"now": now}))
        return frozenset(queue for queue in WorkQueue if queue.value in due)

    def release(self, queue: WorkQueue, row: RowKey) -> bool:
        """Forget that `row` was set aside, because it was handled; whether it was."""
        return self._changed(_RELEASE, _key(queue, row)) > 0

    def listed(
        self, *, queue: WorkQueue | None, company_id: CompanyId | None, limit: int
    ) -> Sequence[QuarantinedRow]:
        """What is set aside, the longest first."""
        given = {"queue": queue, "company_id": company_id, "limit": limit}
        return [_row(row) for row in self._session.execute(_LISTED, given)]

    def retry(self, *, queue: WorkQueue | None, company_id: CompanyId | None, at: datetime) -> int:
        """Make rows due, and count their attempts anew; how many."""
        return self._changed(_RETRY, {"queue": queue, "company_id": company_id, "at": at})

    def forget(self, before: datetime) -> int:
        """Drop the marks of rows that wait for a human since `before`: the queue meets those once more."""
        return self._changed(_FORGET, {"before": before})

    def _changed(self, statement: TextClause, given: Mapping[str, Any]) -> int:
        return cast("CursorResult[Any]", self._session.execute(statement, given)).rowcount


def _key(queue: WorkQueue, row: RowKey) -> dict[str, Any]:
    return {"queue": queue, "company_id": row.company_id, "key": row.key}


def _row(row: Row[Any]) -> QuarantinedRow:
    return QuarantinedRow(
        queue=WorkQueue(row.queue),
        row=RowKey(CompanyId(row.company_id), row.row_key),
        reason=row.reason,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        first_at=row.first_at,
        last_at=row.last_at,
    )
