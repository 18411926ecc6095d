"""Numbers and texts that no column holds are refused at every door, in words and never with a 500."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.site import ADMIN, SALON, Salon, Site

_HUGE = "9" * 5000
ODD: list[Any] = [
    2**31, 2**63, 10**30, -1, 0, 1.5, True, [], {}, "", " 1", "1\n", "٧", "²", "0x10", "1e5",
    "a\0b", "\ud800", _HUGE, f"-{_HUGE}", "x" * 100_000,
]  # fmt: skip
RAW = ["1e400", "-1e400", "NaN", "Infinity", _HUGE, "[" * 900 + "]" * 900]
"""What JSON may write and Python's writer would not."""


def _bodies(name: str, **rest: Any) -> list[bytes]:
    written = [json.dumps(value) for value in ODD] + RAW
    return [json.dumps({**rest, name: "@@"}).replace('"@@"', value).encode() for value in written]


def test_s1_y1_a_webhook_that_names_no_salon_is_refused(site: Site, salon: Salon) -> None:
    for digits in (_HUGE, f'"{_HUGE}"', '"-7"', "0", "1.5", "true", f"{2**31}", '"\\u0000"', "{}"):
        body = f'{{"resource": "record", "status": "update", "resource_id": 1, "company_id": {digits}}}'.encode()
        answer = site.webhook(salon, body)
        assert (answer.status_code, answer.get_json()["success"]) == (400, False), digits[:20]
        assert site.stored(salon) == [], digits[:20]


def test_s1_y1_a_webhook_of_any_numbers_is_answered_and_never_with_500(site: Site, salon: Salon) -> None:
    shape = {"resource": "record", "status": "update"}
    for name in ("company_id", "resource_id", "data"):
        for body in _bodies(name, **shape):
            assert site.webhook(salon, body).status_code in {200, 400, 422}, body[:200]
    for body in _bodies("data", type="booking_created"):
        assert site.webhook(salon, body).status_code in {200, 400}, body[:200]


@pytest.mark.parametrize(
    ("path", "rest", "names"),
    [
        ("/marketplace/register", {"salon_id": SALON + 1}, ("salon_id", "phone", "email", "user_data")),
        ("/marketplace/callback", {}, ("api_key", "company_id")),
        ("/marketplace/lifecycle", {"event": "uninstall"}, ("partner_token", "salon_id", "application_id")),
        ("/marketplace/admin/companies/1/clients/export", {}, ("phone",)),
        ("/marketplace/operator", {"text": "Привет"}, ("destination_params", "text", "channel", "dispatch_type")),
    ],
)
def test_no_body_is_answered_with_500(site: Site, salon: Salon, path: str, rest: dict[str, Any], names: Any) -> None:
    for name in names:
        for body in _bodies(name, **rest):
            answer = site.client.post(
                path,
                data=body,
                content_type="application/json",
                headers=ADMIN | {"Authorization": f"Bearer {salon.api_key}"},
            )
            assert answer.status_code < 500, (name, body[:200])


def test_no_path_is_answered_with_500(site: Site) -> None:
    numbers = (_HUGE, str(2**31), str(2**63), "0", "-1", "٧", "1.5", "%00", "%ED%A0%80")
    doors = (
        ("POST", "/marketplace/webhook/{}"),
        ("GET", "/marketplace/status/{}"),
        ("POST", "/marketplace/companies/{}/connect-link"),
        ("POST", "/marketplace/admin/companies/{}/clients/export"),
    )
    for method, path in ((method, door.format(number)) for number in numbers for method, door in doors):
        answer = site.client.open(path, method=method, headers=ADMIN, data=b"{}", content_type="application/json")
        assert answer.status_code in {400, 401, 404}, path


CURSORS = [
    "999999999999999999-out-1", "253402300800000000-in-1", f"{_HUGE}-out-1", f"1-out-{_HUGE}", "٧-out-1",
    "-1-out-1",
    "1-out-999999999999999999", "0-in-0", "1-nobody-1", "\0", "1-out-1\n", "NaN",
]  # fmt: skip


def test_no_cursor_is_answered_with_500(site: Site, salon: Salon) -> None:
    path = "/marketplace/manage/messages"
    for cursor in CURSORS:
        for name in ("before", "phone"):
            answer = site.client.get(path, headers=salon.bearer, query_string={name: cursor})
            assert answer.status_code in {200, 400}, (name, cursor)


def test_settings_and_texts_of_any_kind_are_refused_in_words(site: Site, salon: Salon) -> None:
    asked = [
        ("settings", b'{"settings": ' + body + b"}")
        for name in ("hours_before", "day_at", "review_link", "booked")
        for body in _bodies(name)
    ]
    asked += [(path, body) for path in ("text", "text/preview") for body in _bodies("template", kind="booked")]
    asked += [("text", body) for body in _bodies("kind", template="Ждём вас {date}, в {time}.")]
    for path, body in asked:
        answer = site.client.post(
            f"/marketplace/manage/{path}", data=body, content_type="application/json", headers=salon.bearer
        )
        assert answer.status_code < 500, (path, body[:200])
