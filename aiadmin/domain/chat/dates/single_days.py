"""One day: tomorrow, Friday, the 5th, 25.07, and numbers that are days only where nothing else fits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from aiadmin.domain.chat.dates.grammar import Kinds, Match, Rule
from aiadmin.domain.chat.dates.hours import HOUR_MINUTES, Hour
from aiadmin.domain.chat.dates.said_days import (
    MONTHS,
    DaySaid,
    coming,
    date_of,
    day_of_month,
    day_said,
    days_said,
    month_of,
    month_range,
    never,
    numbered_day,
    one_date,
    one_day,
    today,
    week_of,
)
from aiadmin.domain.chat.when import Asked, DayRange, Never

DEEP_NIGHT = 5
"""Until this hour "tomorrow" may be the day that has just begun."""


def _relative(m: Match) -> Kinds | None:
    day = today(m.context) + timedelta(days=m["d"])
    if m["d"] and m.context.now.hour < DEEP_NIGHT:
        other = DayRange.of(day - timedelta(days=1))
        return day_said(DaySaid(ranges=(DayRange.of(day),), or_else=(other,)), DATE=day)
    return one_day(m, day)


def _visit_day(m: Match) -> Kinds | None:
    """Завтрашнюю запись."""
    day = DayRange.of(today(m.context) + timedelta(days=m["d"]))
    return day_said(DaySaid(ranges=(day,), is_visit=True))


def _visit_weekday(m: Match) -> Kinds | None:
    return day_said(DaySaid(ranges=(DayRange.of(coming(m["w"], today(m.context))),), is_visit=True))


def _weekday(m: Match) -> Kinds | None:
    """В среду: the next one, and on a Wednesday perhaps today."""
    now = today(m.context)
    day = coming(m["w"], now)
    or_else = (DayRange.of(now),) if now.weekday() == m["w"] else ()
    return day_said(
        DaySaid(ranges=(DayRange.of(day),), or_else=or_else, weekdays=frozenset({m["w"]})), WEEKDAY=m["w"]
    )


def _this_weekday(m: Match) -> Kinds | None:
    now = today(m.context)
    day = now if now.weekday() == m["w"] else coming(m["w"], now)
    return day_said(DaySaid(ranges=(DayRange.of(day),), weekdays=frozenset({m["w"]})), DATE=day, WEEKDAY=m["w"])


def _next_weekday(m: Match) -> Kinds | None:
    """В следующую пятницу: that of next week, or the coming one, which is asked when they differ."""
    now = today(m.context)
    day = week_of(now, 1).first + timedelta(days=m["w"])
    other = coming(m["w"], now)
    or_else = () if other == day else (DayRange.of(other),)
    return day_said(DaySaid(ranges=(DayRange.of(day),), or_else=or_else), DATE=day, WEEKDAY=m["w"])


def _nth_weekday(m: Match) -> Kinds | None:
    """В первую субботу августа."""
    month = month_of(m)
    days = [one for one in days_of(month_range(month)) if one.weekday() == m["w"]]
    number = -1 if m.kind("n") == "FINAL" else m["n"] - 1
    return one_day(m, days[number]) if number < len(days) else None


def days_of(found: DayRange) -> Iterable[date]:
    last = found.last or found.first
    return (found.first + timedelta(days=number) for number in range((last - found.first).days + 1))


def _month_day(m: Match) -> Kinds | None:
    year = m["y"]
    if year is not None and year < 100:  # noqa: PLR2004 - written with two digits
        year += 2000
    return one_date(m["d"], m["m"], m.context, year, MONTH_OF=m["m"])


_MOST_DAYS = 31


def _dotted(m: Match) -> Kinds | None:
    """25.07 is a date, 14.30 a time, and 10.10 may be both."""
    hour = Hour(m["d"], m["m"]) if 0 < m["d"] < 24 and m["m"] < HOUR_MINUTES and "D2" in m.kinds("m") else None  # noqa: PLR2004 - hours
    found = None if m.context.asked is Asked.TIME else date_of(m["d"], m["m"], m.context)
    if found is None or (hour is not None and m["m"] == 0):
        is_day = (
            hour is None
            and m.context.asked is not Asked.TIME
            and 0 < m["d"] <= _MOST_DAYS
            and len(m.written("m")) > 1
        )
        if is_day:
            return one_date(m["d"], m["m"], m.context, None)
        return None if hour is None or m["m"] % 5 else {"CLOCK": hour}
    kinds = one_day(m, found)
    return kinds if hour is None or m["m"] % 5 or kinds is None else {**kinds, "DOTTED": hour}


def _slashed(m: Match) -> Kinds | None:
    return one_day(m, date_of(m["d"], m["m"], m.context))


def _big_day(m: Match) -> Kinds | None:
    """16го стрижка: a genitive or a neuter, whatever follows."""
    is_day = "ORDG" in m.kinds("d") or "DIGORD" in m.kinds("d")
    return numbered_day(m) if is_day else None


def _asked_number(m: Match) -> Kinds | None:
    return numbered_day(m) if m.context.asked is Asked.DAY else None


def _asked_range(m: Match) -> Kinds | None:
    """17-18, с 20 по 25: after "which day?", or where no hour has such a number."""
    is_days = m.context.asked is Asked.DAY or (m.kind("t") != "" and m["b"] > m.context.parts.closes.hour)
    return _number_range(m) if is_days else None


def _number_range(m: Match) -> Kinds | None:
    """Числа 3-4."""
    first, last = day_of_month(m["a"], m.context), day_of_month(m["b"], m.context)
    if first is None or last is None or first >= last:
        return None
    return days_said(m, first, last)


_D = "d:NUM|ORDG|ORDN"
_MONTH = "m:MONTHG|MONTHN"
_YEAR = "y:YEAR? YEAR_WORD?"
SINGLE_DAYS: Sequence[Rule] = (
    Rule("<ON вчера|позавчера", lambda m: never(Never.PAST)),
    Rule("<ON прошлый|прошлую|прошлое|прошлой WD|DAY_NOUN", lambda m: never(Never.PAST)),
    Rule("d:REL", _relative),
    Rule("после d:REL", lambda m: one_day(m, today(m.context) + timedelta(days=2)) if m["d"] == 1 else None),
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
    Rule("d:DIGORD >!GENITIVE|COUNTED|FINAL|RANKED", numbered_day),
    Rule("a:DIG DASH b:DIG", _asked_range),
    Rule("SINCE a:NUM t:THROUGH_TO b:NUM", _asked_range),
    Rule("d:NUM DOM_WORD", numbered_day),
    Rule("DOM_WORD d:NUM", numbered_day),
    Rule("DOM_WORD a:NUM DASH b:NUM", _number_range),
    Rule("d:ORDG|ORDN|ORD DOM_WORD", numbered_day),
    Rule("d:ORDG >!GENITIVE|COUNTED|FINAL|RANKED", numbered_day),
    Rule("d:BIGORD >!COUNTED|RANKED|ORDM|ORDF|ORDP", _big_day),
    Rule("ON|V d:ORDN >!GENITIVE|COUNTED|FINAL|RANKED|FREE|NEAR", numbered_day),
    Rule("d:ORDN|ORDG", _asked_number),
)
"""Atoms: what is one day."""

ASKED_DAYS: Sequence[Rule] = (Rule("d:NUM >END|P|COMMA|DOT|FN|AT|DAY|TIME|OR|AND", _asked_number),)
"""A bare number after our question for the day."""
