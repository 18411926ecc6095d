"""What the clock asks for: find the work whose nudge was lost, and throw away what nobody needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog

from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.ids import OutboxId
from aiadmin.domain.install.arrival import LANDING_KEPT
from aiadmin.domain.job import Job
from aiadmin.domain.journal.sync_run import SyncKind
from aiadmin.domain.quarantine import KEPT, RETRIES_AT_ONCE, RETRY_CLAIM, RowKey, WorkQueue, reason_of
from aiadmin.services.install import activations, lifecycle
from aiadmin.services.isolation import Isolation
from aiadmin.services.messages import messages
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.jobs import JobQueue
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

_ANSWERED = frozenset({WorkQueue.INBOX_MESSAGES, WorkQueue.QUESTIONS})


def sweep(*, uow: NewUnitOfWork, queue: JobQueue, clock: Clock, window: timedelta) -> int:
    """Nudge what is due, each kind of work once, and deliveries and journals one by one; how many deliveries.

    An activation that waits for a phone becomes due shortly before YClients stops waiting for it.
    """
    activations.release_held(uow=uow, clock=clock, window=window)
    now = clock()
    with uow() as work:
        due = work.outbox.due(now)
        again = work.quarantine.due_queues(now)
        kinds = (
            (work.webhooks.has_unprocessed() or WorkQueue.WEBHOOKS in again, Job.DRAIN_WEBHOOKS),
            (work.refetches.has_due(now) or WorkQueue.CHECKS in again, Job.REFETCH),
            (work.notices.has_events() or WorkQueue.BOOKING_EVENTS in again, Job.PLAN_CHANGES),
            (
                work.unhandled_messages.has_due() or work.questions.has_due(now) or again & _ANSWERED,
                Job.HANDLE_REPLIES,
            ),
            (work.provider_orders.has_due(now) or WorkQueue.OPERATOR_MESSAGES in again, Job.REPORT_STATUSES),
            (
                work.due_notices.has_due(now) or work.calls.has_due(now) or WorkQueue.NOTICES in again,
                Job.DISPATCH_NOTICES,
            ),
            (WorkQueue.INSTALLATIONS in again, Job.COMPARE_INSTALLATIONS),
        )
        runs = work.sync_runs.due(now, limit=RUNS_NUDGED)
        late, late_runs = (
            work.quarantine.claim_due(kind, now=now, until=now + RETRY_CLAIM, limit=RETRIES_AT_ONCE)
            for kind in (WorkQueue.OUTBOX, WorkQueue.SYNC_RUNS)
        )
        work.commit()
    for outbox_id in [*due, *(OutboxId(row.number) for row in late)]:
        queue.nudge(Job.DELIVER_ACTIVATION, outbox_id)
    for is_due, job in kinds:
        if is_due:
            queue.nudge(job)
    if WorkQueue.OUTBOX_MESSAGES in again:
        messages.read_again(uow=uow, clock=clock)
    isolation = Isolation(uow=uow, clock=clock)
    for row in [*runs, *late_runs]:
        isolation.each(WorkQueue.SYNC_RUNS, [row], partial(_synchronise, queue))
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
    heard_phones: int
    landings: int
    late_notices: int
    left_behind: int
    set_aside: int
    salons: int


NOTHING_TIDIED = Tidied(
    hosts=0,
    webhooks=0,
    session_events=0,
    booking_events=0,
    heard_phones=0,
    landings=0,
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
        "heard_phones": lambda work: work.heard_phones.forget(now - WEBHOOK_KEPT),
        "landings": lambda work: work.installations.forget_landings(now - LANDING_KEPT),
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
