"""A salon's pages in a browser, on the real server: seen, filtered, told live, and disconnected by keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from aiadmin.config import Config
from aiadmin.container import Container
from aiadmin.domain.journal.sync_run import RunState, Stage, SyncKind, SyncRun
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.message import NewMessage
from aiadmin.services.messages import messages
from aiadmin.web import create_app
from tests.conftest import WaitUntil
from tests.page.serving import database_url, module_database_url, redis_url
from tests.page.test_looks import SCHEMES, put_on
from tests.support.site import Salon, Site
from tests.support.tabs import Tabs
from tests.support.web_server import running

__all__ = ["database_url", "module_database_url", "redis_url"]
SETTINGS = {
    "jwt_secret": "a secret of these tests, 32 bytes or more",
    "admin_api_key": "a key of these tests, 32 bytes",
}
REFUSED = re.compile(r"\b(?:400|401|422)\b")
"""A browser notes each refusal that was asked for."""
SIZES = [(360, 740), (1280, 900)]


@contextmanager
def parts(database_url: str, redis_url: str, **more: Any) -> Iterator[Site]:
    """The application's parts, beside the server's process."""
    container = Container(Config(database_url=database_url, redis_url=redis_url, **{**SETTINGS, **more}))
    yield Site(container, create_app(container).test_client())
    container.close()


def connected(site: Site) -> Salon:
    """A connected salon with three messages to two clients."""
    made = site.register()
    site.link(made)
    held = site.container
    with held.uow() as work:
        work.companies.set_activated(made.company_id, held.clock())
        work.commit()
    for number, phone in enumerate(["79005550011", "79005550022", "79005550011"]):
        new = NewMessage(
            company_id=made.company_id, text=f"Ждём вас, {number}", dedup_key=str(number), deadline_at=None
        )
        messages.send(new, to=IdentityObservation(phone=phone), uow=held.uow, clock=held.clock)
    return made


@pytest.fixture
def site(database_url: str, redis_url: str) -> Iterator[Site]:
    with parts(database_url, redis_url) as made:
        yield made


@pytest.fixture
def salon(site: Site) -> Salon:
    return connected(site)


@pytest.fixture(scope="module")
def address(
    wait_until: WaitUntil,
    tmp_path_factory: pytest.TempPathFactory,
    module_database_url: str,
    module_redis_url: str,
) -> Iterator[str]:
    """The real server."""
    settings = {
        "DATABASE_URL": module_database_url,
        "REDIS_URL": module_redis_url,
        "RATE_LIMIT_PER_MINUTE": "10000",
        "SOCKET_LIMIT_PER_MINUTE": "10000",
    }
    settings |= {name.upper(): value for name, value in SETTINGS.items()}
    with running(wait_until, tmp_path_factory.mktemp("web") / "web.log", settings) as url:
        yield url


@pytest.fixture
def open_page(tabs: Tabs, address: str, salon: Salon) -> Iterator[Any]:
    """Opens the page at a width, again and again in one tab; fails the test where the browser complains."""
    complaints: list[str] = []
    with tabs.lend(locale="ru-RU") as page:
        page.set_default_timeout(30_000)
        page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))

        def go(width: int = 1280, height: int = 900, scheme: Any = "light", section: str = "/connection") -> Page:
            page.goto("about:blank")
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.goto(f"{address}/marketplace/manage{section}?token={salon.token}&company={salon.company_id}")
            page.wait_for_selector("main[data-ready]")
            return page

        yield go
    assert [line for line in complaints if not REFUSED.search(line)] == []


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_page_shows_the_salon_and_fits(open_page: Any, width: int, height: int) -> None:
    page = open_page(width, height)
    assert "token=" not in page.url
    assert page.locator("[data-slot=phone]").inner_text() == "+7 900 123-45-67"
    for scheme in SCHEMES:
        put_on(page, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, scheme
    unnamed = "[...document.querySelectorAll('button, a, input')].filter((one) => one.checkVisibility()"
    assert page.evaluate(f"{unnamed} && !(one.innerText || one.labels?.length || one.ariaLabel)).length") == 0


def test_the_log_is_filtered_by_a_client(open_page: Any) -> None:
    page = open_page(section="/chats")
    chats = page.locator("[data-chats] li")
    chats.nth(1).wait_for()
    page.get_by_label("Имя или номер клиента").fill("555-00-22")
    page.keyboard.press("Enter")
    chats.nth(1).wait_for(state="detached")
    chats.first.get_by_role("link").press("Enter")
    page.locator("[data-log] li", has_text="Ждём вас, 1").wait_for()
    assert page.get_by_role("heading", name="+7 900 555-00-22").evaluate("one => one === document.activeElement")
    assert "contact=" in page.url
    page.get_by_label("Имя или номер клиента").fill("Вера")
    page.keyboard.press("Enter")
    page.get_by_text("Ничего не нашли по «Вера».").wait_for()


def test_the_reading_of_the_journal_is_seen_live(open_page: Any, site: Site, salon: Salon) -> None:
    page = open_page()
    page.get_by_role("button", name="Прочитать заново").click()
    page.locator("[data-slot=sync]", has_text="Ждёт своей очереди").wait_for()
    now = datetime.now(UTC)
    run = SyncRun(
        company_id=salon.company_id,
        kind=SyncKind.FULL,
        state=RunState.RUNNING,
        stage=Stage.CLIENTS,
        page=3,
        total_pages=10,
        counts={"clients": 400},
        claimed_until=now + timedelta(minutes=1),
    )
    with site.container.uow() as work:
        claimed = work.sync_runs.claim(salon.company_id, SyncKind.FULL, now=now + timedelta(seconds=1), until=now)
        assert claimed is not None
        assert work.sync_runs.save(run, claim=now)
        work.commit()
    site.container.page_events.sync(run)
    page.locator("[data-slot=sync]", has_text="клиенты, 3 из 10").wait_for(
        timeout=14_000
    )  # sooner than it asks itself
    assert "400" in page.locator("[data-counts]").inner_text()


def test_the_phone_is_disconnected_only_by_who_means_it(open_page: Any) -> None:
    page = open_page()
    button = page.get_by_role("button", name="Отключить")
    button.focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("button", name="Оставить").evaluate("one => one === document.activeElement")
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="hidden")
    assert button.evaluate("one => one === document.activeElement")
    assert page.locator("[data-slot=phone]").is_visible()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Отключить").click()
    page.locator("[data-live]", has_text="WhatsApp отключён").wait_for(state="attached")
    page.get_by_role("link", name="Подключить телефон").wait_for()
    assert not page.locator("[data-slot=phone]").is_visible()
    focused = page.get_by_role("link", name="Подключить телефон")
    assert focused.evaluate("one => one === document.activeElement")


def test_an_owner_switches_a_kind_off_and_is_told_what_is_wrong_with_a_time(
    open_page: Any, site: Site, salon: Salon
) -> None:
    page = open_page(360, 740, section="/texts")
    switch = page.get_by_role("switch", name="Отправлять: Перенос")
    switch.focus()
    page.keyboard.press("Space")
    page.locator("[data-live]", has_text="больше не отправляем").wait_for()
    assert page.locator("[data-kind=moved] [data-off]").is_visible()
    card = page.locator("[data-kind=reminder_day]")
    card.locator("summary").click()
    card.get_by_label("Накануне визита, в").fill("22:15")
    card.get_by_text("не сохранено").wait_for()
    card.get_by_role("button", name="Сохранить").click()
    card.locator("[data-flaw=day_at]", has_text="тихие часы").wait_for()
    assert "тихие часы" in page.locator("[data-problem]").inner_text()
    assert card.get_by_label("Накануне визита, в").get_attribute("aria-invalid") == "true"
    card.get_by_label("Накануне визита, в").fill("17:15")
    card.get_by_role("button", name="Сохранить").click()
    page.locator("[data-live]", has_text="Сохранено").wait_for()
    assert page.locator("[data-problem]").is_hidden()
    assert card.get_by_text("не сохранено").is_hidden()
    with site.container.uow() as work:
        settings = work.message_settings.settings(salon.company_id)
    assert (settings.moved, settings.booked, f"{settings.day_at:%H:%M}") == (False, True, "17:15")
    assert card.locator("[data-when-sent]").inner_text() == "накануне в 17:15"


def test_a_text_is_seen_as_a_client_will_see_it_kept_and_given_back(open_page: Any) -> None:
    page = open_page(section="/texts")
    editor = page.locator(".text-card").first
    editor.locator("summary").click()
    area = editor.get_by_label("Текст", exact=True)
    area.fill("Ждём вас {date}, {name}!")
    editor.locator(".bubble", has_text="Анна!").wait_for()
    editor.get_by_role("button", name="Сохранить").click()
    editor.locator("summary", has_text="ваш текст").wait_for()
    editor.get_by_role("button", name="Вернуть стандартный текст").click()
    page.locator("[data-live]", has_text="Вернули").wait_for()
    assert "Здравствуйте" in area.input_value()


def test_y16_a_reminder_is_seen_as_who_has_confirmed_already_reads_it(open_page: Any) -> None:
    page = open_page(section="/texts")
    booked = page.locator(".text-card").first
    booked.locator("summary").click()
    confirmed = "[data-confirmed]"
    assert booked.locator(confirmed).is_hidden()
    reminder = page.locator(".text-card", has_text="за день").first
    reminder.locator("summary").click()
    reminder.get_by_label("Текст", exact=True).fill("Придёте {date} в {time}? Ответьте 1 или 2. До встречи!")
    seen = reminder.locator(confirmed)
    seen.locator(".bubble", has_text="в 14:30. До встречи!").wait_for()
    assert "?" not in seen.locator(".bubble").inner_text()
    assert "Ответьте 1 или 2" in reminder.locator(".bubble").first.inner_text()


def test_what_was_typed_and_not_saved_survives_a_reload_and_can_be_undone(open_page: Any) -> None:
    page = open_page(section="/sending")
    page.once("dialog", lambda dialog: dialog.accept())  # the browser asks whether to leave
    page.get_by_label("Тихие часы с").fill("20:45")
    page.get_by_text("Есть несохранённые изменения").wait_for()
    page.reload()
    page.wait_for_selector("main[data-ready]")
    assert page.get_by_label("Тихие часы с").input_value() == "20:45"
    page.get_by_role("button", name="Отменить").click()
    assert page.get_by_label("Тихие часы с").input_value() == "21:00"
    assert page.get_by_text("Есть несохранённые изменения").is_hidden()


def test_a_variable_is_put_where_one_writes_and_a_bad_number_is_told_beside_its_field(open_page: Any) -> None:
    page = open_page(section="/texts")
    editor = page.locator(".text-card").first
    editor.locator("summary").click()
    area = editor.get_by_label("Текст", exact=True)
    area.fill("Ждём вас, !")
    area.evaluate("one => one.setSelectionRange(10, 10)")
    editor.locator("[data-variable='{name}']").click()
    assert area.input_value() == "Ждём вас, {name}!"
    assert editor.locator("[data-counter]").inner_text() == "17 из 1000"
    editor.get_by_label("Отправить себе на").fill("12")
    editor.get_by_role("button", name="Проверить").click()
    editor.locator("[data-trial-flaw]", has_text="телефон").wait_for()
    assert editor.get_by_label("Отправить себе на").get_attribute("aria-invalid") == "true"
    area.fill("Ждём вас!")
    editor.get_by_role("button", name="Сохранить").click()
    page.locator("[data-live]", has_text="Сохранено").wait_for()


def test_the_owner_holds_the_messages_and_lets_them_go(open_page: Any, site: Site, salon: Salon) -> None:
    page = open_page(section="")
    switch = page.get_by_role("switch", name="Отправлять сообщения")
    switch.focus()
    page.keyboard.press("Space")
    page.get_by_role("heading", name="Отправка на паузе").wait_for()
    with site.container.uow() as work:
        assert work.pauses.since(salon.company_id) is not None
    page.keyboard.press("Space")
    page.get_by_role("heading", name="Отправка на паузе").wait_for(state="detached")
    assert switch.is_checked()


def test_all_devices_are_left_at_once(open_page: Any) -> None:
    page = open_page()
    page.get_by_role("button", name="Другое устройство").click()
    page.locator("[data-device-link]", has_text="/marketplace/manage?token=").wait_for()
    page.get_by_role("button", name="Выйти на всех устройствах").click()
    page.get_by_role("heading", name="Вы вышли").wait_for()
    assert page.get_by_role("link", name="Открыть YClients").is_visible()
