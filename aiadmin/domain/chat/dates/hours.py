"""What was said of the time, and what it means: an hour stays as it was said until the whole message is known.

"5" may be in the morning or in the afternoon: "вечером" two words later decides it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from aiadmin.domain.chat.dates.grammar import Kinds, Match
from aiadmin.domain.chat.when import DayParts, TimeRange

HALF_DAY, DAY_HOURS, HOUR_MINUTES = 12, 24, 60


MORNING_HOURS = range(9, 13)
"""Bare hours that are meant as they stand; 1 to 7 are said of the afternoon, and 8 of whichever is open."""


_ALWAYS_AFTERNOON = range(1, 8)


@dataclass(frozen=True, slots=True)
class Hour:
    """A time as it was said: 5 may be in the morning or in the afternoon as long as `part` is None."""

    hour: int
    minute: int = 0
    part: str | None = None


@dataclass(frozen=True, slots=True)
class TimeSaid:
    """What was said of the time, one of: hours (equal ones are a point), a window that is certain, a relation.

    Attributes:
        first, last: hours as said.
        window: a part of the day, or times that were computed.
        others: further ones that suit as well.
        shift: so many minutes later than the visit.
        is_reckoned: whether it was said from now on: "через час".
    """

    first: Hour | None = None
    last: Hour | None = None
    window: TimeRange | None = None
    is_around: bool = False
    is_same: bool = False
    shift: int | None = None
    others: tuple[TimeSaid, ...] = ()
    is_reckoned: bool = False

    @property
    def is_hours(self) -> bool:
        """Whether it is hours, whose half of the day may be open."""
        return self.first is not None or self.last is not None


def valid_hour(hour: int, minute: int = 0, part: str | None = None) -> Hour | None:
    """An hour of the clock; None when no clock shows it."""
    return Hour(hour, minute, part) if 0 <= hour < DAY_HOURS and 0 <= minute < HOUR_MINUTES else None


def hour_of(m: Match, name: str) -> Hour | None:
    """The hour that an element was taken as."""
    value = m[name]
    if isinstance(value, Hour):
        return value
    return valid_hour(value) if isinstance(value, int) and value > 0 else None


def window_of(part: str, parts: DayParts) -> TimeRange | None:
    """The hours of a part of the day; at night no salon is open."""
    table = {"morning": parts.morning, "day": parts.afternoon, "evening": parts.night, "lunch": parts.lunch}
    return table.get(part)


def moved(at: time | None, minutes: int) -> time | None:
    """So many minutes later, or earlier; an open end stays open."""
    if at is None:
        return None
    return (datetime.combine(datetime.min, at) + timedelta(minutes=minutes, days=1)).time()  # noqa: DTZ901 - arithmetic


def time_said(said: TimeSaid, **more: object) -> Kinds:
    """The kinds of a node that is a time."""
    return {"TIME": said, **more}


def resolved(said: TimeSaid, parts: DayParts, around: TimeRange | None) -> TimeRange | None:
    """The times that were meant; None for what relates to the visit.

    Args:
        around: the part of the day that was said beside it.
    """
    if not said.is_hours:
        return said.window
    if said.first is not None and said.last is not None and said.first != said.last:
        return _pair(said.first, said.last, parts, around)
    first = None if said.first is None else _one(said.first, parts, around)
    if said.last is None or said.first is not None:
        return TimeRange(first, None if said.last is None else first)
    return TimeRange(None, _last_of(said.last, parts, around))


def readings(hour: Hour) -> list[time]:
    """Every time that an hour can mean, the earlier first."""
    if hour.part == "exact" or hour.hour == 0 or hour.hour > HALF_DAY:
        return [time(hour.hour, hour.minute)]
    if hour.part is not None:
        return [_in_part(hour, hour.part)]
    if hour.hour == HALF_DAY:
        return [time(HALF_DAY, hour.minute)]
    return [time(hour.hour, hour.minute), time(hour.hour + HALF_DAY, hour.minute)]


def _in_part(hour: Hour, part: str) -> time:
    if hour.hour == HALF_DAY:
        return time(0 if part in {"night", "evening"} else HALF_DAY, hour.minute)
    is_late = (part == "evening") or (part == "day" and hour.hour < 10) or (part == "night" and hour.hour > 5)  # noqa: PLR2004 - 10 дня, 5 ночи
    return time(hour.hour + HALF_DAY * is_late, hour.minute)


def _one(hour: Hour, parts: DayParts, around: TimeRange | None) -> time:
    """What an hour means by itself."""
    found = readings(hour)
    if len(found) == 1:
        return found[0]
    early, late = found
    if around is not None and around.has(early) != around.has(late):
        return early if around.has(early) else late
    if hour.hour in _ALWAYS_AFTERNOON:
        return late
    return late if early < parts.opens and late < parts.closes else early


def _last_of(hour: Hour, parts: DayParts, around: TimeRange | None) -> time:
    """What an end means: not the minute in which the salon opens."""
    at = _one(hour, parts, around)
    later = readings(hour)[-1]
    return later if around is None and at <= parts.opens and later <= parts.closes else at


def _pair(first: Hour, last: Hour, parts: DayParts, around: TimeRange | None) -> TimeRange | None:
    """Of all ways to read two hours the one in the right order, in the open hours, and as short as can be."""
    preferred = _one(first, parts, around)
    ways = [(one, other) for one in readings(first) for other in readings(last) if one < other]
    day = TimeRange(parts.opens, parts.closes)

    def badness(way: tuple[time, time]) -> tuple[bool, bool, bool, int]:
        one, other = way
        is_out = not (day.has(one) and day.has(other))
        is_apart = around is not None and not (around.has(one) and around.has(other))
        return is_apart, is_out, one != preferred, other.hour - one.hour

    return TimeRange(*min(ways, key=badness)) if ways else None
