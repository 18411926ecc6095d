"""What the `sessions` process does when it is nudged."""

from __future__ import annotations

from aiadmin.adapters import process_wakeup
from aiadmin.domain.ids import HostName
from aiadmin.domain.job import Job
from jobs.process import job


@job(Job.WAKE_HOSTS)
def wake() -> None:
    """Look at pairings and devices now rather than at the next tick."""
    process_wakeup.wake(Job.WAKE_HOSTS)


@job(Job.SEND_MESSAGES)
def send(_host: HostName) -> None:
    """Look at the messages of the devices that are held here now, rather than when one falls due.

    The name has brought the nudge here. One that comes to another process than was meant finds nothing to send.
    """
    process_wakeup.wake(Job.SEND_MESSAGES)
