"""A visit that is to be at another time, or with another master. The old one stays until the new one is saved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import chain

from aiadmin.domain.chat.commands import Choose
from aiadmin.domain.chat.dialogue import Dialogue, Price, Proposal, Slot, VisitOperation
from aiadmin.domain.chat.parts.visits import MoveAsksDay, MoveOffer, MoveTimes, NothingToMoveTo
from aiadmin.domain.chat.policy.own_visits import composites, journal_silent
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.policy.wished_times import (
    is_refused,
    names_weekdays,
    of_days,
    wished_days,
    wished_point,
)
from aiadmin.domain.chat.situation import OwnVisit, SalonView
from aiadmin.domain.chat.steps import (
    MOST_CALLS,
    Act,
    Asks,
    Found,
    LookUp,
    NeedDay,
    NeedDays,
    NeedNearest,
    NeedStarts,
    Reply,
    Step,
    Unavailable,
)
from aiadmin.domain.chat.when import Asked, Day, DayRange, Time, TimeRange, When
from aiadmin.domain.chat.wishes import on, suits
from aiadmin.domain.journal.online_booking import DayOfStaff, Start

_MOST_SHOWN = 3
_HORIZON = timedelta(days=31)
_MOST_MASTERS = 2
"""Of whom a day is looked up each, where several suit."""


@dataclass(frozen=True, kw_only=True)
class MoveWish:
    """Where a visit is to go.

    Attributes:
        staff: masters of whom any suits.
    """

    visit: OwnVisit
    whens: tuple[When, ...]
    staff: tuple[int, ...]
    is_earliest: bool = False

    @property
    def is_open(self) -> bool:
        """Whether nothing was said of the day, the time or the master."""
        is_said = any(
            (one.day and (one.day.any_of or one.day.weekdays)) or (one.time and _says_time(one.time))
            for one in self.whens
        )
        return not is_said and not self.is_earliest and self.staff == own_staff(self.visit)


def _says_time(wish: Time) -> bool:
    return bool(wish.any_of) or wish.is_same or wish.shift is not None


def own_staff(visit: OwnVisit) -> tuple[int, ...]:
    """The master that a visit is with."""
    return () if visit.staff_id is None else (visit.staff_id,)


def wish_of(turn: TurnFacts, visit: OwnVisit) -> MoveWish:
    """What is known of where a visit is to go: a line that was chosen, else days, times and masters."""
    dialogue = turn.dialogue
    chosen = _chosen(turn)
    if chosen:
        return MoveWish(
            visit=visit, whens=(on(chosen.starts.date(), chosen.starts.time()),), staff=(chosen.staff_id,)
        )
    return MoveWish(
        visit=visit,
        whens=_settled(dialogue.whens, visit),
        staff=_masters(turn, visit),
        is_earliest=dialogue.is_earliest,
    )


def _chosen(turn: TurnFacts) -> Slot | None:
    shown = turn.dialogue.shown
    numbers = [one.number for one in turn.of(Choose) if 1 <= one.number <= len(shown)]
    return shown[numbers[0] - 1] if numbers and not turn.dialogue.options else None


def _settled(whens: Sequence[When], visit: OwnVisit) -> tuple[When, ...]:
    """Wishes in which "half an hour later" and "the same time" stand as times, without a day on the visit's own."""
    return tuple(_on_a_day(_as_time(one, visit), visit) for one in whens)


def _as_time(when: When, visit: OwnVisit) -> When:
    if when.time is None:
        return when
    if when.time.shift is not None:
        later = visit.starts + when.time.shift
        day = when.day or Day(any_of=(DayRange.of(later.date()),))
        return When(day=day, time=Time(any_of=(TimeRange(later.time(), later.time()),)))
    if when.time.is_same:
        at = visit.starts.time()
        return When(day=when.day, time=replace(when.time, any_of=(TimeRange(at, at),), is_same=False))
    return when


def _on_a_day(when: When, visit: OwnVisit) -> When:
    """A time without a day is one of the day that the visit is on."""
    wishes_day = when.day and (when.day.any_of or when.day.weekdays)
    if when.time is None or not when.time.any_of or wishes_day:
        return when
    return replace(when, day=replace(when.day or Day(), any_of=(DayRange.of(visit.starts.date()),)))


def _masters(turn: TurnFacts, visit: OwnVisit) -> tuple[int, ...]:
    """The masters who suit: those who were named, another, or else the visit's own."""
    dialogue = turn.dialogue
    able = able_masters(visit, turn.salon)
    named = tuple(one for one in dialogue.staff if one in able)
    if named:
        return named
    others = tuple(one for one in able if one != visit.staff_id and one not in dialogue.excluded_staff)
    if dialogue.is_other_staff or visit.staff_id in dialogue.excluded_staff:
        return others
    if dialogue.is_any_staff or visit.staff_id is None:
        return (*own_staff(visit), *others)
    return own_staff(visit)


def able_masters(visit: OwnVisit, salon: SalonView) -> tuple[int, ...]:
    """Those who may be offered and do all that a visit is for; the visit's own master is one in any case."""
    offered = salon.bot.offered_staff
    services = [salon.services[one] for one in visit.services if one in salon.services]
    if not services:
        return own_staff(visit)
    doing = [{terms.staff_id for terms in one.masters} for one in services]
    able = set.intersection(*doing)
    return tuple(
        number
        for number, person in salon.staff.items()
        if number == visit.staff_id
        or (
            number in able and not person.is_fired and not person.is_hidden and (offered is None or number in offered)
        )
    )


def move(turn: TurnFacts, visit: OwnVisit) -> Step:
    """The next step of moving a visit."""
    wish = wish_of(turn, visit)
    if wish.is_open:
        return _asks_day(turn, visit)
    needs = tuple(_missing(turn, wish))
    if needs and _calls(turn.found) < MOST_CALLS:
        return LookUp(needs[: MOST_CALLS - _calls(turn.found)])
    fitting = [slot for slot in _slots(turn, wish) if suits(wish.whens, slot.starts)]
    if fitting:
        return _told(turn, wish, fitting)
    return journal_silent(turn) if _is_unknown(turn.found) else _other_times(turn, wish)


def _is_unknown(found: Found) -> bool:
    """Whether some of what was asked for had no answer: nothing is known to be free then, nor to be taken."""
    answers = [*found.days.values(), *found.starts.values(), *found.day_of_staff.values()]
    return any(isinstance(one, Unavailable) for one in answers)


def _asks_day(turn: TurnFacts, visit: OwnVisit) -> Reply:
    return Reply(
        act=Act.ASK,
        parts=(MoveAsksDay(visit=visit),),
        dialogue=of_visit(turn.dialogue, visit, Asked.DAY),
        asks=Asks.DAY,
    )


def of_visit(dialogue: Dialogue, visit: OwnVisit, asked: Asked | None) -> Dialogue:
    """A dialogue about moving one visit."""
    return replace(
        dialogue,
        operation=VisitOperation.MOVE,
        record_id=visit.record_id,
        asked=asked,
        options=(),
        shown=(),
        misses=0,
    )


def _other_times(turn: TurnFacts, wish: MoveWish) -> Step:
    """What there is instead: other times of those days, else of the first day on which there is any."""
    same_day = [slot for slot in _slots(turn, wish) if suits(of_days(wish.whens), slot.starts)]
    slots = [one for one in same_day if not is_refused(wish.whens, one.starts)]
    if not slots:
        needs = [NeedNearest(wish.visit.services, one) for one in wish.staff[:1]]
        missing = tuple(one for one in needs if one not in turn.found.starts)
        if missing and _calls(turn.found) < MOST_CALLS:
            return LookUp(missing)
        nearest = chain.from_iterable(_of(turn, need.staff_id, turn.found.starts.get(need), wish) for need in needs)
        slots = [one for one in nearest if not is_refused(wish.whens, one.starts)]
    if slots:
        return _times(turn, wish, _nearest(slots, wish), is_other_time=True)
    return Reply(
        act=Act.ASK,
        parts=(NothingToMoveTo(visit=wish.visit),),
        dialogue=replace(of_visit(turn.dialogue, wish.visit, Asked.DAY), whens=()),
        asks=Asks.DAY,
    )


def _nearest(slots: Sequence[Slot], wish: MoveWish) -> list[Slot]:
    """Those next to the time that was asked for, in the order of time."""
    point = wished_point(wish.whens)
    if point is None:
        return list(slots)
    around = sorted(slots, key=lambda one: abs(one.starts - datetime.combine(one.starts.date(), point)))
    return sorted(around[:_MOST_SHOWN], key=lambda one: (one.starts, one.staff_id))


def _told(turn: TurnFacts, wish: MoveWish, slots: Sequence[Slot]) -> Reply:
    """One place is offered, of several one is asked for."""
    at_once = slots if len({one.starts for one in slots}) > 1 else slots[:1]
    if len(at_once) > 1:
        return _times(turn, wish, at_once)
    return offer(turn, wish.visit, at_once[0])


def offer(turn: TurnFacts, visit: OwnVisit, slot: Slot) -> Reply:
    """A move that waits for a yes."""
    proposal = Proposal(operation=VisitOperation.MOVE, slots=(slot,), record_id=visit.record_id)
    return Reply(
        act=Act.OFFER,
        parts=(MoveOffer(visit=visit, slot=slot),),
        dialogue=of_visit(turn.dialogue, visit, Asked.CONSENT),
        asks=Asks.CONSENT,
        proposal=proposal,
    )


def _times(turn: TurnFacts, wish: MoveWish, slots: Sequence[Slot], *, is_other_time: bool = False) -> Reply:
    shown = tuple(slots[:_MOST_SHOWN])
    return Reply(
        act=Act.REFUSED if is_other_time else Act.OPTIONS,
        parts=(MoveTimes(visit=wish.visit, slots=shown, is_other_time=is_other_time),),
        dialogue=replace(of_visit(turn.dialogue, wish.visit, Asked.TIME), shown=shown),
        asks=Asks.TIME,
    )


def _missing(turn: TurnFacts, wish: MoveWish) -> Iterator[NeedDays | NeedStarts | NeedDay]:
    """What has to be looked up before the wish can be answered."""
    days = _days(turn, wish)
    if days is None:
        first, last = _bounds(turn, wish)
        yield NeedDays(wish.visit.services, wish.staff[0] if len(wish.staff) == 1 else 0, first, last)
        return
    for staff_id, day in _places(wish, days):
        need = NeedStarts(wish.visit.services, staff_id, day)
        if need not in turn.found.starts:
            yield need
    own = _over_own_time(turn, wish)
    if own is not None and own not in turn.found.day_of_staff:
        yield own


def _places(wish: MoveWish, days: Sequence[date]) -> list[tuple[int, date]]:
    most = MOST_CALLS - 1
    pairs = [(staff_id, day) for day in days for staff_id in wish.staff]
    return pairs[:most]


def _days(turn: TurnFacts, wish: MoveWish) -> list[date] | None:
    """The days that are looked at; None while it has to be found out which of many have free times."""
    named = wished_days(wish.whens)
    if named and all(one.is_one_day for one in named):
        return [one.first for one in named if one.first >= turn.situation.now.date()]
    if not named and not names_weekdays(wish.whens) and not wish.is_earliest:
        return [wish.visit.starts.date()]
    staff_id = wish.staff[0] if len(wish.staff) == 1 else 0
    first, last = _bounds(turn, wish)
    found = turn.found.days.get(NeedDays(wish.visit.services, staff_id, first, last))
    if found is None:
        return None
    days = sorted(found) if isinstance(found, Sequence) else []
    fitting = [day for day in days if suits(of_days(wish.whens), datetime.combine(day, wish.visit.starts.time()))]
    return fitting[: 1 if len(wish.staff) > 1 else _MOST_MASTERS]


def _bounds(turn: TurnFacts, wish: MoveWish) -> tuple[date, date]:
    today = turn.situation.now.date()
    named = wished_days(wish.whens)
    first = max([today, *(one.first for one in named[:1])])
    ends = [one.last or first + _HORIZON for one in named] or [first + _HORIZON]
    return first, max(first, *ends)


def _calls(found: Found) -> int:
    is_read = found.visits is not None
    return is_read + len(found.days) + len(found.starts) + len(found.events) + len(found.day_of_staff)


def _slots(turn: TurnFacts, wish: MoveWish) -> list[Slot]:
    """The free places of the days and masters that were looked up, earliest first, the visit's own left out."""
    places = _places(wish, _days(turn, wish) or [])
    found: list[Slot] = []
    for staff_id, day in places:
        found += _of(turn, staff_id, turn.found.starts.get(NeedStarts(wish.visit.services, staff_id, day)), wish)
    found += _over(turn, wish, found)
    return sorted(found, key=lambda one: (one.starts, one.staff_id))


def _of(turn: TurnFacts, staff_id: int, starts: object, wish: MoveWish) -> list[Slot]:
    if not isinstance(starts, Sequence):
        return []
    slots = [_slot(turn, wish.visit, staff_id, one) for one in starts]
    return [one for one in slots if not _is_where_it_is(one, wish.visit) and one.starts not in turn.dialogue.refused]


def _is_where_it_is(slot: Slot, visit: OwnVisit) -> bool:
    return slot.starts == visit.starts and slot.staff_id == visit.staff_id


def _slot(turn: TurnFacts, visit: OwnVisit, staff_id: int, start: Start) -> Slot:
    return Slot(
        starts=start.wall_clock,
        staff_id=staff_id,
        services=visit.services,
        length=start.length,
        price=price_with(visit, staff_id, turn.salon),
        token=start.token,
    )


def price_with(visit: OwnVisit, staff_id: int, salon: SalonView) -> Price:
    """What a visit costs with a master: as it was booked with its own, else as the catalogue says."""
    if staff_id == visit.staff_id and visit.price is not None:
        return Price(low=visit.price, high=visit.price)
    numbers = composites(visit, salon)[:1] or visit.services
    if any(one not in salon.services for one in numbers):
        return Price()
    terms = [salon.services[one].price_with(staff_id) for one in numbers]
    lows, highs = [low for low, _ in terms], [high for _, high in terms]
    return Price(low=_sum(lows), high=_sum(highs))


def _sum(amounts: Sequence[Decimal | None]) -> Decimal | None:
    known = [one for one in amounts if one is not None]
    return sum(known, Decimal(0)) if len(known) == len(amounts) else None


def _over_own_time(turn: TurnFacts, wish: MoveWish) -> NeedDay | None:
    """The day that says whether a visit may begin a little later or earlier, over the time that it has itself."""
    at = _point_over(wish)
    if at is None or wish.visit.staff_id is None or at <= turn.situation.now:
        return None
    starts = turn.found.starts.get(NeedStarts(wish.visit.services, wish.visit.staff_id, at.date()))
    is_free = isinstance(starts, Sequence) and any(one.wall_clock == at for one in starts)
    return None if is_free else NeedDay(wish.visit.staff_id, at.date())


def _point_over(wish: MoveWish) -> datetime | None:
    """The time that was asked for, where it overlaps the visit with its own master."""
    point, visit = wished_point(wish.whens), wish.visit
    if point is None or visit.staff_id not in wish.staff:
        return None
    at = datetime.combine(visit.starts.date(), point)
    is_over = abs(at - visit.starts) < visit.length and at != visit.starts
    return at if is_over and suits(wish.whens, at) else None


def _over(turn: TurnFacts, wish: MoveWish, found: Sequence[Slot]) -> list[Slot]:
    at, need = _point_over(wish), _over_own_time(turn, wish)
    if at is None or need is None or any(one.starts == at for one in found):
        return []
    day = turn.found.day_of_staff.get(need)
    if not isinstance(day, DayOfStaff) or not _is_free(day, at, wish.visit):
        return []
    start = Start(wall_clock=at, length=wish.visit.length, token="")
    return [_slot(turn, wish.visit, need.staff_id, start)]


def _is_free(day: DayOfStaff, at: datetime, visit: OwnVisit) -> bool:
    """Whether a visit fits there when its own time is left out."""
    first, last = at.time(), (at + visit.length).time()
    is_within = any(begins <= first and last <= ends for begins, ends in day.hours)
    taken = [one for one in day.busy if one.record_id != visit.record_id]
    return is_within and first < last and not any(one.first < last and first < one.last for one in taken)
