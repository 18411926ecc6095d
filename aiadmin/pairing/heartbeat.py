"""The pulse: says every second that this desk lives, so that others take over soon when it dies.

On a thread of its own: a desk that waits for PostgreSQL is slow, not dead.
"""

from __future__ import annotations

import threading
from contextlib import suppress

from aiadmin.adapters.redis.pairing.store import RedisPairingFeed
from aiadmin.domain.errors import DependencyDownError

BEAT_SECONDS = 1.0


class Pulse:
    """`start` and `stop` it once."""

    def __init__(self, feed: RedisPairingFeed, owner: str) -> None:
        self._feed = feed
        self._owner = owner
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pairing pulse", daemon=True)

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def stop(self) -> None:
        """End: what is still claimed is free at once."""
        self._stopping.set()
        self._thread.join()
        with suppress(DependencyDownError):
            self._feed.die(self._owner)

    def _run(self) -> None:
        while not self._stopping.is_set():
            with suppress(DependencyDownError):
                self._feed.beat(self._owner)
            self._stopping.wait(BEAT_SECONDS)
