"""The partner's routes: what is installed, what was paid, and what the app hears of it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.fakes.yclients.client import FakeYClients
from tests.integration.fakes_yclients.bot import Bot
from tests.integration.fakes_yclients.conftest import SALON, Rest

APP = 7777
STATUS = f"/marketplace/salon/{SALON}/application/{APP}"
FIELD_ERRORS = {
    "application_id",
    "salon_id",
    "payment_sum",
    "currency_iso",
    "payment_date",
    "period_from",
    "period_to",
}


@pytest.fixture
def installed(yclients: FakeYClients, bot: Bot) -> Iterator[None]:
    """An empty salon with the app, which hears of changes and of what becomes of it."""
    yclients.settings(callback_url=f"{bot.url}/lifecycle")
    yclients.activate(SALON, webhook_urls=[f"{bot.url}/hook"], channels=["sms"], api_key="k")
    yield
    assert yclients.settled()


def _paid(**changes: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    first, last = (f"{now + timedelta(days=days):%Y-%m-%d %H:%M:%S}" for days in (-1, 29))
    period = {"payment_date": first, "period_from": first, "period_to": last}
    return {"salon_id": SALON, "application_id": APP, "payment_sum": 990.99, "currency_iso": "RUB"} | period | changes


def _status(rest: Rest) -> dict[str, Any]:
    data: dict[str, Any] = rest.call("GET", STATUS, user=False).json()["data"]
    return data


def test_a_payment_is_shown_and_wakes_a_frozen_salon(
    yclients: FakeYClients, rest: Rest, bot: Bot, installed: None
) -> None:
    yclients.freeze(SALON)
    assert rest.get(f"/company/{SALON}").status_code == 403
    assert yclients.state(SALON)["hooks"]["urls"] == []
    number = rest.post("/marketplace/partner/payment", _paid(), user=False).json()["data"]["id"]
    status = _status(rest)
    assert status["connection_status"]["status"] == "active"
    assert [(each["id"], each["payment_sum"], each["is_refunded"]) for each in status["payments"]] == [
        (number, 990.99, False)
    ]
    assert status["logs"][-1] | {"status_from": "freezed", "source": "partner_api"} == status["logs"][-1]
    assert rest.get(f"/company/{SALON}").status_code == 200
    assert yclients.state(SALON)["hooks"]["urls"] == [f"{bot.url}/hook"]


@pytest.mark.parametrize("is_current", [True, False])
def test_a_refund_of_the_current_period_switches_the_app_off(
    rest: Rest, bot: Bot, yclients: FakeYClients, installed: None, is_current: bool
) -> None:
    period = {} if is_current else {"period_from": "2020-01-01 00:00:00", "period_to": "2020-02-01 00:00:00"}
    number = rest.post("/marketplace/partner/payment", _paid(**period)).json()["data"]["id"]
    refund = f"/marketplace/partner/payment/refund/{number}"
    assert [rest.post(refund, {}).status_code for _ in range(2)] == [200, 422]
    assert rest.post("/marketplace/partner/payment/refund/1", {}).status_code == 404
    assert _status(rest)["payments"][0]["is_refunded"] is True
    assert _status(rest)["connection_status"]["status"] == ("freezed" if is_current else "active")
    assert yclients.settled()
    assert [body["event"] for body in bot.bodies()] == ["freeze"] * is_current


@pytest.mark.parametrize("field", sorted(FIELD_ERRORS))
def test_a_payment_needs_all_its_fields(rest: Rest, installed: None, field: str) -> None:
    for wrong in ({field: None}, {field: "x"}):
        answer = rest.post("/marketplace/partner/payment", _paid(**wrong))
        assert (answer.status_code, list(answer.json()["meta"]["errors"])) == (422, [field])


def test_the_app_hears_what_becomes_of_it(yclients: FakeYClients, rest: Rest, bot: Bot, installed: None) -> None:
    yclients.freeze(SALON)
    yclients.pay(SALON)
    yclients.settings(announces_payments=True)
    number = yclients.pay(SALON, amount=990)
    assert rest.post(f"{STATUS}/uninstall", {}).json() == {"success": True, "data": None, "meta": {}}
    assert rest.post(f"{STATUS}/uninstall", {}).status_code == 404
    assert yclients.settled()
    told = {body["event"]: body for path, _, body in bot.arrived if path == "/lifecycle"}
    assert set(told) == {"freeze", "payment", "uninstall"}
    plain = {"salon_id": SALON, "application_id": APP, "partner_token": yclients.partner_token}
    assert told["uninstall"] == plain | {"event": "uninstall"}
    text = f"salon_id={SALON}&amount=990".encode()
    assert told["payment"]["sign"] == hmac.new(b"test_partner_token", text, hashlib.sha256).hexdigest()
    assert told["payment"]["payment_id"] == number
    assert _status(rest)["connection_status"]["status"] == "uninstalled"
    assert rest.get(f"/company/{SALON}").status_code == 403


def test_channels_names_discounts_and_tariffs(yclients: FakeYClients, rest: Rest, installed: None) -> None:
    own = {"salon_id": SALON, "application_id": APP}
    assert rest.post("/marketplace/partner/short_names", own | {"short_names": ["YC"]}).status_code == 201
    channel = {"channel_slug": "whatsapp", "is_available": True}
    assert rest.post("/marketplace/application/update_channel", own | channel).status_code == 200
    off = {"channel_slug": "sms", "is_available": False}
    assert rest.post("/marketplace/application/update_channel", own | off).status_code == 200
    discount = {"salon_ids": [SALON], "application_id": APP, "discount": 15.54}
    assert rest.post("/marketplace/application/add_discount", discount).status_code == 200
    link = yclients.link(SALON)
    assert link is not None
    assert (link["short_names"], link["channels"], link["discount"]) == (["YC"], ["whatsapp"], 15.54)
    assert rest.post("/marketplace/application/add_discount", discount | {"discount": 101}).status_code == 422
    assert rest.post("/marketplace/partner/short_names", own | {"short_names": []}).status_code == 422
    assert rest.post("/marketplace/application/update_channel", own | {"channel_slug": "fax"}).status_code == 422
    assert rest.get(f"/marketplace/application/{APP}/tariffs").json()["data"][0]["options"][0]["overall_price"] == 990
    url = rest.get("/marketplace/application/payment_link", salon_id=SALON, application_id=APP).json()["data"]["url"]
    query = parse_qs(urlsplit(url).query)
    assert (query["salon_id"], query["source"], len(query["sign"][0])) == ([str(SALON)], ["api"], 64)
    other = own | {"salon_id": 1, "short_names": ["YC"]}
    assert rest.post("/marketplace/partner/short_names", other).status_code == 404
    assert rest.post("/marketplace/partner/short_names", other | {"application_id": 8}).status_code == 403
    assert rest.get("/marketplace/application/8/tariffs").status_code == 403


def test_the_list_of_salons_comes_in_pages_with_numbers_as_text(yclients: FakeYClients, rest: Rest) -> None:
    for salon in range(1, 6):
        yclients.activate(salon)
    yclients.freeze(5)
    path = f"/marketplace/application/{APP}/salons"
    pages = [rest.get(path, page=page, count=3).json()["data"] for page in (1, 2, 3)]
    assert [[one["id"] for one in page] for page in pages] == [["1", "2", "3"], ["4"], []]
    assert {"title", "phone", "city", "timezone_name", "address"} <= set(pages[0][0])
    yclients.settings(salons_first_page=0)
    assert [one["id"] for one in rest.get(path, page=0, count=3).json()["data"]] == ["1", "2", "3"]
    assert rest.get(path).status_code == 422
    assert set(rest.get(path, page=1).json()["meta"]["errors"]) == {"count"}


def test_an_unpublished_app_and_a_waiting_salon_may_be_unknown(yclients: FakeYClients, rest: Rest) -> None:
    yclients.connect([SALON])
    assert _status(rest)["connection_status"]["status"] == "pending"
    yclients.settings(pending_is_404=True)
    assert rest.call("GET", STATUS).status_code == 404
    yclients.settings(app_is_published=False)
    body = {"salon_id": SALON, "application_id": APP}
    answer = rest.post("/marketplace/partner/callback", body)
    assert (answer.status_code, answer.json()["meta"]["message"]) == (400, "Агрегатор не найден")


def test_the_browsers_twin_answers_html(yclients: FakeYClients, rest: Rest) -> None:
    yclients.connect([SALON])
    path, body = "/marketplace/partner/callback/redirect", {"salon_id": SALON, "application_id": APP}
    answer = rest.post(path, body, allow_redirects=False)
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (301, "text/html")
    again = rest.post(path, body, allow_redirects=False)
    assert (again.status_code, again.json()["meta"]["message"]) == (403, "Пользователь уже установил это приложение.")


def test_a_signature_can_be_forged_left_out_or_pasted_elsewhere(yclients: FakeYClients) -> None:
    def query(**how: Any) -> dict[str, list[str]]:
        return parse_qs(urlsplit(yclients.connect([SALON], **how)).query)

    wrong = query(sign="base64")
    over_text = hmac.new(b"test_partner_token", wrong["user_data"][0].encode(), hashlib.sha256).hexdigest()
    assert wrong["user_data_sign"] == [over_text]
    assert "user_data_sign" not in query(sign="missing")
    assert set(query(user=None)) == {"salon_id"}
    pasted = query(shown_salon_ids=[5])
    right = hmac.new(b"test_partner_token", base64.b64decode(pasted["user_data"][0]), hashlib.sha256).hexdigest()
    assert (pasted["salon_id"], pasted["user_data_sign"]) == (["5"], [right])
