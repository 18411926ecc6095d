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
    """Calls `on_overslept` when a lease ran out while the process stood still.

    A thread that does nothing else looks each second, so that it is awake first: the library reconnects within a
    fraction of a second. `renewed` looks, too, before it takes the new lease for the known one: a process may stand
    still within a second of its first lease, and whoever looks first still knows the lease of before.

    Args:
        on_overslept: called from the thread that noticed, once for each time.
    """

    def __init__(
        self,
        *,
        on_overslept: Callable[[], None],
        clock: Callable[[], float] = uptime,
        every: float = BEAT_SECONDS,
    ) -> None:
        self._on_overslept, self._clock, self._every = on_overslept, clock, every
        self._lock = threading.Lock()
        self._before, self._valid_until = clock(), 0.0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="standstill", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Watch no longer; does not wait."""
        self._is_over.set()

    def renewed(self, valid_until: float) -> None:
        """The lease is ours until then, on `clock`."""
        self._look(valid_until)

    def _run(self) -> None:
        while not self._is_over.wait(self._every):
            self._look()

    def _look(self, valid_until: float | None = None) -> None:
        with self._lock:
            now = self._clock()
            has_overslept = was_suspended(self._before, now, self._valid_until)
            self._before = now
            if valid_until is not None:
                self._valid_until = valid_until
        if has_overslept:
            self._on_overslept()
