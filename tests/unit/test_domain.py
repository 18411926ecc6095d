"""Small decisions of the core."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.adapters.secrets import DerivedSecrets, SealBrokenError
from aiadmin.adapters.tokens import JwtTokens
from aiadmin.domain.companies.company import IntegrationStatus as Status
from aiadmin.domain.companies.company import (
    status_after_linking,
    status_after_pairing_ended,
    status_after_pairing_started,
)
from aiadmin.domain.errors import LinkExpiredError, LinkInvalidError
from aiadmin.domain.hosting.device import masked, phone_of
from aiadmin.domain.hosting.host import Host, Vitals, adoptable, free_places, is_bloated, was_suspended
from aiadmin.domain.ids import CompanyId, HostId
from aiadmin.domain.journal.webhook import AGAIN, dedup_key, kind_of

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
    for settled in set(Status) - {Status.PENDING, Status.PAIRING}:
        assert status_after_pairing_started(settled) is settled
        assert status_after_pairing_ended(settled) is settled
    assert status_after_linking(Status.PAIRING, None) is Status.ACTIVATING
    assert status_after_linking(Status.ACTIVE, NOW) is Status.ACTIVE
    assert status_after_linking(Status.FROZEN, NOW) is Status.FROZEN


@pytest.mark.parametrize(
    ("held", "elsewhere", "orphans", "startable", "expected"),
    [
        (0, [], 9, 3, 3),
        (249, [], 9, 100, 1),
        (250, [], 9, 100, 0),
        (300, [], 9, 100, 0),
        (0, [], 0, 100, 0),
        (0, [], 2, 100, 2),
        (0, [], 9, -1, 0),
        (100, [100], 100, 100, 50),
        (0, [200], 100, 100, 100),
        (50, [100, 250], 100, 100, 75),
        (249, [0], 9, 100, 1),
    ],
)
def test_a_host_takes_what_levels_the_load_and_no_more_than_it_can_start(
    held: int, elsewhere: list[int], orphans: int, startable: int, expected: int
) -> None:
    others = [_host(count) for count in elsewhere]
    assert adoptable(_host(held), others, orphans=orphans, startable=startable) == expected


def _host(held: int, capacity: int = 250, *, draining: bool = False) -> Host:
    return Host(host_id=HostId(uuid4()), lease_until=NOW, capacity=capacity, draining=draining, held=held)


@given(st.lists(st.integers(0, 250), min_size=2, max_size=6), st.integers(0, 5), st.permutations(range(6)))
def test_what_a_drained_host_releases_is_taken_in_one_turn_whoever_looks_first(
    loads: list[int], drained: int, order: list[int]
) -> None:
    """Where no host is much fuller than the others, which is how they keep each other."""
    released = loads.pop(drained % len(loads))
    hosts = [_host(100 + load % 5) for load in loads]
    left = min(released, sum(map(free_places, hosts)))
    for number in order:
        if number < len(hosts):
            others = hosts[:number] + hosts[number + 1 :]
            took = adoptable(hosts[number], others, orphans=left, startable=250)
            hosts[number] = replace(hosts[number], held=hosts[number].held + took)
            left -= took
    assert left <= len(hosts), "rounding may leave one for each"
    assert max(host.held for host in hosts) - min(host.held for host in hosts) <= 5 + len(hosts)


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300), st.booleans()), min_size=1, max_size=8),
    st.integers(1, 500),
    st.sets(st.integers(0, 7)),
)
def test_together_the_hosts_take_every_orphan_there_is_a_place_for(
    fleet: list[tuple[int, int, bool]], orphans: int, idle: set[int]
) -> None:
    """Although some of them say that they are there and take nothing."""
    hosts = [_host(held, capacity, draining=draining) for held, capacity, draining in fleet]
    active = [number for number in range(len(hosts)) if number not in idle]
    left = orphans
    for _ in range(500):
        for number in active:
            others = hosts[:number] + hosts[number + 1 :]
            took = adoptable(hosts[number], others, orphans=left, startable=15)
            assert 0 <= took <= min(left, free_places(hosts[number]), 15)
            hosts[number] = replace(hosts[number], held=hosts[number].held + took)
            left -= took
    assert left == 0 or sum(free_places(hosts[number]) for number in active) == 0


def test_a_process_is_bloated_above_seventy_percent_of_its_memory() -> None:
    assert not is_bloated(Vitals(rss_bytes=716 * 2**20), 1024)
    assert is_bloated(Vitals(rss_bytes=717 * 2**20), 1024)
    assert not is_bloated(Vitals(rss_bytes=2**40), 0)


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


@pytest.mark.parametrize(
    ("before", "now", "valid_until", "overslept"),
    [
        (100.0, 101.0, 110.0, False),
        (100.0, 140.0, 112.0, True),
        (100.0, 108.0, 112.0, False),  # it woke in time
        (100.0, 101.0, 100.5, False),  # PostgreSQL is away: awake all the while
        (100.0, 140.0, 95.0, False),  # the same, and then it stood still: nobody could take anything
    ],
)
def test_a_lease_that_ran_out_while_the_process_stood_still_is_overslept(
    before: float, now: float, valid_until: float, overslept: bool
) -> None:
    assert was_suspended(before, now, valid_until) is overslept
