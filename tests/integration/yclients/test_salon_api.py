"""A salon's journal over HTTP: every list, one of each, and what comes when YClients misbehaves."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from structlog.testing import capture_logs

from aiadmin.domain.ids import SalonId
from aiadmin.domain.journal.journal import Attendance, Page, Record
from aiadmin.domain.yclients.error import (
    AlreadyInstalledError,
    BlacklistedError,
    ForbiddenError,
    InvalidError,
    KeyRefusedError,
    NotFoundError,
    SlotBusyError,
    UnreadableError,
    YClientsDownError,
    YClientsError,
)
from aiadmin.services.ports.yclients import SalonApi
from tests.fakes.yclients.client import FakeYClients
from tests.integration.yclients.chaos import chaotic
from tests.support.yclients_calls import SALON, NewContainer

SALON_ID = SalonId(SALON)
MOSCOW = "Europe/Moscow"
TODAY = datetime.now(UTC).date()
AROUND = {"first": TODAY - timedelta(days=90), "last": TODAY + timedelta(days=90)}


@pytest.fixture
def api(new_container: NewContainer) -> SalonApi:
    return new_container().salon_api


def _all_records(api: SalonApi) -> list[Record]:
    pages = [api.records(SALON_ID, zone=MOSCOW, country="RU", page=page, **AROUND) for page in (1, 2)]
    assert {page.total for page in pages} == {230}
    return [record for page in pages for record in page.rows]


def test_every_list_of_a_salon_is_read_whole(api: SalonApi, yclients: FakeYClients) -> None:
    state = yclients.state(SALON)
    assert api.company(SALON_ID).timezone == state["company"]["timezone_name"]
    for name, key in (("categories", "category_id"), ("services", "service_id"), ("staff", "staff_id")):
        read = getattr(api, name)(SALON_ID)
        assert {getattr(each, key) for each in read} == {row["id"] for row in state[name]}
    week = api.schedule(SALON_ID, first=TODAY, last=TODAY + timedelta(days=6))
    assert {each.staff_id for each in week} == {row["id"] for row in state["staff"]}
    assert all(start < end for each in week for start, end in each.slots)


def test_clients_come_in_pages_in_the_order_of_their_ids_with_what_was_asked_for(
    api: SalonApi, yclients: FakeYClients
) -> None:
    pages = [api.clients(SALON_ID, country="RU", page=page) for page in (1, 2)]
    known = {row["id"]: row for row in yclients.state(SALON)["clients"]}
    rows = [client for page in pages for client in page.rows]
    assert [len(page.rows) for page in pages] == [200, 50]
    assert {page.total for page in pages} == {250}
    assert [client.client_id for client in rows] == sorted(known)
    assert all(client.phone == (known[client.client_id]["phone"] or None) for client in rows)
    one = api.client(SALON_ID, rows[0].client_id, country="RU")
    assert one is not None
    assert (one.client_id, one.name, one.phone) == (rows[0].client_id, rows[0].name, rows[0].phone)
    assert api.client(SALON_ID, 1, country="RU") is None


@pytest.mark.parametrize(
    ("country", "typed", "read"),
    [
        ("RU", "4951234567", "74951234567"),
        ("RU", "84951234567", "74951234567"),
        ("RU", "84312345678", "84312345678"),
        ("RU", "79999999999", None),
        ("KZ", "7012345678", "77012345678"),
        ("BY", "80291234567", "375291234567"),
        ("BY", "4951234567", None),
    ],
)
def test_a_number_without_a_country_is_of_where_the_salon_is_and_never_of_another_country(
    api: SalonApi, yclients: FakeYClients, country: str, typed: str, read: str | None
) -> None:
    number = yclients.state(SALON)["clients"][0]["id"]
    yclients.edit("client", SALON, client_id=number, phone=typed)
    one = api.client(SALON_ID, number, country=country)
    assert one is not None
    assert one.phone == read
    booked = api.records(SALON_ID, zone=MOSCOW, country=country, page=1, **AROUND).rows
    assert {record.client_phone for record in booked if record.client_id == number} <= {read}


def test_where_a_salon_is_and_its_currency_are_read_with_it(api: SalonApi, yclients: FakeYClients) -> None:
    yclients.edit(
        "company", SALON, facts={"country": "Казахстан", "currency_short_title": "₸", "timezone_name": "Asia/Almaty"}
    )
    told = api.company(SALON_ID)
    assert (told.country, told.currency) == ("KZ", "₸")
    yclients.edit(
        "company", SALON, facts={"country": "", "currency_short_title": "", "timezone_name": "Europe/Minsk"}
    )
    told = api.company(SALON_ID)
    assert (told.country, told.currency) == ("BY", None)


def test_a_field_that_the_search_refuses_is_not_asked_for_again(api: SalonApi, yclients: FakeYClients) -> None:
    refusal = json.dumps({"success": False, "data": None, "meta": {"message": "Некорректное поле"}})
    yclients.fault(f"/api/v1/company/{SALON}/clients/search", status=400, body=refusal)
    assert len(api.clients(SALON_ID, country="RU", page=1).rows) == 200
    assert len(api.clients(SALON_ID, country="RU", page=2).rows) == 50
    assert [each["status"] for each in yclients.requests()][-3:] == [400, 200, 200]


def test_records_are_read_with_the_deleted_ones_and_by_their_last_change(
    api: SalonApi, yclients: FakeYClients
) -> None:
    rows = _all_records(api)
    gone, moved = rows[0], rows[1]
    yclients.delete_record(SALON, gone.record_id)
    yclients.edit_record(SALON, moved.record_id, attendance=2)
    since = datetime.now(UTC) - timedelta(minutes=1)
    changed = {record.record_id: record for record in _changed(api, since).rows}
    assert changed[gone.record_id].is_deleted
    assert changed[moved.record_id].attendance is Attendance.CONFIRMED
    assert _changed(api, datetime.now(UTC) + timedelta(hours=1)).rows == []
    again = api.record(SALON_ID, gone.record_id, zone=MOSCOW, country="RU")
    assert again is not None
    assert again.is_deleted
    yclients.settings(deleted_record_status=404)
    assert api.record(SALON_ID, gone.record_id, zone=MOSCOW, country="RU") is None


def _changed(api: SalonApi, since: datetime) -> Page[Record]:
    return api.records_changed(SALON_ID, zone=MOSCOW, country="RU", page=1, since=since)


def test_an_attendance_is_written_and_the_comment_stays(api: SalonApi, yclients: FakeYClients) -> None:
    record_id = _all_records(api)[5].record_id
    yclients.edit_record(SALON, record_id, comment="Аллергия на лак")
    record = api.record(SALON_ID, record_id, zone=MOSCOW, country="RU")
    assert record is not None
    api.set_attendance(SALON_ID, record, Attendance.CONFIRMED)
    after = api.record(SALON_ID, record_id, zone=MOSCOW, country="RU")
    assert after is not None
    assert (after.attendance, after.comment) == (Attendance.CONFIRMED, "Аллергия на лак")


def test_the_addresses_of_webhooks_are_read_with_their_flags(api: SalonApi, yclients: FakeYClients) -> None:
    url = "https://bot.example/hook?key=wk_1"
    yclients.reset()
    yclients.activate(SALON, webhook_urls=[url])
    hooks = api.webhook_settings(SALON_ID)
    assert hooks.urls == (url,)
    assert hooks.flags["record"]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Vladivostok", "Europe/Moscow"])
def test_the_oddest_spelling_of_a_record_says_the_same_as_the_plainest(
    api: SalonApi, yclients: FakeYClients, zone: str
) -> None:
    yclients.change_salon(SALON, timezone_name=zone)
    rows = yclients.state(SALON)["records"]
    plain = _served(yclients, api, rows, zone)
    for seed in range(3):
        odd = _served(yclients, api, [chaotic(row, seed) for row in rows], zone)
        assert [_without_raw(record) for record in odd] == [_without_raw(record) for record in plain]


def _served(yclients: FakeYClients, api: SalonApi, rows: list[dict[str, Any]], zone: str) -> list[Record]:
    body = json.dumps({"success": True, "data": rows, "meta": {"total_count": str(len(rows))}})
    yclients.fault(f"/api/v1/records/{SALON}", status=200, body=body)
    page = api.records(SALON_ID, zone=zone, country="RU", page=1, **AROUND)
    assert (len(page.rows), page.total, page.skipped) == (len(rows), len(rows), 0)
    return list(page.rows)


def _without_raw(record: Record) -> Record:
    return replace(
        record, raw={}, services=tuple(replace(each, cost=each.cost or Decimal()) for each in record.services)
    )


def test_a_row_that_cannot_be_read_is_left_out_and_logged_by_its_id_alone(
    api: SalonApi, yclients: FakeYClients
) -> None:
    good = yclients.state(SALON)["records"][0]
    bad = {"id": 77, "date": "soon", "client": {"name": "Ирина Тайная", "phone": "79991112233"}}
    with capture_logs() as logs:
        body = json.dumps({"success": True, "data": [bad, good, None], "meta": []})
        yclients.fault(f"/api/v1/records/{SALON}", status=200, body=body)
        page = api.records(SALON_ID, zone=MOSCOW, country="RU", page=1, **AROUND)
    assert ([record.record_id for record in page.rows], page.skipped) == ([good["id"]], 2)
    assert [line["row"] for line in logs if line["event"] == "row of YClients left out"] == [77, None]
    assert "Тайная" not in str(logs)
    assert "79991112233" not in str(logs)


@pytest.mark.parametrize("data", ["null", '"x"', "5", '[{"x": 1}]', "[null]", '{"error": 1}'])
def test_what_is_no_list_is_never_taken_for_an_empty_one(api: SalonApi, yclients: FakeYClients, data: str) -> None:
    yclients.fault(f"/api/v1/company/{SALON}/services", status=200, body=f'{{"success": true, "data": {data}}}')
    with pytest.raises(UnreadableError):
        api.services(SALON_ID)


def test_an_empty_list_is_empty(api: SalonApi, yclients: FakeYClients) -> None:
    yclients.fault(f"/api/v1/company/{SALON}/services", status=200, body='{"success": true, "data": [], "meta": []}')
    assert api.services(SALON_ID) == []


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, '{"success": false, "meta": {"message": "?"}}', InvalidError),
        (401, '{"success": false, "data": null, "meta": {"message": "Необходима авторизация"}}', KeyRefusedError),
        (402, '{"success": false, "meta": {"message": "Payment Required"}}', ForbiddenError),
        (403, '{"success": false, "meta": {"message": "Нет прав на управление компанией"}}', ForbiddenError),
        (403, '{"success": false, "meta": {"message": "Пользователь уже установил это приложение."}}',
         AlreadyInstalledError),
        (403, '{"errors": {"code": 434, "message": "Клиент в чёрном списке"}}', BlacklistedError),
        (404, '{"errors": {"code": 404, "message": "Не найдено"}, "meta": {"message": "Не найдено"}}', NotFoundError),
        (422, '{"success": false, "meta": {"message": "?", "errors": {"code": "433"}}}', SlotBusyError),
        (422, '{"success": false, "meta": {"message": "Выбранное время уже занято"}}', SlotBusyError),
        (200, '{"success": false, "data": null, "meta": {"message": "?"}}', InvalidError),
    ],
    ids=str,
)  # fmt: skip
def test_a_refusal_is_an_error_that_says_what_may_be_done(
    api: SalonApi, yclients: FakeYClients, status: int, body: str, kind: type[YClientsError]
) -> None:
    before = len(yclients.requests())
    yclients.fault(f"/api/v1/company/{SALON}/", status=status, body=body)
    with pytest.raises(YClientsError) as refused:
        api.company(SALON_ID)
    assert type(refused.value) is kind
    assert refused.value.status == status
    assert refused.value.request_id is not None
    assert len(yclients.requests()) == before + 1


@pytest.mark.parametrize(
    "fault",
    [{"status": 503, "body": "<html>"}, {"status": 200, "body": "<html>"}, {"drop": True}, {"status": 301}],
    ids=str,
)
def test_a_question_is_asked_again_when_yclients_stumbles(
    api: SalonApi, yclients: FakeYClients, fault: dict[str, Any]
) -> None:
    yclients.fault(f"/api/v1/company/{SALON}/services", times=1, **fault)
    assert api.services(SALON_ID)


def test_a_search_is_a_question_too_and_one_that_fails_for_good_is_given_up(
    api: SalonApi, yclients: FakeYClients
) -> None:
    yclients.fault(f"/api/v1/company/{SALON}/clients/search", status=502, body="<html>", times=2)
    assert len(api.clients(SALON_ID, country="RU", page=1).rows) == 200
    yclients.fault(f"/api/v1/record/{SALON}/5", status=502, body="<html>", times=None)
    with pytest.raises(YClientsDownError):
        api.record(SALON_ID, 5, zone=MOSCOW, country="RU")
    assert sum(each["path"].endswith("/5") for each in yclients.requests()) == 2


@pytest.mark.parametrize("fault", [{"status": 503, "body": "<html>"}, {"status": 429, "body": "{}"}, {"drop": True}])
def test_a_change_is_never_made_twice(api: SalonApi, yclients: FakeYClients, fault: dict[str, Any]) -> None:
    record = _all_records(api)[0]
    yclients.fault("/api/v1/visits/*", times=None, processed=True, **fault)
    with pytest.raises(YClientsError):
        api.set_attendance(SALON_ID, record, Attendance.CAME)
    assert sum(each["path"].startswith("/api/v1/visits/") for each in yclients.requests()) == 1


def test_too_many_requests_is_waited_out(api: SalonApi, yclients: FakeYClients) -> None:
    body = '{"success": false, "meta": {"message": "Превышен лимит запросов"}}'
    yclients.fault(f"/api/v1/company/{SALON}/services", status=429, body=body)
    started = datetime.now(UTC)
    assert api.services(SALON_ID)
    assert datetime.now(UTC) - started >= timedelta(seconds=1)


def test_two_processes_together_stay_within_what_yclients_allows(
    new_container: NewContainer, yclients: FakeYClients
) -> None:
    yclients.settings(is_limited=True)
    apis = [new_container(yclients_per_second=3, yclients_per_minute=165).salon_api for _ in range(2)]
    threads = [threading.Thread(target=lambda api=api: [api.categories(SALON_ID) for _ in range(6)]) for api in apis]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    asked = [each for each in yclients.requests() if each["path"].endswith("/service_categories")]
    assert [each["status"] for each in asked] == [200] * 12


def test_without_the_users_token_or_the_right_media_type_nothing_is_read(
    new_container: NewContainer, yclients: FakeYClients
) -> None:
    for settings in ({"yclients_user_token": "wrong"}, {"yclients_user_token": ""}, {"yclients_accept": "a/b"}):
        with pytest.raises(KeyRefusedError):
            new_container(**settings).salon_api.services(SALON_ID)
    other = new_container(yclients_accept="application/vnd.api.v2+json").salon_api
    assert other.services(SALON_ID)


def test_a_salon_that_left_is_forbidden(api: SalonApi, yclients: FakeYClients) -> None:
    yclients.control("POST", "/uninstall", salon_id=SALON, app=yclients.app_id)
    with pytest.raises(ForbiddenError):
        api.records(SALON_ID, zone=MOSCOW, country="RU", page=1, **AROUND)


def test_no_token_is_ever_in_a_log_and_every_call_carries_its_number(api: SalonApi, yclients: FakeYClients) -> None:
    calls: list[Callable[[], object]] = [
        lambda: api.company(SALON_ID),
        lambda: api.clients(SALON_ID, country="RU", page=1),
    ]
    with capture_logs() as logs:
        for call in calls:
            call()
    assert [line["yclients_request_id"][:5] for line in logs] == ["fake-", "fake-"]
    assert yclients.partner_token not in str(logs)
    assert yclients.user_token not in str(logs)
