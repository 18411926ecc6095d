"""Answers: what clients wrote is looked at, and what they answered is written into the salons' journals."""

from __future__ import annotations

import structlog

from jobs.process import container, quiet_when_down

log = structlog.get_logger(__name__)


@quiet_when_down
def run() -> None:
    """Look at what waits, and write what is due."""
    box = container()
    box.queue.answering_began()
    read, written = box.reader.work(), box.confirmer.work()
    if read or written:
        log.info("answers", messages=read, written=written)
