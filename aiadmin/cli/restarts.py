"""When a process that died is started again, and when it is given up: for our own processes and for servers."""

from __future__ import annotations

import signal
from datetime import timedelta

STEADY_AFTER = timedelta(seconds=30)
"""A process that lived this long had started well: its next restart is quick again."""


def failures_after(failures: int, lived: timedelta) -> int:
    """The number of deaths in a row after one more, of a process that lived that long."""
    return 1 if lived >= STEADY_AFTER else failures + 1


def restart_delay(failures: int, jitter: float) -> timedelta:
    """How long to wait before start number `failures` + 1: doubling from half a second to half a minute.

    Args:
        failures: deaths in a row, 1 after the first.
        jitter: 0 to 1; spreads the delay over its upper half, so that processes do not come back in step.
    """
    full = min(0.5 * 2 ** min(failures - 1, 10), 30.0)
    return timedelta(seconds=full * (0.5 + jitter / 2))


def how_it_ended(returncode: int) -> str:
    """In words: `exit code 3`, or the name of the signal."""
    return f"exit code {returncode}" if returncode >= 0 else signal.Signals(-returncode).name
