"""Changing records and clients over REST."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.yclients.client import FakeYClients
from tests.integration.fakes_yclients.bot import Bot
from tests.integration.fakes_yclients.conftest import SALON, Rest

Ids = dict[str, list[int]]
RECORDS = f"/records/{SALON}"


@pytest.fixture
def body(yclients: FakeYClients, ids: Ids) -> dict[str, Any]:
    """A booking that nothing speaks against: the salon is closed before that day."""
    yclients.edit("schedule", SALON, staff_id=ids["staff"][0], date="2031-01-06", slots=[["10:00", "19:00"]])
    return {
        "staff_id": ids["staff"][0],
        "services": [{"id": ids["services"][0], "first_cost": 2000, "discount": 10}],
        "client": {"phone": "+7 900 555-00-00", "name": "Нина"},
        "datetime": "2031-01-06 12:00:00",
        "seance_length": 3600,
        "comment": "у окна",
        "api_id": "our-17",
        "save_if_busy": False,
        "send_sms": False,
    }


def test_a_booking_makes_the_client_and_can_be_found(rest: Rest, body: dict[str, Any]) -> None:
    answer = rest.post(RECORDS, body)
    assert answer.status_code == 201
    record = answer.json()["data"]
    assert record["datetime"] == "2031-01-06T12:00:00+03:00"
    assert (record["client"]["phone"], record["client"]["is_new"], record["api_id"]) == (
        "79005550000",
        True,
        "our-17",
    )
    assert record["services"][0] | {"cost": 1800, "first_cost": 2000} == record["services"][0]
    assert rest.get(f"/record/{SALON}/{record['id']}").json()["data"] == record
    again = rest.post(RECORDS, body | {"datetime": "2031-01-06T14:00:00+03:00"}).json()["data"]
    assert again["client"]["id"] == record["client"]["id"], "one client for one phone"


def test_a_taken_or_closed_time_is_refused_unless_forced(rest: Rest, body: dict[str, Any]) -> None:
    rest.post(RECORDS, body)
    for at in ("2031-01-06 12:30:00", "2031-01-06 18:30:00", "2031-01-07 12:00:00"):
        answer = rest.post(RECORDS, body | {"datetime": at})
        assert answer.status_code == 422
        assert "уже занято или является нерабочим" in answer.json()["meta"]["message"]
        assert rest.post(RECORDS, body | {"datetime": at, "save_if_busy": True}).status_code == 201


@pytest.mark.parametrize("missing", ["staff_id", "services", "datetime", "seance_length"])
def test_what_is_missing_is_named(rest: Rest, body: dict[str, Any], missing: str) -> None:
    del body[missing]
    answer = rest.post(RECORDS, body)
    assert (answer.status_code, list(answer.json()["meta"]["errors"])) == (422, [missing])


def test_a_record_is_replaced_whole(rest: Rest, body: dict[str, Any]) -> None:
    number = rest.post(RECORDS, body).json()["data"]["id"]
    changed = body | {"datetime": "2031-01-06 12:15:00", "attendance": 2}
    answer = rest.put(f"/record/{SALON}/{number}", changed)
    assert answer.status_code == 201
    assert (answer.json()["data"]["attendance"], answer.json()["data"]["comment"]) == (2, "у окна")
    bare = {name: body[name] for name in ("staff_id", "services", "datetime", "seance_length")}
    refused = rest.put(f"/record/{SALON}/{number}", bare)
    assert (refused.status_code, "параметр client" in refused.json()["meta"]["message"]) == (422, True)
    lost = rest.put(f"/record/{SALON}/{number}", bare | {"client": None}).json()["data"]
    assert (lost["comment"], lost["client"], lost["attendance"]) == ("", None, 0)


def test_a_deleted_record_stays_with_a_mark(yclients: FakeYClients, ids: Ids, rest: Rest) -> None:
    number = ids["records"][-1]
    path = f"/record/{SALON}/{number}"
    answer = rest.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    listed = [row["id"] for row in rest.get(RECORDS, count=200).json()["data"]]
    with_deleted = [row["id"] for row in rest.get(RECORDS, count=200, with_deleted=1).json()["data"]]
    assert (number in listed, number in with_deleted) == (False, True)
    assert rest.get(path).json()["data"]["deleted"] is True
    yclients.settings(deleted_record_status=404)
    assert rest.get(path).status_code == rest.delete(path).status_code == 404


def test_a_visit_is_confirmed_the_short_way_and_needs_its_comment(ids: Ids, rest: Rest) -> None:
    record = rest.get(f"/record/{SALON}/{ids['records'][-1]}").json()["data"]
    path = f"/visits/{record['visit_id']}/{record['id']}"
    assert rest.put(path, {"attendance": 2}).status_code == 422
    assert rest.put(path, {"attendance": 5, "comment": ""}).status_code == 422
    assert rest.put(path, {"attendance": 2, "comment": "подтвердила"}).json()["data"]["attendance"] == 2
    assert rest.get(f"/record/{SALON}/{record['id']}").json()["data"]["comment"] == "подтвердила"
    assert rest.put(f"/visits/1/{record['id']}", {"attendance": 2, "comment": ""}).status_code == 404


def test_an_apps_own_changes_are_told_unless_it_asked_not_to(
    yclients: FakeYClients, ids: Ids, bot: Bot, rest: Rest
) -> None:
    number, settings = ids["records"][-1], {"urls": [bot.url], "active": 1}
    for self_sending, told in ((1, 1), (0, 1)):
        rest.post(f"/hooks_settings/{SALON}", settings | {"self_sending": self_sending})
        visit = rest.get(f"/record/{SALON}/{number}").json()["data"]["visit_id"]
        rest.put(f"/visits/{visit}/{number}", {"attendance": 2, "comment": ""})
        assert yclients.settled()
        assert len(bot.arrived) == told
    yclients.edit_record(SALON, number, attendance=1)
    assert yclients.settled()
    assert len(bot.arrived) == 2


def test_rights_are_needed_for_each_deed(yclients: FakeYClients, ids: Ids, rest: Rest, body: dict[str, Any]) -> None:
    denied = dict.fromkeys(("create_records_access", "edit_records_access", "delete_records_access"), False)
    yclients.change_salon(SALON, rights={"record_form": denied})
    path = f"/record/{SALON}/{ids['records'][-1]}"
    answers = [rest.post(RECORDS, body), rest.put(path, body), rest.delete(path)]
    assert [answer.status_code for answer in answers] == [403] * 3


def test_a_client_is_added_changed_and_deleted(ids: Ids, rest: Rest) -> None:
    new = {"name": "Нина", "phone": "+7 (900) 555-00-00", "sex_id": 2, "birth_date": "1990-05-04", "categories": [3]}
    added = rest.post(f"/clients/{SALON}", new)
    assert added.status_code == 201
    client = added.json()["data"]
    assert (client["phone"], client["sex"], client["categories"][0]["id"]) == ("79005550000", "Женский", 3)
    path = f"/client/{SALON}/{client['id']}"
    changed = rest.put(path, {"sms_not": 1, "labels": []}).json()["data"]
    assert (changed["sms_not"], changed["categories"], changed["name"]) == (1, [], "Нина")
    assert rest.delete(path).status_code == 204
    assert rest.get(path).status_code == 404


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ({"name": "Нина", "phone": "79000000000"}, "Клиент с указанным телефоном уже существует в базе"),
        ({"phone": "79005550001"}, "Не указано имя клиента"),
        ({"name": "Нина", "phone": "123"}, "Телефон должен содержать от 9 до 15 цифр"),
        ({"name": "Нина"}, "Номер телефона клиента не может быть пустым"),
    ],
)
def test_a_wrong_client_is_refused_alone(ids: Ids, rest: Rest, row: dict[str, str], error: str) -> None:
    answer = rest.post(f"/clients/{SALON}", row)
    assert answer.status_code == 422
    assert [error] in answer.json()["meta"]["errors"].values()
    right = {"name": "Вера", "phone": "79005550002"}
    many = rest.call("POST", f"/clients/{SALON}/bulk", json=[row, right])
    assert many.status_code == 200
    data = many.json()["data"]
    assert [one["name"] for one in data["created"]] == ["Вера"]
    assert data["errors"] == [{"phone": row.get("phone"), "name": row.get("name"), "error": error}]


def test_a_card_has_comments(ids: Ids, rest: Rest) -> None:
    path = f"/company/{SALON}/clients/{ids['clients'][0]}/comments"
    written = rest.post(path, {"text": "любит чай"})
    assert (written.status_code, written.json()["data"]["text"]) == (201, "любит чай")
    assert rest.post(path, {}).status_code == 422
    assert [one["text"] for one in rest.get(path).json()["data"]] == ["любит чай"]
    assert rest.delete(f"{path}/{written.json()['data']['id']}").status_code == 204
    assert rest.get(path).json()["data"] == []


def test_the_documented_list_is_a_switch(yclients: FakeYClients, rest: Rest, body: dict[str, Any]) -> None:
    yclients.settings(booked_is_a_list=True)
    assert [one["api_id"] for one in rest.post(RECORDS, body).json()["data"]] == ["our-17"]
