"""Questions: prices, lengths, hours, the address, facts, who works when."""

from __future__ import annotations

from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.steps import Step


def questions(turn: TurnFacts) -> Step | None:
    """The step of this stage; None where the burst is not its own."""
    return None
