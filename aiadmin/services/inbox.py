"""The inbox: stored webhooks, understood one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aiadmin.domain.check import gather, subject_of
from aiadmin.domain.sync import CATALOGUE_RESOURCES, NIGHTLY_SOON, SyncKind
from aiadmin.domain.webhook import StoredWebhook, UnderstoodWebhook, WebhookKind, read, state_after_reading
from aiadmin.services.ports import Clock, NewUnitOfWork, UnitOfWork

BATCH = 100


def process(*, uow: NewUnitOfWork, clock: Clock, limit: int = BATCH) -> int:
    """Understand up to `limit` of the oldest unprocessed webhooks in one transaction; how many there were.

    A webhook is only a word that something has changed: records and clients are read again when it has been quiet
    about them, and word of services, staff or the schedule brings the company's nightly run forward.
    Two workers never share a row, and one body that cannot be read never holds up the rest.
    """
    with uow() as work:
        stored = work.webhooks.take_unprocessed(limit=limit)
        kinds = [(webhook, read(webhook.body)) for webhook in stored]
        understood = [
            UnderstoodWebhook(webhook_id=webhook.webhook_id, state=state_after_reading(kind), kind=kind)
            for webhook, kind in kinds
        ]
        work.webhooks.mark(understood, clock())
        _hear(work, [(webhook, kind) for webhook, kind in kinds if kind is not None], clock())
        work.commit()
    return len(stored)


def _hear(work: UnitOfWork, understood: Sequence[tuple[StoredWebhook, WebhookKind]], now: datetime) -> None:
    words = []
    for webhook, kind in understood:
        subject = subject_of(kind)
        if subject is not None and kind.resource_id is not None:
            words.append((webhook.company_id, subject, kind.resource_id, webhook.received_at))
    work.checks.hear(gather(words))
    changed = {webhook.company_id for webhook, kind in understood if kind.resource in CATALOGUE_RESOURCES}
    if changed:
        work.sync_runs.bring_forward(changed, SyncKind.NIGHTLY, now + NIGHTLY_SOON)


def drain(*, uow: NewUnitOfWork, clock: Clock, batches: int = 100) -> int:
    """Process batch after batch until one comes back short, or `batches` are done; how many webhooks there were."""
    total = 0
    for _ in range(batches):
        done = process(uow=uow, clock=clock)
        total += done
        if done < BATCH:
            break
    return total
