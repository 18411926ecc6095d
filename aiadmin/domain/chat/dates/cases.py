"""Phrases with the right value, and what our reading of them is worth: the file that `bot dates` plays.

One JSON object a line: `text`, `now`, `group`, and `expected` with `date`, `date_alt`, `time`, `dow`, `not_date`,
`not_time`, `from_date`, `same_time`, `shift_min`, `asap`, `fuzzy` (tests/dates/DATES.md explains each).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from aiadmin.domain.chat.dates.reading import read_when
from aiadmin.domain.chat.when import Asked, Day, DayParts, DayRange, Time, TimeRange, When

WINDOW_TOLERANCE, ROUGH_END = timedelta(minutes=60), timedelta(days=3)
_ALL_WEEK = frozenset(range(7))
_HORIZON = timedelta(days=62)


class DateCaseError(ValueError):
    """A line is no phrase with a date: see tests/dates/DATES.md."""


class Verdict(StrEnum):
    """What a reading is worth: wrong is worse than none."""

    RIGHT = "right"
    WRONG = "wrong"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class DateCase:
    """A phrase, and what it says."""

    number: int
    name: str
    text: str
    now: datetime
    expected: Mapping[str, Any]
    asked: Asked | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a phrase, and what was wrong with it."""

    case: DateCase
    verdict: Verdict
    found: tuple[When, ...]
    flaws: Sequence[str]


def cases_of(lines: Iterable[str]) -> Iterator[DateCase]:
    """The phrases of a file; empty lines are none.

    Raises:
        DateCaseError: for a line that is none, with its number.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _case(number, line)


def _case(number: int, line: str) -> DateCase:
    try:
        row = json.loads(line)
        return DateCase(
            number=number,
            name=str(row.get("id", number)),
            text=str(row["text"]),
            now=datetime.fromisoformat(row["now"]),
            expected=dict(row["expected"]),
            asked=Asked(row["asked"]) if row.get("asked") else None,
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DateCaseError(f"line {number} is no phrase with a date: {error!r}") from error


def play(case: DateCase, parts: DayParts | None = None) -> Outcome:
    """Read a phrase and judge the reading."""
    parts = parts or DayParts()
    found = read_when(case.text, now=case.now, parts=parts, asked=case.asked)
    flaws = [*_flaws(case, found, parts)]
    missed = Verdict.WRONG if found else Verdict.NONE
    return Outcome(case=case, verdict=missed if flaws else Verdict.RIGHT, found=found, flaws=flaws)


def _flaws(case: DateCase, found: Sequence[When], parts: DayParts) -> Iterator[str]:
    expected = case.expected
    days, times = [one.day for one in found if one.day], [one.time for one in found if one.time]
    yield from _day_flaws(expected, days, case.now.date())
    yield from _time_flaws(expected, times, parts)
    if any(one.is_earliest for one in found) != bool(expected.get("asap")):
        yield "asap"


# --- days ----------------------------------------------------------------------------------------------------------


def _day_flaws(expected: Mapping[str, Any], days: Sequence[Day], today: date) -> Iterator[str]:
    found = _days(days)
    readings = [one for one in (expected.get("date"), expected.get("date_alt")) if one is not None]
    weekdays = frozenset(expected.get("dow", _ALL_WEEK))
    is_right = any(_is_same_days(found, one["any"], expected, weekdays, today) for one in readings)
    if not (is_right if readings else not found[0]):
        yield f"date {_shown(found[0])}"
    if not readings and _weekdays(days, is_wanted="dow" in expected) != weekdays:
        yield f"dow {sorted(found[1])}"
    yield from _excluded_days(expected, days, today)


def _days(days: Sequence[Day]) -> tuple[list[DayRange], frozenset[int]]:
    return [one for day in days for one in day.any_of], frozenset[int]().union(*(day.weekdays for day in days))


def _weekdays(days: Sequence[Day], *, is_wanted: bool) -> frozenset[int]:
    """The days of the week that suit: all but the weekend are the workdays, said the other way round."""
    named = frozenset[int]().union(*(day.weekdays for day in days))
    refused = frozenset[int]().union(*(day.not_weekdays for day in days)) if is_wanted else frozenset[int]()
    return named or _ALL_WEEK - refused


def _is_same_days(
    found: tuple[list[DayRange], frozenset[int]],
    wanted: Sequence[Sequence[str | None]],
    expected: Mapping[str, Any],
    weekdays: frozenset[int],
    today: date,
) -> bool:
    ranges, mine = found
    right = [DayRange(date.fromisoformat(first or str(today)), _date(last)) for first, last in wanted]
    if not ranges:
        return False
    if expected.get("fuzzy"):
        return _is_about(ranges, right)
    return _each(ranges, mine or _ALL_WEEK, today) == _each(right, weekdays, today)


def _date(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)


def _is_about(ranges: Sequence[DayRange], right: Sequence[DayRange]) -> bool:
    first, last = min(one.first for one in ranges), max(one.last or date.max for one in ranges)
    end = max(one.last or date.max for one in right)
    return any(one.has(first) for one in right) and abs(last - end) <= ROUGH_END


def _each(ranges: Sequence[DayRange], weekdays: frozenset[int], today: date) -> set[date | str]:
    """Every day of some ranges; an open end is a mark of its own."""
    found: set[date | str] = set()
    for one in ranges:
        last = one.last or max(one.first, today) + _HORIZON
        found |= {one.first + timedelta(days=n) for n in range((last - one.first).days + 1)}
        if one.last is None:
            found.add(f"open from {one.first}")
    return {day for day in found if isinstance(day, str) or day.weekday() in weekdays}


def _excluded_days(expected: Mapping[str, Any], days: Sequence[Day], today: date) -> Iterator[str]:
    refused = {day for one in days for day in _numbers(one.not_on)}
    named = frozenset[int]().union(*(one.not_weekdays for one in days))
    is_workdays = bool(expected.get("dow")) and _ALL_WEEK - named == frozenset(expected["dow"])
    wanted = _written_days(expected.get("not_date"))
    nearest = {(today + timedelta(days=n)).day for n in range(1, 8) if (today + timedelta(days=n)).weekday() in named}
    also_today = {today.day} if today.weekday() in named else set()
    if not is_workdays and wanted not in (refused | nearest, refused | nearest | also_today, refused | also_today):
        yield f"not_date {sorted(refused | nearest)}"
    moved = {day for one in days for day in _numbers(one.moved_from)}
    if moved != _written_days(expected.get("from_date")):
        yield f"from_date {sorted(moved)}"


def _numbers(ranges: Sequence[DayRange]) -> set[int]:
    return {
        (one.first + timedelta(days=n)).day
        for one in ranges
        for n in range(((one.last or one.first) - one.first).days + 1)
    }


def _written_days(written: str | None) -> set[int]:
    if not written:
        return set()
    first, _, last = str(written).partition("..")
    return {*range(int(first), int(last or first) + 1)}


# --- times ---------------------------------------------------------------------------------------------------------


def _time_flaws(expected: Mapping[str, Any], times: Sequence[Time], parts: DayParts) -> Iterator[str]:
    found = [window for one in times for window in one.any_of]
    wanted = expected.get("time")
    if (found or wanted) and not (found and wanted and _is_same_window(_hull(found), _window(wanted), parts)):
        yield f"time {_shown_times(found)}"
    refused = [window for one in times for window in one.not_in]
    not_in = expected.get("not_time")
    if (refused or not_in) and not (refused and not_in and _is_same_window(_hull(refused), _written(not_in), parts)):
        yield f"not_time {_shown_times(refused)}"
    if any(one.is_same for one in times) != bool(expected.get("same_time")):
        yield "same_time"
    shift = next((one.shift for one in times if one.shift is not None), None)
    if (None if shift is None else shift.total_seconds() / 60) != expected.get("shift_min"):
        yield f"shift_min {shift}"


def _hull(windows: Sequence[TimeRange]) -> TimeRange:
    """From the first beginning to the last end."""
    firsts, lasts = [one.first for one in windows], [one.last for one in windows]
    first = None if None in firsts else min(one for one in firsts if one is not None)
    return TimeRange(first, None if None in lasts else max(one for one in lasts if one is not None))


def _window(written: Sequence[str | None]) -> TimeRange:
    first, last = (None if one is None else time.fromisoformat(one) for one in written)
    return TimeRange(first, last)


def _written(window: str) -> TimeRange:
    first, _, last = window.partition("..")
    return _window([first or None, (last or None) if ".." in window else first])


def _is_same_window(found: TimeRange, right: TimeRange, parts: DayParts) -> bool:
    """A point is exact, the ends of a window are not; an open end is that of the day."""
    if found.is_point or right.is_point:
        return found == right
    firsts = (found.first or parts.opens, right.first or parts.opens)
    lasts = (found.last or parts.closes, right.last or parts.closes)
    return _are_near(*firsts) and _are_near(*lasts)


def _are_near(one: time, other: time) -> bool:
    day = date.min
    return abs(datetime.combine(day, one) - datetime.combine(day, other)) <= WINDOW_TOLERANCE


def _shown(ranges: Sequence[DayRange]) -> str:
    return ", ".join(f"{one.first}..{one.last or ''}" for one in ranges) or "none"


def _shown_times(windows: Sequence[TimeRange]) -> str:
    return ", ".join(f"{one.first or ''}..{one.last or ''}" for one in windows) or "none"
