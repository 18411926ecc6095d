"""What a salon's journal is made of. Times of visits are the salon's own, without a zone, as YClients keeps them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(slots=True)
class Label:
    """A coloured mark: on clients it is called a category, on records a label."""

    id: int
    title: str
    color: str = "#e8d313"


@dataclass(slots=True)
class Category:
    """A heading that services stand under."""

    id: int
    title: str
    weight: int = 0
    api_id: str = ""


@dataclass(slots=True)
class Terms:
    """What one master asks for a service, and needs for it in seconds; None is as everybody's."""

    price: int | None = None
    length: int | None = None


@dataclass(slots=True)
class Service:
    """What a salon sells; lengths in seconds, prices in roubles, 0 as the highest one for none.

    Attributes:
        active: whether it can be booked online.
        prepaid: ``forbidden``, ``allowed`` or ``required``.
        parts: of a composite service: the services that are booked in its place, in order.
        capacity: how many come to a group service; 0 for an ordinary one.
        terms: of masters who differ, by staff id.
        search_start, search_finish, search_step: the seconds of a day at which it may begin; the end is not one.
        technical_break: how long the master tidies up afterwards.
    """

    id: int
    title: str
    category_id: int
    price_min: int
    price_max: int
    duration: int
    active: bool = True
    weight: int = 0
    comment: str = ""
    prepaid: str = "forbidden"
    parts: list[int] = field(default_factory=list)
    capacity: int = 0
    terms: dict[int, Terms] = field(default_factory=dict)
    search_start: int = 0
    search_finish: int = 86_400
    search_step: int = 900
    technical_break: int = 0

    def length_with(self, staff_id: int) -> int:
        """Seconds that this master needs."""
        own = self.terms.get(staff_id, Terms()).length
        return self.duration if own is None else own

    def price_with(self, staff_id: int) -> int:
        """What this master asks, at least."""
        own = self.terms.get(staff_id, Terms()).price
        return self.price_min if own is None else own


@dataclass(slots=True)
class Activity:
    """A group event: so many may come, and so many have booked."""

    id: int
    service_id: int
    staff_id: int
    date: datetime
    length: int
    capacity: int
    taken: int = 0


@dataclass(slots=True)
class OnlineRules:
    """What a salon has set for its online booking.

    Attributes:
        is_open: whether there is any.
        any_master: whether a client may leave the master open (``staff_id`` 0).
        lead_minutes: how long before a visit it may be booked at the latest.
        horizon_days: how many days ahead; None is without end.
        most_guests: how many a client may book at once for a group event.
    """

    is_open: bool = True
    any_master: bool = True
    lead_minutes: int = 0
    horizon_days: int | None = None
    most_guests: int = 1


@dataclass(slots=True)
class Master:
    """Who works there, and the services of theirs.

    Attributes:
        stands_in: whether YClients takes this row when a client leaves the master open.
    """

    id: int
    name: str
    specialization: str
    service_ids: list[int]
    position: str | None = None
    fired: bool = False
    deleted: bool = False
    hidden: bool = False
    stands_in: bool = True


@dataclass(slots=True)
class Client:
    """Who comes there.

    Attributes:
        phone: digits, or empty.
        sex_id: 1 male, 2 female, 0 unknown.
        sms_check: 1 if the salon congratulates them on their birthday.
        sms_not: 1 if they want no mailings.
    """

    id: int
    name: str
    phone: str
    created: datetime
    changed: datetime
    surname: str = ""
    patronymic: str = ""
    email: str = ""
    sex_id: int = 0
    importance_id: int = 0
    discount: int = 0
    card: str = ""
    birth_date: date | None = None
    comment: str = ""
    sms_check: int = 0
    sms_not: int = 0
    spent: int = 0
    paid: int = 0
    balance: int = 0
    categories: list[Label] = field(default_factory=list)
    custom_fields: dict[str, Any] = field(default_factory=dict)
    comments: list[dict[str, Any]] = field(default_factory=list)
    is_blacklisted: bool = False

    @property
    def display_name(self) -> str:
        return f"{self.name} {self.surname}".strip()


@dataclass(slots=True)
class Sold:
    """One service of one visit, with the price that was agreed."""

    service_id: int
    title: str
    cost: int
    first_cost: int
    discount: int = 0


@dataclass(slots=True)
class Record:
    """A visit: past, booked or deleted. ``attendance``: 2 confirmed, 1 came, 0 expected, -1 did not come.

    Attributes:
        client_id: None for a slot that was blocked without a client.
        record_hash: the key of whoever booked online, to read and delete the record without a user's token.
        seance_length: seconds.
        technical_break: seconds after it in which the master takes nobody.
        prepaid: whether it was booked online against a payment that has not come.
    """

    id: int
    visit_id: int
    staff_id: int
    client_id: int | None
    date: datetime
    seance_length: int
    services: list[Sold]
    created: datetime
    changed: datetime
    record_hash: str
    attendance: int = 0
    comment: str = ""
    online: bool = False
    deleted: bool = False
    api_id: str = ""
    created_user_id: int = 0
    sms_remain_hours: int = 0
    email_remain_hours: int = 0
    custom_color: str = ""
    activity_id: int = 0
    by_partner: bool = False
    technical_break: int = 0
    prepaid: bool = False
    labels: list[Label] = field(default_factory=list)
    custom_fields: dict[str, Any] = field(default_factory=dict)
