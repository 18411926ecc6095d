"""The thread that notices a standstill."""

from __future__ import annotations

import queue

from aiadmin.hosting.suspend_watch import SuspendWatch, uptime


class Watched:
    """A watch whose clock reads one moment after the other, and then stands at the last."""

    def __init__(self, *moments: float) -> None:
        self.now, self._moments = 0.0, iter(moments)
        self.told: queue.SimpleQueue[float] = queue.SimpleQueue()
        self.watch = SuspendWatch(on_overslept=lambda: self.told.put(self.now), clock=self._clock, every=0.001)

    def _clock(self) -> float:
        self.now = next(self._moments, self.now)
        return self.now


def test_a_standstill_is_told_once_although_the_lease_is_renewed_later() -> None:
    watched = Watched(100.0, 100.0, 101.0, 141.0, 141.1, 142.0, 143.0)
    watched.watch.renewed(112.0)
    watched.watch.start()
    assert watched.told.get(timeout=5) == 141.0
    watched.watch.renewed(156.0)
    while watched.now < 143.0:
        assert watched.told.empty()
    watched.watch.stop()
    assert watched.told.empty()


def test_it_is_told_although_the_lease_is_renewed_before_the_thread_is_awake() -> None:
    watched = Watched(100.0, 100.0, 141.0)
    watched.watch.renewed(112.0)
    watched.watch.renewed(156.0)
    assert watched.told.get(timeout=5) == 141.0


def test_it_is_told_although_the_first_lease_came_after_the_last_look() -> None:
    watched = Watched(100.0, 100.2, 141.0)
    watched.watch.renewed(112.0)
    watched.watch.start()
    assert watched.told.get(timeout=5) == 141.0
    watched.watch.stop()


def test_the_clock_goes_on() -> None:
    assert uptime() <= uptime()
