"""How much of something each of many strangers may have: a token bucket per key, in bounded memory."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

KEYS = 10_000
"""How many keys are remembered; the one that has been quiet the longest is forgotten first, and starts afresh."""


class Quota:
    """A token bucket per key: `limit` at once, and as many again in each `seconds`.

    A bucket admits whatever a moving window of the same limit admits, so the two may stand one behind the other. It
    lives in this process: for what must not cost a trip to Redis, which a stranger could then order at will.
    """

    def __init__(
        self, limit: float, seconds: float, *, keys: int = KEYS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit, self._rate, self._keys, self._clock = limit, limit / seconds, keys, clock
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable) -> bool:
        """Take one, if there is one left; what is refused takes nothing."""
        left, now = self._refilled(key)
        is_within = left >= 1
        self._left[key] = (left - is_within, now)
        self._left.move_to_end(key)
        if len(self._left) > self._keys:
            self._left.popitem(last=False)
        return is_within

    def is_spent(self, key: Hashable) -> bool:
        """Whether `take` would be refused."""
        return self._refilled(key)[0] < 1

    def wait_seconds(self, key: Hashable) -> float:
        """How long until `take` is not refused; 0 where it would not be."""
        return max(1 - self._refilled(key)[0], 0.0) / self._rate

    def _refilled(self, key: Hashable) -> tuple[float, float]:
        now = self._clock()
        left, at = self._left.get(key, (self._limit, now))
        return min(left + (now - at) * self._rate, self._limit), now
