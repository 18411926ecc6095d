"""What the catalogue asks for a service."""

from __future__ import annotations

from decimal import Decimal

from aiadmin.domain.chat.dialogue import Price
from aiadmin.domain.chat.situation import SalonView
from aiadmin.domain.journal.journal import Service


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
        return _price(*service.price_with(staff_id))
    terms = [service.price_with(one) for one in masters_of(service, salon)] or [
        (service.price_min, service.price_max or None)
    ]
    lows = [low for low, _ in terms if low is not None]
    highs = [high for _, high in terms if high is not None]
    is_open = any(high is None for _, high in terms)
    return _price(min(lows, default=None), None if is_open else max(highs, default=None))


def _price(low: Decimal | None, high: Decimal | None) -> Price:
    """Nothing at all is a price that nobody has set."""
    return Price() if not low and not high else Price(low=low, high=high)
