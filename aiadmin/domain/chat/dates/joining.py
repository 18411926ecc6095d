"""From the days and times of a message, with what the client thinks of each, to one wish or several to choose from.

"В среду на следующей неделе" is one day, "в среду или в пятницу" two; "вечером в 7" is one time. What does not go
together is kept side by side, so that it can be asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import cast

from aiadmin.domain.chat.dates.grammar import Context, Node
from aiadmin.domain.chat.dates.hours import TimeSaid, resolved
from aiadmin.domain.chat.dates.polarity import Item, Polarity
from aiadmin.domain.chat.dates.said_days import DaySaid, from_today, today
from aiadmin.domain.chat.when import Day, DayRange, Time, TimeRange, When

_ALTERNATIVES = frozenset({"OR", "SLASH", "NO"})
"""What stands between two that both suit; "no" is left there by "если завтра нет, то в пятницу"."""
_PAIR = 2
_LONGEST_LIST = 62


def wishes(nodes: Sequence[Node], items: Sequence[Item], context: Context) -> tuple[When, ...]:
    """What the client wants; more than one where each day has a time of its own."""
    is_earliest = any("ASAP" in node.kinds for node in nodes)
    whens = [_when(nodes, part, context, is_earliest=is_earliest) for part in _pairs(nodes, items, context)]
    return tuple(when for when in whens if when != When())


def _when(nodes: Sequence[Node], items: Sequence[Item], context: Context, *, is_earliest: bool) -> When:
    kept = _with_day_kept(items)
    is_kept, items = kept is not items, kept
    days, times = [one for one in items if one.is_day], [one for one in items if not one.is_day]
    return When(
        day=_joined_days(nodes, days, context) if days else None,
        time=_joined_times(nodes, times, context, is_kept=is_kept) if times else None,
        is_earliest=is_earliest,
    )


def _with_day_kept(items: Sequence[Item]) -> Sequence[Item]:
    """The items, where an hour of a day does not suit and another hour does, with that day as the one that is wished.

    "Tomorrow morning I cannot, in the evening?" refuses the morning and not tomorrow.
    """
    refused = [one for one in items if one.polarity is Polarity.REFUSED]
    wanted = [one for one in items if one.polarity is Polarity.WANTED]
    is_hour = any(not one.is_day for one in refused) and any(one.is_day for one in refused)
    if not is_hour or not wanted or any(one.is_day for one in wanted):
        return items
    return [replace(one, polarity=Polarity.WANTED) if one.is_day and one in refused else one for one in items]


def _pairs(nodes: Sequence[Node], items: Sequence[Item], context: Context) -> Iterator[Sequence[Item]]:
    """The items of each wish: "в пт после 5 или в сб утром" has two days with a time each."""
    is_plain = all(item.polarity is Polarity.WANTED for item in items)
    sides = _sides(nodes, items) if is_plain else []
    if _are_apart(nodes, sides):
        yield from sides
        return
    pairs = [items[at : at + _PAIR] for at in range(0, len(items), _PAIR)]
    orders = {tuple(item.is_day for item in pair) for pair in pairs}
    if len(pairs) < _PAIR or not is_plain or orders not in ({(True, False)}, {(False, True)}):
        yield items
        return
    days = [item for item in items if item.is_day]
    if any("MOMENT" in item.node.kinds for item in items) or len(_grouped(nodes, days, context)) < len(days):
        yield items
        return
    yield from pairs


def _sides(nodes: Sequence[Node], items: Sequence[Item]) -> list[list[Item]]:
    """The items on each side of an "or"."""
    sides: list[list[Item]] = []
    for before, item in zip([None, *items], items, strict=False):
        if before is None or "OR" in _between(nodes, before, item):
            sides.append([])
        sides[-1].append(item)
    return sides


def _are_apart(nodes: Sequence[Node], sides: Sequence[Sequence[Item]]) -> bool:
    """Whether what is said of the hour on one side of an "or" leaves the other as it is.

    "После шести или в выходные": on days off any hour suits, as where that is said. "Завтра вечером или в пятницу" is
    of evenings, and where each side has an hour it is its own.
    """
    if len(sides) != _PAIR:
        return False
    timed = [any(not item.is_day for item in side) for side in sides]
    days = [[item for item in side if item.is_day] for side in sides]
    if all(timed):
        return all(len(each) == 1 for each in days)
    if not any(timed):
        return False
    plain, other = (days[0], days[1]) if timed[1] else (days[1], days[0])
    pairs = pairwise(node.text for node in nodes)
    is_any = any(first in _ANY and second in _OF_TIME for first, second in pairs)
    is_of_weekends = bool(plain) and all(len(_said(item).weekdays) > 1 for item in plain)
    is_of_many = all(len(_said(item).weekdays) > 1 for item in other)
    return (is_of_weekends and is_of_many) or (is_any and bool(plain) and len(other) == 1)


_ANY, _OF_TIME = frozenset({"любое", "любой"}), frozenset({"время", "час"})


def _between(nodes: Sequence[Node], before: Item, item: Item) -> set[str]:
    """All that the words between two items may be."""
    return {kind for node in nodes[before.at + 1 : item.at] for kind in node.kinds}


# --- days ----------------------------------------------------------------------------------------------------------


def _joined_days(nodes: Sequence[Node], items: Sequence[Item], context: Context) -> Day | None:
    wanted = _grouped(nodes, [one for one in items if one.polarity is Polarity.WANTED], context)
    refused = _grouped(nodes, [one for one in items if one.polarity is Polarity.REFUSED], context)
    left = [_said(one) for one in items if one.polarity is Polarity.LEFT]
    any_of = tuple(dict.fromkeys(one for said in wanted for one in said.ranges))
    weekdays = frozenset[int]().union(*(said.weekdays for said in wanted if said.is_repeated))
    any_of = any_of or tuple(_flipped(refused, context))
    day = Day(
        any_of=_merged(any_of),
        or_else=tuple(one for said in wanted for one in said.or_else) if len(wanted) == 1 else (),
        weekdays=weekdays,
        not_on=tuple(_refused_days(refused, any_of)),
        not_weekdays=frozenset[int]().union(*(said.weekdays for said in refused)) if not any_of else frozenset(),
        moved_from=tuple(one for said in left for one in said.ranges),
        is_rough=any(said.is_rough for said in wanted),
        spans=tuple((one.node.start, one.node.end) for one in items),
    )
    return None if replace(day, spans=()) == Day() else day


def _said(item: Item) -> DaySaid:
    return cast(DaySaid, item.said)


def _merged(ranges: Iterable[DayRange]) -> tuple[DayRange, ...]:
    """In the order of the calendar, as they were said."""
    return tuple(sorted(set(ranges), key=lambda one: (one.first, one.last or date.max)))


def _grouped(nodes: Sequence[Node], items: Sequence[Item], context: Context) -> list[DaySaid]:
    """Neighbours that are one day become one; those that are two stay two."""
    groups: list[DaySaid] = []
    for before, item in zip([None, *items], items, strict=False):
        said = _said(item)
        if before is None:
            groups.append(said)
            continue
        words = _between(nodes, before, item)
        if not _ALTERNATIVES.isdisjoint(words):
            groups.append(said)
            continue
        joined = _common(groups, said, context, is_apart="COMMA" in words or "AND" in words)
        groups = joined if joined is not None else [*groups, said]
    return groups


def _common(groups: Sequence[DaySaid], said: DaySaid, context: Context, *, is_apart: bool) -> list[DaySaid] | None:
    """What was said before, narrowed by what follows it; None when they are different days."""
    if any(_is_stretch(one) for one in (*groups, said)) and not all(_is_stretch(one) for one in (*groups, said)):
        return _placed(groups, said, context)
    last = groups[-1]
    if _is_stretch(said):
        both = _overlap(last, said)
        return None if both is None else [*groups[:-1], both]
    return (
        None
        if is_apart and _days_differ(last, said) and not _is_nested(last, said)
        else _agreed(groups, last, said, context)
    )


def _is_stretch(said: DaySaid) -> bool:
    return said.week is not None or said.is_wide


def _stretch(said: DaySaid) -> DayRange:
    return said.week or DayRange(said.ranges[0].first, said.ranges[-1].last)


def _placed(groups: Sequence[DaySaid], said: DaySaid, context: Context) -> list[DaySaid] | None:
    """Weekdays and dates within a week or a month that stands before or behind them."""
    stretches = [one for one in (*groups, said) if _is_stretch(one)]
    others = [one for one in (*groups, said) if not _is_stretch(one)]
    if len(stretches) != 1:
        return None
    frame = from_today(_stretch(stretches[0]), context)
    found = [_within(one, frame) for one in others] if frame is not None else []
    placed = [one for one in found if one is not None]
    return placed if placed and len(placed) == len(others) else None


def _within(said: DaySaid, frame: DayRange) -> DaySaid | None:
    if said.is_repeated:
        return DaySaid(ranges=(frame,), weekdays=said.weekdays, is_repeated=True)
    if said.is_number:
        return _in_month(said, frame)
    if not said.weekdays:
        return said if all(frame.has(one.first) for one in said.ranges) else None
    end = frame.last or frame.first + timedelta(days=6)
    days = [frame.first + timedelta(days=n) for n in range(min((end - frame.first).days + 1, _LONGEST_LIST))]
    found = [day for day in days if day.weekday() in said.weekdays]
    if len(found) > len(said.weekdays):
        return DaySaid(ranges=(frame,), weekdays=said.weekdays, is_repeated=True)
    if len(found) < len(said.weekdays):
        return None
    is_row = len(found) > 1 and (found[-1] - found[0]).days == len(found) - 1
    ranges = (DayRange(found[0], found[-1]),) if is_row else tuple(map(DayRange.of, found))
    return replace(said, ranges=ranges, or_else=(), weekdays=frozenset())


def _in_month(said: DaySaid, frame: DayRange) -> DaySaid | None:
    """В августе, числа двадцатого."""
    number = said.ranges[0].first.day
    days = [frame.first + timedelta(days=n) for n in range(_LONGEST_LIST)]
    found = [DayRange.of(day) for day in days if day.day == number and frame.has(day)]
    return replace(said, ranges=(found[0],), is_number=False) if found else None


def _overlap(one: DaySaid, other: DaySaid) -> DaySaid | None:
    mine, theirs = _stretch(one), _stretch(other)
    last = min((end for end in (mine.last, theirs.last) if end is not None), default=None)
    first = max(mine.first, theirs.first)
    if last is not None and first > last:
        return None
    return DaySaid(ranges=(DayRange(first, last),), is_rough=one.is_rough or other.is_rough)


def _days_differ(one: DaySaid, other: DaySaid) -> bool:
    """Whether two names that stand apart are two days."""
    return not _is_same_day(one, other) and not _is_same_day(other, one)


def _is_nested(one: DaySaid, other: DaySaid) -> bool:
    """На выходных, в субботу."""
    narrow, wide = sorted((one.weekdays, other.weekdays), key=len)
    return bool(narrow) and narrow < wide


def _is_same_day(named: DaySaid, dated: DaySaid) -> bool:
    """Whether a weekday is that of a date."""
    return bool(named.weekdays) and len(dated.ranges) == 1 and dated.ranges[0].first.weekday() in named.weekdays


def _agreed(groups: Sequence[DaySaid], last: DaySaid, said: DaySaid, context: Context) -> list[DaySaid] | None:
    """В субботу 25-го is one day when the calendar agrees; else it is asked which of the two."""
    for named, dated in ((last, said), (said, last)):
        if named.weekdays and not dated.weekdays and len(dated.ranges) == 1 and dated.ranges[0].is_one_day:
            agrees = _is_same_day(named, dated)
            return [*groups[:-1], dated if agrees else replace(dated, or_else=named.ranges)]
    if last.weekdays and said.weekdays and last.weekdays != said.weekdays:
        return _nested(groups, *sorted((last, said), key=lambda one: len(one.weekdays)))
    return [*groups[:-1], last] if last.ranges == said.ranges else None


def _nested(groups: Sequence[DaySaid], narrow: DaySaid, wide: DaySaid) -> list[DaySaid] | None:
    """На выходных, в субботу; в будни, в пятницу."""
    is_within = not wide.ranges or (bool(narrow.ranges) and wide.ranges[0].has(narrow.ranges[0].first))
    return [*groups[:-1], narrow] if narrow.weekdays < wide.weekdays and is_within else None


def _flipped(refused: Sequence[DaySaid], context: Context) -> Iterator[DayRange]:
    """До 20 числа не могу: what is refused from today on leaves the days after it."""
    now = today(context)
    for one in (one for said in refused if said.is_until for one in said.ranges):
        if one.first == now and one.last is not None:
            yield DayRange(one.last + timedelta(days=1), None)


def _refused_days(refused: Sequence[DaySaid], wanted: Sequence[DayRange]) -> Iterator[DayRange]:
    """Days that do not suit, as far as the wish would have had them."""
    for said in refused:
        for one in said.ranges:
            if not wanted and not said.weekdays:
                yield one
            elif wanted:
                yield from _inside(said, one, wanted)


def _inside(said: DaySaid, one: DayRange, wanted: Sequence[DayRange]) -> Iterator[DayRange]:
    for frame in wanted:
        if frame.is_one_day:
            continue
        placed = _within(said, frame) if said.weekdays else None
        for day in placed.ranges if placed is not None else (one,):
            if frame.has(day.first):
                yield day


# --- times ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Group:
    """Times without "or" between them: each narrows or explains the others."""

    items: tuple[Item, ...]

    def windows(self, context: Context) -> Iterator[TimeRange]:
        """What they mean together."""
        said = [_time_said(one) for one in self.items]
        around = next((one.window for one in said if one.window is not None and not one.window.is_point), None)
        found: list[TimeRange] = []
        for one in said:
            for part in (one, *one.others):
                window = resolved(part, context.parts, around)
                if window is not None:
                    found = _narrowed(found, window, is_list=part is not one)
        yield from found


def _time_said(item: Item) -> TimeSaid:
    return cast(TimeSaid, item.said)


def _narrowed(found: list[TimeRange], window: TimeRange, *, is_list: bool) -> list[TimeRange]:
    common = None if is_list or not found else found[-1].common(window)
    if common is not None and common.is_point and not (window.is_point or found[-1].is_point):
        common = None  # one ends where the other begins
    return [*found, window] if common is None else [*found[:-1], common]


def _joined_times(nodes: Sequence[Node], items: Sequence[Item], context: Context, *, is_kept: bool) -> Time | None:
    """The times of a wish.

    Args:
        is_kept: whether what was refused is an hour of the very day that is wished.
    """
    wanted = [one for one in items if one.polarity is Polarity.WANTED]
    any_of = [window for group in _time_groups(nodes, wanted) for window in group.windows(context)]
    refused = [*_windows_of(items, Polarity.REFUSED, context)]
    any_of = any_of or [*_left_over(refused)]
    said = [_time_said(one) for one in wanted]
    shift = next((one.shift for one in said if one.shift is not None), None)
    time = Time(
        any_of=tuple(dict.fromkeys(any_of)),
        is_around=any(one.is_around for one in said),
        is_reckoned=any(one.is_reckoned for one in said),
        not_in=() if any_of and not is_kept else tuple(refused),
        moved_from=tuple(_windows_of(items, Polarity.LEFT, context)),
        is_same=any(one.is_same for one in said),
        shift=None if shift is None else timedelta(minutes=shift),
        spans=tuple((one.node.start, one.node.end) for one in items),
    )
    return None if replace(time, spans=()) == Time() else time


def _time_groups(nodes: Sequence[Node], items: Sequence[Item]) -> Iterator[_Group]:
    group: list[Item] = []
    for item in items:
        if group and not _ALTERNATIVES.isdisjoint(_between(nodes, group[-1], item)):
            yield _Group(tuple(group))
            group = []
        group.append(item)
    if group:
        yield _Group(tuple(group))


def _windows_of(items: Sequence[Item], polarity: Polarity, context: Context) -> Iterator[TimeRange]:
    for item in items:
        if item.polarity is polarity:
            yield from _Group((item,)).windows(context)


def _left_over(refused: Sequence[TimeRange]) -> Iterator[TimeRange]:
    """До 12 не могу: the times after it suit."""
    for window in refused:
        if window.first is None and window.last is not None:
            yield TimeRange(window.last, None)
        elif window.last is None and window.first is not None:
            yield TimeRange(None, window.first)
