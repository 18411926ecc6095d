"""When a thread that is nudged looks next: at once after a nudge, when something falls due, and now and then.

A nudge may be lost, so there is a net under it: a look every `NET_SECONDS` even when nothing is due. While nudges
cannot come at all (Redis is away) each thread looks every `TICK_SECONDS`, as it does while anything is on its way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

TICK_SECONDS = 1.0
NET_SECONDS = 10.0
COALESCED_SECONDS = 0.25
"""Nudges that follow one within so long are left out: it has not been seen to, or was just now."""
_ECHO_SECONDS = COALESCED_SECONDS + 0.05


@dataclass
class LookSchedule:
    """Times of a monotonic clock in seconds; one thread's, or under one lock.

    Attributes:
        at: when to look.

    >>> looks = LookSchedule()
    >>> looks.nudged(100.0); looks.began(100.0); looks.no_later_than(110.0)
    >>> round(looks.at, 2)  # what came just behind the nudge
    100.3
    >>> looks.began(100.31); looks.no_later_than(110.31); looks.no_later_than(105.0); looks.at
    105.0
    """

    at: float = 0.0
    _echo_at: float = math.inf

    def nudged(self, now: float) -> None:
        """Look at once, and once more for what no nudge was sent for, so shortly after this one."""
        self.at, self._echo_at = min(self.at, now), now + _ECHO_SECONDS

    def began(self, now: float) -> None:
        """A look begins; what is said from now on is about the next one, and when it is over that has to be said."""
        if self._echo_at <= now:
            self._echo_at = math.inf
        self.at = self._echo_at

    def no_later_than(self, at: float) -> None:
        """Look then, or earlier."""
        self.at = min(self.at, at)
