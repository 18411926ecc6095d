"""Small decisions of the core."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.adapters.secrets import DerivedSecrets, SealBrokenError
from aiadmin.adapters.tokens import JwtTokens
from aiadmin.domain.company import IntegrationStatus as Status
from aiadmin.domain.company import (
    status_after_linking,
    status_after_pairing_ended,
    status_after_pairing_started,
)
from aiadmin.domain.device import masked, phone_of
from aiadmin.domain.errors import LinkExpiredError, LinkInvalidError
from aiadmin.domain.host import Vitals, adoptable, is_bloated
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.webhook import dedup_key, kind_of

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SECRET = "x" * 32


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


def test_status_follows_the_journey_and_a_failed_attempt_leaves_no_trace() -> None:
    assert status_after_pairing_started(Status.PENDING) is Status.PAIRING
    assert status_after_pairing_ended(Status.PAIRING) is Status.PENDING
    for settled in (Status.ACTIVE, Status.ACTIVATING, Status.ACTIVATION_FAILED):
        assert status_after_pairing_started(settled) is settled
        assert status_after_pairing_ended(settled) is settled
    assert status_after_linking(None) is Status.ACTIVATING
    assert status_after_linking(NOW) is Status.ACTIVE


@pytest.mark.parametrize(
    ("free", "elsewhere", "orphans", "expected"),
    [(250, 0, 9, 3), (1, 0, 9, 1), (-50, 0, 9, 0), (250, 0, 0, 0), (250, 0, 2, 2), (100, 100, 2, 1), (1, 249, 9, 1)],
)
def test_a_host_takes_its_part_of_the_orphans_by_free_places_and_at_most_three_a_second(
    free: int, elsewhere: int, orphans: int, expected: int
) -> None:
    assert adoptable(free=free, free_elsewhere=elsewhere, orphans=orphans, tick_seconds=1.0) == expected


@given(st.lists(st.integers(0, 300), min_size=1, max_size=8), st.integers(1, 500))
def test_together_the_hosts_take_every_orphan_there_is_a_place_for(places: list[int], orphans: int) -> None:
    left = orphans
    for _ in range(200):
        free = sum(places)
        taken = [adoptable(free=own, free_elsewhere=free - own, orphans=left, tick_seconds=1.0) for own in places]
        for number, count in enumerate(taken):
            took = min(count, left)
            places[number] -= took
            left -= took
    assert left == 0 or sum(places) == 0


def test_a_process_is_bloated_above_seventy_percent_of_its_memory() -> None:
    assert not is_bloated(Vitals(rss_bytes=716 * 2**20), 1024)
    assert is_bloated(Vitals(rss_bytes=717 * 2**20), 1024)
    assert not is_bloated(Vitals(rss_bytes=2**40), 0)


def test_key_order_does_not_make_another_webhook() -> None:
    assert dedup_key(b'{"a": 1, "b": 2}') == dedup_key(b'{"b":2,"a":1}')
    assert dedup_key(b'{"a": 1}') != dedup_key(b'{"a": 2}')


@given(st.binary(max_size=200))
def test_any_bytes_have_a_dedup_key(body: bytes) -> None:
    assert len(dedup_key(body)) == 64


def test_both_shapes_of_a_webhook_are_understood() -> None:
    ours = kind_of({"company_id": 1, "resource": "record", "resource_id": "7", "status": "create", "data": {}})
    seeds = kind_of({"type": "booking_created", "data": {"id": 7}})
    assert ours == seeds
    assert kind_of({"type": "something_else", "data": []}) is not None
    assert kind_of({"hello": 1}) is None
    assert kind_of({"resource": "record", "status": "create", "resource_id": True}).resource_id is None  # type: ignore[union-attr]


def test_a_token_opens_its_company_for_a_day_and_no_longer() -> None:
    tokens = JwtTokens(SECRET)
    token = tokens.issue(CompanyId(5), "j", NOW)
    claims = tokens.verify(token, NOW + timedelta(hours=23, minutes=59))
    assert (claims.company_id, claims.jti) == (5, "j")
    with pytest.raises(LinkExpiredError):
        tokens.verify(token, NOW + timedelta(hours=24))


@given(st.text(max_size=300))
def test_no_text_is_mistaken_for_a_token(text: str) -> None:
    with pytest.raises(LinkInvalidError):
        JwtTokens(SECRET).verify(text, NOW)


def test_a_foreign_or_unsigned_token_is_refused() -> None:
    import jwt

    claims = {"aud": "connect", "sub": "5", "jti": "j", "iat": NOW, "exp": NOW + timedelta(hours=1)}
    forged = [
        jwt.encode(claims, "y" * 32, algorithm="HS256"),
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims | {"aud": "admin"}, SECRET, algorithm="HS256"),
        jwt.encode(claims | {"sub": "0"}, SECRET, algorithm="HS256"),
        jwt.encode({k: v for k, v in claims.items() if k != "jti"}, SECRET, algorithm="HS256"),
        jwt.encode({k: v for k, v in claims.items() if k != "exp"}, SECRET, algorithm="HS256"),
    ]
    for token in forged:
        with pytest.raises(LinkInvalidError):
            JwtTokens(SECRET).verify(token, NOW)


def test_keys_are_random_sealed_and_bound_to_their_company() -> None:
    secrets = DerivedSecrets(SECRET)
    key = secrets.new_api_key()
    assert key.startswith("sk_")
    assert len(key) >= 45
    assert key != secrets.new_api_key()
    assert secrets.unseal(secrets.seal(key)) == key
    assert key not in secrets.seal(key)
    assert secrets.webhook_key(CompanyId(1)) != secrets.webhook_key(CompanyId(2))
    with pytest.raises(SealBrokenError):
        DerivedSecrets("z" * 32).unseal(secrets.seal(key))
