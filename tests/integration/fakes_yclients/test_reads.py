"""Reading a salon's journal over REST, as section by section of the documentation promises."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.fakes.yclients.client import FakeYClients
from tests.integration.fakes_yclients.conftest import SALON, Rest

Ids = dict[str, list[int]]
SEARCH = f"/company/{SALON}/clients/search"


def test_a_salon_tells_its_zone_and_only_on_request_its_forms(yclients: FakeYClients, ids: Ids, rest: Rest) -> None:
    yclients.change_salon(SALON, timezone_name="Asia/Vladivostok", facts={"title": "Проба"})
    company = rest.get(f"/company/{SALON}/").json()["data"]
    assert (company["title"], company["timezone_name"], company["timezone"]) == ("Проба", "Asia/Vladivostok", 10)
    assert company["bookforms"] == [] == company["groups"]
    more = rest.get(f"/company/{SALON}", showBookforms=1, show_groups=1, my=1).json()["data"]
    assert more["bookforms"][0]["is_default"] == 1
    assert more["groups"]["9206"]["title"] == "Сеть"
    assert more["access"]["clients"]["clients_access"] is True


def test_services_are_listed_by_heading_and_master(ids: Ids, rest: Rest) -> None:
    everything = rest.get(f"/company/{SALON}/services").json()
    assert everything["meta"] == {"total_count": 8}
    first = everything["data"][0]
    of_heading = rest.get(f"/company/{SALON}/services", category_id=first["category_id"]).json()["data"]
    assert {one["category_id"] for one in of_heading} == {first["category_id"]}
    of_master = rest.get(f"/company/{SALON}/services", staff_id=ids["staff"][1]).json()["data"]
    assert all(ids["staff"][1] in [who["id"] for who in one["staff"]] for one in of_master)
    assert rest.get(f"/company/{SALON}/services/{first['id']}").json()["data"] == first
    assert rest.get(f"/company/{SALON}/services/1").status_code == 404
    assert rest.get(f"/company/{SALON}/service_categories").json()["meta"] == {"total_count": 3}


def test_older_paths_need_no_user_and_have_a_list_for_no_meta(ids: Ids, rest: Rest) -> None:
    for path in (f"/services/{SALON}", f"/service_categories/{SALON}", f"/staff/{SALON}"):
        answer = rest.call("GET", path, user=False).json()
        assert answer["data"]
        assert answer["meta"] == []


def test_a_master_without_a_position_has_an_empty_list_for_it(ids: Ids, rest: Rest) -> None:
    staff = rest.get(f"/company/{SALON}/staff").json()["data"]
    assert [one["position"] and one["position"]["title"] for one in staff] == ["Топ-мастер", "Мастер", []]
    assert rest.get(f"/company/{SALON}/staff/{staff[0]['id']}").json()["data"]["name"] == "Анна"


def test_the_schedule_shows_days_off_and_who_is_taken_only_when_asked(ids: Ids, rest: Rest) -> None:
    record = rest.get(f"/record/{SALON}/{ids['records'][-1]}").json()["data"]
    day = record["date"][:10]
    path, query = f"/company/{SALON}/staff/schedule", {"start_date": day, "end_date": day}
    bare = rest.get(path, **query).json()
    assert bare["meta"]["count"] == 3
    assert set(bare["data"][0]) == {"staff_id", "date", "slots"}
    asked = {**query, "include[]": ["busy_intervals", "off_day_type"], "staff_ids[]": [record["staff_id"]]}
    (row,) = rest.get(path, **asked).json()["data"]
    assert row["busy_intervals"][0]["from"] == record["date"][11:16]
    assert row["off_day_type"] is None
    assert rest.get(path).status_code == 422
    old = rest.get(f"/schedule/{SALON}/{record['staff_id']}/{day}/{day}").json()["data"]
    assert old == [{"date": day, "is_working": 1, "slots": [{"from": "10:00", "to": "19:00"}]}]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, 40),
        ({"filters": [{"type": "quick_search", "state": {"value": "+79000000007"}}]}, 1),
        ({"filters": [{"type": "quick_search", "state": {"value": "анна"}}]}, 5),
        ({"filters": [{"type": "gender", "state": {"value": [1]}}]}, 15),
        ({"filters": [{"type": "gender", "state": {"value": [1], "invert": True}}]}, 25),
        ({"filters": [{"type": "birthday", "state": {"from": "2000-02-01", "to": "2000-02-29"}}]}, 4),
        ({"filters": [{"type": "record", "state": {"status": {"value": [1]}}}]}, 2),
    ],
)
def test_the_search_finds(ids: Ids, rest: Rest, asked: dict[str, Any], found: int) -> None:
    answer = rest.post(SEARCH, asked).json()
    assert answer["meta"] == {"total_count": found}
    assert len(answer["data"]) == min(found, 25)
    assert all(set(row) == {"id"} for row in answer["data"]), "only the id unless fields ask for more"


def test_the_search_joins_its_filters_sorts_and_shows_the_fields(ids: Ids, rest: Rest) -> None:
    two = [{"type": "id", "state": {"value": [number]}} for number in ids["clients"][:2]]
    assert rest.post(SEARCH, {"filters": two}).json()["data"] == []
    fields = ["id", "name", "visits_count", "last_visit_date", "no_such_field"]
    order = {"order_by": "last_visit_date", "order_by_direction": "DESC", "fields": fields}
    rows = rest.post(SEARCH, {"filters": two, "operation": "OR", **order}).json()["data"]
    assert [set(row) for row in rows] == [set(fields[:4])] * 2
    assert rows[0]["last_visit_date"] >= rows[1]["last_visit_date"]


@pytest.mark.parametrize(
    "asked", [{"filters": [{"type": "no_such", "state": {}}]}, {"filters": [{"type": "id"}]}, {"order_by": "no_such"}]
)
def test_the_search_refuses_what_it_does_not_know(ids: Ids, rest: Rest, asked: dict[str, Any]) -> None:
    assert rest.post(SEARCH, asked).status_code == 400


def test_the_search_gives_two_hundred_at_most_and_nothing_unpaid(yclients: FakeYClients, rest: Rest) -> None:
    yclients.salon(SALON, clients=250, seed=1)
    yclients.activate(SALON)
    pages = [rest.post(SEARCH, {"page": page, "page_size": 1000}).json() for page in (1, 2, 3)]
    assert [len(page["data"]) for page in pages] == [200, 50, 0]
    assert len({row["id"] for page in pages for row in page["data"]}) == 250
    yclients.settings(licence_is_unpaid=True)
    assert rest.post(SEARCH, {}).status_code == 402
    assert rest.post("/company/x/clients/search", {}).status_code == 404


def test_records_are_filtered_by_person_and_day_and_come_in_pages(ids: Ids, rest: Rest) -> None:
    path = f"/records/{SALON}"
    everything = rest.get(path, count=200).json()
    assert everything["meta"] == {"page": 1, "total_count": len(ids["records"])}
    one = everything["data"][10]
    day, person, master = one["date"][:10], one["client"]["id"], one["staff_id"]
    chosen = rest.get(path, start_date=day, end_date=day, staff_id=master, client_id=person).json()["data"]
    assert [each["id"] for each in chosen] == [one["id"]]
    created = one["create_date"][:10]
    assert one["id"] in [
        each["id"] for each in rest.get(path, c_start_date=created, c_end_date=created).json()["data"]
    ]
    pages = [rest.get(path, page=page, count=20).json()["data"] for page in (1, 2, 3, 4)]
    assert [each["id"] for page in pages for each in page] == [each["id"] for each in everything["data"]]


def test_a_delta_is_what_changed_after_a_time_in_any_spelling(ids: Ids, rest: Rest) -> None:
    path = f"/records/{SALON}"
    rows = rest.get(path, count=200).json()["data"]
    newest = max(rows, key=lambda row: datetime.strptime(row["last_change_date"], "%Y-%m-%dT%H:%M:%S%z"))
    at = datetime.strptime(newest["last_change_date"], "%Y-%m-%dT%H:%M:%S%z")
    for text in (f"{at:%Y-%m-%dT%H:%M:%S}", at.isoformat(), newest["last_change_date"]):
        found = rest.get(path, changed_after=text).json()["data"]
        assert newest["id"] in [row["id"] for row in found]
        assert len(found) < len(rows)
    assert rest.get(path, changed_after=(at + timedelta(seconds=1)).isoformat()).json()["data"] == []
    assert rest.get(path, changed_after="yesterday").status_code == 422
    assert rest.get(f"/clients/{SALON}", changed_after=at.isoformat()).json()["meta"]["total_count"] == 0


def test_a_visit_knows_its_records_and_a_client_themselves(ids: Ids, rest: Rest) -> None:
    record = rest.get(f"/record/{SALON}/{ids['records'][0]}").json()
    assert record["meta"] == []
    visit = rest.get(f"/visits/{record['data']['visit_id']}").json()["data"]
    assert [one["id"] for one in visit["records"]] == [ids["records"][0]]
    client = rest.get(f"/client/{SALON}/{record['data']['client']['id']}").json()["data"]
    assert client["phone"] == record["data"]["client"]["phone"]
    assert rest.get(f"/client/{SALON}/1").status_code == rest.get(f"/record/{SALON}/1").status_code == 404


def test_phones_are_shown_only_to_those_who_may_see_them(yclients: FakeYClients, ids: Ids, rest: Rest) -> None:
    yclients.change_salon(SALON, rights={"clients": {"client_phones_access": False}})
    rows = rest.post(SEARCH, {"fields": ["phone"]}).json()["data"]
    assert {row["phone"] for row in rows} == {""}
    assert rest.get(f"/user/permissions/{SALON}").json()["data"]["clients"]["client_phones_access"] is False
    yclients.change_salon(SALON, rights={"timetable": {"timetable_access": False}})
    assert rest.get(f"/records/{SALON}").status_code == 403


def test_whoever_posts_hooks_replaces_everybodys(ids: Ids, rest: Rest) -> None:
    path = f"/hooks_settings/{SALON}"
    assert rest.get(path).json()["data"]["urls"] == []
    assert rest.post(path, {"urls": ["https://a.example/1"], "active": 1, "record": 1}).status_code == 201
    assert rest.post(path, {"urls": ["https://b.example/1"], "active": 1, "client": 0}).status_code == 201
    shown = rest.get(path).json()["data"]
    assert (shown["urls"], shown["client"]) == (["https://b.example/1"], 0)
    many = [f"https://a.example/{number}" for number in range(11)]
    for urls in ([], many, ["x"], ["https://a.example", "https://a.example"], None):
        assert rest.post(path, {"urls": urls, "active": 1}).status_code == 422


def test_a_large_salon_is_the_same_for_the_same_seed(yclients: FakeYClients) -> None:
    yclients.clock(now="2026-11-24T12:00:00+00:00")
    yclients.salon(1, clients=500, records=300, seed=7)
    first = yclients.state(1)
    yclients.reset()
    yclients.clock(now="2026-11-24T12:00:00+00:00")
    yclients.salon(1, clients=500, records=300, seed=7)
    again = yclients.state(1)
    assert [one["date"] for one in again["records"]] == [one["date"] for one in first["records"]]
    assert [one["phone"] for one in again["clients"]] == [one["phone"] for one in first["clients"]]
    assert any(one["client"] is None for one in again["records"])
