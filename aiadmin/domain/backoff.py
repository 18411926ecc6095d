"""How long to wait before the next try: the one back-off of every retry, and its one jitter.

What fails together must not come back together, and nothing may be tried again at once for ever. So each wait is a
multiple of the one before, up to a longest, and a random half of it is left out ("equal jitter", as AWS calls it in
"Exponential Backoff And Jitter").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

_MOST_GROWTH = 64
"""Exponents beyond this only overflow: by then the longest wait is long since reached."""


@dataclass(frozen=True, kw_only=True)
class Backoff:
    """Growing waits.

    Attributes:
        first: after the first failure, before jitter.
        longest: no wait is longer.
        factor: by which each wait is longer than the one before.
    """

    first: timedelta
    longest: timedelta
    factor: float = 2.0

    def wait(self, failures: int, jitter: float) -> timedelta:
        """How long to wait after so many failures in a row (from 1).

        Args:
            jitter: a random number from 0 up to 1: half of the wait, or all of it. What must be exact gives 1.

        >>> doubled = Backoff(first=timedelta(seconds=2), longest=timedelta(minutes=1))
        >>> [doubled.wait(failures, 1).total_seconds() for failures in (1, 2, 3, 5, 6, 10_000)]
        [2.0, 4.0, 8.0, 32.0, 60.0, 60.0]
        >>> doubled.wait(3, 0).total_seconds(), doubled.wait(3, 0.5).total_seconds()
        (4.0, 6.0)
        """
        growth = self.factor ** min(max(failures, 1) - 1, _MOST_GROWTH)
        # the numbers are compared, not the spans: a span of so many seconds overflows
        seconds = min(self.first.total_seconds() * growth, self.longest.total_seconds())
        return timedelta(seconds=seconds * (0.5 + jitter / 2))
