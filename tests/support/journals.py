"""Values of a journal, short to write."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from aiadmin.domain.journal.journal import Attendance, BookedService, Record

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HAIRCUT = BookedService(service_id=1, title="Стрижка")
COLOURING = BookedService(service_id=2, title="Окрашивание")


def record(**given: Any) -> Record:
    """Tomorrow's haircut of client 5 with master 9, made an hour ago."""
    values: dict[str, Any] = {
        "record_id": 2,
        "visit_id": 3,
        "staff_id": 9,
        "staff_name": "Оксана",
        "client_id": 5,
        "client_name": "Анна",
        "client_phone": "79000000001",
        "starts_at": NOW + timedelta(days=1),
        "length": timedelta(hours=1),
        "services": (HAIRCUT,),
        "attendance": Attendance.WAITING,
        "is_deleted": False,
        "changed_at": NOW - timedelta(hours=1),
        "created_at": NOW - timedelta(hours=1),
    }
    return Record(**values | given)
