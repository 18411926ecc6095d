"""When a reply greets: once in some hours, at the beginning of a talk; and a client who does nothing but greet."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from aiadmin.domain.chat.commands import Greet
from aiadmin.domain.chat.parts.booking import WhatCanWeDo
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.steps import Act, Asks, Reply, Step

GREETS_AGAIN_AFTER = timedelta(hours=6)
_NEVER = frozenset({Act.SILENT, Act.OPT_OUT, Act.HAND_OVER, Act.DONE})
"""Who has a complaint, or wants a human, is not greeted by a machine."""


def only_greeted(turn: TurnFacts) -> Step | None:
    """Asks what the client wants, where they have only greeted and nothing of ours is open."""
    if not turn.commands or turn.situation.asks or not all(isinstance(one, Greet) for one in turn.commands):
        return None
    return Reply(act=Act.ASK, parts=(WhatCanWeDo(),), dialogue=turn.dialogue, asks=Asks.OTHER)


def greeting(turn: TurnFacts, reply: Reply) -> Reply:
    """The reply, with a greeting where one is due: the client greets, or the talk begins."""
    greeted, now = turn.situation.greeted_at, turn.situation.now
    is_due = greeted is None or now - greeted > GREETS_AGAIN_AFTER
    begins = turn.has(Greet) or (not turn.situation.asks and turn.situation.replies_of_day == 0)
    if not reply.parts or reply.act in _NEVER or not is_due or not begins:
        return reply
    return replace(reply, greets=True)
