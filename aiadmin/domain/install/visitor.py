"""Who comes from YClients for a salon, as far as our questions to YClients about it are concerned.

The signature covers no salon: whoever has one may name any number, and each number is a question to YClients, whose
budget all salons share.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aiadmin.domain.yclients.call_budget import Urgency


class Standing(StrEnum):
    """What is known of a visitor to a salon."""

    OWNER = "owner"
    """They have come for it before."""
    NEWCOMER = "newcomer"
    """They have not, and have named few salons lately: most likely they have just pressed Connect."""
    STRANGER = "stranger"
    """They name one salon after another."""


@dataclass(frozen=True, kw_only=True)
class VisitorShare:
    """At most so many questions in so many seconds."""

    most: int
    seconds: int


SHARES = {
    Standing.OWNER: VisitorShare(most=120, seconds=60),
    Standing.NEWCOMER: VisitorShare(most=3, seconds=600),
    Standing.STRANGER: VisitorShare(most=10, seconds=60),
}
"""Of one visitor. An owner of a hundred salons sees them all; a new visitor has a few at once, then ten a minute."""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """Where a visitor's question to YClients waits: a line by name, and how urgent it is."""

    line: str
    urgency: Urgency


def turn_of(standing: Standing, visitor: str) -> Turn:
    """An owner has a line of their own, all newcomers together have one, and all strangers one behind theirs.

    >>> turn_of(Standing.NEWCOMER, "1") == turn_of(Standing.NEWCOMER, "2")
    True
    """
    match standing:
        case Standing.OWNER:
            return Turn(line=f"visitor {visitor}", urgency=Urgency.INTERACTIVE)
        case Standing.NEWCOMER:
            return Turn(line="newcomers", urgency=Urgency.UNKNOWN)
        case Standing.STRANGER:
            return Turn(line="strangers", urgency=Urgency.SYNC)
