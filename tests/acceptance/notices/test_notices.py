"""What happens at a salon's desk reaches its client's phone, and what the client answers reaches the journal.

Everything is real but WhatsApp and YClients: the processes, the library, the webhooks, the browser at the desk.
One product runs for all of it; each test has a salon, a phone and a client of its own.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, expect

from aiadmin.adapters import embedded
from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.texts.ru import formatting as wording
from aiadmin.texts.ru.manage import PURPOSES
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.fakes.yclients.client import FakeYClients
from tests.support.database import Databases
from tests.support.stack import APP_ID, PARTNER_TOKEN, Stack, running

MOSCOW = ZoneInfo("Europe/Moscow")
AT_ANY_HOUR = {"quiet_from": "00:00", "quiet_to": "00:00", "gather_seconds": 0, "reminder_day": False}
SOON = 60.0
"""Five seconds of quiet, the clock's two, three of typing; and two cores that may be busy."""
_OPEN = """
SELECT 1 FROM notices WHERE state IN ('waiting', 'released')
UNION ALL SELECT 1 FROM refetches
UNION ALL SELECT 1 FROM booking_events WHERE handled_at IS NULL
UNION ALL SELECT 1 FROM outbox_messages WHERE state IN ('pending', 'sending')
"""


@dataclass(frozen=True, kw_only=True)
class World:
    """A running product, its two neighbours, and what is this test's own there: numbers, none of them linked yet."""

    product: Stack
    whatsapp: FakeWhatsApp
    yclients: FakeYClients
    salon_id: int
    phone: str
    client: str


class Salon:
    """A salon whose journal we read and whose phone is linked, as its owner sees it."""

    def __init__(self, world: World) -> None:
        self.world, self.product = world, world.product
        self._token = self.product.install(world.yclients, world.salon_id)
        self.ask("POST", "settings", json={"settings": AT_ANY_HOUR})
        code = self.product.get(f"/marketplace/qr/{self._token}").json()["qr"]
        world.whatsapp.scan(code, phone=world.phone, push_name="Салон")
        self.product.until(self._is_listening, within=60, what="active, read, and listening")

    def _is_listening(self) -> bool:
        """Up to the first look for changes: the next is in ten minutes, so that only a webhook can be quicker."""
        is_ready = """
            SELECT 1 FROM companies JOIN sync_runs ON sync_runs.company_id = companies.id
            WHERE yclients_id = %s AND integration_status = 'active' AND whatsapp_connected
                AND kind = 'changes' AND finished_at IS NOT NULL
        """
        link = self.world.yclients.link(self.world.salon_id)
        return bool(link and link["webhook_urls"] and self.product.rows(is_ready, self.world.salon_id))

    def ask(self, method: str, what: str, **options: Any) -> Mapping[str, Any]:
        """What the management page is answered."""
        headers = {"Authorization": f"Bearer {self._token}"}
        answer = self.product.request(method, f"/marketplace/manage/{what}", headers=headers, **options)
        assert answer.ok, answer.text
        return dict(answer.json())

    def log(self) -> list[tuple[str, str, str | None]]:
        """The owner's log of messages, oldest first: who wrote, about what or which words, and the mark."""
        found = self.ask("GET", "messages")["messages"]
        return [(one["author"], one["purpose"] or one["text"], one["status"]) for one in reversed(found)]

    def read_by_client(self, beginning: str) -> str:
        """The text of the message that begins so, once the client has read it and the log says so."""
        whatsapp, client = self.world.whatsapp, self.world.client
        found = whatsapp.wait_for_message(client, lambda one: beginning in one["text"], within=SOON)
        self.until_last("delivered")
        whatsapp.read(client, found["id"])
        self.until_last("read")
        return str(found["text"])

    def until_last(self, mark: str) -> None:
        """The newest message in the log has this mark."""
        self.product.until(lambda: (log := self.log()) and log[-1][2] == mark, within=SOON, what=mark)

    def until_nothing_is_open(self) -> None:
        """Whatever could still be said is said."""
        assert self.world.yclients.settled()
        self.product.until(lambda: not self.product.rows(_OPEN), within=SOON, what="nothing is open")

    def at_the_phone(self) -> list[str]:
        """The first words of everything that the client has got."""
        client = self.world.client
        texts = [one["text"] for one in self.world.whatsapp.messages(client) if one["to"] == client]
        return [text.removeprefix("Здравствуйте, Нина!\n").partition(" ")[0] for text in texts]

    def records(self) -> list[dict[str, Any]]:
        """The journal."""
        listed: list[dict[str, Any]] = self.world.yclients.state(self.world.salon_id)["records"]
        return listed


@pytest.fixture(scope="module")
def shared(
    databases: Databases, module_redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Stack, FakeWhatsApp, FakeYClients]]:
    """The product and its two neighbours."""
    with (
        databases.lend() as database_url,
        FakeWhatsApp() as whatsapp,
        FakeYClients(app_id=APP_ID, partner_token=PARTNER_TOKEN) as yclients,
        running(
            database_url=database_url,
            redis_url=module_redis_url,
            port=embedded.free_port(),
            folder=tmp_path_factory.mktemp("product"),
            whatsapp=whatsapp,
            yclients=yclients,
            YCLIENTS_USER_TOKEN=yclients.user_token,
            YCLIENTS_PER_SECOND="100",
        ) as product,
    ):
        yield product, whatsapp, yclients


_NUMBERS = itertools.count(1)


@pytest.fixture
def world(shared: tuple[Stack, FakeWhatsApp, FakeYClients]) -> World:
    """The client has WhatsApp, and the salon's journal is empty."""
    (product, whatsapp, yclients), number = shared, next(_NUMBERS)
    salon_id, client = 555000 + number, f"799955512{number:02}"
    yclients.salon(salon_id, clients=0, records=0)
    whatsapp.phone(client, push_name="Нина")
    return World(
        product=product,
        whatsapp=whatsapp,
        yclients=yclients,
        salon_id=salon_id,
        phone=f"790055566{number:02}",
        client=client,
    )


class Desk:
    """The journal's page on one day, and somebody who works with it."""

    def __init__(self, browser: Browser, world: World, day: datetime) -> None:
        self._client = world.client
        self._context = browser.new_context()
        self.page = self._context.new_page()
        self.page.goto(world.yclients.url)
        self.page.select_option("#salon", str(world.salon_id), force=True)  # hidden where there is one
        expect(self.page.locator("#app")).to_have_text("подключено")
        self.page.fill("#day", f"{day:%Y-%m-%d}")
        self._card = self.page.locator("[data-record]")

    def book(self, time: str) -> None:
        """The client, for a man's haircut."""
        self.page.click("#new")
        self.page.select_option("#service", label="Мужская стрижка, 45 мин")
        for field, words in {"#time": time, "#name": "Нина", "#phone": f"+{self._client}"}.items():
            self.page.fill(field, words)
        self.page.click("#save")
        expect(self._card).to_contain_text(f"{time} Нина")

    def move(self, time: str) -> None:
        self._card.click()
        self.page.fill("#time", time)
        self.page.click("#save")
        expect(self._card).to_contain_text(f"{time} Нина")

    def cancel(self) -> None:
        self._card.click()
        self.page.click("#delete")
        expect(self._card).to_have_count(0)

    def close(self) -> None:
        self._context.close()


@contextmanager
def _at_desk(browser: Browser, world: World, day: datetime) -> Iterator[Desk]:
    desk = Desk(browser, world, day)
    yield desk
    desk.close()


def test_a_booking_that_is_made_moved_and_cancelled_by_hand_reaches_the_client_each_time_once(
    world: World, browser: Browser
) -> None:
    salon, day = Salon(world), datetime.now(MOSCOW) + timedelta(days=2)
    with _at_desk(browser, world, day) as desk:
        desk.book("12:00")
        assert salon.read_by_client("Вы записаны") == (
            f"Здравствуйте, Нина!\nВы записаны {wording.day(day)}, в 12:00.\n"
            "Услуга: Мужская стрижка\nМастер: Анна\nСтоимость: 1\xa0300\xa0₽\nАдрес: ул. Примерная, 1\n"
            "Если планы изменятся, напишите сюда. А чтобы не получать таких сообщений, ответьте СТОП."
        )
        desk.move("15:30")
        moved = salon.read_by_client("перенесена")
        assert f"теперь ждём вас {wording.day(day)}, в 15:30." in moved
        desk.cancel()
        assert f"Ваша запись {wording.day(day)}, в 15:30, отменена." in salon.read_by_client("отменена")
    salon.until_nothing_is_open()
    assert salon.at_the_phone() == ["Вы", "Ваша", "Ваша"]
    told = [PURPOSES[kind] for kind in (NoticeKind.BOOKED, NoticeKind.MOVED, NoticeKind.CANCELLED)]
    assert salon.log() == [("out", purpose, "read") for purpose in told]
    typed = [one for one in world.whatsapp.log("typing") if one["from"] == world.phone]
    assert all((one["to"], one["state"]) == (world.client, "composing") for one in typed)
    assert typed
    assert world.client not in world.product.log.read_text()


def test_a_reminder_asks_the_client_says_yes_and_the_journal_shows_it_confirmed(world: World) -> None:
    whatsapp, yclients = world.whatsapp, world.yclients
    begins = datetime.now(MOSCOW).replace(second=0, microsecond=0) + timedelta(hours=3)
    yclients.clock(seconds=-24 * 3600)  # who has just booked needs no reminder
    who = {"name": "Нина", "phone": world.client}
    yclients.add_record(world.salon_id, datetime=f"{begins:%Y-%m-%d %H:%M:%S}", client=who)
    yclients.clock()
    salon = Salon(world)
    world.product.kill("clock")  # the one that follows looks for reminders at once, not within a minute
    asked = whatsapp.wait_for_message(world.client, lambda one: "Скоро увидимся" in one["text"], within=SOON)
    assert f"{wording.day(begins)}, в {begins:%H:%M}." in asked["text"]
    assert asked["text"].endswith("Ответьте, пожалуйста: 1 — приду, 2 — не смогу.")
    whatsapp.message(world.client, world.phone, "Да!")
    thanks = f"Спасибо! Ждём вас {wording.day(begins)}, в {begins:%H:%M}."
    whatsapp.wait_for_message(world.client, lambda one: one["text"] == thanks, within=SOON)
    world.product.until(lambda: salon.records()[0]["attendance"] == 2, within=SOON, what="confirmed in the journal")
    salon.until_nothing_is_open()
    written = [one for one in yclients.requests() if one["method"] == "PUT" and "/visits/" in one["path"]]
    assert [one["status"] for one in written] == [200]
    assert salon.at_the_phone() == ["Скоро", "Спасибо!"]
    assert [side for side, _, _ in salon.log()] == ["out", "in", "out"]
