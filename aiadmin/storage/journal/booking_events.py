"""What has happened to bookings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, text
from sqlalchemy.orm import Session

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.booking_event import BookingEvent, EventSource
from aiadmin.domain.journal.journal import Attendance, Record
from aiadmin.storage.bulk import as_json
from aiadmin.storage.journal.records import service_of_json, services_as_json
from aiadmin.storage.tables.journal import BookingEventRow

_ADD = text("""
INSERT INTO booking_events (company_id, record_id, kind, before, after, source, at)
SELECT :company_id, given.record_id, given.kind, NULLIF(given.before, 'null'), given.after, :source, :at
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (record_id bigint, kind text, before jsonb, after jsonb)
""")


class BookingEvents:
    """Rows of `booking_events`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self, company_id: CompanyId, events: Sequence[BookingEvent], *, source: EventSource, at: datetime
    ) -> None:
        if not events:
            return
        rows = as_json([_row(event) for event in events])
        self._session.execute(_ADD, {"company_id": company_id, "source": source, "at": at, "rows": rows})

    def forget(self, before: datetime) -> int:
        """Delete what is older; how many there were."""
        statement = delete(BookingEventRow).where(BookingEventRow.at < before)
        return cast("CursorResult[Any]", self._session.execute(statement)).rowcount


def _row(event: BookingEvent) -> Mapping[str, Any]:
    return {
        "record_id": event.after.record_id,
        "kind": event.kind,
        "before": None if event.before is None else record_as_json(event.before),
        "after": record_as_json(event.after),
    }


def record_of_json(given: Mapping[str, Any]) -> Record:
    """What `record_as_json` wrote; `raw` is not there."""
    values = {name: value for name, value in given.items() if name != "seconds"}
    for name in ("starts_at", "changed_at", "created_at", "wall_clock"):
        values[name] = None if given.get(name) is None else datetime.fromisoformat(given[name])
    values["services"] = tuple(service_of_json(service) for service in given["services"])
    values["attendance"] = Attendance(given["attendance"])
    return Record(**values, length=timedelta(seconds=given["seconds"]))


def record_as_json(record: Record) -> Mapping[str, Any]:
    """A record as events keep it: everything but `raw`; times in ISO 8601, the length in seconds."""
    return {
        "record_id": record.record_id,
        "visit_id": record.visit_id,
        "staff_id": record.staff_id,
        "staff_name": record.staff_name,
        "client_id": record.client_id,
        "client_name": record.client_name,
        "client_phone": record.client_phone,
        "starts_at": record.starts_at,
        "seconds": int(record.length.total_seconds()),
        "services": [services_as_json(service) for service in record.services],
        "attendance": int(record.attendance),
        "is_deleted": record.is_deleted,
        "changed_at": record.changed_at,
        "created_at": record.created_at,
        "comment": record.comment,
        "is_online": record.is_online,
        "is_group": record.is_group,
        "wall_clock": record.wall_clock,
        "is_unpaid": record.is_unpaid,
        "api_id": record.api_id,
    }
