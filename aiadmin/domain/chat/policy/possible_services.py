"""Which of the services that fit a client's words may be had as wished: that day, that time, that price."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from aiadmin.domain.chat.policy import catalogue
from aiadmin.domain.chat.situation import SalonView, Situation
from aiadmin.domain.chat.when import TimeRange, When
from aiadmin.domain.chat.wishes import AROUND, days, names_day
from aiadmin.domain.journal.journal import Service

_AHEAD = timedelta(days=30)


def possible(situation: Situation, choice: Sequence[int]) -> list[int]:
    """The services of a choice that may be what is wished for; all of them where none is.

    What rules one out is known without a look into the journal: when it may begin, which days it is for, who does it
    and when they work, what it costs.
    """
    dialogue = situation.dialogue
    rules: Sequence[Callable[[Situation, Service], bool]] = (_by_price, _at_the_time, _on_the_day)
    left = [one for one in choice if one not in dialogue.excluded_services] or list(choice)
    for rule in rules:
        left = [one for one in left if rule(situation, situation.salon.services[one])] or left
    return left


def _by_price(situation: Situation, service: Service) -> bool:
    price = situation.dialogue.price
    return price is None or price in prices_of(situation.salon, service)


def prices_of(salon: SalonView, service: Service) -> set[Decimal]:
    """All that a service is listed for: by itself, and with each master."""
    found = [
        catalogue.price_of(salon, [service.service_id], one)
        for one in catalogue.performers(salon, [service.service_id])
    ]
    return {price for each in found for price in (each.low, each.high) if price is not None}


def _at_the_time(situation: Situation, service: Service) -> bool:
    """Whether it may begin at one of the times that are wished for."""
    if service.earliest is None and service.latest is None:
        return True
    wished = [
        (one, when.time.is_around) for when in situation.dialogue.whens if when.time for one in when.time.any_of
    ]
    return not wished or any(_begins_within(service, span, is_around=around) for span, around in wished)


def _begins_within(service: Service, span: TimeRange, *, is_around: bool) -> bool:
    first, last = span.first or time.min, span.last or time.max
    if is_around and span.is_point:
        first, last = _moved(first, -AROUND), _moved(last, AROUND)
    begins = service.earliest is None or service.earliest <= last
    return begins and (service.latest is None or first < service.latest)


def _moved(at: time, by: timedelta) -> time:
    """A time of day earlier or later, within the day."""
    day = date.min + timedelta(days=1)
    moved = datetime.combine(day, at) + by
    return moved.time() if moved.date() == day else (time.min if moved.date() < day else time.max)


def _on_the_day(situation: Situation, service: Service) -> bool:
    """Whether one who does it may work on one of the days that are wished for."""
    named = _named_days(situation.dialogue.whens, situation.now.date())
    masters = catalogue.performers(situation.salon, [service.service_id])
    if not named or not masters:
        return True
    return any(catalogue.works(situation.salon, one, day) is not False for one in masters for day in named)


def _named_days(whens: Sequence[When], today: date) -> list[date]:
    return days(whens, today, today + _AHEAD) if names_day(whens) else []
