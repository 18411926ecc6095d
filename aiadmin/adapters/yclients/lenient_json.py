"""What YClients sends, read leniently: numbers as text, `[]` for no object, `0` for no date, offsets of both kinds.

Each function takes any JSON value and answers an exact one, or nothing; none raises for what it is given.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

Row = Mapping[str, Any]

_BIGGEST = 2**63 - 1
_SURELY_SMALL = 18
"""Digits of a number that is smaller than that."""
_MOST_MONEY = Decimal(10) ** 10
_LONGEST_SECONDS = 7 * 24 * 3600
_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2900, 1, 1, tzinfo=UTC)
_TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d[ T](?:[01]\d|2[0-3]):\d\d(?::\d\d)?)(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::\d\d)?", re.ASCII)
_BLANK = re.compile("[\x00\ud800-\udfff]")
"""What PostgreSQL cannot store in text."""
_YES, _NO = frozenset({"1", "true", "yes"}), frozenset({"", "0", "false", "no"})


def whole(value: Any) -> int | None:
    """A whole number, from a number or its text, with zeros behind the point or not.

    >>> whole("16"), whole("1000.00"), whole(7.0), whole("7.5"), whole([]), whole(True)
    (16, 1000, 7, None, None, None)
    """
    if type(value) is int:
        return value if abs(value) <= _BIGGEST else None
    if type(value) is str and value.isdecimal() and value.isascii() and len(value) <= _SURELY_SMALL:
        return int(value)  # as nearly all are written
    number = _decimal(value)
    if number is None or abs(number) > _BIGGEST or number != number.to_integral_value():
        return None
    return int(number)


def positive(value: Any) -> int | None:
    """An id: YClients writes 0 for none."""
    number = whole(value)
    return number if number is not None and number > 0 else None


def money(value: Any) -> Decimal | None:
    """A sum with two digits behind the point.

    >>> money("1000.5"), money(1300), money("free")
    (Decimal('1000.50'), Decimal('1300.00'), None)
    """
    number = _decimal(value)
    return number.quantize(Decimal("0.01")) if number is not None and abs(number) < _MOST_MONEY - 1 else None


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, int) and abs(value) > _BIGGEST:
        return None
    try:
        number = Decimal(str(value).strip()[:40])
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 30 else None  # noqa: PLR2004 - more than any id


def flag(value: Any, *, default: bool = False) -> bool:
    """A yes or no: `true`, `1` and `"1"` are the same; `default` for what is neither."""
    word = str(value).strip().lower() if isinstance(value, bool | int | float | str) else None
    if word in _YES or word in _NO:
        return word in _YES
    number = whole(value)
    return default if number is None else number != 0


def text(value: Any, limit: int = 255) -> str | None:
    """A text without blanks around it and without what PostgreSQL cannot store, cut at `limit`; None when empty."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return _storable(str(value)).strip()[:limit].strip() or None


def _storable(value: str) -> str:
    """Without what PostgreSQL cannot store, none of which can be printed: nearly no text is searched for it."""
    return value if value.isprintable() else _BLANK.sub("", value)


def row(value: Any) -> Row:
    """An object; `[]`, null and everything else is an empty one."""
    return value if isinstance(value, dict | Mapping) else {}  # the second takes ten times as long to find out


def rows(value: Any) -> Sequence[Any]:
    """A list: as it is, the values of an object that is keyed by id, or one object alone."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict | Mapping):
        return [value] if "id" in value else list(value.values())
    return []


def seconds(value: Any) -> timedelta | None:
    """A length of time, from seconds."""
    number = whole(value)
    return timedelta(seconds=number) if number is not None and 0 <= number <= _LONGEST_SECONDS else None


def day(value: Any) -> date | None:
    """A day, from a date or a time; 0, an empty text and `0000-00-00` are none."""
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value.strip()[:10])
    except ValueError:
        return None


def clock(value: Any) -> time | None:
    """A time of day; 24:00 is the last minute."""
    found = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    hour, minute = (int(found[1]), int(found[2])) if found else (99, 99)
    if (hour, minute) == (24, 0):
        return time(23, 59)
    return time(hour, minute) if hour < 24 and minute < 60 else None  # noqa: PLR2004


def moment(value: Any, zone: ZoneInfo) -> datetime | None:
    """A time in UTC, from text with either kind of offset, from the salon's own time, or from Unix seconds."""
    if not isinstance(value, str):
        return _from_unix(value)
    found = _TIME.fullmatch(value.strip())
    if found is None or found[2] is None:
        naive = wall_clock(value)
        return None if naive is None else in_zone(naive, zone)
    try:
        return _plausible(datetime.fromisoformat(f"{found[1]}{found[2]}").astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def _plausible(moment: datetime) -> datetime | None:
    """A time that one may count with: days before the year 1 and after 9999 cannot be."""
    return moment if _EARLIEST <= moment <= _LATEST else None


def _from_unix(value: Any) -> datetime | None:
    number = whole(value)
    try:
        return _plausible(datetime.fromtimestamp(number, UTC)) if number is not None and number > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def wall_clock(value: Any) -> datetime | None:
    """What a clock in the salon shows, from text; an offset behind it is not looked at, for it may be wrong."""
    if not isinstance(value, str):
        return None
    written = value.strip()
    if found := _TIME.fullmatch(written):
        return _naive(datetime.fromisoformat, found[1])
    readings = (_naive(datetime.strptime, written, form) for form in _TIMES)
    return next((read for read in readings if read is not None), None)


def _naive(read: Callable[..., datetime], *written: str) -> datetime | None:
    try:
        return read(*written)
    except ValueError:
        return None


def in_zone(naive: datetime, zone: ZoneInfo, hint: Any = None) -> datetime | None:
    """A salon's own time in UTC.

    When clocks go back an hour comes twice: the first is meant, unless the offset of `hint` is that of the second.
    When they go forward an hour is missing: a time in it is as much later.
    """
    try:
        first, second = (naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    except (ValueError, OverflowError):
        return None
    return _plausible(second if first < second and moment(hint, zone) == second else first)


def clean(value: Any) -> Any:
    """A JSON value as PostgreSQL can store it: no NUL, no half of a pair, no infinity."""
    if isinstance(value, str):
        return _storable(value)
    if isinstance(value, dict):
        return {_storable(name): clean(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [clean(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
