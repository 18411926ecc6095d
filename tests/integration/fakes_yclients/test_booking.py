"""Online booking, as a client's widget or a chat does it: without any user."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.yclients.client import FakeYClients
from tests.integration.fakes_yclients.conftest import SALON, Rest

Ids = dict[str, list[int]]
DAY = "2031-01-06"
BOOK, CHECK = f"/book_record/{SALON}", f"/book_check/{SALON}"


@pytest.fixture
def haircut(yclients: FakeYClients, ids: Ids) -> dict[str, Any]:
    """An appointment for an hour with Anna, who works on that day alone, from ten to one."""
    yclients.edit("schedule", SALON, staff_id=ids["staff"][0], date=DAY, slots=[["10:00", "13:00"]])
    return {
        "id": 1,
        "services": [ids["services"][0]],
        "staff_id": ids["staff"][0],
        "datetime": f"{DAY}T10:00:00+03:00",
    }


def _wish(*appointments: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"phone": "79005550000", "fullname": "Нина", "email": "", "appointments": list(appointments)} | fields


def _times(rest: Rest, ids: Ids, staff: int) -> list[str]:
    query = {"service_ids[]": ids["services"][0]}
    answer = rest.call("GET", f"/book_times/{SALON}/{staff}/{DAY}", user=False, params=query).json()
    assert answer["meta"] == []
    return [row["time"] for row in answer["data"]]


def test_the_offers_lead_to_a_booking(yclients: FakeYClients, ids: Ids, rest: Rest, haircut: dict[str, Any]) -> None:
    anna, service = ids["staff"][0], ids["services"][0]
    offered = rest.get(f"/book_services/{SALON}", staff_id=anna).json()["data"]
    assert {one["id"]: one["seance_length"] for one in offered["services"]}[service] == 3600
    assert [one["title"] for one in offered["category"]] == ["Волосы"]
    assert "seance_length" not in rest.get(f"/book_services/{SALON}").json()["data"]["services"][0]
    staff = rest.get(f"/book_staff/{SALON}", **{"service_ids[]": service}).json()["data"]
    assert [one["bookable"] for one in staff] == [True, False, False]
    assert "seance_date" in staff[0]
    dates = {"service_ids[]": service, "staff_id": anna, "date_from": "2031-01-01", "date_to": "2031-01-31"}
    days = rest.get(f"/book_dates/{SALON}", **dates).json()["data"]
    assert (days["booking_dates"], days["booking_days"], days["working_dates"]) == ([DAY], {"1": ["6"]}, [DAY])
    times = rest.get(f"/book_times/{SALON}/{anna}/{DAY}", **{"service_ids[]": service}).json()["data"]
    assert times[0] == {
        "time": "10:00",
        "seance_length": 3600,
        "sum_length": 3600,
        "datetime": "2031-01-06T10:00:00+03:00",
    }
    assert (times[-1]["time"], len(times)) == ("12:00", 9)
    assert rest.post(CHECK, {"appointments": [haircut]}, user=False).status_code == 201
    booked = rest.post(BOOK, _wish(haircut), user=False)
    assert booked.status_code == 201
    (row,) = booked.json()["data"]
    assert (row["id"], len(row["record_hash"])) == (1, 32)
    assert _times(rest, ids, anna)[0] == "11:00"
    record = rest.get(f"/record/{SALON}/{row['record_id']}").json()["data"]
    assert (record["online"], record["client"]["name"]) == (True, "Нина")
    nearest = rest.get(f"/book_staff_seances/{SALON}/{anna}/", **{"service_ids[]": service}).json()["data"]
    assert nearest["seance_date"] == staff[0]["seance_date"]
    assert nearest["seances"]


def test_anybody_is_whoever_is_free(ids: Ids, rest: Rest, haircut: dict[str, Any]) -> None:
    assert _times(rest, ids, 0) == _times(rest, ids, ids["staff"][0])
    (row,) = rest.post(BOOK, _wish(haircut | {"staff_id": 0})).json()["data"]
    assert rest.get(f"/record/{SALON}/{row['record_id']}").json()["data"]["staff_id"] == ids["staff"][0]


@pytest.mark.parametrize(
    ("code", "status", "change", "fields"),
    [
        (431, 422, {}, {"phone": "12"}),
        (432, 422, {}, {"code": "0"}),
        (433, 422, {"datetime": f"{DAY}T12:30:00+03:00"}, {}),
        (434, 403, {}, {"phone": "79000000000"}),
        (435, 422, {}, {"fullname": " "}),
        (436, 422, {"staff_id": 0, "datetime": f"{DAY}T18:00:00+03:00"}, {}),
        (438, 422, {"services": [1]}, {}),
    ],
)
def test_each_refusal_has_its_code_behind_a_switch(
    yclients: FakeYClients,
    ids: Ids,
    rest: Rest,
    haircut: dict[str, Any],
    code: int,
    status: int,
    change: dict[str, Any],
    fields: dict[str, Any],
) -> None:
    yclients.change_salon(SALON, facts={"phone_confirmation": code == 432})
    yclients.edit("client", SALON, client_id=ids["clients"][0], is_blacklisted=True)
    answer = rest.post(BOOK, _wish(haircut | change, **fields))
    assert answer.status_code == status
    assert set(answer.json()) == {"success", "data", "meta"}
    assert answer.json()["meta"]["message"]
    yclients.settings(says_booking_code=True)
    errors = rest.post(BOOK, _wish(haircut | change, **fields)).json()["errors"]
    assert errors["code"] == code
    assert errors.get("id") == (1 if change else None)


def test_two_visits_of_one_booking_may_not_overlap(
    yclients: FakeYClients, rest: Rest, haircut: dict[str, Any]
) -> None:
    yclients.settings(says_booking_code=True)
    second = haircut | {"id": 2, "datetime": f"{DAY}T10:30:00+03:00"}
    errors = rest.post(BOOK, _wish(haircut, second)).json()["errors"]
    assert (errors["code"], errors["id"]) == (437, 2)
    both = rest.post(BOOK, _wish(haircut, second | {"datetime": f"{DAY}T11:00:00+03:00"})).json()["data"]
    assert [row["id"] for row in both] == [1, 2]


def test_a_phone_is_confirmed_by_the_code_that_was_sent(
    yclients: FakeYClients, rest: Rest, haircut: dict[str, Any]
) -> None:
    yclients.change_salon(SALON, facts={"phone_confirmation": True})
    sent = rest.post(f"/book_code/{SALON}", {"phone": "+79005550000", "fulname": "Нина"}, user=False)
    assert (sent.status_code, sent.json()) == (201, {"success": True, "meta": {"message": "Created"}})
    code = yclients.sms_code(SALON, "79005550000")
    assert rest.post(BOOK, _wish(haircut, code=code)).status_code == 201


def test_somebody_else_may_be_quicker(yclients: FakeYClients, ids: Ids, rest: Rest, haircut: dict[str, Any]) -> None:
    yclients.change_salon(SALON, races=1)
    assert "10:00" in _times(rest, ids, ids["staff"][0])
    assert rest.post(BOOK, _wish(haircut)).status_code == 422
    assert "10:00" not in _times(rest, ids, ids["staff"][0])
    assert rest.post(BOOK, _wish(haircut | {"datetime": f"{DAY}T11:00:00+03:00"})).status_code == 201


def test_a_client_moves_and_cancels_their_record_if_the_salon_allows(
    yclients: FakeYClients, rest: Rest, haircut: dict[str, Any]
) -> None:
    (row,) = rest.post(BOOK, _wish(haircut)).json()["data"]
    own, record = f"/user/records/{row['record_id']}/{row['record_hash']}", f"{BOOK}/{row['record_id']}"
    moved = {"datetime": f"{DAY}T11:00:00+03:00", "comment": ""}
    yclients.change_salon(SALON, facts={"allow_change_record": False, "allow_delete_record": False})
    assert rest.put(record, moved, user=False).status_code == rest.delete(own, user=False).status_code == 403
    yclients.change_salon(SALON, facts={"allow_change_record": True, "allow_delete_record": True})
    assert rest.put(record, {"datetime": f"{DAY}T12:30:00+03:00"}, user=False).status_code == 422
    assert rest.put(record, moved, user=False).status_code == 200
    seen = rest.call("GET", own, user=False).json()["data"]
    assert (seen["date"], seen["company"]["id"]) == (f"{DAY} 11:00:00", SALON)
    assert rest.call("GET", f"/user/records/{row['record_id']}/{'0' * 32}", user=False).status_code == 404
    assert rest.delete(own, user=False).status_code == 200
    assert rest.get(f"/record/{SALON}/{row['record_id']}").json()["data"]["deleted"] is True


def test_it_may_be_too_late_to_change(yclients: FakeYClients, rest: Rest, haircut: dict[str, Any]) -> None:
    (row,) = rest.post(BOOK, _wish(haircut)).json()["data"]
    yclients.change_salon(SALON, facts={"allow_delete_record_delay_step": 86400})
    yclients.clock(now=f"{DAY}T09:00:00+03:00")
    assert rest.delete(f"/user/records/{row['record_id']}/{row['record_hash']}").status_code == 403


def test_an_app_sees_what_was_booked_through_it(yclients: FakeYClients, rest: Rest, haircut: dict[str, Any]) -> None:
    (row,) = rest.post(BOOK, _wish(haircut, api_id="our-17")).json()["data"]
    query = {"start_date": "06.01.2031", "end_date": "06.01.2031", "editable_length": 100}
    (seen,) = rest.get("/records/partner/", **query).json()["data"]
    assert (seen["id"], seen["api_id"], seen["client"]["phone"]) == (row["record_id"], "our-17", "+7 900 555-00-00")
    assert rest.get("/records/partner/", start_date="2031-01-06").status_code == 422


def test_the_oldest_samples_have_numbers_for_times(
    yclients: FakeYClients, ids: Ids, rest: Rest, haircut: dict[str, Any]
) -> None:
    yclients.settings(booking_times_are_unix=True)
    query = {"service_ids[]": ids["services"][0], "date": DAY}
    assert rest.get(f"/book_dates/{SALON}", **query).json()["data"]["booking_dates"] == [1925413200]
    times = rest.get(f"/book_times/{SALON}/0/{DAY}", **query).json()["data"]
    assert times[0]["datetime"] == 1925413200 + 10 * 3600
