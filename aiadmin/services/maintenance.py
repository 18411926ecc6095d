"""What the clock asks for: find the work whose nudge was lost, and throw away what nobody needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from aiadmin.services.ports import Clock, JobQueue, NewUnitOfWork

DEAD_HOST_KEPT = timedelta(minutes=1)
"""A host that finds its row gone stops everything: one that was only late may still come back."""
WEBHOOK_KEPT = timedelta(days=30)
"""Webhooks hold personal data; a repeat of an older one does not come."""
SESSION_EVENTS_KEPT = timedelta(days=30)


def sweep(*, uow: NewUnitOfWork, queue: JobQueue, clock: Clock) -> int:
    """Nudge every delivery that is due, and the inbox when something waits there; how many deliveries were due."""
    with uow() as work:
        due = work.outbox.due(clock())
        is_waiting = work.webhooks.any_unprocessed()
    for outbox_id in due:
        queue.deliver(outbox_id)
    if is_waiting:
        queue.drain_webhooks()
    return len(due)


@dataclass(frozen=True, kw_only=True)
class Tidied:
    """How many rows of each kind were thrown away."""

    hosts: int
    webhooks: int
    session_events: int


NOTHING_TIDIED = Tidied(hosts=0, webhooks=0, session_events=0)


def tidy(*, uow: NewUnitOfWork, clock: Clock) -> Tidied:
    """Throw away hosts that are dead for good, webhooks that were understood long ago, old events of sessions."""
    now = clock()
    with uow() as work:
        hosts = work.hosts.remove_dead(now - DEAD_HOST_KEPT)
        webhooks = work.webhooks.forget(now - WEBHOOK_KEPT)
        session_events = work.session_events.forget(now - SESSION_EVENTS_KEPT)
        work.commit()
    return Tidied(hosts=hosts, webhooks=webhooks, session_events=session_events)
