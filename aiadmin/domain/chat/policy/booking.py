"""New visits: what, with whom and when, what is offered, and what became of it."""

from __future__ import annotations

from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.steps import Step


def booking(turn: TurnFacts) -> Step | None:
    """The step of this stage; None where the burst is not its own."""
    return None
