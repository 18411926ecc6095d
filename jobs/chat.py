"""Answers: what clients wrote is looked at, and what they answered is written into the salons' journals."""

from __future__ import annotations

import structlog

from aiadmin.domain.job import Job
from jobs.process import container, job

log = structlog.get_logger(__name__)


@job(Job.HANDLE_REPLIES)
def handle() -> None:
    """Look at what waits, and write what is due."""
    box = container()
    read, written = box.reply_handler.work(), box.journal_confirmer.work()
    if read or written:
        log.info("answers", messages=read, written=written)


@job(Job.FIND_LOST_WRITES)
def find_lost_writes() -> None:
    """Look into the journal for changes whose answer was lost."""
    container().lost_writes.work()
