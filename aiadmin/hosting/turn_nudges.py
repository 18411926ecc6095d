"""Asks workers to handle chats at the moment when their bursts are over, and not when the clock next looks.

What this process forgets when it dies, the clock finds two seconds late.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable
from datetime import datetime

from aiadmin.services.ports.clock import Clock

TOGETHER_SECONDS = 0.1
"""Chats that are due within so long of each other are asked for once."""


class TurnNudges:
    """`start` it, tell it `at` when a chat is due, `close` it.

    Args:
        ask: asks workers to handle what is due; an outage of the queue raises nothing, and may take seconds.
    """

    def __init__(self, ask: Callable[[], None], clock: Clock) -> None:
        self._ask, self._clock = ask, clock
        self._due: list[float] = []
        self._changed = threading.Condition()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="turn nudges", daemon=True)

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def at(self, due_at: datetime) -> None:
        """A chat is due then."""
        wait = max((due_at - self._clock()).total_seconds(), 0.0)
        with self._changed:
            heapq.heappush(self._due, time.monotonic() + wait)
            self._changed.notify()

    def close(self, timeout: float) -> None:
        """End; what is due later is left to the clock."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        self._thread.join(timeout)

    def _run(self) -> None:
        while self._waits_for_due():
            self._ask()

    def _waits_for_due(self) -> bool:
        """False at the end."""
        with self._changed:
            while not self._is_closed:
                now = time.monotonic()
                if self._due and self._due[0] <= now:
                    self._forget(now)
                    return True
                wait = self._due[0] + TOGETHER_SECONDS - now if self._due else None
                self._changed.wait(wait)
        return False

    def _forget(self, now: float) -> None:
        while self._due and self._due[0] <= now:
            heapq.heappop(self._due)
