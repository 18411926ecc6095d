"""Chats: what clients wrote is handled, and what they answered is written into the salons' journals."""

from __future__ import annotations

import structlog

from aiadmin.domain.job import Job
from jobs.process import current_container, job

log = structlog.get_logger(__name__)


@job(Job.HANDLE_CHATS)
def handle() -> None:
    """Handle what is due, and write what is due."""
    container = current_container()
    turns, written = container.chat_handler.work(), container.journal_confirmer.work()
    if turns or written:
        log.info("chats", turns=turns, written=written)


@job(Job.FIND_LOST_WRITES)
def find_lost_writes() -> None:
    """Look into the journal for changes whose answer was lost."""
    current_container().lost_writes.work()
