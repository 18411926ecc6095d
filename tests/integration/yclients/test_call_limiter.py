"""The bucket on a real Valkey: threads, two processes, salons side by side, and Redis away."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from redis import Redis

from aiadmin.adapters import embedded
from aiadmin.adapters.redis import keys
from aiadmin.adapters.redis.client import make_redis
from aiadmin.adapters.yclients.call_limiter import CallLimiter
from aiadmin.adapters.yclients.call_queue import CallQueue, LocalCallQueue, Ticket
from aiadmin.adapters.yclients.redis_call_queue import RedisCallQueue
from aiadmin.domain.ids import SalonId
from aiadmin.domain.yclients.call_budget import Budget, Urgency
from aiadmin.domain.yclients.error import RateLimitedError
from tests.conftest import ROOT, WaitUntil

QUICK = Budget(per_second=50, per_minute=60_000)
SLOW = Budget(per_second=0.01, per_minute=1000)
A_MOMENT = timedelta(milliseconds=50)


def _bucket(redis_url: str, budget: Budget = QUICK) -> CallLimiter:
    return CallLimiter(make_redis(redis_url), budget, rng=lambda: 0.0)


def _together(*works: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_calls_of_many_threads_keep_their_distance(redis_url: str) -> None:
    bucket, at = _bucket(redis_url), []

    def call() -> None:
        bucket.wait(SalonId(1), Urgency.SYNC)
        at.append(time.monotonic())

    _together(*[call] * 12)
    assert len(at) == 12
    assert max(at) - min(at) >= 11 / 50 * 0.95


@pytest.mark.process
def test_two_processes_share_one_budget(redis_url: str, wait_until: WaitUntil) -> None:
    this = "tests.integration.yclients.test_call_limiter"
    code = f"import sys; from {this} import call_until_told; call_until_told(sys.argv[1])"
    processes = [
        subprocess.Popen([sys.executable, "-c", code, redis_url], cwd=ROOT, stdout=subprocess.DEVNULL)
        for _ in range(2)
    ]
    with Redis.from_url(redis_url) as redis:
        wait_until(lambda: redis.scard("callers") == 2, timeout=30)
        started = time.monotonic()
        before = int(redis.get("calls") or 0)
        wait_until(lambda: int(redis.get("calls") or 0) >= before + 30, timeout=30)
        calls = int(redis.get("calls") or 0) - before
        passed = time.monotonic() - started
        redis.set("stop", 1)
    assert [process.wait(20) for process in processes] == [0, 0]
    assert calls <= passed * QUICK.per_second + 2


def call_until_told(redis_url: str) -> None:
    """What each process does."""
    bucket = _bucket(redis_url)
    with Redis.from_url(redis_url) as redis:
        name = redis.incr("names")
        redis.sadd("callers", name)
        while not redis.exists("stop"):
            bucket.wait(SalonId(name), Urgency.SYNC)
            redis.incr("calls")


AT_ONCE = Budget(per_second=100_000, per_minute=6_000_000)


def test_a_salon_with_a_big_sync_starves_nobody(redis_url: str) -> None:
    redis = make_redis(redis_url)
    turns = RedisCallQueue(redis, AT_ONCE)
    turns.be_quiet(timedelta(minutes=1), 0.0)
    big = [(1, turns.join(SalonId(1), Urgency.SYNC)) for _ in range(40)]
    assert not any(turns.ask(ticket).may_go for _, ticket in big)  # from here on all forty stand in the queue
    assert redis.hdel(keys.CallKeys().budget, "quiet") == 1
    _takes_turns_with_a_small_one(turns, big)


def test_nor_does_it_while_redis_is_away() -> None:
    turns = LocalCallQueue(AT_ONCE)
    _takes_turns_with_a_small_one(turns, [(1, turns.join(SalonId(1), Urgency.SYNC)) for _ in range(40)])


def _takes_turns_with_a_small_one(turns: CallQueue, big: list[tuple[int, Ticket]]) -> None:
    assert _served(turns, big, 8) == [1] * 8
    small = [(2, turns.join(SalonId(2), Urgency.SYNC)) for _ in range(5)]
    assert _served(turns, [*small, *big], 10) == [1, 2] * 5


def _served(turns: CallQueue, waiting: list[tuple[int, Ticket]], calls: int) -> list[int]:
    """The salons of the next calls, while all who wait ask again and again, first in the order given."""
    served: list[int] = []
    while len(served) < calls:
        salon, ticket = waiting.pop(0)
        if turns.ask(ticket).may_go:
            served.append(salon)
        else:
            waiting.append((salon, ticket))
    return served


@pytest.mark.slow
def test_whoever_waits_for_an_answer_passes_those_who_synchronise(redis_url: str, wait_until: WaitUntil) -> None:
    bucket, served = _bucket(redis_url, Budget(per_second=5, per_minute=60_000)), []

    def call(salon: int, urgency: Urgency) -> None:
        bucket.wait(SalonId(salon), urgency)
        served.append(salon)

    syncs = [threading.Thread(target=call, args=(salon, Urgency.SYNC)) for salon in range(1, 9)]
    for thread in syncs:
        thread.start()
    wait_until(lambda: len(served) >= 2)
    waiting_before = len(served)
    call(99, Urgency.INTERACTIVE)
    assert served.index(99) <= waiting_before + 3  # the last of all, were it served in the order of coming
    for thread in syncs:
        thread.join(20)
    assert len(served) == 9


def test_a_turn_that_cannot_come_in_time_is_refused_at_once(redis_url: str) -> None:
    bucket = _bucket(redis_url, SLOW)
    bucket.wait(SalonId(1), Urgency.INTERACTIVE)
    started = time.monotonic()
    with pytest.raises(RateLimitedError) as refused:
        bucket.wait(SalonId(1), Urgency.INTERACTIVE)
    assert time.monotonic() - started < 5
    assert refused.value.wait > timedelta(seconds=50)


@pytest.mark.slow
def test_a_call_that_gave_up_or_died_is_in_nobodys_way(redis_url: str) -> None:
    bucket = _bucket(redis_url)
    turns = RedisCallQueue(make_redis(redis_url), QUICK)
    turns.be_quiet(timedelta(seconds=1), 0.0)
    assert not turns.ask(turns.join(SalonId(7), Urgency.INTERACTIVE)).may_go  # and its process is killed
    with pytest.raises(RateLimitedError):
        bucket.wait(SalonId(6), Urgency.INTERACTIVE, patience=A_MOMENT)
    with make_redis(redis_url) as redis:
        assert redis.zcard(keys.CallKeys().queue) == 1
    bucket.wait(SalonId(8), Urgency.SYNC, patience=timedelta(seconds=20))


def test_too_many_requests_makes_the_whole_fleet_quiet(redis_url: str) -> None:
    mine, theirs = _bucket(redis_url), _bucket(redis_url)
    mine.be_quiet(timedelta(seconds=30))
    with pytest.raises(RateLimitedError) as refused:
        theirs.wait(SalonId(1), Urgency.INTERACTIVE)
    assert timedelta(seconds=25) < refused.value.wait <= timedelta(seconds=31)


def test_without_a_retry_after_each_refusal_doubles_the_pause(redis_url: str) -> None:
    turns = RedisCallQueue(make_redis(redis_url), QUICK)
    assert [turns.be_quiet(timedelta(0), 0.0).total_seconds() for _ in range(5)] == [1, 2, 4, 8, 8]


def test_while_redis_is_away_each_process_keeps_to_a_part_of_the_budget() -> None:
    bucket = _bucket(f"redis://127.0.0.1:{embedded.free_port()}/0")
    at = []
    for _ in range(4):
        bucket.wait(SalonId(1), Urgency.SYNC)
        at.append(time.monotonic())
    assert at[-1] - at[0] >= 3 * 4 / 50 * 0.95
    bucket.be_quiet(timedelta(seconds=30))
    with pytest.raises(RateLimitedError):
        bucket.wait(SalonId(1), Urgency.INTERACTIVE, patience=A_MOMENT)
