"""Checks: what webhooks spoke of is read again, once it has been quiet about it."""

from __future__ import annotations

import structlog

from jobs.process import container, quiet_when_down

log = structlog.get_logger(__name__)


@quiet_when_down
def run() -> None:
    """Read again what is due."""
    box = container()
    box.queue.check_began()
    done = box.checker.work()
    if done:
        box.queue.tell_news()
        log.info("checked", checks=done)
