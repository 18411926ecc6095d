"""An answer that comes later: what was asked or offered stays open, and nothing is looked up again."""

from __future__ import annotations

from aiadmin.domain.chat.commands import No, Wait
from aiadmin.domain.chat.parts.talk import Waiting
from aiadmin.domain.chat.policy.open_asks import CHITCHAT, open_proposal
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.steps import Act, Reply


def waiting(turn: TurnFacts) -> Reply | None:
    """One friendly line; None where more was said."""
    if not turn.has(Wait) or not all(isinstance(one, (Wait, No, *CHITCHAT)) for one in turn.commands):
        return None
    if turn.has(No):
        return Reply(act=Act.INFORM, parts=(Waiting(),), dialogue=turn.dialogue)
    if not turn.situation.asks:
        return Reply(act=Act.SILENT, dialogue=turn.dialogue)
    return Reply(act=Act.INFORM, parts=(Waiting(),), dialogue=turn.dialogue, proposal=open_proposal(turn))
