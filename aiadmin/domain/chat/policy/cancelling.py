"""A visit that is not to be: named, asked about once, and moved instead where the client wants that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aiadmin.domain.chat.dialogue import Proposal, VisitOperation
from aiadmin.domain.chat.parts.visits import CancelEach, CancelNext, CancelOffer
from aiadmin.domain.chat.policy.own_visits import MOST_NAMED
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.situation import OwnVisit
from aiadmin.domain.chat.steps import Act, Asks, Part, Reply
from aiadmin.domain.chat.when import Asked


def cancel(turn: TurnFacts, visit: OwnVisit) -> Reply:
    """A cancellation that waits for a yes."""
    return _asking(turn, visit, CancelOffer(visit=visit), ())


def cancel_each(turn: TurnFacts, visits: Sequence[OwnVisit]) -> Reply:
    """The cancellation of the first of several visits, after which the others follow, each with its own yes."""
    first, *others = visits
    named = tuple(visits[:MOST_NAMED])
    part = CancelEach(visits=named, more=len(visits) - len(named), is_listed=bool(turn.dialogue.options))
    return _asking(turn, first, part, [one.record_id for one in others])


def cancel_next(turn: TurnFacts, visits: Sequence[OwnVisit]) -> Reply:
    """The cancellation of the next of several visits, of which one is off by now."""
    following, *others = visits
    return _asking(turn, following, CancelNext(visit=following), [one.record_id for one in others])


def _asking(turn: TurnFacts, visit: OwnVisit, part: Part, also: Sequence[int]) -> Reply:
    dialogue = replace(
        turn.dialogue,
        operation=VisitOperation.CANCEL,
        record_id=visit.record_id,
        also=tuple(also),
        asked=Asked.CONSENT,
        options=(),
        shown=(),
        misses=0,
    )
    return Reply(
        act=Act.OFFER,
        parts=(part,),
        dialogue=dialogue,
        asks=Asks.CONSENT,
        proposal=Proposal(operation=VisitOperation.CANCEL, record_id=visit.record_id),
    )
