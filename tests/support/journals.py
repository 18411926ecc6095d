"""Values of a journal, short to write."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from aiadmin.domain.ids import CompanyId, NoticeId
from aiadmin.domain.journal.journal import Attendance, BookedService, Record
from aiadmin.domain.notices.notice import AnnouncedVisit, Notice, NoticeKind
from aiadmin.domain.notices.telling import NoticeWithBooking

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


def told(kind: NoticeKind, booked: Record, was: Record | None = None) -> NoticeWithBooking:
    """A notice about a booking as it is; `was` is what it was before, for a change."""
    announced = AnnouncedVisit.of(was if was is not None and kind is NoticeKind.CANCELLED else booked)
    notice = Notice(
        id=NoticeId(booked.record_id),
        company_id=CompanyId(1),
        record_id=booked.record_id,
        kind=kind,
        announced=replace(announced, was=None if was is None else AnnouncedVisit.of(was)),
        due_at=NOW,
        deadline_at=booked.starts_at,
    )
    return NoticeWithBooking(notice=notice, record=booked)
