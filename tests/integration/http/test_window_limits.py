"""Moving windows: exact over all processes, and never a reason to keep everybody waiting."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from redis import Redis

from aiadmin.adapters.redis.client import make_redis
from aiadmin.adapters.redis.window_limits import OWN_NAMES, Share, WindowLimits
from tests.conftest import WaitUntil

A, B = "aiadmin:test:1", "aiadmin:test:2"


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with make_redis(redis_url) as client:
        yield client


def test_what_comes_together_is_admitted_up_to_the_limit_over_all_processes(redis: Redis) -> None:
    one, other = WindowLimits(redis, 5), WindowLimits(redis, 5)

    assert one.admit({A: 3, B: 9}) == {A: Share(3, 0), B: Share(5, pytest.approx(60, abs=1))}
    assert other.admit({A: 3}) == {A: Share(2, pytest.approx(60, abs=1))}
    assert one.admit({A: 1, B: 1}) == {
        A: Share(0, pytest.approx(60, abs=2)),
        B: Share(0, pytest.approx(60, abs=2)),
    }


def test_a_share_comes_back_when_its_window_has_passed_and_leaves_nothing_behind(
    redis: Redis, wait_until: WaitUntil
) -> None:
    limits = WindowLimits(redis, 2, window_seconds=0.2)
    assert limits.admit({A: 3})[A].admitted == 2

    wait_until(lambda: limits.admit({A: 2})[A].admitted == 2, what="the window passes")
    wait_until(lambda: redis.keys("aiadmin:test:*") == [], what="the key goes")


def test_refusals_do_not_prolong_the_wait(redis: Redis, wait_until: WaitUntil) -> None:
    limits = WindowLimits(redis, 1, window_seconds=0.5)
    limits.admit({A: 1})

    waits = [limits.admit({A: 1})[A].wait_seconds for _ in range(5)]

    assert waits == sorted(waits, reverse=True)
    wait_until(lambda: limits.admit({A: 1})[A].admitted == 1, what="the window passes")


def test_of_those_that_came_together_the_first_are_admitted(redis: Redis) -> None:
    waits = WindowLimits(redis, 2).admit_each([A, B, A, A, B, A])

    assert [wait > 0 for wait in waits] == [False, False, False, True, False, True]


def test_memory_is_bounded_while_redis_is_away(free_port: int) -> None:
    with make_redis(f"redis://127.0.0.1:{free_port}/0") as nobody:
        limits = WindowLimits(nobody, 1)
        limits.admit({A: 1})
        limits.admit({f"aiadmin:test:{number}": 1 for number in range(10, 10 + OWN_NAMES)})

        assert limits.admit({"aiadmin:test:10": 1})["aiadmin:test:10"].admitted == 0
        assert limits.admit({A: 1})[A].admitted == 1, "who was quiet the longest starts afresh"


def test_the_limit_holds_in_memory_while_redis_is_away(free_port: int, wait_until: WaitUntil) -> None:
    with make_redis(f"redis://127.0.0.1:{free_port}/0") as nobody:
        limits = WindowLimits(nobody, 2, window_seconds=0.3)

        assert limits.admit({A: 1, B: 3}) == {A: Share(1, 0), B: Share(2, pytest.approx(0.3, abs=0.1))}
        assert limits.admit({A: 2})[A].admitted == 1
        wait_until(lambda: limits.admit({A: 2})[A].admitted == 2, what="the window passes")


def test_a_redis_that_hangs_is_asked_once_and_then_left_alone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with make_redis(f"redis://127.0.0.1:{port}/0", read_timeout=0.05) as hanging:
            limits = WindowLimits(hanging, 100)
            assert limits.admit({A: 1})[A].admitted == 1
            tries = _connections(silent)

            assert [limits.admit({A: 1})[A].admitted for _ in range(20)] == [1] * 20

            assert (tries > 0, _connections(silent)) == (True, 0)


def _connections(server: socket.socket) -> int:
    """How many came since the last look."""
    server.setblocking(False)
    count = 0
    while True:
        try:
            server.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1
