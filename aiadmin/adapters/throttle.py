"""Calls in the background, at most one in a while."""

from __future__ import annotations

import threading
from collections.abc import Callable

CLOSE_SECONDS = 2.0


class Throttle:
    """Makes `call` from a thread of its own (a greenlet in the web process): at once, then at most every `pause`
    seconds. Whoever asks never waits for it, and no request goes without a call after it.
    """

    def __init__(self, call: Callable[[], None], *, pause: float) -> None:
        self._call = call  # must not raise
        self._pause = pause
        self._is_due = False
        self._woken, self._closed = threading.Event(), threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def ask(self) -> None:
        """Have the call made soon."""
        self._is_due = True
        self._woken.set()
        if self._thread is None:
            self._start()

    def close(self) -> None:
        """Make a call that is due, then stop; give up after a while."""
        self._closed.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join(CLOSE_SECONDS)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="throttle", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        is_last = False
        while not is_last:
            self._woken.wait()
            self._woken.clear()
            is_last = self._closed.is_set()  # before the look: what is asked for after it is not ours to see
            if self._is_due:
                self._is_due = False
                self._call()
            self._closed.wait(self._pause)
