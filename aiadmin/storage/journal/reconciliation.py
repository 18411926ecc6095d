"""Coming visits for a comparison with YClients, and what the comparison found."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.journal import Record
from aiadmin.domain.journal.refetch import Subject
from aiadmin.domain.notices.notice import AnnouncedVisit
from aiadmin.domain.notices.reconciliation import AnnouncedNotice, Difference
from aiadmin.storage.journal.records import record_of_row
from aiadmin.storage.tables.core import CompanyRow
from aiadmin.storage.tables.journal import CheckRow, RecordRow

_SAID = text("""
SELECT notices.record_id, notices.announced, COALESCE(message.state = 'sent', false) AS is_sent,
  notices.kind IN ('booked', 'moved', 'changed', 'cancelled')
    AND notices.reason IS DISTINCT FROM 'superseded' AS mends
FROM notices LEFT JOIN outbox_messages AS message ON message.id = notices.outbox_message_id
WHERE notices.company_id = :company_id AND notices.record_id = ANY(:numbers)
  AND notices.kind <> 'review' AND notices.announced <> '{}'
  AND NOT EXISTS (
    SELECT FROM booking_events AS event
    WHERE event.company_id = notices.company_id AND event.record_id = notices.record_id AND event.handled_at IS NULL
  )
ORDER BY notices.id
""")
_COLUMNS = [column for column in RecordRow.__table__.columns if column.key != "raw_data"]


class ReconciliationStore:
    """Visits as we know them, as clients know them, and the last comparison's findings."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def stored(
        self, company_id: CompanyId, *, begins: datetime, ends: datetime, also: Collection[int]
    ) -> Mapping[int, Record]:
        """Bookings that we believe will begin then, and those of `also` that we know; without `raw`."""
        coming = RecordRow.starts_at.between(begins, ends) & RecordRow.deleted_at.is_(None)
        statement = select(*_COLUMNS).where(
            RecordRow.company_id == company_id, coming | RecordRow.record_id.in_(list(also))
        )
        return {row.record_id: record_of_row(row, raw={}) for row in self._session.execute(statement)}

    def being_refetched(self, company_id: CompanyId, numbers: Collection[int]) -> frozenset[int]:
        """Those of these bookings with a refetch to come."""
        statement = select(CheckRow.number).where(
            CheckRow.company_id == company_id,
            CheckRow.subject == Subject.RECORD,
            CheckRow.number.in_(list(numbers)),
        )
        return frozenset(self._session.scalars(statement))

    def announced(self, company_id: CompanyId, numbers: Collection[int]) -> Mapping[int, Sequence[AnnouncedNotice]]:
        """The notices of each booking, oldest first; none of a booking with events that are not planned for yet."""
        given = {"company_id": company_id, "numbers": list(numbers)}
        found: dict[int, list[AnnouncedNotice]] = {}
        for row in self._session.execute(_SAID, given):
            one = AnnouncedNotice(
                announced=AnnouncedVisit.from_json(row.announced), is_sent=row.is_sent, mends=row.mends
            )
            found.setdefault(row.record_id, []).append(one)
        return found

    def save(self, company_id: CompanyId, differences: Mapping[Difference, int], at: datetime) -> None:
        """Store what a comparison found."""
        values = {"truth_checked_at": at, "truth_differences": {kind.value: n for kind, n in differences.items()}}
        self._session.execute(update(CompanyRow).where(CompanyRow.id == company_id).values(**values))

    def compared_at(self, company_id: CompanyId) -> datetime | None:
        """When the salon was last compared."""
        return self._session.scalar(select(CompanyRow.truth_checked_at).where(CompanyRow.id == company_id))
