"""A call that nobody waits for: soon, seldom, and never forgotten."""

from __future__ import annotations

import threading

from aiadmin.adapters.throttle import Throttle
from tests.conftest import WaitUntil


def test_whoever_asks_does_not_wait_and_what_was_asked_during_a_call_is_one_more_call(wait_until: WaitUntil) -> None:
    release, calls = threading.Event(), []

    def call() -> None:
        calls.append(threading.current_thread())
        release.wait(10)

    throttle = Throttle(call, pause=0)
    throttle.ask()
    wait_until(lambda: len(calls) == 1, what="the first call")
    for _ in range(50):
        throttle.ask()
    assert (len(calls), calls[0] is threading.current_thread()) == (1, False)

    release.set()
    wait_until(lambda: len(calls) == 2, what="the second call")
    throttle.close()

    assert len(calls) == 2


def test_what_is_asked_within_the_pause_is_done_at_the_latest_when_it_closes(wait_until: WaitUntil) -> None:
    calls: list[int] = []
    throttle = Throttle(lambda: calls.append(1), pause=3600)
    throttle.ask()
    wait_until(lambda: calls == [1], what="the first call comes at once")
    throttle.ask()
    throttle.ask()
    assert calls == [1]

    throttle.close()

    assert calls == [1, 1]


def test_closing_what_was_never_asked_calls_nothing() -> None:
    calls: list[int] = []

    Throttle(lambda: calls.append(1), pause=0).close()

    assert calls == []
