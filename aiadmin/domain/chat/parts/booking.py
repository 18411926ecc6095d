"""What replies say about a new visit: values of the turn's facts, and the questions that go with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from aiadmin.domain.chat.dialogue import GuestWish, Slot
from aiadmin.domain.chat.situation import OwnVisit
from aiadmin.domain.chat.steps import Part
from aiadmin.domain.chat.when import Never, PartOfDay
from aiadmin.domain.journal.online_booking import GroupEvent

# --- questions ---


@dataclass(frozen=True, kw_only=True)
class WhatFor(Part):
    """Which service, where nothing is known; what there is, by category."""

    categories: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class WhichService(Part):
    """Which of several services; whether there are more of them than are named."""

    services: tuple[int, ...]
    has_more: bool = False


@dataclass(frozen=True, kw_only=True)
class WhichMaster(Part):
    """With which of several masters.

    Attributes:
        or_wait_for: the master who was asked for, and is away.
    """

    staff: tuple[int, ...]
    or_wait_for: int | None = None


@dataclass(frozen=True, kw_only=True)
class NoSuchMoment(Part):
    """A day or a time that was named, and that there is not, or not any more, or not yet."""

    why: Never
    said: str


@dataclass(frozen=True)
class WhichDay(Part):
    """Which of two days that words may mean."""

    days: tuple[date, ...]


class WhichTime(Part):
    """Which of the times that were said."""


class AnotherTime(Part):
    """Whether another time is to be looked for."""


class YourName(Part):
    """What the client is called: all else is agreed."""


class OneAtATime(Part):
    """Visits are booked one by one, though they were wished for each week."""


@dataclass(frozen=True, kw_only=True)
class OneMoreOrMove(Part):
    """Whether a visit like one that is there is to be added, or that one moved."""

    visit: OwnVisit


@dataclass(frozen=True, kw_only=True)
class Shall(Part):
    """Whether a proposal suits; what else is still missing is asked in the same sentence."""

    is_name_missing: bool = False
    guest: GuestWish | None = None


# --- what is offered ---


@dataclass(frozen=True, kw_only=True)
class Offered(Part):
    """A visit, or several, that wait for a yes; for whom each is, None for the client."""

    slots: tuple[Slot, ...]
    guests: tuple[GuestWish | None, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FreeTimes(Part):
    """Free times to choose from.

    Attributes:
        also: one that is there besides.
        has_more: whether there are further ones.
    """

    slots: tuple[Slot, ...]
    also: Slot | None = None
    has_more: bool = False


# --- why it is not what was asked for ---


@dataclass(frozen=True, kw_only=True)
class NotFree(Part):
    """What was asked for is not free; no reason is known, and none is given.

    Attributes:
        is_window: whether a part of the day was asked for.
        part: which one, where it has a word.
    """

    days: tuple[date, ...] = ()
    at: time | None = None
    staff_id: int | None = None
    is_window: bool = False
    part: PartOfDay | None = None


@dataclass(frozen=True, kw_only=True)
class NotAvailable(Part):
    """What was offered is not booked.

    Attributes:
        is_gone: whether that is because the time is not free any more.
    """

    slots: tuple[Slot, ...]
    is_gone: bool = True


class NotInARow(Part):
    """No time was found at which several services go one after the other."""


class NoOtherTime(Part):
    """There is no free time but what was named before."""


@dataclass(frozen=True, kw_only=True)
class OnlyMasters(Part):
    """Nobody else does a service."""

    staff: tuple[int, ...]
    services: tuple[int, ...]


class NothingFree(Part):
    """No free time was found at all."""


class CannotLook(Part):
    """Free times cannot be seen now: neither free nor busy."""


@dataclass(frozen=True, kw_only=True)
class MasterAway(Part):
    """A master does not work on the days that were asked for, and when they are back, where that is planned."""

    staff_id: int
    back_on: date | None
    days: tuple[date, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NoSuchMaster(Part):
    """Nobody here is called so; who there is for what was asked."""

    staff: tuple[int, ...]
    services: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class NotTheirs(Part):
    """A master does not do a service; who does."""

    staff_id: int
    services: tuple[int, ...]
    staff: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class NoSuchService(Part):
    """The salon has no such service; which ones are nearest, by category."""

    said: str
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OnlyThen(Part):
    """A service begins at certain times only, as the salon says."""

    service_id: int


@dataclass(frozen=True, kw_only=True)
class AfterNight(Part):
    """What is written so late is offered not before a certain hour."""

    after: time
    not_before: time


@dataclass(frozen=True, kw_only=True)
class NotTogether(Part):
    """Several guests cannot be served at once: only these masters work then."""

    staff: tuple[int, ...]
    days: tuple[date, ...] = ()


class PriceAsListed(Part):
    """Prices are as they are listed."""


# --- what a human does ---


@dataclass(frozen=True, kw_only=True)
class Prepaid(Part):
    """A service has to be paid for before; the nearest time, where there is one."""

    service_id: int
    nearest: Slot | None = None


@dataclass(frozen=True, kw_only=True)
class ForGroup(Part):
    """A service that many come to, with the events to come."""

    service_id: int
    events: tuple[GroupEvent, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ByAdministrator(Part):
    """A visit that only a human books, with what was wished for."""

    services: tuple[int, ...] = ()


class AgreeWithSalon(Part):
    """A human answers here."""


class NotByChat(Part):
    """No visit can be booked for this client in the chat."""


# --- what became of a booking ---


@dataclass(frozen=True, kw_only=True)
class Booked(Part):
    """Visits that are in the journal; the address is said with them."""

    slots: tuple[Slot, ...]
    guests: tuple[GuestWish | None, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Unconfirmed(Part):
    """Visits of which it is not known whether they were booked."""

    slots: tuple[Slot, ...]


class WhatCanWeDo(Part):
    """What the client wants: they have only greeted."""


class NotNow(Part):
    """No visit is looked for any more."""


class OfferIsOver(Part):
    """A yes came too late; what was offered was looked at again."""


class NotBooked(Part):
    """Nothing is booked, as the client wishes."""
