"""Whether a salon is open, and when it is again."""

from __future__ import annotations

from datetime import datetime, timedelta

from aiadmin.domain.chat.situation import SalonView

_WEEK = 7


def opens_at(salon: SalonView, now: datetime) -> datetime | None:
    """When the salon opens next; None while it is open, and where its hours are not known."""
    if not salon.hours or is_open(salon, now):
        return None
    for days in range(_WEEK + 1):
        day = now.date() + timedelta(days=days)
        hours = salon.hours.get(day.weekday())
        if hours and datetime.combine(day, hours[0]) > now:
            return datetime.combine(day, hours[0])
    return None


def is_open(salon: SalonView, now: datetime) -> bool:
    """Whether it is within the salon's hours."""
    hours = salon.hours.get(now.weekday())
    return hours is not None and hours[0] <= now.time() < hours[1]
