"""Answers to what we have asked beside the dialogue: reminders, ratings, advertisements."""

from __future__ import annotations

from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.steps import Step


def answers_to_asks(turn: TurnFacts) -> Step | None:
    """The step of this stage; None where the burst is not its own."""
    return None
