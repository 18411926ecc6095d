"""A salon's own time as an instant."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def instant_of(wall_clock: datetime, zone: str) -> datetime | None:
    """When the salon's clock shows this; None beyond the calendar.

    When clocks go back an hour comes twice: the first is meant. When they go forward an hour is missing: a time in it
    is as much later.

    >>> instant_of(datetime(2026, 12, 4, 15), "Asia/Vladivostok").isoformat()
    '2026-12-04T05:00:00+00:00'
    """
    try:
        return wall_clock.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
