"""What the `sessions` process does when it is nudged."""

from __future__ import annotations

from aiadmin.adapters import process_wakeup
from aiadmin.domain.job import Job
from jobs.process import job


@job(Job.WAKE_HOSTS)
def wake() -> None:
    """Look at pairings and devices now rather than at the next tick."""
    process_wakeup.wake()
