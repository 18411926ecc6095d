"""Every section of a salon's pages fits, can be read, is named, and moves nothing; two salons, one hostile."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from sqlalchemy import text

from aiadmin.domain.ids import ContactId
from aiadmin.domain.journal.journal import DEFAULT_ZONE
from tests.page.serving import module_database_url
from tests.page.test_looks import COLOURS, END_TRANSITIONS, contrast, put_on
from tests.page.test_manage_page import address, connected, parts
from tests.support.lived_salon import LONG, MARKUP, live, say
from tests.support.site import Salon, Site
from tests.support.tabs import Tabs

__all__ = ["address", "module_database_url"]
SECTIONS = ("", "/chats", "/sending", "/texts", "/bot", "/connection", "/help")
WELL = (
    "WITH host AS (INSERT INTO session_hosts (id, lease_until, capacity)"
    " VALUES (gen_random_uuid(), now() + interval '1 hour', 9) RETURNING id)"
    " UPDATE devices SET host_id = host.id, observed = 'online' FROM host WHERE company_id = :id",
    "INSERT INTO sync_runs (company_id, kind, state, counts, finished_at)"
    """ VALUES (:id, 'full', 'done', '{"records": 66, "clients": 8, "staff": 3}', now())""",
    "UPDATE records SET starts_at = starts_at + :later WHERE company_id = :id AND starts_at > now()",
    "UPDATE notices SET due_at = due_at + :later, deadline_at = deadline_at + :later, announced = jsonb_set("
    " announced, '{starts_at}', to_jsonb(CAST(announced ->> 'starts_at' AS timestamptz) + :later))"
    " WHERE company_id = :id",
)
"""The phone is on, the journal is read, and what is to be sent goes by day."""
SHOTS = os.environ.get("SCREENSHOTS")
"""A folder for pictures of what the tests see."""
WIDTHS: dict[int, tuple[Literal["light", "dark"], ...]] = {
    1280: ("light", "dark"),
    375: ("light",),
    320: ("dark", "light"),
}
AXE = {(1280, "light"), (320, "light")}
MOST_SHIFT = 0.05
SHIFTS = """() => {
  window.shift = 0;
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) window.shift += one.value;
  }).observe({ type: 'layout-shift', buffered: true });
}"""
UNNAMED = """() => [...document.querySelectorAll('button, a, input, textarea, summary')].filter((one) =>
  one.checkVisibility() && !(one.innerText || one.labels?.length || one.ariaLabel)).map((one) => one.outerHTML)"""
SQUEEZED = """() => [...document.querySelectorAll('main *')].filter((one) => {
  const { width, height } = one.getBoundingClientRect();
  return width < 84 && height > 64 && one.checkVisibility() && !one.closest('svg, table, .unseen') &&
    [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim().length > 12);
}).map((one) => one.outerHTML.slice(0, 90))"""
"""A sentence of three lines or more in a column as wide as a word."""
IS_AT_ITS_END = "one => one.scrollTop + one.clientHeight >= one.scrollHeight - 2"
WIDE = """(width) => [...document.querySelectorAll('body *')].filter((one) => {
  const { right, width: own } = one.getBoundingClientRect();
  return own && right > width + 1 && one.checkVisibility() && !one.closest('.unseen, .skip');
}).map((one) => one.outerHTML.slice(0, 90))"""


@pytest.fixture(scope="module")
def site(module_database_url: str, module_redis_url: str) -> Iterator[Site]:
    with parts(module_database_url, module_redis_url) as made:
        yield made


@pytest.fixture(scope="module")
def salon(site: Site) -> Salon:
    made = connected(site)
    with site.container.engine.begin() as connection:
        connection.execute(text("UPDATE companies SET title = 'Студия красоты «Мята»'"))
    live(site.container, made.company_id)
    with site.container.engine.begin() as connection:
        for statement in WELL:
            given = {"id": made.company_id, "later": _until_day(datetime.now(UTC))}
            connection.execute(text(statement), given)
    return made


def _until_day(now: datetime) -> timedelta:
    """How much later a plan must begin that is made at any hour: none of it falls into the quiet hours."""
    local = now.astimezone(ZoneInfo(DEFAULT_ZONE))
    day = local.replace(hour=10, minute=0, second=0, microsecond=0)
    if 9 <= local.hour < 17:
        return timedelta(0)
    return (day if local < day else day + timedelta(days=1)) - local


@pytest.fixture(scope="module")
def hostile(site: Site, salon: Salon) -> Salon:
    """Whatever a salon, its clients and its texts may be called holds markup, or is as long as it may be."""
    made = site.register(962303)
    site.link(made, "79007654321")
    with site.container.engine.begin() as connection:
        named = {"id": made.company_id, "title": (MARKUP * 9)[:255]}
        connection.execute(text("UPDATE companies SET title = :title WHERE id = :id"), named)
    live(site.container, made.company_id, names=(MARKUP, "ш" * 255, "X"), said=MARKUP + LONG)
    return made


class Cabinet:
    """A browser that is let into a salon, or into several."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self._address = page, address
        self.complaints: list[str] = []
        page.set_default_timeout(30_000)
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (self.complaints.append("a script of a stranger ran"), dialog.dismiss()))

    def let_in(self, salon: Salon) -> None:
        self.page.goto(f"{self._address}/marketplace/manage?token={salon.token}&company={salon.company_id}")
        self.page.wait_for_selector("main[data-ready]")

    def open(self, salon: Salon, section: str, width: int = 1280, scheme: Any = "light") -> Page:
        self.page.set_viewport_size({"width": width, "height": 900 if width > 600 else 740})
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        self.page.goto(f"{self._address}/marketplace/manage{section}?company={salon.company_id}")
        self.page.wait_for_selector("main[data-ready]")
        return self.page


@pytest.fixture(scope="module")
def opened(tabs: Tabs, address: str, salon: Salon, hostile: Salon) -> Iterator[Cabinet]:
    with tabs.lend(locale="ru-RU", is_kept=False) as page:
        page.add_init_script(f"({SHIFTS})()")
        cabinet = Cabinet(page, address)
        cabinet.let_in(hostile)
        cabinet.let_in(salon)
        yield cabinet


@pytest.fixture
def cabinet(opened: Cabinet) -> Iterator[Cabinet]:
    opened.complaints = []
    yield opened
    assert opened.complaints == []


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.strip("/") or "overview")
def test_a_section_is_sound_at_every_width_and_in_both_schemes(cabinet: Cabinet, salon: Salon, section: str) -> None:
    name = section.strip("/") or "overview"
    for width, schemes in WIDTHS.items():
        page = cabinet.open(salon, section, width, schemes[0])
        for scheme in schemes:
            put_on(page, scheme)
            shoot(page, f"{name}-{width}-{scheme}")
            assert page.evaluate("window.shift") <= MOST_SHIFT, (width, scheme)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, page.evaluate(WIDE, width)
            assert page.evaluate(UNNAMED) == []
            assert page.evaluate(SQUEEZED) == [], width
            faint = [(one["text"][:40], contrast(one["ink"], one["paper"])) for one in page.evaluate(COLOURS)]
            assert [pair for pair in faint if pair[1] < 4.5] == []
            if (width, scheme) in AXE:
                found = Axe().run(page)
                assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", [1280, 320])
def test_a_hostile_salon_breaks_no_page_and_runs_no_script(cabinet: Cabinet, hostile: Salon, width: int) -> None:
    for section in SECTIONS:
        page = cabinet.open(hostile, section, width)
        shoot(page, f"hostile-{section.strip('/') or 'overview'}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.evaluate(WIDE, width)
        assert page.locator("main img, main script").count() == 0
        assert page.evaluate("window.shift") <= MOST_SHIFT, section


def test_one_salon_is_left_for_another_in_the_header_and_nothing_is_carried_over(
    cabinet: Cabinet, salon: Salon, hostile: Salon
) -> None:
    page = cabinet.open(hostile, "/chats")
    page.locator("[data-chats] li").first.wait_for()
    page.locator(".branches summary").click()
    page.get_by_role("link", name="Студия красоты «Мята»").click()
    page.wait_for_url(f"**/chats?company={salon.company_id}")
    page.locator("[data-chats] li").first.wait_for()
    assert "onerror" not in page.locator("main").inner_text()
    assert page.get_by_role("link", name="Чаты").get_attribute("aria-current") == "page"


def test_on_a_phone_the_other_sections_are_behind_one_button(cabinet: Cabinet, salon: Salon) -> None:
    page = cabinet.open(salon, "/sending", 375)
    more = page.get_by_role("button", name="Ещё")
    assert page.get_by_role("link", name="Помощь").is_hidden()
    more.press("Enter")
    page.get_by_role("link", name="Помощь").wait_for()
    page.keyboard.press("Escape")
    assert page.get_by_role("link", name="Помощь").is_hidden()
    assert more.evaluate("one => one === document.activeElement")
    more.click()
    page.get_by_role("link", name="Помощь").click()
    page.get_by_role("heading", name="Напишите нам").wait_for()


def test_a_chat_is_read_and_taken_from_the_bot_and_given_back(cabinet: Cabinet, salon: Salon) -> None:
    for width, section in ((1280, ""), (375, "/chats")):  # from what needs attention; on a phone from the list
        page = cabinet.open(salon, section, width)
        page.get_by_role("link", name="Вера Орлова").click()
        page.locator("[data-log] li", has_text="ещё брови").wait_for()
        assert page.locator("[data-log] li[data-author]").last.get_attribute("data-author") == "in"
        assert page.locator("[data-log] .day").count() > 1
        page.locator("[data-floor]", has_text="отвечаете вы").wait_for()
        shoot(page, f"chat-{width}")
        assert page.locator("[data-log]").evaluate(IS_AT_ITS_END)
        page.get_by_role("button", name="Вернуть боту").click()
        page.get_by_role("button", name="Забрать у бота").click()
        page.get_by_role("button", name="Вернуть боту").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    page.get_by_role("button", name="К списку чатов").click()
    assert page.get_by_role("link", name="Вера Орлова").evaluate("one => one === document.activeElement")


def test_one_message_is_taken_out_of_the_plan_by_keyboard(cabinet: Cabinet, salon: Salon) -> None:
    page = cabinet.open(salon, "/sending", 320)
    line = page.locator("[data-plan] li", has=page.locator("button")).first
    who = line.locator("strong").inner_text()
    line.get_by_role("button", name="Не отправлять").press("Enter")
    page.locator("[data-live]", has_text="не уйдёт").wait_for()
    page.locator("[data-plan] .off", has_text="вы отменили отправку").wait_for()
    assert page.evaluate("document.activeElement !== document.body")
    page = cabinet.open(salon, "/sending", 1280)
    page.locator(".dropped li", has_text="вы отменили отправку").first.wait_for()
    assert who in page.locator(".dropped").inner_text()
    page = cabinet.open(salon, "/texts", 390)
    page.locator("[data-kind=review] summary").click()
    page.locator("[data-kind=reminder_day] summary").click()
    shoot(page, "texts-open-390")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, page.evaluate(WIDE, 390)
    assert Axe().run(page).violations_count == 0


def test_a_chat_is_answered_and_goes_on_while_one_looks(cabinet: Cabinet, salon: Salon, site: Site) -> None:
    for width in (1280, 320):
        page = cabinet.open(salon, "/chats", width)
        row = page.get_by_role("link", name="Анна Смирнова")
        row.click()
        page.locator("[data-visit]", has_text="изит").wait_for()
        area = page.get_by_label("Ответ клиенту")
        area.fill("Ждём вас!")
        cabinet.open(salon, "/help", width)  # what is typed is kept
        page = cabinet.open(salon, "/chats", width)
        row.click()
        page.wait_for_function("document.querySelector('#reply').value === 'Ждём вас!'")
        area.press_sequentially(f" {width}")
        area.press("Enter")
        page.locator("[data-log] [data-author=staff]", has_text=f"Ждём вас! {width}").wait_for()
        assert area.input_value() == ""
        page.locator("[data-floor]", has_text="отвечаете вы").wait_for()
        assert page.locator("[data-log]").evaluate(IS_AT_ITS_END)
        shoot(page, f"answered-{width}")
        page.wait_for_selector("[data-reply]:not([data-busy])")
        page.evaluate(END_TRANSITIONS)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        contact = int(page.url.rpartition("contact=")[2])
        page.wait_for_selector("main[data-link=live]")
        with page.expect_response("**/conversations/seen"):  # it is seen as it comes
            say(site, salon, contact, f"Спасибо! {width}")
            said = page.locator("[data-log] [data-author=in]", has_text=f"Спасибо! {width}")
            said.wait_for(timeout=14_000)  # sooner than it asks itself
        assert "Анна Смирнова: Спасибо!" in page.locator("[data-heard]").inner_text()
        page = cabinet.open(salon, "/chats", width)
        page.locator(f"[data-contact='{contact}']", has_text="Спасибо!").wait_for()
        assert page.locator(f"[data-contact='{contact}'] .unread").count() == 0
    _tap_while_the_list_is_read_anew(page, site, salon, contact)


def _tap_while_the_list_is_read_anew(page: Page, site: Site, salon: Salon, contact: int) -> None:
    page.wait_for_selector("main[data-link=live]")
    page.locator(f"[data-contact='{contact}']").hover()
    page.mouse.down()
    with page.expect_response("**/conversations?*"):
        site.container.page_events.messages(salon.company_id, [ContactId(contact)])
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.mouse.up()
    page.locator("[data-visit]", has_text="изит").wait_for()


def test_the_bare_address_and_a_connected_phone_lead_on(cabinet: Cabinet, salon: Salon, address: str) -> None:
    page = cabinet.page
    connected = f"/marketplace/connect?token={salon.token}&company={salon.company_id}&salon={salon.salon_id}"
    for path, first in (("/", "Открыть кабинет"), (connected, "К текстам")):
        for width, scheme in ((1280, "light"), (390, "dark"), (320, "light")):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.goto(address + path)
            link = page.get_by_role("link", name=first, exact=True)
            link.wait_for()
            shoot(page, f"{'landing' if path == '/' else 'connected'}-{width}-{scheme}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, page.evaluate(WIDE, width)
            assert Axe().run(page).violations_count == 0
        assert page.get_by_role("heading", level=1).count() == 1
    page.get_by_role("link", name="К текстам").click()
    page.get_by_role("heading", name="Тексты").wait_for()
    assert "token" not in page.url


def test_the_longest_message_of_a_hostile_client_is_cut_short(cabinet: Cabinet, hostile: Salon) -> None:
    page = cabinet.open(hostile, "/chats", 320)
    page.locator("[data-chats] a").first.click()
    page.get_by_role("button", name="Показать целиком").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name="Показать целиком").click()
    assert len(page.locator("[data-log] [data-author=in] .text").last.inner_text()) > 65_000
