"""What a salon's journal at YClients holds, as frozen values: read leniently at the edge, exact from here on.

Every value carries `raw`, the entity as it came. Times are aware; money is exact; phones are digits with the
country code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import IntEnum
from typing import Any, Generic, Protocol, TypeVar

from aiadmin.domain.messages.contact import spellings

Raw = Mapping[str, Any]
DEFAULT_ZONE = "Europe/Moscow"
"""By which a salon's times are read as long as it has not said where it is."""
T = TypeVar("T")


class Attendance(IntEnum):
    """Where a visit stands; YClients' own numbers (REST, section Records)."""

    NO_SHOW = -1
    WAITING = 0
    CAME = 1
    CONFIRMED = 2


@dataclass(frozen=True, kw_only=True)
class SalonDetails:
    """What the salon says about itself.

    Attributes:
        timezone: an IANA name.
        country: ISO 3166 code of two letters, or None.
        currency: the sign that stands behind a sum, or None.
    """

    salon_id: int
    title: str
    timezone: str
    address: str | None = None
    phone: str | None = field(default=None, repr=False)
    country: str | None = None
    currency: str | None = None
    raw: Raw = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class Category:
    """A category of services."""

    category_id: int
    title: str
    raw: Raw = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class MasterTerms:
    """What one master asks for a service, None as everybody does, and how long it takes there."""

    staff_id: int
    price: Decimal | None = None
    length: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service; `length` is how long it takes.

    Attributes:
        masters: who does it, each on which terms; only `GET /company/services` says.
        parts: of a composite service: what is booked in its place, in order.
        is_group: whether it has events that many come to.
        is_prepaid: whether it must be paid for before.
        comment: what the salon says of it.
        earliest, latest: the times of day at which it may begin; `latest` itself is not one. None is any.
    """

    service_id: int
    title: str
    category_id: int | None = None
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    length: timedelta | None = None
    is_online: bool = True
    masters: tuple[MasterTerms, ...] = ()
    parts: tuple[int, ...] = ()
    is_group: bool = False
    is_prepaid: bool = False
    comment: str = ""
    earliest: time | None = None
    latest: time | None = None
    raw: Raw = field(default_factory=dict, repr=False)

    def price_with(self, staff_id: int) -> tuple[Decimal | None, Decimal | None]:
        """The lowest and the highest price: the master's own where there is one. An open end is None."""
        own = next((one.price for one in self.masters if one.staff_id == staff_id), None)
        return (own, own) if own is not None else (self.price_min, self.price_max or None)

    def length_with(self, staff_id: int) -> timedelta | None:
        """How long it takes with a master."""
        own = next((one.length for one in self.masters if one.staff_id == staff_id), None)
        return own or self.length


@dataclass(frozen=True, kw_only=True)
class StaffMember:
    """A member of the salon's staff."""

    staff_id: int
    name: str
    specialization: str | None = None
    is_fired: bool = False
    is_hidden: bool = False
    raw: Raw = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class WorkDay:
    """The working hours of a member of staff on one day, in the salon's time."""

    staff_id: int
    day: date
    slots: tuple[tuple[time, time], ...]
    raw: Raw = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class Client:
    """The salon's customer. `is_muted` is YClients' `sms_not`: the salon sends this person no mailings."""

    client_id: int
    name: str | None = None
    phone: str | None = field(default=None, repr=False)
    email: str | None = None
    is_muted: bool = False
    visits: int = 0
    last_visit_on: date | None = None
    raw: Raw = field(default_factory=dict, repr=False)

    def anonymous(self) -> Client:
        """That there is such a client, and nothing of who it is."""
        return replace(self, name=None, phone=None, email=None, is_muted=True, raw={})


@dataclass(frozen=True, kw_only=True)
class BookedService:
    """A service inside a record; `cost` is what is to be paid for all `amount` of it."""

    service_id: int
    title: str
    cost: Decimal | None = None
    amount: int = 1

    def each(self) -> tuple[int, ...]:
        """Its number, as often as it is booked."""
        return (self.service_id,) * self.amount


@dataclass(frozen=True, kw_only=True)
class Record:
    """A booking.

    Attributes:
        client_id: None for a slot that the salon has blocked.
        starts_at: aware; from the naive local time and the salon's timezone, for the offset that comes may be wrong.
        wall_clock: that local time, naive: what the salon's clock shows. It is what the desk has written; `starts_at`
            also changes when the salon corrects its timezone, or the timezone its rules, and then nothing was moved.
        is_unpaid: booked online against a prepayment that has not come; YClients takes the booking back without it.
        changed_at: YClients' `last_change_date`, or None.
        created_at: YClients' `create_date`, or None; it tells a new booking from one that we had not heard of.
        is_group: a group event (`activity_id` > 0).
        api_id: what the app that made it has called it, or None.
    """

    record_id: int
    visit_id: int | None
    staff_id: int | None
    staff_name: str | None
    client_id: int | None
    client_name: str | None
    client_phone: str | None = field(repr=False)
    starts_at: datetime
    length: timedelta
    services: tuple[BookedService, ...]
    attendance: Attendance
    is_deleted: bool
    changed_at: datetime | None = None
    created_at: datetime | None = None
    comment: str = ""
    is_online: bool = False
    is_group: bool = False
    wall_clock: datetime | None = None
    is_unpaid: bool = False
    api_id: str | None = None
    raw: Raw = field(default_factory=dict, repr=False)

    def anonymous(self) -> Record:
        """The booking without whose it is."""
        return replace(self, client_name=None, client_phone=None, comment="", raw={})


class OfClient(Protocol):
    """Something of one client: a booking, or a notice's copy of one."""

    @property
    def client_id(self) -> int | None: ...

    @property
    def client_phone(self) -> str | None: ...


class AtTime(Protocol):
    """Something at a time of the salon's: a booking, or a notice's copy of one."""

    @property
    def starts_at(self) -> datetime: ...

    @property
    def wall_clock(self) -> datetime | None: ...


class OfVisit(OfClient, AtTime, Protocol):
    """Whose, and when."""


def is_same_person(one: OfClient, other: OfClient) -> bool:
    """Whether two bookings are of one client: by the card, or by the phone, for one person may have several cards.

    A number that is written in two ways is one.
    """
    if one.client_id is None or other.client_id is None:
        return one.client_id == other.client_id
    return one.client_id == other.client_id or not _numbers(one).isdisjoint(_numbers(other))


def is_same_number(one: OfClient, other: OfClient) -> bool:
    """Whether two bookings have one phone, in whatever spelling; one that is not known may be any."""
    theirs, others = _numbers(one), _numbers(other)
    return not theirs or not others or not theirs.isdisjoint(others)


def _numbers(one: OfClient) -> frozenset[str]:
    return spellings([one.client_phone] if one.client_phone else [])


def is_same_time(one: AtTime, other: AtTime) -> bool:
    """Whether two bookings begin when the salon's clock shows the same; as instants where that is not known."""
    if one.wall_clock is not None and other.wall_clock is not None:
        return one.wall_clock == other.wall_clock
    return one.starts_at == other.starts_at


ONE_VISIT = timedelta(hours=12)
"""What begins later than this after something else is another visit, whatever number they share."""


def is_near(one: AtTime, other: AtTime) -> bool:
    """Whether two bookings may be of one visit."""
    return abs(one.starts_at - other.starts_at) < ONE_VISIT


def is_one_visit(one: OfVisit, other: OfVisit) -> bool:
    """Whether two bookings that share the number of a visit are one for their client: hers, and not far apart."""
    return is_same_person(one, other) and is_near(one, other)


def is_overlapping(at: datetime, length: timedelta, other: Record) -> bool:
    """Whether something that begins `at` and is so long overlaps a booking in time."""
    return at == other.starts_at or (at < other.starts_at + other.length and other.starts_at < at + length)


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """One page of a list.

    Attributes:
        total: the rows of all pages, or None when YClients does not say.
        skipped: how many rows were on the page that could not be read: it is full when they and `rows` make it full,
            and what is not among `rows` is not known to be gone.
    """

    rows: Sequence[T]
    total: int | None = None
    skipped: int = 0


@dataclass(frozen=True, kw_only=True)
class WebhookSettings:
    """Where YClients sends a salon's webhooks, for every app at once."""

    urls: tuple[str, ...]
    is_active: bool
    flags: Mapping[str, bool] = field(default_factory=dict)
