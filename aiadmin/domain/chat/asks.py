"""What of ours waits for an answer of the client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from aiadmin.domain.chat.dialogue import Proposal


class Attend(StrEnum):
    """What a client said to a reminder's question."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


class AskKind(StrEnum):
    """What is asked."""

    ATTENDANCE = "attendance"
    """Whether they come: a reminder."""
    PROPOSAL = "proposal"
    RATING = "rating"
    QUESTION = "question"
    """The dialogue's own question: which service, which day, what time."""


OF_A_TALK = frozenset({AskKind.PROPOSAL, AskKind.QUESTION})
"""What is asked about a visit that is talked about, and not about one that stands."""


@dataclass(frozen=True, kw_only=True)
class OpenAsk:
    """It is open from when its message was sent until it is answered, superseded or over.

    Attributes:
        sent_at: by the salon's wall clock.
        message_id: of the outbox: what a quote of it points to.
        record_id: the visit that a reminder or a rating is about.
        starts: when that visit is, by the salon's wall clock.
        others: the other bookings of the visit that were asked about, by number of the record, and when each begins.
        answered: what was said to a reminder already. It stays open until the visit, for a change of mind; words that
            quote nothing go to one without an answer first.
        is_overtaken: whether the client has since been told of another visit, so that words which quote nothing may
            be about either.
    """

    kind: AskKind
    sent_at: datetime
    message_id: int | None = None
    proposal: Proposal | None = None
    record_id: int | None = None
    starts: datetime | None = None
    others: Mapping[int, datetime] = field(default_factory=dict)
    answered: Attend | None = None
    is_overtaken: bool = False
