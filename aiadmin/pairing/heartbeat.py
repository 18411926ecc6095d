"""Says every second that this coordinator lives, so that others take over soon when it dies.

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
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pairing heartbeat", daemon=True)

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def stop(self) -> None:
        """End: what is still claimed is free at once."""
        self._stopping.set()
        self._thread.join()
        with suppress(DependencyDownError):
            self._store.stop_beating(self._owner)

    def _run(self) -> None:
        while not self._stopping.is_set():
            with suppress(DependencyDownError):
                self._store.beat(self._owner)
            self._stopping.wait(BEAT_SECONDS)
