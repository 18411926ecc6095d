"""Webhooks: HTTP from YClients to us, stored by the web process and understood here."""

from __future__ import annotations

import structlog

from aiadmin.services.journal import webhook_processing
from jobs.process import container, quiet_when_down

log = structlog.get_logger(__name__)


@quiet_when_down
def drain() -> None:
    """Understand everything that waits in the inbox."""
    box = container()
    box.queue.drain_began()
    done = webhook_processing.drain(uow=box.uow, clock=box.clock)
    log.info("inbox drained", webhooks=done)
