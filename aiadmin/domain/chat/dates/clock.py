"""Times of day: tables from words to hours, to points and windows, to parts of the day and to shifts.

An hour stays as it was said ("5") until the whole message is known: "вечером" two words later decides what it means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from aiadmin.domain.chat.dates.grammar import Kinds, Match, Rule
from aiadmin.domain.chat.when import Asked, DayParts, Window

HALF_DAY, DAY_HOURS, HOUR_MINUTES = 12, 24, 60
MORNING_HOURS = range(9, 13)
"""Bare hours that are meant as they stand; 1 to 7 are said of the afternoon, and 8 of whichever is open."""
_ALWAYS_AFTERNOON = range(1, 8)


@dataclass(frozen=True, slots=True)
class Hour:
    """A time as it was said: 5 may be in the morning or in the afternoon as long as `part` is None."""

    hour: int
    minute: int = 0
    part: str | None = None


@dataclass(frozen=True, slots=True)
class TimeSaid:
    """What was said of the time, one of: hours (equal ones are a point), a window that is certain, a relation.

    Attributes:
        first, last: hours as said.
        window: a part of the day, or times that were computed.
        others: further ones that suit as well.
        shift: so many minutes later than the visit.
    """

    first: Hour | None = None
    last: Hour | None = None
    window: Window | None = None
    is_around: bool = False
    is_same: bool = False
    shift: int | None = None
    others: tuple[TimeSaid, ...] = ()

    @property
    def is_hours(self) -> bool:
        """Whether it is hours, whose half of the day may be open."""
        return self.first is not None or self.last is not None


def _hour(hour: int, minute: int = 0, part: str | None = None) -> Hour | None:
    return Hour(hour, minute, part) if 0 <= hour < DAY_HOURS and 0 <= minute < HOUR_MINUTES else None


def _as(kind: str, hour: Hour | None, **more: object) -> Kinds | None:
    return None if hour is None else {kind: hour, **more}


def _exact(m: Match) -> Kinds | None:
    """18:30; 08:30 with its zero is in the morning."""
    is_exact = "D2" in m.kinds("h") and m["h"] < MORNING_HOURS.start
    return _as("CLOCK", _hour(m["h"], m["m"], "exact" if is_exact else None))


def _dashed(m: Match) -> Kinds | None:
    """9-30 is a time; 12-15 may be a window as well."""
    hour, minute = m["h"], m["m"]
    if minute % 5 or (hour == 0):
        return None
    if hour < minute < DAY_HOURS and minute >= 10:  # noqa: PLR2004 - 05 is no hour
        return _as("DASHED", _hour(hour, minute), DASHED_HOURS=(hour, minute))
    return _as("CLOCK", _hour(hour, minute))


def _separated(m: Match) -> Kinds | None:
    """17,30 and 17 30: a time where a preposition or a day stands before it."""
    is_time = m["m"] % 5 == 0 and m["h"] > 0 and m.context.asked is not Asked.DAY
    return _as("WEAK", _hour(m["h"], m["m"])) if is_time else None


def _listed(m: Match) -> Kinds | None:
    """17,30: and no list of hours, as 15,16 is."""
    return _separated(m) if m["m"] == 0 or m["m"] >= DAY_HOURS or m["m"] < m["h"] else None


def _four_digits(m: Match) -> Kinds | None:
    hour, minute = divmod(m["d"], 100)
    is_time = 7 <= hour < DAY_HOURS and minute < HOUR_MINUTES and minute % 5 == 0  # noqa: PLR2004 - salons open at 7
    return _as("WEAK" if minute else "ROUND", _hour(hour, minute)) if is_time else None


def _before(hour: int, minutes: int) -> Hour | None:
    """So many minutes before an hour: of the first hour it is 12."""
    if not 1 <= hour <= HALF_DAY:
        return None
    earlier, minute = divmod(HOUR_MINUTES - minutes, HOUR_MINUTES)
    return _hour((hour - 2 + earlier) % HALF_DAY + 1, minute)


def _half(m: Match) -> Kinds | None:
    return _as("CLOCK", _before(m["h"], 30))


def _worded(m: Match) -> Kinds | None:
    """Десять тридцать."""
    if "DIG" in m.kinds("h") or "DIG" in m.kinds("m") or m["m"] < 10 or m["m"] % 5:  # noqa: PLR2004 - minutes
        return None
    return _as("WEAK", _hour(m["h"], m["m"]))


def _with_minutes(m: Match) -> Kinds | None:
    return _as("CLOCK", _hour(m["h"], m["m"]))


def _minus(m: Match) -> Hour | None:
    """Без десяти пять."""
    return _before(m["h"], m["n"]) if 0 < m["n"] < HOUR_MINUTES else None


_PARTED = {
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
    if hour is None or part not in _PARTED:
        return None
    if hour.hour >= HALF_DAY + 1:
        return {"CLOCK": hour}
    return {"CLOCK": replace(hour, part=part)} if hour.hour in _PARTED[part] else None


def _day_hours(m: Match) -> Kinds | None:
    """2 дня: an hour after a preposition, two days elsewhere."""
    return _parted(m) if m["p"] == "day" else None


def _not_day(m: Match) -> Kinds | None:
    return None if m["p"] == "day" else _parted(m)


def hour_of(m: Match, name: str) -> Hour | None:
    """The hour that an element was taken as."""
    value = m[name]
    if isinstance(value, Hour):
        return value
    return _hour(value) if isinstance(value, int) and value > 0 else None


T = "CLOCK|WEAK|DOTTED|HOURS|DASHED|NUM|ONE"
ABOUT = "APPROX|HOURS_PRE|EXACTLY"


def _time(said: TimeSaid | None, **more: object) -> Kinds | None:
    return None if said is None else {"TIME": said, **more}


def _point(m: Match) -> Kinds | None:
    hour = hour_of(m, "t")
    if hour is None or _is_no_hour(m):
        return None
    is_around = any(m.kind(name) in {"APPROX", "HOURS_PRE"} for name in ("a", "b", "c"))
    is_on = {"ON_SAID": 1} if m["p"] == "on" else {}
    return _time(TimeSaid(first=hour, last=hour, is_around=is_around), POINT=1, **is_on)


def _is_no_hour(m: Match) -> bool:
    """25 is a day, "на 2 часа" a length, and after "на какой день?" "на 18" is the 18th."""
    if m.kind("t") == "NUM" and m["p"] == "on":
        return m["t"] > max(m.context.parts.closes.hour, HALF_DAY) or m.context.asked is Asked.DAY
    return m.kind("t") == "HOURS" and m["p"] == "on" and m["t"].hour < 5  # noqa: PLR2004 - longer is no visit


def _sure_hours(m: Match) -> Kinds | None:
    """Завтра на 2 часа: with a day before it that is a time."""
    return _time(TimeSaid(first=m["t"], last=m["t"]), POINT=1)


def _round(m: Match) -> Kinds | None:
    """В 1500, when it is no price."""
    return _time(TimeSaid(first=m["t"], last=m["t"]), POINT=1)


def _since(m: Match) -> Kinds | None:
    hour = hour_of(m, "t")
    return (
        None
        if hour is None
        else _time(TimeSaid(first=hour), **({"SINCE_HOUR": hour} if m.kind("s") == "SINCE" else {}))
    )


def _until_hour(m: Match) -> Kinds | None:
    hour = hour_of(m, "t")
    return None if hour is None else _time(TimeSaid(last=hour))


def _between(m: Match) -> Kinds | None:
    first, last = hour_of(m, "t"), hour_of(m, "u")
    return None if first is None or last is None or first == last else _time(TimeSaid(first=first, last=last))


def _dash_window(m: Match) -> Kinds | None:
    """5-6 вечера; without a preposition one of them has to be a time of day."""
    is_sure = bool(m.kind("p") or m.kind("a")) or not {"CLOCK", "HOURS"}.isdisjoint((m.kind("t"), m.kind("u")))
    is_sure = is_sure or m.context.asked is Asked.TIME
    return _between(m) if is_sure else None


def _dashed_window(m: Match) -> Kinds | None:
    first, last = m.kinds("t")["DASHED_HOURS"]
    return _time(TimeSaid(first=Hour(first), last=Hour(last)))


def _until_closing(m: Match) -> Kinds | None:
    first = hour_of(m, "t")
    return (
        _time(TimeSaid(first=first))
        if first is not None
        else _time(TimeSaid(window=Window(None, m.context.parts.closes)))
    )


def _either(m: Match) -> Kinds | None:
    """В 5 или 6."""
    one, other = hour_of(m, "t"), hour_of(m, "u")
    if one is None or other is None or not (m.kind("p") or m.kind("u") == "CLOCK"):
        return None
    if one.part is None and other.part is not None:
        one = replace(one, part=other.part)
    elif other.part is None and one.part not in {None, "exact"}:
        other = replace(other, part=one.part)
    return _time(TimeSaid(first=one, last=one, others=(TimeSaid(first=other, last=other),)), POINT=1)


def _part(m: Match) -> Kinds | None:
    window = window_of(m["p"], m.context.parts)
    return None if window is None else _time(TimeSaid(window=window), PART=1)


def window_of(part: str, parts: DayParts) -> Window | None:
    """The hours of a part of the day; at night no salon is open."""
    table = {"morning": parts.morning, "day": parts.afternoon, "evening": parts.night, "lunch": parts.lunch}
    return table.get(part)


def _from_part(m: Match) -> Kinds | None:
    """С утра is the morning, с обеда all that follows."""
    return _after_part(m) if m["p"] == "lunch" else _part(m)


def _after_part(m: Match) -> Kinds | None:
    starts = {"lunch": m.context.parts.lunch_is_over}
    return _time(TimeSaid(window=Window(starts[m["p"]], None)), PART=1) if m["p"] in starts else None


def _until_part(m: Match) -> Kinds | None:
    ends = {"lunch": m.context.parts.lunch_is_over, "evening": m.context.parts.evening}
    return _time(TimeSaid(window=Window(None, ends[m["p"]])), PART=1) if m["p"] in ends else None


def _half_of_day(m: Match) -> Kinds | None:
    over = m.context.parts.lunch_is_over
    halves = {1: Window(None, over), 2: Window(over, None)}
    return _time(TimeSaid(window=halves[m["n"]]), PART=1) if m["n"] in halves else None


def _near_part(m: Match) -> Kinds | None:
    """Ближе к обеду; ближе к вечеру is the evening."""
    if m["p"] == "lunch":
        start, end = _moved(m.context.parts.lunch.first, -30), _moved(m.context.parts.lunch.last, -30)
        return _time(TimeSaid(window=Window(start, end), is_around=True), PART=1)
    return _part(m)


def _late_part(m: Match) -> Kinds | None:
    window = window_of(m["p"], m.context.parts)
    if window is None or window.first is None:
        return None
    return _time(TimeSaid(window=Window(_moved(window.first, 120), window.last)), PART=1)


def _early_part(m: Match) -> Kinds | None:
    window = window_of(m["p"], m.context.parts)
    if window is None or window.first is None:
        return None
    return _time(TimeSaid(window=Window(window.first, _moved(window.first, 120))), PART=1)


def _moved(at: time | None, minutes: int) -> time | None:
    if at is None:
        return None
    return (datetime.combine(datetime.min, at) + timedelta(minutes=minutes, days=1)).time()  # noqa: DTZ901 - arithmetic


def _edge_of_day(m: Match) -> Kinds | None:
    """В середине дня, в конце рабочего дня."""
    parts = m.context.parts
    windows = {
        "begin": Window(parts.opens, parts.noon),
        "middle": Window(_moved(parts.noon, 30), _moved(parts.evening, -90)),
        "end": Window(_moved(parts.closes, -180), parts.closes),
    }
    return _time(TimeSaid(window=windows[m["e"]], is_around=True), PART=1)


def _ordinal_hour(m: Match) -> Kinds | None:
    """В шестом часу: from five to six."""
    first, last = _before(m["h"], HOUR_MINUTES), _hour(m["h"])
    if first is None or last is None:
        return None
    if m["p"] in _PARTED:
        first, last = replace(first, part=m["p"]), replace(last, part=m["p"])
    return _time(TimeSaid(first=first, last=last))


_EDGES_OF_HOUR = {"begin": (60, 30), "middle": (45, 15), "end": (30, 0)}


def _edge_of_hour(m: Match) -> Kinds | None:
    """В начале шестого: from five to half past."""
    start, end = _EDGES_OF_HOUR[m["e"]]
    first, last = _before(m["h"], start), _before(m["h"], end)
    return None if first is None or last is None else _time(TimeSaid(first=first, last=last))


_UNIT_MINUTES = {"UHOUR": 60, "UMIN": 1}


def minutes_of(m: Match) -> float | None:
    """How many minutes a length has: its number `n`, if any, and its unit `u`."""
    if m.kind("u") == "HALF_HOUR":
        return 30
    number = m["n"] if m.kind("n") else 1
    unit = _UNIT_MINUTES.get(m.kind("u"))
    return None if unit is None or not isinstance(number, int | float) else number * unit


def _shift(m: Match) -> Kinds | None:
    minutes = minutes_of(m)
    if minutes is None or not 0 < minutes < HALF_DAY * HOUR_MINUTES:
        return None
    return _time(TimeSaid(shift=int(minutes) * (1 if m.kind("w") in {"LATER", "FORWARD"} else -1)))


def _shift_hours(m: Match) -> Kinds | None:
    return _time(TimeSaid(shift=m["h"].hour * HOUR_MINUTES * (1 if m.kind("w") in {"LATER", "FORWARD"} else -1)))


def _same(m: Match) -> Kinds | None:
    return _time(TimeSaid(is_same=True))


def _opening(m: Match) -> Kinds | None:
    at = Window(m.context.parts.opens, m.context.parts.opens)
    return _time(TimeSaid(window=at))


def _closing(m: Match) -> Kinds | None:
    closes = m.context.parts.closes
    return _time(TimeSaid(window=Window(_moved(closes, -60), closes)))


CLOCK: Sequence[Rule] = (
    Rule("h:DIG COLON m:D2", _exact),
    Rule("h:DIG ~COLON ~m:D2 ~COLON ~:D2", _exact),
    Rule("h:DIG ~DASH ~m:D2", _dashed),
    Rule("h:DIG ~COMMA|SEMICOLON|EQUALS|UNDERSCORE ~m:D2", _listed),
    Rule("h:DIG m:D2 >!MONTH|DOM_WORD|SLASH", _separated),
    Rule("d:D4 >!YEAR_WORD|UMIN", _four_digits),
    Rule("h:NUM UHOUR", lambda m: _as("HOURS", _hour(m["h"]))),
    Rule("h:NUM UHOUR DOT? m:NUM UMIN|м", _with_minutes),
    Rule("h:NUM UHOUR DOT? m:D2 >!MONTH|DOM_WORD|SLASH", _with_minutes),
    Rule("h:DIG ~h ~m:D2", _with_minutes),
    Rule("h:HALF_OF", _half),
    Rule("пол|HALF DASH? h:ORDG", _half),
    Rule("HALF DASH? h:NUM", _half),
    Rule("QUARTER h:ORDG", lambda m: _as("CLOCK", _before(m["h"], 45))),
    Rule("MINUS n:NUM|QUARTER UMIN? h:NUM|ONE", lambda m: _as("CLOCK", _minus(m))),
    Rule("n:NUM UMIN h:ORDG", lambda m: _as("CLOCK", _before(m["h"], HOUR_MINUTES - m["n"]))),
    Rule("h:NUM UHOUR? FROM половиной", lambda m: _as("CLOCK", _hour(m["h"], 30))),
    Rule("h:NUM|ONE m:NUM", _worded),
    Rule("V e:EDGE h:ORDG", _edge_of_hour),
    Rule("h:NUM ZERO ZERO", lambda m: _as("CLOCK", _hour(m["h"]))),
    Rule("NOON", lambda m: _as("CLOCK", Hour(HALF_DAY, 0, "exact"))),
)
"""Atoms: what is one time of day."""
PARTED: Sequence[Rule] = (
    Rule("t:CLOCK|WEAK|DOTTED|HOURS|ONE|DASHED p:PARTG", _parted),
    Rule("t:NUM p:PARTG", _not_day),
    Rule("<AT|SINCE|UNTIL|AFTER|AND|OR|DASH|APPROX|DAY|EARLIER|LATER t:NUM p:PARTG", _day_hours),
)
"""Atoms with the part of the day that they are in."""
_NUMBER = "n:NUM|FEW|ONE_AND_HALF"
TIMES: Sequence[Rule] = (
    Rule(f"a:{ABOUT}? b:{ABOUT}? p:AT c:{ABOUT}? t:{T} >!COUNTED|UMIN|UDAY|UWEEK|UMONTH|YEAR_WORD", _point),
    Rule(f"a:APPROX|HOURS_PRE b:{ABOUT}? t:{T} >!COUNTED|UMIN|UDAY|UWEEK|UMONTH|YEAR_WORD", _point),
    Rule("<DAY p:ON t:HOURS", _sure_hours),
    Rule("p:ON t:HOURS >DAY", _sure_hours),
    Rule(f"<EXCEPT t:{T} DASH u:{T}", _between),
    Rule("V|BY t:ROUND >!COUNTED|UMIN|UDAY|UWEEK|UMONTH|YEAR_WORD", _round),
    Rule("<DAY ON t:ROUND >!COUNTED|UMIN|UDAY|UWEEK|UMONTH|YEAR_WORD", _round),
    Rule(f"HOURS_PRE? s:SINCE|AFTER a:{ABOUT}? t:{T} >!COUNTED|UMIN|UDAY|UWEEK|UMONTH|YEAR_WORD", _since),
    Rule(f"NOT EARLIER COMMA? чем? AT? a:{ABOUT}? t:{T} >!COUNTED|UMIN|UDAY|UWEEK|UMONTH|YEAR_WORD", _since),
    Rule(f"LATER чем? V? t:{T} >!COUNTED|UMIN|UDAY|UWEEK|UMONTH|YEAR_WORD", _since),
    Rule(f"начиная SINCE t:{T}", _since),
    Rule(f"HOURS_PRE? UNTIL a:{ABOUT}? t:{T} >!COUNTED|UMIN|UDAY|UWEEK|UMONTH|YEAR_WORD", _until_hour),
    Rule(f"NOT LATER COMMA? чем? AT? a:{ABOUT}? t:{T} >!COUNTED|UMIN|UDAY|UWEEK|UMONTH|YEAR_WORD", _until_hour),
    Rule(f"EARLIER чем? V? t:{T} >!COUNTED|UMIN|UDAY|UWEEK|UMONTH|YEAR_WORD", _until_hour),
    Rule(f"NOT AT? {T} COMMA? а AT? t:HOURS|CLOCK", _point),
    Rule(f"BETWEEN t:{T} AND u:{T}", _between),
    Rule(f"SINCE t:{T} AND? UNTIL|THROUGH_TO|DASH u:{T} >!COUNTED|UMIN|UDAY|UWEEK|UMONTH|YEAR_WORD", _between),
    Rule("SINCE t:DASHED", _dashed_window),
    Rule("AT? t:DASHED UHOUR", _dashed_window),
    Rule("a:APPROX V|ON? t:DASHED", _dashed_window),
    Rule(f"a:{ABOUT}? p:AT? t:{T} DASH u:{T} >!COUNTED|UMIN|UDAY|UWEEK|UMONTH|YEAR_WORD", _dash_window),
    Rule(f"t:CLOCK|WEAK UNTIL u:{T}", _between),
    Rule(f"<DAY t:{T} UNTIL u:{T}", _between),
    Rule(f"<DAY t:{T} DASH u:{T} >!COUNTED|UMIN|UDAY|UWEEK|UMONTH|YEAR_WORD", _between),
    Rule(f"SINCE|AFTER t:{T} AND? UNTIL CLOSING", _until_closing),
    Rule("UNTIL CLOSING", _until_closing),
    Rule("BY|ON|V OPENING", _opening),
    Rule("перед CLOSING", _closing),
    Rule(f"p:AT? t:{T} OR AT? u:{T} >!COUNTED|UMIN|UDAY|UWEEK|UMONTH|YEAR_WORD", _either),
    Rule("VERY? p:PARTI", _part),
    Rule("FROM VERY? EARLY? p:PARTG", _from_part),
    Rule("ON|BY|V|под p:PARTN|PARTD", _part),
    Rule("p:PARTN", lambda m: None if m["p"] == "lunch" else _part(m)),
    Rule("<DAY|OR|COMMA p:PARTN", _part),
    Rule("V время p:PARTG", _part),
    Rule(
        "V? послеобеденное время",
        lambda m: _time(TimeSaid(window=Window(m.context.parts.lunch_is_over, None)), PART=1),
    ),
    Rule("THROUGH_TO? p:PARTPL", _part),
    Rule("UNTIL p:PARTG", _until_part),
    Rule("AFTER p:PARTG", _after_part),
    Rule("AFTER WORK", lambda m: _time(TimeSaid(window=Window(m.context.parts.after_work, None)), PART=1)),
    Rule("V|ON n:ORDF|ORDM|NUM HALF UDAY?", _half_of_day),
    Rule("n:ORDF|ORDM|NUM HALF UDAY", _half_of_day),
    Rule("APPROX p:PARTD|PARTG", _near_part),
    Rule("<EXCEPT p:PARTG", _part),
    Rule("LATE p:PARTI", _late_part),
    Rule("p:PARTI LATE", _late_part),
    Rule("EARLY p:PARTI", _early_part),
    Rule("AT e:EDGE рабочего? UDAY", _edge_of_day),
    Rule("p:PARTADJ время|часы|времени", lambda m: None if m["p"] == "lunch" else _part(m)),
    Rule("V|ON p:PARTADJ время|часы|времени|перерыв", _part),
    Rule("V h:ORDP ONE|UHOUR p:PARTG?", _ordinal_hour),
    Rule(f"ON {_NUMBER}? u:UHOUR|UMIN|HALF_HOUR w:LATER|EARLIER|FORWARD|BACKWARD", _shift),
    Rule("ON h:HOURS w:LATER|EARLIER|FORWARD|BACKWARD", _shift_hours),
    Rule("w:LATER|EARLIER|FORWARD|BACKWARD ON h:HOURS", _shift_hours),
    Rule(f"w:LATER|EARLIER|FORWARD|BACKWARD ON {_NUMBER}? u:UHOUR|UMIN|HALF_HOUR", _shift),
    Rule(f"u:UHOUR|UMIN ON {_NUMBER} w:LATER|EARLIER|FORWARD|BACKWARD", _shift),
    Rule("V|ON то|это|тоже|самое же? VERY? время", _same),
    Rule("ON? тоже|прежнее|такое же? время", _same),
    Rule("время UNKNOWN|FN то|тоже|такое|прежнее же?", _same),
    Rule("время тоже|прежнее|то|такое же? самое?", _same),
)
"""Points, windows, parts of the day, and what relates to the visit."""


def _bare(m: Match) -> Kinds | None:
    """A number where a time is expected: after a day, after our question."""
    hour = hour_of(m, "t")
    return None if hour is None else _time(TimeSaid(first=hour, last=hour), POINT=1)


def _asked(m: Match) -> Kinds | None:
    return _bare(m) if m.context.asked is Asked.TIME else None


def _spaced(m: Match) -> Kinds | None:
    """18 30 by itself."""
    hour = hour_of(m, "t")
    is_time = hour is not None and hour.hour >= MORNING_HOURS.start and hour.minute % 15 == 0
    return _bare(m) if is_time or m.context.asked is Asked.TIME else None


def _more(m: Match) -> Kinds | None:
    """В 15, 16 или 17."""
    said: TimeSaid = m["one"]
    hour = hour_of(m, "t")
    if hour is None or said.first is None:
        return None
    if hour.part is None and said.first.part not in {None, "exact"}:
        hour = replace(hour, part=said.first.part)
    return _time(replace(said, others=(*said.others, TimeSaid(first=hour, last=hour))), POINT=1)


_AFTER_NUMBER = ">END|P|COMMA|DOT|FN|AT|DAY|TIME|DASH|SINCE|OR|AND|CORRECTION|NO|BY|COUNTLESS"
BARE: Sequence[Rule] = (
    Rule("t:CLOCK", _bare),
    Rule("t:HOURS", lambda m: _bare(m) if m["t"].hour > HALF_DAY else None),
    Rule("<DAY|TIME|PART t:WEAK|ROUND|HOURS|DOTTED|DASHED", _bare),
    Rule(f"<DAY|PART t:NUM {_AFTER_NUMBER}", _bare),
    Rule(f"<DAY COMMA t:NUM|HOURS|WEAK {_AFTER_NUMBER}", _bare),
    Rule(f"t:NUM|WEAK|ROUND|HOURS|DASHED|ONE {_AFTER_NUMBER}", _asked),
    Rule(f"t:WEAK {_AFTER_NUMBER}", _spaced),
)
"""Times without a preposition, where what stands around them shows that they are."""
MORE: Sequence[Rule] = (Rule(f"one:TIME OR|AND|COMMA|SLASH t:NUM|WEAK|HOURS {_AFTER_NUMBER}", _more),)
"""Further times of a list."""


def through(m: Match) -> tuple[datetime, TimeSaid] | None:
    """Через 2 часа: when that is; None when nobody comes so late."""
    minutes = minutes_of(m)
    if minutes is None or not 0 < minutes <= DAY_HOURS * HOUR_MINUTES:
        return None
    at = m.context.now + timedelta(minutes=minutes)
    at = at.replace(second=0, microsecond=0)
    return at, TimeSaid(window=Window(at.time(), at.time()))


def resolved(said: TimeSaid, parts: DayParts, around: Window | None) -> Window | None:
    """The times that were meant; None for what relates to the visit.

    Args:
        around: the part of the day that was said beside it.
    """
    if not said.is_hours:
        return said.window
    if said.first is not None and said.last is not None and said.first != said.last:
        return _pair(said.first, said.last, parts, around)
    first = None if said.first is None else _one(said.first, parts, around)
    if said.last is None or said.first is not None:
        return Window(first, None if said.last is None else first)
    return Window(None, _last_of(said.last, parts, around))


def readings(hour: Hour) -> list[time]:
    """Every time that an hour can mean, the earlier first."""
    if hour.part == "exact" or hour.hour == 0 or hour.hour > HALF_DAY:
        return [time(hour.hour, hour.minute)]
    if hour.part is not None:
        return [_in_part(hour, hour.part)]
    if hour.hour == HALF_DAY:
        return [time(HALF_DAY, hour.minute)]
    return [time(hour.hour, hour.minute), time(hour.hour + HALF_DAY, hour.minute)]


def _in_part(hour: Hour, part: str) -> time:
    if hour.hour == HALF_DAY:
        return time(0 if part in {"night", "evening"} else HALF_DAY, hour.minute)
    is_late = (part == "evening") or (part == "day" and hour.hour < 10) or (part == "night" and hour.hour > 5)  # noqa: PLR2004 - 10 дня, 5 ночи
    return time(hour.hour + HALF_DAY * is_late, hour.minute)


def _one(hour: Hour, parts: DayParts, around: Window | None) -> time:
    """What an hour means by itself."""
    found = readings(hour)
    if len(found) == 1:
        return found[0]
    early, late = found
    if around is not None and around.has(early) != around.has(late):
        return early if around.has(early) else late
    if hour.hour in _ALWAYS_AFTERNOON:
        return late
    return late if early < parts.opens and late < parts.closes else early


def _last_of(hour: Hour, parts: DayParts, around: Window | None) -> time:
    """What an end means: not the minute in which the salon opens."""
    at = _one(hour, parts, around)
    later = readings(hour)[-1]
    return later if around is None and at <= parts.opens and later <= parts.closes else at


def _pair(first: Hour, last: Hour, parts: DayParts, around: Window | None) -> Window | None:
    """Of all ways to read two hours the one in the right order, in the open hours, and as short as can be."""
    preferred = _one(first, parts, around)
    ways = [(one, other) for one in readings(first) for other in readings(last) if one < other]
    day = Window(parts.opens, parts.closes)

    def badness(way: tuple[time, time]) -> tuple[bool, bool, bool, int]:
        one, other = way
        is_out = not (day.has(one) and day.has(other))
        is_apart = around is not None and not (around.has(one) and around.has(other))
        return is_apart, is_out, one != preferred, other.hour - one.hour

    return Window(*min(ways, key=badness)) if ways else None
