"""What YClients may send when it asks us to send."""

from __future__ import annotations

from typing import Any

import pytest

from aiadmin.domain.provider.order import Target
from aiadmin.web.provider.order_body import FieldsInvalidError, read_order

ORIGINS = ("https://yclients.com",)
CALLBACK = "https://yclients.com/smsprovider/status/callback/token"
ONE = {"id": "232674", "phone": "79001234567"}


def _body(**changes: Any) -> dict[str, Any]:
    return {"destination_params": [ONE], "from": "SALON", "text": "Ждём вас", "channel": "whatsapp"} | changes


@pytest.mark.parametrize(
    "given",
    [
        [ONE],
        ONE,
        {"0": ONE},
        [{"id": 232674, "phone": 79001234567}],
        [{"id": "232674", "phone": "+7 900 123-45-67", "more": 1}],
        [ONE, ONE],
    ],
)
def test_a_message_is_read_in_every_shape(given: Any) -> None:
    order = read_order(_body(destination_params=given), ORIGINS, "RU")
    assert order.targets == (Target(external_id="232674", phone="79001234567"),)


@pytest.mark.parametrize(
    ("changes", "is_advert"),
    [
        ({"dispatch_type": "adds"}, True),
        ({"dispatch_type": "service"}, False),
        ({"dispatch_type": None}, False),
        ({}, False),
    ],
)
def test_adverts_are_told_apart(changes: dict[str, Any], is_advert: bool) -> None:
    assert read_order(_body(**changes), ORIGINS, "RU").is_advert is is_advert


def test_the_old_type_says_nothing_about_whatsapp() -> None:
    body = _body(type="sms")
    del body["channel"]
    assert read_order(body, ORIGINS, "RU").text == "Ждём вас"


def test_a_wrong_phone_spoils_only_its_own_message() -> None:
    order = read_order(_body(destination_params=[ONE, {"id": "2", "phone": "123"}, {"id": "3"}]), ORIGINS, "RU")
    assert [target.phone for target in order.targets] == ["79001234567", None, None]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"destination_params": []}, "destination_params"),
        ({"destination_params": {}}, "destination_params"),
        ({"destination_params": "x"}, "destination_params"),
        ({"destination_params": None}, "destination_params"),
        ({"destination_params": [{"phone": "79001234567"}]}, "destination_params"),
        ({"destination_params": [{"id": True, "phone": "79001234567"}]}, "destination_params"),
        ({"destination_params": [{"id": "x" * 101, "phone": "79001234567"}]}, "destination_params"),
        ({"destination_params": [{"id": "a\0", "phone": "79001234567"}]}, "destination_params"),
        ({"destination_params": [{"id": "\ud800", "phone": "79001234567"}]}, "destination_params"),
        ({"destination_params": [ONE, ONE | {"phone": "79001234568"}]}, "destination_params"),
        (
            {"destination_params": [{"id": number, "phone": "79001234567"} for number in range(501)]},
            "destination_params",
        ),
        ({"text": ""}, "text"),
        ({"text": " \n"}, "text"),
        ({"text": None}, "text"),
        ({"text": 5}, "text"),
        ({"text": "a\0b"}, "text"),
        ({"text": "\ud800"}, "text"),
        ({"text": "x" * 65_537}, "text"),
        ({"channel": "sms"}, "channel"),
        ({"channel": ["whatsapp"]}, "channel"),
        ({"dispatch_type": "spam"}, "dispatch_type"),
        ({"dispatch_type": ["adds"]}, "dispatch_type"),
        ({"delivery_callback_url": "https://evil.example/token"}, "delivery_callback_url"),
        ({"delivery_callback_url": "https://[::1"}, "delivery_callback_url"),
        ({"delivery_callback_url": 5}, "delivery_callback_url"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_private_is_told_back(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(FieldsInvalidError) as raised:
        read_order(_body(**changes), ORIGINS, "RU")
    [told] = raised.value.fields
    assert told["field_name"] == field
    assert told["error_message"]
    assert "79001234567" not in told["field_value"]
    assert "token" not in told["field_value"]


def test_an_allowed_callback_is_kept() -> None:
    assert read_order(_body(delivery_callback_url=CALLBACK), ORIGINS, "RU").callback_url == CALLBACK
