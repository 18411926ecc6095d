"""The thread that notices a standstill."""

from __future__ import annotations

import queue
from collections.abc import Iterator

from aiadmin.hosting.suspend_watch import SuspendWatch, uptime


def test_a_standstill_is_told_once_although_the_lease_is_renewed_before_anybody_looks() -> None:
    told: queue.SimpleQueue[float] = queue.SimpleQueue()
    moments: Iterator[float] = iter([100.0, 101.0, 141.0, 142.0, 143.0])
    now = 0.0

    def clock() -> float:
        nonlocal now
        now = next(moments, now)
        return now

    def valid_until() -> float:
        return 112.0 if now < 141.0 else 156.0

    watch = SuspendWatch(valid_until=valid_until, on_overslept=lambda: told.put(now), clock=clock, every=0.001)
    watch.start()
    assert told.get(timeout=5) == 141.0
    while now < 143.0:
        assert told.empty()
    watch.stop()
    assert told.empty()


def test_the_clock_goes_on() -> None:
    assert uptime() <= uptime()
