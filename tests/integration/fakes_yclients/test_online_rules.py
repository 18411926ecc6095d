"""What a salon has set for its online booking, and what each setting does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.yclients.client import FakeYClients
from tests.integration.fakes_yclients.conftest import SALON, Rest

Ids = dict[str, list[int]]
DAY = "2031-01-06"


@pytest.fixture
def monday(yclients: FakeYClients, ids: Ids) -> dict[str, Any]:
    """An hour with Anna, who works from ten to one on that day alone, two hours before she begins."""
    anna, service = ids["staff"][0], ids["services"][0]
    yclients.clock(now=f"{DAY}T08:00:00+03:00", stands=True)
    yclients.edit("schedule", SALON, staff_id=anna, date=DAY, slots=[["10:00", "13:00"]])
    return {"id": 1, "services": [service], "staff_id": anna, "datetime": f"{DAY}T10:00:00+03:00"}


def _times(rest: Rest, wish: dict[str, Any], staff_id: int | None = None) -> list[str]:
    query = {"service_ids[]": wish["services"]}
    who = wish["staff_id"] if staff_id is None else staff_id
    return [row["time"] for row in rest.get(f"/book_times/{SALON}/{who}/{DAY}", **query).json()["data"]]


def _check(rest: Rest, wish: dict[str, Any], **changes: Any) -> int:
    return rest.post(f"/book_check/{SALON}", {"appointments": [wish | changes]}, user=False).status_code


def test_the_settings_are_told(yclients: FakeYClients, ids: Ids, rest: Rest) -> None:
    yclients.change_salon(SALON, facts={"phone_confirmation": True})
    yclients.change_salon(SALON, online={"any_master": False, "lead_minutes": 60, "most_guests": 3})
    told = rest.get(f"/company/{SALON}/settings/online").json()["data"]
    assert told == {
        "confirm_number": True,
        "any_master": False,
        "seance_delay_step": 60,
        "activity_online_record_clients_count_max": 3,
    }
    assert rest.get(f"/company/{SALON}/settings/timetable").json()["data"]["record_type"] == 0
    assert rest.call("GET", f"/bookform/{SALON}", user=False).json()["data"]["phone_confirmation"] == 1


def test_what_is_too_soon_or_too_far_is_not_offered_online(
    yclients: FakeYClients, rest: Rest, monday: dict[str, Any]
) -> None:
    yclients.change_salon(SALON, online={"lead_minutes": 180})
    assert _times(rest, monday)[0] == "11:00"
    assert _check(rest, monday) == 422
    yclients.change_salon(SALON, online={"lead_minutes": 0, "horizon_days": 0})
    assert _times(rest, monday)[0] == "10:00"
    yclients.clock(now="2031-01-05T08:00:00+03:00", stands=True)
    assert _times(rest, monday) == []


def test_a_salon_that_is_closed_online_offers_nothing(
    yclients: FakeYClients, rest: Rest, monday: dict[str, Any]
) -> None:
    yclients.change_salon(SALON, online={"is_open": False})
    assert rest.get(f"/book_services/{SALON}").json()["data"]["services"] == []
    assert rest.get(f"/book_staff/{SALON}").json()["data"] == []
    assert _times(rest, monday) == []
    assert _check(rest, monday) == 422


def test_the_journals_own_way_knows_no_rule_of_online_booking(
    yclients: FakeYClients, rest: Rest, monday: dict[str, Any]
) -> None:
    yclients.change_salon(SALON, online={"is_open": False, "lead_minutes": 1380})
    body = {"staff_id": monday["staff_id"], "services": [{"id": monday["services"][0]}], "client": {"name": "Нина"}}
    body |= {"client": {"phone": "79005550000", "name": "Нина"}, "datetime": monday["datetime"]}
    assert rest.post(f"/records/{SALON}", body | {"seance_length": 3600}).status_code == 201


def test_where_any_master_is_off_nobody_stands_in(yclients: FakeYClients, rest: Rest, monday: dict[str, Any]) -> None:
    assert _check(rest, monday, staff_id=0) == 201
    yclients.change_salon(SALON, online={"any_master": False})
    assert _times(rest, monday, staff_id=0) == []
    assert _check(rest, monday, staff_id=0) == 422


def test_a_row_that_is_nobody_may_be_taken_for_a_master(
    yclients: FakeYClients, ids: Ids, rest: Rest, monday: dict[str, Any]
) -> None:
    """YClients' own rows of a waiting list are staff to it: whoever leaves the master open may land there."""
    waiting = ids["staff"][1]
    yclients.edit("staff", SALON, staff_id=waiting, name="Лист ожидания", service_ids=monday["services"])
    yclients.edit("schedule", SALON, staff_id=waiting, date=DAY, slots=[["15:00", "18:00"]])
    assert "15:00" in _times(rest, monday, staff_id=0)
    yclients.edit("staff", SALON, staff_id=waiting, stands_in=False)
    assert "15:00" not in _times(rest, monday, staff_id=0)


def test_a_question_without_a_service_is_answered_with_the_journals_grid(rest: Rest, monday: dict[str, Any]) -> None:
    """`service_id=`, which is no filter, is looked at by nobody: the times are of half an hour."""
    path = f"/book_times/{SALON}/{monday['staff_id']}/{DAY}"
    rows = rest.get(path, service_id=monday["services"][0]).json()["data"]
    assert ([row["time"] for row in rows][-1], {row["seance_length"] for row in rows}) == ("12:30", {1800})
    assert _check(rest, monday, datetime=f"{DAY}T12:30:00+03:00") == 422


def test_a_service_has_its_hours_its_step_and_its_break(
    yclients: FakeYClients, rest: Rest, monday: dict[str, Any]
) -> None:
    yclients.edit(
        "service",
        SALON,
        service_id=monday["services"][0],
        search_start=10 * 3600 + 1800,
        search_finish=12 * 3600,
        search_step=1800,
        technical_break=900,
    )
    assert _times(rest, monday) == ["10:30", "11:00", "11:30"]
    person = {"phone": "79005550000", "fullname": "Нина", "email": ""}
    at = monday | {"datetime": f"{DAY}T10:30:00+03:00"}
    assert rest.post(f"/book_record/{SALON}", person | {"appointments": [at]}, user=False).status_code == 201
    assert _check(rest, monday, datetime=f"{DAY}T11:30:00+03:00") == 422
    assert _check(rest, monday, datetime=f"{DAY}T11:45:00+03:00") == 201


def test_an_odd_length_of_one_master_is_where_all_routes_agree(
    yclients: FakeYClients, rest: Rest, monday: dict[str, Any]
) -> None:
    terms = {monday["staff_id"]: {"length": 7800, "price": 2600}}
    yclients.edit("service", SALON, service_id=monday["services"][0], terms=terms)
    query = {"service_ids[]": monday["services"]}
    rows = rest.get(f"/book_times/{SALON}/{monday['staff_id']}/{DAY}", **query).json()["data"]
    assert {row["seance_length"] for row in rows} == {7800}
    assert rows[-1]["time"] == "10:45"
    person = {"phone": "79005550000", "fullname": "Нина", "email": ""}
    made = rest.post(f"/book_record/{SALON}", person | {"appointments": [monday]}).json()["data"][0]
    record = rest.get(f"/record/{SALON}/{made['record_id']}").json()["data"]
    assert (record["seance_length"], record["services"][0]["cost"]) == (7800, 2600)


def test_the_api_writes_the_name_that_it_is_given_over_the_cards(
    yclients: FakeYClients, ids: Ids, rest: Rest, monday: dict[str, Any]
) -> None:
    client = next(one for one in yclients.state(SALON)["clients"] if one["surname"])
    fields = {"staff_id": monday["staff_id"], "services": [{"id": monday["services"][0]}], "seance_length": 3600}
    fields |= {"datetime": monday["datetime"], "save_if_busy": True}

    def surname_after(person: dict[str, Any]) -> str:
        assert rest.post(f"/records/{SALON}", fields | {"client": person}).status_code == 201
        shown: str = rest.get(f"/client/{SALON}/{client['id']}").json()["data"]["surname"]
        return shown

    assert surname_after({"id": client["id"]}) == client["surname"]
    whole = {"phone": client["phone"], "name": client["name"], "surname": client["surname"]}
    assert surname_after(whole) == client["surname"]
    online = {"phone": client["phone"], "fullname": "Другая", "email": "", "appointments": [monday]}
    rest.post(f"/book_record/{SALON}", online)
    assert surname_after(whole) == client["surname"]
    assert surname_after({"phone": client["phone"], "name": client["name"]}) == "", "a surname is lost"


@pytest.mark.parametrize(
    ("group", "slug", "moved", "deleted"),
    [
        ("record_form", "edit_records_access", 403, 204),
        ("timetable", "timetable_transferring_record_access", 403, 204),
        ("record_form", "delete_records_access", 201, 403),
    ],
)
def test_a_move_needs_two_rights_and_a_deletion_one(
    yclients: FakeYClients, ids: Ids, rest: Rest, group: str, slug: str, moved: int, deleted: int
) -> None:
    yclients.change_salon(SALON, rights={group: {slug: False}})
    shown = rest.get(f"/record/{SALON}/{ids['records'][-1]}").json()["data"]
    names = ("staff_id", "services", "seance_length", "attendance")
    body = {name: shown[name] for name in names} | {"client": {"id": shown["client"]["id"]}, "save_if_busy": True}
    path = f"/record/{SALON}/{shown['id']}"
    there = shown["date"].replace(" ", "T")
    assert rest.put(path, body | {"datetime": f"{DAY} 10:00:00"}).status_code == moved
    if slug.startswith("timetable"):
        assert rest.put(path, body | {"datetime": there, "comment": "у окна"}).status_code == 201
    assert rest.delete(path).status_code == deleted


def test_a_record_of_the_desk_is_not_moved_by_its_client(ids: Ids, rest: Rest) -> None:
    by_desk = next(row for row in rest.get(f"/records/{SALON}", count=200).json()["data"] if not row["online"])
    moved = rest.put(f"/book_record/{SALON}/{by_desk['id']}", {"datetime": f"{DAY}T10:00:00+03:00"}, user=False)
    assert moved.status_code == 403


def test_what_is_prepaid_waits_for_its_payment(yclients: FakeYClients, rest: Rest, monday: dict[str, Any]) -> None:
    yclients.edit("service", SALON, service_id=monday["services"][0], prepaid="required")
    person = {"phone": "79005550000", "fullname": "Нина", "email": ""}
    made = rest.post(f"/book_record/{SALON}", person | {"appointments": [monday]}).json()["data"][0]
    record = rest.get(f"/record/{SALON}/{made['record_id']}").json()["data"]
    assert (record["prepaid"], record["prepaid_confirmed"]) == (True, False)
