"""When a model is left alone: after several failures in a minute, for a minute."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

FAILURES = 5
WINDOW = timedelta(seconds=60)
REST = timedelta(seconds=60)


def is_resting(failures: Sequence[datetime], now: datetime) -> bool:
    """Whether it is to be left alone.

    Args:
        failures: when it failed since it last answered, the newest first; times are aware.
    """
    recent = failures[:FAILURES]
    return len(recent) == FAILURES and recent[0] - recent[-1] < WINDOW and now - recent[0] < REST
