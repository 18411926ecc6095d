"""Who belongs to a salon, in whatever shape YClients says it."""

from __future__ import annotations

from typing import Any

import pytest

from aiadmin.adapters.yclients.http import answer_of
from aiadmin.adapters.yclients.members import members_of
from aiadmin.domain.yclients.http_answer import HttpAnswer


@pytest.mark.parametrize(
    ("data", "members"),
    [
        ([{"id": 7, "access": {}}, {"id": "8"}], {7, 8}),
        ({"7": {"id": 7}, "8": {"id": 8}}, {7, 8}),
        ([{"id": 7}, {"id": None}, {"id": "x"}, {}, None, 5, {"id": 10**30}], {7}),
        *[(nothing, None) for nothing in ([], {}, None, "x", 7, [None], [[]], [{"name": "Анна"}])],
    ],
)
def test_what_lists_nobody_says_nothing(data: Any, members: set[int] | None) -> None:
    assert members_of(HttpAnswer(status=200, body={"success": True, "data": data})) == members


def test_an_answer_without_a_body_says_nothing() -> None:
    assert members_of(HttpAnswer(status=200)) is None


ODD_LISTS = {
    "a page of more": '{"data": [{"id": 999}], "meta": {"total_count": 30}}',
    "a list in a list": '{"data": [[{"id": 999}]]}',
    "no numbers": '{"data": [{"id": "x"}, {"id": -1}, {"id": 1e400}, {"id": [7]}, null, "999"]}',
    "too big": '{"data": [{"id": ' + "9" * 400 + "}]}",
    "too long for a number": '{"data": [{"id": ' + "9" * 5000 + "}]}",
    "under another name": '{"data": {"users": [{"id": 999}]}}',
    "an error in a list": '{"data": [{"error": "no"}]}',
    "no object": '[{"id": 999}]',
    "deep": "[" * 3000,
}


@pytest.mark.parametrize("body", ODD_LISTS.values(), ids=ODD_LISTS)
def test_s13_an_odd_list_of_users_says_nothing(body: str) -> None:
    assert members_of(answer_of(200, {}, body.encode())) is None
