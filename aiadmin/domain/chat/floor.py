"""Who has a chat: automation, a human, or nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

HELD_BY_HUMAN = timedelta(hours=2)
"""How long a human has a chat after the last thing that they wrote, or after it was handed over."""

WROTE, LEFT = "wrote", "left"
"""Why a human has a chat: the salon's phone has written there, or words were left to whoever reads them."""


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
        why: a reason of `HandOverReason`, or `WROTE`, `LEFT`, or `button`.
    """

    holder: Holder = Holder.AUTOMATION
    why: str = ""
    until: datetime | None = None

    def now(self, at: datetime) -> Floor:
        """Who has the chat at that time: what a human was given ends by itself."""
        return Floor() if self.until is not None and self.until <= at else self

    def or_longer(self, given: Floor | None) -> Floor:
        """This, or what is given to a human, whichever lasts longer; None gives nothing."""
        if given is None or (self.holder is Holder.HUMAN and self.until is None):
            return self
        is_shorter = self.until is not None and given.until is not None and given.until < self.until
        return self if self.holder is Holder.HUMAN and is_shorter else given
