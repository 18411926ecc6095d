"""The clock's upkeep: finds work whose nudge was lost, and deletes what is not needed any more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from aiadmin.domain.companies import owner_session
from aiadmin.domain.console import operator_session
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.install.arrival import LANDING_KEPT
from aiadmin.domain.job import Job
from aiadmin.domain.journal.sync_run import SyncKind
from aiadmin.domain.quarantine import KEPT, RETRIES_AT_ONCE, RETRY_CLAIM, RowKey, WorkQueue, reason_of
from aiadmin.services.install import activations, lifecycle
from aiadmin.services.messages import messages
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.jobs import JobQueue
from aiadmin.services.work import QueueRunner
from aiadmin.storage.unit_of_work import NewUnitOfWork, UnitOfWork

log = structlog.get_logger(__name__)

DEAD_HOST_KEPT = timedelta(minutes=1)
"""A host that finds its row gone stops everything: one that was only late may still come back."""
WEBHOOK_KEPT = timedelta(days=30)
"""Webhooks hold personal data; a repeat of an older one does not come."""
SESSION_EVENTS_KEPT = timedelta(days=30)
BOOKING_EVENTS_KEPT = timedelta(days=90)
"""They too hold personal data."""
RUNS_NUDGED = 5
"""So few that the worker never has a long line of journals before it; every two seconds that is 150 a minute."""

_HasDue = Callable[[UnitOfWork, datetime], bool]
JOBS: Mapping[WorkQueue, tuple[Job, _HasDue]] = {
    WorkQueue.WEBHOOKS: (Job.DRAIN_WEBHOOKS, lambda work, _: work.webhooks.has_due()),
    WorkQueue.REFETCHES: (Job.REFETCH, lambda work, now: work.refetches.has_due(now)),
    WorkQueue.BOOKING_EVENTS: (Job.PLAN_CHANGES, lambda work, _: work.unhandled_events.has_due()),
    WorkQueue.CHATS: (Job.HANDLE_CHATS, lambda work, now: work.chats.has_due(now)),
    WorkQueue.QUESTIONS: (Job.HANDLE_CHATS, lambda work, now: work.questions.has_due(now)),
    WorkQueue.CHAT_WRITES: (Job.FIND_LOST_WRITES, lambda work, now: work.visit_writes.has_due(now)),
    WorkQueue.PROVIDER_MESSAGES: (Job.REPORT_STATUSES, lambda work, now: work.provider_orders.has_due(now)),
    WorkQueue.NOTICES: (
        Job.DISPATCH_NOTICES,
        lambda work, now: work.due_notices.has_due(now) or work.calls.has_due(now),
    ),
    WorkQueue.INSTALLATIONS: (Job.COMPARE_INSTALLATIONS, lambda _work, _: False),  # `compare` asks, every ten seconds
}
"""Whose job works off each queue, and whether it has something to do."""
BY_ROW = (WorkQueue.OUTBOX, WorkQueue.SYNC_RUNS)
"""Each of their rows has a job of its own."""


def sweep(*, uow: NewUnitOfWork, queue: JobQueue, clock: Clock, window: timedelta) -> int:
    """Nudge what is due, each kind of work once, and deliveries and journals one by one; how many deliveries.

    An activation that waits for a phone becomes due shortly before YClients stops waiting for it.
    """
    activations.release_held(uow=uow, clock=clock, window=window)
    now = clock()
    with uow() as work:
        due = work.outbox.due_keys(now)
        again = work.quarantine.due_queues(now)
        jobs = {job for each, (job, has_due) in JOBS.items() if each in again or has_due(work, now)}
        runs = work.sync_runs.due_keys(now, limit=RUNS_NUDGED)
        late, late_runs = (
            work.quarantine.claim_due(kind, now=now, until=now + RETRY_CLAIM, limit=RETRIES_AT_ONCE)
            for kind in BY_ROW
        )
        work.commit()
    for row in [*due, *late]:
        queue.nudge(Job.DELIVER_ACTIVATION, row.number)
    for job in Job:
        if job in jobs:
            queue.nudge(job)
    if WorkQueue.OUTBOX_MESSAGES in again:
        messages.read_again(uow=uow, clock=clock)
    runner = QueueRunner(uow=uow, clock=clock)
    for row in [*runs, *late_runs]:
        runner.each(WorkQueue.SYNC_RUNS, [row], partial(_synchronise, queue))
    return len(due)


def _synchronise(queue: JobQueue, rows: Sequence[RowKey]) -> None:
    for row in rows:
        queue.nudge(Job.SYNCHRONISE, row.company_id, SyncKind(row.key))


def compare(*, uow: NewUnitOfWork, queue: JobQueue, clock: Clock) -> bool:
    """Ask for a look at YClients when some salon was not looked at for an hour."""
    with uow() as work:
        is_due = bool(work.installations.list_unchecked(checked_before=clock() - lifecycle.LOOK_EVERY, limit=1))
    if is_due:
        queue.nudge(Job.COMPARE_INSTALLATIONS)
    return is_due


@dataclass(frozen=True, kw_only=True)
class Tidied:
    """How many rows of each kind were thrown away."""

    hosts: int
    webhooks: int
    session_events: int
    booking_events: int
    webhook_phones: int
    arrivals: int
    owner_sessions: int
    operator_sessions: int
    late_notices: int
    left_behind: int
    set_aside: int
    salons: int


NOTHING_TIDIED = Tidied(
    hosts=0,
    webhooks=0,
    session_events=0,
    booking_events=0,
    webhook_phones=0,
    arrivals=0,
    owner_sessions=0,
    operator_sessions=0,
    late_notices=0,
    left_behind=0,
    set_aside=0,
    salons=0,
)


def tidy(*, uow: NewUnitOfWork, clock: Clock, erase_after: timedelta) -> Tidied:
    """Throw away hosts that are dead for good, webhooks that were understood long ago, old events of sessions,

    addresses that were opened long ago, and the personal data of salons that left before `erase_after`. Notices whose
    time has passed are dropped.
    """
    now = clock()
    parts: Mapping[str, Callable[[UnitOfWork], int]] = {
        "hosts": lambda work: work.hosts.remove_dead(DEAD_HOST_KEPT),
        "webhooks": lambda work: work.webhooks.forget(now - WEBHOOK_KEPT),
        "session_events": lambda work: work.session_events.forget(now - SESSION_EVENTS_KEPT),
        "booking_events": lambda work: work.booking_events.forget(now - BOOKING_EVENTS_KEPT),
        "webhook_phones": lambda work: work.webhook_phones.forget(now - WEBHOOK_KEPT),
        "arrivals": lambda work: work.installations.forget_landings(now - LANDING_KEPT),
        "owner_sessions": lambda work: work.owner_sessions.forget(now - owner_session.KEPT),
        "operator_sessions": lambda work: work.operator_sessions.forget(now - operator_session.KEPT),
        "late_notices": lambda work: work.due_notices.expire(now),
        "left_behind": lambda work: work.privacy.forget_left_behind(),
        "set_aside": lambda work: work.quarantine.forget(now - KEPT),
    }
    done = {name: _tidy_part(name, part, uow) for name, part in parts.items()}
    erased = lifecycle.erase_left(uow=uow, clock=clock, after=erase_after)
    return Tidied(**done, salons=erased.companies)


def _tidy_part(name: str, part: Callable[[UnitOfWork], int], uow: NewUnitOfWork) -> int:
    """In a transaction of its own: a table that cannot be tidied must not keep the others as they are."""
    try:
        with uow() as work:
            count = part(work)
            work.commit()
    except DependencyDownError:
        raise
    except Exception as error:  # noqa: BLE001 - see above
        log.error("tidying raised", what=name, reason=reason_of(error))  # noqa: TRY400 - its text may hold a row
        return 0
    return count
