"""One visit with one master: where it is looked for, and what is offered of what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from aiadmin.domain.chat.commands import AskSlots
from aiadmin.domain.chat.dialogue import Slot
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.parts.booking import (
    AfterNight,
    AgreeWithSalon,
    CannotLook,
    MasterAway,
    NoOtherTime,
    NotFree,
    NothingFree,
    OnlyThen,
    WhichMaster,
)
from aiadmin.domain.chat.parts.questions import OpenOn
from aiadmin.domain.chat.policy import catalogue
from aiadmin.domain.chat.policy.free_times import (
    ANY,
    Free,
    Search,
    asked_exactly,
    earliest_start,
    look_by_schedule,
    look_wide,
    nearest_to,
    night_start,
    slots_found,
    spread,
    whose,
)
from aiadmin.domain.chat.policy.offering import MOST_SHOWN, asking, handing_over, offer, options
from aiadmin.domain.chat.policy.open_asks import standing_proposal
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.steps import Asks, LookUp, Part, Reply, Step
from aiadmin.domain.chat.when import Asked, Day, When
from aiadmin.domain.chat.wishes import day_part, names_day, names_time, part_of, points, some_day_suits, suits

_SIDES = 2
_SOON = timedelta(days=7)
"""How far from the nearest time another is worth naming beside it."""
_BANDED = ("пн", "вт", "ср", "чт", "пт", "сб", "вс", "будн", "выходн", "утр", "до ", "с ", "после ")


def search_for(turn: TurnFacts, staff: Sequence[int], others: Sequence[int] = ()) -> Search:
    """What is looked for, as the dialogue has it."""
    dialogue = turn.dialogue
    return Search(
        salon=turn.salon,
        services=dialogue.services,
        staff=tuple(staff),
        others=tuple(others),
        whens=dialogue.whens,
        earliest=earliest_start(turn.situation),
        refused=dialogue.refused,
        picked=dialogue.picked,
    )


def single_visit(turn: TurnFacts, staff: Sequence[int], others: Sequence[int], before: Sequence[Part] = ()) -> Step:
    """A visit with one of these masters.

    Args:
        staff: who may do it, the preferred ones first.
        others: who does it too, where only some of them are wished for.
        before: what is said first.
    """
    search = search_for(turn, staff, others)
    chosen = _picked(turn, search)
    if chosen is not None:
        return chosen if isinstance(chosen, LookUp) else offer(turn, [chosen], before)
    free = look_wide(search, turn.found)
    if isinstance(free, LookUp):
        return free
    if not free.slots:
        return _again(turn, search, before) or _nothing(turn, free, before)
    picked = [one for one in free.slots if search.picked and _is_same(one, search.picked)]
    if picked:
        return offer(turn, picked[:1], before)
    fits = [one for one in free.slots if search.fits(one)]
    if not fits and free.is_unknown:
        return _nothing(turn, free, before)
    theirs = [one for one in fits if one.staff_id in (*search.staff, ANY)]
    return _fitting(turn, search, theirs, before) if theirs else _unfitting(turn, search, free, before)


def _again(turn: TurnFacts, search: Search, before: Sequence[Part]) -> Step | None:
    """Only times that were refused are there: they are named once more, as all there is."""
    known = slots_found(replace(search, refused=frozenset()), turn.found)
    named = [one for one in known if one.staff_id != ANY]
    return options(turn, spread(named, MOST_SHOWN), [*before, NoOtherTime()]) if named else None


def _picked(turn: TurnFacts, search: Search) -> LookUp | Slot | None:
    """The time that was chosen of those of all masters, with one who has it."""
    if search.picked is None or search.picked.staff_id != ANY or not search.may_be(search.picked):
        return None
    return whose(search, turn.found, search.picked)


def _offer_one(turn: TurnFacts, search: Search, slot: Slot, before: Sequence[Part]) -> Step:
    """One time, with who has it."""
    found = whose(search, turn.found, slot)
    if isinstance(found, LookUp):
        return found
    return offer(turn, [found], before) if found else _nothing(turn, Free(is_unknown=True), before)


def _is_same(one: Slot, other: Slot) -> bool:
    return (one.starts, one.staff_id) == (other.starts, other.staff_id)


def _nothing(turn: TurnFacts, free: Free, before: Sequence[Part]) -> Reply:
    """No free time anywhere we looked; the salon may know one that is not shown online."""
    part: Part = CannotLook() if free.is_unknown else NothingFree()
    return handing_over(turn, [*before, part, AgreeWithSalon()], HandOverReason.FACT)


def _fitting(turn: TurnFacts, search: Search, fits: Sequence[Slot], before: Sequence[Part]) -> Step:
    """Times that are as asked for: one is offered at once, several are named."""
    first = fits[0]
    at_first = [one for one in fits if one.starts == first.starts]
    is_one_point = asked_exactly(search) and len({one.starts.time() for one in fits}) == 1
    is_decided = is_one_point or turn.dialogue.is_earliest
    is_only = len({one.starts for one in fits}) == 1
    if is_only or is_decided:
        wanted = at_first if is_only or turn.dialogue.is_earliest else _at_points(search, fits)
        return _with_whom(turn, search, wanted, before)
    days = {one.starts.date() for one in fits}
    asks_what_is_there = turn.has(AskSlots) and names_day(search.whens) and len(days) == 1
    by_start = _one_each(fits)
    if asks_what_is_there and len(by_start) == MOST_SHOWN + 1:
        return options(turn, by_start[:MOST_SHOWN], before, also=by_start[-1])
    shown = _to_show(search, by_start)
    return options(turn, shown, before, has_more=len(by_start) > len(shown))


def _to_show(search: Search, slots: Sequence[Slot]) -> list[Slot]:
    """Of one day times far apart; of several days the nearest, not all of one day; of an "or" both sides."""
    sides = [[one for one in slots if suits([when], one.starts, one.length)] for when in search.whens]
    if len(sides) == _SIDES and all(sides) and names_day(search.whens):
        first, last = sides
        more = [one for one in first[1:] if one not in last]
        return sorted([first[0], *more[: MOST_SHOWN - _SIDES], last[0]], key=lambda one: one.starts)
    if names_day(search.whens) or len({one.starts.date() for one in slots}) == 1:
        return spread(slots, MOST_SHOWN)
    first_day = [one for one in slots if one.starts.date() == slots[0].starts.date()]
    later = [one for one in slots if one not in first_day and one.starts - slots[0].starts <= _SOON]
    shown = spread(first_day, max(MOST_SHOWN - len(later), MOST_SHOWN - 1))
    return [*shown, *later[: MOST_SHOWN - len(shown)]]


def _one_each(slots: Sequence[Slot]) -> list[Slot]:
    """One master for each time: the first who has it."""
    by_start: dict[datetime, Slot] = {}
    for one in slots:
        by_start.setdefault(one.starts, one)
    return sorted(by_start.values(), key=lambda one: one.starts)


def _at_points(search: Search, fits: Sequence[Slot]) -> list[Slot]:
    """The free times of the first of the exact times that were asked for."""
    for at in points(search.whens):
        found = [one for one in fits if one.starts.time() == at]
        if found:
            return [one for one in found if one.starts == found[0].starts]
    return list(fits[:1])


def _with_whom(turn: TurnFacts, search: Search, at_once: Sequence[Slot], before: Sequence[Part]) -> Step:
    """One time: whose it is matters to the client only where the prices differ."""
    prices = {(one.price.low, one.price.high) for one in at_once}
    may_choose = not turn.dialogue.is_any_staff and not turn.dialogue.staff
    if len(at_once) > 1 and len(prices) > 1 and may_choose:
        staff = tuple(one.staff_id for one in at_once[:MOST_SHOWN])
        reply = options(turn, at_once[:MOST_SHOWN], before)
        parts = (*reply.parts[:-1], WhichMaster(staff=staff))
        return replace(reply, parts=parts, asks=Asks.STAFF, dialogue=replace(reply.dialogue, asked=Asked.STAFF))
    return _offer_one(turn, search, at_once[0], before)


def _unfitting(turn: TurnFacts, search: Search, free: Free, before: Sequence[Part]) -> Step:
    """What was asked for is not there: that is said without a reason, and the nearest is named."""
    said = [*before, *_why(turn, search, free)]
    near = _near(search, free.slots)
    elsewhere = _on_other_days(turn, search, near, said)
    if elsewhere is not None:
        return elsewhere
    shown = sorted(near, key=lambda one: one.starts)
    if len(shown) == 1 and not _is_far(search, shown[0]):
        return _offer_one(turn, search, shown[0], said)
    return options(turn, shown, said)


def _on_other_days(turn: TurnFacts, search: Search, near: Sequence[Slot], said: Sequence[Part]) -> Step | None:
    """The time of day that is wished, on other days, where what comes near was named just before."""
    proposal = standing_proposal(turn)
    named = {one.starts for one in (*turn.dialogue.shown, *(proposal.slots if proposal else ()))}
    if not names_time(search.whens) or named.isdisjoint({one.starts for one in near}):
        return None
    other = replace(search, whens=tuple(replace(one, day=_any_day(one.day)) for one in search.whens))
    free = look_by_schedule(other, turn.found)
    if isinstance(free, LookUp):
        return free
    fits = _one_each([one for one in free.slots if other.fits(one) and one.staff_id in (*search.staff, ANY)])
    if len(fits) == 1:
        return _offer_one(turn, other, fits[0], said)
    return options(turn, _to_show(other, fits), said) if fits else None


def _any_day(day: Day | None) -> Day | None:
    """Any but those that do not suit."""
    return day and Day(not_on=day.not_on, not_weekdays=day.not_weekdays)


def _is_far(search: Search, slot: Slot) -> bool:
    """Whether a time lies more than a week from each day that was named: it is named, and not proposed."""
    apart = [abs(slot.starts.date() - day) for day in search.named_days]
    return bool(apart) and min(apart) > _SOON


def _near(search: Search, slots: Sequence[Slot]) -> list[Slot]:
    """What comes nearest: of the masters who were asked for, and what others have just then."""
    theirs = _one_each(_of_wished_staff(search, slots))
    left = [one for one in theirs if not _is_of_refused_day(search, one)]
    near = nearest_to(search, left or theirs)[:2]
    others = [one for one in _one_each(slots) if search.fits(one) and one.staff_id in search.others]
    return [*near[:1], *others[:2]] if others else near


def _is_of_refused_day(search: Search, slot: Slot) -> bool:
    refused = [When(day=replace(when.day, any_of=(), weekdays=frozenset())) for when in search.whens if when.day]
    return bool(refused) and not some_day_suits(refused, slot.starts.date())


def _of_wished_staff(search: Search, slots: Sequence[Slot]) -> Sequence[Slot]:
    """The times of the masters who were asked for, where they have any."""
    theirs = [one for one in slots if one.staff_id in (*search.staff, ANY)]
    return theirs or slots


def _why(turn: TurnFacts, search: Search, free: Free) -> list[Part]:
    """What is known of why: a rule of the salon, a day off, or only that it is not free."""
    night = night_start(turn.situation)
    rule = turn.salon.bot.night
    asked_days = search.named_days
    if rule and night and night.date() in (asked_days or [night.date()]) and _is_before(search, night):
        return [AfterNight(after=rule.after, not_before=rule.not_before)]
    banded = _banded(search)
    if banded:
        return [OnlyThen(service_id=one) for one in banded]
    hours = turn.salon.hours
    if hours and asked_days and all(day.weekday() not in hours for day in asked_days):
        return [OpenOn(day=day, hours=None) for day in asked_days[:2]]
    staff_id = search.staff[0] if len(search.staff) == 1 and turn.dialogue.staff else None
    if staff_id and asked_days and all(catalogue.works(turn.salon, staff_id, day) is False for day in asked_days):
        back = catalogue.next_day_of(turn.salon, staff_id, asked_days[-1])
        return [MasterAway(staff_id=staff_id, back_on=back, days=tuple(asked_days))]
    known = slots_found(replace(search, refused=frozenset()), turn.found)
    if any(suits(search.whens, one.starts) for one in known):
        return []  # it is free: the client did not want it
    exact = points(search.whens)
    is_reckoned = any(when.time is not None and when.time.is_reckoned for when in search.whens)
    at = exact[0] if len(exact) == 1 and not is_reckoned else None
    is_window = names_time(search.whens) and at is None
    part = day_part(search.whens) if is_window else None
    if any(
        part_of(one.starts.time()) is part and (not asked_days or one.starts.date() in asked_days) for one in known
    ):
        part = None  # something is free in that part of the day, only not then
    return [NotFree(days=tuple(asked_days[:2]), at=at, staff_id=staff_id, is_window=is_window, part=part)]


def _is_before(search: Search, moment: datetime) -> bool:
    """Whether what was asked for lies before a time of that day."""
    at = [one for when in search.whens if when.time for one in when.time.any_of]
    return any(one.first is not None and one.first < moment.time() for one in at)


def _banded(search: Search) -> list[int]:
    """The services that may begin at certain times only, where another was asked for."""
    found = []
    for number in search.services:
        service = search.salon.services[number]
        at = [one.first for when in search.whens if when.time for one in when.time.any_of if one.first]
        is_too_late = service.latest is not None and any(one >= service.latest for one in at)
        is_too_early = service.earliest is not None and any(one < service.earliest for one in at)
        comment = service.comment.lower()
        tells_days = bool(search.named_days) and any(word in comment for word in _BANDED[:9])
        if is_too_late or is_too_early or (tells_days and service.latest is not None):
            found.append(number)
    return found


def away(turn: TurnFacts, staff_id: int, others: Sequence[int]) -> Reply | None:
    """Whether to wait for a master who is off on all days that were asked for; None where nobody else works then."""
    search = search_for(turn, [staff_id])
    asked_days = search.named_days
    if not asked_days or not all(catalogue.works(turn.salon, staff_id, day) is False for day in asked_days):
        return None
    back = catalogue.next_day_of(turn.salon, staff_id, asked_days[-1])
    part = MasterAway(staff_id=staff_id, back_on=back, days=tuple(asked_days))
    working = [one for one in others if any(catalogue.works(turn.salon, one, day) is not False for day in asked_days)]
    choice = WhichMaster(staff=tuple(working[:MOST_SHOWN]), or_wait_for=staff_id)
    return asking(turn, [part, choice], Asks.STAFF, Asked.STAFF, working[:MOST_SHOWN])
