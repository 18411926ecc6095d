"""YClients asks the app to send messages, and hears what became of them."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.fakes.yclients.client import FakeYClients
from tests.integration.fakes_yclients.bot import Bot
from tests.integration.fakes_yclients.conftest import SALON

PHONES = ["79000000001", "79000000002"]
TEXT = "Ждём вас завтра"


@pytest.fixture
def active(yclients: FakeYClients) -> None:
    yclients.activate(SALON, api_key="sk_1", channels=["whatsapp"])


def _taken(*ids: str) -> list[dict[str, Any]]:
    return [{"id": number, "ext_id": f"m{number}"} for number in ids]


def _send(yclients: FakeYClients, bot: Bot, status: int, reply: Any) -> dict[str, Any]:
    bot.answers.append((status, reply))
    return yclients.operator_send(SALON, PHONES, TEXT, url=f"{bot.url}/operator")


@pytest.mark.usefixtures("active")
def test_the_app_is_asked_with_its_own_key(yclients: FakeYClients, bot: Bot) -> None:
    answer = _send(yclients, bot, 200, _taken("232674", "232675"))
    assert (answer["status"], answer["problems"], answer["ids"]) == (200, [], ["232674", "232675"])
    ((path, headers, body),) = bot.arrived
    assert (path, headers["Authorization"]) == ("/operator", "Bearer sk_1")
    assert body["destination_params"][0] == {"id": "232674", "phone": PHONES[0]}
    assert (body["text"], body["channel"], body["dispatch_type"], body["from"]) == (
        TEXT,
        "whatsapp",
        "service",
        "SALON",
    )
    assert body["delivery_callback_url"] == f"{yclients.url}/smsprovider/status/callback/{yclients.partner_token}"
    assert [message["ext_id"] for message in yclients.provider_messages()] == ["m232674", "m232675"]


@pytest.mark.parametrize(
    ("status", "reply", "is_fine"),
    [
        (
            200,
            [{"id": "232674", "ext_id": "a"}, {"id": "232675", "error_code": 32, "error_message": "no funds"}],
            True,
        ),
        (400, {"error_code": 5, "error_message": "broken"}, True),
        (
            400,
            {"error_code": 10, "errors": [{"field_name": "text", "field_value": "", "error_message": "empty"}]},
            True,
        ),
        (401, {"error_code": 20, "error_message": "who?"}, True),
        (403, {"error_code": 15, "error_message": "no"}, True),
        (200, _taken("232674"), False),
        (200, _taken("232674", "1"), False),
        (200, [{"id": 232674, "ext_id": "a"}, {"id": "232675", "ext_id": "b"}], False),
        (200, {"id": "232674", "ext_id": "a"}, False),
        (200, [{"id": "232674"}, {"id": "232675", "error_code": 32}], False),
        (401, {"error_code": 10, "errors": []}, False),
        (400, {"error_code": 10, "errors": [{"field_name": "text"}]}, False),
        (500, None, False),
    ],
)
@pytest.mark.usefixtures("active")
def test_the_shape_of_an_answer_is_checked(
    yclients: FakeYClients, bot: Bot, status: int, reply: Any, is_fine: bool
) -> None:
    assert (not _send(yclients, bot, status, reply)["problems"]) is is_fine


@pytest.mark.usefixtures("active")
def test_statuses_are_taken_for_known_messages_alone(yclients: FakeYClients, bot: Bot) -> None:
    url = _sent_to(yclients, bot)
    free = {"payment_sum": 0, "currency_iso": "RUB", "parts_amount": 1}
    for row in (
        {"id": "232674", "status": 8} | free,
        {"id": "232674", "status": 4},
        {"id": "232674", "status": 1} | free,
    ):
        answer = requests.post(url, json=[row], timeout=30)
        assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert [message["statuses"] for message in yclients.provider_messages()] == [[8, 4, 1], []]


@pytest.mark.parametrize(
    ("rows", "status", "code"),
    [
        ([{"id": "1", "status": 4}], 404, 30),
        ([{"id": "232674", "status": 4}, {"id": "1", "status": 4}], 404, 30),
        ([{"id": "232674", "status": 3}], 400, 10),
        ([{"id": "232674", "status": 1}], 400, 10),
        ({"id": "232674", "status": 4}, 400, 5),
        ([], 400, 5),
    ],
)
@pytest.mark.usefixtures("active")
def test_other_reports_are_refused_whole(yclients: FakeYClients, bot: Bot, rows: Any, status: int, code: int) -> None:
    answer = requests.post(_sent_to(yclients, bot), json=rows, timeout=30)
    assert (answer.status_code, answer.json()["error_code"]) == (status, code)
    assert [message["statuses"] for message in yclients.provider_messages()] == [[], []]


@pytest.mark.usefixtures("active")
def test_a_stranger_cannot_report(yclients: FakeYClients, bot: Bot) -> None:
    url = _sent_to(yclients, bot).replace(yclients.partner_token, "stranger")
    answer = requests.post(url, json=[{"id": "232674", "status": 4}], timeout=30)
    assert (answer.status_code, answer.json()["error_code"]) == (401, 20)


def _sent_to(yclients: FakeYClients, bot: Bot) -> str:
    """Send two messages; the address for reports of them."""
    _send(yclients, bot, 200, _taken("232674", "232675"))
    url: str = bot.bodies()[0]["delivery_callback_url"]
    return url
