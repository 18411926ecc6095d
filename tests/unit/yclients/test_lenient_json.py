"""The lenient primitives: whatever JSON comes, an exact value or nothing, and never an error."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.adapters.yclients import journal_parser, lenient_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
MOSCOW, BERLIN, NOVOSIBIRSK = map(ZoneInfo, ("Europe/Moscow", "Europe/Berlin", "Asia/Novosibirsk"))
ZONES = st.sampled_from([MOSCOW, BERLIN, NOVOSIBIRSK, ZoneInfo("Asia/Vladivostok"), ZoneInfo("Etc/GMT-14")])
LOCAL = st.integers(788_918_400, 2_840_140_800).map(lambda at: datetime.fromtimestamp(at, UTC).replace(tzinfo=None))
"""What clocks in salons show, from 1995 to 2060."""


@given(JSON)
def test_no_value_is_too_odd_for_any_of_them(value: Any) -> None:
    for read in (
        lenient_json.whole,
        lenient_json.positive,
        lenient_json.money,
        lenient_json.text,
        lenient_json.seconds,
    ):
        read(value)
    for read_too in (
        lenient_json.day,
        lenient_json.clock,
        lenient_json.flag,
        lenient_json.row,
        lenient_json.rows,
        lenient_json.wall_clock,
    ):
        read_too(value)
    lenient_json.moment(value, MOSCOW)


@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_a_number_is_the_same_as_text_and_with_a_zero_behind_the_point(number: int) -> None:
    assert (
        lenient_json.whole(number) == lenient_json.whole(str(number)) == lenient_json.whole(f" {number}.0 ") == number
    )


@given(st.integers(0, 10**11))
def test_money_keeps_every_kopeck(kopecks: int) -> None:
    written = f"{kopecks // 100}.{kopecks % 100:02}"
    assert lenient_json.money(written) == Decimal(written)


@given(LOCAL, ZONES)
def test_a_time_says_the_same_with_either_offset_and_without(at: datetime, zone: ZoneInfo) -> None:
    there = at.replace(tzinfo=UTC).astimezone(zone)
    with_colon, without = there.isoformat(), f"{there:%Y-%m-%dT%H:%M:%S%z}"
    if there.utcoffset() is not None and there.utcoffset() % timedelta(minutes=1) == timedelta(0):  # type: ignore[operator]
        assert lenient_json.moment(with_colon, zone) == lenient_json.moment(without, zone) == there
    assert lenient_json.in_zone(there.replace(tzinfo=None, fold=0), zone, with_colon) == there


@given(LOCAL, ZONES)
def test_the_salons_own_time_decides_and_a_wrong_offset_changes_nothing(at: datetime, zone: ZoneInfo) -> None:
    right = lenient_json.in_zone(at, zone)
    wrong = at.replace(tzinfo=ZoneInfo("Pacific/Kiritimati")).isoformat()
    assert lenient_json.in_zone(at, zone, wrong) == right
    assert right is not None
    shown = right.astimezone(zone).replace(tzinfo=None)
    assert shown == at or timedelta(0) < shown - at <= timedelta(hours=2)  # later only in an hour that is missing


def test_an_hour_that_comes_twice_is_the_first_unless_the_offset_says_otherwise() -> None:
    at = datetime.fromisoformat("2026-10-25T02:30:00")
    assert lenient_json.in_zone(at, BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert lenient_json.in_zone(at, BERLIN, "2026-10-25T02:30:00+01:00") == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert lenient_json.in_zone(at, BERLIN, "2026-10-25T02:30:00+0300") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_an_hour_that_is_missing_is_as_much_later() -> None:
    assert lenient_json.in_zone(datetime.fromisoformat("2026-03-29T02:30:00"), BERLIN) == datetime(
        2026, 3, 29, 1, 30, tzinfo=UTC
    )


@pytest.mark.parametrize("value", [0, "00", "", None, [], "0000-00-00", "0000-00-00 00:00:00", "soon", "2025-13-01"])
def test_what_is_no_time_is_none(value: Any) -> None:
    assert lenient_json.day(value) is None
    assert lenient_json.moment(value, MOSCOW) is None


def test_times_at_the_edge_of_the_calendar_are_none_or_right() -> None:
    assert lenient_json.moment("0001-01-01 00:00:00", ZoneInfo("Etc/GMT-14")) is None
    assert lenient_json.moment("9999-12-31T23:59:59-12:00", MOSCOW) is None
    assert lenient_json.moment(10**18, MOSCOW) is None
    assert lenient_json.moment(1443513600, MOSCOW) == datetime(2015, 9, 29, 8, tzinfo=UTC)


def test_flags_slots_and_lists_come_in_all_their_forms() -> None:
    assert [lenient_json.flag(each) for each in (True, 1, "1", "true", 0, "0", False, "", [], None)] == [True] * 4 + [
        False
    ] * 6
    assert lenient_json.flag([], default=True)
    clocks = [lenient_json.clock(one) for one in ("9:00", "24:00", "25:00")]
    assert clocks == [time(9), time(23, 59), None]
    assert lenient_json.rows({"5": {"x": 1}}) == [{"x": 1}]
    assert lenient_json.rows({"id": 5}) == [{"id": 5}]
    assert (lenient_json.row([]), lenient_json.rows(None)) == ({}, [])
    assert lenient_json.day("2025-01-02 03:04:05") == date(2025, 1, 2)


@given(JSON)
def test_what_is_kept_raw_can_be_stored_as_json(value: Any) -> None:
    kept = json.dumps(lenient_json.clean(value), ensure_ascii=False, allow_nan=False)
    assert "\\u0000" not in kept.replace("\\\\", "")
    kept.encode()


NAMES = (
    "id title name phone client staff services date datetime slots staff_id attendance deleted last_change_date urls "
    "active price_min timezone_name timezone seance_length visit_id email sms_not"
)
ROW = st.fixed_dictionaries({}, optional={name: JSON | st.integers(1, 9) for name in NAMES.split()})


@given(ROW)
def test_a_row_is_read_or_refused_and_nothing_else(row: dict[str, Any]) -> None:
    parses = (
        journal_parser.salon,
        journal_parser.category,
        journal_parser.service,
        partial(journal_parser.client, country="RU"),
        journal_parser.staff_member,
        journal_parser.work_day,
        partial(journal_parser.record, zone=MOSCOW, country="RU"),
    )
    for parse in parses:
        with suppress(journal_parser.BadRowError):
            parse(row)
    journal_parser.webhook_settings(row)


def test_a_booking_with_every_oddity_is_read_right() -> None:
    row = {
        "id": "2", "visit_id": "8262996", "staff_id": 0, "staff": {"id": "9", "name": " Оксана\x00 ", "position": []},
        "client": {"id": 16, "name": "", "display_name": "Анна Иванова", "phone": 89000000001, "birth_date": 0},
        "services": [{"id": "1", "title": "Стрижка", "cost_to_pay": "1000.00"}, [], {"title": "?"}],
        "date": "2025-01-16 16:00:00", "datetime": "2025-01-16T16:00:00+09:00", "seance_length": "3600",
        "attendance": "2", "deleted": "1", "last_change_date": "2025-01-10T20:35:15+0300", "activity_id": 0,
        "create_date": "2025-01-10T20:35:11+0300", "online": 1, "comment": None, "new_field": {"deep": [1]},
    }  # fmt: skip
    record = journal_parser.record(row, MOSCOW, "RU")
    assert (record.record_id, record.visit_id, record.staff_id, record.staff_name) == (2, 8262996, 9, "Оксана")
    assert (record.client_id, record.client_name, record.client_phone) == (16, "Анна Иванова", "79000000001")
    assert record.starts_at == datetime(2025, 1, 16, 13, tzinfo=UTC)
    assert record.changed_at == datetime(2025, 1, 10, 17, 35, 15, tzinfo=UTC)
    assert (record.length, record.attendance, record.is_deleted, record.is_online) == (
        timedelta(hours=1),
        2,
        True,
        True,
    )
    assert [(each.service_id, each.cost) for each in record.services] == [(1, Decimal(1000))]


@pytest.mark.parametrize("client", [None, [], {}, 0, "", {"id": 0}])
def test_a_slot_without_a_client_has_none(client: Any) -> None:
    record = journal_parser.record({"id": 1, "date": "2025-01-16 16:00:00", "client": client}, MOSCOW, "RU")
    assert (record.client_id, record.client_phone) == (None, None)


@pytest.mark.parametrize(
    ("row", "zone"),
    [
        ({"id": 1, "timezone_name": "Asia/Novosibirsk", "timezone": 3}, "Asia/Novosibirsk"),
        ({"id": 1, "timezone_name": "../../etc/passwd", "timezone": 3}, "Etc/GMT-3"),
        ({"id": 1, "timezone_name": "", "timezone": "-5"}, "Etc/GMT+5"),
        ({"id": 1, "timezone_name": "Europe", "timezone": 0}, "Etc/GMT+0"),
    ],
)
def test_a_salon_has_a_timezone_that_the_machine_knows(row: dict[str, Any], zone: str) -> None:
    assert journal_parser.salon(row).timezone == zone
    assert ZoneInfo(zone)


@pytest.mark.parametrize("year", ["0000", "0001", "1066", "9998", "9999"])
def test_a_year_that_nobody_can_count_with_is_no_time(year: str) -> None:
    assert lenient_json.moment(f"{year}-12-31 12:00:00", MOSCOW) is None
    assert lenient_json.moment(f"{year}-12-31T12:00:00+03:00", MOSCOW) is None
    assert lenient_json.moment(253_370_764_800, MOSCOW) is None


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2026-01-02 09:30:01", "2026-01-02T09:30:01"),
        ("2026-01-02T09:30", "2026-01-02T09:30:00"),
        ("2026-1-2 9:30", "2026-01-02T09:30:00"),
        ("2026-01-02", "2026-01-02T00:00:00"),
        ("2026-01-02 24:00:00", None),
        ("2026-02-30 09:30:00", None),
        ("2026-01-02 09:30:60", None),
    ],
)
def test_a_wall_clock_is_read_in_every_form_and_never_beyond_its_day(written: str, shown: str | None) -> None:
    read = lenient_json.wall_clock(written)
    assert (None if read is None else read.isoformat()) == shown


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_a_text_that_can_be_stored_stays_as_it_is(text: str) -> None:
    assert lenient_json.clean({text: [text]}) == {text: [text]}


@given(st.text(), st.sampled_from(["\0", "\ud800", "\udfff"]), st.text())
def test_what_cannot_be_stored_is_taken_out(before: str, unstorable: str, behind: str) -> None:
    assert lenient_json.clean(before + unstorable + behind) == lenient_json.clean(before + behind)
