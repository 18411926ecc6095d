"""The inbox: stored webhooks, understood one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aiadmin.domain.journal.refetch import Subject, gather, subject_of
from aiadmin.domain.journal.sync_run import CATALOGUE_RESOURCES, EVERY, NIGHTLY_SOON, SyncKind
from aiadmin.domain.journal.webhook import (
    StoredWebhook,
    UnderstoodWebhook,
    WebhookKind,
    heard_phone,
    read,
    state_after_reading,
)
from aiadmin.domain.quarantine import RowKey, WorkQueue
from aiadmin.services.ports.clock import Clock
from aiadmin.services.work import QueueRunner
from aiadmin.storage.unit_of_work import NewUnitOfWork, UnitOfWork

BATCH = 100


def drain(*, uow: NewUnitOfWork, clock: Clock) -> int:
    """Understand what waits, in batches; how many webhooks there were.

    A webhook is only a word that something has changed: records and clients are read again when it has been quiet
    about them, and word of services, staff or the schedule brings the company's nightly run forward. Only the phone
    of a booking's client is kept, for salons that hide phones from us (`domain.journal.webhook.heard_phone`).
    Two workers never share a row, and one body whose handling raises is set aside: it never holds up the rest.
    """

    def do(only: Sequence[RowKey] | None) -> int:
        with uow() as work:
            stored = work.webhooks.claim(limit=BATCH, only=only)
            _understand(work, stored, clock())
            work.commit()
        return len(stored)

    def keys() -> Sequence[RowKey]:
        with uow() as work:
            return work.webhooks.due_keys(limit=BATCH)

    return QueueRunner(uow=uow, clock=clock).drain(WorkQueue.WEBHOOKS, do, keys=keys, batch=BATCH)


def _understand(work: UnitOfWork, stored: Sequence[StoredWebhook], now: datetime) -> None:
    kinds = [(webhook, read(webhook.body)) for webhook in stored]
    understood = [
        UnderstoodWebhook(webhook_id=webhook.webhook_id, state=state_after_reading(kind), kind=kind)
        for webhook, kind in kinds
    ]
    work.webhooks.finish(understood, now)
    unreadable = {webhook.company_id for webhook, kind in kinds if kind is None}
    if unreadable:
        work.sync_runs.bring_forward(unreadable, SyncKind.CHANGES, now + EVERY)
    _request_refetches(work, [(webhook, kind) for webhook, kind in kinds if kind is not None], now)


def _request_refetches(
    work: UnitOfWork, understood: Sequence[tuple[StoredWebhook, WebhookKind]], now: datetime
) -> None:
    words = []
    for webhook, kind in understood:
        subject = subject_of(kind)
        if subject is not None and kind.resource_id is not None:
            words.append((webhook.company_id, subject, kind.resource_id, webhook.received_at))
    work.refetches.request(gather(words))
    phones = [heard_phone(webhook) for webhook, kind in understood if kind.resource == Subject.RECORD]
    work.webhook_phones.add([phone for phone in phones if phone is not None])
    changed = {webhook.company_id for webhook, kind in understood if kind.resource in CATALOGUE_RESOURCES}
    if changed:
        work.sync_runs.bring_forward(changed, SyncKind.NIGHTLY, now + NIGHTLY_SOON)
