"""Checks: what webhooks spoke of is read again, once it has been quiet about it."""

from __future__ import annotations

import structlog

from jobs.process import container, quiet_when_down

log = structlog.get_logger(__name__)


@quiet_when_down
def refetch() -> None:
    """Read again what is due."""
    box = container()
    box.queue.refetch_began()
    done = box.refetcher.work()
    if done:
        box.queue.plan_change_notices()
        log.info("checked", checks=done)
