"""One time of day: 18:30, half past five, 7 in the evening."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aiadmin.domain.chat.dates.grammar import Kinds, Match, Rule
from aiadmin.domain.chat.dates.hours import (
    DAY_HOURS,
    HALF_DAY,
    HOUR_MINUTES,
    MORNING_HOURS,
    Hour,
    TimeSaid,
    hour_of,
    time_said,
    valid_hour,
)
from aiadmin.domain.chat.dates.said_days import never
from aiadmin.domain.chat.when import Asked, Never


def _as(kind: str, hour: Hour | None, **more: object) -> Kinds | None:
    return None if hour is None else {kind: hour, **more}


def _exact(m: Match) -> Kinds | None:
    """18:30; 08:30 with its zero is in the morning."""
    if m["h"] >= DAY_HOURS or m["m"] >= HOUR_MINUTES:
        return never(Never.NO_SUCH_TIME)
    is_exact = "D2" in m.kinds("h") and m["h"] < MORNING_HOURS.start
    return _as("CLOCK", valid_hour(m["h"], m["m"], "exact" if is_exact else None))


def _dashed(m: Match) -> Kinds | None:
    """9-30 is a time; 12-15 may be a window as well."""
    hour, minute = m["h"], m["m"]
    if minute % 5 or (hour == 0):
        return None
    if hour < minute < DAY_HOURS and minute >= 10:  # noqa: PLR2004 - 05 is no hour
        return _as("DASHED", valid_hour(hour, minute), DASHED_HOURS=(hour, minute))
    return _as("CLOCK", valid_hour(hour, minute))


def _separated(m: Match) -> Kinds | None:
    """17,30 and 17 30: a time where a preposition or a day stands before it."""
    is_time = m["m"] % 5 == 0 and m["h"] > 0 and m.context.asked is not Asked.DAY
    return _as("WEAK", valid_hour(m["h"], m["m"])) if is_time else None


def _listed(m: Match) -> Kinds | None:
    """17,30: and no list of hours, as 15,16 is."""
    return _separated(m) if m["m"] == 0 or m["m"] >= DAY_HOURS or m["m"] < m["h"] else None


def _four_digits(m: Match) -> Kinds | None:
    hour, minute = divmod(m["d"], 100)
    is_time = 7 <= hour < DAY_HOURS and minute < HOUR_MINUTES and minute % 5 == 0  # noqa: PLR2004 - salons open at 7
    return _as("WEAK" if minute else "ROUND", valid_hour(hour, minute)) if is_time else None


def before(hour: int, minutes: int) -> Hour | None:
    """So many minutes before an hour: of the first hour it is 12."""
    if not 1 <= hour <= HALF_DAY:
        return None
    earlier, minute = divmod(HOUR_MINUTES - minutes, HOUR_MINUTES)
    return valid_hour((hour - 2 + earlier) % HALF_DAY + 1, minute)


def _half(m: Match) -> Kinds | None:
    return _as("CLOCK", before(m["h"], 30))


def _worded(m: Match) -> Kinds | None:
    """Десять тридцать."""
    if "DIG" in m.kinds("h") or "DIG" in m.kinds("m") or m["m"] < 10 or m["m"] % 5:  # noqa: PLR2004 - minutes
        return None
    return _as("WEAK", valid_hour(m["h"], m["m"]))


def _with_minutes(m: Match) -> Kinds | None:
    return _as("CLOCK", valid_hour(m["h"], m["m"]))


def _minus(m: Match) -> Hour | None:
    """Без десяти пять."""
    return before(m["h"], m["n"]) if 0 < m["n"] < HOUR_MINUTES else None


PARTED_HOURS = {
    "morning": range(3, 13),
    "day": (10, 11, 12, 1, 2, 3, 4, 5, 6),
    "evening": range(4, 13),
    "night": range(1, 13),
}
"""Which hours each part of the day has."""


def _parted(m: Match) -> Kinds | None:
    """7 вечера."""
    hour = hour_of(m, "t")
    part = m["p"]
    if hour is None or part not in PARTED_HOURS:
        return None
    if hour.hour >= HALF_DAY + 1:
        return {"CLOCK": hour}
    return {"CLOCK": replace(hour, part=part)} if hour.hour in PARTED_HOURS[part] else None


def _day_hours(m: Match) -> Kinds | None:
    """2 дня: an hour after a preposition, two days elsewhere."""
    return _parted(m) if m["p"] == "day" else None


def _not_day(m: Match) -> Kinds | None:
    return None if m["p"] == "day" else _parted(m)


_EDGES_OF_HOUR = {"begin": (60, 30), "middle": (45, 15), "end": (30, 0)}


def _edge_of_hour(m: Match) -> Kinds | None:
    """В начале шестого: from five to half past."""
    start, end = _EDGES_OF_HOUR[m["e"]]
    first, last = before(m["h"], start), before(m["h"], end)
    return None if first is None or last is None else time_said(TimeSaid(first=first, last=last))


CLOCK: Sequence[Rule] = (
    Rule("h:DIG COLON m:D2", _exact),
    Rule("h:DIG ~COLON ~m:D2 ~COLON ~:D2", _exact),
    Rule("h:DIG ~DASH ~m:D2", _dashed),
    Rule("h:DIG ~COMMA|SEMICOLON|EQUALS|UNDERSCORE ~m:D2", _listed),
    Rule("h:DIG m:D2 >!MONTH|DOM_WORD|SLASH", _separated),
    Rule("d:D4 >!YEAR_WORD|UMIN", _four_digits),
    Rule("h:NUM UHOUR", lambda m: _as("HOURS", valid_hour(m["h"]))),
    Rule("h:NUM UHOUR DOT? m:NUM UMIN|м", _with_minutes),
    Rule("h:NUM UHOUR DOT? m:D2 >!MONTH|DOM_WORD|SLASH", _with_minutes),
    Rule("h:DIG ~h ~m:D2", _with_minutes),
    Rule("h:HALF_OF", _half),
    Rule("пол|HALF DASH? h:ORDG", _half),
    Rule("HALF DASH? h:NUM", _half),
    Rule("QUARTER h:ORDG", lambda m: _as("CLOCK", before(m["h"], 45))),
    Rule("MINUS n:NUM|QUARTER UMIN? h:NUM|ONE", lambda m: _as("CLOCK", _minus(m))),
    Rule("n:NUM UMIN h:ORDG", lambda m: _as("CLOCK", before(m["h"], HOUR_MINUTES - m["n"]))),
    Rule("h:NUM UHOUR? FROM половиной", lambda m: _as("CLOCK", valid_hour(m["h"], 30))),
    Rule("h:NUM|ONE m:NUM", _worded),
    Rule("V e:EDGE h:ORDG", _edge_of_hour),
    Rule("h:NUM ZERO ZERO", lambda m: _as("CLOCK", valid_hour(m["h"]))),
    Rule("NOON", lambda m: _as("CLOCK", Hour(HALF_DAY, 0, "exact"))),
)
"""Atoms: what is one time of day."""
PARTED: Sequence[Rule] = (
    Rule("t:CLOCK|WEAK|DOTTED|HOURS|ONE|DASHED p:PARTG", _parted),
    Rule("t:NUM p:PARTG", _not_day),
    Rule("<AT|SINCE|UNTIL|AFTER|AND|OR|DASH|APPROX|DAY|EARLIER|LATER t:NUM p:PARTG", _day_hours),
)
"""Atoms with the part of the day that they are in."""
