"""Who works next when many have asked at once: webhooks and `/health` at once, others in turn by address."""

from __future__ import annotations

from collections import OrderedDict, deque

import gevent
from gevent.event import Event

URGENT = ("/marketplace/webhook/", "/health")
PER_ROUND = 16
"""How many requests begin before the network is looked at again."""
_LOOK_SECONDS = 0.0001
"""Any time that is not zero makes the loop look for what has come."""


class FairTurns:
    """A queue of requests that are read and not begun.

    Greenlets that are ready run one after the other, so a webhook that comes behind a thousand requests would wait
    for all of them. Here a few begin at a time, and whatever has come meanwhile is read in between. Each address that
    waits has its turn before any has its second: who asks much waits for themselves.
    """

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, deque[Event]] = OrderedDict()
        self._begun, self._is_running = 0, False

    def take(self, path: str, peer: str) -> None:
        """Wait until a request of `peer` to `path` may begin."""
        if path.startswith(URGENT):
            return
        if self._waiting or self._begun >= PER_ROUND:
            turn = Event()
            self._waiting.setdefault(peer, deque()).append(turn)
            turn.wait()
            return
        self._begun += 1
        if not self._is_running:
            self._is_running = True
            gevent.spawn_raw(self._run)

    def _run(self) -> None:
        while self._begun:
            gevent.sleep(_LOOK_SECONDS)
            self._begun = 0
            while self._waiting and self._begun < PER_ROUND:
                self._begun += 1
                self._next().set()
        self._is_running = False

    def _next(self) -> Event:
        peer, turns = self._waiting.popitem(last=False)
        turn = turns.popleft()
        if turns:
            self._waiting[peer] = turns  # behind all others
        return turn
