"""What the salon is told of a chat beside why it is handed over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.situation import OwnVisit
from aiadmin.domain.chat.steps import SalonNote


@dataclass(frozen=True, kw_only=True)
class Declined(SalonNote):
    """A client does not come then: so they have answered a reminder. The visit is still in the journal."""

    starts: datetime


@dataclass(frozen=True, kw_only=True)
class ComesAfterAll(SalonNote):
    """A client comes who had said that they do not."""

    starts: datetime


@dataclass(frozen=True, kw_only=True)
class ConfirmsWrittenOff(SalonNote):
    """A client says that they come to a visit of which the desk has marked that they do not."""

    starts: datetime


@dataclass(frozen=True, kw_only=True)
class UnclearWhichVisit(SalonNote):
    """One answer, and several visits were asked about."""

    starts: tuple[datetime, ...]


@dataclass(frozen=True, kw_only=True)
class UnclearAnswer(SalonNote):
    """An answer that may be about something else than the visit that a reminder asked about."""

    starts: datetime


class WroteReview(SalonNote):
    """A client has answered in words to whether they were content: a human reads them."""


@dataclass(frozen=True, kw_only=True)
class IsLate(SalonNote):
    """A client comes late.

    Attributes:
        visit: the next one, where it is known.
    """

    minutes: int | None = None
    visit: OwnVisit | None = None


@dataclass(frozen=True, kw_only=True)
class FoundLater(SalonNote):
    """The journal has a change of which YClients had not said whether it was made.

    Attributes:
        starts: when the visit is.
        is_client_told: whether we write it to the client.
    """

    operation: VisitOperation
    starts: datetime | None
    is_client_told: bool


class LastWish(SalonNote):
    """A client wants a visit moved, or off, and no more messages: nothing can be proposed to them."""


class HeardLate(SalonNote):
    """We have heard so late what a client wrote that we do not answer it."""


class TalksInCircles(SalonNote):
    """The same words again and again, or too many messages: we answer no more."""


@dataclass(frozen=True, kw_only=True)
class BadRating(SalonNote):
    """A client was not content.

    Attributes:
        stars: how many of five, where they were said.
    """

    stars: int | None = None
