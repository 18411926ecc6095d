"""Days and times that a client has wished for or refused, against those that there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from aiadmin.domain.chat.when import Day, DayRange, Time, TimeRange, When

AROUND = timedelta(minutes=45)
"""How far from a time is still about that time."""
_ANY_DATE = date(2000, 1, 3)


def suits(whens: Sequence[When], at: datetime) -> bool:
    """Whether a time is as it was wished: one of the wishes holds, and no refusal."""
    wishes = [one for one in whens if _wishes_day(one) or _wishes_time(one)]
    return not _is_refused(whens, at) and (not wishes or any(_holds(one, at) for one in wishes))


def is_refused(whens: Sequence[When], at: datetime) -> bool:
    """Whether it was said of a time that it does not suit."""
    return _is_refused(whens, at)


def wished_days(whens: Sequence[When]) -> list[DayRange]:
    """The days of the wishes, in order; empty where no day was named."""
    days = (one.day for one in whens if one.day)
    return sorted({each for day in days for each in day.any_of}, key=lambda one: one.first)


def names_weekdays(whens: Sequence[When]) -> bool:
    """Whether days of the week were named, and no dates."""
    return any(one.day and one.day.weekdays and not one.day.any_of for one in whens)


def wished_point(whens: Sequence[When]) -> time | None:
    """The one time of day that was named to the minute; None for windows, for about, and for several."""
    points = {
        each.first
        for one in whens
        if one.time and not one.time.is_around
        for each in one.time.any_of
        if each.is_point
    }
    others = any(not each.is_point for one in whens if one.time for each in one.time.any_of)
    return points.pop() if len(points) == 1 and not others else None


def of_days(whens: Sequence[When]) -> tuple[When, ...]:
    """The wishes without their times."""
    return tuple(When(day=one.day) for one in whens if one.day)


def moved_from(whens: Sequence[When], at: datetime) -> bool:
    """Whether the day or the time of a visit was named as what it is to be moved from."""
    for one in whens:
        if one.day and any(each.has(at.date()) for each in one.day.moved_from):
            return True
        if one.time and any(each.has(at.time()) for each in one.time.moved_from):
            return True
    return False


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


def _wishes_day(when: When) -> bool:
    return bool(when.day and (when.day.any_of or when.day.weekdays))


def _wishes_time(when: When) -> bool:
    return bool(when.time and when.time.any_of)


def _holds(when: When, at: datetime) -> bool:
    return _day_holds(when.day, at.date()) and _time_holds(when.time, at.time())


def _day_holds(day: Day | None, at: date) -> bool:
    if day is None:
        return True
    is_date = not day.any_of or any(each.has(at) for each in day.any_of)
    return is_date and (not day.weekdays or at.weekday() in day.weekdays)


def _time_holds(wish: Time | None, at: time) -> bool:
    if wish is None or not wish.any_of:
        return True
    windows = [*_widened(wish)] if wish.is_around else wish.any_of
    return any(each.has(at) for each in windows)


def _widened(wish: Time) -> Iterator[TimeRange]:
    for each in wish.any_of:
        yield TimeRange(_moved(each.first, -AROUND), _moved(each.last, AROUND))


def _moved(at: time | None, by: timedelta) -> time | None:
    """A time so much later; at most at the end of the day it was said on."""
    if at is None:
        return None
    moved = datetime.combine(_ANY_DATE, at) + by
    if moved.date() != _ANY_DATE:
        return time.min if by < timedelta(0) else time.max
    return moved.time()


def _is_refused(whens: Sequence[When], at: datetime) -> bool:
    return any(_refuses(one, at) for one in whens)


def _refuses(when: When, at: datetime) -> bool:
    day, wish = when.day, when.time
    not_then = wish is not None and any(each.has(at.time()) for each in wish.not_in)
    if day is None:
        return not_then
    not_on = any(each.has(at.date()) for each in day.not_on) or at.weekday() in day.not_weekdays
    return not_on or (not_then and _day_holds(day, at.date()))
