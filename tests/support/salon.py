"""A salon that is in YClients and with us, whose phone is linked and whose client has a booking tomorrow."""

from __future__ import annotations

import copy
import itertools
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar, cast
from zoneinfo import ZoneInfo

import pytest

from aiadmin.domain.chat.burst import QUIET
from aiadmin.domain.chat.confirmation import Question
from aiadmin.domain.hosting.device import Device, LinkedAccount, Observed
from aiadmin.domain.hosting.session import Session
from aiadmin.domain.ids import CompanyId, ContactId, HostId, MessageId
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import (
    DeviceClaim,
    Direction,
    MessageKind,
    MessageSeen,
    NewMessage,
    OutboxMessage,
    Purpose,
    ReceivedEvent,
)
from aiadmin.services.hosting import sessions
from aiadmin.services.messages import messages
from tests.fakes.yclients.client import FakeYClients
from tests.support.database import Databases
from tests.support.world import Salons

MOSCOW = ZoneInfo("Europe/Moscow")
_NUMBERS = itertools.count(1)


T = TypeVar("T")
_FRESH_SECONDS = 60.0


class Begin(Protocol):
    """Make something, or put it back where another test of the file has made the same (`Beginnings`)."""

    def __call__(self, name: str, make: Callable[[], T], /) -> T: ...


class Salon:
    """One salon; `booking` is the client's, as YClients shows it."""

    def __init__(self, salons: Salons, yclients: FakeYClients) -> None:
        self.salons, self.yclients, self.box, self.world = salons, yclients, salons.box, salons.world
        self.installed = salons.install(clients=5, records=5)  # beside `booking`; every test reads them all
        self.company_id: CompanyId = self.installed.company_id
        self.salon_id = self.installed.salon_id
        number = next(_NUMBERS)
        self.phone, self.own_phone = f"7999111{number:04}", f"7999000{number:04}"
        self.lid = f"{number}000@lid"
        self.booking = self.book()
        self.device = self.link()
        self.is_read = False
        self.begin: Begin = lambda _name, make: make()

    def listen(self) -> None:
        """Its journal is read, if it has not been; what happens from now on is news."""
        if not self.is_read:
            self.salons.listen(self.installed)
            self.is_read = True

    def within(self, salons: Salons) -> Salon:
        """The same one, for whom the database and YClients are as they were."""
        same = copy.copy(self)
        same.salons, same.box, same.world = salons, salons.box, salons.world
        same.booking = copy.deepcopy(self.booking)
        return same

    def book(self, hour: int = 12, days: int = 1, **fields: Any) -> dict[str, Any]:
        """Somebody at the desk books for the client; our reading of the journal is told nothing yet."""
        day = datetime.now(MOSCOW).date() + timedelta(days=days)
        state = self.yclients.state(self.salon_id)
        given: dict[str, Any] = {
            "datetime": f"{day} {hour:02}:00:00",
            "staff_id": state["staff"][0]["id"],
            "services": [{"id": state["services"][0]["id"]}],
            "client": {"phone": self.phone, "name": "Анна"},
            "comment": "любит чай",
        }
        return self.yclients.add_record(self.salon_id, **given | fields)

    def record(self, record_id: int | None = None) -> dict[str, Any]:
        """The booking as YClients has it now."""
        number = record_id or self.booking["id"]
        [found] = [one for one in self.yclients.state(self.salon_id)["records"] if one["id"] == number]
        return dict(found)

    def starts_at(self, booking: dict[str, Any] | None = None) -> datetime:
        return datetime.fromisoformat((booking or self.booking)["date"]).replace(tzinfo=MOSCOW)

    def link(self) -> Device:
        """The salon's phone, held by a living host and online."""
        host_id, now = HostId(uuid.uuid4()), self.world.clock()
        with self.world.uow() as work:
            account = LinkedAccount(jid=f"{self.own_phone}:1@s.whatsapp.net", lid=None)
            work.devices.add(self.company_id, account, now)
            work.hosts.add(host_id, lease=timedelta(hours=1), capacity=9, name="box:1")
            [device] = work.devices.adopt(host_id, limit=1, now=now)
            work.commit()
        self.world.change(self.company_id, "whatsapp_phone", self.own_phone)
        self.observe(device, Observed.ONLINE)
        return device

    def observe(self, device: Device, observed: Observed) -> None:
        assert sessions.observe(device, Session(observed=observed, since=self.world.clock()), uow=self.world.uow)

    def contact(self) -> ContactId:
        with self.world.uow() as work:
            found = work.contacts.upsert(
                self.company_id, IdentityObservation(lid=self.lid, phone=self.phone), self.world.clock()
            )
            work.commit()
        return found

    def ask(self, booking: dict[str, Any] | None = None, **facts: Any) -> Question:
        """As a reminder does that was sent when it was asked."""
        about = booking or self.booking
        asked_at = facts.get("asked_at", self.world.clock())
        given: dict[str, Any] = {
            "company_id": self.company_id,
            "record_id": about["id"],
            "starts_at": self.starts_at(about),
            "visit_id": about["visit_id"],
            "contact_id": self.contact(),
            "asked_at": asked_at,
            "message_id": self.sent(Purpose.REMINDER_DAY, record_id=about["id"], at=asked_at),
        }
        question = Question(**given | facts)
        with self.world.uow() as work:
            work.questions.ask(question)
            work.commit()
        return question

    def sent(self, purpose: Purpose, *, text: str = "?", at: datetime | None = None, **facts: Any) -> MessageId:
        """A message of ours to the client that WhatsApp has taken; its id there is `M` and its number."""
        sent_at = at or self.world.clock()
        new = NewMessage(
            company_id=self.company_id,
            text=text,
            dedup_key=uuid.uuid4().hex,
            deadline_at=None,
            purpose=purpose,
            **facts,
        )
        with self.world.uow() as work:
            number = work.outbox_messages.add(new, self.contact(), sent_at)
            work.commit()
        assert number is not None
        self.world.execute(
            "UPDATE outbox_messages SET state = 'sent', next_attempt_at = NULL, sent_at = :at, device_id = :device,"
            " message_id = :name WHERE id = :id",
            at=sent_at,
            device=self.device.device_id,
            name=f"M{number}",
            id=number,
        )
        return number

    def hear(self, text: str | None, *, direction: Direction = Direction.IN, **facts: Any) -> None:
        """The client writes, or the salon's own phone writes to the client, and then is quiet for long enough."""
        given: dict[str, Any] = {
            "message_id": uuid.uuid4().hex,
            "peer": IdentityObservation(lid=self.lid, phone=self.phone),
            "direction": direction,
            "kind": MessageKind.TEXT,
            "text": text,
            "media": None,
            "quoted_id": None,
            "sent_at": self.world.clock(),
        }
        event = MessageSeen(**given | facts)
        heard = ReceivedEvent(
            device_id=self.device.device_id,
            company_id=self.company_id,
            event=event,
            received_at=self.world.clock() - QUIET,
        )
        messages.store([heard], uow=self.world.uow)

    def say(self, text: str | None, **facts: Any) -> None:
        """The client writes, and we look at it at once."""
        self.hear(text, **facts)
        assert self.box.chat_handler.work() == 1

    def owed(self) -> list[tuple[str, str, str]]:
        """To whom, why and what we owe, in order."""
        rows = self.world.rows(
            "SELECT c.phone, m.purpose, m.text FROM outbox_messages m JOIN contacts c ON c.id = m.contact_id"
            " WHERE m.company_id = :id AND m.state = 'pending' ORDER BY m.id",
            id=self.company_id,
        )
        return [(row[0], row[1], row[2]) for row in rows]

    def pull(self) -> list[OutboxMessage]:
        """What a host takes to send."""
        hold = DeviceClaim(device_id=self.device.device_id, epoch=self.device.epoch)
        return list(messages.pull([hold], uow=self.world.uow, clock=self.world.clock))


@pytest.fixture
def new_salon(salons: Salons, yclients: FakeYClients) -> Callable[[], Salon]:
    return lambda: Salon(salons, yclients)


@dataclass(frozen=True)
class Kept:
    """What there was at a moment of a test: `value` is what the test knew of it."""

    value: Any
    rows: str
    at: float


_BEFORE = """
SELECT md5(string_agg(line, '' ORDER BY line)) FROM (
    SELECT records::text FROM records UNION ALL SELECT notices::text FROM notices
    UNION ALL SELECT outbox_messages::text FROM outbox_messages UNION ALL SELECT questions::text FROM questions
    UNION ALL SELECT contacts::text FROM contacts UNION ALL SELECT settings::text FROM message_settings
) AS lines (line)
"""


class Beginnings:
    """States that several tests of a file come to, each made by the first of them.

    Making one costs as much as all that a test does then. It is put back only where everything was the same before,
    and made anew when it is a minute old: to the product what is in it has happened just now.
    """

    def __init__(self, kept: dict[str, Kept], salon: Salon, databases: Databases, database_url: str) -> None:
        self._kept, self._salon, self._databases, self._database_url = kept, salon, databases, database_url

    def __call__(self, name: str, make: Callable[[], T], /) -> T:
        yclients = self._salon.yclients
        [(before,)] = self._salon.world.rows(_BEFORE)
        key = f"{name}, {datetime.now(MOSCOW).date()}, {before}, {len(yclients.deliveries())}"
        kept = self._kept.get(key)
        if kept is None or time.monotonic() - kept.at > _FRESH_SECONDS:
            value = make()
            yclients.keep(key)
            rows = self._databases.keep(self._database_url)
            self._kept[key] = Kept(copy.deepcopy(value), rows, time.monotonic())
            return value
        yclients.restore(key)
        yclients.settings(hooks_are_held=True)
        self._databases.replace_rows(self._database_url, kept.rows)
        return cast("T", copy.deepcopy(kept.value))


@dataclass(frozen=True)
class ReadOnce:
    """Salons, mostly after the first reading of their journals, which costs as much as all that a test does then."""

    salons: list[Salon]
    rows: str


@pytest.fixture(scope="module")
def kept() -> dict[str, Kept]:
    return {}


@pytest.fixture(scope="module")
def read_once() -> dict[str, ReadOnce]:
    """What a module's tests begin with: so many salons, read or not, on a day: bookings are so many days off."""
    return {}


@pytest.fixture
def read_salons(
    salons: Salons,
    yclients: FakeYClients,
    databases: Databases,
    database_url: str,
    read_once: dict[str, ReadOnce],
    kept: dict[str, Kept],
) -> Callable[..., list[Salon]]:
    """Makes so many salons whose journals have been read: what happens from now on is news. Or have not."""

    def begin_with(count: int, *, is_read: bool = True) -> list[Salon]:
        key = f"{count}, read: {is_read}, {datetime.now(MOSCOW).date()}"
        if key not in read_once:
            made = [Salon(salons, yclients) for _ in range(count)]
            for salon in made:
                if is_read:
                    salon.listen()
            yclients.keep(key)
            read_once[key] = ReadOnce([salon.within(salons) for salon in made], databases.keep(database_url))
        else:
            yclients.restore(key)
            yclients.settings(hooks_are_held=True)
            databases.fill(database_url, read_once[key].rows)
        same = [salon.within(salons) for salon in read_once[key].salons]
        for salon in same:
            salon.begin = Beginnings(kept, salon, databases, database_url)
        return same

    return begin_with


@pytest.fixture
def read_salon(read_salons: Callable[..., list[Salon]]) -> Salon:
    [salon] = read_salons(1)
    return salon


@pytest.fixture
def salon(read_salons: Callable[..., list[Salon]]) -> Salon:
    [salon] = read_salons(1, is_read=False)
    return salon
