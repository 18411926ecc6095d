"""Prices that are asked to be lower: they stand as they are listed, and a human answers who insists."""

from __future__ import annotations

from dataclasses import replace

from aiadmin.domain.chat.commands import Haggle, NamedPrice, NamedStaff, Suits, WantBooking
from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.parts.talk import PricePassedOn, PricesStand
from aiadmin.domain.chat.policy.booking import booking
from aiadmin.domain.chat.policy.possible_services import prices_of
from aiadmin.domain.chat.policy.prices import asked_services, prices
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.steps import Act, Reply, Step

_MOST_PRICES = 3


def haggled(turn: TurnFacts) -> Step | None:
    """The step that a wish for a lower price leads to; None where there is none."""
    if not turn.has(Haggle) or _is_a_listed_price(turn):
        return None
    if turn.dialogue.haggled:
        return Reply(
            act=Act.HAND_OVER,
            parts=(PricePassedOn(),),
            dialogue=replace(turn.dialogue, haggled=turn.dialogue.haggled + 1),
            hand_over=HandOverReason.PRICE,
        )
    part = PricesStand(prices=prices(turn, asked_services(turn), turn.dialogue.staff).services[:_MOST_PRICES])
    dialogue = replace(turn.dialogue, haggled=1)
    if dialogue.operation is not VisitOperation.BOOK:
        return Reply(act=Act.INFORM, parts=(part,), dialogue=dialogue)
    wish = (WantBooking(), *turn.of(Suits), *turn.of(NamedStaff))
    going_on = replace(turn, situation=replace(turn.situation, dialogue=dialogue), commands=wish)
    step = booking(going_on)
    if isinstance(step, Reply):
        return replace(step, parts=(part, *step.parts))
    return step or Reply(act=Act.INFORM, parts=(part,), dialogue=dialogue)


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
