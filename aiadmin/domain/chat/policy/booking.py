"""New visits: what is agreed to, and what is wished for."""

from __future__ import annotations

from aiadmin.domain.chat.commands import Greet, Thank, WantBooking
from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.policy.agreeing import agreeing
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.policy.wish import look_for
from aiadmin.domain.chat.steps import Step


def booking(turn: TurnFacts) -> Step | None:
    """The step of this stage; None where no visit is wished for."""
    step = agreeing(turn)
    if step is not None:
        return step
    if turn.dialogue.operation is not VisitOperation.BOOK and not turn.has(WantBooking):
        return None
    if turn.commands and all(isinstance(one, (Thank, Greet)) for one in turn.commands):
        return None
    return look_for(turn)
