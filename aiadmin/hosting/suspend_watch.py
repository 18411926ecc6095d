"""Notices that the process stood still: frozen, suspended with its machine, or starved."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from aiadmin.domain.hosting.host import was_suspended

BEAT_SECONDS = 1.0


def uptime() -> float:
    """Seconds of a monotonic clock that goes on while the machine sleeps where the system has one."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


class SuspendWatch:
    """Calls `on_overslept` from a thread of its own when a lease ran out while the process stood still.

    It does nothing else, so that it is awake first: the library reconnects within a fraction of a second.

    Args:
        valid_until: until when the lease is ours, on `clock`.
    """

    def __init__(
        self,
        *,
        valid_until: Callable[[], float],
        on_overslept: Callable[[], None],
        clock: Callable[[], float] = uptime,
        every: float = BEAT_SECONDS,
    ) -> None:
        self._valid_until, self._on_overslept, self._clock, self._every = valid_until, on_overslept, clock, every
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="standstill", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Watch no longer; does not wait."""
        self._is_over.set()

    def _run(self) -> None:
        before, valid_until = self._clock(), self._valid_until()
        while not self._is_over.wait(self._every):
            now = self._clock()
            if was_suspended(before, now, valid_until):
                self._on_overslept()
            before, valid_until = now, self._valid_until()
