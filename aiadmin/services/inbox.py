"""The inbox: stored webhooks, understood one by one."""

from __future__ import annotations

from aiadmin.domain.webhook import read, state_after_reading
from aiadmin.services.ports import Clock, NewUnitOfWork

BATCH = 100


def process(*, uow: NewUnitOfWork, clock: Clock, limit: int = BATCH) -> int:
    """Understand up to `limit` of the oldest unprocessed webhooks in one transaction; how many there were.

    Two workers never share a row, and one body that cannot be read never holds up the rest.
    """
    with uow() as work:
        stored = work.webhooks.take_unprocessed(limit=limit)
        for webhook in stored:
            kind = read(webhook.body)
            work.webhooks.mark(
                webhook.webhook_id,
                state=state_after_reading(kind),
                resource=kind.resource if kind else None,
                status=kind.status if kind else None,
                at=clock(),
            )
        work.commit()
    return len(stored)


def drain(*, uow: NewUnitOfWork, clock: Clock, batches: int = 100) -> int:
    """Process batch after batch until one comes back short, or `batches` are done; how many webhooks there were."""
    total = 0
    for _ in range(batches):
        done = process(uow=uow, clock=clock)
        total += done
        if done < BATCH:
            break
    return total
