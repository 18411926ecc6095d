"""One salon: everything in its journal."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from tests.fakes.yclients.refusals import RefusedError
from tests.fakes.yclients.salon.entities import (
    Activity,
    Category,
    Client,
    Label,
    Master,
    OnlineRules,
    Record,
    Service,
)
from tests.fakes.yclients.salon.rights import ALL_RIGHTS
from tests.fakes.yclients.salon.script import Script

_T = TypeVar("_T")
Slots = list[tuple[str, str]]
"""When somebody works on a day: `[("10:00", "19:00")]`; an empty list is a day off."""
_FIRST = {"client": 18_936_825, "record": 820_023_001, "visit": 782_629_960, "staff": 5905, "service": 83_169}
OWNER_ID, SYSTEM_USER_ID = 777, 1073232
NOT_FOUND = "Не найдено"

DEFAULT_FLAGS = {
    "active": 1,
    "salon": 1,
    "service_category": 1,
    "service": 1,
    "good": 0,
    "master": 1,
    "client": 1,
    "record": 1,
    "goods_operations_sale": 0,
    "goods_operations_receipt": 0,
    "goods_operations_consumable": 0,
    "goods_operations_stolen": 0,
    "goods_operations_move": 0,
    "finances_operation": 0,
    "schedule": 0,
    "loyalty_card": 0,
    "self_sending": 1,
}
"""What an app of the marketplace gets at its installation. `schedule` and `loyalty_card` have never been copied."""


class Numbers:
    """New ids, the same ones for the same steps. Clients and records have long ones, as in life."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}

    def next(self, kind: str) -> int:
        number = self._next.get(kind, _FIRST.get(kind, 1001))
        self._next[kind] = number + 1
        return number

    def skip(self, kind: str, ahead: int) -> None:
        """Go on so many numbers later."""
        self._next[kind] = self.next(kind) + ahead


@dataclass
class Hook:
    """An address that hears of changes, and of which: a flag for each kind of thing."""

    url: str
    flags: dict[str, int]


@dataclass
class Salon:
    """A salon, with its entities by id.

    Attributes:
        clock: the time now in UTC.
        facts: what it says about itself, beyond and instead of the usual (``shapes.company``).
        schedule: who works when, by staff id and day; a day that is not there is not planned yet.
        rights: what the system user may do here, by group and slug.
        users: who may enter its journal, as `GET /company_users` lists them.
        hooks: the addresses that hear of changes, of whatever app.
        codes: the last one that was sent by SMS, by phone.
        races: how many online bookings find their time taken at the last moment.
        online: the rules of its online booking.
        script: the only times at which visits may begin, where a test says them; else they follow from the journal.
        writes: what an app has changed, oldest first.
    """

    id: int
    clock: Callable[[], datetime]
    numbers: Numbers
    facts: dict[str, Any] = field(default_factory=dict)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Moscow"))
    categories: dict[int, Category] = field(default_factory=dict)
    services: dict[int, Service] = field(default_factory=dict)
    staff: dict[int, Master] = field(default_factory=dict)
    clients: dict[int, Client] = field(default_factory=dict)
    records: dict[int, Record] = field(default_factory=dict)
    labels: dict[int, Label] = field(default_factory=dict)
    schedule: dict[tuple[int, date], Slots] = field(default_factory=dict)
    rights: dict[str, dict[str, bool]] = field(default_factory=lambda: {k: dict(v) for k, v in ALL_RIGHTS.items()})
    users: list[dict[str, Any]] = field(default_factory=list)
    hooks: list[Hook] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    races: int = 0
    online: OnlineRules = field(default_factory=OnlineRules)
    activities: dict[int, Activity] = field(default_factory=dict)
    script: Script | None = None
    writes: list[dict[str, Any]] = field(default_factory=list)
    _visits: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set), repr=False)

    @property
    def title(self) -> str:
        return str(self.facts.get("title", f"Салон {self.id}"))

    def now(self) -> datetime:
        """The salon's own time, whole seconds."""
        return self.clock().astimezone(self.zone).replace(tzinfo=None, microsecond=0)

    def may(self, group: str, slug: str) -> bool:
        return self.rights.get(group, {}).get(slug, False)

    def client(self, number: int) -> Client:
        return found(self.clients, number, "Клиент не найден")

    def record(self, number: int) -> Record:
        return found(self.records, number, "Запись не найдена")

    def master(self, number: int) -> Master:
        return found(self.staff, number, "Сотрудник не найден")

    def service(self, number: int) -> Service:
        return found(self.services, number, "Услуга не найдена")

    def expanded(self, service_ids: Iterable[int]) -> list[int]:
        """These services with each composite one replaced by its parts; raises RefusedError (404)."""
        return [part for number in service_ids for part in self.service(number).parts or [number]]

    def client_with_phone(self, phone: str) -> Client | None:
        return next((client for client in self.clients.values() if client.phone == phone), None) if phone else None

    def plan(self, staff_id: int, day: str, slots: Iterable[Sequence[str]]) -> None:
        """Set a master's hours on a day; none is a day off."""
        self.schedule[staff_id, date.fromisoformat(day)] = [(start, end) for start, end in slots]

    def hear(self, urls: Iterable[str]) -> None:
        """Let these addresses hear of changes, as an app's installation does."""
        known = {hook.url for hook in self.hooks}
        self.hooks += [Hook(url, dict(DEFAULT_FLAGS)) for url in urls if url not in known]

    def deafen(self, urls: Iterable[str]) -> None:
        """Take these addresses away."""
        gone = set(urls)
        self.hooks = [hook for hook in self.hooks if hook.url not in gone]

    def keep(self, record: Record) -> None:
        """Put a record in, or note that it now belongs to another client."""
        self.records[record.id] = record
        if record.client_id is not None:
            self._visits[record.client_id].add(record.id)

    def records_of(self, client_id: int) -> list[Record]:
        """Of one client, oldest id first, deleted ones left out."""
        theirs = [self.records[number] for number in sorted(self._visits.get(client_id, ()))]
        return [one for one in theirs if one.client_id == client_id and not one.deleted]


def hash_of(number: int) -> str:
    """The 32 digits that let a client at their own record."""
    return hashlib.sha256(f"record {number}".encode()).hexdigest()[:32]


def found(table: dict[int, _T], number: int, message: str = NOT_FOUND) -> _T:
    """One of them; raises RefusedError (404)."""
    if number not in table:
        raise RefusedError(404, message)
    return table[number]
