"""What a burst leads to: each stage in its turn may answer it, and the first that does decides.

Pure and total: it is asked again with what was looked up or written, and ends in a `Reply` for any input.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from aiadmin.domain.chat.advancing import about_offer
from aiadmin.domain.chat.commands import Command, Unread
from aiadmin.domain.chat.continuing import continued, inquiries
from aiadmin.domain.chat.policy.answers_to_asks import answers_to_asks
from aiadmin.domain.chat.policy.booking import booking
from aiadmin.domain.chat.policy.dressing import dressed
from aiadmin.domain.chat.policy.gate import gate
from aiadmin.domain.chat.policy.greeting import greeting, only_greeted
from aiadmin.domain.chat.policy.impossible_times import impossible_time
from aiadmin.domain.chat.policy.prices import asked_services
from aiadmin.domain.chat.policy.questions import questions
from aiadmin.domain.chat.policy.repeating import not_again
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.policy.unanswered import unanswered
from aiadmin.domain.chat.policy.unread_words import unread_first
from aiadmin.domain.chat.policy.visits import visits
from aiadmin.domain.chat.policy.waiting import waiting
from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.steps import Act, Found, Reply, Step

Stage = Callable[[TurnFacts], Step | None]
STAGES: Sequence[Stage] = (
    gate,
    waiting,
    only_greeted,
    answers_to_asks,
    questions,
    impossible_time,
    visits,
    booking,
    unanswered,
)
"""Each gives the step that it has to give, or None where the burst is not its own."""


def decide(situation: Situation, commands: Sequence[Command], found: Found | None = None) -> Step:
    """The next step of a turn.

    Args:
        situation: all that is known, with the dialogue that the burst was added to (`advance`).
        found: what was looked up and written in this turn so far.
    """
    read = [one for one in commands if not isinstance(one, Unread)]
    said = continued(about_offer(read, situation), situation.dialogue, situation)
    turn = TurnFacts(situation=situation, commands=said, found=found or Found())
    steps = (stage(turn) for stage in STAGES)
    step = next((one for one in steps if one is not None), Reply(act=Act.SILENT, dialogue=turn.dialogue))
    if not isinstance(step, Reply):
        return step
    reply = not_again(turn, unread_first(turn, replace(step, language=turn.dialogue.language)))
    return greeting(turn, dressed(turn, _remembering(turn, reply)))


def _remembering(turn: TurnFacts, reply: Reply) -> Reply:
    """With what was asked, which a few words may ask again; what leads to a visit ends it."""
    if reply.act is Act.SILENT and not turn.commands:
        return reply
    is_answered = reply.act in {Act.INFORM, Act.ASK, Act.HAND_OVER} and reply.proposal is None
    asked = inquiries(turn.commands) if is_answered else ()
    services = asked_services(turn) if asked else ()
    return replace(reply, dialogue=replace(reply.dialogue, inquiries=asked, inquired=services))
