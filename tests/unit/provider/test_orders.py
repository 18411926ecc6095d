"""YClients' operator protocol: where statuses may go, which are told, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.messages.sending_policy import BlockReason
from aiadmin.domain.provider import order
from aiadmin.domain.provider.order import Code, Finished, LookAgain, OrderProgress, OrderStatus
from aiadmin.domain.yclients.http_answer import HttpAnswer

NOW = datetime(2026, 1, 10, 12, tzinfo=UTC)
ORIGINS = ("https://yclients.com", "https://app.alteg.io")
PATH = "/smsprovider/status/callback/token"


@pytest.mark.parametrize("url", [f"https://yclients.com{PATH}", f"https://app.alteg.io{PATH}?a=1&b=2%20"])
def test_addresses_of_yclients_are_allowed(url: str) -> None:
    assert order.is_allowed_callback(url, ORIGINS)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "yclients.com/x",
        "https://yclients.com",
        f"http://yclients.com{PATH}",
        f"HTTPS://yclients.com{PATH}",
        f"//yclients.com{PATH}",
        f"https://yclients.com:443{PATH}",
        f"https://yclients.com:8080{PATH}",
        f"https://yclients.com:@evil.example{PATH}",
        f"https://yclients.com@evil.example{PATH}",
        f"https://user:secret@yclients.com{PATH}",
        f"https://yclients.com.evil.example{PATH}",
        f"https://evilyclients.com{PATH}",
        f"https://evil.example/https://yclients.com{PATH}",
        f"https://evil.example#https://yclients.com{PATH}",
        f"https://evil.example?https://yclients.com{PATH}",
        f"https://yclients.com\\@evil.example{PATH}",
        f"https://yclients.com/\\@evil.example{PATH}",
        f"https://yclients.com{PATH}#@evil.example",
        f"https://yclients.com{PATH}@evil.example",
        f"https://yclients.com\t{PATH}",
        f"https://yclients.com{PATH}\n",
        f"https://yclients.com{PATH}\r\nHost: evil.example",
        f" https://yclients.com{PATH}",
        f"https://www.yclients.com{PATH}",
        f"https://yclients.com.{PATH}",
        f"https://уclients.com{PATH}",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/x",
        "file:///etc/passwd",
        "gopher://yclients.com/x",
        f"https://yclients.com/{'a' * 2000}",
    ],
)
def test_no_other_address_is(url: str) -> None:
    assert not order.is_allowed_callback(url, ORIGINS)


def _progress(**facts: Any) -> OrderProgress:
    given: dict[str, Any] = {
        "number": 1,
        "company_id": CompanyId(1),
        "external_id": "232674",
        "callback": "sealed",
        "told": (),
        "attempts": 0,
        "created_at": NOW,
        "state": OutboxState.PENDING,
        "reason": None,
        "delivered_at": None,
        "finished_at": None,
    }
    return OrderProgress(**(given | facts))


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({}, [8]),
        ({"state": OutboxState.SENDING}, [8]),
        ({"state": OutboxState.SENT}, [8, 4]),
        ({"state": OutboxState.SENT, "delivered_at": NOW}, [8, 4, 1]),
        ({"state": OutboxState.FAILED, "reason": "not_on_whatsapp"}, [8, 2]),
        ({"state": OutboxState.CANCELLED, "reason": "expired"}, [8, 2]),
        ({"state": OutboxState.CANCELLED, "reason": "opted_out"}, [8, 16]),
        ({"state": None}, [8, 2]),
        ({"state": OutboxState.UNKNOWN, "finished_at": NOW}, [8]),
        ({"state": OutboxState.UNKNOWN, "finished_at": NOW - timedelta(hours=1)}, [8, 2]),
        ({"state": OutboxState.UNKNOWN, "delivered_at": NOW}, [8, 4, 1]),
        ({"told": (8, 4), "state": OutboxState.FAILED}, [8, 4, 2]),
        ({"told": (8, 2), "state": OutboxState.SENT, "delivered_at": NOW}, [8, 2]),
    ],
)
def test_each_status_is_told_once_and_in_order(facts: dict[str, Any], told: list[int]) -> None:
    progress = _progress(**facts)
    while (status := order.next_status(progress, NOW)) is not None:
        progress = replace(progress, told=(*progress.told, status))
    assert list(progress.told) == told


@given(st.lists(st.sampled_from(list(OutboxState)), max_size=6), st.booleans())
def test_whatever_happens_nothing_is_told_twice_or_after_the_end(states: list[OutboxState], comes: bool) -> None:
    progress = _progress()
    for state in states:
        progress = replace(progress, state=state, delivered_at=NOW if comes and state is OutboxState.SENT else None)
        status = order.next_status(progress, NOW)
        if status is not None:
            progress = replace(progress, told=(*progress.told, status))
    assert len(set(progress.told)) == len(progress.told)
    ends = [place for place, status in enumerate(progress.told) if status in {1, 2, 16}]
    assert ends in ([], [len(progress.told) - 1])
    assert progress.told[:1] in ((), (OrderStatus.QUEUED,))


@pytest.mark.parametrize(
    ("age", "pause"),
    [
        (timedelta(0), timedelta(seconds=2)),
        (timedelta(minutes=10), timedelta(minutes=1)),
        (timedelta(days=3), timedelta(hours=1)),
    ],
)
def test_an_old_message_is_looked_at_more_rarely(age: timedelta, pause: timedelta) -> None:
    progress = _progress(told=(8,), created_at=NOW - age)
    assert order.after_look(progress, NOW) == LookAgain(at=NOW + pause)


def test_a_message_with_more_to_tell_is_looked_at_at_once_and_one_at_its_end_never() -> None:
    sent = _progress(told=(8,), state=OutboxState.SENT)
    assert order.after_look(sent, NOW) == LookAgain(at=NOW)
    assert order.after_look(replace(sent, told=(8, 4, 1)), NOW) == Finished()
    old = replace(sent, told=(8, 4), created_at=NOW - timedelta(days=7))
    assert order.after_look(old, NOW) == Finished(error="not watched any longer")


def _after(
    answer: HttpAnswer, *, attempts: int = 0, age: timedelta = timedelta(0), chance: float = 1.0
) -> order.Next:
    return order.after_failure(_progress(attempts=attempts, created_at=NOW - age), answer, NOW, chance)


def test_what_is_not_taken_is_told_again_ever_more_rarely() -> None:
    nobody = HttpAnswer(status=None, message="ConnectTimeout")
    pauses = [_after(nobody, attempts=number) for number in (0, 1, 20)]
    assert pauses == [LookAgain(at=NOW + timedelta(seconds=wait)) for wait in (2, 4, 600)]
    assert _after(nobody, chance=0) == LookAgain(at=NOW + timedelta(seconds=1))
    assert _after(HttpAnswer(status=502, body=None)) == LookAgain(at=NOW + timedelta(seconds=2))
    asked = HttpAnswer(status=429, body={}, wait=timedelta(minutes=3))
    assert _after(asked) == LookAgain(at=NOW + timedelta(minutes=3))


def test_a_plain_refusal_and_two_days_of_silence_are_the_end() -> None:
    assert _after(HttpAnswer(status=401, body={"error_code": 20})) == Finished(error="refused: HTTP 401")
    assert _after(HttpAnswer(status=200, body={"success": False})) == Finished(error="refused: HTTP 200")
    silence = _after(HttpAnswer(status=None, message="ReadTimeout"), age=timedelta(days=2))
    assert silence == Finished(error="unreachable: ReadTimeout")


@pytest.mark.parametrize(
    ("on", "last", "double"),
    [
        (True, NOW - timedelta(days=1), True),
        (False, NOW, False),
        (True, None, False),
        (True, NOW - timedelta(8), False),
    ],
)
def test_clients_hear_all_twice_when_both_are_on(on: bool, last: datetime | None, double: bool) -> None:
    assert order.is_double(notices_are_on=on, last_order_at=last, now=NOW) is double


@pytest.mark.parametrize(
    ("why", "code"),
    [
        (BlockReason.OPTED_OUT, Code.OPTED_OUT),
        (BlockReason.ABSENT, Code.NOT_ON_WHATSAPP),
        (BlockReason.DAILY_CAP, Code.BUSY),
    ],
)
def test_why_a_message_never_goes_has_a_number(why: BlockReason, code: Code) -> None:
    assert order.refusal_of(why) is code
