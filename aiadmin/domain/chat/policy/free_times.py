"""Where free times are looked for, in which order, and which of those that were found suit.

Times come from YClients and are never worked out. It is asked as little as may be: one master and one day are one
call, and what the schedule rules out is not asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property

from aiadmin.domain.chat.dialogue import Price, Slot
from aiadmin.domain.chat.policy import catalogue
from aiadmin.domain.chat.policy.looking import calls_left, still_needed
from aiadmin.domain.chat.situation import SalonView, Situation
from aiadmin.domain.chat.steps import (
    Found,
    LookUp,
    Need,
    NeedDays,
    NeedFreeStaff,
    NeedNearest,
    NeedStarts,
    Unavailable,
)
from aiadmin.domain.chat.when import When
from aiadmin.domain.chat.wishes import days, is_exact, names_day, names_time, points, suits
from aiadmin.domain.journal.online_booking import Start

ANY = 0
"""YClients' number for whichever master."""
AHEAD = timedelta(days=30)
"""How far we look where no day was named."""
_PROBED, _FAR = timedelta(days=14), timedelta(days=7)
_AT_ONCE = 2
"""Masters who are asked first: two give enough to choose from, and the others are asked where they do not."""
_FEW = 3
"""So many masters are asked one by one; with more of them the salon is asked as a whole."""


@dataclass(frozen=True, kw_only=True)
class Search:
    """A visit that is looked for.

    Attributes:
        services: as the client knows them.
        staff: masters who may do it, the preferred ones first.
        others: masters who do it too, for when those have nothing.
        whens: days and times that suit.
        earliest: what is before it comes too soon.
        refused: times that are not offered again.
        picked: a time that was chosen of those that were shown: only it is looked at, while it is free.
    """

    salon: SalonView
    services: tuple[int, ...]
    staff: tuple[int, ...]
    others: tuple[int, ...] = ()
    whens: tuple[When, ...] = ()
    earliest: datetime
    refused: frozenset[datetime] = frozenset()
    picked: Slot | None = None

    @property
    def booked(self) -> tuple[int, ...]:
        """The services as YClients takes them."""
        return catalogue.as_booked(self.salon, self.services)

    @property
    def today(self) -> date:
        """The first day that is looked at."""
        return self.earliest.date()

    @cached_property  # sixty days are looked at, and every wave asks
    def named_days(self) -> Sequence[date]:
        """The days that were wished for; none where any suits."""
        return days(self.whens, self.today, self.today + 2 * AHEAD) if names_day(self.whens) else []

    def fits(self, slot: Slot) -> bool:
        """Whether a free time is what was asked for."""
        return suits(self.whens, slot.starts, slot.length) and self.may_be(slot)

    def may_be(self, slot: Slot) -> bool:
        """Whether a free time may be offered at all."""
        return slot.starts >= self.earliest and slot.starts not in self.refused


@dataclass(frozen=True, kw_only=True)
class Free:
    """What was found.

    Attributes:
        slots: all free times that may be offered, earliest first.
        is_unknown: whether YClients did not answer, so that nothing is known where nothing was found.
    """

    slots: tuple[Slot, ...] = ()
    is_unknown: bool = False


@dataclass(frozen=True, kw_only=True)
class _Wave:
    """Needs that are looked up at once, if what is known by then is not enough."""

    needs: tuple[Need, ...]
    is_enough: Callable[[Sequence[Slot]], bool] = field(default=bool)


def look(search: Search, found: Found) -> LookUp | Free:
    """What is to be looked up next, or what is free; of a visit that is for nothing we know, nothing can be asked."""
    if not search.booked:
        return Free(is_unknown=True)
    for wave in _waves(search, found):
        step = still_needed(found, wave.needs)
        if step:
            return step
        if _is_unknown(found) and not any(search.fits(one) for one in slots_found(search, found)):
            break
        if wave.is_enough(slots_found(search, found)):
            break
    slots = tuple(one for one in slots_found(search, found) if one.staff_id != ANY or not _has_strangers(search))
    return Free(slots=slots, is_unknown=_is_unknown(found))


def look_wide(search: Search, found: Found) -> LookUp | Free:
    """As `look`; with one more day where one was enough: the other side of an "or", any day but some."""
    free = look(search, found)
    if isinstance(free, LookUp) or not free.slots:
        return free
    sides = [one for one in _sides(search) if not any(one.fits(slot) for slot in slots_found(one, found))]
    needs = [need for side in sides or _any_day_but(search, found) for need in _first_of(side, found)]
    return still_needed(found, needs[:1]) or free


def _sides(search: Search) -> list[Search]:
    """The search for each side of an "or", where each has days of its own."""
    each = [replace(search, whens=(when,)) for when in search.whens if names_day([when])]
    return each if len(each) == len(search.whens) > 1 and len(search.staff) <= _FEW else []


def _first_of(side: Search, found: Found) -> list[NeedStarts]:
    """The first day of a search on which somebody works then, and which was not looked at."""
    known = _days_known(side, found)
    on = [day for day in days(side.whens, side.today, side.today + _PROBED) if day not in known]
    return [one for one in _pairs(side, on) if _may_suit(side, one)][:1]


def _any_day_but(search: Search, found: Found) -> list[Search]:
    """The search, where some days are refused, none is named, and what fits is all of one day."""
    is_refusing = any(when.day and (when.day.not_on or when.day.not_weekdays) for when in search.whens)
    fitting = {one.starts.date() for one in slots_found(search, found) if search.fits(one)}
    is_open = is_refusing and not search.named_days and len(search.staff) <= _FEW
    return [search] if is_open and len(fitting) == 1 else []


def look_by_schedule(search: Search, found: Found) -> LookUp | Free:
    """What is free at a time of day that is wished, on the next days on which somebody works then."""
    step = still_needed(found, _probes(search, found))
    return step or Free(slots=tuple(slots_found(search, found)), is_unknown=_is_unknown(found))


def _is_unknown(found: Found) -> bool:
    """Whether something that was asked has no answer: what is free there may be just what is wished for."""
    answers = [*found.days.values(), *found.starts.values(), *found.free_staff.values()]
    return any(isinstance(one, Unavailable) for one in answers)


def _waves(search: Search, found: Found) -> Iterator[_Wave]:
    """Where it is looked, one after the other; each may build on what the ones before have found."""

    def fits(slots: Sequence[Slot]) -> bool:
        return any(search.fits(one) for one in slots)

    picked = search.picked
    if picked and picked.staff_id != ANY:
        wanted = NeedStarts(search.booked, picked.staff_id, picked.starts.date())
        yield _Wave(needs=(wanted,), is_enough=lambda slots: any(one.starts == picked.starts for one in slots))
    if len(search.staff) > _FEW and len(_working(search)) > _FEW:
        yield from _of_all(search, found, fits)
        return
    if sides := _sides(search):
        yield _Wave(needs=tuple(need for side in sides for need in _first_of(side, Found())), is_enough=fits)
    waves = _on_named_days if search.named_days else _nearest
    for needs in waves(search, found):
        yield _Wave(needs=needs, is_enough=lambda slots: fits(slots) and not _one_day_more(search, found))
    for needs in _alternatives(search, found):
        yield _Wave(needs=needs)


def _working(search: Search) -> list[int]:
    """The masters who may work on a day that was named."""
    on = search.named_days
    if not on:
        return list(search.staff)
    return [one for one in search.staff if any(catalogue.works(search.salon, one, day) is not False for day in on)]


def _pairs(search: Search, on: Sequence[date]) -> list[NeedStarts]:
    """Masters and days, without those of which it is known that they do not work."""
    return [
        NeedStarts(search.booked, one, day)
        for day in on
        for one in search.staff
        if catalogue.works(search.salon, one, day) is not False
    ]


def _on_named_days(search: Search, found: Found) -> Iterator[tuple[Need, ...]]:
    """Days that were named: each by itself where they are few, else first which of them have anything."""
    on = search.named_days
    pairs = _pairs(search, on)
    if len(pairs) <= _FEW:
        yield tuple(pairs[:_AT_ONCE])
        yield tuple(pairs)
        return
    if len(on) <= _AT_ONCE:
        yield tuple(pairs[:_AT_ONCE])
        yield tuple(pairs[:_FEW])
        return
    staff = search.staff[:_AT_ONCE]
    asked = [NeedDays(search.booked, one, on[0], on[-1]) for one in staff]
    yield tuple(asked)
    open_days = [(day, one.staff_id) for one in asked for day in _days_found(found, one) if day in on]
    starts = [NeedStarts(search.booked, one, day) for day, one in sorted(open_days)]
    yield tuple(starts[:_AT_ONCE])
    yield tuple(starts[: _AT_ONCE + 1])


def _nearest(search: Search, found: Found) -> Iterator[tuple[Need, ...]]:
    """Any day: the nearest of each master; where those do not suit, the next days of those who may suit."""
    yield tuple(NeedNearest(search.booked, one) for one in search.staff[:_AT_ONCE])
    yield tuple(_one_day_more(search, found))
    yield tuple(NeedNearest(search.booked, one) for one in search.staff[:_FEW])
    if len(search.staff) == 1:
        asked = NeedDays(search.booked, search.staff[0], search.today, search.today + AHEAD)
        yield (asked,)
        later = [day for day in _days_found(found, asked) if day not in _days_known(search, found)]
        yield tuple(NeedStarts(search.booked, search.staff[0], day) for day in later[:_AT_ONCE])
    else:
        yield tuple(_probes(search, found))


def _one_day_more(search: Search, found: Found) -> list[NeedStarts]:
    """Where nothing was named and one time is all that was found: the next day on which its master works."""
    slots = slots_found(search, found)
    if search.whens or search.picked or len({slot.starts for slot in slots}) != 1:
        return []
    day = catalogue.next_day_of(search.salon, slots[0].staff_id, slots[0].starts.date())
    need = NeedStarts(search.booked, slots[0].staff_id, day) if day else None
    return [need] if need and need not in found.starts else []


def _probes(search: Search, found: Found) -> list[NeedStarts]:
    """Days on which a master works at a time that suits, as the schedule has it."""
    on = [search.today + timedelta(days=step) for step in range(_PROBED.days)]
    seen = _days_known(search, found)
    pairs = [one for one in _pairs(search, on) if one.day not in seen and _may_suit(search, one)]
    return pairs[: max(calls_left(found), 0)]


def _may_suit(search: Search, need: NeedStarts) -> bool:
    hours = catalogue.hours_of(search.salon, need.staff_id, need.day) or ()
    return any(
        suits(search.whens, datetime.combine(need.day, time(hour, minute)))
        for first, last in hours
        for hour in range(first.hour, last.hour + 1)
        for minute in (0, 30)
        if first <= time(hour, minute) <= last
    )


def _alternatives(search: Search, found: Found) -> Iterator[tuple[Need, ...]]:
    """Where nothing at all was found on the days that were named: the nearest, and other masters on those days.

    Several services are rather parted than put off.
    """
    on = search.named_days
    known = [one for one in slots_found(search, found) if one.staff_id in search.staff and one.starts.date() in on]
    if len(search.services) > 1 or not on or known:
        return
    if search.staff and on[0] - search.today > _FAR:
        asked = NeedDays(search.booked, search.staff[0], search.today, on[-1] + _PROBED)
        yield (asked,)
        near = sorted(_days_found(found, asked), key=lambda day: min(abs((day - one).days) for one in on))
        if near:
            yield (NeedStarts(search.booked, search.staff[0], near[0]),)
            return
    others = [NeedStarts(search.booked, one, search.named_days[0]) for one in search.others[:1]]
    nearest = [NeedNearest(search.booked, one) for one in search.staff[:_AT_ONCE]]
    yield (*nearest[:1], *others, *nearest[1:])


def _of_all(search: Search, found: Found, fits: Callable[[Sequence[Slot]], bool]) -> Iterator[_Wave]:
    """Many masters: the times of all. Who of them has one is asked when it is chosen, earlier only where it may be
    somebody who is not offered."""
    on = search.named_days
    days_open = on
    if len(on) != 1:
        asked = NeedDays(search.booked, ANY, on[0] if on else search.today, on[-1] if on else search.today + AHEAD)
        yield _Wave(needs=(asked,), is_enough=lambda _: False)
        days_open = [day for day in _days_found(found, asked) if not on or day in on]
    for day in days_open[:_AT_ONCE]:
        yield _Wave(needs=(NeedStarts(search.booked, ANY, day),), is_enough=lambda _: False)
        if fits(_of_anybody(search, found)):
            break
    yield _Wave(needs=tuple(_who_has(search, found)), is_enough=lambda _: False)


def _has_strangers(search: Search) -> bool:
    """Whether times of all masters may be of somebody who is not offered."""
    masters = {terms.staff_id for one in search.services for terms in search.salon.services[one].masters}
    return not masters <= set(search.staff)


def _who_has(search: Search, found: Found) -> list[NeedFreeStaff]:
    """Whose the times are that would be offered, the best ones first."""
    if not _has_strangers(search):
        return []
    whole = _of_anybody(search, found)
    wanted = [one for one in whole if search.fits(one)]
    chosen = spread(wanted, _AT_ONCE) if wanted else nearest_to(search, whole)[:_AT_ONCE]
    return [NeedFreeStaff(search.booked, one.starts) for one in chosen]


def _of_anybody(search: Search, found: Found) -> list[Slot]:
    """The free times that were found for all masters at once."""
    of_all = [(need, starts) for need, starts in found.starts.items() if need.staff_id == ANY]
    return slots_found(search, Found(starts=dict(of_all)))


def _days_found(found: Found, need: NeedDays) -> Sequence[date]:
    answer = found.days.get(need)
    return () if answer is None or isinstance(answer, Unavailable) else answer


def _days_known(search: Search, found: Found) -> set[date]:
    return {slot.starts.date() for slot in slots_found(search, found)}


def slots_found(search: Search, found: Found) -> list[Slot]:
    """All free times for these services that were found in this turn and may be offered, earliest first.

    Those of whichever master are of the masters who turned out to be free then, and of `ANY` until that is known.
    """
    slots: dict[tuple[datetime, int], Slot] = {}
    for need, starts in found.starts.items():
        if need.services != search.booked or isinstance(starts, Unavailable):
            continue
        for start in starts:
            for staff_id in _whose(search, found, need.staff_id, start):
                slots[start.wall_clock, staff_id] = _slot(search, start, staff_id)
    order = {one: place for place, one in enumerate((*search.staff, *search.others))}
    ranked = sorted(slots.values(), key=lambda one: (one.starts, order.get(one.staff_id, len(order))))
    return [one for one in ranked if search.may_be(one)]


def _whose(search: Search, found: Found, staff_id: int, start: Start) -> Sequence[int]:
    if staff_id != ANY:
        return [staff_id]
    free = found.free_staff.get(NeedFreeStaff(search.booked, start.wall_clock))
    if free is None or isinstance(free, Unavailable):
        return [ANY]
    return [one for one in search.staff if one in free][:1]


def _slot(search: Search, start: Start, staff_id: int) -> Slot:
    return Slot(
        starts=start.wall_clock,
        staff_id=staff_id,
        services=search.services,
        length=start.length,
        price=_price(search, staff_id),
        token=start.token,
    )


def _price(search: Search, staff_id: int) -> Price:
    """What it costs with a master; from the lowest to the highest where that is not known yet."""
    if staff_id != ANY:
        return catalogue.price_of(search.salon, search.services, staff_id)
    prices = [catalogue.price_of(search.salon, search.services, one) for one in search.staff]
    lows = [one.low for one in prices if one.low is not None]
    highs = [one.high for one in prices if one.high is not None]
    if len(lows) < len(prices):
        return Price()
    return Price(low=min(lows), high=max(highs) if len(highs) == len(prices) else None)


def whose(search: Search, found: Found, slot: Slot) -> LookUp | Slot | None:
    """A time of whichever master, as that of one who has it; None where nobody is offered then."""
    if slot.staff_id != ANY:
        return slot
    need = NeedFreeStaff(search.booked, slot.starts)
    step = still_needed(found, [need])
    if step:
        return step
    free = found.free_staff.get(need)
    known = () if free is None or isinstance(free, Unavailable) else free
    staff_id = next((one for one in search.staff if one in known), None)
    return None if staff_id is None else replace(slot, staff_id=staff_id, price=_price(search, staff_id))


def spread(slots: Sequence[Slot], most: int) -> list[Slot]:
    """At most so many, of different times and as far apart as they are: the first, the last, and between."""
    by_start = {one.starts: one for one in reversed(slots)}
    ordered = sorted(by_start.values(), key=lambda one: one.starts)
    if len(ordered) <= most:
        return ordered
    if most <= 1:
        return ordered[:most]
    places = {round(step * (len(ordered) - 1) / (most - 1)) for step in range(most)}
    return [ordered[place] for place in sorted(places)]


def nearest_to(search: Search, slots: Sequence[Slot]) -> list[Slot]:
    """Free times by how near they are to what was asked for: the day first, then the time."""
    on, at = search.named_days, points(search.whens) or _edges(search.whens)

    def far(slot: Slot) -> tuple[int, float, datetime]:
        away = min((abs((slot.starts.date() - day).days) for day in on), default=0)
        minutes = [abs((slot.starts - datetime.combine(slot.starts.date(), one)).total_seconds()) for one in at]
        return away, min(minutes, default=0.0), slot.starts

    return sorted(slots, key=far)


def _edges(whens: Sequence[When]) -> tuple[time, ...]:
    ranges = [one for when in whens if when.time for one in when.time.any_of]
    return tuple(edge for one in ranges for edge in (one.first, one.last) if edge is not None)


def asked_exactly(search: Search) -> bool:
    """Whether a day and a time of it were named to the minute."""
    return names_time(search.whens) and is_exact(search.whens)


def earliest_start(situation: Situation) -> datetime:
    """Before when nothing may be offered: YClients' rule, the salon's gap, and its rule for the night."""
    salon, now = situation.salon, situation.now
    lead = salon.rules.lead if salon.rules else timedelta(0)
    soonest = now + max(lead, salon.bot.gap)
    night = night_start(situation)
    return max(soonest, night) if night else soonest


def night_start(situation: Situation) -> datetime | None:
    """Of what is written at night: before when the coming day is not offered; None by day."""
    rule, now = situation.salon.bot.night, situation.now
    if rule is None:
        return None
    if now.time() >= rule.after:
        return datetime.combine(now.date() + timedelta(days=1), rule.not_before)
    opens = min((one[0] for one in situation.salon.hours.values()), default=None)
    is_before_opening = opens is not None and now.time() < opens and rule.after > opens
    return datetime.combine(now.date(), rule.not_before) if is_before_opening else None
