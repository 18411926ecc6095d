"""What we believe of a salon's coming visits, what clients were told of them, and what a comparison found."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from aiadmin.adapters.db.records import record_of_row
from aiadmin.adapters.db.salon_tables import CheckRow, RecordRow
from aiadmin.adapters.db.tables import CompanyRow
from aiadmin.domain.check import Subject
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal import Record
from aiadmin.domain.notice import Promise
from aiadmin.domain.truth import Difference, Told

_TOLD = text("""
WITH sent AS (
  SELECT DISTINCT ON (notices.record_id) notices.id, notices.record_id, notices.promise
  FROM notices JOIN outbox_messages AS message ON message.id = notices.outbox_message_id AND message.state = 'sent'
  WHERE notices.company_id = :company_id AND notices.record_id = ANY(:numbers)
    AND notices.state IN ('released', 'done') AND notices.promise <> '{}'
  ORDER BY notices.record_id, notices.id DESC
)
SELECT sent.record_id, sent.promise, EXISTS (
  SELECT FROM notices AS newer
  WHERE newer.company_id = :company_id AND newer.record_id = sent.record_id AND newer.id > sent.id
    AND newer.kind IN ('booked', 'moved', 'changed', 'cancelled')
) OR EXISTS (
  SELECT FROM booking_events AS event
  WHERE event.company_id = :company_id AND event.record_id = sent.record_id AND event.handled_at IS NULL
) AS is_being_mended
FROM sent
""")
_COLUMNS = [column for column in RecordRow.__table__.columns if column.key != "raw_data"]


class SqlTruth:
    """`ports.Truth` on SQLAlchemy."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def believed(
        self, company_id: CompanyId, *, begins: datetime, ends: datetime, also: Collection[int]
    ) -> Mapping[int, Record]:
        coming = RecordRow.starts_at.between(begins, ends) & RecordRow.deleted_at.is_(None)
        statement = select(*_COLUMNS).where(
            RecordRow.company_id == company_id, coming | RecordRow.record_id.in_(list(also))
        )
        return {row.record_id: record_of_row(row, raw={}) for row in self._session.execute(statement)}

    def in_hand(self, company_id: CompanyId, numbers: Collection[int]) -> frozenset[int]:
        statement = select(CheckRow.number).where(
            CheckRow.company_id == company_id,
            CheckRow.subject == Subject.RECORD,
            CheckRow.number.in_(list(numbers)),
        )
        return frozenset(self._session.scalars(statement))

    def told(self, company_id: CompanyId, numbers: Collection[int]) -> Mapping[int, Told]:
        given = {"company_id": company_id, "numbers": list(numbers)}
        return {
            row.record_id: Told(promise=Promise.from_json(row.promise), is_being_mended=row.is_being_mended)
            for row in self._session.execute(_TOLD, given)
        }

    def keep(self, company_id: CompanyId, differences: Mapping[Difference, int], at: datetime) -> None:
        values = {"truth_checked_at": at, "truth_differences": {kind.value: n for kind, n in differences.items()}}
        self._session.execute(update(CompanyRow).where(CompanyRow.id == company_id).values(**values))

    def checked_at(self, company_id: CompanyId) -> datetime | None:
        return self._session.scalar(select(CompanyRow.truth_checked_at).where(CompanyRow.id == company_id))
