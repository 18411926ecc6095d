"""Refetches: records and clients that webhooks named are read again, once no more webhooks come about them."""

from __future__ import annotations

import structlog

from aiadmin.domain.job import Job
from jobs.process import current_container, job

log = structlog.get_logger(__name__)


@job(Job.REFETCH)
def refetch() -> None:
    """Read again what is due."""
    done = current_container().refetcher.work()
    if done:
        log.info("checked", checks=done)
