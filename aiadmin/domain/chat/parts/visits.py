"""What replies say about visits that a client has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from aiadmin.domain.chat.dialogue import Slot, VisitOperation
from aiadmin.domain.chat.situation import OwnVisit
from aiadmin.domain.chat.steps import Part


@dataclass(frozen=True, kw_only=True)
class AttendanceConfirmed(Part):
    """The client comes, and is expected at these times."""

    starts: tuple[datetime, ...]


class AnswerKept(Part):
    """Thanks for an answer from which nothing is said to follow."""


@dataclass(frozen=True, kw_only=True)
class AttendanceDeclined(Part):
    """The salon knows that the client does not come then."""

    starts: datetime


@dataclass(frozen=True, kw_only=True)
class AttendanceAsked(Part):
    """Whether they come: a reminder's question once more."""

    starts: datetime


@dataclass(frozen=True, kw_only=True)
class AnswerPassedOn(Part):
    """The desk has to look at what the client has answered about that visit."""

    starts: datetime


class WhichIsMeantPassedOn(Part):
    """Several visits were asked about, and a human asks which is meant."""


@dataclass(frozen=True, kw_only=True)
class VisitGone(Part):
    """The journal does not have that visit any more."""

    starts: datetime | None = None


class AskNewDay(Part):
    """Which other day would suit, for one who does not come."""


class RatingThanked(Part):
    """Thanks for good stars."""


class RatingSorry(Part):
    """Sorry for bad ones; the salon knows."""


@dataclass(frozen=True, kw_only=True)
class WhichVisit(Part):
    """Which of the visits is to be changed: a numbered list of at most three.

    Attributes:
        more: how many there are beside those.
    """

    operation: VisitOperation
    visits: tuple[OwnVisit, ...]
    more: int = 0


@dataclass(frozen=True, kw_only=True)
class NoVisits(Part):
    """The journal has no visit to come of this number; on that day, where one was named."""

    day: date | None = None


@dataclass(frozen=True, kw_only=True)
class MyVisits(Part):
    """The visits to come."""

    visits: tuple[OwnVisit, ...]
    more: int = 0


class OnlyOwnVisits(Part):
    """Nothing is said of other people's visits; they may write from their own number."""


@dataclass(frozen=True, kw_only=True)
class MoveAsksDay(Part):
    """To which day the visit is to go."""

    visit: OwnVisit


@dataclass(frozen=True, kw_only=True)
class MoveOffer(Part):
    """Whether a visit is to go to that place: the question that a yes answers.

    Attributes:
        is_other_time: whether it is not just what was asked for, and the nearest there is.
    """

    visit: OwnVisit
    slot: Slot
    is_other_time: bool = False


@dataclass(frozen=True, kw_only=True)
class MoveTimes(Part):
    """Free times to which a visit may go; which of them suits.

    Attributes:
        is_other_time: whether what was asked for is not among them.
    """

    visit: OwnVisit
    slots: tuple[Slot, ...]
    is_other_time: bool = False


@dataclass(frozen=True, kw_only=True)
class NothingToMoveTo(Part):
    """There is nothing free as it was asked for; which other day suits."""

    visit: OwnVisit


class MoveTimeGone(Part):
    """The time that was agreed to cannot be had any more; the visit is where it was."""


@dataclass(frozen=True, kw_only=True)
class CancelEach(Part):
    """Visits that are all to be cancelled, one after the other: the question is about the first.

    Attributes:
        more: how many there are beside those.
        is_listed: whether they were named just now, so that they are not listed again.
    """

    visits: tuple[OwnVisit, ...]
    more: int = 0
    is_listed: bool = False


@dataclass(frozen=True, kw_only=True)
class CancelNext(Part):
    """Whether the next of several visits is to be cancelled, too."""

    visit: OwnVisit


@dataclass(frozen=True, kw_only=True)
class CancelOffer(Part):
    """Whether a visit is to be cancelled; it may be moved instead."""

    visit: OwnVisit


@dataclass(frozen=True, kw_only=True)
class Moved(Part):
    """The visit was moved: the journal says so."""

    visit: OwnVisit
    slot: Slot


@dataclass(frozen=True, kw_only=True)
class Cancelled(Part):
    """The visit is off: the journal says so; whether another one is asked about next."""

    visit: OwnVisit
    has_more: bool = False


@dataclass(frozen=True, kw_only=True)
class VisitKept(Part):
    """Nothing was changed, and the visit stands."""

    visit: OwnVisit


@dataclass(frozen=True, kw_only=True)
class ChangePassedOn(Part):
    """The salon changes that visit itself, and was asked to; nothing is changed yet.

    Attributes:
        rule: the salon's own words about it.
        is_too_late: whether it is so shortly before that clients may not change it by themselves.
    """

    operation: VisitOperation
    visit: OwnVisit
    rule: str = ""
    is_too_late: bool = False


@dataclass(frozen=True, kw_only=True)
class AlterationPassedOn(Part):
    """The salon alters what that visit is for, or for whom, and was asked to; nothing is changed yet."""

    visit: OwnVisit


@dataclass(frozen=True, kw_only=True)
class EarlyTold(Part):
    """The salon knows that the client comes before their time, which stays."""

    visit: OwnVisit


@dataclass(frozen=True, kw_only=True)
class FoundInJournal(Part):
    """The journal has, after all, what could not be confirmed before."""

    operation: VisitOperation
    starts: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ChangeUnsure(Part):
    """It is not known whether the change was made; a human looks and tells."""

    operation: VisitOperation


@dataclass(frozen=True, kw_only=True)
class NotChanged(Part):
    """The change was not made, the visit stands as it was, and a human helps."""

    operation: VisitOperation
    visit: OwnVisit | None = None


class JournalSilent(Part):
    """The journal cannot be read now; a human looks and answers."""


@dataclass(frozen=True, kw_only=True)
class LateTold(Part):
    """The salon knows that the client is late.

    Attributes:
        rule: the salon's own words about being late.
    """

    rule: str = ""


@dataclass(frozen=True, kw_only=True)
class AlreadyBooked(Part):
    """Just this visit is booked already."""

    visit: OwnVisit


class WishDropped(Part):
    """Nothing is booked, as the client wishes."""


class NotMoved(Part):
    """No other time is looked for, as the client wishes."""
