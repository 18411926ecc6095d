"""Moving windows: how much of something may happen in a minute, for any number of names at once.

A whole batch is counted in one trip to Redis: a trip for each request would cost a tenth of what the web process can
do. Refusals are not counted, so hammering does not prolong the wait.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from typing import NamedTuple, cast

import structlog
from redis import Redis, RedisError

from aiadmin.adapters.redis import lua
from aiadmin.masking import reason_of

log = structlog.get_logger(__name__)

WINDOW_SECONDS = 60.0
AWAY_SECONDS = 10.0
"""How long Redis is left alone after a failure: one that hangs must not hold up every batch."""
OWN_NAMES = 10_000
"""How many names are counted in memory; the one that has been quiet the longest is forgotten first."""


class Share(NamedTuple):
    """How many of those that asked are admitted, and how many seconds the others should wait."""

    admitted: int
    wait_seconds: float


class WindowLimits:
    """A moving window for each name, exact across processes; per process in memory while Redis is away.

    A name is the whole key in Redis. For one thread.
    """

    def __init__(self, redis: Redis, limit: int, *, window_seconds: float = WINDOW_SECONDS) -> None:
        self._script = redis.register_script(lua.source("admit"))
        self._limit, self._window = limit, window_seconds
        self._own: dict[str, deque[float]] = {}
        self._redis_again_at = 0.0

    def admit_each(self, names: Sequence[str]) -> list[float]:
        """Count what came together; for each in turn how many seconds it should wait, 0 where it is admitted."""
        shares = self.admit(Counter(names))
        left = {name: share.admitted for name, share in shares.items()}
        waits = []
        for name in names:
            left[name] -= 1
            waits.append(0.0 if left[name] >= 0 else shares[name].wait_seconds)
        return waits

    def admit(self, asked: Mapping[str, int]) -> Mapping[str, Share]:
        """Count so many of each name. Never raises."""
        if time.monotonic() >= self._redis_again_at:
            try:
                return self._count_for_all(asked)
            except RedisError as error:
                log.warning("limits count in memory", error=reason_of(error))
                self._redis_again_at = time.monotonic() + AWAY_SECONDS
        return {name: self._count_here(name, count) for name, count in asked.items()}

    def _count_for_all(self, asked: Mapping[str, int]) -> Mapping[str, Share]:
        numbers = [int(self._window * 1000), self._limit, *asked.values()]
        answer = cast("list[int]", self._script(list(asked), numbers))
        self._own.clear()
        return {
            name: Share(admitted, wait / 1000)
            for name, admitted, wait in zip(asked, answer[::2], answer[1::2], strict=True)
        }

    def _count_here(self, name: str, asked: int) -> Share:
        times, now = self._own.pop(name, deque[float]()), time.monotonic()
        self._own[name] = times  # behind those that have been quiet for longer
        if len(self._own) > OWN_NAMES:
            del self._own[next(iter(self._own))]
        while times and times[0] <= now - self._window:
            times.popleft()
        admitted = min(asked, self._limit - len(times))
        times.extend([now] * admitted)
        return Share(admitted, times[0] + self._window - now if admitted < asked else 0)
