"""Values at the door: what is taken, what is refused, and that nothing is guessed or cut."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from aiadmin.web.http.schemas import Register


def load(**given: Any) -> dict[str, Any]:
    return dict(Register().load({"salon_id": 5, **given}))


@pytest.mark.parametrize("value", [1, "1", 962302, "962302", 2**31 - 1, str(2**31 - 1)], ids=repr)
def test_a_salon_id_is_a_number_or_its_digits(value: object) -> None:
    assert load(salon_id=value)["salon_id"] == int(str(value))


@pytest.mark.parametrize(
    "value",
    [
        *["962302abc", "", " ", " 5", "+5", "-5", "5.0", "0", "²", "٣", "1e3", "1\n", "1 OR 1=1", "9" * 50],
        *[0, -1, 2**31, str(2**31), 1.0, 1.5, True, False, None, [], [1], {}],
    ],
    ids=repr,
)
def test_no_other_salon_id_is_guessed_at(value: object) -> None:
    with pytest.raises(ValidationError) as refusal:
        load(salon_id=value)

    assert list(refusal.value.normalized_messages()) == ["salon_id"]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("79001234567", "79001234567"),
        (" +7 (900) 123-45-67 ", "79001234567"),
        ("8 900 123 45 67", "79001234567"),
        ("9001234567", "79001234567"),
        ("+375 29 123-45-67", "375291234567"),
        ("375291234567", "375291234567"),
        (None, None),
    ],
)
def test_a_phone_becomes_digits_with_its_country(typed: str | None, stored: str | None) -> None:
    assert load(phone=typed)["phone"] == stored


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", 79001234567),
        ("phone", "123"),
        ("phone", "call me"),
        ("phone", ""),
        ("phone", "7" * 300),
        ("phone", "٧٩٠٠١٢٣٤٥٦٧"),
        ("email", "salon"),
        ("email", "salon@example.com\u0000"),
        ("email", "sal\u202eon@example.com"),
        ("email", "\ud800@example.com"),
        ("email", "a" * 250 + "@example.com"),
        ("email", ["salon@example.com"]),
        ("email", "<script>alert(1)</script>"),
        ("email", "a@b.ru\r\nBcc: c@d.ru"),
    ],
    ids=repr,
)
def test_a_wrong_text_is_refused_by_name_never_cut(field: str, value: object) -> None:
    with pytest.raises(ValidationError) as refusal:
        load(**{field: value})

    assert list(refusal.value.normalized_messages()) == [field]


def test_texts_are_trimmed_and_unknown_fields_ignored() -> None:
    assert load(email=" salon@example.com ", title=["?"]) == {
        "salon_id": 5,
        "phone": None,
        "email": "salon@example.com",
    }
