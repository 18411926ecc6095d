"""What a salon's changes bring to the addresses that hear of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.yclients.client import FakeYClients
from tests.integration.fakes_yclients.bot import Bot
from tests.integration.fakes_yclients.conftest import SALON, Rest


@pytest.fixture
def record(yclients: FakeYClients, bot: Bot) -> int:
    """A record of the small salon, whose changes go to the bot."""
    filled = yclients.salon(SALON)
    yclients.activate(SALON, webhook_urls=[f"{bot.url}/hook"])
    return filled["records"][-1]


def _events(bot: Bot) -> list[tuple[str, str]]:
    return [(body["resource"], body["status"]) for body in bot.bodies()]


def test_an_edit_arrives_with_the_whole_record(yclients: FakeYClients, bot: Bot, rest: Rest, record: int) -> None:
    yclients.change_salon(SALON, rights={"clients": {"client_phones_access": False}})
    yclients.edit_record(SALON, record, attendance=2)
    assert yclients.settled()
    ((path, headers, body),) = bot.arrived
    assert (path, headers["Content-Type"]) == ("/hook", "application/json")
    assert {name: body[name] for name in ("company_id", "resource", "resource_id", "status")} == {
        "company_id": SALON,
        "resource": "record",
        "resource_id": record,
        "status": "update",
    }
    shown = rest.get(f"/record/{SALON}/{record}").json()["data"]
    assert body["data"]["attendance"] == shown["attendance"] == 2
    assert "payment_status" in shown
    assert "payment_status" not in body["data"]
    assert (shown["client"]["phone"], len(body["data"]["client"]["phone"])) == ("", 11), "webhooks show every phone"
    assert body["data"]["client"]["sex"] in (1, 2)


def test_labels_are_text_in_rest_and_numbers_in_webhooks(
    yclients: FakeYClients, bot: Bot, rest: Rest, record: int
) -> None:
    yclients.edit_record(SALON, record, record_labels=["1001"])
    assert yclients.settled()
    shown = rest.get(f"/record/{SALON}/{record}").json()["data"]["record_labels"][0]["id"]
    assert (shown, bot.bodies()[0]["data"]["record_labels"][0]["id"]) == ("1001", 1001)


def test_a_new_clients_booking_tells_of_both_and_a_deletion_of_the_whole_record(
    yclients: FakeYClients, bot: Bot, record: int
) -> None:
    booked = yclients.add_record(
        SALON, datetime="2030-01-01 12:00:00", client={"name": "Нина", "phone": "+7 900 555 00 00"}
    )
    yclients.delete_record(SALON, booked["id"])
    assert yclients.settled()
    assert sorted(_events(bot)) == [("client", "create"), ("record", "create"), ("record", "delete")]
    by_event = {(body["resource"], body["status"]): body["data"] for body in bot.bodies()}
    assert by_event["client", "create"]["phone"] == "+79005550000"
    gone = by_event["record", "delete"]
    assert (gone["deleted"], gone["client"]["phone"]) == (True, "79005550000")


def test_flags_say_what_an_address_hears(yclients: FakeYClients, bot: Bot, rest: Rest, record: int) -> None:
    client = rest.get(f"/record/{SALON}/{record}").json()["data"]["client"]["id"]
    rest.post(f"/hooks_settings/{SALON}", {"urls": [bot.url], "active": 1, "record": 0, "schedule": 1})
    yclients.edit_record(SALON, record, comment="тише")
    yclients.edit("client", SALON, client_id=client, name="Вера")
    yclients.edit("schedule", SALON, staff_id=5905, date="2030-01-01", slots=[["09:00", "12:00"]])
    yclients.edit("service", SALON, service_id=83172, price_min=1900)
    yclients.edit("staff", SALON, staff_id=5905, hidden=True)
    yclients.settings(hook_company_resource="salon")
    yclients.edit("company", SALON, facts={"title": "Новое имя"})
    assert yclients.settled()
    heard = sorted(resource for resource, _ in _events(bot))
    assert heard == ["client", "salon", "schedule", "service", "staff"]
    rest.post(f"/hooks_settings/{SALON}", {"urls": [bot.url], "active": 0, "record": 1})
    yclients.edit_record(SALON, record, comment="громче")
    assert yclients.settled()
    assert len(bot.arrived) == 5


def test_a_salon_that_leaves_is_silent(yclients: FakeYClients, bot: Bot, record: int) -> None:
    yclients.control("POST", "/freeze", salon_id=SALON)
    yclients.edit_record(SALON, record, comment="тише")
    assert yclients.settled()
    assert yclients.deliveries() == []


@pytest.mark.parametrize(("fault", "arrivals"), [("drop", [1]), ("duplicate", [0, 0, 1]), ("reorder", [1, 0])])
def test_deliveries_go_wrong_when_told(
    yclients: FakeYClients, bot: Bot, record: int, fault: str, arrivals: list[int]
) -> None:
    yclients.hook_fault(fault, resource="record")
    for number in range(2):
        yclients.edit_record(SALON, record, comment=str(number))
    assert yclients.settled()
    assert sorted(int(body["data"]["comment"]) for body in bot.bodies()) == sorted(arrivals)
    if fault == "reorder":
        assert [int(body["data"]["comment"]) for body in bot.bodies()] == arrivals


def test_one_edit_may_be_told_several_times(yclients: FakeYClients, bot: Bot, record: int) -> None:
    yclients.settings(hook_updates_per_edit=3)
    yclients.edit_record(SALON, record, comment="тише")
    assert yclients.settled()
    assert _events(bot) == [("record", "update")] * 3


def test_held_deliveries_are_sent_in_any_order_and_number(yclients: FakeYClients, bot: Bot, record: int) -> None:
    yclients.settings(hooks_are_held=True)
    for number in range(3):
        yclients.edit_record(SALON, record, comment=str(number))
    assert [one["state"] for one in yclients.deliveries()] == ["held"] * 3
    sent = yclients.send_deliveries([3, 1, 1])
    assert [one["state"] for one in sent] == ["done"] * 3
    assert [body["data"]["comment"] for body in bot.bodies()] == ["2", "0", "0"]
    assert yclients.deliveries()[1]["state"] == "held", "the second is lost"


@pytest.mark.parametrize(
    ("retries", "answers", "attempts", "state"),
    [
        (0, [503], 1, "failed"),
        (2, [503, 429], 3, "done"),
        (2, [503, 503, 503], 3, "failed"),
        (2, [404], 1, "failed"),
    ],
)
def test_only_what_may_pass_is_tried_again(
    yclients: FakeYClients, bot: Bot, record: int, retries: int, answers: list[int], attempts: int, state: str
) -> None:
    yclients.settings(hook_retries=retries, hook_retry_pause=0.01)
    bot.answers.extend((status, {}) for status in answers)
    yclients.edit_record(SALON, record, comment="тише")
    assert yclients.settled()
    (delivery,) = yclients.deliveries()
    assert (len(delivery["attempts"]), delivery["state"]) == (attempts, state)
    assert delivery["attempts"][0]["status"] == answers[0]


def test_nobody_there_is_an_attempt_with_an_error(yclients: FakeYClients, rest: Rest, record: int) -> None:
    rest.post(f"/hooks_settings/{SALON}", {"urls": ["http://127.0.0.1:1/hook"], "active": 1})
    yclients.edit_record(SALON, record, comment="тише")
    assert yclients.settled()
    (attempt,) = yclients.deliveries()[0]["attempts"]
    assert (attempt["status"], attempt["error"]) == (None, "ClientConnectorError")


def test_chance_is_the_same_for_the_same_seed(yclients: FakeYClients, bot: Bot, record: int) -> None:
    def arrivals() -> list[Any]:
        yclients.settings(hook_chaos=1)
        for number in range(12):
            yclients.edit_record(SALON, record, comment=str(number))
        assert yclients.settled()
        return [len(one["attempts"]) for one in yclients.deliveries()]

    first = arrivals()
    assert {0, 1, 2} == set(first)
    yclients.reset()
    yclients.salon(SALON)
    yclients.activate(SALON, webhook_urls=[f"{bot.url}/hook"])
    assert arrivals() == first
