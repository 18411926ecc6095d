"""The fake's looseness about types keeps to what has been seen in life, and to its seed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.fakes.yclients.chaos import HOOK, REST, UNKNOWN, mangled

SEEDS = range(200)


def _spellings(field: str, value: Any, where: str = REST) -> set[str]:
    return {repr(mangled({"id": 1, field: value}, seed, where)[field]) for seed in SEEDS}


@pytest.mark.parametrize(
    ("field", "value", "spellings"),
    [
        ("staff_id", 7, {"7", "'7'"}),
        ("visit_id", 8262996, {"8262996", "'8262996'"}),
        ("price_min", 1000, {"1000", "'1000.00'"}),
        ("deleted", True, {"True", "1", "'1'"}),
        ("attendance", -1, {"-1", "'-1'"}),
        ("position", {"title": "Мастер"}, {"{'title': 'Мастер'}", "[]"}),
        ("custom_fields", [], {"[]", "{}"}),
        ("birth_date", "", {"''", "0", "None"}),
        ("birth_date", "1990-01-01", {"'1990-01-01'"}),
        ("phone", "79000000001", {"'79000000001'", "79000000001"}),
        ("phone", "+79000000001", {"'+79000000001'"}),
        ("client", None, {"None", "[]", "{}"}),
        ("name", "Анна", {"'Анна'"}),
        ("record_hash", "12", {"'12'"}),
    ],
)
def test_a_field_has_these_spellings(field: str, value: Any, spellings: set[str]) -> None:
    assert _spellings(field, value) == spellings


@pytest.mark.parametrize("stamp", ["2025-01-16T16:00:00+03:00", "2025-01-10T20:35:11+0300"])
def test_an_offset_with_and_without_a_colon_is_the_same_time(stamp: str) -> None:
    spelt = {mangled({"id": 1, "datetime": stamp}, seed, REST)["datetime"] for seed in SEEDS}
    assert len(spelt) == 2
    assert {datetime.fromisoformat(each) for each in spelt} == {datetime.fromisoformat(stamp)}


def test_things_that_nobody_knows_are_added() -> None:
    rows = [mangled({"id": 1, "title": "x"}, seed, REST) for seed in SEEDS]
    assert {len(row) for row in rows} == {2, 2 + len(UNKNOWN)}


def test_the_same_question_has_the_same_answer_and_a_webhook_another() -> None:
    rows = [{"id": number, "client": {"id": number, "phone": "79000000001"}} for number in range(50)]
    assert mangled(rows, 1, REST) == mangled(rows, 1, REST)
    assert mangled(rows[7], 1, REST) == mangled(rows, 1, REST)[7], "alone or in a list"
    assert mangled(rows, 1, REST) != mangled(rows, 1, HOOK)
    assert mangled(rows, 1, REST) != mangled(rows, 2, REST)
