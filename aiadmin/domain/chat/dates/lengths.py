"""Lengths of time: in an hour, in two weeks, and how much later or earlier."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import datetime, timedelta

from aiadmin.domain.chat.dates.grammar import Kinds, Match, Rule
from aiadmin.domain.chat.dates.hours import DAY_HOURS, HOUR_MINUTES, TimeSaid
from aiadmin.domain.chat.dates.said_days import (
    FARTHEST,
    MONTHS,
    WEEK,
    DaySaid,
    day_said,
    days_said,
    next_month,
    one_day,
    today,
    week_of,
)
from aiadmin.domain.chat.when import DayRange, TimeRange

_UNIT_MINUTES = {"UHOUR": 60, "UMIN": 1}


def minutes_of(m: Match) -> float | None:
    """How many minutes a length has: its number `n`, if any, and its unit `u`."""
    if m.kind("u") == "HALF_HOUR":
        return 30
    number = m["n"] if m.kind("n") else 1
    unit = _UNIT_MINUTES.get(m.kind("u"))
    return None if unit is None or not isinstance(number, int | float) else number * unit


def through(m: Match) -> tuple[datetime, TimeSaid] | None:
    """Через 2 часа: when that is; None when nobody comes so late."""
    minutes = minutes_of(m)
    if minutes is None or not 0 < minutes <= DAY_HOURS * HOUR_MINUTES:
        return None
    at = m.context.now + timedelta(minutes=minutes)
    at = at.replace(second=0, microsecond=0)
    return at, TimeSaid(window=TimeRange(at.time(), at.time()), is_reckoned=True)


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
        return day_said(DaySaid(ranges=(DayRange.of(now + timedelta(days=2)),), or_else=(other,)))
    week = week_of(found.first) if m.kind("u") == "UWEEK" else None
    return day_said(DaySaid(ranges=(found,), is_rough=is_rough, week=week))


def _in_either(m: Match) -> Kinds | None:
    """Через день-два, через 2-3 часа, через час-полтора."""
    first, last = m["n"] if m.kind("n") else 1, m["k"]
    if not first < last <= MONTHS:
        return None
    days = _UNIT_DAYS.get(m.kind("u"))
    if days is not None:
        now = today(m.context)
        return days_said(
            m, now + timedelta(days=round(days * first)), now + timedelta(days=round(days * last)), is_rough=True
        )
    start, end = (m.context.now.replace(second=0, microsecond=0) + timedelta(hours=one) for one in (first, last))
    if m.kind("u") != "UHOUR" or end.date() != start.date():
        return None
    said = TimeSaid(window=TimeRange(start.time(), end.time()))
    return {"DAY": DaySaid(ranges=(DayRange.of(start.date()),)), "TIME": said, "MOMENT": 1}


def _in_months(m: Match, number: float) -> Kinds | None:
    now = today(m.context)
    if number > MONTHS:
        return None
    whole = next_month(now, int(number))
    day = whole.replace(day=min(now.day, monthrange(whole.year, whole.month)[1]))
    return one_day(m, day + timedelta(days=15 if number % 1 else 0))


_NUMBER = "n:NUM|FEW|ONE_AND_HALF|SOME"
_UNIT = "u:UHOUR|UMIN|HALF_HOUR|UDAY|UWEEK|UMONTH"
LENGTHS: Sequence[Rule] = (
    Rule(f"IN {_NUMBER}? {_UNIT}", _in),
    Rule(f"{_UNIT} IN {_NUMBER}", _in),
    Rule("IN n:NUM DASH k:NUM u:UDAY|UWEEK|UHOUR", _in_either),
    Rule("IN u:UDAY|UWEEK|UHOUR DASH k:NUM|ONE_AND_HALF", _in_either),
    Rule("IN u:UWEEK DASH другую", _in),
    Rule("IN сутки", lambda m: one_day(m, today(m.context) + timedelta(days=1))),
    Rule("u:UDAY|UWEEK|UHOUR IN n:NUM DASH k:NUM", _in_either),
)
"""Atoms: days and times that lie so far from now."""
