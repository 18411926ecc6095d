"""Several visits that go together: services of different masters one after the other, and guests at one time.

They are one proposal with one yes, and one call each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations, product

from aiadmin.domain.chat.dialogue import Dialogue, Slot
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.guest_lines import has_lines
from aiadmin.domain.chat.parts.booking import AgreeWithSalon, CannotLook, NothingFree, NotInARow, NotTogether
from aiadmin.domain.chat.policy import catalogue
from aiadmin.domain.chat.policy.free_times import Search, earliest_start, nearest_to, slots_found
from aiadmin.domain.chat.policy.looking import still_needed
from aiadmin.domain.chat.policy.offering import MOST_SHOWN, handing_over, offer, options
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.situation import SalonView
from aiadmin.domain.chat.steps import LookUp, Need, NeedDays, NeedNearest, NeedStarts, Part, Step, Unavailable
from aiadmin.domain.chat.when import When
from aiadmin.domain.chat.wishes import some_day_suits, suits

MOST_VISITS = 3
_PAIR = 2
_AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class _Group:
    """Services that one master can do, and who that may be."""

    services: tuple[int, ...]
    staff: tuple[int, ...]
    whens: tuple[When, ...] = ()
    """When, where that was said of these alone."""


def groups_of(salon: SalonView, services: Sequence[int], wished: Sequence[int]) -> list[_Group]:
    """Services by who does them, as few visits as may be; empty where somebody is missing.

    Args:
        wished: masters who are preferred for what they do.
    """
    found: list[_Group] = []
    for service in services:
        masters = preferred(catalogue.performers(salon, [service]), wished)
        if not masters:
            return []
        place = next((place for place, one in enumerate(found) if set(one.staff) & set(masters)), None)
        if place is None:
            found.append(_Group((service,), masters))
        else:
            old = found[place]
            shared = tuple(one for one in old.staff if one in masters)
            found[place] = _Group((*old.services, service), shared)
    return found


def one_each(salon: SalonView, services: Sequence[int], wished: Sequence[int]) -> list[_Group]:
    """A visit for each service, though one master may do them all: they are for different people."""
    return [_Group((one,), preferred(catalogue.performers(salon, [one]), wished)) for one in services]


def lines_of(salon: SalonView, dialogue: Dialogue) -> list[_Group]:
    """The visits of each person who has services, or a master, of their own; empty where nobody has."""
    if not has_lines(dialogue):
        return []
    of_guests = {number for guest in dialogue.guests for number in guest.services}
    own = [one for one in dialogue.services if one not in of_guests]
    theirs = {number for guest in dialogue.guests for number in guest.staff}
    mine = [one for one in dialogue.staff if one not in theirs]
    found = groups_of(salon, own, mine or dialogue.staff) if own and (dialogue.guest_count or 1) > 1 else []
    for guest in dialogue.guests:
        wished = [one for one in dialogue.services if one in guest.services] if guest.services else own
        theirs_alone = groups_of(salon, wished, guest.staff or dialogue.staff)
        found += [replace(one, whens=guest.whens) for one in theirs_alone]
    return found


def preferred(staff: Sequence[int], wished: Sequence[int]) -> tuple[int, ...]:
    """Of masters those who were wished for, all where none of them was."""
    return tuple(one for one in staff if one in wished) or tuple(staff)


def one_after_the_other(
    turn: TurnFacts, groups: Sequence[_Group], before: Sequence[Part] = (), *, is_apart: bool = False
) -> Step:
    """Visits with several masters on one day, with as little waiting between them as there is.

    Args:
        is_apart: whether they are of several people, who may be served at one time by different masters.
    """
    if len(groups) > MOST_VISITS:
        return handing_over(turn, [*before, AgreeWithSalon()], HandOverReason.LIMIT)
    searches = [_search(turn, group) for group in groups]
    if any(group.whens for group in groups):
        timed = _each_at_their_time(turn, searches, before)
        if timed is not None:
            return timed
        searches = [replace(one, whens=turn.dialogue.whens) for one in searches]
    step = _look_up(turn, searches)
    if step:
        return step
    best = _in_a_row(turn, searches, is_apart=is_apart)
    if best:
        return offer(turn, best, before)
    return _none_in_a_row(turn, before)


def _search(turn: TurnFacts, group: _Group) -> Search:
    dialogue = turn.dialogue
    return Search(
        salon=turn.salon,
        services=group.services,
        staff=group.staff,
        whens=group.whens or dialogue.whens,
        earliest=earliest_start(turn.situation),
        refused=frozenset(),
    )


def _each_at_their_time(turn: TurnFacts, searches: Sequence[Search], before: Sequence[Part]) -> Step | None:
    """The visits of several people who have said when each of them comes; None where that cannot be."""
    needs: list[Need] = [
        NeedStarts(one.booked, staff, day)
        for one in searches
        for day in one.named_days[:1]
        for staff in one.staff[:2]
        if catalogue.works(turn.salon, staff, day) is not False
    ]
    step = still_needed(turn.found, needs)
    if step:
        return step
    fitting = [[slot for slot in slots_found(one, turn.found) if one.fits(slot)] for one in searches]
    rows = (sorted(row, key=lambda one: one.starts) for row in product(*fitting))
    apart = (
        row for row in rows if all(_may_follow(one, other, is_apart=True) for one, other in combinations(row, _PAIR))
    )
    best = next(apart, None)
    return offer(turn, best, before) if best else None


def _look_up(turn: TurnFacts, searches: Sequence[Search]) -> LookUp | None:
    """The times of a day for each of the groups; where no day was named, first which days there are."""
    days = searches[0].named_days
    if len(days) != 1:
        first = days[0] if days else searches[0].today
        last = days[-1] if days else first + _AHEAD
        asked = [NeedDays(search.booked, search.staff[0], first, last) for search in searches]
        step = still_needed(turn.found, asked)
        if step:
            return step
        days = _common_days(turn, asked)[:1]
    needs: list[Need] = []
    for day in days:
        of_each = [
            [
                NeedStarts(one.booked, staff, day)
                for staff in one.staff
                if catalogue.works(turn.salon, staff, day) is not False
            ]
            for one in searches
        ]
        needs += [need for each in of_each for need in each[:1]]
        needs += [need for each in of_each for need in each[1:2]]
    return still_needed(turn.found, needs)


def _common_days(turn: TurnFacts, asked: Sequence[NeedDays]) -> list[date]:
    answers = [turn.found.days.get(one) for one in asked]
    days = [set(one) for one in answers if one is not None and not isinstance(one, Unavailable)]
    common = set.intersection(*days) if len(days) == len(asked) else set()
    return sorted(day for day in common if some_day_suits(turn.dialogue.whens, day))


def _in_a_row(turn: TurnFacts, searches: Sequence[Search], *, is_apart: bool) -> list[Slot]:
    """The visits that leave the least time between them; empty where none fit together."""
    slots = [slots_found(search, turn.found) for search in searches]
    fitting = (row for row in _rows(slots, is_apart=is_apart) if suits(turn.dialogue.whens, row[0].starts))
    rows = [row for row in fitting if not _is_refused(turn, row)]
    return min(rows, key=lambda row: (max(_waiting(row), timedelta()), row[0].starts), default=[])


def _is_refused(turn: TurnFacts, row: Sequence[Slot]) -> bool:
    return all(one.starts in turn.dialogue.refused for one in row)


def _rows(slots: Sequence[Sequence[Slot]], *, is_apart: bool = False) -> Iterator[list[Slot]]:
    for chosen in product(*slots):
        row = sorted(chosen, key=lambda one: one.starts)
        is_one_day = row[0].starts.date() == row[-1].starts.date()
        if is_one_day and all(_may_follow(one, other, is_apart=is_apart) for one, other in combinations(row, _PAIR)):
            yield row


def _may_follow(one: Slot, other: Slot, *, is_apart: bool) -> bool:
    """Whether a visit begins when another is over, or, for somebody else, is with another master."""
    return one.starts + one.length <= other.starts or (is_apart and one.staff_id != other.staff_id)


def _waiting(row: Sequence[Slot]) -> timedelta:
    return row[-1].starts - row[0].starts - sum((one.length for one in row[:-1]), timedelta())


def _none_in_a_row(turn: TurnFacts, before: Sequence[Part]) -> Step:
    """Nothing goes together: the salon may know how."""
    answers = (*turn.found.starts.values(), *turn.found.days.values())
    part: Part = CannotLook() if any(isinstance(one, Unavailable) for one in answers) else NotInARow()
    return handing_over(turn, [*before, part, AgreeWithSalon()], HandOverReason.FACT)


# --- guests at one time ---


def together(turn: TurnFacts, staff: Sequence[int], number: int, before: Sequence[Part] = ()) -> Step:
    """The same for several people: at one time with several masters, else one after the other, which is said."""
    search = Search(
        salon=turn.salon,
        services=turn.dialogue.services,
        staff=tuple(staff),
        whens=turn.dialogue.whens,
        earliest=earliest_start(turn.situation),
    )
    step = still_needed(turn.found, _needs_of_guests(turn, search))
    if step:
        return step
    slots = [one for one in slots_found(search, turn.found) if not _is_refused(turn, [one])]
    fits = [one for one in slots if search.fits(one)]
    at_once = _at_once(fits, number)
    if at_once:
        return offer(turn, at_once, before)
    return _by_turns(turn, search, fits if len(fits) >= number else nearest_to(search, slots), number, before)


def _needs_of_guests(turn: TurnFacts, search: Search) -> list[Need]:
    days = search.named_days[:2]
    if not days:
        return [NeedNearest(search.booked, one) for one in search.staff[:MOST_VISITS]]
    return [
        NeedStarts(search.booked, one, day)
        for day in days
        for one in search.staff
        if catalogue.works(turn.salon, one, day) is not False
    ]


def _at_once(slots: Sequence[Slot], number: int) -> list[Slot]:
    by_start: dict[object, list[Slot]] = {}
    for one in slots:
        by_start.setdefault(one.starts, []).append(one)
    return next((same[:number] for same in by_start.values() if len(same) >= number), [])


def _by_turns(turn: TurnFacts, search: Search, slots: Sequence[Slot], number: int, before: Sequence[Part]) -> Step:
    days = tuple(search.named_days[:1])
    working = tuple(
        one for one in search.staff if any(catalogue.works(turn.salon, one, day) is not False for day in days)
    )
    said = (
        [*before]
        if any(isinstance(one, NotTogether) for one in before)
        else [*before, NotTogether(staff=working, days=days)]
    )
    rows = [row for chosen in combinations(slots, number) for row in _rows([[one] for one in chosen])]
    best = min(rows, key=lambda row: (not any(map(search.fits, row)), _waiting(row), row[0].starts), default=[])
    if best:
        return offer(turn, best, said)
    if slots:
        return options(turn, list(slots[:MOST_SHOWN]), said)
    is_unknown = any(isinstance(one, Unavailable) for one in turn.found.starts.values())
    part: Part = CannotLook() if is_unknown else NothingFree()
    return handing_over(turn, [*before, part, AgreeWithSalon()], HandOverReason.FACT)


def cannot_be_together(turn: TurnFacts, choice: Sequence[int], number: int) -> NotTogether | None:
    """Whether it is known already that too few masters work on the day; None where it may be."""
    search = Search(
        salon=turn.salon, services=(), staff=(), whens=turn.dialogue.whens, earliest=earliest_start(turn.situation)
    )
    days = search.named_days
    if len(days) != 1:
        return None
    staff = dict.fromkeys(one for service in choice for one in catalogue.performers(turn.salon, [service]))
    working = tuple(one for one in staff if catalogue.works(turn.salon, one, days[0]) is not False)
    return NotTogether(staff=working, days=(days[0],)) if working and len(working) < number else None
