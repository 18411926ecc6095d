"""What the clock asks for: find the work whose nudge was lost, and throw away what nobody needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from aiadmin.domain.installation import LANDING_KEPT
from aiadmin.services import activations, lifecycle
from aiadmin.services.ports import Clock, JobQueue, NewUnitOfWork

DEAD_HOST_KEPT = timedelta(minutes=1)
"""A host that finds its row gone stops everything: one that was only late may still come back."""
WEBHOOK_KEPT = timedelta(days=30)
"""Webhooks hold personal data; a repeat of an older one does not come."""
SESSION_EVENTS_KEPT = timedelta(days=30)
BOOKING_EVENTS_KEPT = timedelta(days=90)
"""They too hold personal data."""
RUNS_NUDGED = 5
"""So few that the worker never has a long line of journals before it; every two seconds that is 150 a minute."""


def sweep(*, uow: NewUnitOfWork, queue: JobQueue, clock: Clock, window: timedelta) -> int:
    """Nudge what is due, each kind of work once, and deliveries and journals one by one; how many deliveries.

    An activation that waits for a phone becomes due shortly before YClients stops waiting for it.
    """
    activations.release_held(uow=uow, clock=clock, window=window)
    now = clock()
    with uow() as work:
        due = work.outbox.due(now)
        kinds = (
            (work.webhooks.any_unprocessed(), queue.drain_webhooks),
            (work.checks.any_due(now), queue.check),
            (work.notices.any_news(), queue.tell_news),
            (work.letters.any_waiting() or work.questions.any_due(now), queue.answer),
            (work.operator_messages.any_due(now), queue.report),
            (work.releases.any_due(now), queue.release),
        )
        runs = work.sync_runs.due(now, limit=RUNS_NUDGED)
    for outbox_id in due:
        queue.deliver(outbox_id)
    for is_due, nudge in kinds:
        if is_due:
            nudge()
    for company_id, kind in runs:
        queue.synchronise(company_id, kind)
    return len(due)


def compare(*, uow: NewUnitOfWork, queue: JobQueue, clock: Clock) -> bool:
    """Ask for a look at YClients when some salon was not looked at for an hour."""
    with uow() as work:
        is_due = bool(work.installations.list_unchecked(checked_before=clock() - lifecycle.LOOK_EVERY, limit=1))
    if is_due:
        queue.compare_installations()
    return is_due


@dataclass(frozen=True, kw_only=True)
class Tidied:
    """How many rows of each kind were thrown away."""

    hosts: int
    webhooks: int
    session_events: int
    booking_events: int
    landings: int
    late_notices: int
    salons: int


NOTHING_TIDIED = Tidied(hosts=0, webhooks=0, session_events=0, booking_events=0, landings=0, late_notices=0, salons=0)


def tidy(*, uow: NewUnitOfWork, clock: Clock, erase_after: timedelta) -> Tidied:
    """Throw away hosts that are dead for good, webhooks that were understood long ago, old events of sessions,

    addresses that were opened long ago, and the personal data of salons that left before `erase_after`. Notices whose
    time has passed are dropped.
    """
    now = clock()
    with uow() as work:
        hosts = work.hosts.remove_dead(now - DEAD_HOST_KEPT)
        webhooks = work.webhooks.forget(now - WEBHOOK_KEPT)
        session_events = work.session_events.forget(now - SESSION_EVENTS_KEPT)
        booking_events = work.booking_events.forget(now - BOOKING_EVENTS_KEPT)
        landings = work.installations.forget_landings(now - LANDING_KEPT)
        late = work.releases.expire(now)
        work.commit()
    erased = lifecycle.erase_left(uow=uow, clock=clock, after=erase_after)
    return Tidied(
        hosts=hosts,
        webhooks=webhooks,
        session_events=session_events,
        booking_events=booking_events,
        landings=landings,
        late_notices=late,
        salons=erased.companies,
    )
