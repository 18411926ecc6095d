"""Days and times that a client wished for in the course of a talk: how new words change them, and what suits them.

A new day leaves the time as it was, and a new time the day; what was refused stays refused until it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from aiadmin.domain.chat.when import Day, DayRange, PartOfDay, Time, TimeRange, When

R = TypeVar("R")
_NOON, _EVENING = time(12), time(17)
AROUND = timedelta(minutes=45)
"""How far from "about five" still suits."""


def merged(old: Sequence[When], new: Sequence[When]) -> tuple[When, ...]:
    """Wishes after new words.

    Args:
        old: of which any suits, as they were.
        new: what was said now.
    """
    wished = [one for one in new if _wishes_day(one) or _wishes_time(one)]
    refused = [one for one in new if one not in wished]
    result = _replaced(old, wished) if wished else tuple(old)
    for one in refused:
        result = tuple(_refusing(when, one) for when in result or (When(),))
    return tuple(dict.fromkeys(result))


def _replaced(old: Sequence[When], wished: Sequence[When]) -> tuple[When, ...]:
    return tuple(whole for one in wished for whole in _completed(old, one))


def _completed(old: Sequence[When], new: When) -> Iterator[When]:
    """A new wish with what it leaves open taken from the old ones."""
    if _wishes_day(new) and _wishes_time(new):
        yield _keeping(new, old)
    elif _wishes_day(new):
        times = {one.time and replace(one.time, spans=()): one.time for one in _of_days(old, new)}
        carried = next(iter(times.values())) if len(times) == 1 else None
        yield _keeping(replace(new, time=_refusing_time(carried, new.time)), old)
    else:
        for one in old or (When(),):
            yield _keeping(replace(new, day=_refusing_day(one.day, new.day)), [replace(one, day=None)])


def _of_days(old: Sequence[When], new: When) -> Sequence[When]:
    """Of several wishes those of the days that are named again, all where none is."""
    named = [one for one in old if one.day and new.day and _meet(one.day.any_of, new.day.any_of)]
    return named or old


def _meet(some: Sequence[DayRange], others: Sequence[DayRange]) -> bool:
    return any(one.has(other.first) or other.has(one.first) for one in some for other in others)


def _keeping(new: When, old: Sequence[When]) -> When:
    """A wish with what was refused before, but for what it asks for itself."""
    day, of_day = new.day, new.time
    for one in old:
        if one.day:
            day = day or Day()
            day = replace(
                day,
                not_on=_joined(day.not_on, one.day.not_on),
                not_weekdays=day.not_weekdays | one.day.not_weekdays,
            )
        if one.time and one.time.not_in:
            of_day = of_day or Time()
            of_day = replace(of_day, not_in=_joined(of_day.not_in, one.time.not_in))
    return When(day=_without_own_day(day), time=_without_own_time(of_day), is_earliest=new.is_earliest)


def _refusing(when: When, refused: When) -> When:
    return replace(when, day=_refusing_day(when.day, refused.day), time=_refusing_time(when.time, refused.time))


def _refusing_day(day: Day | None, refused: Day | None) -> Day | None:
    if day is None or refused is None:
        return day or refused
    kept = tuple(one for one in day.any_of if not any(_covers(no, one) for no in refused.not_on))
    return replace(
        day,
        any_of=kept,
        not_on=_joined(day.not_on, refused.not_on),
        not_weekdays=day.not_weekdays | refused.not_weekdays,
        weekdays=day.weekdays - refused.not_weekdays,
    )


def _covers(outer: DayRange, inner: DayRange) -> bool:
    return outer.first <= inner.first and (
        outer.last is None or (inner.last is not None and inner.last <= outer.last)
    )


def _refusing_time(of_day: Time | None, refused: Time | None) -> Time | None:
    if of_day is None or refused is None:
        return of_day or refused
    kept = tuple(one for one in of_day.any_of if not any(_holds(no, one) for no in refused.not_in))
    return replace(of_day, any_of=kept, not_in=_joined(of_day.not_in, refused.not_in))


def _holds(outer: TimeRange, inner: TimeRange) -> bool:
    begins = outer.first is None or (inner.first is not None and outer.first <= inner.first)
    ends = outer.last is None or (inner.last is not None and inner.last <= outer.last)
    return begins and ends


def _joined(some: tuple[R, ...], others: tuple[R, ...]) -> tuple[R, ...]:
    return tuple(dict.fromkeys((*some, *others)))


def _without_own_day(day: Day | None) -> Day | None:
    """Days that are asked for are not refused any more."""
    if day is None or not day.any_of:
        return day
    single = {one.first.weekday() for one in day.any_of if one.is_one_day}
    return replace(
        day,
        not_on=tuple(no for no in day.not_on if not any(_covers(no, one) for one in day.any_of)),
        not_weekdays=day.not_weekdays - single,
    )


def _without_own_time(of_day: Time | None) -> Time | None:
    if of_day is None or not of_day.any_of:
        return of_day
    return replace(
        of_day, not_in=tuple(no for no in of_day.not_in if not any(_holds(no, one) for one in of_day.any_of))
    )


def _wishes_day(when: When) -> bool:
    return when.day is not None and bool(when.day.any_of or when.day.weekdays)


def _wishes_time(when: When) -> bool:
    return when.time is not None and bool(when.time.any_of)


def names_day(whens: Sequence[When]) -> bool:
    """Whether a day is wished for."""
    return any(map(_wishes_day, whens))


def names_time(whens: Sequence[When]) -> bool:
    """Whether a time is wished for."""
    return any(map(_wishes_time, whens))


def on(day: date, at: time | None = None) -> When:
    """A wish for one day, and one time of it."""
    point = Time(any_of=(TimeRange(at, at),)) if at is not None else None
    return When(day=Day(any_of=(DayRange.of(day),)), time=point)


def points(whens: Sequence[When]) -> tuple[time, ...]:
    """The exact times that are wished for."""
    ranges = [one for when in whens if when.time for one in when.time.any_of if one.is_point]
    return tuple(dict.fromkeys(one.first for one in ranges if one.first is not None))


def is_exact(whens: Sequence[When]) -> bool:
    """Whether a time, or several, were named to the minute, and nothing wider."""
    return bool(points(whens)) and all(
        one.is_point and not when.time.is_around for when in whens if when.time for one in when.time.any_of
    )


def day_part(whens: Sequence[When]) -> PartOfDay | None:
    """The one part of the day that all wishes lie in; None where they reach over several."""
    spans = [one for when in whens if when.time for one in when.time.any_of]
    parts = {_part_of(one) for one in spans}
    return parts.pop() if len(parts) == 1 else None


def part_of(at: time) -> PartOfDay | None:
    """The part of the day of a time, where it has a word."""
    return PartOfDay.EVENING if at >= _EVENING else PartOfDay.MORNING if at < _NOON else None


def _part_of(span: TimeRange) -> PartOfDay | None:
    if span.first is not None and span.first >= _EVENING:
        return PartOfDay.EVENING
    return PartOfDay.MORNING if span.last is not None and span.last <= _NOON else None


def names_another_hour(whens: Sequence[When], at: datetime) -> bool:
    """Whether the hour of a visit is named beside another one: "I have 13:00, can I come at 15:30"."""
    named = [one for when in whens if when.time for one in when.time.any_of]
    own = [one for one in named if one.is_point and one.has(at.time())]
    return bool(own) and len(own) < len(named)


def suits(whens: Sequence[When], start: datetime, length: timedelta = timedelta()) -> bool:
    """Whether a visit may begin then, as far as was said; with its length, whether it is over in time as well."""
    return not whens or any(
        day_suits(when, start.date()) and time_suits(when, start.time()) and _is_over_in_time(when, start + length)
        for when in whens
    )


def _is_over_in_time(when: When, end: datetime) -> bool:
    by = when.time.ends_by if when.time else None
    return by is None or end.time() <= by


def some_day_suits(whens: Sequence[When], day: date) -> bool:
    """Whether a day is among those that were wished for."""
    return not whens or any(day_suits(when, day) for when in whens)


def day_suits(when: When, day: date) -> bool:
    """Whether a day is one of a wish."""
    said = when.day
    if said is None:
        return True
    if any(one.has(day) for one in said.not_on) or day.weekday() in said.not_weekdays:
        return False
    is_named = not said.any_of or any(one.has(day) for one in said.any_of)
    return is_named and (not said.weekdays or day.weekday() in said.weekdays)


def time_suits(when: When, at: time) -> bool:
    """Whether a time of day is one of a wish; the end of a span is too late."""
    said = when.time
    if said is None:
        return True
    if any(_is_in(one, at) for one in said.not_in):
        return False
    return not said.any_of or any(_reaches(one, at, said.is_around) for one in said.any_of)


def _is_in(span: TimeRange, at: time) -> bool:
    """The end of one part of the day is the beginning of the next, and belongs to that."""
    return span.has(at) and (span.is_point or span.last is None or at < span.last)


def _reaches(span: TimeRange, at: time, is_around: bool) -> bool:
    if is_around and span.is_point and span.first is not None:
        return distance(span.first, at) <= AROUND
    return _is_in(span, at)


def distance(one: time, other: time) -> timedelta:
    """How far two times of a day are apart."""
    minutes = abs((one.hour - other.hour) * 60 + one.minute - other.minute)
    return timedelta(minutes=minutes)


def days(whens: Sequence[When], first: date, last: date) -> list[date]:
    """The days that were wished for, within bounds, earliest first; all of them where none was."""
    span = range((last - first).days + 1)
    return [day for day in (first + timedelta(days=step) for step in span) if some_day_suits(whens, day)]
