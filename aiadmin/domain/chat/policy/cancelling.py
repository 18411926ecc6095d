"""A visit that is not to be: named, asked about once, and moved instead where the client wants that."""

from __future__ import annotations

from dataclasses import replace

from aiadmin.domain.chat.dialogue import Proposal, VisitOperation
from aiadmin.domain.chat.parts.visits import CancelOffer
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.situation import OwnVisit
from aiadmin.domain.chat.steps import Act, Asks, Reply
from aiadmin.domain.chat.when import Asked


def cancel(turn: TurnFacts, visit: OwnVisit) -> Reply:
    """A cancellation that waits for a yes."""
    dialogue = replace(
        turn.dialogue,
        operation=VisitOperation.CANCEL,
        record_id=visit.record_id,
        asked=Asked.CONSENT,
        options=(),
        shown=(),
        misses=0,
    )
    return Reply(
        act=Act.OFFER,
        parts=(CancelOffer(visit=visit),),
        dialogue=dialogue,
        asks=Asks.CONSENT,
        proposal=Proposal(operation=VisitOperation.CANCEL, record_id=visit.record_id),
    )
