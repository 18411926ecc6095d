"""The pairing processes of a coordinator, for real: ready ahead of need, never many, never again and again."""

from __future__ import annotations

import os
import queue
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from aiadmin.adapters.embedded import free_port
from aiadmin.adapters.whatsapp.store import StoreAddress
from aiadmin.pairing.process_pool import ProcessPool


@pytest.fixture
def said() -> queue.SimpleQueue[Any]:
    return queue.SimpleQueue()


@pytest.fixture
def pool(said: queue.SimpleQueue[Any]) -> Iterator[ProcessPool]:
    nowhere = StoreAddress(f"postgresql://nobody@127.0.0.1:{free_port()}/none?connect_timeout=2", "aiadmin-tests")
    opened = ProcessPool(capacity=50, address=nowhere, env=os.environ, events=said)
    yield opened
    opened.close()


def test_one_process_waits_while_an_attempt_is_expected(pool: ProcessPool) -> None:
    pool.keep_warm(expected=False)
    assert pool.pids() == frozenset()
    pool.keep_warm(expected=True)
    (warm,) = pool.pids()
    pool.keep_warm(expected=True)
    assert pool.pids() == {warm}
    assert pool.start("one")
    pool.keep_warm(expected=True)
    assert pool.pids() == {warm}
    pool.keep_warm(expected=False)
    assert pool.pids() == {warm}
    pool.stop("one")
    assert pool.pids() == frozenset()


def test_a_process_that_nobody_expects_any_more_ends(pool: ProcessPool) -> None:
    pool.keep_warm(expected=True)
    pool.keep_warm(expected=False)
    assert pool.pids() == frozenset()


def test_a_process_that_died_waiting_is_not_replaced_ahead_of_need(
    pool: ProcessPool, said: queue.SimpleQueue[Any]
) -> None:
    """A library that cannot be loaded would be loaded four times a second."""
    pool.keep_warm(expected=True)
    (warm,) = pool.pids()
    os.kill(warm, signal.SIGKILL)
    while (word := said.get(timeout=10)).facts is not None:
        pass
    assert pool.process_ended(word.process_id) == frozenset()
    pool.keep_warm(expected=True)
    assert pool.pids() == frozenset()
    assert pool.start("one")
    assert len(pool.pids()) == 1
