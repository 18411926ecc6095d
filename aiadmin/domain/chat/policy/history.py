"""What a client had before: our copy of a salon that is new reaches back some days, the journal for years."""

from __future__ import annotations

from dataclasses import replace

from aiadmin.domain.chat.policy.service_choice import comes_in_company, narrowed
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.steps import Unavailable


def needs_history(turn: TurnFacts) -> bool:
    """Whether the journal has to be asked: the wish leaves open what only earlier visits tell."""
    situation = turn.situation
    is_known = bool(situation.client.past) or turn.found.visits is not None or turn.found.past is not None
    if is_known or not situation.client.cards:
        return False
    dialogue = narrowed(situation)
    is_as_last = dialogue.is_same_as_last and not (dialogue.staff and dialogue.services)
    return is_as_last or bool(dialogue.choices and (not dialogue.guests or comes_in_company(dialogue)))


def with_history(turn: TurnFacts) -> Situation:
    """The situation with the visits that were, as far as they have been read."""
    past = turn.found.past
    if past is None or isinstance(past, Unavailable) or turn.situation.client.past:
        return turn.situation
    return replace(turn.situation, client=replace(turn.situation.client, past=tuple(past)))
