"""Whether the bot may answer at all, and what is no matter of a wish: stop words, abuse, media, a human."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from aiadmin.domain.chat.commands import Injection, WantBooking
from aiadmin.domain.chat.policy import handing_over, silence
from aiadmin.domain.chat.policy.booking import booking
from aiadmin.domain.chat.policy.haggling import haggled
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.policy.unanswered import either_or
from aiadmin.domain.chat.steps import Step


def gate(turn: TurnFacts) -> Step | None:
    """The step of this stage; None where the burst may be answered by the others."""
    stages: Sequence[Callable[[TurnFacts], Step | None]] = (
        silence.stop_words,
        silence.closed_to_us,
        silence.heard_late,
        silence.spam,
        silence.brakes,
        silence.off,
        handing_over.media,
        handing_over.abuse,
        handing_over.to_human,
        _injected,
        haggled,
        handing_over.foreign,
        either_or,
        handing_over.misunderstood,
    )
    return next((step for step in (stage(turn) for stage in stages) if step is not None), None)


def _injected(turn: TurnFacts) -> Step | None:
    """Orders to a machine are no content: the talk goes on with a normal question."""
    if not turn.has(Injection):
        return None
    return booking(replace(turn, commands=(WantBooking(),))) or handing_over.asks_what(turn)
