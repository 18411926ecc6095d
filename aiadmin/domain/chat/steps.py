"""What a decision may be: something has to be looked up, something is to be written, or this is the answer.

`decide` is asked again with what was found or written, until it gives a `Reply`; it never calls anything itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from aiadmin.domain.chat.asks import Attend
from aiadmin.domain.chat.dialogue import Dialogue, Proposal
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.situation import OwnVisit
from aiadmin.domain.journal.online_booking import DayOfStaff, GroupEvent, Start
from aiadmin.domain.yclients.write_outcome import WriteOutcome

MOST_CALLS = 4
"""To YClients in one turn, to find out what to say; then a human is asked."""


@dataclass(frozen=True, slots=True)
class NeedDays:
    """The days on which a master, or any (0), has a free time for these services, as they are booked."""

    services: tuple[int, ...]
    staff_id: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class NeedStarts:
    """The free times of a day, of a master or of any (0), for these services, as they are booked."""

    services: tuple[int, ...]
    staff_id: int
    day: date


@dataclass(frozen=True, slots=True)
class NeedNearest:
    """The free times of the first day on which a master has any."""

    services: tuple[int, ...]
    staff_id: int


@dataclass(frozen=True, slots=True)
class NeedEvents:
    """Group events to come of these services."""

    services: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NeedVisits:
    """The client's visits to come, read live: before a sentence about them, or a change."""


@dataclass(frozen=True, slots=True)
class NeedDay:
    """A master's hours and what is taken of them: where a visit may be moved to over its own time."""

    staff_id: int
    day: date


@dataclass(frozen=True, slots=True)
class NeedFreeStaff:
    """Who of all masters is free for these services, as they are booked, at a time."""

    services: tuple[int, ...]
    at: datetime


Need = NeedDays | NeedStarts | NeedNearest | NeedEvents | NeedVisits | NeedDay | NeedFreeStaff


@dataclass(frozen=True, slots=True)
class Unavailable:
    """No answer: nothing is known, neither free nor busy."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was looked up and written in this turn.

    Attributes:
        past: the visits that were, over a year back, the latest first; read along with `visits`.
        written: by slot of the proposal that was agreed to: what became of each; empty before. A check that refuses
            stands here as `Refused` too: nothing was written then.
    """

    days: Mapping[NeedDays, Sequence[date] | Unavailable] = field(default_factory=dict)
    starts: Mapping[NeedStarts | NeedNearest, Sequence[Start] | Unavailable] = field(default_factory=dict)
    events: Mapping[NeedEvents, Sequence[GroupEvent] | Unavailable] = field(default_factory=dict)
    visits: Sequence[OwnVisit] | Unavailable | None = None
    past: Sequence[OwnVisit] | Unavailable | None = None
    day_of_staff: Mapping[NeedDay, DayOfStaff | Unavailable | None] = field(default_factory=dict)
    free_staff: Mapping[NeedFreeStaff, Sequence[int] | Unavailable] = field(default_factory=dict)
    written: tuple[WriteOutcome, ...] = ()

    def answer_to(self, need: Need) -> object:
        """What was found of a need; None for a day that is not planned, and for what was not looked up."""
        if isinstance(need, NeedVisits):
            return self.visits
        tables: tuple[Mapping[Any, object], ...] = (
            *(self.days, self.starts, self.events, self.day_of_staff, self.free_staff),
        )
        return next((one[need] for one in tables if need in one), None)


@dataclass(frozen=True)
class LookUp:
    """Has to be known first."""

    needs: tuple[Need, ...]


@dataclass(frozen=True)
class Write:
    """The client has agreed: it is to be done now, once."""

    proposal: Proposal


class Act(StrEnum):
    """What a reply does."""

    OFFER = "offer"
    ASK = "ask"
    INFORM = "inform"
    OPTIONS = "options"
    DONE = "done"
    REFUSED = "refused"
    HAND_OVER = "hand_over"
    SILENT = "silent"
    OPT_OUT = "opt_out"


class Asks(StrEnum):
    """What the one question of a reply is about."""

    SERVICE = "service"
    DAY = "day"
    TIME = "time"
    STAFF = "staff"
    NAME = "name"
    GUEST_NAME = "guest_name"
    WHICH_VISIT = "which_visit"
    WHICH_DAY = "which_day"
    WHICH_SERVICE = "which_service"
    CONSENT = "consent"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceAnswer:
    """An answer to a reminder: by whose visit the question is found."""

    record_id: int
    answer: Attend


@dataclass(frozen=True)
class Part:
    """Something that a reply says: a value of this turn's facts, which the texts put into words.

    Subclasses are frozen dataclasses; `texts.chat` has a sentence for each, and a test that none is missing.
    """


@dataclass(frozen=True)
class SalonNote:
    """Something that the salon is told of a chat beside why it is handed over; `texts.chat.salon` has the sentences.

    Subclasses are frozen dataclasses.
    """


@dataclass(frozen=True, kw_only=True)
class Reply:
    """The answer to a burst.

    Attributes:
        parts: what is said, in order; the question is the last of them. Empty: nothing is sent.
        dialogue: what is known afterwards.
        proposal: what is offered, or what stays offered.
        hand_over: why the salon is asked to answer or to take over; the act is then `HAND_OVER`.
        notes: what else the salon is told.
        attendance: answers to reminders.
        opt_out: True for somebody who wants no messages any more, False for one who wants them again.
        rating: stars for the visit that was asked about.
        greets: whether it begins with a greeting.
        language: of its words, by the code of ISO 639-1.
        is_left: whether the words are left to a human who reads the chat anyway: the salon is not told, and
            automation leaves the chat alone for an hour.
    """

    act: Act
    parts: tuple[Part, ...] = ()
    dialogue: Dialogue = field(default_factory=Dialogue)
    asks: Asks | None = None
    proposal: Proposal | None = None
    hand_over: HandOverReason | None = None
    notes: tuple[SalonNote, ...] = ()
    attendance: tuple[AttendanceAnswer, ...] = ()
    opt_out: bool | None = None
    rating: int | None = None
    greets: bool = False
    language: str = "ru"
    is_left: bool = False

    @property
    def tells_salon(self) -> bool:
        """Whether the salon's own number gets a message."""
        return self.hand_over is not None or bool(self.notes)


Step = LookUp | Write | Reply
