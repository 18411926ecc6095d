"""What the catalogue asks for services, and how long they take."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from aiadmin.domain.chat.commands import NamedService, NamedStaff, Suits, WantBooking
from aiadmin.domain.chat.dialogue import Price
from aiadmin.domain.chat.parts.questions import CategoryPrices, Lengths, Prices, ServicePrice
from aiadmin.domain.chat.policy.catalogue import as_composites, total
from aiadmin.domain.chat.policy.open_asks import answered_ask, standing_proposal
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.situation import OwnVisit, SalonView
from aiadmin.domain.chat.wishes import some_day_suits
from aiadmin.domain.journal.journal import Service

MOST_SERVICES = 5
_SHORT_COMMENT = 60


def asked_services(turn: TurnFacts) -> tuple[int, ...]:
    """The services that a question is about: those that were named, else those that are talked about.

    Of several that words fit, it is those that are talked about: "in full, who is cheaper?".
    """
    chosen = {*turn.dialogue.services}
    told = [one.ids for one in turn.of(NamedService) if not one.is_excluded]
    named = dict.fromkeys(one for ids in told for one in ([one for one in ids if one in chosen] or ids))
    proposal = standing_proposal(turn)
    offered = tuple(one for slot in proposal.slots for one in slot.services) if proposal else ()
    talked = (*turn.dialogue.services, *(one for choice in turn.dialogue.choices for one in choice))
    visit = _visit_meant(turn)
    booked = as_composites(turn.salon, visit.services) if visit else ()
    talked = offered or talked or turn.dialogue.candidates or booked
    own = (*booked, *visit.services) if visit and _is_of_day(turn, visit) else ()
    mine = tuple(one for one in named if one in own)
    found = mine or tuple(named) or (() if turn.has(NamedService) else talked)
    return tuple(one for one in found if one in turn.salon.services)


def category_prices(salon: SalonView) -> CategoryPrices | None:
    """What each category begins at; None where no prices are known."""
    lows: dict[int, Decimal] = {}
    for service in salon.services.values():
        low = price_of(service, salon).low
        if low and service.category_id in salon.categories and service.is_online and not service.is_prepaid:
            number = service.category_id or 0
            lows[number] = min(low, lows.get(number, low))
    rows = tuple((title, lows[number]) for number, title in salon.categories.items() if number in lows)
    return CategoryPrices(prices=rows[:MOST_SERVICES]) if rows else None


def _is_of_day(turn: TurnFacts, visit: OwnVisit) -> bool:
    """Whether a day is named that the client has a visit on: its price is asked, not that of all alike."""
    whens = [when for one in turn.of(Suits) for when in one.whens if when.day and when.day.any_of]
    return bool(whens) and some_day_suits(whens, visit.starts.date()) and not turn.has(WantBooking)


def _visit_meant(turn: TurnFacts) -> OwnVisit | None:
    """The visit that is talked about, that a reminder has asked about, or the only one that there is."""
    ask, visits = answered_ask(turn), turn.situation.client.visits
    proposal = standing_proposal(turn)
    records = {ask and ask.record_id, proposal and proposal.record_id, turn.dialogue.record_id} - {None}
    meant = [one for one in visits if one.record_id in records] or (visits if len(visits) == 1 else ())
    return meant[0] if meant else None


def _staff_of_visit(turn: TurnFacts, asked: Sequence[int]) -> tuple[int, ...]:
    """The master of the visit that a price is asked of."""
    visit = _visit_meant(turn)
    booked = as_composites(turn.salon, visit.services) if visit else ()
    is_of_visit = visit is not None and booked == tuple(asked) and not turn.has(NamedService)
    return (visit.staff_id,) if is_of_visit and visit is not None and visit.staff_id is not None else ()


def _asked_staff(turn: TurnFacts) -> tuple[int, ...]:
    return tuple(number for one in turn.of(NamedStaff) if not one.is_excluded for number in one.ids)


def masters_of(service: Service, salon: SalonView) -> tuple[int, ...]:
    """Those who do a service and may be offered, in the order of the catalogue."""
    offered = salon.bot.offered_staff
    return tuple(
        terms.staff_id
        for terms in service.masters
        if terms.staff_id in salon.staff
        and not salon.staff[terms.staff_id].is_fired
        and not salon.staff[terms.staff_id].is_hidden
        and (offered is None or terms.staff_id in offered)
    )


def price_of(service: Service, salon: SalonView, staff_id: int | None = None) -> Price:
    """The price with one master, or the range over all who may be offered; an open end is None."""
    if staff_id is not None:
        return _price(service, staff_id)
    each = [_price(service, one) for one in masters_of(service, salon)] or [_listed(service)]
    lows, highs = [one.low for one in each if one.low is not None], [one.high for one in each]
    is_open = any(one is None for one in highs)
    high = None if is_open else max((one for one in highs if one is not None), default=None)
    return Price(low=min(lows, default=None), high=high)


def _price(service: Service, staff_id: int) -> Price:
    """Nothing at all is a price that nobody has set."""
    low, high = service.price_with(staff_id)
    return Price() if not low and not high else Price(low=low, high=high)


def _listed(service: Service) -> Price:
    low, high = service.price_min, service.price_max or None
    return Price() if not low and not high else Price(low=low, high=high)


def prices(turn: TurnFacts, asked: Sequence[int], staff: Sequence[int] = ()) -> Prices:
    """What services cost, with the masters who were named, the cheapest first where there is a choice.

    Args:
        staff: of whom it is said where nobody was named.
    """
    staff = _asked_staff(turn) or staff or _staff_of_visit(turn, asked)
    rows = [_row(turn.salon.services[one], turn.salon, staff) for one in asked[:MOST_SERVICES]]
    return Prices(services=tuple(rows), more=len(asked) - len(rows), total=_together(turn, asked, staff))


def _together(turn: TurnFacts, asked: Sequence[int], staff: Sequence[int]) -> Price | None:
    """What several services cost in one visit, as the salon sells them; None where it is open which are meant."""
    named = [{*one.ids} & {*asked} for one in turn.of(NamedService) if not one.is_excluded and one.ids]
    if len(named) <= 1 or len(asked) != len(named) or any(len(ids) != 1 for ids in named):
        return None
    sold = as_composites(turn.salon, asked)
    whole = total(_row(turn.salon.services[one], turn.salon, staff).price for one in sold)
    return whole if whole.low is not None else None


def _row(service: Service, salon: SalonView, staff: Sequence[int]) -> ServicePrice:
    masters = masters_of(service, salon)
    wanted = [one for one in masters if one in staff] or masters
    each = [(salon.staff[one].name, _price(service, one)) for one in wanted]
    differs = len({price for _, price in each}) > 1
    is_short = len(service.comment) <= _SHORT_COMMENT
    return ServicePrice(
        title=service.title,
        price=each[0][1] if each and not differs else price_of(service, salon),
        by_master=tuple(sorted(each, key=lambda one: one[1].low or 0)) if differs else (),
        names=tuple(name for name, _ in each) if not differs else (),
        latest=service.latest,
        comment=service.comment if is_short else "",
    )


def lengths(turn: TurnFacts, asked: Sequence[int]) -> Lengths:
    """How long services take, with the masters who were named."""
    staff = _asked_staff(turn) or turn.dialogue.staff
    rows = []
    for number in asked[:MOST_SERVICES]:
        service = turn.salon.services[number]
        masters = masters_of(service, turn.salon)
        wanted = [one for one in masters if one in staff] or masters
        known = [length for length in (service.length_with(one) for one in wanted) if length]
        known = known or [service.length or timedelta(0)]
        rows.append((service.title, min(known), max(known)))
    return Lengths(services=tuple(rows))
