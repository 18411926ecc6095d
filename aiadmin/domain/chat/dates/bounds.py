"""Bounds, ranges and lists of days: since the 20th, until Friday, Monday to Wednesday, the 20th or 21st of July."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from aiadmin.domain.chat.dates.grammar import Kinds, Match, Rule
from aiadmin.domain.chat.dates.hours import HALF_DAY
from aiadmin.domain.chat.dates.said_days import (
    DaySaid,
    day_of_month,
    day_said,
    days_said,
    from_today,
    next_month,
    numbered_day,
    one_day,
    today,
)
from aiadmin.domain.chat.when import Asked, DayRange


def _number_beyond_hours(m: Match) -> Kinds | None:
    """На 25: no hour has that number."""
    is_day = m["d"] > max(m.context.parts.closes.hour, HALF_DAY) or m.context.asked is Asked.DAY
    found = numbered_day(m) if is_day else None
    return None if found is None else {**found, "ON_SAID": 1}


def _weekday_and_number(m: Match) -> Kinds | None:
    """Среда 22: where the calendar agrees, that is a date."""
    day = day_of_month(m["d"], m.context)
    return one_day(m, day, DOM=m["d"]) if day is not None and day.weekday() == m["w"] else None


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
    return None if left is None else day_said(DaySaid(ranges=(left,)), SINCE_DAY=_said(m, "d"))


def _after(m: Match) -> Kinds | None:
    """После 20 числа: from the 21st on; that day itself may be meant as well."""
    last = _last(m, "d") if _said(m, "d").ranges else None
    if last is None:
        return None
    or_else = () if _said(m, "d").is_wide or m.kind("d") == "ENDS" else (DayRange(last, None),)
    return day_said(DaySaid(ranges=(DayRange(last + timedelta(days=1), None),), or_else=or_else))


def _until(m: Match) -> Kinds | None:
    last = _last(m, "d") if _said(m, "d").ranges else None
    if last is None or last < today(m.context):
        return None
    if _said(m, "d").is_wide or m.kind("d") == "ENDS":
        last = _first(m, "d") - timedelta(days=1)
    now = today(m.context)
    or_else = (DayRange(now, last - timedelta(days=1)),) if last > now and not m.kind("n") else ()
    return day_said(DaySaid(ranges=(DayRange(now, last),), or_else=or_else, is_until=True)) if last >= now else None


def _from_to(m: Match) -> Kinds | None:
    """С 28 июля по 3 августа, пн-ср."""
    if not (_said(m, "d").ranges and _said(m, "e").ranges):
        return None
    first, last = _first(m, "d"), _last(m, "e")
    if last is not None and last < first and _said(m, "e").weekdays:
        last += timedelta(weeks=1)
    if last is None or last <= first or last > first + timedelta(days=62):
        return None
    return days_said(m, first, last)


def _numbers_to(m: Match) -> Kinds | None:
    """С 20 по 25 июля, 17-18 числа."""
    first, last = _beside(m, "a"), _last(m, "e")
    return None if first is None or last is None or first >= last else days_said(m, first, last)


def _beside(m: Match, name: str) -> date | None:
    """The day of a bare number that stands before a date: of the same month."""
    last = m.kinds("e")["DATE"]
    if not 1 <= m[name] <= last.day:
        return _beside_next(m, name, last)
    return max(last.replace(day=m[name]), today(m.context)) if m[name] <= last.day else None


def _beside_next(m: Match, name: str, last: date) -> date | None:
    """28-3 августа begins in the month before."""
    before = next_month(last, -1)
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
    return (
        day_said(DaySaid(ranges=(*ranges, *_said(m, "e").ranges)), DATE=last) if len(ranges) == len(found) else None
    )


def _either(m: Match) -> Kinds | None:
    """В пятницу или субботу: of two names, one after the other."""
    one, other = _said(m, "d"), _said(m, "e")
    if one.is_repeated or other.is_repeated:
        return None
    return day_said(
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
    return day_said(replace(_said(m, "d"), ranges=(found,), or_else=_said(m, "d").ranges, weekdays=frozenset()))


def _before_weekend(m: Match) -> Kinds | None:
    day = _first(m, "d") - timedelta(days=1)
    return days_said(m, day - timedelta(days=1), day, is_rough=True)


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
"""Applied to days that are understood, and to the numbers beside them."""
