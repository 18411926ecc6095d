"""What a salon's bot has done in some weeks, counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.turn import TurnVerdict
from aiadmin.domain.journal.opening_hours import Hours


@dataclass(frozen=True, kw_only=True)
class BotCounts:
    """Turns of a salon.

    Attributes:
        conversations: chats in which the bot had something to do.
        verdicts: how many turns came to what.
        handed_over: how often a human was asked, by the reason.
        written: when clients wrote what the bot had to do with, by the salon's wall clock.
    """

    conversations: int = 0
    verdicts: Mapping[TurnVerdict, int] = field(default_factory=dict)
    handed_over: Mapping[HandOverReason, int] = field(default_factory=dict)
    written: Sequence[datetime] = ()

    def outside(self, hours: Hours) -> int | None:
        """How much of it, in per cent, was written while the salon was closed; None where that is not known.

        >>> from datetime import time
        >>> counts = BotCounts(written=(datetime(2026, 3, 11, 9), datetime(2026, 3, 11, 12)))
        >>> counts.outside({2: (time(10), time(21))}), counts.outside({})
        (50, None)
        """
        if not hours or not self.written:
            return None
        closed = sum(not _is_open(at, hours) for at in self.written)
        return round(100 * closed / len(self.written))


def _is_open(at: datetime, hours: Hours) -> bool:
    span = hours.get(at.weekday())
    return span is not None and span[0] <= at.time() < span[1]
