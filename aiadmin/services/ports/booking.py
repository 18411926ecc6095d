"""YClients' booking, as a chat needs it: what is offered, and the changes that a client has agreed to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from aiadmin.domain.ids import SalonId
from aiadmin.domain.journal.journal import Raw, Record
from aiadmin.domain.journal.online_booking import (
    Appointment,
    BookableService,
    BookableStaff,
    BookingRules,
    DayOfStaff,
    GroupEvent,
    Move,
    NewBooking,
    Start,
)
from aiadmin.domain.yclients.write_outcome import WriteOutcome


class BookingOffers(Protocol):
    """What can be booked. A client waits: a call has a deadline of seconds and an interactive turn.

    Every method raises a `domain.yclients.error.YClientsError`: then nothing is known, neither free nor busy. An
    empty answer is one: there is nothing. Times are the salon's wall clock, and none may be kept for a later turn.
    `services` are in the order in which they are done, composite ones as their parts.
    """

    def services(
        self,
        salon_id: SalonId,
        *,
        staff_id: int | None = None,
        at: datetime | None = None,
        beside: Sequence[int] = (),
    ) -> Sequence[BookableService]:
        """Services and group services that are open online, or can still be added at a time, beside others."""
        ...

    def staff(
        self, salon_id: SalonId, *, services: Sequence[int] = (), at: datetime | None = None
    ) -> Sequence[BookableStaff]:
        """Everybody who is shown, and who is bookable for these services, at that time if one is named."""
        ...

    def days(
        self,
        salon_id: SalonId,
        *,
        services: Sequence[int],
        first: date,
        last: date,
        zone: str,
        staff_id: int | None = None,
    ) -> Sequence[date]:
        """The days with a free time, earliest first; ValueError as `starts`."""
        ...

    def starts(self, salon_id: SalonId, *, services: Sequence[int], day: date, staff_id: int = 0) -> Sequence[Start]:
        """When these may begin on a day, earliest first; master 0 is any of them, and whose a time is, is not said.

        Raises ValueError without services: YClients would answer with times of another length.
        """
        ...

    def nearest(self, salon_id: SalonId, *, services: Sequence[int], staff_id: int, zone: str) -> Sequence[Start]:
        """The times of the first day on which a master has any; ValueError as `starts`."""
        ...

    def events(self, salon_id: SalonId, *, services: Sequence[int] = ()) -> Sequence[GroupEvent]:
        """Group events to come, earliest first."""
        ...

    def rules(self, salon_id: SalonId, company: Raw | None = None) -> BookingRules:
        """The salon's rules; two calls, or one where its `company` was read just now (`SalonDetails.raw`)."""
        ...

    def day(self, salon_id: SalonId, *, day: date, staff_id: int) -> DayOfStaff | None:
        """A master's hours and what is taken of them; None where the day is not planned."""
        ...


class BookingRecords(Protocol):
    """A client's records, read live. Errors and deadlines are those of `BookingOffers`; nothing names a phone."""

    def of_client(
        self, salon_id: SalonId, client_id: int, *, zone: str, country: str, first: date
    ) -> Sequence[Record]:
        """What a card has from a day on; deleted records are left out."""
        ...

    def record(self, salon_id: SalonId, record_id: int, *, zone: str, country: str) -> Record | None:
        """One record as it is now, with all that a change of it has to send back; None where there is none."""
        ...

    def on_day(self, salon_id: SalonId, *, staff_id: int, day: date, zone: str, country: str) -> Sequence[Record]:
        """A master's records of a day, deleted ones too: where a lost answer is looked for (`read_back`)."""
        ...

    def cards(self, salon_id: SalonId, phone: str) -> Sequence[int]:
        """The cards with this phone, which goes in the body: there may be none, or several."""
        ...


class BookingWrites(Protocol):
    """Changes. Never raises for what the network or YClients does: the outcome says it; none is made twice."""

    def check(self, salon_id: SalonId, appointments: Sequence[Appointment]) -> WriteOutcome:
        """Whether these could be booked now; changes nothing."""
        ...

    def book(self, salon_id: SalonId, booking: NewBooking) -> WriteOutcome:
        """Book as a client does online: all rules of the salon hold. The usual way."""
        ...

    def enter(self, salon_id: SalonId, booking: NewBooking, *, start: Start) -> WriteOutcome:
        """Book as the desk does, where the salon wants a code by SMS.

        YClients looks at no rule of online booking then but whether the time is free: all others are ours to hold.
        """
        ...

    def move(self, salon_id: SalonId, record: Record, move: Move) -> WriteOutcome:
        """Bring a record, as it was read just now, to another time; all else of it stays."""
        ...

    def cancel(self, salon_id: SalonId, record_id: int) -> WriteOutcome:
        """Delete a record; never a no-show, which would be held against the client."""
        ...


class BookingApi(BookingOffers, BookingRecords, BookingWrites, Protocol):
    """All of it."""
