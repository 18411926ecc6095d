"""Callbacks: HTTP from us to YClients."""

from __future__ import annotations

import structlog

from aiadmin.domain.ids import OutboxId
from aiadmin.domain.job import Job
from aiadmin.domain.metrics import Metric
from jobs.process import current_container, job

log = structlog.get_logger(__name__)


@job(Job.DELIVER_ACTIVATION)
def deliver(outbox_id: OutboxId) -> None:
    """Make one attempt at a row of the outbox, if it is due."""
    container = current_container()
    state = container.activation_sender.work(outbox_id)
    if state is not None:
        container.metrics.count(Metric.CALLBACKS, result=state.value)
        container.metrics.flush()
        log.info("activation attempted", outbox_id=outbox_id, state=state.value)
