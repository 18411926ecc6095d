"""How much a client may book by chat before a human is asked."""

from __future__ import annotations

from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.parts.booking import AgreeWithSalon
from aiadmin.domain.chat.policy.offering import handing_over
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.steps import Reply

MOST_VISITS = 3
"""Visits to come of one client, with those that are wished for."""
MOST_A_DAY = 3
"""Visits booked by one chat on one day."""
MOST_GUESTS = 3
"""Others for whom one client books at once."""


def over_limits(turn: TurnFacts, wished: int = 1) -> Reply | None:
    """Hands over a wish for more visits, or more guests, than a chat books; None where it may be met."""
    situation, dialogue = turn.situation, turn.dialogue
    guests = max(len(dialogue.guests), (dialogue.guest_count or 1) - 1)
    is_over = (
        len(situation.client.visits) + wished > MOST_VISITS
        or situation.booked_today + wished > MOST_A_DAY
        or guests > MOST_GUESTS
    )
    return handing_over(turn, [AgreeWithSalon()], HandOverReason.LIMIT) if is_over else None
