"""A salon out of a file of conversations: what its routes offer, hold busy and refuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import requests

from tests.conversations.reading import LAVANDA, read
from tests.fakes.yclients.client import FakeYClients
from tests.integration.fakes_yclients.bot import Bot
from tests.integration.fakes_yclients.conftest import SALON, Rest

FILE = read(LAVANDA)
ANNA, ELENA, IRINA, YULIA, OLGA, WAITING = 1, 2, 4, 5, 6, 90


@pytest.fixture
def lavanda(yclients: FakeYClients) -> FakeYClients:
    """The salon with no visits to come, on the Wednesday of the file."""
    yclients.activate(SALON)
    yclients.conversation(SALON, FILE, "A1")
    return yclients


def _with_visits(yclients: FakeYClients, *visits: Mapping[str, Any], **case: Any) -> None:
    case = {"id": "own", "client": "M", "visits": list(visits), **case}
    yclients.conversation(SALON, FILE | {"conversations": [case]}, "own")


def _times(rest: Rest, staff_id: int, day: str, *services: int) -> list[str]:
    query = {"service_ids[]": list(services)}
    rows = rest.get(f"/book_times/{SALON}/{staff_id}/{day}", **query).json()["data"]
    return [row["time"] for row in rows]


def _check(rest: Rest, staff_id: int, at: str, *services: int) -> requests.Response:
    wish = {"id": 1, "services": list(services), "staff_id": staff_id, "datetime": f"{at}:00+03:00"}
    return rest.post(f"/book_check/{SALON}", {"appointments": [wish]}, user=False)


def _book(rest: Rest, staff_id: int, at: str, *services: int, **more: Any) -> requests.Response:
    wish = {"id": 1, "services": list(services), "staff_id": staff_id, "datetime": f"{at}:00+03:00"}
    body = {"phone": "79000000102", "fullname": "Нина", "email": "", "appointments": [wish], **more}
    return rest.post(f"/book_record/{SALON}", body, user=False)


def test_book_times_answers_the_starts_of_the_file_and_no_other(lavanda: FakeYClients, rest: Rest) -> None:
    for staff_id, sets in FILE["starts"].items():
        for joined, days in sets.items():
            services = [int(one) for one in joined.split("+")]
            for day, times in days.items():
                assert _times(rest, staff_id, day, *services) == times, (staff_id, joined, day)
                assert _times(rest, staff_id, day, *reversed(services)) == times
    assert _times(rest, ANNA, "2026-03-13", 101) == []
    assert _times(rest, ANNA, "2026-03-12", 101, 103) == []
    lavanda.clock(seconds=24 * 3600)
    assert _times(rest, ANNA, "2026-03-12", 101) == ["16:00", "17:00"], "the others are over, or too soon"


def test_days_staff_and_services_follow_from_the_starts(lavanda: FakeYClients, rest: Rest) -> None:
    asked = {"service_ids[]": 101, "staff_id": ANNA}
    days = rest.get(f"/book_dates/{SALON}", **asked).json()["data"]["booking_dates"]
    assert days == ["2026-03-12", "2026-03-14", "2026-03-17"]
    at = {"service_ids[]": 101, "datetime": "2026-03-12T14:00:00+03:00"}
    staff = {row["id"]: row["bookable"] for row in rest.get(f"/book_staff/{SALON}", **at).json()["data"]}
    assert [who for who, bookable in staff.items() if bookable] == [ELENA]
    assert WAITING in staff, "a row that is nobody is shown as well"
    rows = rest.get(f"/book_staff/{SALON}", **{"service_ids[]": 201}).json()["data"]
    assert {row["id"]: row.get("seance_date") for row in rows if row["bookable"]} == {
        IRINA: "2026-03-12",
        OLGA: "2026-03-23",
    }
    with_any = {row["id"] for row in rest.get(f"/book_staff/{SALON}").json()["data"] if row["bookable"]}
    assert with_any == set(FILE["starts"]), "who has no start at all is not bookable"
    beside = rest.get(f"/book_services/{SALON}", **{"service_ids[]": 203, "staff_id": 4}).json()["data"]["services"]
    assert [row["id"] for row in beside] == [201]
    offered = rest.get(f"/book_services/{SALON}").json()["data"]
    assert 401 not in [row["id"] for row in offered["services"]], "closed online"
    assert [row["id"] for row in offered["events"]] == [402]
    (brows,) = (row for row in offered["services"] if row["id"] == 303)
    assert [link["service_id"] for link in brows["composite_details"]["links"]] == [301, 302]


def test_anybody_is_a_master_who_is_offered(lavanda: FakeYClients, rest: Rest) -> None:
    assert _times(rest, 0, "2026-03-12", 101) == ["10:00", "11:30", "14:00", "16:00", "17:00", "18:30"]
    assert _times(rest, 0, "2026-03-14", 303) == ["13:30", "16:00"], "a composite service is asked for as its parts"
    lavanda.change_salon(SALON, online={"any_master": False})
    assert _times(rest, 0, "2026-03-12", 101) == []


def test_prices_and_lengths_are_the_masters_own(lavanda: FakeYClients, rest: Rest) -> None:
    services = {row["id"]: row for row in rest.get(f"/company/{SALON}/services").json()["data"]}
    assert {one["id"]: one["price"] for one in services[101]["staff"]} == {ANNA: None, ELENA: 2500}
    assert (services[101]["price_min"], services[105]["price_max"], services[106]["price_max"]) == (2000, 9000, 0)
    assert (services[106]["prepaid"], services[106]["online_invoicing_status"]) == ("required", 2)
    assert services[104]["seance_search_finish"] == 13 * 3600
    booked = _book(rest, ELENA, "2026-03-12T14:00", 101).json()["data"][0]
    record = rest.get(f"/record/{SALON}/{booked['record_id']}").json()["data"]
    assert (record["services"][0]["cost"], record["seance_length"]) == (2500, 3600)


def test_a_composite_service_is_booked_by_its_parts_alone(lavanda: FakeYClients, rest: Rest) -> None:
    assert _check(rest, YULIA, "2026-03-14T13:30", 303).status_code == 404
    assert _book(rest, YULIA, "2026-03-14T13:30", 303).status_code == 404
    assert lavanda.writes(SALON) == []
    assert _book(rest, YULIA, "2026-03-14T13:30", 301, 302).status_code == 201
    (write,) = lavanda.writes(SALON)
    assert write | {"op": "create", "services": [301, 302], "staff": YULIA, "at": "2026-03-14T13:30"} == write
    assert write["client"]["name"] == "Нина"


@pytest.mark.parametrize(
    ("staff_id", "at", "services"),
    [
        (ANNA, "2026-03-12T10:30", [101]),
        (ANNA, "2026-03-12T13:00", [101]),
        (ANNA, "2026-03-13T12:00", [101]),
        (OLGA, "2026-03-12T12:00", [201]),
        (ELENA, "2026-03-11T12:30", [101]),
    ],
)
def test_what_no_start_says_is_busy_on_every_route(
    lavanda: FakeYClients, rest: Rest, staff_id: int, at: str, services: list[int]
) -> None:
    assert _check(rest, staff_id, at, *services).status_code == 422
    assert _book(rest, staff_id, at, *services).status_code == 422
    assert lavanda.writes(SALON) == []


def test_the_journals_own_way_of_booking_obeys_busy_time(lavanda: FakeYClients, rest: Rest) -> None:
    body = {"staff_id": ANNA, "services": [{"id": 101}], "seance_length": 3600, "client": {"id": 501}}
    for at, status in (("13:00", 422), ("11:00", 422), ("11:30", 201), ("16:00", 201)):
        made = rest.post(f"/records/{SALON}", body | {"datetime": f"2026-03-12 {at}:00", "save_if_busy": False})
        assert made.status_code == status, at


def test_busy_time_and_the_grid_show_what_is_held(lavanda: FakeYClients, rest: Rest) -> None:
    query = {"start_date": "2026-03-12", "end_date": "2026-03-12", "staff_ids[]": ANNA, "include[]": "busy_intervals"}
    (row,) = rest.get(f"/company/{SALON}/staff/schedule", **query).json()["data"]
    assert row["slots"] == [{"from": "10:00", "to": "18:00"}]
    assert [(one["from"], one["to"]) for one in row["busy_intervals"]] == [("11:00", "11:30"), ("12:30", "16:00")]
    grid = rest.get(f"/timetable/seances/{SALON}/{ANNA}/2026-03-12").json()["data"]
    assert [one["time"] for one in grid if not one["is_free"]][:3] == ["11:00", "11:15", "12:30"]


def test_a_leave_is_days_off_and_who_is_nobody_has_no_days(lavanda: FakeYClients, rest: Rest) -> None:
    path = f"/schedule/{SALON}/{OLGA}/2026-03-20/2026-03-24"
    days = {row["date"]: row["is_working"] for row in rest.get(path).json()["data"]}
    assert days == {"2026-03-20": 0, "2026-03-21": 0, "2026-03-22": 0, "2026-03-23": 1, "2026-03-24": 1}
    assert rest.get(f"/schedule/{SALON}/{WAITING}/2026-03-20/2026-03-24").json()["data"] == []


def _moved(rest: Rest, record_id: int, at: str, **changes: Any) -> int:
    record = rest.get(f"/record/{SALON}/{record_id}").json()["data"]
    names = ("staff_id", "seance_length", "comment", "attendance")
    body = {name: record[name] for name in names} | {"client": {"id": record["client"]["id"]}}
    body |= {"services": record["services"], "datetime": f"{at}:00", "save_if_busy": False, **changes}
    return rest.put(f"/record/{SALON}/{record_id}", body).status_code


def test_a_visit_takes_its_time_out_of_the_starts_but_not_of_its_own_move(yclients: FakeYClients, rest: Rest) -> None:
    yclients.activate(SALON)
    visit = {"record": 9001, "services": [101], "staff": ANNA, "at": "2026-03-12T10:00"}
    _with_visits(yclients, visit, gaps={ANNA: {"2026-03-12": ["11:00-11:30"]}})
    assert _times(rest, ANNA, "2026-03-12", 101) == ["11:30", "16:00", "17:00"]
    assert _check(rest, ANNA, "2026-03-12T10:00", 101).status_code == 422
    assert _moved(rest, 9001, "2026-03-12T10:30") == 201
    assert _moved(rest, 9001, "2026-03-12T13:00") == 422
    assert _moved(rest, 9001, "2026-03-12T16:00") == 201
    assert _times(rest, ANNA, "2026-03-12", 101) == ["10:00", "11:30", "17:00"]
    assert [(write["op"], write["at"][11:]) for write in yclients.writes(SALON)] == [
        ("move", "10:30"),
        ("move", "16:00"),
    ]


def test_without_a_gap_a_visit_moves_only_within_its_own_time_and_open_time(
    yclients: FakeYClients, rest: Rest
) -> None:
    yclients.activate(SALON)
    _with_visits(yclients, {"record": 9001, "services": [101], "staff": ANNA, "at": "2026-03-12T10:00"})
    assert _moved(rest, 9001, "2026-03-12T10:30") == 422
    half = [{"id": 103, "first_cost": 1000, "discount": 0, "cost": 1000}]
    assert _moved(rest, 9001, "2026-03-12T10:30", services=half, seance_length=1800) == 201


def test_a_deleted_visit_takes_no_time_and_belongs_to_whom_the_file_says(yclients: FakeYClients, rest: Rest) -> None:
    yclients.activate(SALON)
    gone = {"record": 9001, "services": [101], "staff": ANNA, "at": "2026-03-12T10:00", "deleted": True}
    theirs = {"record": 9002, "services": [101], "staff": ANNA, "at": "2026-03-12T11:30", "client": "W"}
    _with_visits(yclients, gone, theirs)
    assert _times(rest, ANNA, "2026-03-12", 101) == ["10:00", "16:00", "17:00"]
    assert rest.get(f"/record/{SALON}/9001").json()["data"]["deleted"] is True
    coming = rest.get(f"/records/{SALON}", client_id=502, start_date="2026-03-11").json()["data"]
    assert [row["id"] for row in coming] == [9002]
    past = rest.get(f"/records/{SALON}", client_id=501).json()["data"]
    assert [(row["attendance"], row["date"][:10]) for row in past] == [(1, "2026-01-28"), (1, "2026-02-10")]


def test_clients_may_not_change_their_visit_too_late(yclients: FakeYClients, rest: Rest) -> None:
    yclients.activate(SALON)
    _with_visits(yclients, now="2026-03-12T08:30")
    made = _book(rest, ANNA, "2026-03-12T10:00", 101).json()["data"][0]
    own = f"/user/records/{made['record_id']}/{made['record_hash']}"
    assert rest.delete(own).status_code == 403
    later = {"datetime": "2026-03-12T16:00:00+03:00"}
    assert rest.put(f"/book_record/{SALON}/{made['record_id']}", later, user=False).status_code == 403
    company = rest.get(f"/company/{SALON}/").json()["data"]
    assert company["allow_change_record_delay_step"] == company["allow_delete_record_delay_step"] == 3 * 3600
    assert (company["title"], company["address"]) == ("Лаванда", "ул. Примерная, 5, вход со двора")


def test_what_is_too_soon_is_offered_nowhere_and_refused(yclients: FakeYClients, rest: Rest) -> None:
    yclients.activate(SALON)
    _with_visits(yclients, now="2026-03-12T09:01")
    assert _times(rest, ANNA, "2026-03-12", 101) == ["11:30", "16:00", "17:00"]
    assert _book(rest, ANNA, "2026-03-12T10:00", 101).status_code == 422
    _with_visits(yclients, now="2026-03-12T09:00")
    assert _book(rest, ANNA, "2026-03-12T10:00", 101).status_code == 201


def test_a_group_event_has_places_and_takes_its_masters_time(lavanda: FakeYClients, rest: Rest) -> None:
    search = f"/activity/{SALON}/search/"
    (event,) = rest.call("GET", search, user=False, params={"service_ids[]": 402}).json()["data"]
    assert (event["capacity"], event["records_count"], event["date"]) == (8, 6, "2026-03-14T17:00:00+03:00")
    wish = {"fullname": "Нина", "phone": "79000000102", "clients_count": 1}
    join = f"/activity/{SALON}/{event['id']}/book"
    assert [rest.post(join, wish, user=False).status_code for _ in range(3)] == [201, 201, 422]
    assert rest.get(search).json()["data"][0]["records_count"] == 8
    assert rest.get(search, **{"from": "2026-03-15"}).json()["data"] == []
    assert _check(rest, 91, "2026-03-14T17:00", 402).status_code == 422


def test_every_conversation_starts_from_a_clean_salon_that_still_hears(
    lavanda: FakeYClients, rest: Rest, bot: Bot
) -> None:
    rest.post(f"/hooks_settings/{SALON}", {"urls": [bot.url], "active": 1})
    assert _book(rest, ANNA, "2026-03-12T10:00", 101).status_code == 201
    lavanda.method_faults(book_times="down")
    lavanda.conversation(SALON, FILE, "A1")
    assert _times(rest, ANNA, "2026-03-12", 101)[0] == "10:00"
    assert lavanda.writes(SALON) == []
    assert _book(rest, ANNA, "2026-03-12T10:00", 101).status_code == 201
    assert lavanda.settled()
    told = [each["body"] for each in lavanda.deliveries() if each["body"]["resource"] == "record"]
    assert [each["status"] for each in told] == ["create", "create"]


def test_the_time_stands_until_it_is_moved(lavanda: FakeYClients) -> None:
    assert lavanda.clock(seconds=0) == lavanda.clock(seconds=0) == "2026-03-11T09:10:00+00:00"
    assert lavanda.clock(seconds=90) == "2026-03-11T09:11:30+00:00"
    assert lavanda.clock(now="2026-03-12T00:20:00+03:00", stands=True) == "2026-03-11T21:20:00+00:00"
    assert lavanda.clock() != lavanda.clock(), "it is the machine's again"
