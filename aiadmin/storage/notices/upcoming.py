"""Notices as their salon sees them: those that wait, bookings that will owe some, those that were dropped."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.notices.notice import IMPORTED, NoticeKind, StaleReason
from aiadmin.domain.notices.upcoming import DroppedNotice, UpcomingBooking, WaitingNotice
from aiadmin.storage.journal.records import record_of_row
from aiadmin.storage.notices.reminder_planning import RECORD

MOST_BOOKINGS = 2_000
_OF_WHOM = """
LEFT JOIN records ON records.company_id = notices.company_id AND records.record_id = notices.record_id
LEFT JOIN clients ON clients.company_id = notices.company_id AND clients.deleted_at IS NULL
  AND clients.client_id = CAST(notices.announced ->> 'client_id' AS bigint)
"""
_WHO = """
  COALESCE(clients.name, records.client_name) AS name,
  COALESCE(notices.announced ->> 'client_phone', clients.phone) AS phone
"""
_WAITING = text(f"""
SELECT notices.record_id, notices.kind, GREATEST(notices.due_at, notices.claimed_until) AS due_at,
  notices.deadline_at,
  COALESCE(CAST(notices.announced ->> 'starts_at' AS timestamptz), notices.deadline_at) AS visit_at, {_WHO}
FROM notices {_OF_WHOM}
WHERE notices.company_id = :company AND notices.state = 'waiting' AND notices.deadline_at > :now
ORDER BY notices.due_at, notices.id
""")  # noqa: S608 - our own words
_BOOKING = RECORD.replace("records.services", "CAST('[]' AS jsonb) AS services")
"""What is booked says nothing of when its client is reminded."""
_BOOKINGS = text(f"""
SELECT {_BOOKING}, ARRAY(
  SELECT notices.kind FROM notices
  WHERE notices.company_id = :company AND notices.record_id = records.record_id
    AND CAST(notices.announced ->> 'starts_at' AS timestamptz) = records.starts_at
) AS planned
FROM records
WHERE records.company_id = :company AND records.starts_at > :since AND records.starts_at < :until
  AND records.deleted_at IS NULL AND records.client_id IS NOT NULL
ORDER BY records.starts_at, records.record_id LIMIT :most
""")  # noqa: S608 - our own words
_DROPPED = text(f"""
SELECT notices.record_id, notices.kind, notices.finished_at AS at, notices.reason, {_WHO}
FROM notices {_OF_WHOM}
WHERE notices.company_id = :company AND notices.state = 'dropped' AND notices.finished_at > :since
  AND notices.reason <> ALL(:but)
ORDER BY notices.finished_at DESC, notices.id DESC LIMIT :most
""")  # noqa: S608 - our own words
_OWN_AFFAIRS = (StaleReason.SUPERSEDED, StaleReason.JUST_TOLD, IMPORTED, "erased")
"""The client was told otherwise, or in other words; or nothing is known of them any more."""
_WITHDRAW = text("""
UPDATE notices SET state = 'dropped', reason = :why, claimed_until = NULL, finished_at = :at
WHERE company_id = :company AND record_id = ANY(:records) AND kind = :kind AND state = 'waiting'
""")
_PLANNED = text("""
SELECT DISTINCT notices.record_id FROM notices
JOIN records ON records.company_id = notices.company_id AND records.record_id = notices.record_id
WHERE notices.company_id = :company AND notices.record_id = ANY(:records) AND notices.kind = :kind
  AND CAST(notices.announced ->> 'starts_at' AS timestamptz) = records.starts_at
""")
_LAST = text("""
SELECT state, reason FROM notices
WHERE company_id = :company AND record_id = :record AND kind = :kind ORDER BY id DESC LIMIT 1
""")


class UpcomingNotices:
    """Rows of `notices` for people to look at. Every call names its company."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def waiting(self, company_id: CompanyId, now: datetime) -> Sequence[WaitingNotice]:
        """Those that may still be sent, in the order in which they are due."""
        rows = self._session.execute(_WAITING, {"company": company_id, "now": now})
        return [WaitingNotice(**_named(row)) for row in rows]

    def bookings(self, company_id: CompanyId, *, since: datetime, until: datetime) -> Sequence[UpcomingBooking]:
        """Bookings of clients that begin then, `MOST_BOOKINGS` at most, with what they were given already."""
        given = {"company": company_id, "since": since, "until": until, "most": MOST_BOOKINGS}
        return [
            UpcomingBooking(record=record_of_row(row, raw={}), planned=frozenset(map(NoticeKind, row.planned)))
            for row in self._session.execute(_BOOKINGS, given)
        ]

    def dropped(self, company_id: CompanyId, since: datetime, *, most: int) -> Sequence[DroppedNotice]:
        """What was not sent, the newest first, without what its client was told in another message."""
        given = {"company": company_id, "since": since, "most": most, "but": [*_OWN_AFFAIRS]}
        return [DroppedNotice(**_named(row)) for row in self._session.execute(_DROPPED, given)]

    def planned(self, company_id: CompanyId, records: Collection[int], kind: NoticeKind) -> frozenset[int]:
        """Those of these bookings whose time was given a notice of this kind, whatever became of it."""
        given = {"company": company_id, "records": [*records], "kind": kind}
        return frozenset(self._session.scalars(_PLANNED, given))

    def withdraw(self, company_id: CompanyId, records: Collection[int], kind: NoticeKind, at: datetime) -> bool:
        """Drop what waits of this kind for these bookings; False where nothing did."""
        given = {"company": company_id, "records": [*records], "kind": kind, "at": at, "why": StaleReason.WITHDRAWN}
        return bool(self._session.execute(_WITHDRAW, given).rowcount)  # type: ignore[attr-defined]

    def last(self, company_id: CompanyId, record_id: int, kind: NoticeKind) -> tuple[str, str | None] | None:
        """Where the newest notice of this kind for a booking stands, and why; None where there is none."""
        row = self._session.execute(_LAST, {"company": company_id, "record": record_id, "kind": kind}).one_or_none()
        return None if row is None else (row.state, row.reason)


def _named(row: Row[Any]) -> dict[str, Any]:
    return {**row._mapping, "kind": NoticeKind(row.kind)}
