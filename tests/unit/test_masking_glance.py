"""The quick look before the masking rules never lets through what a rule would have masked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin import masking

SAMPLES = [
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
    "sk_abcdefgh12345678",
    "wk_abcdefgh12345678",
    "Bearer abc, User def",
    "basic dXNlcjpwYXNz",
    "X-API-Key: secret-of-somebody",
    "x-api-key=secret-of-somebody",
    "/connect?token=abc",
    "/connect?a=1&key=abc",
    "{'password': 'hunter2'}",
    '{"jwt": "abc"}',
    "postgresql://user:password@host/db",
    "2@" + "A" * 60,
    "79001234567",
    "+7 900 123-45-67",
]


def _by_rules_alone(text: str) -> str:
    for pattern, replacement in masking._RULES:
        text = pattern.sub(replacement, text)
    return masking._PHONE.sub(lambda found: masking.mask_phone(found[0]), text)


@pytest.mark.parametrize("sample", SAMPLES)
def test_each_kind_of_secret_is_seen_at_a_glance(sample: str) -> None:
    assert masking.mask_text(sample) == _by_rules_alone(sample) != sample


@given(st.lists(st.one_of(st.sampled_from(SAMPLES), st.text(max_size=20)), max_size=4).map("".join))
def test_the_glance_changes_nothing(text: str) -> None:
    assert masking.mask_text(text) == _by_rules_alone(text)
