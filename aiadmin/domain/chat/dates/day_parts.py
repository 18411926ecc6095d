"""Parts of the day: in the morning, after lunch, in the first half, after work."""

from __future__ import annotations

from collections.abc import Sequence

from aiadmin.domain.chat.dates.grammar import Kinds, Match, Rule
from aiadmin.domain.chat.dates.hours import TimeSaid, moved, time_said, window_of
from aiadmin.domain.chat.dates.times import T, _until_closing
from aiadmin.domain.chat.when import Asked, TimeRange


def _part(m: Match) -> Kinds | None:
    window = window_of(m["p"], m.context.parts)
    return None if window is None else time_said(TimeSaid(window=window), PART=1)


def _from_part(m: Match) -> Kinds | None:
    """С утра is the morning, с обеда all that follows."""
    return _after_part(m) if m["p"] == "lunch" else _part(m)


def _after_part(m: Match) -> Kinds | None:
    starts = {"lunch": m.context.parts.lunch_is_over}
    return time_said(TimeSaid(window=TimeRange(starts[m["p"]], None)), PART=1) if m["p"] in starts else None


def _until_part(m: Match) -> Kinds | None:
    ends = {"lunch": m.context.parts.lunch_is_over, "evening": m.context.parts.evening}
    return time_said(TimeSaid(window=TimeRange(None, ends[m["p"]])), PART=1) if m["p"] in ends else None


def _half_of_day(m: Match) -> Kinds | None:
    over = m.context.parts.lunch_is_over
    halves = {1: TimeRange(None, over), 2: TimeRange(over, None)}
    return time_said(TimeSaid(window=halves[m["n"]]), PART=1) if m["n"] in halves else None


def _near_part(m: Match) -> Kinds | None:
    """Ближе к обеду; ближе к вечеру is the evening."""
    if m["p"] == "lunch":
        start, end = moved(m.context.parts.lunch.first, -30), moved(m.context.parts.lunch.last, -30)
        return time_said(TimeSaid(window=TimeRange(start, end), is_around=True), PART=1)
    return _part(m)


def _late_part(m: Match) -> Kinds | None:
    window = window_of(m["p"], m.context.parts)
    if window is None or window.first is None:
        return None
    return time_said(TimeSaid(window=TimeRange(moved(window.first, 120), window.last)), PART=1)


def _early_part(m: Match) -> Kinds | None:
    window = window_of(m["p"], m.context.parts)
    if window is None or window.first is None:
        return None
    return time_said(TimeSaid(window=TimeRange(window.first, moved(window.first, 120))), PART=1)


def _edge_of_day(m: Match) -> Kinds | None:
    """В середине дня, в конце рабочего дня."""
    parts = m.context.parts
    windows = {
        "begin": TimeRange(parts.opens, parts.noon),
        "middle": TimeRange(moved(parts.noon, 30), moved(parts.evening, -90)),
        "end": TimeRange(moved(parts.closes, -180), parts.closes),
    }
    return time_said(TimeSaid(window=windows[m["e"]], is_around=True), PART=1)


def _opening(m: Match) -> Kinds | None:
    at = TimeRange(m.context.parts.opens, m.context.parts.opens)
    return time_said(TimeSaid(window=at))


def _closing(m: Match) -> Kinds | None:
    closes = m.context.parts.closes
    return time_said(TimeSaid(window=TimeRange(moved(closes, -60), closes)))


DAY_PARTS: Sequence[Rule] = (
    Rule(f"SINCE|AFTER t:{T} AND? UNTIL CLOSING", _until_closing),
    Rule("UNTIL CLOSING", _until_closing),
    Rule("BY|ON|V OPENING", _opening),
    Rule("перед CLOSING", _closing),
    Rule("VERY? p:PARTI", _part),
    Rule("FROM VERY? EARLY? p:PARTG", _from_part),
    Rule("ON|BY|V|под p:PARTN|PARTD", _part),
    Rule("p:PARTN", lambda m: None if m["p"] == "lunch" else _part(m)),
    Rule("<DAY|OR|COMMA p:PARTN", _part),
    Rule("V время p:PARTG", _part),
    Rule(
        "V? послеобеденное время",
        lambda m: time_said(TimeSaid(window=TimeRange(m.context.parts.lunch_is_over, None)), PART=1),
    ),
    Rule("THROUGH_TO? p:PARTPL", _part),
    Rule("UNTIL p:PARTG", _until_part),
    Rule("AFTER p:PARTG", _after_part),
    Rule("AFTER WORK", lambda m: time_said(TimeSaid(window=TimeRange(m.context.parts.after_work, None)), PART=1)),
    Rule("V|ON n:ORDF|ORDM|NUM HALF UDAY?", _half_of_day),
    Rule("n:ORDF|ORDM|NUM HALF UDAY", _half_of_day),
    Rule("APPROX p:PARTD|PARTG", _near_part),
    Rule("<EXCEPT p:PARTG", _part),
    Rule("LATE p:PARTI", _late_part),
    Rule("p:PARTI LATE", _late_part),
    Rule("EARLY p:PARTI", _early_part),
    Rule("AT e:EDGE рабочего? UDAY", _edge_of_day),
    Rule("p:PARTADJ >END|P", lambda m: _part(m) if m.context.asked is Asked.TIME else None),
    Rule("p:PARTADJ время|часы|времени", lambda m: None if m["p"] == "lunch" else _part(m)),
    Rule("V|ON p:PARTADJ время|часы|времени|перерыв", _part),
)
"""Each gives the hours that the salon means by it."""
