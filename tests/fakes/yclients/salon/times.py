"""YClients' ways of writing times. Its samples write one offset with a colon and others without."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.fakes.yclients.refusals import RefusedError


def naive(at: datetime) -> str:
    """`2025-01-16 16:00:00`: the salon's own time."""
    return f"{at:%Y-%m-%d %H:%M:%S}"


def with_colon(at: datetime, zone: ZoneInfo) -> str:
    """`2025-01-16T16:00:00+03:00`: of a visit."""
    return at.replace(tzinfo=zone).isoformat(timespec="seconds")


def without_colon(at: datetime, zone: ZoneInfo) -> str:
    """`2025-01-16T16:00:00+0300`: of a creation and of the last change."""
    return f"{at.astimezone(zone):%Y-%m-%dT%H:%M:%S%z}"


def parsed(text: str, zone: ZoneInfo) -> datetime:
    """The salon's own time, whole seconds, from any of these ways, or a bare date; raises RefusedError (422)."""
    try:
        at = datetime.fromisoformat(text.strip())
    except (ValueError, AttributeError):
        raise RefusedError(422, f"Неверный формат даты: {text}") from None
    return (at.astimezone(zone) if at.tzinfo else at).replace(tzinfo=None, microsecond=0)


def end_of_day(at: datetime) -> datetime:
    """The first moment after a filter's last day."""
    return at.replace(hour=0, minute=0, second=0) + timedelta(days=1)
