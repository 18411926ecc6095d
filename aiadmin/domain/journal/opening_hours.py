"""When a salon is open: as it says of itself in words, else as its masters work."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, time

Span = tuple[time, time]
Hours = Mapping[int, Span]
"""By weekday, Monday is 0; a day that is missing is closed."""

_DAYS = (
    ("пн", "пон", "понедельник", "понедельника", "понедельникам", "mon", "monday"),
    ("вт", "вторник", "вторника", "вторникам", "tue", "tuesday"),
    ("ср", "среда", "среды", "среду", "средам", "wed", "wednesday"),
    ("чт", "четверг", "четверга", "четвергам", "thu", "thursday"),
    ("пт", "пятница", "пятницы", "пятницу", "пятницам", "fri", "friday"),
    ("сб", "суббота", "субботы", "субботу", "субботам", "sat", "saturday"),
    ("вс", "вск", "воскресенье", "воскресенья", "воскресеньям", "sun", "sunday"),
)
_NUMBER = {word: number for number, words in enumerate(_DAYS) for word in words}
_EVERY = frozenset({"ежедневно", "ежедн", "каждый", "круглогодично", "daily", "everyday"})
_WEEKDAYS = frozenset({"будни", "будням", "будние", "weekdays"})
_WEEKEND = frozenset({"выходные", "выходным", "weekend", "weekends"})
_CLOSED = frozenset({"выходной", "выходные", "закрыто", "closed"})
_NOTHING = frozenset(
    re.findall(
        r"\w+",
        """
        с со до по в во и от день дня дни без выходных перерыва обеда часы часов работы работаем режим график время
        from to till until open hours
        """,
    )
)
_TOKEN = re.compile(
    r"(?P<clock>\d{1,2}(?:[:.]\d{2})?)(?!\d)|(?P<word>[^\W\d_]+)|(?P<dash>[-–—])|(?P<skip>[\s.,;:|/()]+)"
)
_LAST_MINUTE = time(23, 59)


def written_hours(text: str | None) -> Hours | None:
    """The opening hours of a text such as a salon writes; None where a part of it is not understood, or is missing.

    Half of a text is worse than none: a day that is not read would be closed. Hours past midnight are not read.

    >>> sorted(written_hours("Пн-Пт 10:00–21:00, сб 11-18").items())[-1]
    (5, (datetime.time(11, 0), datetime.time(18, 0)))
    >>> written_hours("ежедневно с 9 до 22")[6]
    (datetime.time(9, 0), datetime.time(22, 0))
    """
    tokens = _tokens(text or "")
    if not tokens:
        return None
    found: dict[int, Span | None] = {}
    while tokens:
        read = _clause(tokens)
        if read is None:
            return None
        days, span, tokens = read
        if not found.keys().isdisjoint(days):
            return None
        found |= dict.fromkeys(days, span)
    hours = {day: span for day, span in found.items() if span is not None}
    return hours or None


def worked_hours(schedule: Mapping[tuple[int, date], Sequence[Span]], staff: Collection[int]) -> Hours:
    """The hours that masters keep, on each weekday those of most of its days; empty where one is not planned."""
    known: dict[date, list[Span]] = defaultdict(list)
    for (who, day), spans in schedule.items():
        if who in staff:
            known[day] += spans
    if {day.weekday() for day in known} != set(range(7)):
        return {}
    seen: dict[int, Counter[Span | None]] = defaultdict(Counter)
    for day, spans in known.items():
        seen[day.weekday()][(min(s for s, _ in spans), max(e for _, e in spans)) if spans else None] += 1
    usual = {day: counts.most_common(1)[0][0] for day, counts in seen.items()}
    return {day: span for day, span in sorted(usual.items()) if span is not None}


_Token = tuple[str, str]
_Clause = tuple[frozenset[int], Span | None, list[_Token]]


def _tokens(text: str) -> list[_Token]:
    """What means something; a word or sign that is not known stays, and nothing reads it."""
    found, place, plain = [], 0, text.lower().replace("ё", "е")
    while place < len(plain):
        match = _TOKEN.match(plain, place)
        if match is None or match.lastgroup is None:
            return [("unknown", plain[place])]
        place = match.end()
        if match.lastgroup != "skip" and match[0] not in _NOTHING:
            found.append((match.lastgroup, match[0]))
    return found


def _clause(tokens: list[_Token]) -> _Clause | None:
    """Days, then hours or that it is closed; hours alone are those of every day."""
    days, rest = _days(tokens)
    if rest and rest[0][1] in _CLOSED and days:
        return days, None, rest[1:]
    span = _span(rest)
    if span is None:
        return None
    rest = rest[3 if rest[1][0] == "dash" else 2 :]
    return days or frozenset(range(7)), span, rest


def _days(tokens: list[_Token]) -> tuple[frozenset[int], list[_Token]]:
    found: set[int] = set()
    while tokens:
        word = tokens[0][1]
        if len(tokens) > 2 and tokens[1][0] == "dash" and word in _NUMBER and tokens[2][1] in _NUMBER:  # noqa: PLR2004
            first, last = _NUMBER[word], _NUMBER[tokens[2][1]]
            found |= {(first + ahead) % 7 for ahead in range((last - first) % 7 + 1)}
            tokens = tokens[3:]
        elif (named := _named(word, is_first=not found)) is not None:
            found |= named
            tokens = tokens[1:]
        else:
            break
    return frozenset(found), tokens


def _named(word: str, *, is_first: bool) -> set[int] | None:
    """The days of one word; выходные behind other days says that they are closed."""
    if word in _EVERY:
        return set(range(7))
    if word in _WEEKDAYS:
        return set(range(5))
    if word in _WEEKEND and is_first:
        return {5, 6}
    return {_NUMBER[word]} if word in _NUMBER else None


def _span(tokens: list[_Token]) -> Span | None:
    clocks = [text for kind, text in tokens[:3] if kind == "clock"][:2]
    if len(clocks) < 2 or tokens[0][0] != "clock" or (tokens[1][0] not in {"clock", "dash"}):  # noqa: PLR2004
        return None
    first, last = _clock(clocks[0]), _clock(clocks[1])
    return (first, last) if first is not None and last is not None and first < last else None


def _clock(text: str) -> time | None:
    hour, _, minute = text.replace(".", ":").partition(":")
    if (int(hour), int(minute or 0)) in {(24, 0), (0, 0)}:
        return _LAST_MINUTE if int(hour) else time()
    try:
        return time(int(hour), int(minute or 0))
    except ValueError:
        return None
