"""Says every second that this coordinator lives, so that others take over soon when it dies.

Only while it has something that could be taken over.

On a thread of its own: a coordinator that waits for PostgreSQL is slow, not dead.
"""

from __future__ import annotations

import threading
from contextlib import suppress

from aiadmin.adapters.redis.pairing_store import RedisPairingStore
from aiadmin.domain.errors import DependencyDownError

BEAT_SECONDS = 1.0


class Heartbeat:
    """`start` and `stop` it once."""

    def __init__(self, store: RedisPairingStore, owner: str) -> None:
        self._store = store
        self._owner = owner
        self._stopping, self._is_wanted = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="pairing heartbeat", daemon=True)

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def want(self, *, is_wanted: bool) -> None:
        """Beat from now on, or no more; said before the first attempt is claimed, and after the last has ended."""
        if is_wanted:
            self._is_wanted.set()
        else:
            self._is_wanted.clear()

    def stop(self) -> None:
        """End: what is still claimed is free at once."""
        self._stopping.set()
        self._is_wanted.set()
        self._thread.join()
        with suppress(DependencyDownError):
            self._store.stop_beating(self._owner)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._is_wanted.wait()
            with suppress(DependencyDownError):
                self._store.beat(self._owner)
            self._stopping.wait(BEAT_SECONDS)
