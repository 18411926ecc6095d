"""Replies that offer: one visit that waits for a yes, free times to choose from, or what stands in the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aiadmin.domain.chat.dialogue import Dialogue, GuestWish, Proposal, Slot, VisitOperation
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.guest_lines import guest_of, has_lines
from aiadmin.domain.chat.parts.booking import FreeTimes, Offered, Shall, WhichTime
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.steps import Act, Asks, Part, Reply
from aiadmin.domain.chat.when import Asked
from aiadmin.domain.chat.wished_services import as_said

MOST_SHOWN = 3
"""Free times that are named at once."""


def client_name(turn: TurnFacts) -> tuple[str | None, str]:
    """What the client is called: the card's name, else what they have said."""
    if turn.situation.client.name:
        return turn.situation.client.name, ""
    return turn.dialogue.name, turn.dialogue.family


def guests_of(turn: TurnFacts, slots: Sequence[Slot]) -> tuple[GuestWish | None, ...]:
    """For whom each visit is: for the guest alone, or for the client and then each guest."""
    guests, together = turn.dialogue.guests, (turn.dialogue.guest_count or 1) > 1
    if has_lines(turn.dialogue):
        return tuple(guest_of(turn.dialogue, one) for one in slots)
    if together and len(slots) > 1:
        are_others_alone = len(guests) > 1 and len(guests) == turn.dialogue.guest_count
        own: list[GuestWish | None] = [] if are_others_alone else [None]
        whole = [*own, *guests, *([GuestWish()] * len(slots))]
        return tuple(whole[place] for place in _places(turn.dialogue, slots))
    return tuple((guests[0] if guests and not together else None) for _ in slots)


def _places(dialogue: Dialogue, slots: Sequence[Slot]) -> Sequence[int]:
    """Whose each visit is: in their order; where each has a service of its own, as the services were said."""
    said = list(as_said(dialogue, dialogue.services))
    own = [said.index(one.services[0]) for one in slots if len(one.services) == 1 and one.services[0] in said]
    return own if sorted(own) == list(range(len(slots))) else range(len(slots))


def offer(turn: TurnFacts, slots: Sequence[Slot], before: Sequence[Part] = ()) -> Reply:
    """Proposes visits; who is new is asked for a name in the same sentence."""
    name, family = client_name(turn)
    guests = guests_of(turn, slots)
    proposal = Proposal(operation=VisitOperation.BOOK, slots=tuple(slots), name=name, family=family, guests=guests)
    return offered(turn, proposal, before)


def offered(turn: TurnFacts, proposal: Proposal, before: Sequence[Part] = ()) -> Reply:
    """A proposal in words."""
    nameless = next((one for one in proposal.guests if one and not one.name and not one.is_child), None)
    is_name_missing = proposal.name is None
    guest = nameless if len(proposal.slots) > 1 else None
    dialogue = replace(
        turn.dialogue,
        operation=VisitOperation.BOOK,
        asked=_asked(is_name_missing=is_name_missing, guest=guest),
        shown=(),
        picked=None,
        candidates=(),
        options=(),
        agreed="",
    )
    parts = (
        *before,
        Offered(slots=proposal.slots, guests=proposal.guests),
        Shall(is_name_missing=is_name_missing, guest=guest),
    )
    return Reply(act=Act.OFFER, parts=parts, dialogue=dialogue, asks=Asks.CONSENT, proposal=proposal)


def _asked(*, is_name_missing: bool, guest: GuestWish | None) -> Asked:
    if is_name_missing:
        return Asked.NAME
    return Asked.GUEST_NAME if guest else Asked.CONSENT


def options(
    turn: TurnFacts,
    slots: Sequence[Slot],
    before: Sequence[Part] = (),
    *,
    also: Slot | None = None,
    has_more: bool = False,
) -> Reply:
    """Names free times, of which the client chooses one."""
    shown = (*slots, *([also] if also else []))
    parts = (*before, FreeTimes(slots=tuple(slots), also=also, has_more=has_more), WhichTime())
    return Reply(act=Act.OPTIONS, parts=parts, dialogue=showing(turn.dialogue, shown, Asked.TIME), asks=Asks.TIME)


def showing(dialogue: Dialogue, slots: Sequence[Slot], asked: Asked | None) -> Dialogue:
    """The dialogue after free times were named."""
    return replace(
        dialogue,
        operation=VisitOperation.BOOK,
        shown=tuple(slots),
        picked=None,
        asked=asked,
        candidates=(),
        options=(),
        agreed="",
    )


def asking(
    turn: TurnFacts, parts: Sequence[Part], asks: Asks, asked: Asked | None, choices: Sequence[int] = ()
) -> Reply:
    """A question of the talk.

    Args:
        choices: what may be chosen by its place, where there are such.
    """
    dialogue = replace(turn.dialogue, asked=asked, candidates=(), picked=None, shown=(), options=tuple(choices))
    return Reply(act=Act.ASK, parts=tuple(parts), dialogue=dialogue, asks=asks)


def handing_over(turn: TurnFacts, parts: Sequence[Part], reason: HandOverReason) -> Reply:
    """Leaves the wish to a human; it stays known for when automation goes on."""
    dialogue = replace(turn.dialogue, asked=None, picked=None, agreed="")
    return Reply(act=Act.HAND_OVER, parts=tuple(parts), dialogue=dialogue, hand_over=reason)
