"""What YClients says that an application may do in a salon, and which rights are missing by that."""

from __future__ import annotations

from typing import Any

import pytest

from aiadmin.adapters.yclients.journal_parser import BadRowError, right_flags
from aiadmin.domain.companies.rights import Right, missing_rights

ALL = {
    "timetable": {"timetable_access": True, "timetable_phones_access": 1},
    "clients": {"clients_access": True, "client_phones_access": "1"},
    "record_form": {"create_records_access": True, "position_access": 7},
}


@pytest.mark.parametrize(
    ("group", "name", "value", "missing"),
    [
        ("clients", "client_phones_access", False, {Right.PHONES}),
        ("clients", "clients_card_phone_access", False, {Right.PHONES}),
        ("timetable", "timetable_phones_access", False, {Right.PHONES}),
        ("timetable", "timetable_access", False, {Right.RECORDS}),
        ("record_form", "record_form_access", False, {Right.RECORDS}),
        ("clients", "clients_access", False, {Right.CLIENTS}),
        ("record_form", "record_form_client_access", False, {Right.CLIENTS}),
        ("record_form", "edit_records_attendance_access", False, {Right.ATTENDANCE}),
        ("record_form", "edit_records_access", "0", {Right.ATTENDANCE, Right.MOVE}),
        ("record_form", "create_records_access", False, {Right.BOOK}),
        ("timetable", "timetable_transferring_record_access", False, {Right.MOVE}),
        ("record_form", "timetable_transferring_record_access", 0, {Right.MOVE}),
        ("record_form", "delete_records_access", False, {Right.CANCEL}),
        ("record_form", "delete_records_access", "perhaps", set()),
        ("something", "new_access", False, set()),
    ],
)
def test_a_flag_that_is_off_takes_its_rights_away(group: str, name: str, value: Any, missing: set[Right]) -> None:
    assert missing_rights(right_flags(ALL)) == set()
    assert missing_rights(right_flags({**ALL, group: {**ALL.get(group, {}), name: value}})) == missing


def test_where_nothing_is_said_of_rights_nothing_is_known() -> None:
    for row in ({}, {"clients": {}}, {"clients": []}):
        with pytest.raises(BadRowError):
            right_flags(row)
