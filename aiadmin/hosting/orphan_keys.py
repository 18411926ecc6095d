"""Clears keys that no row names: of a pairing that died between the phone's confirmation and our commit."""

from __future__ import annotations

import time

import structlog

from aiadmin.domain.errors import DependencyDownError
from aiadmin.hosting.ports import Keys

EVERY_SECONDS = 60.0
KEEP_SECONDS = 600.0
"""A pairing commits within seconds; keys that were nameless all this time belong to none that still runs."""
log = structlog.get_logger(__name__)


class OrphanKeys:
    """Remembers since when it has seen each nameless key: the library's table has no times."""

    def __init__(self, keys: Keys, *, keep_seconds: float = KEEP_SECONDS) -> None:
        self._keys, self._keep_seconds = keys, keep_seconds
        self._seen: dict[str, float] = {}
        self._next = 0.0

    def sweep(self) -> None:
        """Look, at most once a minute, and delete what has been nameless for ten."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + EVERY_SECONDS
        try:
            found = self._keys.orphan_jids()
            self._seen = {jid: self._seen.get(jid, now) for jid in found}
            ripe = [jid for jid, since in self._seen.items() if now - since >= self._keep_seconds]
            if ripe and (deleted := self._keys.delete_orphans(ripe)):
                log.warning("keys without a device were deleted", count=deleted)
        except DependencyDownError:
            self._seen.clear()  # an outage may have kept a pairing from its commit
