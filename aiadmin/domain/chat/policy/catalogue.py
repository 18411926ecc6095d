"""What a salon's catalogue says of a wish: who does it, what it costs, how it is booked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, time
from decimal import Decimal

from aiadmin.domain.chat.dialogue import Price
from aiadmin.domain.chat.situation import SalonView
from aiadmin.domain.journal.journal import Service


def known(salon: SalonView, services: Iterable[int]) -> tuple[int, ...]:
    """Those that the salon still has."""
    return tuple(one for one in services if one in salon.services)


def as_booked(salon: SalonView, services: Iterable[int]) -> tuple[int, ...]:
    """Services as YClients takes them: a composite one as its parts, in order."""
    return tuple(part for one in known(salon, services) for part in salon.services[one].parts or (one,))


def as_composites(salon: SalonView, services: Sequence[int]) -> tuple[int, ...]:
    """Services as the salon sells them together: in place of all parts of a composite one, that one and its price."""
    left = tuple(services)
    for number, one in salon.services.items():
        is_all = len(one.parts) > 1 and set(one.parts) <= set(left)
        if is_all and one.is_online and performers(salon, [number]):
            left = tuple(dict.fromkeys(number if each in one.parts else each for each in left))
    return left


def is_offered(salon: SalonView, staff_id: int) -> bool:
    """Whether clients may be told of somebody: rows that are no people, and who has left, are not offered."""
    member, offered = salon.staff.get(staff_id), salon.bot.offered_staff
    if member is None or member.is_fired or member.is_hidden:
        return False
    return offered is None or staff_id in offered


def performers(salon: SalonView, services: Sequence[int]) -> tuple[int, ...]:
    """The offered masters who do all of these, in the catalogue's order."""
    of_each = [_masters(salon, salon.services[one]) for one in known(salon, services)]
    if not of_each:
        return ()
    return tuple(one for one in of_each[0] if all(one in masters for masters in of_each) and is_offered(salon, one))


def _masters(salon: SalonView, service: Service) -> tuple[int, ...]:
    """Of a composite service that names none: those who do all its parts."""
    own = tuple(terms.staff_id for terms in service.masters)
    if own or not service.parts:
        return own
    of_parts = [_masters(salon, salon.services[part]) for part in known(salon, service.parts)]
    return tuple(one for one in (of_parts[0] if of_parts else ()) if all(one in masters for masters in of_parts))


def price_of(salon: SalonView, services: Iterable[int], staff_id: int) -> Price:
    """What services cost together with a master."""
    return total(_price(salon.services[one], staff_id) for one in known(salon, services))


def _price(service: Service, staff_id: int) -> Price:
    """Nothing set, or nothing at all, is not known: a salon tells such a price itself."""
    low, high = service.price_with(staff_id)
    if not low and not high:
        return Price()
    return Price(low=low, high=high)


def total(prices: Iterable[Price]) -> Price:
    """A sum: what is not known of one is not known of all."""
    low, high = Decimal(0), Decimal(0)
    is_open = False
    for price in prices:
        if price.low is None:
            return Price()
        low += price.low
        high += price.high or price.low
        is_open = is_open or price.high is None
    return Price(low=low, high=None if is_open else high)


def works(salon: SalonView, staff_id: int, day: date) -> bool | None:
    """Whether somebody works on a day; None where that is not planned."""
    hours = salon.schedule.get((staff_id, day))
    return None if hours is None else bool(hours)


def hours_of(salon: SalonView, staff_id: int, day: date) -> Sequence[tuple[time, time]] | None:
    """A master's hours on a day; None where they are not planned."""
    return salon.schedule.get((staff_id, day))


def next_day_of(salon: SalonView, staff_id: int, after: date) -> date | None:
    """The first day after another on which somebody works; None where none is planned."""
    days = [day for (one, day), hours in salon.schedule.items() if one == staff_id and hours and day > after]
    return min(days, default=None)
