"""The keys of webhooks, and their two shapes."""

from __future__ import annotations

import json

from aiadmin.domain.journal.webhook import AGAIN, dedup_key, kind_of


def test_key_order_does_not_make_another_webhook() -> None:
    def key(body: bytes) -> str:
        return dedup_key(json.loads(body), body=body)

    assert key(b'{"a": 1, "b": 2}') == key(b'{"b":2,"a":1}')
    assert key(b'{"a": 1}') != key(b'{"a": 2}')


def test_y24_only_a_body_that_says_when_is_the_same_event_for_ever() -> None:
    """Y24: YClients' own shape holds the time of the change; the specification's shape holds none."""
    own: dict[str, object] = {
        "company_id": 1,
        "resource": "record",
        "resource_id": 7,
        "status": "update",
        "data": {"id": 7, "last_change_date": "2026-11-30T10:00:00+0300"},
    }
    seed = {"type": "booking_updated", "data": {"id": 7}}
    blank = own | {"data": {"id": 7, "last_change_date": ""}}
    visit = {"type": "booking_updated", "data": {"id": 7, "datetime": "2026-12-01 12:00:00"}}
    keys = [dedup_key(body, body=b"") for body in (own, seed, blank, visit)]
    assert [key.startswith(AGAIN) for key in keys] == [False, True, True, True]
    assert {len(key) for key in keys} == {64}


def test_what_is_nested_too_deep_to_be_written_again_still_has_a_key() -> None:
    deep: dict[str, object] = {}
    for _ in range(100_000):
        deep = {"a": deep}

    assert dedup_key(deep, body=b"one") != dedup_key(deep, body=b"other")


def test_both_shapes_of_a_webhook_are_understood() -> None:
    ours = kind_of({"company_id": 1, "resource": "record", "resource_id": "7", "status": "create", "data": {}})
    seeds = kind_of({"type": "booking_created", "data": {"id": 7}})
    assert ours == seeds
    assert kind_of({"type": "something_else", "data": []}) is not None
    assert kind_of({"hello": 1}) is None
    assert kind_of({"resource": "record", "status": "create", "resource_id": True}).resource_id is None  # type: ignore[union-attr]
