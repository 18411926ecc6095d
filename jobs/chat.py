"""Answers: what clients wrote is looked at, and what they answered is written into the salons' journals."""

from __future__ import annotations

import structlog

from aiadmin.domain.job import Job
from jobs.process import current_container, job

log = structlog.get_logger(__name__)


@job(Job.HANDLE_REPLIES)
def handle() -> None:
    """Look at what waits, and write what is due."""
    container = current_container()
    read, written = container.reply_handler.work(), container.journal_confirmer.work()
    if read or written:
        log.info("answers", messages=read, written=written)


@job(Job.FIND_LOST_WRITES)
def find_lost_writes() -> None:
    """Look into the journal for changes whose answer was lost."""
    current_container().lost_writes.work()
