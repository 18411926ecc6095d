"""Points and windows of time: at 5, about 16, from 3 to 5, not before 6, half an hour later, the same time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aiadmin.domain.chat.dates.clock import PARTED_HOURS, before
from aiadmin.domain.chat.dates.grammar import Kinds, Match, Rule
from aiadmin.domain.chat.dates.hours import (
    HALF_DAY,
    HOUR_MINUTES,
    MORNING_HOURS,
    Hour,
    TimeSaid,
    hour_of,
    time_said,
    valid_hour,
)
from aiadmin.domain.chat.dates.lengths import minutes_of
from aiadmin.domain.chat.when import Asked, TimeRange

T = "CLOCK|WEAK|DOTTED|HOURS|DASHED|NUM|ONE"


ABOUT = "APPROX|HOURS_PRE|EXACTLY"
NO_COUNT = ">!COUNTED|GLUED|UMIN|UDAY|UWEEK|UMONTH|YEAR_WORD"
"""What may be a time, what stands before an uncertain one, and that nothing behind it is counted."""


def _point(m: Match) -> Kinds | None:
    hour = hour_of(m, "t")
    if hour is None or _is_no_hour(m):
        return None
    is_around = any(m.kind(name) in {"APPROX", "HOURS_PRE"} for name in ("a", "b", "c"))
    is_on = {"ON_SAID": 1} if m["p"] == "on" else {}
    return time_said(TimeSaid(first=hour, last=hour, is_around=is_around), POINT=1, **is_on)


def _is_no_hour(m: Match) -> bool:
    """25 is a day, "на 2 часа" a length, and after "на какой день?" "на 18" is the 18th."""
    if m.kind("t") == "NUM" and m["p"] == "on":
        return m["t"] > max(m.context.parts.closes.hour, HALF_DAY) or m.context.asked is Asked.DAY
    return m.kind("t") == "HOURS" and m["p"] == "on" and m["t"].hour < 5  # noqa: PLR2004 - longer is no visit


def _plain(m: Match) -> Kinds | None:
    """A time that its surroundings leave no doubt of."""
    hour = hour_of(m, "t")
    return None if hour is None else time_said(TimeSaid(first=hour, last=hour), POINT=1)


def _since(m: Match) -> Kinds | None:
    hour = hour_of(m, "t")
    begins = {"SINCE_HOUR": hour} if m.kind("s") == "SINCE" else {}
    return None if hour is None else time_said(TimeSaid(first=hour), **begins)


def _until_hour(m: Match) -> Kinds | None:
    hour = hour_of(m, "t")
    return None if hour is None else time_said(TimeSaid(last=hour))


def _between(m: Match) -> Kinds | None:
    first, last = hour_of(m, "t"), hour_of(m, "u")
    return None if first is None or last is None or first == last else time_said(TimeSaid(first=first, last=last))


def _dash_window(m: Match) -> Kinds | None:
    """5-6 вечера; without a preposition one of them has to be a time of day."""
    is_sure = bool(m.kind("p") or m.kind("a")) or not {"CLOCK", "HOURS"}.isdisjoint((m.kind("t"), m.kind("u")))
    is_sure = is_sure or m.context.asked is Asked.TIME
    return _between(m) if is_sure else None


def _dashed_window(m: Match) -> Kinds | None:
    first, last = m.kinds("t")["DASHED_HOURS"]
    return time_said(TimeSaid(first=Hour(first), last=Hour(last)))


def _until_closing(m: Match) -> Kinds | None:
    first = hour_of(m, "t")
    until = TimeSaid(window=TimeRange(None, m.context.parts.closes))
    return time_said(until if first is None else TimeSaid(first=first))


def _either(m: Match) -> Kinds | None:
    """В 5 или 6."""
    one, other = hour_of(m, "t"), hour_of(m, "u")
    if one is None or other is None or not (m.kind("p") or m.kind("u") == "CLOCK"):
        return None
    if one.part is None and other.part is not None:
        one = replace(one, part=other.part)
    elif other.part is None and one.part not in {None, "exact"}:
        other = replace(other, part=one.part)
    return time_said(TimeSaid(first=one, last=one, others=(TimeSaid(first=other, last=other),)), POINT=1)


def _ordinal_hour(m: Match) -> Kinds | None:
    """В шестом часу: from five to six."""
    first, last = before(m["h"], HOUR_MINUTES), valid_hour(m["h"])
    if first is None or last is None:
        return None
    if m["p"] in PARTED_HOURS:
        first, last = replace(first, part=m["p"]), replace(last, part=m["p"])
    return time_said(TimeSaid(first=first, last=last))


def _shift(m: Match) -> Kinds | None:
    minutes = minutes_of(m)
    if minutes is None or not 0 < minutes < HALF_DAY * HOUR_MINUTES:
        return None
    return time_said(TimeSaid(shift=int(minutes) * (1 if m.kind("w") in {"LATER", "FORWARD"} else -1)))


def _shift_hours(m: Match) -> Kinds | None:
    return time_said(TimeSaid(shift=m["h"].hour * HOUR_MINUTES * (1 if m.kind("w") in {"LATER", "FORWARD"} else -1)))


def _same(m: Match) -> Kinds | None:
    return time_said(TimeSaid(is_same=True))


def _about_same(m: Match) -> Kinds | None:
    return time_said(TimeSaid(is_same=True, is_around=True))


_NUMBER = "n:NUM|FEW|ONE_AND_HALF"
TIMES: Sequence[Rule] = (
    Rule(f"a:{ABOUT}? b:{ABOUT}? p:AT c:{ABOUT}? t:{T} {NO_COUNT}", _point),
    Rule(f"a:APPROX|HOURS_PRE b:{ABOUT}? t:{T} {NO_COUNT}", _point),
    Rule("<DAY p:ON t:HOURS", _plain),
    Rule("p:ON t:HOURS >DAY", _plain),
    Rule(f"<EXCEPT t:{T} DASH u:{T}", _between),
    Rule(f"V|BY t:ROUND {NO_COUNT}", _plain),
    Rule(f"<DAY ON t:ROUND {NO_COUNT}", _plain),
    Rule(f"HOURS_PRE? s:SINCE|AFTER a:{ABOUT}? t:{T} {NO_COUNT}", _since),
    Rule(f"NOT EARLIER COMMA? чем? AT? a:{ABOUT}? t:{T} {NO_COUNT}", _since),
    Rule(f"LATER чем? V? t:{T} {NO_COUNT}", _since),
    Rule(f"начиная SINCE t:{T}", _since),
    Rule(f"HOURS_PRE? UNTIL a:{ABOUT}? t:{T} {NO_COUNT}", _until_hour),
    Rule(f"NOT LATER COMMA? чем? AT? a:{ABOUT}? t:{T} {NO_COUNT}", _until_hour),
    Rule(f"EARLIER чем? V? t:{T} {NO_COUNT}", _until_hour),
    Rule(f"NOT AT? {T} COMMA? а AT? t:HOURS|CLOCK", _point),
    Rule(f"BETWEEN t:{T} AND u:{T}", _between),
    Rule(f"SINCE t:{T} AND? UNTIL|THROUGH_TO|DASH u:{T} {NO_COUNT}", _between),
    Rule("SINCE t:DASHED", _dashed_window),
    Rule("AT? t:DASHED UHOUR", _dashed_window),
    Rule("a:APPROX V|ON? t:DASHED", _dashed_window),
    Rule(f"a:{ABOUT}? p:AT? t:{T} DASH u:{T} {NO_COUNT}", _dash_window),
    Rule(f"t:CLOCK|WEAK UNTIL u:{T}", _between),
    Rule(f"<DAY t:{T} UNTIL u:{T}", _between),
    Rule(f"<DAY t:{T} DASH u:{T} {NO_COUNT}", _between),
    Rule(f"p:AT? t:{T} OR AT? u:{T} {NO_COUNT}", _either),
    Rule("V h:ORDP ONE|UHOUR p:PARTG?", _ordinal_hour),
    Rule(f"ON {_NUMBER}? u:UHOUR|UMIN|HALF_HOUR w:LATER|EARLIER|FORWARD|BACKWARD", _shift),
    Rule("ON h:HOURS w:LATER|EARLIER|FORWARD|BACKWARD", _shift_hours),
    Rule("w:LATER|EARLIER|FORWARD|BACKWARD ON h:HOURS", _shift_hours),
    Rule(f"w:LATER|EARLIER|FORWARD|BACKWARD ON {_NUMBER}? u:UHOUR|UMIN|HALF_HOUR", _shift),
    Rule(f"u:UHOUR|UMIN ON {_NUMBER} w:LATER|EARLIER|FORWARD|BACKWARD", _shift),
    Rule("V|ON то|это|тоже|самое же? VERY? время", _same),
    Rule("ON? тоже|прежнее|такое же? время", _same),
    Rule("ON|V? время APPROX тоже|то|такое|прежнее же? самое?", _about_same),
    Rule("ON|V? APPROX тоже|то|такое|это же? самое? время", _about_same),
    Rule("время UNKNOWN|FN то|тоже|такое|прежнее же?", _same),
    Rule("время тоже|прежнее|то|такое же? самое?", _same),
)
"""What a preposition or a conjunction makes a time."""


def _asked(m: Match) -> Kinds | None:
    return _plain(m) if m.context.asked is Asked.TIME else None


def _spaced(m: Match) -> Kinds | None:
    """18 30 by itself."""
    hour = hour_of(m, "t")
    is_time = hour is not None and hour.hour >= MORNING_HOURS.start and hour.minute % 15 == 0
    return _plain(m) if is_time or m.context.asked is Asked.TIME else None


def _more(m: Match) -> Kinds | None:
    """В 15, 16 или 17."""
    said: TimeSaid = m["one"]
    hour = hour_of(m, "t")
    if hour is None or said.first is None:
        return None
    if hour.part is None and said.first.part not in {None, "exact"}:
        hour = replace(hour, part=said.first.part)
    return time_said(replace(said, others=(*said.others, TimeSaid(first=hour, last=hour))), POINT=1)


_AFTER_NUMBER = ">END|P|COMMA|DOT|FN|AT|DAY|TIME|DASH|SINCE|OR|AND|CORRECTION|NO|BY"


BARE: Sequence[Rule] = (
    Rule("t:CLOCK", _plain),
    Rule("t:HOURS", lambda m: _plain(m) if m["t"].hour > HALF_DAY else None),
    Rule("<DAY|TIME|PART t:WEAK|ROUND|HOURS|DOTTED|DASHED", _plain),
    Rule(f"<DAY|PART t:NUM {_AFTER_NUMBER}", _plain),
    Rule(f"<DAY COMMA t:NUM|HOURS|WEAK {_AFTER_NUMBER}", _plain),
    Rule(f"t:NUM|WEAK|ROUND|HOURS|DASHED|ONE {_AFTER_NUMBER}", _asked),
    Rule(f"t:WEAK {_AFTER_NUMBER}", _spaced),
)
"""Times without a preposition, where what stands around them shows that they are."""
MORE: Sequence[Rule] = (Rule(f"one:TIME OR|AND|COMMA|SLASH t:NUM|WEAK|HOURS {_AFTER_NUMBER}", _more),)
"""Further times of a list."""
