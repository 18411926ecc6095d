"""Days and times that a client has said, against those of a visit that they have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time

from aiadmin.domain.chat.when import DayRange, When
from aiadmin.domain.chat.wishes import is_exact, points, suits


def wished_days(whens: Sequence[When]) -> list[DayRange]:
    """The days of the wishes, in order; empty where no day was named."""
    days = (one.day for one in whens if one.day)
    return sorted({each for day in days for each in day.any_of}, key=lambda one: one.first)


def names_weekdays(whens: Sequence[When]) -> bool:
    """Whether days of the week were named, and no dates."""
    return any(one.day and one.day.weekdays and not one.day.any_of for one in whens)


def wished_point(whens: Sequence[When]) -> time | None:
    """The one time of day that was named to the minute; None for windows, for about, and for several."""
    named = points(whens)
    return named[0] if len(named) == 1 and is_exact(whens) else None


def of_days(whens: Sequence[When]) -> tuple[When, ...]:
    """The wishes without the times that were asked for; those that were refused stay so."""
    return tuple(replace(one, time=one.time and replace(one.time, any_of=(), is_around=False)) for one in whens)


def is_refused(whens: Sequence[When], at: datetime) -> bool:
    """Whether it was said of a time of day that it does not suit."""
    bare = [replace(one, day=None, time=replace(one.time, any_of=())) for one in whens if one.time]
    return bool(bare) and not suits(bare, at)


def is_named(whens: Sequence[When], at: datetime) -> bool:
    """Whether words name a time that is known: what does not suit is the day of the visit that is to be off."""
    return any(_names(one, at) for one in whens)


def _names(when: When, at: datetime) -> bool:
    days = (*when.day.any_of, *when.day.not_on, *when.day.moved_from) if when.day else ()
    times = (*when.time.any_of, *when.time.not_in, *when.time.moved_from) if when.time else ()
    weekdays = {*when.day.weekdays, *when.day.not_weekdays} if when.day else set()
    is_day = any(each.has(at.date()) for each in days) or at.weekday() in weekdays or not (days or weekdays)
    return is_day and (not times or any(each.has(at.time()) for each in times))


def named_days(whens: Sequence[When]) -> list[DayRange]:
    """The days that words name, suiting or not."""
    days = (one.day for one in whens if one.day)
    return sorted({each for day in days for each in (*day.any_of, *day.not_on)}, key=lambda one: one.first)


def moved_from(whens: Sequence[When], at: datetime) -> bool:
    """Whether the day or the time of a visit was named as what it is to be moved from."""
    for one in whens:
        if one.day and any(each.has(at.date()) for each in one.day.moved_from):
            return True
        if one.time and any(each.has(at.time()) for each in one.time.moved_from):
            return True
    return False
