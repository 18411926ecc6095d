"""Prices that are asked to be lower: they stand as they are listed, and a human answers who insists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from aiadmin.domain.chat.commands import Haggle, NamedPrice, NamedService, NamedStaff, Suits, WantBooking
from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.parts.booking import WhichService
from aiadmin.domain.chat.parts.questions import ServicePrice
from aiadmin.domain.chat.parts.talk import LessFor, LessWith, LowestPrice, PricePassedOn, PricesStand
from aiadmin.domain.chat.policy.booking import booking
from aiadmin.domain.chat.policy.catalogue import performers, price_of
from aiadmin.domain.chat.policy.offering import offered
from aiadmin.domain.chat.policy.open_asks import standing_proposal
from aiadmin.domain.chat.policy.possible_services import prices_of
from aiadmin.domain.chat.policy.prices import asked_services, prices
from aiadmin.domain.chat.policy.prices import price_of as listed_price
from aiadmin.domain.chat.policy.service_choice import is_usual
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.policy.wish import look_for
from aiadmin.domain.chat.steps import Act, Asks, Part, Reply, Step
from aiadmin.domain.chat.when import Asked
from aiadmin.domain.journal.journal import Service

_MOST_PRICES, _MOST_LESS = 3, 2
_WORD = re.compile(r"[^\W\d_]+")


def haggled(turn: TurnFacts) -> Step | None:
    """The step that a wish for a lower price leads to; None where there is none."""
    if not turn.has(Haggle) or (_is_a_listed_price(turn) and standing_proposal(turn) is None):
        return None
    if turn.dialogue.haggled:
        return Reply(
            act=Act.HAND_OVER,
            parts=(PricePassedOn(),),
            dialogue=replace(turn.dialogue, haggled=turn.dialogue.haggled + 1),
            hand_over=HandOverReason.PRICE,
        )
    dialogue = replace(turn.dialogue, haggled=1)
    noted = replace(turn, situation=replace(turn.situation, dialogue=dialogue))
    is_another = any(not {*one.ids} & {*turn.dialogue.services} for one in turn.of(NamedService))
    is_chosen = turn.has(NamedStaff) or is_another
    return (None if is_chosen else _of_offer(noted)) or _as_listed(noted)


def _as_listed(turn: TurnFacts) -> Step:
    """The prices as they are, and the wish goes on."""
    part = PricesStand(prices=prices(turn, asked_services(turn), turn.dialogue.staff).services[:_MOST_PRICES])
    if turn.dialogue.operation is not VisitOperation.BOOK:
        return Reply(act=Act.INFORM, parts=(part,), dialogue=turn.dialogue)
    wish = (WantBooking(), *turn.of(Suits), *turn.of(NamedStaff))
    step = booking(replace(turn, commands=wish))
    if isinstance(step, Reply):
        return replace(step, parts=(part, *step.parts))
    return step or Reply(act=Act.INFORM, parts=(part,), dialogue=turn.dialogue)


# --- what is offered, for less ---


def _of_offer(turn: TurnFacts) -> Step | None:
    """Of what is offered, or shown: who asks less, else what costs less, else that nothing does.

    What was offered is not said again; it still stands where there is nothing for less.
    """
    proposal = standing_proposal(turn)
    is_single = proposal is not None and len(proposal.slots) == 1 and not any(proposal.guests)
    slots = proposal.slots if proposal is not None and is_single else () if proposal else turn.dialogue.shown
    if not slots or turn.dialogue.operation is not VisitOperation.BOOK:
        return None
    services, asked = slots[0].services, max((one.price.low or Decimal(0) for one in slots), default=Decimal(0))
    listed = prices(turn, services).services[:_MOST_PRICES]
    least = _asks_least(turn, services)
    if least is not None and least[1] < asked:
        return _with_whom_it_is_less(turn, services, least[0], listed)
    if proposal is None or not is_single:
        return None
    if less := _for_less(turn, services, asked):
        rows = prices(turn, less).services
        which = WhichService(services=(*services, *less))
        dialogue = replace(turn.dialogue, asked=Asked.SERVICE, candidates=(*services, *less), services=(), shown=())
        dialogue = replace(dialogue, choices=((*services, *less),), picked=None)
        return Reply(act=Act.ASK, parts=(LessFor(prices=rows), which), dialogue=dialogue, asks=Asks.WHICH_SERVICE)
    own = prices(turn, services, (slots[0].staff_id,)).services
    return _still_offered(turn, LowestPrice(prices=own))


def _asks_least(turn: TurnFacts, services: Sequence[int]) -> tuple[int, Decimal] | None:
    """Who of all that may be offered asks just the sum that was named, else least, and how much."""
    each = [
        (one, price.low)
        for one in performers(turn.salon, services)
        if one not in turn.dialogue.excluded_staff
        and (price := price_of(turn.salon, services, one)).low is not None
        and price.low is not None
    ]
    named = {Decimal(one.amount) for one in turn.of(NamedPrice)}
    return min(each, key=lambda one: (one[1] not in named, one[1]), default=None)


def _with_whom_it_is_less(
    turn: TurnFacts, services: Sequence[int], staff_id: int, listed: Sequence[ServicePrice]
) -> Step | None:
    """The same wish with the master who asks least."""
    part = LessWith(prices=tuple(listed), staff_id=staff_id)
    dialogue = replace(turn.dialogue, services=tuple(services), staff=(staff_id,), is_any_staff=False, picked=None)
    wish = (WantBooking(), *turn.of(Suits))
    step = look_for(replace(turn, situation=replace(turn.situation, dialogue=dialogue), commands=wish), [part])
    is_nothing = isinstance(step, Reply) and step.hand_over is not None
    return _still_offered(turn, part) if is_nothing else step


def _still_offered(turn: TurnFacts, part: Part) -> Step | None:
    """What is offered stands as it was, asked in short."""
    proposal = standing_proposal(turn)
    if proposal is None:
        return None
    again = offered(turn, proposal)
    return replace(again, parts=(part, again.parts[-1]))


def _for_less(turn: TurnFacts, services: Sequence[int], asked: Decimal) -> tuple[int, ...]:
    """Services of the kind of the one that is offered, which cost less: of its category, named by its first word."""
    if len(services) != 1:
        return ()
    own = turn.salon.services[services[0]]
    found = [
        (price, number)
        for number, one in turn.salon.services.items()
        if number != own.service_id
        and one.category_id == own.category_id
        and _kind(one) == _kind(own)
        and is_usual(turn.salon, number)
        and performers(turn.salon, [number])
        and (price := listed_price(one, turn.salon).low) is not None
        and price < asked
    ]
    return tuple(number for _, number in sorted(found)[:_MOST_LESS])


def _kind(service: Service) -> str:
    words = _WORD.findall(service.title.lower())
    return words[0] if words else ""


def _is_a_listed_price(turn: TurnFacts) -> bool:
    """Whether all that is said of a price is that of a service which is wished for: then it only tells which."""
    said = {span for one in turn.of(NamedPrice) for span in one.spans}
    dialogue = turn.dialogue
    wished = (*dialogue.services, *(one for choice in dialogue.choices for one in choice))
    listed = {
        price
        for one in wished
        if one in turn.salon.services
        for price in prices_of(turn.salon, turn.salon.services[one])
    }
    is_only = all(span in said for one in turn.of(Haggle) for span in one.spans)
    return is_only and any(one.amount in listed for one in turn.of(NamedPrice))
