"""The pairing feed on a real Valkey."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis

from aiadmin.adapters.embedded import free_port
from aiadmin.adapters.redis.client import make_redis
from aiadmin.adapters.redis.pairing_store import PairingProgress, RedisPairingStore
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.pairing.attempt import PairingState
from aiadmin.domain.pairing.live_code import LiveCode
from tests.conftest import WaitUntil

ONE, TWO, THREE = CompanyId(1), CompanyId(2), CompanyId(3)


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    client = make_redis(redis_url)
    yield client
    client.close()


@pytest.fixture
def feed(redis: Redis) -> RedisPairingStore:
    return RedisPairingStore(redis)


def live_code(text: str = "2@code", seconds: float = 60) -> LiveCode:
    now = datetime.now(UTC)
    return LiveCode(text=text, generated_at=now, expires_at=now + timedelta(seconds=seconds))


def test_whoever_watches_waits_in_the_order_of_coming(feed: RedisPairingStore) -> None:
    for company_id in (TWO, ONE, THREE, TWO):
        feed.watch(company_id)
    assert feed.queue() == [TWO, ONE, THREE]


def test_two_desks_never_take_one_company(feed: RedisPairingStore) -> None:
    feed.watch(ONE)
    assert [feed.claim(ONE, "a"), feed.claim(ONE, "b")] == [True, False]
    assert feed.queue() == []
    assert feed.renew([ONE], "a")[ONE].is_mine
    assert not feed.renew([ONE], "b")[ONE].is_mine


def test_watching_does_not_queue_a_company_whose_attempt_runs(feed: RedisPairingStore) -> None:
    feed.watch(ONE)
    feed.claim(ONE, "a")
    feed.watch(ONE)
    assert feed.queue() == []


def test_a_desk_that_died_frees_its_companies(feed: RedisPairingStore, redis: Redis) -> None:
    """Its claim runs out in 15 s, and the next sign of a watcher queues the company again."""
    feed.claim(ONE, "a")
    assert 0 < redis.ttl("aiadmin:pairing:attempt:1") <= 15
    redis.delete("aiadmin:pairing:attempt:1")
    feed.watch(ONE)
    assert feed.queue() == [ONE]


def test_a_desk_whose_heart_stops_loses_its_companies_to_another(feed: RedisPairingStore, redis: Redis) -> None:
    for company_id in (ONE, TWO, THREE):
        feed.watch(company_id)
        feed.claim(company_id, "a")
    redis.delete("aiadmin:watch:3")
    feed.free_orphans("b")
    assert feed.queue() == []
    assert 0 < redis.ttl("aiadmin:coordinator:a") <= 4
    redis.delete("aiadmin:coordinator:a")
    feed.free_orphans("b")
    assert sorted(feed.queue()) == [ONE, TWO]
    assert feed.claim(ONE, "b")
    assert not feed.renew([ONE], "a")[ONE].is_mine


def test_a_desk_that_ends_frees_what_it_had_at_once(feed: RedisPairingStore) -> None:
    feed.watch(ONE)
    feed.claim(ONE, "a")
    feed.stop_beating("a")
    feed.free_orphans("b")
    assert feed.queue() == [ONE]


def test_a_desk_that_only_stalled_keeps_what_nobody_took(feed: RedisPairingStore, redis: Redis) -> None:
    feed.watch(ONE)
    feed.claim(ONE, "a")
    redis.delete("aiadmin:coordinator:a")
    feed.free_orphans("a")
    assert feed.queue() == []
    feed.free_orphans("b")
    assert feed.renew([ONE], "a")[ONE].is_mine
    assert not feed.claim(ONE, "b")


def test_a_phone_that_has_confirmed_is_left_to_the_desk_that_stalled(feed: RedisPairingStore, redis: Redis) -> None:
    """It will finish, and a second series would link a second phone. Only a claim that ran out is free."""
    feed.watch(ONE)
    feed.claim(ONE, "a")
    feed.set_state(ONE, PairingProgress(state=PairingState.CONFIRMING))
    redis.delete("aiadmin:coordinator:a")
    feed.free_orphans("b")
    assert feed.queue() == []
    redis.delete("aiadmin:pairing:attempt:1")
    feed.free_orphans("b")
    assert feed.queue() == [ONE]


def test_a_link_made_by_a_desk_that_was_thought_dead_ends_its_successors_attempt(feed: RedisPairingStore) -> None:
    feed.watch(ONE)
    feed.claim(ONE, "b")
    feed.end(ONE, "a", PairingState.EXHAUSTED)
    assert feed.renew([ONE], "b")[ONE].is_mine
    feed.end(ONE, "a", PairingState.CONNECTED)
    assert not feed.renew([ONE], "b")[ONE].is_mine
    assert feed.watch(ONE) == {ONE}


def test_a_page_that_is_open_is_expected_until_it_asks(feed: RedisPairingStore, redis: Redis) -> None:
    assert [feed.request_prewarm(ONE), feed.request_prewarm(TWO)] == [True, False]
    assert feed.wants_prewarm()
    assert 50 < redis.ttl("aiadmin:pairing:prewarm") <= 60
    assert feed.queue() == []
    assert not redis.exists("aiadmin:watch:1")
    feed.watch(ONE)
    assert feed.wants_prewarm()
    feed.watch(TWO)
    assert not feed.wants_prewarm()


def test_a_page_that_never_asks_is_not_expected_any_more_after_a_minute(
    feed: RedisPairingStore, redis: Redis
) -> None:
    feed.request_prewarm(ONE)
    redis.zincrby("aiadmin:pairing:prewarm", -60, "1")
    assert not feed.wants_prewarm()


def test_who_left_the_page_leaves_the_queue(feed: RedisPairingStore, redis: Redis) -> None:
    feed.watch(ONE)
    redis.delete("aiadmin:watch:1")
    assert feed.queue() == []
    assert redis.zcard("aiadmin:pairing:queue") == 0


def test_the_last_watcher_to_leave_leaves_twenty_seconds(feed: RedisPairingStore, redis: Redis) -> None:
    feed.watch(ONE)
    redis.expire("aiadmin:watch:1", 1)
    feed.unwatch(ONE)
    assert redis.ttl("aiadmin:watch:1") > 15
    assert redis.exists("aiadmin:watch:1")


def test_leaving_does_not_make_a_watcher(feed: RedisPairingStore, redis: Redis) -> None:
    feed.unwatch(ONE)
    assert not redis.exists("aiadmin:watch:1")


def test_a_long_watch_is_not_cut_by_a_short_one(feed: RedisPairingStore, redis: Redis) -> None:
    """A page without a socket says for once how long it will look at its code."""
    feed.watch(ONE, seconds=80)
    feed.watch(ONE)
    assert redis.ttl("aiadmin:watch:1") > 70


@pytest.mark.parametrize("rest", [PairingState.EXHAUSTED, PairingState.PASSKEY, PairingState.FAILED])
def test_a_resting_pairing_waits_for_the_button(feed: RedisPairingStore, redis: Redis, rest: PairingState) -> None:
    feed.claim(ONE, "a")
    feed.end(ONE, "a", rest)
    redis.expire("aiadmin:pairing:state:1", 1)
    feed.watch(ONE)
    assert feed.queue() == []
    assert redis.ttl("aiadmin:pairing:state:1") > 50
    feed.retry(ONE)
    assert feed.queue() == [ONE]
    assert feed.find_state(ONE) is None


def test_who_watches_a_company_that_is_connected_now_is_told_to_stop(feed: RedisPairingStore, redis: Redis) -> None:
    """And the success is not kept alive: a phone that is unlinked later must find a fresh start."""
    feed.watch(ONE)
    feed.claim(ONE, "a")
    feed.end(ONE, "a", PairingState.CONNECTED)
    redis.expire("aiadmin:pairing:state:1", 5)
    assert feed.watch(TWO, ONE) == {ONE}
    assert redis.ttl("aiadmin:pairing:state:1") <= 5
    assert feed.queue() == [TWO]


def test_companies_without_a_desk_are_found(feed: RedisPairingStore) -> None:
    feed.claim(ONE, "a")
    assert feed.unclaimed([ONE, TWO, THREE]) == [TWO, THREE]


def test_the_button_leaves_a_running_attempt_alone(feed: RedisPairingStore) -> None:
    feed.claim(ONE, "a")
    feed.set_state(ONE, PairingProgress(state=PairingState.QR))
    feed.retry(ONE)
    assert feed.find_state(ONE) == PairingProgress(state=PairingState.QR)
    assert feed.queue() == []


def test_an_attempt_leaves_nothing_behind(feed: RedisPairingStore, redis: Redis) -> None:
    feed.watch(ONE)
    feed.claim(ONE, "a")
    feed.publish_code(ONE, live_code())
    feed.set_state(ONE, PairingProgress(state=PairingState.QR))
    feed.request_code(ONE, "79001234567")
    feed.end(ONE, "a")
    feed.stop_beating("a")
    assert redis.keys() == [b"aiadmin:watch:1"]


def test_only_the_owner_ends_an_attempt(feed: RedisPairingStore) -> None:
    feed.claim(ONE, "a")
    feed.publish_code(ONE, live_code())
    feed.end(ONE, "b", PairingState.FAILED)
    assert feed.find_code(ONE) is not None
    assert feed.find_state(ONE) is None


def test_an_attempt_handed_over_waits_again_while_somebody_watches(feed: RedisPairingStore) -> None:
    feed.watch(ONE)
    for company_id in (ONE, TWO):
        feed.claim(company_id, "a")
        feed.hand_over(company_id, "a")
    assert feed.queue() == [ONE]


def test_a_code_is_kept_twenty_seconds_at_most_and_never_longer_than_it_lives(
    feed: RedisPairingStore, redis: Redis
) -> None:
    feed.publish_code(ONE, live_code(seconds=60))
    assert 19 <= redis.ttl("marketplace:qr:1") <= 20
    feed.publish_code(ONE, live_code(seconds=7))
    assert 6 <= redis.ttl("marketplace:qr:1") <= 7


def test_a_dead_code_is_no_code(feed: RedisPairingStore, wait_until: WaitUntil) -> None:
    feed.publish_code(ONE, live_code(seconds=0.05))
    wait_until(lambda: feed.find_code(ONE) is None, timeout=0.8)
    feed.publish_code(ONE, live_code(seconds=-1))
    assert feed.wait_code(ONE, timedelta(seconds=0.1)) is None


def test_waiting_ends_with_the_code(feed: RedisPairingStore, redis: Redis, wait_until: WaitUntil) -> None:
    """And whoever waits counts as a watcher until the code has died."""
    found: list[LiveCode | None] = []
    waiting = threading.Thread(target=lambda: found.append(feed.wait_code(ONE, timedelta(seconds=10))))
    waiting.start()
    wait_until(lambda: feed.queue() == [ONE])
    feed.publish_code(ONE, live_code("2@new"))
    waiting.join(30)
    assert found[0] is not None
    assert found[0].text == "2@new"
    assert redis.ttl("aiadmin:watch:1") > 70


def test_waiting_for_a_resting_pairing_ends_at_once(feed: RedisPairingStore) -> None:
    feed.end(ONE, "a", PairingState.EXHAUSTED)
    assert feed.wait_code(ONE, timedelta(seconds=60)) is None


def test_a_wish_for_a_pairing_code_reaches_the_owner_once(feed: RedisPairingStore) -> None:
    feed.request_code(ONE, "79001234567")
    assert feed.queue() == [ONE]
    feed.claim(ONE, "a")
    assert feed.renew([ONE], "b")[ONE].phone is None
    assert feed.renew([ONE], "a")[ONE].phone == "79001234567"
    assert feed.renew([ONE], "a")[ONE].phone is None


def test_a_place_is_told_only_to_who_still_waits(feed: RedisPairingStore) -> None:
    feed.watch(ONE, TWO)
    feed.claim(ONE, "a")
    assert [feed.set_place(ONE, 1), feed.set_place(TWO, 2)] == [False, True]
    assert feed.find_state(TWO) == PairingProgress(state=PairingState.QUEUED, place=2)


def test_a_pairing_code_is_found_by_who_comes_late(feed: RedisPairingStore) -> None:
    progress = PairingProgress(state=PairingState.CODE, code="ABCD-1234", expires_at=datetime.now(UTC))
    feed.set_state(ONE, progress)
    assert feed.find_state(ONE) == progress


def test_a_redis_that_is_away_is_named() -> None:
    client = make_redis(f"redis://127.0.0.1:{free_port()}")
    with pytest.raises(DependencyDownError, match="Redis"):
        RedisPairingStore(client).watch(ONE)
    client.close()


@pytest.mark.parametrize("odd", ["", "nonsense", "[]", "7", '{"state": "of next year"}', "[" * 5000])
def test_a_record_that_cannot_be_read_stops_no_other_pairing(feed: RedisPairingStore, redis: Redis, odd: str) -> None:
    for name in ("aiadmin:pairing:state:1", "marketplace:qr:1"):
        redis.set(name, odd)
    redis.zadd("aiadmin:pairing:queue", {"odd": 1})
    redis.set("aiadmin:watch:odd", 1)
    feed.watch(ONE, TWO)
    assert (feed.find_state(ONE), feed.find_code(ONE)) == (None, None)
    assert feed.queue() == [ONE, TWO]
    assert feed.claim(ONE, "a")
    assert feed.claim(TWO, "a")
    assert [hold.is_mine for hold in feed.renew([ONE, TWO], "a").values()] == [True, True]
    feed.stop_beating("a")
    feed.free_orphans("b")
    assert sorted(feed.queue()) == [ONE, TWO]
