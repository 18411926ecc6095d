"""The journal page in a browser: what a person does there reaches the app, and the page says how it was answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import WaitUntil
from tests.fakes.yclients.client import FakeYClients
from tests.integration.fakes_yclients.bot import Bot
from tests.integration.fakes_yclients.conftest import SALON

pytestmark = pytest.mark.process
DAY = "2030-01-07"
CARD = "[data-record]"


@pytest.fixture(params=[360, 1280])  # pixels wide
def page(browser: Browser, yclients: FakeYClients, bot: Bot, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page on an empty day of the small salon, whose changes go to the bot; no console error is forgiven."""
    yclients.salon(SALON)
    yclients.activate(SALON, webhook_urls=[f"{bot.url}/hook"])
    context = browser.new_context(viewport={"width": request.param, "height": 800}, has_touch=request.param < 500)
    page, complaints = context.new_page(), list[str]()
    page.set_default_timeout(30_000)
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: complaints.append(asked.url) if _is_foreign(asked.url, yclients) else None)
    page.goto(yclients.url)
    expect(page.locator("#app")).to_have_text("подключено")
    page.fill("#day", DAY)
    expect(page.locator(CARD)).to_have_count(0)
    yield page
    assert page.evaluate("document.documentElement.scrollWidth") == request.param
    context.close()
    assert [each for each in complaints if "422" not in each] == [], "a refusal is no mistake of the page"


def _is_foreign(url: str, yclients: FakeYClients) -> bool:
    return not url.startswith((yclients.url, "data:"))


def _book(page: Page) -> None:
    page.click("#new")
    page.select_option("#service", label="Мужская стрижка, 45 мин")
    page.fill("#time", "12:00")
    page.fill("#name", "Нина")
    page.fill("#phone", "+7 900 555-00-00")
    page.click("#save")
    expect(page.locator(CARD)).to_contain_text("12:00 Нина")


def _open(page: Page) -> None:
    page.locator(CARD).click()
    page.wait_for_selector("dialog[open]")


def _records(yclients: FakeYClients) -> list[dict[str, Any]]:
    """Those of the day, as REST would show them."""
    return [each for each in yclients.state(SALON)["records"] if each["date"].startswith(DAY)]


def test_a_booking_is_made_moved_answered_and_cancelled_by_hand_and_the_webhooks_follow(
    page: Page, yclients: FakeYClients, bot: Bot, wait_until: WaitUntil
) -> None:
    def told() -> list[str]:
        return [body["status"] for body in bot.bodies() if body["resource"] == "record"]

    _book(page)
    wait_until(lambda: told() == ["create"], what="the webhook of the booking")
    expect(page.locator("#deliveries details.done", has_text="запись: новое")).to_contain_text("200")

    _open(page)
    page.select_option("#master", label="Мария")
    page.select_option("#service", label="Чистка лица, 75 мин")
    page.fill("#time", "15:30")
    page.click("#save")
    expect(page.locator(CARD)).to_contain_text("15:30 Нина")
    (moved,) = _records(yclients)
    assert (moved["date"], moved["staff"]["name"], moved["services"][0]["title"], moved["seance_length"]) == (
        f"{DAY} 15:30:00",
        "Мария",
        "Чистка лица",
        75 * 60,
    )

    page.locator(CARD).press("Enter")  # the keyboard opens the form, and presses nothing in it
    page.click("text=Подтвердил")
    expect(page.locator(f"{CARD}.a2")).to_have_count(1)
    assert _records(yclients)[0]["attendance"] == 2

    _open(page)
    page.click("#delete")
    expect(page.locator(CARD)).to_have_count(0)
    assert _records(yclients)[0]["deleted"]
    wait_until(lambda: told() == ["create", "update", "update", "delete"], what="a webhook for each change")


@pytest.mark.parametrize("page", [360], indirect=True)
def test_what_the_salon_refuses_is_said_in_the_form(page: Page, yclients: FakeYClients) -> None:
    page.click("#new")
    page.fill("#phone", "12")
    page.click("#save")
    expect(page.locator("#problem")).not_to_be_empty()
    assert _records(yclients) == []


@pytest.mark.parametrize("page", [1280], indirect=True)
def test_a_mouse_drags_a_booking_to_another_master_and_time(page: Page, yclients: FakeYClients) -> None:
    _book(page)
    card, other = page.locator(CARD).bounding_box(), page.locator(".column").nth(2).bounding_box()
    assert card is not None
    assert other is not None
    page.mouse.move(card["x"] + 20, card["y"] + 10)
    page.mouse.down()
    page.mouse.move(other["x"] + 40, card["y"] + 10 + 68, steps=5)
    page.mouse.up()
    expect(page.locator(".column").nth(2).locator(CARD)).to_contain_text("13:00 Нина")
    assert [(each["date"], each["staff"]["name"]) for each in _records(yclients)] == [(f"{DAY} 13:00:00", "Мария")]
