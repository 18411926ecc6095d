"""Every page of the operator's console fits, can be read, is named, and runs nothing; one salon's name is markup."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from sqlalchemy import text

from tests.page.serving import module_database_url
from tests.page.test_cabinet import UNNAMED, WIDE
from tests.page.test_looks import COLOURS, contrast, put_on
from tests.page.test_manage_page import SETTINGS, address, connected, parts
from tests.support.lived_salon import MARKUP, live
from tests.support.site import Salon, Site
from tests.support.tabs import Tabs

__all__ = ["address", "module_database_url"]
PAGES = {
    "salons": "",
    "attention": "?part=attention",
    "salon": "/salons/{company}",
    "chats": "/salons/{company}/chats",
    "hosts": "/hosts",
    "queues": "/queues",
    "traffic": "/traffic",
    "pairings": "/pairings",
    "sessions": "/events",
    "actions": "/events?what=actions",
    "operators": "/operators",
}
SHOTS = os.environ.get("SCREENSHOTS")
"""A folder for pictures of what the tests see."""
MANY = (
    "INSERT INTO companies (yclients_id, title, integration_status, whatsapp_phone, whatsapp_connected)"
    " SELECT 700000 + n, 'Салон красоты № ' || n, (ARRAY['active', 'frozen', 'pending', 'active'])[1 + n % 4],"
    " '7900' || lpad(n::text, 7, '0'), n % 4 <> 2 FROM generate_series(1, 55) AS n"
)

ROWS = (
    "INSERT INTO session_hosts (id, lease_until, capacity, name, rss_bytes) VALUES"
    " ('00000000-0000-0000-0000-000000000007', now() + interval '1 hour', 250, 'vm-1', 612000000),"
    " ('00000000-0000-0000-0000-000000000008', now() + interval '1 hour', 250, 'vm-2', 588000000)",
    "UPDATE devices SET host_id = '00000000-0000-0000-0000-000000000007', observed = 'banned'",
    "INSERT INTO session_events (device_id, company_id, state, reason, at)"
    " SELECT 1, :id, (ARRAY['online', 'reconnecting', 'banned'])[1 + n % 3], NULL, now() - n * interval '1 hour'"
    " FROM generate_series(0, 55) AS n",
    "INSERT INTO audit_log (company_id, actor, action, details, outcome, at)"
    " VALUES"
    " (:id, 'console:Ада', 'console.chat', jsonb_build_object('reason', CAST(:markup AS text)), 'done', now()),"
    " (:id, 'owner', 'bot.settings', '{}', 'done', now()), (:id, 'cli', 'partner.payment', '{}', NULL, now())",
    "INSERT INTO quarantine (queue, company_id, row_key, reason, attempts, first_at, last_at)"
    " VALUES ('webhooks', :id, '5', 'KeyError in webhook.read:7', 10, now(), now())",
    "INSERT INTO operator_sessions (secret_hash, key_fingerprint, operator, agent, created_at, seen_at, expires_at)"
    " SELECT 'x', 'x', 'никто', '', now(), now(), now()",
)


@pytest.fixture(scope="module")
def site(module_database_url: str, module_redis_url: str) -> Iterator[Site]:
    with parts(module_database_url, module_redis_url) as made:
        yield made


@pytest.fixture(scope="module")
def salon(site: Site) -> Salon:
    """A salon among many that has a bit of everything, and a name that is markup."""
    with site.container.engine.begin() as connection:
        connection.execute(text(MANY))
    made = connected(site)
    live(site.container, made.company_id, names=(MARKUP, "ш" * 255, "X"), said=MARKUP)
    with site.container.engine.begin() as connection:
        for statement in ROWS:
            connection.execute(text(statement), {"id": made.company_id, "markup": MARKUP})
        named = {"id": made.company_id, "title": (MARKUP * 9)[:255]}
        connection.execute(text("UPDATE companies SET title = :title WHERE id = :id"), named)
    return made


class Desk:
    """An operator's tab."""

    def __init__(self, page: Page, address: str, salon: Salon) -> None:
        self.page, self._address, self._salon = page, address, salon
        self.complaints: list[str] = []
        page.set_default_timeout(30_000)
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (self.complaints.append("a script of a stranger ran"), dialog.dismiss()))

    def open(self, path: str, width: int = 1280) -> Page:
        self.resize(width)
        self.page.emulate_media(color_scheme="light")
        answer = self.page.goto(f"{self._address}/console{path.format(company=self._salon.company_id)}")
        assert answer is not None
        assert answer.ok, path
        return self.page

    def resize(self, width: int) -> None:
        self.page.set_viewport_size({"width": width, "height": 900 if width > 600 else 844})


@pytest.fixture(scope="module")
def opened(tabs: Tabs, address: str, salon: Salon) -> Iterator[Desk]:
    with tabs.lend(locale="ru-RU", is_kept=False) as page:
        yield Desk(page, address, salon)


@pytest.fixture
def desk(opened: Desk) -> Iterator[Desk]:
    opened.complaints = []
    yield opened
    assert opened.complaints == []


def log_in(desk: Desk) -> None:
    page = desk.open("?part=attention")
    if "/login" not in page.url:
        return
    page.get_by_label("Как вас зовут").fill("Ада")
    page.get_by_label("Ключ администратора").fill(SETTINGS["admin_api_key"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/console?part=attention")


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"console-{name}.png"), full_page=True)


def check(desk: Desk, path: str, name: str) -> None:
    """A page is opened once, and then changed in place: it has no script that would have to hear of that."""
    page = desk.open(path)
    assert page.locator("main img, script").count() == 0
    assert_sound(page, f"{name}-1280-light", 1280)
    assert_accessible(page)
    desk.resize(390)
    assert_sound(page, f"{name}-390-light", 390)
    desk.resize(320)
    put_on(page, "dark")
    assert_sound(page, f"{name}-320-dark", 320)
    assert_accessible(page)


def assert_sound(page: Page, shot: str, width: int) -> None:
    shoot(page, shot)
    assert page.evaluate(UNNAMED) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.evaluate(WIDE, width)
    faint = [(one["text"][:40], contrast(one["ink"], one["paper"])) for one in page.evaluate(COLOURS)]
    assert [pair for pair in faint if pair[1] < 4.5] == []


def assert_accessible(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_the_door_is_sound_and_says_what_is_wrong(desk: Desk) -> None:
    desk.page.context.clear_cookies()
    check(desk, "/login?said=over", "login")
    page = desk.open("")
    page.wait_for_url("**/console/login")
    page.get_by_label("Как вас зовут").fill("Ада")
    page.get_by_label("Ключ администратора").fill("wrong")
    page.get_by_role("button", name="Войти").press("Enter")
    page.get_by_role("alert").wait_for()
    assert page.get_by_label("Как вас зовут").input_value() == "Ада"
    assert len(desk.complaints) == 1, "the browser notes the refusal that was asked for"
    desk.complaints = []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_sound_at_every_width_and_in_both_schemes(desk: Desk, name: str) -> None:
    log_in(desk)
    check(desk, PAGES[name], name)


def test_a_chat_is_read_for_a_reason_alone(desk: Desk, salon: Salon) -> None:
    log_in(desk)
    page = desk.open("/salons/{company}/chats", 390)
    assert "alert(1)" not in page.locator("main ul").inner_text()
    page.locator("summary").first.press("Enter")
    page.get_by_label("Причина").first.fill("Жалоба: не дошло")
    shoot(page, "chats-open-390-light")
    page.keyboard.press("Enter")
    page.wait_for_url("**/chats/*")
    assert "onerror=alert(1)" in page.locator("main ol").inner_text()
    check(desk, page.url.partition("/console")[2], "chat")


def test_a_salon_is_paused_and_entered_with_a_reason(desk: Desk, salon: Salon) -> None:
    log_in(desk)
    page = desk.open("/salons/{company}")
    page.get_by_role("button", name="Придержать").click()
    page.get_by_role("status").get_by_text("на паузе").wait_for()
    page.get_by_role("button", name="Отпустить").click()
    page.get_by_role("button", name="Придержать").wait_for()
    page.get_by_label("Причина").fill("Помочь с текстами")
    page.get_by_role("button", name="Открыть", exact=True).click()
    page.wait_for_url("**/marketplace/manage?company=*")
    page.wait_for_selector("main[data-ready]")


def test_a_salon_is_found_and_the_way_out_ends_the_session(desk: Desk) -> None:
    log_in(desk)
    page = desk.open("")
    page.get_by_role("searchbox").fill("№ 17")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Салон красоты № 17").wait_for()
    page.get_by_role("button", name="Выйти").click()
    page.wait_for_url("**/console/login?said=left")
    desk.open("").wait_for_url("**/console/login")
