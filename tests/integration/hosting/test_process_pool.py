"""The rooms of a desk, as real processes: ready ahead of need, never many, never again and again."""

from __future__ import annotations

import os
import queue
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from aiadmin.adapters.embedded import free_port
from aiadmin.pairing.process_pool import ProcessPool


@pytest.fixture
def said() -> queue.SimpleQueue[Any]:
    return queue.SimpleQueue()


@pytest.fixture
def house(said: queue.SimpleQueue[Any]) -> Iterator[ProcessPool]:
    dsn = f"postgres://nobody@127.0.0.1:{free_port()}/none?sslmode=disable&connect_timeout=2"
    opened = ProcessPool(capacity=50, dsn=dsn, env=os.environ, events=said)
    yield opened
    opened.close()


def test_one_room_waits_while_an_attempt_is_expected(house: ProcessPool) -> None:
    house.keep_warm(expected=False)
    assert house.pids() == frozenset()
    house.keep_warm(expected=True)
    (warm,) = house.pids()
    house.keep_warm(expected=True)
    assert house.pids() == {warm}
    assert house.start("one")
    house.keep_warm(expected=True)
    assert house.pids() == {warm}
    house.keep_warm(expected=False)
    assert house.pids() == {warm}
    house.stop("one")
    assert house.pids() == frozenset()


def test_a_room_that_nobody_expects_any_more_ends(house: ProcessPool) -> None:
    house.keep_warm(expected=True)
    house.keep_warm(expected=False)
    assert house.pids() == frozenset()


def test_a_room_that_died_waiting_is_not_replaced_ahead_of_need(
    house: ProcessPool, said: queue.SimpleQueue[Any]
) -> None:
    """A library that cannot be loaded would be loaded four times a second."""
    house.keep_warm(expected=True)
    (warm,) = house.pids()
    os.kill(warm, signal.SIGKILL)
    while (word := said.get(timeout=10)).facts is not None:
        pass
    assert house.process_ended(word.process_id) == frozenset()
    house.keep_warm(expected=True)
    assert house.pids() == frozenset()
    assert house.start("one")
    assert len(house.pids()) == 1
