"""Days: tables from words to dates, weekdays, weeks, months and lengths of time, all from the salon's today on."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from aiadmin.domain.chat.dates.clock import HALF_DAY, HOUR_MINUTES, Hour, TimeSaid, through
from aiadmin.domain.chat.dates.grammar import Context, Kinds, Match, Rule
from aiadmin.domain.chat.when import Asked, DayRange, Window

WEEK = 7
MONTHS = 12
DEEP_NIGHT = 5
"""Until this hour "tomorrow" may be the day that has just begun."""
WORKDAYS, WEEKEND = frozenset(range(5)), frozenset({5, 6})
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


def _day(said: DaySaid | None, **more: object) -> Kinds | None:
    return None if said is None else {"DAY": said, **more}


def _range(m: Match, first: date, last: date | None, *, is_rough: bool = False, **more: object) -> Kinds | None:
    left = from_today(DayRange(first, last), m.context)
    return None if left is None else _day(DaySaid(ranges=(left,), is_rough=is_rough), RANGE=1, **more)


def _one(m: Match, day: date | None, **more: object) -> Kinds | None:
    """One day; None when it is over, or there is none of that number."""
    if day is None:
        return None
    left = from_today(DayRange.of(day), m.context)
    return None if left is None else _day(DaySaid(ranges=(left,)), DATE=day, **more)


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
    for month in (now, _next_month(now)):
        if 1 <= day <= monthrange(month.year, month.month)[1] and month.replace(day=day) >= now:
            return month.replace(day=day)
    return None


def _next_month(day: date, months: int = 1) -> date:
    """The first of a month that comes after a day's."""
    count = day.year * MONTHS + day.month - 1 + months
    return date(count // MONTHS, count % MONTHS + 1, 1)


def _month_range(month: date) -> DayRange:
    return DayRange(month, month.replace(day=monthrange(month.year, month.month)[1]))


def _named_month(month: int, context: Context) -> date:
    """The first of the month of that number: this one, or the next to come."""
    now = today(context)
    return date(now.year + (month < now.month), month, 1)


# --- one day -------------------------------------------------------------------------------------------------------


def _relative(m: Match) -> Kinds | None:
    day = today(m.context) + timedelta(days=m["d"])
    if m["d"] and m.context.now.hour < DEEP_NIGHT:
        other = DayRange.of(day - timedelta(days=1))
        return _day(DaySaid(ranges=(DayRange.of(day),), or_else=(other,)), DATE=day)
    return _one(m, day)


def _visit_day(m: Match) -> Kinds | None:
    """Завтрашнюю запись."""
    day = DayRange.of(today(m.context) + timedelta(days=m["d"]))
    return _day(DaySaid(ranges=(day,), is_visit=True))


def _visit_weekday(m: Match) -> Kinds | None:
    return _day(DaySaid(ranges=(DayRange.of(coming(m["w"], today(m.context))),), is_visit=True))


def _weekday(m: Match) -> Kinds | None:
    """В среду: the next one, and on a Wednesday perhaps today."""
    now = today(m.context)
    day = coming(m["w"], now)
    or_else = (DayRange.of(now),) if now.weekday() == m["w"] else ()
    return _day(DaySaid(ranges=(DayRange.of(day),), or_else=or_else, weekdays=frozenset({m["w"]})), WEEKDAY=m["w"])


def _this_weekday(m: Match) -> Kinds | None:
    now = today(m.context)
    day = now if now.weekday() == m["w"] else coming(m["w"], now)
    return _day(DaySaid(ranges=(DayRange.of(day),), weekdays=frozenset({m["w"]})), DATE=day, WEEKDAY=m["w"])


def _next_weekday(m: Match) -> Kinds | None:
    """В следующую пятницу: that of next week, or the coming one, which is asked when they differ."""
    now = today(m.context)
    day = week_of(now, 1).first + timedelta(days=m["w"])
    other = coming(m["w"], now)
    or_else = () if other == day else (DayRange.of(other),)
    return _day(DaySaid(ranges=(DayRange.of(day),), or_else=or_else), DATE=day, WEEKDAY=m["w"])


def _nth_weekday(m: Match) -> Kinds | None:
    """В первую субботу августа."""
    month = _month_of(m)
    days = [one for one in _days(_month_range(month)) if one.weekday() == m["w"]]
    number = -1 if m.kind("n") == "FINAL" else m["n"] - 1
    return _one(m, days[number]) if number < len(days) else None


def _days(found: DayRange) -> Iterable[date]:
    last = found.last or found.first
    return (found.first + timedelta(days=number) for number in range((last - found.first).days + 1))


def _month_of(m: Match) -> date:
    """The month that was named as `m`, else the next where `x` says so, else this one."""
    if isinstance(m["m"], int) and m.kind("m") != "UMONTH":
        return _named_month(m["m"], m.context)
    return _next_month(today(m.context), 1 if m.kind("x") == "NEXT" else 0)


def _month_day(m: Match) -> Kinds | None:
    year = m["y"]
    if year is not None and year < 100:  # noqa: PLR2004 - written with two digits
        year += 2000
    return _one(m, date_of(m["d"], m["m"], m.context, year), MONTH_OF=m["m"])


def _dotted(m: Match) -> Kinds | None:
    """25.07 is a date, 14.30 a time, and 10.10 may be both."""
    hour = Hour(m["d"], m["m"]) if 0 < m["d"] < 24 and m["m"] < HOUR_MINUTES and "D2" in m.kinds("m") else None  # noqa: PLR2004 - hours
    found = None if m.context.asked is Asked.TIME else date_of(m["d"], m["m"], m.context)
    if found is None or (hour is not None and m["m"] == 0):
        return None if hour is None or m["m"] % 5 else {"CLOCK": hour}
    kinds = _one(m, found)
    return kinds if hour is None or m["m"] % 5 or kinds is None else {**kinds, "DOTTED": hour}


def _slashed(m: Match) -> Kinds | None:
    return _one(m, date_of(m["d"], m["m"], m.context))


def _number(m: Match) -> Kinds | None:
    day = day_of_month(m["d"], m.context)
    left = None if day is None else DayRange.of(day)
    return None if left is None else _day(DaySaid(ranges=(left,), is_number=True), DATE=day, DOM=m["d"])


def _asked_number(m: Match) -> Kinds | None:
    return _number(m) if m.context.asked is Asked.DAY else None


def _number_beyond_hours(m: Match) -> Kinds | None:
    """На 25: no hour has that number."""
    is_day = m["d"] > max(m.context.parts.closes.hour, HALF_DAY) or m.context.asked is Asked.DAY
    found = _number(m) if is_day else None
    return None if found is None else {**found, "ON_SAID": 1}


def _asked_range(m: Match) -> Kinds | None:
    """17-18, с 20 по 25: after "which day?", or where no hour has such a number."""
    is_days = m.context.asked is Asked.DAY or (m.kind("t") != "" and m["b"] > m.context.parts.closes.hour)
    return _number_range(m) if is_days else None


def _number_range(m: Match) -> Kinds | None:
    """Числа 3-4."""
    first, last = day_of_month(m["a"], m.context), day_of_month(m["b"], m.context)
    if first is None or last is None or first >= last:
        return None
    return _range(m, first, last)


def _weekday_and_number(m: Match) -> Kinds | None:
    """Среда 22: where the calendar agrees, that is a date."""
    day = day_of_month(m["d"], m.context)
    return _one(m, day, DOM=m["d"]) if day is not None and day.weekday() == m["w"] else None


# --- stretches -----------------------------------------------------------------------------------------------------


def _weekend(m: Match) -> Kinds | None:
    now = today(m.context)
    saturday = week_of(now).first + timedelta(days=5)
    found = DayRange(saturday, saturday + timedelta(days=1))
    later = DayRange(found.first + timedelta(weeks=1), saturday + timedelta(weeks=1, days=1))
    if m.kind("x") == "NEXT":
        this = from_today(found, m.context)
        return _day(DaySaid(ranges=(later,), or_else=() if this is None else (this,)), RANGE=1, ENDS=1)
    left = from_today(found, m.context) or later
    return _day(DaySaid(ranges=(left,), weekdays=WEEKEND), RANGE=1, ENDS=1)


def _repeated(weekdays: frozenset[int]) -> Kinds:
    return {"DAY": DaySaid(weekdays=weekdays, is_repeated=True)}


def _week(m: Match) -> Kinds | None:
    found = week_of(today(m.context), 1 if m.kind("x") == "NEXT" else 0)
    return _range(m, found.first, found.last)


_EDGES_OF_WEEK = {"begin": (0, 2), "middle": (1, 3), "end": (3, 6)}
_EDGES_OF_MONTH = {"begin": (1, 10), "middle": (11, 20), "end": (25, 31)}


def _edge_of_week(m: Match) -> Kinds | None:
    """В начале недели: this week's when it is still to come, else the next one's."""
    first, last = _EDGES_OF_WEEK[m["e"]]
    if m["e"] == "end" and m.kind("x") != "NEXT":
        first = 4
    weeks = 1 if m.kind("x") == "NEXT" or (m.kind("x") == "" and today(m.context).weekday() >= first + 1) else 0
    monday = week_of(today(m.context), weeks).first
    return _range(m, monday + timedelta(days=first), monday + timedelta(days=last), is_rough=True)


def _half_of_week(m: Match) -> Kinds | None:
    monday = week_of(today(m.context), 1 if m.kind("x") == "NEXT" else 0).first
    halves = {1: (0, 2), 2: (3, 6)}
    if m["n"] not in halves:
        return None
    first, last = (monday + timedelta(days=days) for days in halves[m["n"]])
    return _range(m, first, last, is_rough=True)


def _until_end_of_week(m: Match) -> Kinds | None:
    last = week_of(today(m.context), 1 if m.kind("x") == "NEXT" else 0).last
    return _range(m, today(m.context), last)


def _month(m: Match) -> Kinds | None:
    found = _month_range(_month_of(m))
    return _range(m, found.first, found.last)


def _edge_of_month(m: Match) -> Kinds | None:
    month = _month_of(m)
    first, last = _EDGES_OF_MONTH[m["e"]]
    length = monthrange(month.year, month.month)[1]
    if month.replace(day=min(last, length)) < today(m.context) and not m.kind("m").startswith("MONTH"):
        month = _next_month(month)
        length = monthrange(month.year, month.month)[1]
    return _range(m, month.replace(day=first), month.replace(day=min(last, length)), is_rough=True)


def _until_end_of_month(m: Match) -> Kinds | None:
    return _range(m, today(m.context), _month_range(_month_of(m)).last)


def _half_of_month(m: Match) -> Kinds | None:
    month = _month_range(_month_of(m))
    middle = month.first.replace(day=15)
    halves = {1: (month.first, middle), 2: (middle + timedelta(days=1), month.last)}
    return _range(m, *halves[m["n"]]) if m["n"] in halves else None


def _first_days(m: Match) -> Kinds | None:
    """В первых числах августа, в двадцатых числах."""
    ends = {1: 5, 10: 19, 20: 29}
    month, last = _month_of(m), ends.get(m["n"])
    if last is None or (month.month == 2 and last > 28):  # noqa: PLR2004 - February
        return None
    if month.replace(day=last) < today(m.context) and not m.kind("m"):
        month = _next_month(month)
    return _range(m, month.replace(day=m["n"]), month.replace(day=last), is_rough=True)


def _near_days(m: Match) -> Kinds | None:
    now = today(m.context)
    return _range(m, now if m.kind("x") else now + timedelta(days=1), now + timedelta(days=3), is_rough=True)


def _near_week(m: Match) -> Kinds | None:
    now = today(m.context)
    return _range(m, now, now + timedelta(days=WEEK), is_rough=True)


# --- lengths from now ----------------------------------------------------------------------------------------------

_UNIT_DAYS = {"UDAY": 1, "UWEEK": WEEK}


def _in(m: Match) -> Kinds | None:
    """Через 3 дня, через неделю, через час."""
    moment = through(m)
    if moment is not None:
        at, said = moment
        return {"DAY": DaySaid(ranges=(DayRange.of(at.date()),)), "TIME": said, "MOMENT": 1}
    number = m["n"] if m.kind("n") else 1
    if not isinstance(number, int | float) or number <= 0:
        return None
    if m.kind("u") == "UMONTH":
        return _in_months(m, number)
    days = _UNIT_DAYS.get(m.kind("u"))
    return None if days is None or number > FARTHEST.days else _in_days(m, round(number * days))


def _in_days(m: Match, days: int) -> Kinds | None:
    now = today(m.context)
    is_rough = m.kind("n") in {"FEW", "ONE_AND_HALF"}
    found = DayRange.of(now + timedelta(days=days))
    if m.kind("u") == "UDAY" and not m.kind("n"):  # через день: in two days, or tomorrow
        other = DayRange.of(now + timedelta(days=1))
        return _day(DaySaid(ranges=(DayRange.of(now + timedelta(days=2)),), or_else=(other,)), DATE=now)
    week = week_of(found.first) if m.kind("u") == "UWEEK" else None
    return _day(DaySaid(ranges=(found,), is_rough=is_rough, week=week))


def _in_either(m: Match) -> Kinds | None:
    """Через день-два, через 2-3 часа, через час-полтора."""
    first, last = m["n"] if m.kind("n") else 1, m["k"]
    if not first < last <= MONTHS:
        return None
    days = _UNIT_DAYS.get(m.kind("u"))
    if days is not None:
        now = today(m.context)
        return _range(
            m, now + timedelta(days=round(days * first)), now + timedelta(days=round(days * last)), is_rough=True
        )
    start, end = (m.context.now.replace(second=0, microsecond=0) + timedelta(hours=one) for one in (first, last))
    if m.kind("u") != "UHOUR" or end.date() != start.date():
        return None
    said = TimeSaid(window=Window(start.time(), end.time()))
    return {"DAY": DaySaid(ranges=(DayRange.of(start.date()),)), "TIME": said, "MOMENT": 1}


def _in_months(m: Match, number: float) -> Kinds | None:
    now = today(m.context)
    if number > MONTHS:
        return None
    whole = _next_month(now, int(number))
    day = whole.replace(day=min(now.day, monthrange(whole.year, whole.month)[1]))
    return _one(m, day + timedelta(days=15 if number % 1 else 0))


# --- bounds and lists ----------------------------------------------------------------------------------------------


def _said(m: Match, name: str) -> DaySaid:
    """All that was said of the day, whichever of its kinds the row asked for."""
    said: DaySaid = m.kinds(name)["DAY"]
    return said


def _first(m: Match, name: str) -> date:
    return _said(m, name).ranges[0].first


def _last(m: Match, name: str) -> date | None:
    return _said(m, name).ranges[-1].last


def _since(m: Match) -> Kinds | None:
    if not _said(m, "d").ranges:
        return None
    left = from_today(DayRange(_first(m, "d"), None), m.context)
    return None if left is None else _day(DaySaid(ranges=(left,)), SINCE_DAY=_said(m, "d"))


def _after(m: Match) -> Kinds | None:
    """После 20 числа: from the 21st on; that day itself may be meant as well."""
    last = _last(m, "d") if _said(m, "d").ranges else None
    if last is None:
        return None
    or_else = () if _said(m, "d").is_wide or m.kind("d") == "ENDS" else (DayRange(last, None),)
    return _day(DaySaid(ranges=(DayRange(last + timedelta(days=1), None),), or_else=or_else))


def _until(m: Match) -> Kinds | None:
    last = _last(m, "d") if _said(m, "d").ranges else None
    if last is None or last < today(m.context):
        return None
    if _said(m, "d").is_wide or m.kind("d") == "ENDS":
        last = _first(m, "d") - timedelta(days=1)
    now = today(m.context)
    or_else = (DayRange(now, last - timedelta(days=1)),) if last > now and not m.kind("n") else ()
    return _day(DaySaid(ranges=(DayRange(now, last),), or_else=or_else, is_until=True)) if last >= now else None


def _from_to(m: Match) -> Kinds | None:
    """С 28 июля по 3 августа, пн-ср."""
    if not (_said(m, "d").ranges and _said(m, "e").ranges):
        return None
    first, last = _first(m, "d"), _last(m, "e")
    if last is not None and last < first and _said(m, "e").weekdays:
        last += timedelta(weeks=1)
    if last is None or last <= first or last > first + timedelta(days=62):
        return None
    return _range(m, first, last)


def _numbers_to(m: Match) -> Kinds | None:
    """С 20 по 25 июля, 17-18 числа."""
    first, last = _beside(m, "a"), _last(m, "e")
    return None if first is None or last is None or first >= last else _range(m, first, last)


def _beside(m: Match, name: str) -> date | None:
    """The day of a bare number that stands before a date: of the same month."""
    last = m.kinds("e")["DATE"]
    if not 1 <= m[name] <= last.day:
        return _beside_next(m, name, last)
    return max(last.replace(day=m[name]), today(m.context)) if m[name] <= last.day else None


def _beside_next(m: Match, name: str, last: date) -> date | None:
    """28-3 августа begins in the month before."""
    before = _next_month(last, -1)
    is_day = last.day < m[name] <= monthrange(before.year, before.month)[1]
    return before.replace(day=m[name]) if is_day else None


def _numbers_or(m: Match) -> Kinds | None:
    """20 или 21 июля, 17, 18 или 19 числа."""
    last = m.kinds("e")["DATE"]
    found = []
    for name in ("a", "b"):
        if m.kind(name):
            if not 1 <= m[name] <= monthrange(last.year, last.month)[1]:
                return None
            found.append(last.replace(day=m[name]))
    ranges = [left for one in found if (left := from_today(DayRange.of(one), m.context)) is not None]
    return _day(DaySaid(ranges=(*ranges, *_said(m, "e").ranges)), DATE=last) if len(ranges) == len(found) else None


def _either(m: Match) -> Kinds | None:
    """В пятницу или субботу: of two names, one after the other."""
    one, other = _said(m, "d"), _said(m, "e")
    if one.is_repeated or other.is_repeated:
        return None
    return _day(
        DaySaid(
            ranges=(*one.ranges, *other.ranges),
            or_else=(),
            weekdays=one.weekdays | other.weekdays if one.weekdays and other.weekdays else frozenset(),
        ),
        LIST=1,
    )


def _by(m: Match) -> Kinds | None:
    """К пятнице: until then, or on that day."""
    if _said(m, "d").is_wide or not _said(m, "d").ranges:
        return None
    last = _last(m, "d")
    found = DayRange(today(m.context), last)
    return _day(replace(_said(m, "d"), ranges=(found,), or_else=_said(m, "d").ranges, weekdays=frozenset()))


def _before_weekend(m: Match) -> Kinds | None:
    day = _first(m, "d") - timedelta(days=1)
    return _range(m, day - timedelta(days=1), day, is_rough=True)


def _holiday(m: Match, month: int, day: int) -> Kinds | None:
    return _one(m, date_of(day, month, m.context))


def _new_year(m: Match) -> Kinds | None:
    """На новый год: the last day of this one, roughly."""
    last = date(today(m.context).year, MONTHS, 31)
    return _day(DaySaid(ranges=(DayRange.of(last),), is_rough=True))


def _before_new_year(m: Match) -> Kinds | None:
    year = today(m.context).year
    return _range(m, date(year, MONTHS, 24), date(year, MONTHS, 31), is_rough=True)


def _until_new_year(m: Match) -> Kinds | None:
    return _range(m, today(m.context), date(today(m.context).year, MONTHS, 31))


def _new_year_holidays(m: Match) -> Kinds | None:
    now = today(m.context)
    year = now.year if (now.month, now.day) <= (1, 8) else now.year + 1
    return _range(m, date(year, 1, 1), date(year, 1, 8), is_rough=True)


_NUMBER = "n:NUM|FEW|ONE_AND_HALF|SOME"
_UNIT = "u:UHOUR|UMIN|HALF_HOUR|UDAY|UWEEK|UMONTH"
_D = "d:NUM|ORDG|ORDN"
_MONTH = "m:MONTHG|MONTHN"
_YEAR = "y:YEAR? YEAR_WORD?"
_OF_WEEK = "x:NEXT|THIS? UWEEK"
_OF_MONTH = "x:NEXT|THIS? m:MONTHG|UMONTH"

CALENDAR: Sequence[Rule] = (
    Rule("d:REL", _relative),
    Rule("после d:REL", lambda m: _one(m, today(m.context) + timedelta(days=2)) if m["d"] == 1 else None),
    Rule("d:RELADJ DAY_NOUN", _relative),
    Rule("d:RELADJ >PARTN|PARTG|PARTD", _relative),
    Rule("d:RELADJ", _visit_day),
    Rule("w:WDADJ VISIT", _visit_weekday),
    Rule("w:WDADJ >PARTN|PARTG|PARTD", _weekday),
    Rule("w:WD", _weekday),
    Rule("w:WD DOT >!DIG", _weekday),
    Rule("THIS|NEAR NEAR? w:WD", _this_weekday),
    Rule("w:WD THIS", _this_weekday),
    Rule("NEXT DOT? w:WD", _next_weekday),
    Rule("THIS NEXT w:WD", _next_weekday),
    Rule("n:ORDF|FINAL w:WD x:NEXT|THIS? m:MONTHG|UMONTH", _nth_weekday),
    Rule("V? EVERY w:WD", lambda m: _repeated(frozenset({m["w"]}))),
    Rule("THROUGH_TO? w:WDPL", lambda m: _repeated(frozenset({m["w"]}))),
    Rule(f"{_D} {_MONTH} DOT? {_YEAR}", _month_day),
    Rule(f"{_D} DOM_WORD {_MONTH}", _month_day),
    Rule("m:MONTHG|MONTHN d:DIG >!COLON", _month_day),
    Rule("d:DIG ~DOT|SLASH ~m:DIG ~DOT|SLASH ~y:YEAR|DIG YEAR_WORD?", _month_day),
    Rule("d:DIG ~DASH ~m:DIG ~DASH ~y:YEAR|DIG", _month_day),
    Rule("y:YEAR ~DASH ~m:D2 ~DASH ~d:D2", _month_day),
    Rule("DIG ~DASH ~:DIG ~DASH ~:DIG", lambda m: {"QUANTITY": 1}),
    Rule("d:DIG ~DOT ~m:D2", _dotted),
    Rule("d:DIG ~SLASH ~m:D2", _slashed),
    Rule("d:D2 ~SLASH ~m:DIG", _slashed),
    Rule("<ON|SINCE|UNTIL|V|WD|THROUGH_TO d:DIG ~DOT ~m:DIG >!COUNTED", _slashed),
    Rule("d:D2 ~DOT ~m:DIG >END|P|COMMA|FN|AT", lambda m: _slashed(m) if m["d"] > MONTHS else None),
    Rule("d:DIGORD >!UNKNOWN|COUNTED|VISIT|FINAL|RANKED", _number),
    Rule("a:DIG DASH b:DIG", _asked_range),
    Rule("SINCE a:NUM t:THROUGH_TO b:NUM", _asked_range),
    Rule("d:NUM DOM_WORD", _number),
    Rule("DOM_WORD d:NUM", _number),
    Rule("DOM_WORD a:NUM DASH b:NUM", _number_range),
    Rule("d:ORDG|ORDN|ORD DOM_WORD", _number),
    Rule("d:ORDG >!UNKNOWN|COUNTED|VISIT|FINAL|RANKED", _number),
    Rule("ON|V d:ORDN >!UNKNOWN|COUNTED|VISIT|FINAL|RANKED", _number),
    Rule("d:ORDN|ORDG", _asked_number),
    Rule("x:THIS|NEXT|NEAR? NEAR? WEEKEND", _weekend),
    Rule("V|ON x:THIS|NEXT|NEAR? DAY_OFF DAY_NOUN?", _weekend),
    Rule("THROUGH_TO WEEKEND", lambda m: _repeated(WEEKEND)),
    Rule("THROUGH_TO? WORKDAYS", lambda m: _repeated(WORKDAYS)),
    Rule("WORKADJ UDAY|днях", lambda m: _repeated(WORKDAYS)),
    Rule("x:NEXT|THIS UWEEK", _week),
    Rule(f"APPROX|AT|под? e:EDGE {_OF_WEEK}", _edge_of_week),
    Rule("x:NEXT|THIS UWEEK COMMA? APPROX|AT e:EDGE", _edge_of_week),
    Rule("V|ON n:ORDF|ORDM|NUM HALF x:NEXT|THIS? UWEEK", _half_of_week),
    Rule(f"UNTIL EDGE {_OF_WEEK}", _until_end_of_week),
    Rule("V течение? NEAR UWEEK", _near_week),
    Rule("V m:MONTHP", _month),
    Rule("V THIS m:MONTHP", _month),
    Rule("ON m:MONTHN", _month),
    Rule("V x:NEXT|THIS m:UMONTH", _month),
    Rule("x:NEXT m:UMONTH", _month),
    Rule("ON x:NEXT|THIS m:UMONTH", _month),
    Rule(f"APPROX|AT|под? e:EDGE {_OF_MONTH}", _edge_of_month),
    Rule(f"UNTIL EDGE {_OF_MONTH}", _until_end_of_month),
    Rule("V|ON n:ORDF|ORDM|NUM HALF x:NEXT|THIS? m:MONTHG|UMONTH", _half_of_month),
    Rule("V n:ORDPL|NUM DOM_WORDS x:NEXT|THIS? m:MONTHG|UMONTH?", _first_days),
    Rule("ON днях", _near_days),
    Rule("V|ON x:NEAR UDAY", _near_days),
    Rule("V|ON x:NEAR n:NUM|FEW UDAY", _near_days),
    Rule(f"IN {_NUMBER}? {_UNIT}", _in),
    Rule(f"{_UNIT} IN {_NUMBER}", _in),
    Rule("IN n:NUM DASH k:NUM u:UDAY|UWEEK|UHOUR", _in_either),
    Rule("IN u:UDAY|UWEEK|UHOUR DASH k:NUM|ONE_AND_HALF", _in_either),
    Rule("IN u:UWEEK DASH другую", _in),
    Rule("IN сутки", lambda m: _one(m, today(m.context) + timedelta(days=1))),
    Rule("u:UDAY|UWEEK|UHOUR IN n:NUM DASH k:NUM", _in_either),
    Rule("на новый год", _new_year),
    Rule("к новому году", _before_new_year),
    Rule("под новый год", _before_new_year),
    Rule("перед новым годом", _before_new_year),
    Rule("до нового года", _until_new_year),
    Rule("новогодние|январские HOLIDAYS", _new_year_holidays),
    Rule("на рождество", lambda m: _holiday(m, 1, 7)),
)
"""Atoms: what is one day or one stretch of days."""

BOUNDS: Sequence[Rule] = (
    Rule("w:WEEKDAY COMMA? d:NUM|ORDG|ORDN", _weekday_and_number),
    Rule("ON d:NUM >!COUNTED|UHOUR|UMIN|COLON", _number_beyond_hours),
    Rule("APPROX d:ENDS", _before_weekend),
    Rule("FROM d:DATE вас", lambda m: {"GREETING": 1}),
    Rule("a:NUM|ORDG|ORDN DASH e:DATE", _numbers_to),
    Rule("SINCE a:NUM|ORDG|DOM THROUGH_TO|UNTIL|DASH e:DATE", _numbers_to),
    Rule("AT? a:NUM|ORDG|ORDN|DOM OR|AND|COMMA|SLASH AT? e:DATE", _numbers_or),
    Rule("AT? a:NUM|ORDG|ORDN|DOM COMMA AT? b:NUM|ORDG|DOM OR|AND|COMMA AT? e:DATE", _numbers_or),
    Rule("BETWEEN a:NUM|ORDG|ORD AND e:DATE", _numbers_to),
    Rule("BETWEEN d:DAY AND e:DAY", _from_to),
    Rule("<!AT a:NUM b:NUM e:DATE", _numbers_or),
    Rule("SINCE? d:DAY DASH e:DAY", _from_to),
    Rule("SINCE d:DAY THROUGH_TO|UNTIL e:DAY", _from_to),
    Rule("d:DAY THROUGH_TO e:DAY", _from_to),
    Rule("AT? d:DAY OR|SLASH|AND AT? e:DAY", _either),
    Rule("SINCE d:DATE|WEEKDAY|ENDS", _since),
    Rule("начиная SINCE d:DATE|WEEKDAY", _since),
    Rule("NOT EARLIER COMMA? чем? AT? d:DATE|WEEKDAY", _since),
    Rule("AFTER d:DATE|WEEKDAY|ENDS", _after),
    Rule("LATER d:DATE|WEEKDAY", _after),
    Rule("UNTIL d:DATE|WEEKDAY|ENDS", _until),
    Rule("n:NOT LATER COMMA? чем? AT? d:DATE|WEEKDAY", _until),
    Rule("EARLIER d:DATE|WEEKDAY", _until),
    Rule("к|ко d:DATE|WEEKDAY", _by),
    Rule("перед d:ENDS", _before_weekend),
)
"""Bounds, ranges and lists of days."""

ASKED_DAYS: Sequence[Rule] = (Rule("d:NUM >END|P|COMMA|DOT|FN|AT|DAY|TIME|OR|AND", _asked_number),)
"""A bare number after our question for the day."""
