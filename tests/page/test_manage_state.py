"""The management page shows what can be done as things stand, and a log that reads like a chat."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import text

from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.ids import CompanyId
from aiadmin.texts.ru import manage as texts_manage
from tests.integration.manage.test_manage import hear
from tests.integration.provider.test_orders import at_any_hour
from tests.page.serving import database_url, module_database_url, redis_url
from tests.page.test_manage_page import address, open_page, salon, site
from tests.support.site import Salon, Site

__all__ = ["address", "database_url", "module_database_url", "open_page", "redis_url", "salon", "site"]
LONG = (
    "Здравствуйте! Подскажите, пожалуйста, можно ли перенести запись на субботу, после обеда? https://example.com/"
    + ("очень-длинный-адрес" * 6)
)


def becomes(site: Site, company_id: CompanyId, status: IntegrationStatus) -> None:
    with site.container.uow() as work:
        work.companies.set_status(company_id, status)
        work.commit()


def buttons(page: Page) -> list[str]:
    return page.locator("main[data-ready] [data-action]:visible").all_inner_texts()


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (IntegrationStatus.ACTIVE, ["Прочитать заново", "Сменить телефон", "Отключить"]),
        (IntegrationStatus.ACTIVATING, ["Сменить телефон", "Отключить"]),
        (IntegrationStatus.ACTIVATION_FAILED, ["Повторить", "Сменить телефон", "Отключить"]),
        (IntegrationStatus.FROZEN, ["Оплатить", "Отключить"]),
    ],
)
def test_only_what_makes_sense_can_be_pressed(
    open_page: Any, site: Site, salon: Salon, status: IntegrationStatus, shown: list[str]
) -> None:
    becomes(site, salon.company_id, status)
    assert buttons(open_page()) == shown


def test_a_salon_without_a_phone_is_offered_one_and_nothing_else(open_page: Any, site: Site, salon: Salon) -> None:
    with site.container.engine.begin() as connection:
        connection.execute(text("UPDATE companies SET whatsapp_connected = false, integration_status = 'activating'"))
    assert buttons(open_page()) == ["Подключить телефон"]


def test_a_link_leads_to_the_journal(open_page: Any, salon: Salon) -> None:
    journal = open_page().get_by_role("link", name="Журнал в YClients").get_attribute("href")
    assert journal == f"https://yclients.com/timetable/{salon.salon_id}"


def test_clients_who_hear_everything_twice_are_warned_of(open_page: Any, site: Site, salon: Salon) -> None:
    at_any_hour(site, salon)
    body = {"destination_params": [{"id": "a", "phone": "79005550011"}], "text": "Ждём", "channel": "whatsapp"}
    key = {"Authorization": f"Bearer {salon.api_key}"}
    assert site.client.post("/marketplace/operator", json=body, headers=key).status_code == 200

    warning = open_page(360, 740, section="/sending").locator("[data-slot=warning]")

    warning.wait_for()
    assert warning.inner_text() == texts_manage.DOUBLE_NOTICES


@pytest.mark.parametrize("width", [360, 390, 1280])
def test_what_the_salon_writes_is_flush_right_and_what_clients_write_left(
    open_page: Any, site: Site, salon: Salon, width: int
) -> None:
    hear(site, salon, "Да", datetime.now(UTC), "short")
    hear(site, salon, LONG, datetime.now(UTC), "long")
    page = open_page(width, 800, section="/chats")
    page.locator("[data-chats] a", has_text="https://example.com").click()
    page.locator("[data-log] li[data-author]").nth(3).wait_for()
    log = page.locator("[data-log]").bounding_box()
    assert log is not None

    for line in page.locator("[data-log] li[data-author]").all():
        box, author = line.bounding_box(), line.get_attribute("data-author")
        assert box is not None
        left, right = box["x"] - log["x"], log["x"] + log["width"] - box["x"] - box["width"]
        near, far = (left, right) if author == "in" else (right, left)
        assert near <= 8, author
        assert far >= log["width"] * 0.1, author
    assert page.evaluate("document.documentElement.scrollWidth") <= width
