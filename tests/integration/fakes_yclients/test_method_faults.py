"""Faults by the name of what is called: which calls they hit, what is answered, and what was done all the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.fakes.yclients.client import FakeYClients
from tests.integration.fakes_yclients.conftest import SALON, Rest

Ids = dict[str, list[int]]
Calls = dict[str, Callable[[], requests.Response]]


@pytest.fixture
def calls(yclients: FakeYClients, ids: Ids, rest: Rest) -> Calls:
    """One call of each method that a file may name, and `records` of one that is there."""
    anna, service, record = ids["staff"][0], ids["services"][0], ids["records"][-1]
    yclients.edit("schedule", SALON, staff_id=anna, date="2031-01-06", slots=[["10:00", "13:00"]])
    shown = rest.get(f"/record/{SALON}/{record}").json()["data"]
    wish = {"id": 1, "services": [service], "staff_id": anna, "datetime": "2031-01-06T10:00:00+03:00"}
    person = {"phone": "79005550000", "fullname": "Нина", "email": ""}
    whole = {name: shown[name] for name in ("staff_id", "services", "datetime", "seance_length")}
    whole |= {"client": {"id": shown["client"]["id"]}, "save_if_busy": True}
    return {
        "book_services": lambda: rest.get(f"/book_services/{SALON}"),
        "book_staff": lambda: rest.get(f"/book_staff/{SALON}/"),
        "book_dates": lambda: rest.get(f"/book_dates/{SALON}"),
        "book_times": lambda: rest.get(f"/book_times/{SALON}/0/2031-01-06"),
        "book_check": lambda: rest.post(f"/book_check/{SALON}", {"appointments": [wish]}),
        "create": lambda: rest.post(f"/book_record/{SALON}", person | {"appointments": [wish]}),
        "move": lambda: rest.put(f"/record/{SALON}/{record}", whole | {"comment": "новое"}),
        "cancel": lambda: rest.delete(f"/record/{SALON}/{record}"),
        "confirm": lambda: rest.put(f"/visits/{shown['visit_id']}/{record}", {"attendance": 2, "comment": ""}),
        "records": lambda: rest.get(f"/records/{SALON}"),
        "clients": lambda: rest.post(f"/company/{SALON}/clients/search", {"page": 1}),
        "services": lambda: rest.get(f"/company/{SALON}/services"),
        "company": lambda: rest.get(f"/company/{SALON}/"),
    }


METHODS = (
    *("book_services", "book_staff", "book_dates", "book_times", "book_check", "create", "move", "cancel", "confirm"),
    *("records", "clients", "services", "company"),
)
WRITES = ("create", "move", "cancel", "confirm")


@pytest.mark.parametrize("method", METHODS)
def test_a_fault_hits_the_next_call_of_its_method_alone(yclients: FakeYClients, calls: Calls, method: str) -> None:
    yclients.method_faults(**{method: 503})
    other = "company" if method != "company" else "services"
    assert calls[other]().status_code == 200
    assert calls[method]().status_code == 503
    assert calls[method]().ok


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize(
    ("fault", "done"), [("timeout_saved", 1), ("502_saved", 1), ("timeout_unsaved", 0), ("down", 0), (429, 0)]
)
def test_a_lost_answer_says_nothing_of_what_was_done(
    yclients: FakeYClients, calls: Calls, method: str, fault: str, done: int
) -> None:
    yclients.method_faults(**{method: fault})
    if fault in ("502_saved", 429):
        assert calls[method]().status_code == (502 if fault == "502_saved" else 429)
    else:
        with pytest.raises(requests.ConnectionError):
            calls[method]()
    assert len(yclients.writes(SALON)) == done


@pytest.mark.parametrize("code", range(431, 439))
@pytest.mark.parametrize("says_code", [False, True])
def test_a_booking_code_is_never_a_status(yclients: FakeYClients, calls: Calls, code: int, says_code: bool) -> None:
    yclients.settings(says_booking_code=says_code)
    yclients.method_faults(book_check=code, create=[None, code])
    for method in ("book_check", "create", "create"):
        answer = calls[method]()
        if (method, len(yclients.writes(SALON))) == ("create", 1) and answer.ok:
            continue
        assert answer.status_code == (403 if code == 434 else 422)
        assert answer.json()["meta"]["message"]
        assert answer.json().get("errors", {}).get("code") == (code if says_code else None)


def test_a_list_hits_call_by_call_and_down_hits_all(yclients: FakeYClients, calls: Calls) -> None:
    yclients.method_faults(records=[None, 500, None, 404], clients="down")
    assert [calls["records"]().status_code for _ in range(5)] == [200, 500, 200, 404, 200]
    for _ in range(3):
        with pytest.raises(requests.ConnectionError):
            calls["clients"]()
    yclients.method_faults(company=500)
    assert calls["clients"]().status_code == 200, "new faults replace all that were there"


@pytest.mark.parametrize("faults", [{"book_chek": 433}, {"create": "timeout"}, {"create": [None, 200]}])
def test_what_is_no_fault_is_refused(yclients: FakeYClients, faults: dict[str, Any]) -> None:
    with pytest.raises(requests.HTTPError):
        yclients.method_faults(**faults)
