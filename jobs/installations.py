"""Installations: our state of them, held against what YClients says."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

from aiadmin.domain.job import Job
from jobs.process import current_container, job

log = structlog.get_logger(__name__)

LIMIT = 5
"""A worker does one job at a time: a round is short, so that what salons wait for comes soon after it."""
PAUSE_SECONDS = 0.2
ROUND_SECONDS = 10.0


@job(Job.COMPARE_INSTALLATIONS)
def compare() -> None:
    """Ask YClients about the salons that were not looked at for longest, and repair what differs."""
    done = current_container().lifecycle_service.compare(limit=LIMIT, pause=_pacer())
    if not done.is_plausible:
        log.error("YClients denies too many salons at once, none was let go", asked=done.asked)
    if done.asked:
        log.info("installations compared", asked=done.asked, **done.changes)


def _pacer() -> Callable[[], bool]:
    """Waits before each question; says no when the round has taken its time."""
    ends = time.monotonic() + ROUND_SECONDS

    def pause() -> bool:
        time.sleep(PAUSE_SECONDS)
        return time.monotonic() < ends

    return pause
