"""A signature says who came, never for which salon: what that may cost YClients' budget, and what it opens."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import text

from aiadmin.config import Config
from aiadmin.domain.ids import SalonId
from aiadmin.domain.install.visitor import SHARES, Standing
from tests.fakes.yclients.client import FakeYClients
from tests.fakes.yclients.marketplace.redirect import OWNER, signed
from tests.support.door import Door
from tests.support.site import MakeSite, Site

SECOND = {**OWNER, "id": 778, "name": "Второй администратор"}
HOSTILE = {**OWNER, "id": 666, "name": "Чужой"}
FROM_YCLIENTS = {"Referer": "https://yclients.com/appstore/1"}
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0", "Accept-Language": "ru"}
THIEF = {"User-Agent": "curl/8.5.0"}
ALLOWED = SHARES[Standing.NEWCOMER].most + SHARES[Standing.STRANGER].most


@pytest.fixture
def market(make_site: MakeSite, yclients: FakeYClients) -> Site:
    """A site that may ask who belongs to a salon, behind a proxy: visitors come from many addresses."""
    return make_site(**yclients.config(), trusted_proxies=1)


@pytest.fixture
def usual_door(make_site: MakeSite, yclients: FakeYClients) -> Door:
    """The same with the product's own limits of calls, for which strangers and owners wait."""
    usual = {name: getattr(Config, name) for name in ("yclients_per_second", "yclients_per_minute")}
    return Door(make_site(**yclients.config() | usual, trusted_proxies=1), yclients)


def _address(door: Door, user: dict[str, Any], *salons: int) -> str:
    given = [("salon_ids[]", str(number)) for number in salons]
    return f"/marketplace/install?{urlencode([*given, *signed(user, door.yclients.partner_token).items()])}"


def _list(door: Door, salon_id: int, *users: dict[str, Any]) -> None:
    """YClients lists these users of the salon, each with its access."""
    listed = [{"id": user["id"], "name": user["name"], "access": {"master_id": 0}} for user in users]
    door.yclients.change_salon(salon_id, users=listed)


def _asked(door: Door) -> list[str]:
    """About which salons YClients was asked on behalf of visitors."""
    calls = [call["path"] for call in door.yclients.requests() if call["method"] == "GET"]
    return [path for path in calls if "/application/" in path or "/company_users/" in path]


def test_s9_a_visitor_names_a_few_unknown_salons_a_minute(door: Door) -> None:
    answers = [door.open(_address(door, HOSTILE, number)) for number in range(1000, 1000 + ALLOWED + 5)]

    assert [answer.status_code for answer in answers] == [409] * ALLOWED + [503] * 5
    assert len(_asked(door)) == ALLOWED
    assert "Ничего не потеряно" in answers[-1].text


def test_s9_a_hundred_salons_in_one_address_are_no_hundred_questions(door: Door) -> None:
    answer = door.open(_address(door, HOSTILE, *range(1000, 1100)))
    assert answer.status_code == 200
    assert len(_asked(door)) == ALLOWED


def test_s9_one_signature_from_many_addresses_is_one_visitor(door: Door) -> None:
    for number in range(ALLOWED + 10):
        door.open(_address(door, HOSTILE, 1000 + number), **{"X-Forwarded-For": f"198.51.100.{number}"})
    assert len(_asked(door)) == ALLOWED


def test_s9_one_user_with_many_signatures_is_one_visitor(door: Door) -> None:
    for number in range(ALLOWED + 10):
        door.open(_address(door, {**HOSTILE, "name": f"Имя {number}"}, 1000 + number))
    assert len(_asked(door)) == ALLOWED


def test_s9_retries_of_one_number_count_as_well(door: Door) -> None:
    for _ in range(ALLOWED + 10):
        door.open(_address(door, HOSTILE, 1000))
    assert len(_asked(door)) == ALLOWED


@pytest.mark.parametrize("action", ["freeze", "uninstall", None], ids=["frozen", "uninstalled", "active"])
def test_s9_salons_that_we_know_are_unknown_to_a_stranger(door: Door, action: str | None) -> None:
    door.install(5)
    if action:
        door.yclients.control("POST", f"/{action}", salon_id=5)
    before = len(_asked(door))
    for _ in range(ALLOWED + 10):
        assert door.open(_address(door, HOSTILE, 5), **FROM_YCLIENTS).status_code in {403, 409, 503}
    questions = [path for path in _asked(door)[before:] if "/application/" in path]
    assert len(questions) == ALLOWED


def test_s9_honest_owners_are_let_in_at_once_while_strangers_name_salons(usual_door: Door) -> None:
    """Strangers wait in one line behind owners: with a line for each number, owners stood behind all of them."""
    door = usual_door
    for salon_id in (5, 6, 7):
        door.install(salon_id, user={**OWNER, "id": salon_id})
    stop = threading.Event()

    def name_salons(user_id: int) -> None:
        client = door.site.client.application.test_client()
        for number in range(20):
            if not stop.is_set():
                client.get(_address(door, {**HOSTILE, "id": user_id}, 10_000 + user_id * 100 + number))

    strangers = [threading.Thread(target=name_salons, args=(user_id,)) for user_id in range(100, 120)]
    for stranger in strangers:
        stranger.start()
    try:
        statuses = [
            door.open(_address(door, {**OWNER, "id": salon_id}, salon_id), **FROM_YCLIENTS).status_code
            for salon_id in (5, 6, 7)
        ]
    finally:
        stop.set()
        for stranger in strangers:
            stranger.join(30)
    assert statuses == [303, 303, 303]


def test_s9_visitors_are_counted_while_redis_is_away(make_site: MakeSite, free_port: int) -> None:
    shares = make_site(redis_url=f"redis://127.0.0.1:{free_port}/0").container.visitor_shares
    taken = [shares.take(Standing.NEWCOMER, "666") for _ in range(5)]
    assert taken == [True] * 3 + [False] * 2
    assert shares.take(Standing.NEWCOMER, "667")


def test_s9_a_company_sends_us_to_yclients_a_few_times_only(door: Door) -> None:
    """Its key or link may be a stranger's, where registration is open."""
    door.install(5)
    link = door.salon(5)
    for path in ("sync", "activation", "payment"):
        statuses = [
            door.site.client.post(f"/marketplace/manage/{path}", headers=link.bearer).status_code for _ in range(12)
        ]
        assert statuses[-1] == 429, path
    assert int(door.site.client.post("/marketplace/manage/sync", headers=link.bearer).headers["Retry-After"]) > 0


def test_s9_a_callback_retries_a_failed_activation_a_few_times_only(door: Door) -> None:
    door.install(5)
    link = door.salon(5)
    failed = text("UPDATE outbox SET state = 'failed', secret = 'x', finished_at = now()")
    back = text("UPDATE companies SET integration_status = 'activation_failed', activated_at = NULL")
    states = []
    for _ in range(13):
        with door.site.container.engine.begin() as connection:
            connection.execute(failed)
            connection.execute(back)
        answer = door.site.client.post("/marketplace/callback", json={"api_key": link.api_key})
        assert answer.status_code == 200
        states.append(answer.get_json()["callback"])
    assert states == ["pending"] * 10 + ["failed"] * 3


def test_s13_who_is_of_the_company_no_more_does_not_come_in(door: Door) -> None:
    door.install(5)
    _list(door, 5, SECOND)
    with door.site.container.engine.begin() as connection:
        connection.execute(text("DELETE FROM arrivals"))

    answer = door.open(_address(door, OWNER, 5), **FROM_YCLIENTS)

    assert (answer.status_code, "token=" in answer.text) == (403, False)
    assert "доступ к этому салону" in answer.text


@pytest.mark.parametrize(("listed", "status"), [(SECOND, 403), (OWNER, 303)], ids=["former", "present"])
def test_s13_a_frozen_salon_opens_to_its_users_where_yclients_says_who_they_are(
    door: Door, listed: dict[str, Any], status: int
) -> None:
    door.install(5)
    door.yclients.freeze(5)
    body = json.dumps({"success": True, "data": [{"id": listed["id"], "name": listed["name"]}], "meta": {}})
    door.yclients.fault("/api/v1/company_users/5", status=200, times=3, body=body)
    with door.site.container.engine.begin() as connection:
        connection.execute(text("DELETE FROM arrivals"))

    assert door.open(_address(door, OWNER, 5), **FROM_YCLIENTS).status_code == status


def test_s13_a_second_administrator_of_an_active_salon_comes_in(door: Door) -> None:
    door.install(5)
    _list(door, 5, OWNER, SECOND)

    assert urlsplit(door.open(_address(door, SECOND, 5)).headers["Location"]).path == "/marketplace/manage"
    assert door.open(_address(door, HOSTILE, 5)).status_code == 403


def test_s13_a_salon_that_only_yclients_knows_opens_to_its_own_users(door: Door) -> None:
    door.install(5)
    _list(door, 5, OWNER)
    with door.site.container.engine.begin() as connection:
        connection.execute(text("DELETE FROM companies"))
        connection.execute(text("DELETE FROM arrivals"))

    assert door.open(_address(door, HOSTILE, 5)).status_code == 403
    assert door.company(5) is None
    assert door.open(_address(door, OWNER, 5)).status_code == 303


@pytest.mark.parametrize("status", [403, 404, 500, 200], ids=["forbidden", "not found", "broken", "no list"])
def test_s13_where_yclients_does_not_say_whoever_came_before_is_believed(door: Door, status: int) -> None:
    door.install(5)
    for _ in range(2):
        door.yclients.fault("/api/v1/company_users/5", status=status, times=3, body='{"success": true, "data": null}')
        assert door.open(_address(door, OWNER, 5), **FROM_YCLIENTS).status_code == 303
        assert door.open(_address(door, SECOND, 5)).status_code == 403


def test_s13_an_odd_list_of_users_says_nothing(door: Door) -> None:
    body = '{"data": [{"id": 999}], "meta": {"total_count": 30}}'
    door.install(5)
    door.yclients.fault("/api/v1/company_users/5", status=200, times=6, body=body)
    assert door.open(_address(door, OWNER, 5), **FROM_YCLIENTS).status_code == 303
    assert door.open(_address(door, SECOND, 5)).status_code == 403


def test_s13_without_a_token_of_our_user_nobody_is_asked_about(make_site: MakeSite, yclients: FakeYClients) -> None:
    site = make_site(
        yclients_marketplace_url=yclients.url,
        yclients_api_key=yclients.partner_token,
        yclients_app_id=yclients.app_id,
    )
    door = Door(site, yclients)
    door.install(5)
    assert door.open(_address(door, OWNER, 5), **FROM_YCLIENTS).status_code == 303
    assert not [path for path in _asked(door) if "company_users" in path]


def test_s13_the_salon_is_told_of_a_new_entry_once(door: Door) -> None:
    company = door.install(5)
    _list(door, 5, OWNER, SECOND)
    with door.site.container.engine.begin() as connection:
        connection.execute(text("UPDATE companies SET whatsapp_connected = true, whatsapp_phone = '79001234567'"))

    for _ in range(3):
        assert door.open(_address(door, SECOND, 5), **FROM_YCLIENTS).status_code == 303
    link = door.salon(5)

    shown = door.site.client.get("/marketplace/manage/overview", headers=link.bearer).get_json()["events"]
    assert [event["text"] for event in shown] == ["Страницу впервые открыл пользователь YClients № 778"]
    with door.site.container.engine.connect() as connection:
        told = connection.execute(
            text("SELECT m.text, c.phone FROM outbox_messages m JOIN contacts c ON c.id = m.contact_id")
        ).all()
    assert [(row.phone, "№ 778" in row.text) for row in told] == [("79001234567", True)]
    with door.site.container.uow() as work:
        entries = work.audit.recent(company.company_id, limit=10, action="entry")
    assert [(entry.details, entry.outcome) for entry in entries] == [({"user_id": 778}, "done")]


def _again(door: Door, *, after: timedelta = timedelta()) -> None:
    """The address was opened longer ago."""
    with door.site.container.engine.begin() as connection:
        connection.execute(text("UPDATE arrivals SET at = at - :age"), {"age": after})


def test_s13_a_used_address_opens_again_in_the_same_browser_alone(door: Door) -> None:
    address = door.press_connect(5)
    assert door.open(address, **BROWSER).status_code == 303
    door.deliver(5)
    thief = door.site.client.application.test_client()

    for claim in (FROM_YCLIENTS, {"Sec-Fetch-Site": "cross-site"}, {}):
        assert door.open(address, **BROWSER, **claim).status_code == 303
        for agent in (THIEF, BROWSER):  # what a browser says of itself, anybody may say
            stolen = thief.get(address, headers={"Accept": "text/html", **agent, **claim})
            assert (stolen.status_code, "token=" in stolen.text) == (410, False)
            assert "Set-Cookie" not in stolen.headers


def test_s13_later_too_an_address_that_is_pasted_opens_nothing_while_its_owner_is_in(door: Door) -> None:
    address = door.press_connect(5)
    assert door.open(address, **BROWSER).status_code == 303
    door.deliver(5)
    assert door.open(address, **BROWSER, **FROM_YCLIENTS).status_code == 303  # it keeps its cookie
    _again(door, after=timedelta(days=1))

    thief = door.site.client.application.test_client()
    assert thief.get(address, headers=BROWSER).status_code == 410
    second = door.site.client.application.test_client()
    assert second.get(address, headers={**BROWSER, **FROM_YCLIENTS}).status_code == 303


def test_s13_a_frame_that_keeps_no_cookies_is_known_by_what_it_says_of_itself(door: Door) -> None:
    address = door.press_connect(5)
    frame = door.site.client.application.test_client(use_cookies=False)
    assert frame.get(address, headers=BROWSER).status_code == 303
    door.deliver(5)
    assert frame.get(address, headers=BROWSER | FROM_YCLIENTS).status_code == 303
    assert frame.get(address, headers=THIEF | FROM_YCLIENTS).status_code == 410


def test_s16_a_phone_that_a_stranger_linked_goes_at_the_owners_first_consent(door: Door) -> None:
    """Anybody may register a salon where OPEN_REGISTRATION is set, and link a phone of their own to it."""
    theirs = door.site.register(5)
    door.site.link(theirs, "79006660666")

    assert door.open(door.press_connect(5)).status_code == 303

    company = door.company(5)
    assert company is not None
    assert (company.whatsapp_connected, company.whatsapp_phone) == (False, None)
    with door.site.container.engine.connect() as connection:
        assert connection.execute(text("SELECT desired FROM devices")).scalars().all() == ["removed"]
    with door.site.container.uow() as work:
        actions = [entry.action for entry in work.audit.recent(company.company_id, limit=5)]
    assert "whatsapp.unlink" in actions
    assert door.site.client.get(f"/marketplace/status/{company.company_id}", headers=theirs.bearer).status_code == 401


def test_the_owners_own_phone_stays_when_they_come_again_before_yclients_has_confirmed(door: Door) -> None:
    address = door.press_connect(5)
    assert door.open(address).status_code == 303
    door.site.link(door.salon(5), "79001234567")

    assert door.open(address, **FROM_YCLIENTS).status_code == 303

    company = door.company(5)
    assert company is not None
    assert company.whatsapp_phone == "79001234567"


def test_a_phone_goes_when_another_consents_after_an_installation_that_is_over(door: Door) -> None:
    door.install(5)
    door.site.link(door.salon(5), "79001234567")
    over = text("UPDATE companies SET activation_deadline_at = now() - :age")
    with door.site.container.engine.begin() as connection:
        connection.execute(over, {"age": timedelta(hours=2)})
    path = f"/marketplace/salon/5/application/{door.yclients.app_id}"
    door.yclients.fault(path, status=200, times=1, body=_PENDING)

    assert door.open(_address(door, SECOND, 5)).status_code == 303

    with door.site.container.uow() as work:
        company = work.companies.find_by_salon(SalonId(5))
    assert company is not None
    assert not company.whatsapp_connected


_PENDING = '{"success": true, "data": {"connection_status": {"status": "pending"}}, "meta": {}}'
