"""What happens at a salon's desk reaches its client's phone, and what the client answers reaches the journal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, expect

from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.texts.ru import formatting as wording
from aiadmin.texts.ru.manage import PURPOSES
from tests.acceptance.salons.salon import SOON, Salon, World

MOSCOW = ZoneInfo("Europe/Moscow")


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
