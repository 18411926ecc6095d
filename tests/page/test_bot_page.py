"""The bot's page in a browser, on the real server: tried out, set by keyboard, and readable at every size."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from aiadmin.config import Config
from aiadmin.domain.ids import DeviceId
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import Direction, MessageKind, MessageSeen, ReceivedEvent
from aiadmin.services.companies import connect_links
from aiadmin.services.messages import messages
from aiadmin.texts.ru import bot as bot_texts
from tests.conftest import WaitUntil
from tests.fakes.yclients.client import FakeYClients
from tests.integration.conftest import yclients_server
from tests.page.serving import module_database_url
from tests.page.test_looks import COLOURS, SCHEMES, contrast, put_on
from tests.support.played_salon import MARIAS_PHONE, PlayedSalon
from tests.support.tabs import Tabs
from tests.support.web_server import running

__all__ = ["module_database_url", "yclients_server"]
SECRET = "a secret of these tests, 32 bytes or more"
SIZES = [(320, 700), (1280, 900)]


@pytest.fixture(scope="module")
def salon(module_database_url: str, module_redis_url: str, yclients_server: FakeYClients) -> Iterator[PlayedSalon]:
    """A salon whose journal is read."""
    yclients_server.reset()
    given = {"database_url": module_database_url, "redis_url": module_redis_url, **yclients_server.config()}
    played = PlayedSalon(Config(**given, jwt_secret=SECRET, rate_limit_per_minute=10_000), yclients_server)
    played.play()
    yield played
    played.close()


@pytest.fixture(scope="module")
def address(salon: PlayedSalon, wait_until: WaitUntil, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The real server; its clock is the real one."""
    config = salon.box.config
    settings = {
        "DATABASE_URL": config.database_url,
        "REDIS_URL": config.redis_url,
        "JWT_SECRET": SECRET,
        "RATE_LIMIT_PER_MINUTE": "10000",
        "YCLIENTS_API_KEY": config.yclients_api_key,
        "YCLIENTS_USER_TOKEN": config.yclients_user_token,
        "YCLIENTS_API_URL": config.yclients_api_url,
        "BOT_MODEL_URL": "http://127.0.0.1:9/v1",
        "BOT_MODEL_NAME": "none",
        "SPEECH_URL": "http://127.0.0.1:9/v1",
    }
    with running(wait_until, tmp_path_factory.mktemp("web") / "web.log", settings) as url:
        yield url


@pytest.fixture
def open_page(tabs: Tabs, address: str, salon: PlayedSalon) -> Iterator[Any]:
    """Opens the page at a size; fails the test where the browser complains of more than a refusal."""
    complaints: list[str] = []
    box = salon.box
    token = connect_links.issue(salon.company_id, uow=box.uow, tokens=box.tokens, links=box.links, clock=now)
    with tabs.lend(locale="ru-RU") as page:
        page.set_default_timeout(30_000)
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))

        def go(width: int = 1280, height: int = 900, scheme: Any = "light") -> Page:
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.goto(f"{address}/marketplace/manage/bot?token={token}&company={salon.company_id}")
            page.wait_for_selector("main[data-ready]")
            return page

        yield go
    assert [line for line in complaints if "422" not in line] == []


def now() -> datetime:
    """The server's clock, not the salon's: a link is good for a day."""
    return datetime.now(UTC)


def written(salon: PlayedSalon, *words: str) -> None:
    """A client writes, and the bot has answered."""
    [(device,)] = salon.rows("SELECT id FROM devices")
    for number, text in enumerate(words):
        seen = MessageSeen(
            message_id=f"C{number}",
            peer=IdentityObservation(lid="5@lid", phone=MARIAS_PHONE),
            direction=Direction.IN,
            kind=MessageKind.TEXT,
            text=text,
            media=None,
            quoted_id=None,
            sent_at=salon.box.now,
        )
        heard = ReceivedEvent(
            device_id=DeviceId(device), company_id=salon.company_id, event=seen, received_at=salon.box.now
        )
        messages.store([heard], uow=salon.box.uow)
        salon.later(seconds=6)
        assert salon.box.chat_handler.work() == 1


@contextmanager
def answered(page: Page) -> Iterator[None]:
    """A message was answered once the block is over."""
    before = page.locator("[data-talk] .why").count()
    yield
    page.locator("[data-talk] .why").nth(before).wait_for()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_it_fits_is_named_and_can_be_read(open_page: Any, width: int, height: int) -> None:
    page = open_page(width, height)
    assert "token=" not in page.url
    with answered(page):
        page.get_by_label("Что пишет клиент").fill("сколько стоит женская стрижка?")
        page.keyboard.press("Enter")
    page.locator("[data-talk] summary").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    unnamed = "[...document.querySelectorAll('button, a, input, textarea')].filter((one) => one.checkVisibility()"
    assert page.evaluate(f"{unnamed} && !(one.innerText || one.labels?.length || one.ariaLabel)).length") == 0
    for scheme in SCHEMES:
        put_on(page, scheme)
        faint = [(one["text"][:40], contrast(one["ink"], one["paper"])) for one in page.evaluate(COLOURS)]
        assert [pair for pair in faint if pair[1] < 4.5] == [], scheme


def test_an_owner_talks_to_the_bot_and_sees_why(open_page: Any) -> None:
    page = open_page()
    with answered(page):
        page.get_by_label("Что пишет клиент").fill("сколько стоит женская стрижка у Анны?")
        page.get_by_role("button", name="Написать").click()
    assert "2 000" in page.locator("[data-talk] [data-who=bot]").inner_text().replace("\xa0", " ")
    page.get_by_text(bot_texts.WORDS["why"]).click()
    assert "спрашивает цену" in page.locator("[data-talk] dl").inner_text()
    with answered(page):
        page.get_by_label("Что пишет клиент").fill("позовите человека")
        page.keyboard.press("Enter")
    page.get_by_text("От чьего имени").click()
    page.get_by_role("button", name="Начать заново").click()
    assert page.locator("[data-talk] li").count() == 0


def test_what_is_set_by_keyboard_is_there_after_a_reload(open_page: Any) -> None:
    page = open_page()
    page.get_by_label("Всегда").check()
    page.get_by_label("Отменять визиты").uncheck()
    page.get_by_label("Ирина").uncheck()
    page.get_by_role("button", name="Добавить").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("парковка")
    page.keyboard.press("Tab")
    page.keyboard.type("<b>во дворе</b>")
    page.get_by_label("Если клиент опаздывает").fill("Ждём 15 минут")
    assert not page.get_by_label(bot_texts.SPEECH_ABROAD).is_checked(), "nothing goes abroad unasked"
    page.get_by_label(bot_texts.SPEECH_ABROAD).check()
    page.get_by_role("button", name="Сохранить").click()
    page.get_by_text(bot_texts.SAVED).wait_for()
    page = open_page()
    assert page.get_by_label("Всегда").is_checked()
    assert not page.get_by_label("Отменять визиты").is_checked()
    assert not page.get_by_label("Ирина").is_checked()
    assert page.get_by_label(bot_texts.SPEECH_ABROAD).is_checked()
    assert not page.get_by_label(bot_texts.MODEL_ABROAD).is_checked(), "each is asked for by itself"
    assert page.locator("[data-answer]").input_value() == "<b>во дворе</b>"
    assert page.get_by_label("Если клиент опаздывает").input_value() == "Ждём 15 минут"
    page.get_by_role("button", name="Убрать").click()
    page.get_by_role("button", name="Сохранить").click()
    page.get_by_text(bot_texts.SAVED).wait_for()
    assert open_page().locator(".fact").count() == 0


def test_a_wrong_number_is_complained_of_beside_its_field_and_what_was_typed_stays(open_page: Any) -> None:
    page = open_page()
    page.get_by_label("Мои номера").fill("123")
    page.get_by_label("Приветствие").fill("Добрый день!")
    page.get_by_role("button", name="Сохранить").click()
    page.locator("[data-flaw=test_phones]").wait_for()
    assert "телефон" in page.locator("[data-flaw=test_phones]").inner_text()
    assert page.get_by_label("Приветствие").input_value() == "Добрый день!"


def test_a_dialogue_opens_and_pictures_of_the_page(open_page: Any, salon: PlayedSalon, tmp_path: Path) -> None:
    """Each size is drawn whole; the files lie in the test's folder."""
    salon.link_phone()
    written(salon, "сколько стоит женская стрижка у Анны?", "позовите человека")
    for width, height in SIZES:
        page = open_page(width, height)
        page.locator(".dialogue summary").first.click()
        page.locator(".dialogue .talk li").first.wait_for()
        page.get_by_role("button", name=bot_texts.WORDS["giveBack"]).wait_for()
        with answered(page):
            page.get_by_label("Что пишет клиент").fill("хочу записаться")
            page.keyboard.press("Enter")
        picture = tmp_path / f"bot-{width}.png"
        page.screenshot(path=picture, full_page=True)
        assert picture.stat().st_size > 10_000
