"""Webhooks: HTTP from YClients to us, stored by the web process and understood here."""

from __future__ import annotations

import structlog

from aiadmin.domain.job import Job
from aiadmin.services.journal import webhook_processing
from jobs.process import current_container, job

log = structlog.get_logger(__name__)


@job(Job.DRAIN_WEBHOOKS)
def drain() -> None:
    """Understand everything that waits in the inbox."""
    container = current_container()
    done = webhook_processing.drain(uow=container.uow, clock=container.clock)
    log.info("inbox drained", webhooks=done)
