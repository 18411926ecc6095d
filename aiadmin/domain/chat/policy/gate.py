"""Whether the bot may answer at all, and what is no matter of a wish: stop words, abuse, media, a human."""

from __future__ import annotations

from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.steps import Step


def gate(turn: TurnFacts) -> Step | None:
    """The step of this stage; None where the burst is not its own."""
    return None
