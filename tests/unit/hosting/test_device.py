"""Phones and JIDs of devices."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.hosting.device import masked, phone_of


@pytest.mark.parametrize(
    ("jid", "phone"),
    [
        ("79001234567:12@s.whatsapp.net", "79001234567"),
        ("79001234567@s.whatsapp.net", "79001234567"),
        ("79001234567.0:3@s.whatsapp.net", "79001234567"),
    ],
)
def test_a_phone_never_keeps_its_device_suffix(jid: str, phone: str) -> None:
    assert phone_of(jid) == phone


@pytest.mark.parametrize("jid", ["123456789012345:1@lid", "x@s.whatsapp.net", "", "79001234567"])
def test_digits_of_a_lid_are_never_a_phone(jid: str) -> None:
    with pytest.raises(ValueError, match="phone JID"):
        phone_of(jid)


@given(st.from_regex(r"[1-9]\d{6,14}", fullmatch=True))
def test_a_masked_phone_shows_at_most_five_digits(phone: str) -> None:
    assert sum(ch.isdigit() for ch in masked(phone)) <= 6
    assert phone not in masked(phone)
