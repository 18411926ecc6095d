"""Stretches of days: weeks, months, their beginnings and ends, weekends, days of the week that repeat, holidays."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

from aiadmin.domain.chat.dates.grammar import Kinds, Match, Rule
from aiadmin.domain.chat.dates.said_days import (
    MONTHS,
    WEEK,
    DaySaid,
    date_of,
    day_said,
    days_said,
    from_today,
    month_of,
    month_range,
    next_month,
    one_day,
    today,
    week_of,
)
from aiadmin.domain.chat.when import DayRange

WORKDAYS, WEEKEND = frozenset(range(5)), frozenset({5, 6})


def _weekend(m: Match) -> Kinds | None:
    now = today(m.context)
    saturday = week_of(now).first + timedelta(days=5)
    found = DayRange(saturday, saturday + timedelta(days=1))
    later = DayRange(found.first + timedelta(weeks=1), saturday + timedelta(weeks=1, days=1))
    if m.kind("x") == "NEXT":
        this = from_today(found, m.context)
        return day_said(DaySaid(ranges=(later,), or_else=() if this is None else (this,)), RANGE=1, ENDS=1)
    left = from_today(found, m.context) or later
    return day_said(DaySaid(ranges=(left,), weekdays=WEEKEND), RANGE=1, ENDS=1)


def _repeated(weekdays: frozenset[int]) -> Kinds:
    return {"DAY": DaySaid(weekdays=weekdays, is_repeated=True)}


def _week(m: Match) -> Kinds | None:
    found = week_of(today(m.context), 1 if m.kind("x") == "NEXT" else 0)
    return days_said(m, found.first, found.last)


_EDGES_OF_WEEK = {"begin": (0, 2), "middle": (1, 3), "end": (3, 6)}


_EDGES_OF_MONTH = {"begin": (1, 10), "middle": (11, 20), "end": (25, 31)}


def _edge_of_week(m: Match) -> Kinds | None:
    """В начале недели: this week's when it is still to come, else the next one's."""
    first, last = _EDGES_OF_WEEK[m["e"]]
    if m["e"] == "end" and m.kind("x") != "NEXT":
        first = 4
    weeks = 1 if m.kind("x") == "NEXT" or (m.kind("x") == "" and today(m.context).weekday() >= first + 1) else 0
    monday = week_of(today(m.context), weeks).first
    return days_said(m, monday + timedelta(days=first), monday + timedelta(days=last), is_rough=True)


def _half_of_week(m: Match) -> Kinds | None:
    monday = week_of(today(m.context), 1 if m.kind("x") == "NEXT" else 0).first
    halves = {1: (0, 2), 2: (3, 6)}
    if m["n"] not in halves:
        return None
    first, last = (monday + timedelta(days=days) for days in halves[m["n"]])
    return days_said(m, first, last, is_rough=True)


def _until_end_of_week(m: Match) -> Kinds | None:
    last = week_of(today(m.context), 1 if m.kind("x") == "NEXT" else 0).last
    return days_said(m, today(m.context), last)


def _month(m: Match) -> Kinds | None:
    found = month_range(month_of(m))
    return days_said(m, found.first, found.last)


def _edge_of_month(m: Match) -> Kinds | None:
    month = month_of(m)
    first, last = _EDGES_OF_MONTH[m["e"]]
    length = monthrange(month.year, month.month)[1]
    if month.replace(day=min(last, length)) < today(m.context) and not m.kind("m").startswith("MONTH"):
        month = next_month(month)
        length = monthrange(month.year, month.month)[1]
    return days_said(m, month.replace(day=first), month.replace(day=min(last, length)), is_rough=True)


def _until_end_of_month(m: Match) -> Kinds | None:
    return days_said(m, today(m.context), month_range(month_of(m)).last)


def _half_of_month(m: Match) -> Kinds | None:
    month = month_range(month_of(m))
    middle = month.first.replace(day=15)
    halves = {1: (month.first, middle), 2: (middle + timedelta(days=1), month.last)}
    return days_said(m, *halves[m["n"]]) if m["n"] in halves else None


def _first_days(m: Match) -> Kinds | None:
    """В первых числах августа, в двадцатых числах."""
    ends = {1: 5, 10: 19, 20: 29}
    month, last = month_of(m), ends.get(m["n"])
    if last is None or (month.month == 2 and last > 28):  # noqa: PLR2004 - February
        return None
    if month.replace(day=last) < today(m.context) and not m.kind("m"):
        month = next_month(month)
    return days_said(m, month.replace(day=m["n"]), month.replace(day=last), is_rough=True)


def _near_days(m: Match) -> Kinds | None:
    now = today(m.context)
    return days_said(m, now if m.kind("x") else now + timedelta(days=1), now + timedelta(days=3), is_rough=True)


def _near_week(m: Match) -> Kinds | None:
    now = today(m.context)
    return days_said(m, now, now + timedelta(days=WEEK), is_rough=True)


def _holiday(m: Match, month: int, day: int) -> Kinds | None:
    return one_day(m, date_of(day, month, m.context))


def _new_year(m: Match) -> Kinds | None:
    """На новый год: the last day of this one, roughly."""
    last = date(today(m.context).year, MONTHS, 31)
    return day_said(DaySaid(ranges=(DayRange.of(last),), is_rough=True))


def _before_new_year(m: Match) -> Kinds | None:
    year = today(m.context).year
    return days_said(m, date(year, MONTHS, 24), date(year, MONTHS, 31), is_rough=True)


def _until_new_year(m: Match) -> Kinds | None:
    return days_said(m, today(m.context), date(today(m.context).year, MONTHS, 31))


def _new_year_holidays(m: Match) -> Kinds | None:
    now = today(m.context)
    year = now.year if (now.month, now.day) <= (1, 8) else now.year + 1
    return days_said(m, date(year, 1, 1), date(year, 1, 8), is_rough=True)


_OF_WEEK = "x:NEXT|THIS? UWEEK"
_OF_MONTH = "x:NEXT|THIS? m:MONTHG|UMONTH"
STRETCHES: Sequence[Rule] = (
    Rule("V? EVERY w:WD", lambda m: _repeated(frozenset({m["w"]}))),
    Rule("THROUGH_TO? w:WDPL", lambda m: _repeated(frozenset({m["w"]}))),
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
    Rule("на новый год", _new_year),
    Rule("к новому году", _before_new_year),
    Rule("под новый год", _before_new_year),
    Rule("перед новым годом", _before_new_year),
    Rule("до нового года", _until_new_year),
    Rule("новогодние|январские HOLIDAYS", _new_year_holidays),
    Rule("на рождество", lambda m: _holiday(m, 1, 7)),
)
"""Atoms: what is one stretch of days."""
