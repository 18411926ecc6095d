"""What is known of a client's wish: grows from turn to turn, and lives for a day.

A new word changes only what it says, and the newest wins. Nothing here is a promise: what is offered is a `Proposal`,
and what is done is a row of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256

from aiadmin.domain.chat.when import Asked, When
from aiadmin.domain.journal.online_booking import Token

LIVES = timedelta(hours=24)
PROPOSAL_LIVES = timedelta(minutes=30)


class VisitOperation(StrEnum):
    """What a client may wish to be done to the journal."""

    BOOK = "book"
    MOVE = "move"
    CANCEL = "cancel"


class Inquiry(StrEnum):
    """A question that may go on in a few words: of another day, another master, another service."""

    HOURS = "hours"
    WHO_WORKS = "who_works"
    STAFF_WORKS = "staff_works"
    PRICE = "price"
    LENGTH = "length"


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What something costs: the same twice, a range, or from so much on; neither is not known."""

    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A time that was found free, with one master.

    Attributes:
        services: as the client knows them, a composite service by its own number, in the order of the visit.
        token: YClients' spelling of the time.
    """

    starts: datetime
    staff_id: int
    services: tuple[int, ...]
    length: timedelta
    price: Price
    token: Token = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestWish:
    """Somebody who is to come too, or instead of the client.

    Attributes:
        who: the word for them, such as сын.
        services, staff, whens: what is wished for them, with whom and when, where that was said of them alone.
    """

    who: str = ""
    name: str = ""
    is_child: bool = False
    services: tuple[int, ...] = ()
    staff: tuple[int, ...] = ()
    whens: tuple[When, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One concrete operation that waits for a yes.

    Attributes:
        proposal_id: ours; empty until it is stored.
        slots: the visits to be booked, or the one place that a visit is moved to; none for a cancellation.
        record_id: the visit that is to be moved or cancelled.
        name: what the client, or the guest, is called in the journal; None while that has still to be asked.
        guests: by slot: for whom it is, None for the client.
        made_at: aware; it counts as offered from when its message was sent.
    """

    operation: VisitOperation
    slots: tuple[Slot, ...] = ()
    record_id: int | None = None
    name: str | None = None
    family: str = ""
    guests: tuple[GuestWish | None, ...] = ()
    proposal_id: str = ""
    made_at: datetime | None = None

    @property
    def fingerprint(self) -> str:
        """The same for the same operation: a yes to it is a yes to nothing else."""
        what = (
            self.operation,
            self.record_id,
            [
                (one.starts, one.staff_id, one.services, one.length, one.price.low, one.price.high)
                for one in self.slots
            ],
        )
        return sha256(repr(what).encode()).hexdigest()[:32]

    def is_over(self, now: datetime) -> bool:
        """Whether a yes comes too late; `now` is aware."""
        return self.made_at is not None and now - self.made_at > PROPOSAL_LIVES


@dataclass(frozen=True, kw_only=True)
class Dialogue:
    """A wish, as far as it is known.

    Attributes:
        operation: what is to be done; None while that is not known.
        services: the chosen ones, in the order in which they were said.
        choices: wishes that several services fit, each the numbers of those.
        is_either: whether the client has named a choice with an "or": nothing but the client decides it.
        named: all services that the wishes may mean, in the order in which they were said.
        candidates: the services among which we have asked.
        unclear: words for a service that the salon has not.
        unread: words of the wish that nobody has read; nothing is proposed over them.
        supposed: the services that such a word may be a slip of: a yes to our question means those.
        is_unread_asked: whether the client was asked once what such words mean.
        price: the sum for which it is wished, which may tell which of several services is meant.
        staff: masters of whom any suits; empty for none named.
        is_any_staff: whether the client said that any suits.
        is_other_staff: whether it is to be another than the visit's.
        whens: days and times wished for, of which any suits; refused ones stand in them too.
        record_id: the visit that is to be changed.
        also: the visits that are to be cancelled after that one, each with a yes of its own.
        is_extra: whether it is wished for beside a visit of the same kind.
        shown: the free times that we have shown last, in order: a bare number or time chooses one.
        picked: the one of them that was chosen.
        refused: times that the client did not want, or that were not free any more.
        asked: what our last question was about.
        options: the answers that it left, by line.
        agreed: the fingerprint of a proposal that was agreed to when only a name was missing.
        name, family: what the client is called, where no card says it.
        misses: how many bursts in a row were not understood.
        haggled, refusals: how often the price, and our offers, were refused.
        said: a fingerprint of what we have said last.
        question: the kind of the question that it ended with; empty where it asked nothing.
        inquiries: what was asked last, where nothing was wished for since.
        inquired: the services that it was asked of.
        circles: how often in a row the same was said again, or asked again.
        booked: the visit that was booked last in this talk: of which "а мужу?" is said.
        language: in which it is answered, by its code of ISO 639-1.
        touched_at: when it last changed, by the salon's wall clock.
    """

    operation: VisitOperation | None = None
    services: tuple[int, ...] = ()
    choices: tuple[tuple[int, ...], ...] = ()
    is_either: bool = False
    named: tuple[int, ...] = ()
    excluded_services: frozenset[int] = frozenset()
    candidates: tuple[int, ...] = ()
    unclear: str = ""
    unread: tuple[str, ...] = ()
    supposed: tuple[int, ...] = ()
    is_unread_asked: bool = False
    price: Decimal | None = None
    staff: tuple[int, ...] = ()
    excluded_staff: frozenset[int] = frozenset()
    unknown_staff: str = ""
    is_any_staff: bool = False
    is_other_staff: bool = False
    whens: tuple[When, ...] = ()
    is_earliest: bool = False
    is_same_as_last: bool = False
    guests: tuple[GuestWish, ...] = ()
    guest_count: int | None = None
    record_id: int | None = None
    also: tuple[int, ...] = ()
    is_extra: bool = False
    shown: tuple[Slot, ...] = ()
    picked: Slot | None = None
    refused: frozenset[datetime] = frozenset()
    asked: Asked | None = None
    options: tuple[int, ...] = ()
    agreed: str = ""
    name: str | None = None
    family: str = ""
    misses: int = 0
    haggled: int = 0
    refusals: int = 0
    said: str = ""
    question: str = ""
    inquiries: tuple[Inquiry, ...] = ()
    inquired: tuple[int, ...] = ()
    circles: int = 0
    booked: Slot | None = None
    language: str = "ru"
    touched_at: datetime | None = None

    def is_over(self, now: datetime) -> bool:
        """Whether it is forgotten; `now` is the salon's wall clock."""
        return self.touched_at is not None and now - self.touched_at > LIVES
