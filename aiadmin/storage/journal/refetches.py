"""Bookings and clients that are to be read again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.refetch import LONGEST, Refetch, RefetchRequest, Subject, due_at
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.storage.bulk import as_json
from aiadmin.storage.journal.sync_runs import IS_READ
from aiadmin.storage.quarantine import keys_of, not_set_aside

_REQUEST = text(f"""
INSERT INTO refetches (company_id, subject, number, due_at, first_requested_at)
SELECT given.company_id, given.subject, given.number, given.due_at, given.first_at
FROM jsonb_to_recordset(CAST(:words AS jsonb))
  AS given (company_id integer, subject text, number bigint, due_at timestamptz, first_at timestamptz)
JOIN companies ON companies.id = given.company_id AND {IS_READ}
ON CONFLICT (company_id, subject, number) DO UPDATE SET
  first_requested_at = CASE WHEN refetches.claimed_until IS NULL
    THEN refetches.first_requested_at ELSE EXCLUDED.first_requested_at END,
  due_at = CASE WHEN refetches.claimed_until IS NULL
    THEN LEAST(EXCLUDED.due_at, refetches.first_requested_at + :longest) ELSE EXCLUDED.due_at END
""")  # noqa: S608 - our own words
"""A webhook that comes during a reading begins a new wait: the reading may have come too early for it."""

_IS_KNOWN = f"""{IS_READ} AND EXISTS (
  SELECT FROM sync_runs AS known WHERE known.company_id = companies.id
    AND known.kind = 'full' AND known.since IS NOT NULL AND known.stage IS DISTINCT FROM 'company'
)"""  # noqa: S608 - our own words
"""A refetch waits until the first synchronisation has read the salon's timezone: without it times would be wrong."""


def _key(of: str) -> str:
    return f"{of}.subject || ':' || {of}.number"


def _next(of: str) -> str:
    is_free = f"{of}.due_at <= :now AND ({of}.claimed_until IS NULL OR {of}.claimed_until <= :now)"
    return f"{is_free} AND {not_set_aside(WorkQueue.REFETCHES, f'{of}.company_id', _key(of))}"


def _chosen(of: str) -> str:
    return f"{of}.company_id = ANY(:companies) AND ({_key(of)}) = ANY(:keys)"


def _claim(which: Callable[[str], str]) -> TextClause:
    """Claim those of one company for which `which`, given the name of their table, holds.

    Only a company's first row stands for it: whoever comes while that one is locked passes the company by, and does
    not take what the first has not locked yet.
    """
    return text(f"""
    WITH oldest AS (
      SELECT refetches.company_id FROM refetches JOIN companies ON companies.id = refetches.company_id AND {_IS_KNOWN}
      WHERE {which("refetches")} AND NOT EXISTS (
        SELECT FROM refetches AS earlier WHERE earlier.company_id = refetches.company_id AND {which("earlier")}
          AND (earlier.due_at, earlier.subject, earlier.number)
            < (refetches.due_at, refetches.subject, refetches.number)
      )
      ORDER BY refetches.due_at LIMIT 1 FOR UPDATE OF refetches SKIP LOCKED
    ), free AS (
      SELECT company_id, subject, number FROM refetches
      WHERE company_id = (SELECT company_id FROM oldest) AND {which("refetches")}
      ORDER BY subject, number LIMIT :limit FOR UPDATE SKIP LOCKED
    )
    UPDATE refetches SET claimed_until = :until, attempts = attempts + 1
    FROM free
    WHERE refetches.company_id = free.company_id AND refetches.subject = free.subject
      AND refetches.number = free.number
    RETURNING refetches.company_id, refetches.subject, refetches.number, refetches.due_at,
      refetches.first_requested_at, refetches.attempts
    """)  # noqa: S608 - our own words


_IS_NEXT = _next("refetches")
_CLAIM, _CLAIM_ONLY = _claim(_next), _claim(_chosen)
_DUE_KEYS = text(f"""
SELECT refetches.company_id, {_key("refetches")} FROM refetches
JOIN companies ON companies.id = refetches.company_id AND {_IS_KNOWN}
WHERE {_IS_NEXT} ORDER BY refetches.due_at LIMIT :limit
""")  # noqa: S608 - our own words

_GIVEN = """
jsonb_to_recordset(CAST(:refetches AS jsonb))
  AS given (company_id integer, subject text, number bigint, due_at timestamptz)
"""
_SAME = """refetches.company_id = given.company_id AND refetches.subject = given.subject
  AND refetches.number = given.number"""

_DELETE = text(f"DELETE FROM refetches USING {_GIVEN} WHERE {_SAME} AND refetches.due_at = given.due_at")  # noqa: S608
_RELEASE = text(
    f"UPDATE refetches SET claimed_until = NULL, attempts = 0 FROM {_GIVEN}"  # noqa: S608 - our own words
    f" WHERE {_SAME} AND refetches.due_at <> given.due_at"
)
_POSTPONE = text(
    f"UPDATE refetches SET claimed_until = NULL, due_at = GREATEST(refetches.due_at, :until) FROM {_GIVEN}"  # noqa: S608
    f" WHERE {_SAME}"
)
_HAS_DUE = text(f"""
SELECT EXISTS (
  SELECT FROM refetches JOIN companies ON companies.id = refetches.company_id AND {_IS_KNOWN} WHERE {_IS_NEXT}
)
""")  # noqa: S608 - our own words

OLDEST_DUE = f"""
SELECT min(refetches.due_at) AS oldest, count(*) AS waiting
FROM refetches JOIN companies ON companies.id = refetches.company_id AND {_IS_KNOWN}
WHERE {_IS_NEXT}
"""  # noqa: S608 - our own words


class Refetches:
    """Rows of `refetches`: one of each booking or client that is to be read again."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def request(self, words: Sequence[RefetchRequest]) -> None:
        """Have these read again, each once webhooks about it have been quiet."""
        if words:
            given = as_json([_request(word) for word in words])
            self._session.execute(_REQUEST, {"words": given, "longest": LONGEST})

    def due_keys(self, now: datetime, *, limit: int) -> Sequence[RowKey]:
        """Keys of the refetches that `claim` would take one company after the other."""
        return keys_of(self._session.execute(_DUE_KEYS, {"now": now, "limit": limit}))

    def claim(
        self, *, now: datetime, until: datetime, limit: int, only: Sequence[RowKey] | None = None
    ) -> Sequence[Refetch]:
        """Claim due refetches of one company, the one that has waited longest; workers side by side do not share one.

        `only` names the refetches to claim, also those that are claimed already.
        """
        given: dict[str, Any] = {"now": now, "until": until, "limit": limit}
        if only is not None:
            given |= {"companies": [key.company_id for key in only], "keys": [key.key for key in only]}
        found = self._session.execute(_CLAIM if only is None else _CLAIM_ONLY, given)
        return [
            Refetch(
                company_id=CompanyId(row.company_id),
                subject=Subject(row.subject),
                number=row.number,
                due_at=row.due_at,
                first_requested_at=row.first_requested_at,
                attempts=row.attempts,
            )
            for row in found
        ]

    def finish(self, refetches: Sequence[Refetch]) -> None:
        """Delete these; one that was requested again meanwhile stays, and is free."""
        given = as_json([_refetch(check) for check in refetches])
        self._session.execute(_DELETE, {"refetches": given})
        self._session.execute(_RELEASE, {"refetches": given})

    def postpone(self, refetches: Sequence[Refetch], *, until: datetime) -> None:
        given = as_json([_refetch(check) for check in refetches])
        self._session.execute(_POSTPONE, {"refetches": given, "until": until})

    def has_due(self, now: datetime) -> bool:
        return bool(self._session.execute(_HAS_DUE, {"now": now}).scalar())


def _request(word: RefetchRequest) -> Mapping[str, Any]:
    return {
        "company_id": word.company_id,
        "subject": word.subject,
        "number": word.number,
        "due_at": due_at(word.first_at, word.last_at),
        "first_at": word.first_at,
    }


def _refetch(check: Refetch) -> Mapping[str, Any]:
    return {
        "company_id": check.company_id,
        "subject": check.subject,
        "number": check.number,
        "due_at": check.due_at,
    }
