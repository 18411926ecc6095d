"""What goes for every route: limits, loose types, and the time of day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from tests.fakes.yclients.client import FakeYClients
from tests.integration.fakes_yclients.bot import Bot
from tests.integration.fakes_yclients.conftest import SALON, Rest

Ids = dict[str, list[int]]


@pytest.mark.parametrize("says_retry_after", [False, True])
def test_more_than_five_a_second_are_refused(
    yclients: FakeYClients, ids: Ids, rest: Rest, says_retry_after: bool
) -> None:
    yclients.settings(is_limited=True, says_retry_after=says_retry_after)
    with ThreadPoolExecutor(24) as crowd:  # all within a second, however slow the machine
        answers = list(crowd.map(lambda _: rest.get(f"/company/{SALON}"), range(24)))
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert ("Retry-After" in refused[0].headers) is says_retry_after
    assert refused[0].json()["success"] is False
    assert refused[0].headers["X-Request-Id"]
    assert yclients.state(SALON)["company"]["id"] == SALON, "the control is not limited"


def test_loose_types_mean_the_same(yclients: FakeYClients, ids: Ids, rest: Rest) -> None:
    path = f"/records/{SALON}"
    strict = rest.get(path, count=200).json()["data"]
    yclients.settings(type_chaos=4)
    loose = rest.get(path, count=200).json()["data"]
    assert loose != strict
    assert [int(row["id"]) for row in loose] == [row["id"] for row in strict]
    assert {type(row["id"]) for row in loose} == {int, str}
    assert {type(row["visit_id"]) for row in loose} == {int, str}
    assert [datetime.fromisoformat(row["datetime"]) for row in loose] == [
        datetime.fromisoformat(row["datetime"]) for row in strict
    ]
    assert rest.get(path, count=200).json()["data"] == loose
    assert yclients.state(SALON)["records"][0]["id"] == strict[0]["id"], "the control is never loose"


def test_webhooks_are_loose_too(yclients: FakeYClients, bot: Bot) -> None:
    filled = yclients.salon(SALON)
    yclients.activate(SALON, webhook_urls=[bot.url])
    yclients.settings(type_chaos=4)
    for record in filled["records"]:
        yclients.edit_record(SALON, record, comment="тише")
    assert yclients.settled()
    assert {type(body["resource_id"]) for body in bot.bodies()} == {int}
    assert {type(body["data"]["staff_id"]) for body in bot.bodies()} == {int, str}


def test_time_can_be_moved(yclients: FakeYClients, rest: Rest) -> None:
    yclients.connect([SALON])
    yclients.clock(seconds=3601)
    answer = rest.post("/marketplace/partner/callback", {"salon_id": SALON, "application_id": 7777})
    assert answer.status_code == 403
    yclients.clock(now="2031-01-06T00:00:00+00:00")
    assert datetime.fromisoformat(yclients.clock(seconds=60)).date().isoformat() == "2031-01-06"
    assert datetime.fromisoformat(yclients.clock()) - datetime.now(UTC) < timedelta(minutes=1)


@pytest.mark.parametrize("fault", [{"status": 502, "body": "<html>"}, {"drop": True}, {"status": 200, "body": "{"}])
def test_any_answer_may_be_lost(yclients: FakeYClients, ids: Ids, rest: Rest, fault: dict[str, Any]) -> None:
    yclients.fault(f"/api/v1/records/{SALON}", **fault)
    if fault.get("drop"):
        with pytest.raises(requests.ConnectionError):
            rest.get(f"/records/{SALON}")
    else:
        assert rest.get(f"/records/{SALON}").text == fault["body"]
    assert rest.get(f"/records/{SALON}").json()["success"] is True


def test_requests_are_kept_with_what_they_said(yclients: FakeYClients, ids: Ids, rest: Rest) -> None:
    rest.post(f"/company/{SALON}/clients/search?x=1", {"page": 1})
    seen = yclients.requests()[-1]
    assert (seen["method"], seen["query"], seen["body"], seen["status"]) == ("POST", "x=1", {"page": 1}, 200)
