"""Owners arrive from YClients: who is let in, to what, and what that changes."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from rq import Queue
from sqlalchemy import text

from aiadmin.domain.companies.company import IntegrationStatus
from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.ids import CompanyId
from tests.fakes.yclients.marketplace.redirect import OWNER, signed
from tests.support.door import Door
from tests.support.site import MakeSite

STRANGER = {**OWNER, "id": 666, "name": "Чужой"}
FROM_YCLIENTS = {"Referer": "https://yclients.com/appstore/1"}


def test_an_owner_who_pressed_connect_gets_a_company_and_yclients_is_told_at_once(door: Door) -> None:
    answer = door.open(door.press_connect(5))

    assert answer.status_code == 303
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    address = urlsplit(answer.headers["Location"])
    assert address.path == "/marketplace/connect"
    assert "user_data" not in address.query
    page = door.open(answer.headers["Location"])
    assert (page.status_code, 'data-page-state="open"' in page.text) == (200, True)
    assert door.status(5) is IntegrationStatus.ACTIVATING
    queue = Queue("jobs", connection=door.site.container.redis, serializer="json")
    assert [job.func_name for job in queue.jobs] == ["jobs.activations.deliver"]
    assert door.deliver(5) is OutboxState.SENT
    link = door.yclients.link(5)
    assert link is not None
    assert link["status"] == "active"
    company = door.site.container.company_by_api_key(link["api_key"])
    assert company is not None
    assert (company.salon_id, company.integration_status, company.whatsapp_connected) == (5, "active", False)


@pytest.mark.parametrize("shape", ["list", "indexed", "comma"])
@pytest.mark.parametrize("is_url_safe", [False, True])
def test_several_salons_become_a_company_each_and_one_page_lists_them(
    door: Door, shape: str, is_url_safe: bool
) -> None:
    answer = door.open(door.press_connect(5, 6, shape=shape, url_safe=is_url_safe))

    assert answer.status_code == 200
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/marketplace/connect[^"]*)"', answer.text)]
    assert len(links) == 2
    for number, link in zip((5, 6), links, strict=True):
        assert parse_qs(urlsplit(link).query)["salon"] == [str(number)]
        assert 'data-page-state="open"' in door.open(link).text
        assert door.deliver(number) is OutboxState.SENT
    keys = [callback["api_key"] for callback in door.yclients.callbacks()]
    assert len(set(keys)) == 2


def test_of_several_salons_each_stands_for_itself(door: Door) -> None:
    door.install(5)
    door.press_connect(6)

    answer = door.open(f"/marketplace/install?{urlencode({'salon_ids': '5,6,7', **_signed(door)})}", **FROM_YCLIENTS)

    assert answer.status_code == 200
    assert (answer.text.count("/marketplace/manage?"), answer.text.count("/marketplace/connect?")) == (1, 1)
    assert "нажмите «Подключить» в этом филиале" in answer.text
    assert door.company(7) is None


def test_the_owner_of_an_active_salon_gets_its_management_page(door: Door) -> None:
    before = door.install(5)

    answer = door.open(door.press_connect(5), **FROM_YCLIENTS)

    assert answer.status_code == 303
    assert urlsplit(answer.headers["Location"]).path == "/marketplace/manage"
    assert door.status(5) is IntegrationStatus.ACTIVE
    assert len(door.yclients.callbacks()) == 1
    assert door.company(5) != before  # its link is a new one


def test_a_signature_opens_nothing_in_a_strangers_active_salon(door: Door) -> None:
    """7.B.1: any salon's number next to one's own valid signature reset an active salon."""
    before = door.install(5)
    address = f"/marketplace/install?{urlencode({'salon_id': 5, **_signed(door, STRANGER)})}"

    for headers in ({}, FROM_YCLIENTS, {"Sec-Fetch-Site": "cross-site"}):
        answer = door.open(address, **headers)
        assert answer.status_code == 403
        assert "token=" not in answer.text

    assert door.company(5) == before


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"user_data_sign": ""},
        {"user_data_sign": "0" * 64},
        {"user_data": ""},
    ],
    ids=["nothing", "no signature", "wrong signature", "signature alone"],
)
def test_without_yclients_signature_nobody_comes_in(door: Door, query: dict[str, str]) -> None:
    """7.B.1, first half: leaving the signed data out opened every salon."""
    address = door.press_connect(5)
    given = {"salon_id": "5"} | ({name: value[0] for name, value in parse_qs(urlsplit(address).query).items()})
    asked = {**given, **query} if query else {"salon_id": "5"}

    answer = door.open(f"/marketplace/install?{urlencode(asked)}")

    assert (answer.status_code, answer.mimetype) == (401, "text/html")
    assert door.company(5) is None
    assert door.yclients.requests() == []


def test_where_no_partner_token_is_set_the_door_is_closed(make_site: MakeSite) -> None:
    site = make_site()
    query = urlencode({"salon_id": 5, **signed(OWNER, "")})
    assert site.client.get(f"/marketplace/install?{query}").status_code == 401


def test_a_salon_that_yclients_does_not_wait_for_is_sent_back_to_press_connect(door: Door) -> None:
    never = door.open(f"/marketplace/install?{urlencode({'salon_id': 5, **_signed(door)})}")
    address = door.press_connect(6)
    door.yclients.control("POST", "/uninstall", salon_id=6)
    gone = door.open(address)

    for answer in (never, gone):
        assert answer.status_code == 409
        assert "Нажмите «Подключить» ещё раз" in answer.text
    assert door.count("companies") == door.count("arrivals") == 0


def test_while_yclients_is_silent_nothing_is_used_up(door: Door) -> None:
    address = door.press_connect(5)
    door.yclients.fault(
        f"/marketplace/salon/5/application/{door.yclients.app_id}", status=502, body="<html>", times=1
    )

    silent = door.open(address)

    assert (silent.status_code, silent.headers["Retry-After"]) == (503, "3")
    assert door.count("companies") == door.count("arrivals") == 0
    assert door.open(address).status_code == 303


def test_an_address_opens_its_door_once(door: Door) -> None:
    address = door.press_connect(5)
    first = door.open(address)
    before = door.company(5)

    mine = door.site.client
    door.site.client = mine.application.test_client()
    for _ in range(2):
        again = door.open(address)
        assert again.status_code == 410
        assert "Откройте AI Admin в YClients ещё раз" in again.text
        assert "token=" not in again.text

    assert door.company(5) == before
    assert door.open(first.headers["Location"]).status_code == 200  # the page that it led to lives on
    assert door.deliver(5) is OutboxState.SENT
    assert door.site.client.application.test_client().get(address).status_code == 410
    assert mine.get(address).status_code == 303  # the browser that opened it is in


def test_yclients_signs_no_time_so_an_owner_who_comes_from_there_again_is_let_in(door: Door) -> None:
    address = door.press_connect(5)
    door.open(address)
    door.deliver(5)
    assert door.press_connect(5) == address

    for headers in (FROM_YCLIENTS, {"Sec-Fetch-Site": "cross-site"}):
        assert door.open(address, **headers).status_code == 303
    for headers in ({"Referer": "https://evil.example"}, {"Sec-Fetch-Site": "none"}):
        assert door.open(address, **headers).status_code == 303  # its browser is in, whatever it says of itself
        other = door.site.client.application.test_client()
        assert other.get(address, headers=headers).status_code == 410


def test_after_two_hours_an_address_is_forgotten(door: Door) -> None:
    address = door.press_connect(5)
    door.open(address)
    with door.site.container.engine.begin() as connection:
        connection.execute(text("UPDATE arrivals SET at = at - :age"), {"age": timedelta(hours=2, minutes=1)})

    assert door.open(address).status_code == 303


def test_what_only_looks_opens_nothing(door: Door) -> None:
    address = door.press_connect(5)
    assert door.site.client.head(address).status_code == 200
    assert door.count("companies") == 0
    assert door.open(address).status_code == 303


def test_a_double_click_makes_one_company(door: Door) -> None:
    address = door.press_connect(5)
    statuses: list[int] = []

    def click() -> None:
        statuses.append(door.site.client.application.test_client().get(address).status_code)

    threads = [threading.Thread(target=click) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert sorted(statuses) == [303, 410, 410, 410, 410]
    assert (door.count("companies"), door.count("outbox")) == (1, 1)


def test_a_salon_of_the_open_registration_is_given_a_new_key_when_its_owner_comes(door: Door) -> None:
    """Whoever registered its number may not have been the salon: the key of then opens nothing any more."""
    earlier = door.site.register(5)
    assert door.open(door.press_connect(5)).status_code == 303
    assert door.deliver(5) is OutboxState.SENT

    refused = door.site.client.get(f"/marketplace/status/{earlier.company_id}", headers=earlier.key)

    assert refused.status_code == 401
    link = door.yclients.link(5)
    assert link is not None
    assert link["api_key"] != earlier.api_key


def test_an_owner_comes_again_while_yclients_is_being_told_and_the_key_stays(door: Door) -> None:
    door.open(door.press_connect(5))
    door.yclients.fault("/marketplace/partner/callback", drop=True, processed=True)
    assert door.deliver(5) is OutboxState.PENDING
    door.yclients.control("POST", "/uninstall", salon_id=5)

    assert door.open(door.press_connect(5), **FROM_YCLIENTS).status_code == 303
    assert door.deliver(5) is OutboxState.SENT

    keys = {callback["api_key"] for callback in door.yclients.callbacks()}
    assert len(keys) == 1


def test_a_salon_that_yclients_has_as_active_and_we_do_not_know_is_taken_in(door: Door) -> None:
    door.install(5)
    with door.site.container.engine.begin() as connection:
        connection.execute(text("DELETE FROM companies"))
        connection.execute(text("DELETE FROM arrivals"))

    answer = door.open(door.press_connect(5))

    assert urlsplit(answer.headers["Location"]).path == "/marketplace/manage"
    assert door.status(5) is IntegrationStatus.ACTIVE


@pytest.mark.parametrize("query", ["", "salon_id=0", "salon_id=x", "salon_ids[]=1&salon_ids[]=-2"])
def test_a_query_without_a_proper_salon_is_told_so(door: Door, query: str) -> None:
    answer = door.open(f"/marketplace/install?{query}&{urlencode(_signed(door))}")
    assert (answer.status_code, "Салон не указан" in answer.text) == (400, True)


def test_nothing_of_what_a_user_is_called_is_kept_or_shown(door: Door) -> None:
    """7.A.8: a user's name went from the signed data into a page unescaped."""
    user = {**OWNER, "name": "<script>alert(1)</script>", "salon_name": "<img src=x>"}
    answer = door.open(door.press_connect(5, 6, user=user))

    assert answer.status_code == 200
    assert "alert(1)" not in answer.text
    assert "<img src=x" not in answer.text
    with door.site.container.engine.connect() as connection:
        for table in ("companies", "salon_owners", "arrivals", "audit_log", "outbox"):
            rows = [str(row) for row in connection.execute(text(f"TABLE {table}"))]
            assert not any("alert" in row or OWNER["phone"] in row or OWNER["email"] in row for row in rows)


def test_coming_in_is_written_down(door: Door) -> None:
    company = door.install(5)
    with door.site.container.uow() as work:
        entries = work.audit.recent(CompanyId(company.company_id), limit=5)
    assert [(entry.actor, entry.action, entry.details) for entry in entries] == [
        ("owner", "install", {"admission": "onboard"})
    ]


def _signed(door: Door, user: dict[str, object] | None = None) -> dict[str, str]:
    return signed(user or OWNER, door.yclients.partner_token)
