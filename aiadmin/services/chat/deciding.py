"""A burst's decision: asked again with what was looked up and written until it is a reply; chats, try-outs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import structlog

from aiadmin.domain.chat.advancing import advance
from aiadmin.domain.chat.commands import Command
from aiadmin.domain.chat.dialogue import Proposal
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.policy.decide import decide
from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.steps import Act, Found, LookUp, Need, Reply, Write
from aiadmin.domain.yclients.write_outcome import WriteOutcome
from aiadmin.services.chat.lookups import TurnLookUps

log = structlog.get_logger(__name__)

MOST_STEPS = 12
"""Of one turn; decisions that go on for longer never end."""
Writer = Callable[[Proposal], tuple[WriteOutcome, ...]]
"""What becomes of what a client has agreed to."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a burst has led to.

    Attributes:
        situation: that it began with, its dialogue advanced by the burst.
        needs: what was looked up, in order; `found` has the answers, and what was written.
        agreed: what the client agreed to in this turn.
    """

    reply: Reply
    situation: Situation
    needs: Sequence[Need]
    found: Found
    agreed: Proposal | None


def decided(situation: Situation, commands: Sequence[Command], *, look_ups: TurnLookUps, write: Writer) -> Decision:
    """Decide on a burst; one that no decision ends is handed over."""
    situation = replace(situation, dialogue=advance(situation.dialogue, commands, situation))
    reply = Reply(act=Act.HAND_OVER, hand_over=HandOverReason.LIMIT, dialogue=situation.dialogue)
    needs: list[Need] = []
    found, agreed = Found(), None
    for _ in range(MOST_STEPS):
        step = decide(situation, commands, found)
        if isinstance(step, Reply):
            reply = step
            break
        if isinstance(step, Write):
            agreed = step.proposal
            found = replace(found, written=write(agreed))
        elif isinstance(step, LookUp):
            needs += [one for one in step.needs if one not in needs]
            found = look_ups.answer(step.needs, found)
    else:
        log.error("a decision did not end", company_id=look_ups.salon.company_id)
    return Decision(reply=reply, situation=situation, needs=needs, found=found, agreed=agreed)
