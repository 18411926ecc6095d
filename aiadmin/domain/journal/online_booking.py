"""What YClients' online booking offers and takes, as frozen values. Times are the salon's wall clock, naive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from aiadmin.domain.journal.journal import Record
from aiadmin.domain.yclients.write_outcome import Saved, SavedRecord, Unknown

Token = str | int
"""A time as `book_times` spelt it: it goes back unchanged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookableService:
    """A service that is open online.

    Attributes:
        price_min, price_max: the service's own, never a master's.
        length: known where a master was named.
        parts: of a composite service: what is booked in its place, in order.
        is_prepaid: whether it must be paid for before.
        is_group: whether it has events that many come to.
    """

    service_id: int
    title: str
    category_id: int | None = None
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    length: timedelta | None = None
    parts: tuple[int, ...] = ()
    is_prepaid: bool = False
    is_group: bool = False
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookableStaff:
    """Whom online booking shows. Some rows are no people: a waiting list, a room.

    Attributes:
        nearest: the first day with a free time, where YClients says it.
    """

    staff_id: int
    name: str
    is_bookable: bool
    specialization: str | None = None
    nearest: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """When a visit may begin, and how long it then takes with all its services."""

    wall_clock: datetime
    length: timedelta
    token: Token


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupEvent:
    """A class that many come to."""

    event_id: int
    service_id: int | None
    staff_id: int | None
    wall_clock: datetime
    capacity: int
    taken: int

    @property
    def places(self) -> int:
        """How many may still book."""
        return max(self.capacity - self.taken, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class BusySpan:
    """A stretch of a master's day that is taken; `record_id` where a record takes it."""

    first: time
    last: time
    record_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfStaff:
    """A master's working hours and what is taken of them; no hours are a day off."""

    staff_id: int
    day: date
    hours: tuple[tuple[time, time], ...]
    busy: tuple[BusySpan, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRule:
    """Whether clients may change their visits, and how long before them that ends."""

    is_allowed: bool = True
    ban: timedelta = timedelta(0)

    def allows(self, visit: datetime, now: datetime) -> bool:
        """Whether a visit may still be changed; both times are the salon's wall clock."""
        return self.is_allowed and now <= visit - self.ban


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRules:
    """What a salon has set for booking online.

    Attributes:
        lead: how long before a visit it may be booked at the latest.
        needs_code: whether YClients wants a code by SMS: then `book_record` is closed to us.
        any_master: whether the master may be left open.
        move, cancel: the salon's rules for its clients; a call with the app's own rights is not held to them.
    """

    lead: timedelta
    needs_code: bool
    any_master: bool
    move: ChangeRule
    cancel: ChangeRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """One visit of a booking: services of one master, one after the other; composite ones are their parts."""

    staff_id: int
    service_ids: tuple[int, ...]
    wall_clock: datetime
    token: Token


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedService:
    """A service at what this client is to pay."""

    service_id: int
    cost: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBooking:
    """A visit that a client has agreed to.

    Attributes:
        api_id: ours, never used before: by it the record is found when the answer is lost.
        client_id: the client's card, if they have one.
    """

    api_id: str
    appointment: Appointment
    phone: str = field(repr=False)
    name: str
    comment: str = ""
    client_id: int | None = None

    def __repr__(self) -> str:
        return f"NewBooking(api_id={self.api_id!r}, appointment={self.appointment!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Where a record is to go; what is None stays, and so does all else of the record."""

    wall_clock: datetime
    length: timedelta | None = None
    staff_id: int | None = None
    services: tuple[PricedService, ...] | None = None


def read_back(api_id: str, asked: Appointment, records: Sequence[Record]) -> Saved | Unknown:
    """Whether a booking whose answer was lost is in the journal: exactly one record of ours, and still as asked for.

    None, two, or one that is deleted or different by now leave it unknown: a human has to look.
    """
    ours = [record for record in records if record.api_id == api_id]
    if len(ours) != 1 or not _is_as_asked(asked, ours[0]):
        return Unknown()
    return Saved((SavedRecord(record_id=ours[0].record_id),))


def _is_as_asked(asked: Appointment, record: Record) -> bool:
    """The order of the services is YClients' own."""
    booked = sorted(number for service in record.services for number in service.each())
    return (
        not record.is_deleted
        and record.wall_clock == asked.wall_clock
        and record.staff_id == asked.staff_id
        and booked == sorted(asked.service_ids)
    )


def is_moved(record: Record, move: Move) -> bool:
    """Whether a record as it was just read stands where a move was to bring it."""
    is_there = move.staff_id in (None, record.staff_id) and record.wall_clock == move.wall_clock
    wanted = None if move.services is None else sorted(one.service_id for one in move.services)
    booked = sorted(number for service in record.services for number in service.each())
    return not record.is_deleted and is_there and wanted in (None, booked)
