"""Who works next when many have asked at once: webhooks and `/health` at once, all others in turn."""

from __future__ import annotations

from collections import deque

import gevent
from gevent.event import Event

URGENT = ("/marketplace/webhook/", "/health")
PER_ROUND = 8
"""How many requests begin before the network is looked at again."""
_LOOK_SECONDS = 0.0001
"""Any time that is not zero makes the loop look for what has come."""


class Turns:
    """A queue of requests that are read and not begun.

    Greenlets that are ready run one after the other, so a webhook that comes behind a thousand requests would wait
    for all of them. Here a few begin at a time, and whatever has come meanwhile is read in between.
    """

    def __init__(self) -> None:
        self._waiting: deque[Event] = deque()
        self._begun, self._is_running = 0, False

    def take(self, path: str) -> None:
        """Wait until a request to `path` may begin."""
        if path.startswith(URGENT):
            return
        if self._waiting or self._begun >= PER_ROUND:
            turn = Event()
            self._waiting.append(turn)
            turn.wait()
            return
        self._begun += 1
        if not self._is_running:
            self._is_running = True
            gevent.spawn_raw(self._run)

    def _run(self) -> None:
        while self._begun:
            gevent.sleep(_LOOK_SECONDS)
            self._begun = min(len(self._waiting), PER_ROUND)
            for _ in range(self._begun):
                self._waiting.popleft().set()
        self._is_running = False
