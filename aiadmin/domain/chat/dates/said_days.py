"""What was said of the day, and the reckoning with dates that all tables of days share."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from aiadmin.domain.chat.dates.grammar import Context, Kinds, Match
from aiadmin.domain.chat.when import DayRange, Never

WEEK = 7


MONTHS = 12
_LONGEST_NUMBER = 99


FARTHEST = timedelta(days=550)
"""Nobody books beyond that: such a date is a slip."""


@dataclass(frozen=True, slots=True)
class DaySaid:
    """What was said of the day.

    Attributes:
        ranges: the days, as far as they stand for themselves.
        or_else: a second reading.
        weekdays: the days of the week that were named; beside a week or a month they lie in that.
        is_repeated: whether every such day of the week is meant, not the coming one.
        is_rough: whether it is about these days.
        is_number: whether it is the number of a day alone, whose month may stand elsewhere.
        is_visit: whether it names the visit that there is, not a wish.
        is_until: whether it was said as an end, so that what is refused leaves the days after it.
        week: the week in which a weekday beside it lies.
    """

    ranges: tuple[DayRange, ...] = ()
    or_else: tuple[DayRange, ...] = ()
    weekdays: frozenset[int] = frozenset()
    is_repeated: bool = False
    is_rough: bool = False
    is_visit: bool = False
    is_number: bool = False
    is_until: bool = False
    week: DayRange | None = None

    @property
    def is_wide(self) -> bool:
        """Whether it is a stretch of days in which a weekday can lie."""
        return not self.weekdays and bool(self.ranges) and not any(one.is_one_day for one in self.ranges)


def today(context: Context) -> date:
    """The salon's date."""
    return context.now.date()


def week_of(day: date, weeks: int = 0) -> DayRange:
    """Monday to Sunday, so many weeks after a day's."""
    monday = day - timedelta(days=day.weekday()) + timedelta(weeks=weeks)
    return DayRange(monday, monday + timedelta(days=WEEK - 1))


def coming(weekday: int, after: date) -> date:
    """The next such day of the week, which is not that day itself."""
    return after + timedelta(days=(weekday - after.weekday() - 1) % WEEK + 1)


def from_today(found: DayRange, context: Context) -> DayRange | None:
    """What is left of a range; None when all of it is over, or too far."""
    first = max(found.first, today(context))
    if (found.last is not None and found.last < first) or first > today(context) + FARTHEST:
        return None
    return DayRange(first, found.last)


def day_said(said: DaySaid, **more: object) -> Kinds:
    """The kinds of a node that is a day."""
    return {"DAY": said, **more}


def days_said(m: Match, first: date, last: date | None, *, is_rough: bool = False, **more: object) -> Kinds | None:
    """The kinds of a stretch of days; None when it is over."""
    left = from_today(DayRange(first, last), m.context)
    return None if left is None else day_said(DaySaid(ranges=(left,), is_rough=is_rough), RANGE=1, **more)


def one_day(m: Match, day: date | None, **more: object) -> Kinds | None:
    """One day; None when it is over, or there is none of that number."""
    if day is None:
        return None
    left = from_today(DayRange.of(day), m.context)
    return None if left is None else day_said(DaySaid(ranges=(left,)), DATE=day, **more)


def never(why: Never, near: Sequence[date] = ()) -> Kinds:
    """The kinds of a node that is no day, and no time, for certain."""
    return {"NEVER": (why, tuple(near))}


def one_date(day: int, month: int, context: Context, year: int | None, **more: object) -> Kinds | None:
    """One date, or why there is none."""
    now = today(context)
    if not 1 <= month <= MONTHS or day > _LONGEST_NUMBER:
        return None
    found = date_of(day, month, context, year)
    if found is None:
        first = date((year or now.year) + (year is None and month < now.month), month, 1)
        last = month_range(first).last
        return never(Never.NO_SUCH_DAY, [last, last + timedelta(days=1)] if last and day > last.day else [])
    if found < now or found > now + FARTHEST:
        return never(Never.PAST if found < now else Never.TOO_FAR)
    return day_said(DaySaid(ranges=(DayRange.of(found),)), DATE=found, **more)


def date_of(day: int, month: int, context: Context, year: int | None = None) -> date | None:
    """The next such date, or that of the year; None when there is none."""
    this = today(context).year
    found = [
        one for number in ([year] if year else [this, this + 1]) if (one := _real(number, month, day)) is not None
    ]
    return next((one for one in found if year or one >= today(context)), None)


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def day_of_month(day: int, context: Context) -> date | None:
    """The next day of that number, in this month or the next."""
    now = today(context)
    for month in (now, next_month(now)):
        if 1 <= day <= monthrange(month.year, month.month)[1] and month.replace(day=day) >= now:
            return month.replace(day=day)
    return None


def next_month(day: date, months: int = 1) -> date:
    """The first of a month that comes after a day's."""
    count = day.year * MONTHS + day.month - 1 + months
    return date(count // MONTHS, count % MONTHS + 1, 1)


def month_range(month: date) -> DayRange:
    """From the first to the last day of a month."""
    return DayRange(month, month.replace(day=monthrange(month.year, month.month)[1]))


def named_month(month: int, context: Context) -> date:
    """The first of the month of that number: this one, or the next to come."""
    now = today(context)
    return date(now.year + (month < now.month), month, 1)


def month_of(m: Match) -> date:
    """The month that was named as `m`, else the next where `x` says so, else this one."""
    if isinstance(m["m"], int) and m.kind("m") != "UMONTH":
        return named_month(m["m"], m.context)
    return next_month(today(m.context), 1 if m.kind("x") == "NEXT" else 0)


def numbered_day(m: Match) -> Kinds | None:
    """The day of the month whose number is `d`."""
    day = day_of_month(m["d"], m.context)
    left = None if day is None else DayRange.of(day)
    return None if left is None else day_said(DaySaid(ranges=(left,), is_number=True), DATE=day, DOM=m["d"])
