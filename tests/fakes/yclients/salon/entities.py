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
class Service:
    """What a salon sells; ``duration`` in seconds, prices in roubles."""

    id: int
    title: str
    category_id: int
    price_min: int
    price_max: int
    duration: int
    active: bool = True
    weight: int = 0
    comment: str = ""


@dataclass(slots=True)
class Master:
    """Who works there, and the services of theirs."""

    id: int
    name: str
    specialization: str
    service_ids: list[int]
    position: str | None = None
    fired: bool = False
    deleted: bool = False
    hidden: bool = False


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
    labels: list[Label] = field(default_factory=list)
    custom_fields: dict[str, Any] = field(default_factory=dict)
