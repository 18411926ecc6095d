"""What a burst is read against, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.vocabulary import Vocabulary
from aiadmin.domain.chat.when import Asked, DayParts


@dataclass(frozen=True, kw_only=True)
class ReadingContext:
    """What a burst is read against.

    Attributes:
        vocabulary: the salon's own words.
        now: the salon's wall clock.
        parts: what morning and evening mean there.
        asked: what our last question was about; None when none is open.
        options: how many lines the numbered list had that was shown last.
        listed: when each line of it is, where it was a list of times.
        candidates: the services that the last question was about.
        offers: what is to be done to the journal, should the client say yes now; None where nothing is proposed.
        offered: the times that are proposed, or asked about in a reminder, by the salon's wall clock.
        offered_staff, offered_services: with whom, and for what, that is.
        called: the given name of the client, in lower case, as far as it is known.
        coming: when the visits begin that the client has to come, by the salon's wall clock.
        offered_for: the words for those for whom it is, where it is not for the client; empty words for who has none.
    """

    vocabulary: Vocabulary
    now: datetime
    parts: DayParts = field(default_factory=DayParts)
    asked: Asked | None = None
    options: int = 0
    listed: tuple[datetime, ...] = ()
    candidates: tuple[int, ...] = ()
    offers: VisitOperation | None = None
    offered: tuple[datetime, ...] = ()
    offered_staff: frozenset[int] = frozenset()
    offered_services: frozenset[int] = frozenset()
    offered_for: frozenset[str] = frozenset()
    called: str = ""
    coming: tuple[datetime, ...] = ()
