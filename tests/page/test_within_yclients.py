"""The cabinet where owners have it: in a frame of YClients' page, and with YClients' own page to pay at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Frame, Page
from sqlalchemy import text

from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.services.companies import connect_links
from tests.conftest import WaitUntil
from tests.fakes.yclients.client import FakeYClients
from tests.page.serving import module_database_url
from tests.page.test_cabinet import shoot
from tests.page.test_entry import hostile_site
from tests.page.test_manage_page import SETTINGS, parts
from tests.support.door import Door
from tests.support.lived_salon import live, say
from tests.support.site import Salon, Site
from tests.support.tabs import Tabs
from tests.support.web_server import running

__all__ = ["module_database_url"]
SALON = 962302
ONLY_PARTITIONED = {
    "enableThirdPartyCookieRestriction": True,
    "disableThirdPartyCookieMetadata": True,
    "disableThirdPartyCookieHeuristics": True,
}
"""As Chromium is where its owner blocks cookies of third parties."""
FRAME = """(src) => document.body.replaceChildren(Object.assign(document.createElement('iframe'), { src }))"""


@pytest.fixture(scope="module")
def yclients() -> Iterator[FakeYClients]:
    with FakeYClients() as server:
        yield server


@pytest.fixture(scope="module")
def settings(yclients: FakeYClients, module_database_url: str, module_redis_url: str) -> dict[str, str]:
    """Its page is on `localhost` and ours on 127.0.0.1: two sites. An https address makes production's cookie."""
    more = {
        "DATABASE_URL": module_database_url,
        "REDIS_URL": module_redis_url,
        "RATE_LIMIT_PER_MINUTE": "10000",
        "SOCKET_LIMIT_PER_MINUTE": "10000",
        "PUBLIC_URL": "https://bot.example",
        "YCLIENTS_MARKETPLACE_URL": f"http://localhost:{yclients.port}",
    }
    return yclients.env() | {name.upper(): value for name, value in SETTINGS.items()} | more


@pytest.fixture(scope="module")
def address(
    wait_until: WaitUntil, tmp_path_factory: pytest.TempPathFactory, settings: dict[str, str], yclients: FakeYClients
) -> Iterator[str]:
    with running(wait_until, tmp_path_factory.mktemp("web") / "web.log", settings) as url:
        yclients.settings(install_url=f"{url}/marketplace/install")
        yield url


@pytest.fixture(scope="module")
def site(settings: dict[str, str], yclients: FakeYClients) -> Iterator[Site]:
    known = {name: settings[name.upper()] for name in ("yclients_api_url", "yclients_marketplace_url")}
    own = yclients.config() | known | {"public_url": settings["PUBLIC_URL"]}
    with parts(settings["DATABASE_URL"], settings["REDIS_URL"], **own) as made:
        yield made


@pytest.fixture(scope="module")
def salon(site: Site, yclients: FakeYClients) -> Salon:
    yclients.salon(SALON)
    door = Door(site, yclients)
    company = door.install(SALON)
    made = door.salon(SALON)
    site.link(made)
    with site.container.engine.begin() as connection:  # the address from YClients is the same for ever
        connection.execute(text("DELETE FROM arrivals"))
    live(site.container, company.company_id)
    return made


@pytest.fixture
def page(tabs: Tabs) -> Iterator[Page]:
    complaints: list[str] = []
    with tabs.lend(locale="ru-RU", viewport={"width": 1280, "height": 900}, is_kept=False) as lent:
        lent.set_default_timeout(30_000)
        lent.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
        lent.on("pageerror", lambda error: complaints.append(str(error)))
        yield lent
    assert complaints == []


def _in_frame(page: Page) -> Frame:
    """Our page, once it is there."""
    inside = page.locator("#frame").element_handle().content_frame()
    assert inside is not None
    inside.wait_for_selector("main[data-ready]")
    return inside


def test_a_salon_is_led_whole_within_a_frame_of_yclients(
    page: Page, address: str, site: Site, salon: Salon, yclients: FakeYClients
) -> None:
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.setCookieControls", ONLY_PARTITIONED)
    page.goto(f"http://localhost:{yclients.port}/")
    page.get_by_role("button", name="Открыть здесь").click()
    inside = _in_frame(page)
    assert inside.url == f"{address}/marketplace/manage?company={salon.company_id}"
    assert inside.locator(".brand").count() == 0
    assert inside.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    shoot(page, "within-yclients")

    inside.get_by_role("link", name="Чаты", exact=True).click()
    inside.wait_for_selector("main.chats[data-link=live]")
    inside.get_by_role("link", name="Анна Смирнова").click()
    inside.locator("[data-visit]", has_text="изит").wait_for()
    contact = int(inside.url.rpartition("contact=")[2])
    say(site, salon, contact, "Я уже рядом!")
    inside.locator("[data-log] [data-author=in]", has_text="Я уже рядом!").wait_for(timeout=14_000)
    inside.get_by_label("Ответ клиенту").fill("Ждём вас!")
    inside.get_by_role("button", name="Отправить").click()
    inside.locator("[data-log] [data-author=staff]", has_text="Ждём вас!").wait_for()
    with site.container.engine.connect() as connection:
        [[sent]] = connection.execute(text("SELECT count(*) FROM outbox_messages WHERE text = 'Ждём вас!'"))
    assert sent == 1

    [cookie] = page.context.cookies(address)
    assert (cookie["name"], cookie["sameSite"], cookie["secure"]) == ("__Host-aiadmin", "None", True)
    assert cookie["partitionKey"] == "http://localhost"  # type: ignore[typeddict-item]


def test_no_other_site_shows_our_pages_in_a_frame(tabs: Tabs, address: str, salon: Salon) -> None:
    with tabs.lend(locale="ru-RU", is_kept=False) as page, hostile_site() as evil:
        refusals: list[str] = []
        page.on("console", lambda line: refusals.append(line.text))
        page.goto(evil)
        for path in (f"/marketplace/manage?token={salon.token}", "/console/login", "/"):
            refusals.clear()
            page.evaluate(FRAME, address + path)
            page.wait_for_function("() => document.querySelector('iframe').contentDocument === null")
            assert any("frame-ancestors" in line for line in refusals), path
            assert "AI Admin" not in page.frames[1].content()


def test_a_frozen_salon_pays_at_yclients_and_goes_on(
    page: Page, address: str, site: Site, salon: Salon, yclients: FakeYClients
) -> None:
    Door(site, yclients).tell("freeze", SALON)
    yclients.freeze(SALON)
    held = site.container
    token = connect_links.issue(
        salon.company_id, uow=held.uow, tokens=held.tokens, links=held.links, clock=held.clock
    )
    page.goto(f"{address}/marketplace/manage/connection?token={token}&company={salon.company_id}")
    page.wait_for_selector("main[data-ready]")
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Оплатить").click()
    paying = opened.value
    paying.get_by_role("button", name="Оплатить 990").click()
    paying.get_by_role("heading", name="Оплата прошла").wait_for()
    paying.close()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # headless tabs are all in front
    page.locator("[data-paid-until]", has_text="Приложение снова включено").wait_for()
    assert "Оплачено до" in page.locator("[data-paid-until]").inner_text()
    page.get_by_role("button", name="Оплатить").wait_for(state="hidden")
    assert Door(site, yclients).status(SALON) is IntegrationStatus.ACTIVE
