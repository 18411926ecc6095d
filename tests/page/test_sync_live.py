"""A worker reads a salon's journal while its owner looks on: every page that it reads is seen, over the socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from aiadmin.config import Config
from aiadmin.container import Container
from aiadmin.domain.journal.sync_run import RunState, SyncKind
from aiadmin.web import create_app
from tests.conftest import WaitUntil
from tests.fakes.yclients.client import FakeYClients
from tests.support.site import SALON, Salon, Site
from tests.support.tabs import Tabs
from tests.support.web_server import running
from tests.support.workers import Processes

CLIENTS = 1000
PAGES = CLIENTS // 200
SLOW = 3
"""This page of clients takes YClients a while."""
NOTE = """() => {
  const line = document.querySelector('[data-slot=sync]');
  window.told = [];
  new MutationObserver(() => window.told.push(line.textContent)).observe(line, { childList: true });
}"""


@pytest.fixture
def yclients() -> Iterator[FakeYClients]:
    with FakeYClients() as server:
        yield server


@pytest.fixture
def settings(database_url: str, redis_url: str, yclients: FakeYClients) -> dict[str, Any]:
    """The limits of requests that production has."""
    return {
        "database_url": database_url,
        "redis_url": redis_url,
        "jwt_secret": "a secret of these tests, 32 bytes or more",
        "admin_api_key": "a key of these tests, 32 bytes",
        **yclients.config(),
    }


@pytest.fixture
def site(settings: dict[str, Any]) -> Iterator[Site]:
    """The application's parts, beside its processes."""
    container = Container(Config(**settings))
    yield Site(container, create_app(container).test_client())
    container.close()


@pytest.fixture
def salon(site: Site, yclients: FakeYClients) -> Salon:
    """A salon that is active on both sides, and whose journal nobody has read."""
    yclients.salon(SALON, clients=CLIENTS, records=300)
    yclients.activate(SALON, webhook_urls=[])
    made = site.register(SALON)
    with site.container.uow() as work:
        work.companies.set_activated(made.company_id, site.container.clock())
        work.commit()
    return made


@pytest.fixture
def environment(settings: dict[str, Any]) -> dict[str, str]:
    return {name.upper(): str(value) for name, value in settings.items()}


@pytest.fixture
def worker(environment: dict[str, str], tmp_path: Path) -> Iterator[Processes]:
    """The process that works off jobs."""
    processes = Processes(environment, tmp_path)
    processes.start("jobs")
    yield processes
    processes.kill_all()


@pytest.fixture
def page(
    tabs: Tabs, wait_until: WaitUntil, environment: dict[str, str], tmp_path: Path, salon: Salon
) -> Iterator[Page]:
    """The management page, on the real server, with its socket up."""
    with running(wait_until, tmp_path / "web.log", environment) as address, tabs.lend(locale="ru-RU") as page:
        page.set_default_timeout(30_000)
        page.goto(f"{address}/marketplace/manage/connection?token={salon.token}&company={salon.company_id}")
        page.wait_for_selector("main[data-ready]")
        page.wait_for_selector("main[data-link=live]")
        yield page


def test_an_owner_has_the_journal_read_and_sees_each_page_of_it(
    page: Page, worker: Processes, yclients: FakeYClients, site: Site, salon: Salon
) -> None:
    path = f"/api/v1/company/{SALON}/clients/search"
    for _ in range(SLOW - 1):
        yclients.fault(path)  # nothing is wrong yet
    yclients.fault(path, delay=2)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(NOTE)
    line = page.locator("[data-slot=sync]")

    page.get_by_role("button", name="Прочитать заново").click()

    page.locator("[data-slot=sync]", has_text=f"клиенты, {SLOW} из {PAGES}").wait_for()
    assert page.get_by_role("progressbar").get_attribute("value") == str((SLOW - 1) / PAGES)
    assert page.get_by_role("button", name="Прочитать заново").is_hidden()
    page.locator("[data-slot=sync]", has_text="Журнал прочитан").wait_for()
    told = page.evaluate("window.told")
    print(f"{len(told)} steps told, {sum(url.endswith('/overview') for url in asked)} looks")
    assert [n for n in range(1, PAGES + 1) if any(f"клиенты, {n} из {PAGES}." in step for step in told)] == [
        2,
        3,
        4,
        5,
    ]
    assert sum(url.endswith("/overview") for url in asked) <= 5
    with site.container.uow() as work:
        run = work.sync_runs.find(salon.company_id, SyncKind.FULL)
    assert run is not None
    assert (run.state, run.counts["clients"]) == (RunState.DONE, CLIENTS)
    assert "1 000" in page.locator("[data-counts]").inner_text().replace("\xa0", " ")
    assert "Сейчас" not in line.inner_text()
