"""When a process that died is started again, and when it is given up: for our own processes and for servers."""

from __future__ import annotations

import signal
from datetime import timedelta

from aiadmin.domain.backoff import Backoff

STEADY_AFTER = timedelta(seconds=30)
"""A process that lived this long had started well: its next restart is quick again."""
RESTARTS = Backoff(first=timedelta(seconds=0.5), longest=timedelta(seconds=30))
"""By deaths in a row."""


def failures_after(failures: int, lived: timedelta) -> int:
    """The number of deaths in a row after one more, of a process that lived that long."""
    return 1 if lived >= STEADY_AFTER else failures + 1


def how_it_ended(returncode: int) -> str:
    """In words: `exit code 3`, or the name of the signal."""
    return f"exit code {returncode}" if returncode >= 0 else signal.Signals(-returncode).name
