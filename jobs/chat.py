"""Answers: what clients wrote is looked at, and what they answered is written into the salons' journals."""

from __future__ import annotations

import structlog

from jobs.process import container, quiet_when_down

log = structlog.get_logger(__name__)


@quiet_when_down
def handle() -> None:
    """Look at what waits, and write what is due."""
    box = container()
    box.queue.handling_replies_began()
    read, written = box.reply_handler.work(), box.journal_confirmer.work()
    if read or written:
        log.info("answers", messages=read, written=written)
