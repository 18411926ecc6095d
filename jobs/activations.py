"""Callbacks: HTTP from us to YClients."""

from __future__ import annotations

import structlog

from aiadmin.domain.ids import OutboxId
from aiadmin.domain.metrics import Metric
from jobs.process import container, quiet_when_down

log = structlog.get_logger(__name__)


@quiet_when_down
def deliver(outbox_id: int) -> None:
    """Make one attempt at a row of the outbox, if it is due."""
    box = container()
    box.queue.delivery_began(OutboxId(outbox_id))
    state = box.activation_sender.work(OutboxId(outbox_id))
    if state is not None:
        box.metrics.count(Metric.CALLBACKS, result=state.value)
        box.metrics.flush()
        log.info("activation attempted", outbox_id=outbox_id, state=state.value)
