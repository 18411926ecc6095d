"""What a client thinks of each day and time that they name: wanted, refused, left behind, or taken back.

"Завтра не могу, лучше в субботу" names two days and wants one; "с пятницы на субботу" leaves the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from itertools import pairwise

from aiadmin.domain.chat.dates.grammar import Context, Node
from aiadmin.domain.chat.dates.hours import TimeSaid
from aiadmin.domain.chat.dates.said_days import DaySaid, day_of_month
from aiadmin.domain.chat.when import DayRange


class Polarity(Enum):
    """Whether it is wished for."""

    WANTED = 1
    REFUSED = 2
    LEFT = 3
    """The day or the time of the visit that is to be moved."""


@dataclass(frozen=True, slots=True)
class Item:
    """A day or a time in its place among the nodes."""

    at: int
    node: Node
    said: DaySaid | TimeSaid
    polarity: Polarity = Polarity.WANTED

    @property
    def is_day(self) -> bool:
        """Whether it is a day."""
        return isinstance(self.said, DaySaid)


_NEAR = 4
"""Words that may stand between a day and the verb that refuses it."""
_CLAUSE_ENDS = frozenset({"P", "COMMA", "CORRECTION"})
_PREPOSITIONS = frozenset({"AT", "SINCE", "THROUGH_TO", "UNTIL", "VERY"})
_MOVING = ("перенес", "перенос", "перепиш", "перезапи", "сдвин", "передвин", "поменя", "перекин")


def items_of(nodes: Sequence[Node], context: Context) -> list[Item]:
    """The days and times of a message, each with its polarity; what was taken back, or is over, is left out."""
    items = [*_items(nodes)]
    items = _refused(nodes, items)
    items = _left_behind(nodes, items, context)
    return _corrected(nodes, _without_refused_later(items))


def _items(nodes: Sequence[Node]) -> Iterator[Item]:
    is_late = any("IS_LATE" in node.kinds for node in nodes)
    for at, node in enumerate(nodes):
        if (is_late and "MOMENT" in node.kinds) or _is_past(nodes, at) or _is_length(nodes, at):
            continue
        for kind in ("DAY", "TIME"):
            if kind in node.kinds:
                yield Item(at, node, node.kinds[kind])


def _is_past(nodes: Sequence[Node], at: int) -> bool:
    """Whether a verb of the same clause speaks of a visit that was: "была у вас в пятницу"."""
    words = [*_clause_before(nodes, at), *_clause_after(nodes, at)]
    return any("PAST_VERB" in node.kinds for node in words) and not any("BOOKED" in node.kinds for node in words)


def _is_length(nodes: Sequence[Node], at: int) -> bool:
    """Whether it says how long something takes: "займёт часа 2"."""
    return "DAY" not in nodes[at].kinds and any("LASTS" in node.kinds for node in nodes[max(at - 2, 0) : at])


def _clause_before(nodes: Sequence[Node], at: int) -> Iterator[Node]:
    """From the word before back to where the clause begins, a few words far."""
    for node in reversed(nodes[max(at - _NEAR, 0) : at]):
        if not _CLAUSE_ENDS.isdisjoint(node.kinds):
            return
        yield node


def _clause_after(nodes: Sequence[Node], at: int) -> Iterator[Node]:
    for node in nodes[at + 1 : at + 1 + _NEAR]:
        if not _CLAUSE_ENDS.isdisjoint(node.kinds):
            return
        yield node


# --- left behind ---------------------------------------------------------------------------------------------------


def _left_behind(nodes: Sequence[Node], items: list[Item], context: Context) -> list[Item]:
    moving = next((at for at, node in enumerate(nodes) if node.text.startswith(_MOVING)), None)
    done = []
    for number, item in enumerate(items):
        following = items[number + 1 :]
        left = _departure(nodes, item, following, context)
        if left is None and moving is not None and item.at > moving and _is_on(nodes, item, following):
            left = item if item.is_day == following[0].is_day else None
        is_free = left is None and item.polarity is Polarity.WANTED
        if is_free and moving is not None and _is_moved(nodes, item, items, moving):
            left = item
        done.append(item if left is None else replace(left, polarity=Polarity.LEFT))
    return done


def _departure(nodes: Sequence[Node], item: Item, following: Sequence[Item], context: Context) -> Item | None:
    """The item as what is left, for "с пятницы" before "на субботу", and for "вместо пятницы"."""
    if any("INSTEAD" in node.kinds for node in nodes[max(item.at - 2, 0) : item.at]):
        return item
    begins = item.node.kinds.get("SINCE_DAY") or item.node.kinds.get("SINCE_HOUR")
    if begins is None or not _is_on(nodes, item, following):
        return _visit(item, following)
    if isinstance(item.said, DaySaid) and following[0].is_day:
        return replace(item, said=begins)
    if not item.is_day and not following[0].is_day and "POINT" in following[0].node.kinds:
        return replace(item, said=TimeSaid(first=begins, last=begins))
    if not item.is_day and "DATE" in following[0].node.kinds:
        return _day_left(item, begins.hour, following[0].node.kinds["DATE"], context)
    return None


def _is_on(nodes: Sequence[Node], item: Item, following: Sequence[Item]) -> bool:
    """Whether "на" and another day or time follow at once."""
    if not following:
        return False
    between = nodes[item.at + 1 : following[0].at]
    is_said = "ON_SAID" in following[0].node.kinds and not between
    return is_said or (len(between) == 1 and "ON" in between[0].kinds)


def _day_left(item: Item, number: int, to: date, context: Context) -> Item | None:
    """С 17 на 18 июля: the number before a date is a day as well."""
    day = to.replace(day=number) if 0 < number < to.day else day_of_month(number, context)
    return None if day is None else replace(item, said=DaySaid(ranges=(DayRange.of(day),)))


def _visit(item: Item, following: Sequence[Item]) -> Item | None:
    is_visit = isinstance(item.said, DaySaid) and item.said.is_visit
    return item if is_visit and any(other.is_day for other in following) else None


def _is_moved(nodes: Sequence[Node], item: Item, items: Sequence[Item], moving: int) -> bool:
    """Запись на пятницу, перенесите на субботу: what stands before the verb, where another of its kind follows."""
    alike = [other for other in items if other.is_day == item.is_day]
    if item.at > moving or not any(other.at > moving for other in alike):
        return False
    return any(not {"BOOKED", "VISIT"}.isdisjoint(node.kinds) for node in nodes[:moving]) or item is alike[0]


# --- refused -------------------------------------------------------------------------------------------------------


def _refused(nodes: Sequence[Node], items: Sequence[Item]) -> list[Item]:
    refused = {number for number, item in enumerate(items) if _is_denied(nodes, item.at)}
    for at, node in enumerate(nodes):
        if _is_refusal(nodes, at):
            refused |= _objects(nodes, items, at)
        elif "NO" in node.kinds and _is_final_no(nodes, at):
            refused |= _just_before(nodes, items, at)
    for number, (before, item) in enumerate(pairwise(items), 1):
        is_also = any("ALSO" in node.kinds for node in nodes[item.at + 1 : item.at + 2])
        is_listed = before.is_day == item.is_day and _is_listed(nodes, before.at, item.at)
        if number - 1 in refused and (is_also or is_listed):
            refused.add(number)
    wanted = Polarity.WANTED
    return [
        replace(item, polarity=Polarity.REFUSED) if number in refused and item.polarity is wanted else item
        for number, item in enumerate(items)
    ]


def _is_denied(nodes: Sequence[Node], at: int) -> bool:
    """Не в пятницу, кроме пятницы."""
    before = list(nodes[max(at - 3, 0) : at])
    while before and not _PREPOSITIONS.isdisjoint(before[-1].kinds):
        before.pop()
    return bool(before) and not {"NOT", "EXCEPT"}.isdisjoint(before[-1].kinds)


def _is_refusal(nodes: Sequence[Node], at: int) -> bool:
    """Не могу, неудобно, занята."""
    node = nodes[at]
    if at + 1 < len(nodes) and nodes[at + 1].text == "?" and "REFUSED" in node.kinds:
        return False  # "завтра занята?" asks of a master
    if "REFUSED" in node.kinds:
        return not (at and "NOT" in nodes[at - 1].kinds)
    return "CANNOT" in node.kinds and at > 0 and "NOT" in nodes[at - 1].kinds


def _objects(nodes: Sequence[Node], items: Sequence[Item], at: int) -> set[int]:
    """What a refusing verb is about: what stands before it in its clause, else what follows."""
    return _just_before(nodes, items, at) or _just_after(nodes, items, at)


def _just_before(nodes: Sequence[Node], items: Sequence[Item], at: int) -> set[int]:
    """The items before a verb, back to the beginning of the clause, or to another verb."""
    found: set[int] = set()
    edge = at
    for number in range(len(items) - 1, -1, -1):
        item = items[number]
        if item.at >= at:
            continue
        between = nodes[item.at + 1 : edge]
        if len(between) > _NEAR or not all(_is_filler(node) for node in between):
            break
        found.add(number)
        edge = item.at
    return found


def _just_after(nodes: Sequence[Node], items: Sequence[Item], at: int) -> set[int]:
    """The items behind a verb; a second day without "and" or "or" is what is proposed instead."""
    found: dict[int, Item] = {}
    edge = at
    for number, item in enumerate(items):
        if item.at <= at:
            continue
        between = nodes[edge + 1 : item.at]
        is_joined = any(not {"AND", "OR"}.isdisjoint(node.kinds) for node in between)
        is_another = any(one.is_day == item.is_day for one in found.values()) and not is_joined
        if is_another or len(between) > _NEAR or not all(_is_filler(node) for node in between):
            break
        found[number] = item
        edge = item.at
    return set(found)


def _is_filler(node: Node) -> bool:
    """Whether a word leaves the clause and its sense as they are."""
    return (
        _CLAUSE_ENDS.isdisjoint(node.kinds) and "REFUSED" not in node.kinds and node.text not in {"а", "но", "можно"}
    )


def _is_final_no(nodes: Sequence[Node], at: int) -> bool:
    """Завтра нет; in "завтра нет мест?" nothing is refused."""
    if _is_condition(nodes, at) or _asks_for_any(nodes, at):
        return False
    after = nodes[at + 1] if at + 1 < len(nodes) else None
    if after is None or not _CLAUSE_ENDS.isdisjoint(after.kinds) or "AT" in after.kinds:
        return not (at and not _CLAUSE_ENDS.isdisjoint(nodes[at - 1].kinds))
    return after.text in {"а", "но", "то", "тогда", "времени", "возможности"}


def _asks_for_any(nodes: Sequence[Node], at: int) -> bool:
    """Whether it is asked, or told, that there is nothing: "после работы ничего нет?", "завтра мест нет"."""
    is_question = at + 1 < len(nodes) and nodes[at + 1].text == "?"
    return is_question or (at > 0 and nodes[at - 1].text in _WHAT_THERE_IS)


_WHAT_THERE_IS = frozenset({"ничего", "мест", "места", "времени", "окон", "окошек", "свободного", "свободных"})


def _is_condition(nodes: Sequence[Node], at: int) -> bool:
    """Если завтра нет, то в пятницу: both suit."""
    return any(node.text == "если" for node in nodes[max(at - _NEAR, 0) : at])


def _is_listed(nodes: Sequence[Node], first: int, last: int) -> bool:
    between = nodes[first + 1 : last]
    is_excepted = any("EXCEPT" in node.kinds for node in nodes[max(first - 2, 0) : first])
    joints = {"AND", "OR", "COMMA"} if is_excepted else {"AND", "OR"}
    is_joined = any(not joints.isdisjoint(node.kinds) for node in between)
    return is_joined and all(not (joints | {"AT", "NOT"}).isdisjoint(node.kinds) for node in between)


# --- taken back ----------------------------------------------------------------------------------------------------


def _corrected(nodes: Sequence[Node], items: list[Item]) -> list[Item]:
    """The newest word wins: what stands before "ой, лучше" gives way to its like behind it."""
    for at, node in enumerate(nodes):
        if "CORRECTION" not in node.kinds and not ("NO" in node.kinds and _is_correction(nodes, at)):
            continue
        later = {item.is_day for item in items if item.at > at and item.polarity is Polarity.WANTED}
        items = [item for item in items if item.at > at or not _gives_way(item, later)]
    return items


def _without_refused_later(items: list[Item]) -> list[Item]:
    """The items without a day that was wished and then refused, where another is wished: the newest word wins."""
    wanted = [item for item in items if item.polarity is Polarity.WANTED]
    refused = [item for item in items if item.polarity is Polarity.REFUSED and item.is_day]
    gone = [item for item in wanted if any(item.said == one.said and item.at < one.at for one in refused)]
    is_another = any(one.is_day and one not in gone for one in wanted)
    return [item for item in items if item not in gone] if is_another else items


def _is_correction(nodes: Sequence[Node], at: int) -> bool:
    """Нет, which denies what was said before: a word by itself."""
    after = nodes[at + 1].kinds if at + 1 < len(nodes) else {}
    return (
        bool(at)
        and not _is_condition(nodes, at)
        and not {"P", "COMMA", "AT", "CORRECTION", "DAY", "TIME"}.isdisjoint(after)
    )


def _gives_way(item: Item, later: set[bool]) -> bool:
    if item.polarity is Polarity.LEFT:
        return False
    return item.is_day in later or (item.polarity is Polarity.REFUSED and bool(later))
