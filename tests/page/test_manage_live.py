"""A salon's journal is read under the eyes of its owner: live, at the limits that production has."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, WebSocketRoute
from sqlalchemy import text

from aiadmin.domain.hosting.device import Observed, SessionChange
from aiadmin.domain.journal.sync_run import RunState, Stage, SyncKind, SyncRun
from tests.conftest import WaitUntil
from tests.page.serving import database_url, module_database_url, redis_url
from tests.page.test_manage_page import SETTINGS, site
from tests.support.site import Salon, Site
from tests.support.tabs import Tabs
from tests.support.web_server import running

__all__ = ["database_url", "module_database_url", "redis_url", "site"]
PAGES = 60
"""More than the requests that an address may make in a minute."""


@pytest.fixture
def salon(site: Site) -> Salon:
    """A connected salon in Novosibirsk, whose session came up at noon there."""
    made = site.register()
    site.link(made)
    at = datetime(2026, 11, 26, 5, tzinfo=UTC)
    with site.container.engine.begin() as connection:
        connection.execute(text("UPDATE companies SET timezone = 'Asia/Novosibirsk'"))
    with site.container.uow() as work:
        device = work.devices.find_current(made.company_id)
        assert device is not None
        change = SessionChange(device_id=device.device_id, observed=Observed.ONLINE, reason=None, host_id=None, at=at)
        work.session_events.add(made.company_id, change)
        work.companies.set_activated(made.company_id, at)
        work.commit()
    return made


@pytest.fixture(scope="module")
def address(
    wait_until: WaitUntil,
    tmp_path_factory: pytest.TempPathFactory,
    module_database_url: str,
    module_redis_url: str,
) -> Iterator[str]:
    """The real server, with the limit of requests that nobody has raised."""
    settings = {"DATABASE_URL": module_database_url, "REDIS_URL": module_redis_url}
    settings |= {name.upper(): value for name, value in SETTINGS.items()}
    with running(wait_until, tmp_path_factory.mktemp("web") / "web.log", settings) as url:
        yield url


@pytest.fixture
def page(tabs: Tabs, address: str, salon: Salon) -> Iterator[Page]:
    with tabs.lend(locale="ru-RU", timezone_id="Pacific/Auckland") as page:
        page.set_default_timeout(30_000)
        page.goto(f"{address}/marketplace/manage/connection?token={salon.token}&company={salon.company_id}")
        page.wait_for_selector("main[data-ready]")
        page.wait_for_selector("main[data-link=live]")
        yield page


def run_at(salon: Salon, number: int, **more: Any) -> SyncRun:
    facts: dict[str, Any] = {"state": RunState.RUNNING, "stage": Stage.CLIENTS, "counts": {"clients": number * 200}}
    return SyncRun(
        company_id=salon.company_id, kind=SyncKind.FULL, page=number, total_pages=PAGES, **{**facts, **more}
    )


def test_every_page_that_is_read_is_seen_and_costs_no_request(page: Page, site: Site, salon: Salon) -> None:
    """YClients lets us read five pages a second: one that asks us after each is turned away soon."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for number in range(1, PAGES + 1):
        site.container.page_events.sync(run_at(salon, number))
        page.locator("[data-slot=sync]", has_text=f"клиенты, {number} из {PAGES}").wait_for()
    assert "12 000" in page.locator("[data-counts]").inner_text().replace("\xa0", " ")
    assert page.locator("[data-problem]").is_hidden()
    assert sum(url.endswith("/overview") for url in asked) <= 5


def test_a_reading_that_stops_says_why_and_can_be_begun_again(page: Page, site: Site, salon: Salon) -> None:
    site.container.page_events.sync(run_at(salon, 3))
    again = page.get_by_role("button", name="Прочитать заново")
    page.locator("[data-slot=sync]", has_text="клиенты, 3 из").wait_for()
    assert again.is_hidden()
    site.container.page_events.sync(run_at(salon, 3, state=RunState.PAUSED, error="forbidden"))
    again.wait_for()
    assert "проверьте права приложения" in page.locator("[data-slot=sync-error]").inner_text()
    heard = page.locator("[data-heard]", has_text="Чтение остановлено")
    heard.wait_for(state="attached")


def test_times_are_those_of_the_salon_wherever_its_owner_is(page: Page) -> None:
    assert "26 нояб., 12:00" in page.locator("[data-events] li", has_text="На связи.").inner_text()


@pytest.mark.parametrize(("code", "comes_back"), [("unreachable", True), ("link-revoked", False)])
def test_a_pairing_that_failed_does_not_keep_the_page_away_from_a_server_that_restarts(
    browser: Browser, address: str, salon: Salon, code: str, comes_back: bool
) -> None:
    """Both come as `error`; only a refusal is the reason of the disconnect that follows."""
    joined: list[str] = []

    def serve(socket: WebSocketRoute) -> None:
        """Engine.IO and Socket.IO by hand: let in, say what went wrong, close; the second time, stay."""

        def answer(packet: str | bytes) -> None:
            if not str(packet).startswith("40/marketplace,"):
                return
            joined.append(str(packet))
            socket.send(f'40/marketplace,{{"sid":"{len(joined)}"}}')
            if len(joined) == 1:
                socket.send(f'42/marketplace,["error",{{"message":"...","code":"{code}"}}]')
                socket.send("41/marketplace,")

        socket.on_message(answer)
        socket.send('0{"sid":"s","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100000}')

    context = browser.new_context(locale="ru-RU")
    page = context.new_page()
    page.clock.install()
    page.route_web_socket("**/socket.io/**", serve)
    page.goto(f"{address}/marketplace/manage/connection?token={salon.token}&company={salon.company_id}")
    page.wait_for_selector("main[data-ready]")
    deadline = time.monotonic() + 30
    while not joined:
        assert time.monotonic() < deadline
        page.wait_for_timeout(20)
    page.clock.fast_forward(2_500)
    deadline = time.monotonic() + (30 if comes_back else 1)
    while len(joined) < 2 and time.monotonic() < deadline:
        page.clock.run_for(100)
    assert (len(joined) > 1) is comes_back
    context.close()
