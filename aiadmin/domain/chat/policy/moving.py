"""A visit that is to be at another time, or with another master. The old one stays until the new one is saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from aiadmin.domain.chat.commands import Choose, Yes
from aiadmin.domain.chat.dialogue import Dialogue, Price, Proposal, Slot, VisitOperation
from aiadmin.domain.chat.parts.visits import AlreadyBooked, MoveAsksDay, MoveOffer, MoveTimes, NothingToMoveTo
from aiadmin.domain.chat.policy.catalogue import performers, price_of, works
from aiadmin.domain.chat.policy.free_times import Search, earliest_start, look, nearest_to, spread
from aiadmin.domain.chat.policy.looking import still_needed
from aiadmin.domain.chat.policy.offering import MOST_SHOWN
from aiadmin.domain.chat.policy.own_visits import journal_silent
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.policy.wished_times import is_refused, wished_days, wished_point
from aiadmin.domain.chat.situation import OwnVisit, SalonView
from aiadmin.domain.chat.steps import Act, Asks, Found, LookUp, NeedDay, NeedStarts, Reply, Step
from aiadmin.domain.chat.when import Asked, Day, DayRange, Time, TimeRange, When
from aiadmin.domain.chat.wished_services import as_known
from aiadmin.domain.chat.wishes import on, some_day_suits, suits
from aiadmin.domain.journal.online_booking import DayOfStaff


@dataclass(frozen=True, kw_only=True)
class MoveWish:
    """Where a visit is to go.

    Attributes:
        staff: masters of whom any suits.
        shift: so much later than the visit is; earlier when negative; None where that was not said.
    """

    visit: OwnVisit
    whens: tuple[When, ...]
    staff: tuple[int, ...]
    is_earliest: bool = False
    shift: timedelta | None = None

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
    wish = MoveWish(
        visit=visit,
        whens=_settled(dialogue.whens, visit),
        staff=_masters(turn, visit),
        is_earliest=dialogue.is_earliest,
        shift=next((one.time.shift for one in dialogue.whens if one.time and one.time.shift is not None), None),
    )
    is_only_master = not wish.is_open and replace(wish, staff=own_staff(visit)).is_open
    return replace(wish, whens=(*wish.whens, on(visit.starts.date()))) if is_only_master else wish


def _chosen(turn: TurnFacts) -> Slot | None:
    shown = turn.dialogue.shown
    if len(shown) == 1 and turn.has(Yes) and turn.dialogue.asked is Asked.TIME:
        return shown[0]
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
    """The visit's own master, and those who may be offered and do all that it is for."""
    services = as_known(visit, salon)
    able = performers(salon, services) if services else ()
    return (*own_staff(visit), *(one for one in able if one != visit.staff_id))


def move(turn: TurnFacts, visit: OwnVisit) -> Step:
    """The next step of moving a visit."""
    wish = wish_of(turn, visit)
    if wish.is_open:
        return _asks_day(turn, visit)
    if _is_there_already(wish):
        return Reply(act=Act.INFORM, parts=(AlreadyBooked(visit=visit),), dialogue=turn.dialogue)
    return _looking(turn, wish)


def _looking(turn: TurnFacts, wish: MoveWish) -> Step:
    """What is free of where it is wished."""
    visit = wish.visit
    search = _search(turn, wish)
    free = look(search, turn.found)
    if isinstance(free, LookUp):
        return free
    slots = [replace(one, price=price_with(visit, one.staff_id, turn.salon)) for one in free.slots]
    over = _over_own_time(turn, wish, slots)
    if isinstance(over, LookUp):
        return over
    slots = sorted((*slots, *over), key=lambda one: one.starts)
    fits = [one for one in slots if search.fits(one) and not _is_where_it_is(one, visit)]
    if fits:
        at_once = [one for one in fits if one.starts == visit.starts]
        return _fitting(turn, visit, at_once or fits)
    return journal_silent(turn) if free.is_unknown else _instead(turn, wish, search, slots)


def _instead(turn: TurnFacts, wish: MoveWish, search: Search, slots: Sequence[Slot]) -> Step:
    """What comes near to what was wished: on its days, behind them, or else on the days around them."""
    visit = wish.visit
    near = _near(wish, search, slots, (_is_the_other_way, _is_day_left, _is_before_wished))
    if not near and search.named_days:
        step = still_needed(turn.found, _days_around(wish, search, turn.found))
        if step:
            return step
        near = _near(wish, search, slots, (_is_the_other_way, _is_day_left, _is_beyond_own))
    of_day = [one for one in near if some_day_suits(wish.whens, one.starts.date())]
    is_about = any(one.time and one.time.is_around for one in wish.whens)
    if is_about and len(of_day) == 1:
        return offer(turn, visit, of_day[0])
    return _others(turn, visit, near, is_named_only=bool(search.named_days) and not of_day)


def _near(
    wish: MoveWish, search: Search, slots: Sequence[Slot], barred: Sequence[Callable[[MoveWish, datetime], bool]]
) -> list[Slot]:
    """The free times that may be taken instead, the nearest first."""
    towards = [one for one in slots if not any(is_barred(wish, one.starts) for is_barred in barred)]
    return [one for one in nearest_to(search, towards) if not is_refused(wish.whens, one.starts)]


def _days_around(wish: MoveWish, search: Search, found: Found) -> list[NeedStarts]:
    """The days next to those that were wished for, one behind and one before, on which the master works.

    None where they were looked at.
    """
    on, masters = search.named_days, wish.staff[:1]
    behind = [on[-1] + timedelta(days=step) for step in range(1, _FARTHEST)]
    before = [on[0] - timedelta(days=step) for step in range(1, _FARTHEST)]
    at_work = [
        [
            NeedStarts(search.booked, one, day)
            for one in masters
            for day in side
            if _may_be_instead(wish, search, one, day)
        ]
        for side in (behind, before)
    ]
    nearest = sorted(
        (side[0] for side in at_work if side), key=lambda one: min(abs((one.day - day).days) for day in on)
    )
    return [] if any(one in found.starts for one in nearest) else nearest


def _may_be_instead(wish: MoveWish, search: Search, staff_id: int, day: date) -> bool:
    is_free = day >= search.today and works(search.salon, staff_id, day) is True
    return is_free and not _is_beyond_own(wish, datetime.combine(day, time()))


def _is_beyond_own(wish: MoveWish, at: datetime) -> bool:
    """Whether a day is on the other side of the visit's own than all those that were wished for, or is that day."""
    own, days = wish.visit.starts.date(), wished_days(wish.whens)
    is_behind = bool(days) and days[0].first > own
    is_before = bool(days) and days[-1].first < own
    return (is_behind and at.date() <= own) or (is_before and at.date() >= own)


_FARTHEST = 8
"""Days around that are looked at, and one."""


def _is_the_other_way(wish: MoveWish, at: datetime) -> bool:
    """Whether a time is before the visit where later was asked for, or behind it where earlier was."""
    starts = wish.visit.starts
    if wish.shift is not None and at.date() == starts.date():
        return (at < starts) if wish.shift > timedelta(0) else (at > starts)
    spans = [one for when in wish.whens if when.time for one in when.time.any_of]
    is_of_day = all(some_day_suits([when], starts.date()) for when in wish.whens)
    if not spans or not is_of_day:
        return False
    is_later = all(one.last is None and one.first is not None and one.first > starts.time() for one in spans)
    is_earlier = all(one.first is None and one.last is not None and one.last <= starts.time() for one in spans)
    return (is_later and at < starts) or (is_earlier and at > starts)


def _is_day_left(wish: MoveWish, at: datetime) -> bool:
    """Whether a time is of the visit's own day, where other days were wished for: that day is the one that is off."""
    own = wish.visit.starts.date()
    named = [one for one in wish.whens if one.day and (one.day.any_of or one.day.weekdays)]
    return at.date() == own and bool(named) and not some_day_suits(named, own)


def _is_before_wished(wish: MoveWish, at: datetime) -> bool:
    """Whether a time is before all the days that were wished for, where those are behind the visit's own."""
    days = wished_days(wish.whens)
    return bool(days) and days[0].first > wish.visit.starts.date() and at.date() < days[0].first


def _is_there_already(wish: MoveWish) -> bool:
    """Whether a visit is to be moved to where it is."""
    visit, point = wish.visit, wished_point(wish.whens)
    is_own = wish.staff == own_staff(visit)
    return is_own and point == visit.starts.time() and suits(wish.whens, visit.starts)


def _search(turn: TurnFacts, wish: MoveWish) -> Search:
    """What is looked for: the same services, wherever they may be had as it was wished."""
    services = as_known(wish.visit, turn.salon) or wish.visit.services
    return Search(
        salon=turn.salon,
        services=services,
        staff=wish.staff,
        whens=wish.whens,
        earliest=earliest_start(turn.situation),
        refused=turn.dialogue.refused,
        picked=turn.dialogue.picked,
    )


def _asks_day(turn: TurnFacts, visit: OwnVisit) -> Reply:
    return Reply(
        act=Act.ASK,
        parts=(MoveAsksDay(visit=visit),),
        dialogue=of_visit(turn.dialogue, visit, Asked.DAY),
        asks=Asks.DAY,
    )


def of_visit(dialogue: Dialogue, visit: OwnVisit, asked: Asked | None) -> Dialogue:
    """A dialogue about moving one visit."""
    wish = replace(dialogue, operation=VisitOperation.MOVE, record_id=visit.record_id, asked=asked)
    return replace(wish, options=(), shown=(), picked=None, misses=0)


def _fitting(turn: TurnFacts, visit: OwnVisit, fits: Sequence[Slot]) -> Reply:
    """One time is offered, of several one is asked for."""
    is_one = len({one.starts for one in fits}) == 1 or turn.dialogue.is_earliest
    return offer(turn, visit, fits[0]) if is_one else _times(turn, visit, spread(fits, MOST_SHOWN))


def _others(turn: TurnFacts, visit: OwnVisit, near: Sequence[Slot], *, is_named_only: bool = False) -> Reply:
    """Nothing is as it was wished: the nearest times there are, or which other day suits.

    Args:
        is_named_only: whether a single one is named too, and not proposed: it is on a day that was not asked for.
    """
    slots = sorted(near[:MOST_SHOWN], key=lambda one: (one.starts, one.staff_id))
    if len(slots) == 1 and not is_named_only:
        return offer(turn, visit, slots[0], is_other_time=True)
    if slots:
        return _times(turn, visit, slots, is_other_time=True)
    return Reply(
        act=Act.ASK,
        parts=(NothingToMoveTo(visit=visit),),
        dialogue=replace(of_visit(turn.dialogue, visit, Asked.DAY), whens=()),
        asks=Asks.DAY,
    )


def offer(turn: TurnFacts, visit: OwnVisit, slot: Slot, *, is_other_time: bool = False) -> Reply:
    """A move that waits for a yes; whether it is the one time that comes near to what was wished."""
    proposal = Proposal(operation=VisitOperation.MOVE, slots=(slot,), record_id=visit.record_id)
    return Reply(
        act=Act.OFFER,
        parts=(MoveOffer(visit=_as_told(visit, turn.salon), slot=slot, is_other_time=is_other_time),),
        dialogue=of_visit(turn.dialogue, visit, Asked.CONSENT),
        asks=Asks.CONSENT,
        proposal=proposal,
    )


def _times(turn: TurnFacts, visit: OwnVisit, slots: Sequence[Slot], *, is_other_time: bool = False) -> Reply:
    shown = tuple(slots)
    return Reply(
        act=Act.REFUSED if is_other_time else Act.OPTIONS,
        parts=(MoveTimes(visit=_as_told(visit, turn.salon), slots=shown, is_other_time=is_other_time),),
        dialogue=replace(of_visit(turn.dialogue, visit, Asked.TIME), shown=shown),
        asks=Asks.TIME,
    )


def _is_where_it_is(slot: Slot, visit: OwnVisit) -> bool:
    return slot.starts == visit.starts and slot.staff_id == visit.staff_id


def price_with(visit: OwnVisit, staff_id: int, salon: SalonView) -> Price:
    """What a visit costs with a master: as it was booked with its own, else by the list.

    The parts of a composite service that cost what the list says cost what the client was told: the whole's price.
    """
    listed = price_of(salon, visit.services, staff_id)
    is_as_listed = visit.price is None or visit.price == listed.low == listed.high
    if staff_id == visit.staff_id and not is_as_listed:
        return Price(low=visit.price, high=visit.price)
    known = as_known(visit, salon)
    return price_of(salon, known, staff_id) if len(known) < len(visit.services) else listed


def _as_told(visit: OwnVisit, salon: SalonView) -> OwnVisit:
    """The visit with the price that the client knows."""
    if visit.staff_id is None or visit.price is None:
        return visit
    return replace(visit, price=price_with(visit, visit.staff_id, salon).low or visit.price)


def _over_own_time(turn: TurnFacts, wish: MoveWish, slots: Sequence[Slot]) -> Sequence[Slot] | LookUp:
    """A visit may begin a little later or earlier over the time that it has itself: its master's day says whether."""
    at, visit = _point_over(wish), wish.visit
    if at is None or visit.staff_id is None or at <= turn.situation.now:
        return ()
    if any(one.starts == at and one.staff_id == visit.staff_id for one in slots):
        return ()
    need = NeedDay(visit.staff_id, at.date())
    step = still_needed(turn.found, [need])
    if step:
        return step
    day = turn.found.day_of_staff.get(need)
    if not isinstance(day, DayOfStaff) or not _is_free(day, at, visit):
        return ()
    price = price_with(visit, visit.staff_id, turn.salon)
    services = as_known(visit, turn.salon) or visit.services
    return (Slot(starts=at, staff_id=visit.staff_id, services=services, length=visit.length, price=price),)


def _point_over(wish: MoveWish) -> datetime | None:
    """The time that was asked for, where it overlaps the visit with its own master."""
    point, visit = wished_point(wish.whens), wish.visit
    if point is None or visit.staff_id not in wish.staff:
        return None
    at = datetime.combine(visit.starts.date(), point)
    is_over = abs(at - visit.starts) < visit.length and at != visit.starts
    return at if is_over and suits(wish.whens, at) else None


def _is_free(day: DayOfStaff, at: datetime, visit: OwnVisit) -> bool:
    """Whether a visit fits there when its own time is left out."""
    first, last = at.time(), (at + visit.length).time()
    is_within = any(begins <= first and last <= ends for begins, ends in day.hours)
    taken = [one for one in day.busy if one.record_id != visit.record_id]
    return is_within and first < last and not any(one.first < last and first < one.last for one in taken)
