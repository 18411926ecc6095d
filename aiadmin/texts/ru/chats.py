"""The catalogue's part for the chats of the cabinet."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from aiadmin.domain.journal.journal import Attendance, Record
from aiadmin.texts.ru import formatting as wording

SENDING = "Отправляем."
SPOKEN = "голосовое: {words}"
"""What was heard of a voice message, which may be misheard."""
_ATTENDANCE: Mapping[Attendance, str | None] = {
    Attendance.NO_SHOW: "не пришёл",
    Attendance.WAITING: None,
    Attendance.CAME: "был",
    Attendance.CONFIRMED: "подтверждён",
}
NO_SERVICE = "Визит"


def visit_when(one: Record, zone: ZoneInfo) -> str:
    """When a visit begins, by the salon's clock."""
    return wording.day_and_clock(one.starts_at.astimezone(zone))


def visit_what(one: Record) -> str:
    """What is done there, and by whom.

    >>> from datetime import UTC, datetime, timedelta
    >>> from aiadmin.domain.journal.journal import BookedService
    >>> cut = BookedService(service_id=1, title="Стрижка")
    >>> visit = Record(record_id=1, visit_id=None, staff_id=1, staff_name="Мария", client_id=1, client_name=None,
    ...     client_phone=None, starts_at=datetime(2026, 1, 1, tzinfo=UTC), length=timedelta(hours=1), services=(cut,),
    ...     attendance=Attendance.WAITING, is_deleted=False)
    >>> visit_what(visit)
    'Стрижка · Мария'
    """
    services = ", ".join(service.title for service in one.services if service.title) or NO_SERVICE
    return f"{services} · {one.staff_name}" if one.staff_name else services


def attendance(one: Record) -> str | None:
    """Where it stands; None where nobody has said."""
    return _ATTENDANCE[one.attendance]
