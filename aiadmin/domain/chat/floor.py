"""Who has a chat: automation, a human, or nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

HELD_BY_HUMAN = timedelta(hours=2)
"""How long a human has a chat after the last thing that they wrote, or after it was handed over."""


class Holder(StrEnum):
    """Who speaks."""

    AUTOMATION = "automation"
    HUMAN = "human"
    STOPPED = "stopped"
    """The client wants no messages."""


class HandOverReason(StrEnum):
    """Why a chat was given to a human, or the salon was informed."""

    HUMAN = "human"
    COMPLAINT = "complaint"
    HEALTH = "health"
    PRICE = "price"
    LATE = "late"
    MEDIA = "media"
    PREPAY = "prepay"
    GROUP = "group"
    BLACKLIST = "blacklist"
    FORBIDDEN = "forbidden"
    UNKNOWN_WRITE = "unknown_write"
    NOT_UNDERSTOOD = "not_understood"
    LIMIT = "limit"
    ABUSE = "abuse"
    FACT = "fact"


GIVES_THE_FLOOR = frozenset(HandOverReason) - {
    HandOverReason.MEDIA,
    HandOverReason.FACT,
    HandOverReason.LATE,
    HandOverReason.PREPAY,
    HandOverReason.GROUP,
}
"""For the others the salon is informed, and the bot goes on."""


@dataclass(frozen=True, kw_only=True)
class Floor:
    """Who has a chat.

    Attributes:
        until: when automation has it again, aware; None while it has it, or for good.
        why: a reason of `HandOverReason`, or `wrote` when the salon wrote from its phone, or `button`.
    """

    holder: Holder = Holder.AUTOMATION
    why: str = ""
    until: datetime | None = None
