"""Who belongs to a salon, in whatever shape YClients says it."""

from __future__ import annotations

from typing import Any

import pytest

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
