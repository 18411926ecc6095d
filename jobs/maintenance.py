"""Maintenance: what the clock does by itself."""

from __future__ import annotations

from dataclasses import asdict

import structlog

from aiadmin.domain.job import Job
from aiadmin.services import maintenance
from aiadmin.services.privacy import privacy
from jobs.process import container, quiet_when_down

log = structlog.get_logger(__name__)


@quiet_when_down
def sweep() -> None:
    """Nudge whatever is due."""
    box = container()
    maintenance.sweep(uow=box.uow, queue=box.queue, clock=box.clock, window=box.config.activation_window)


@quiet_when_down
def compare() -> None:
    """Have installations compared with YClients, a few at a time, so that each has its turn once an hour."""
    box = container()
    if box.marketplace.is_configured:
        maintenance.compare(uow=box.uow, queue=box.queue, clock=box.clock)


@quiet_when_down
def remind() -> None:
    """Have the salons' bookings looked through for reminders that are due."""
    container().queue.nudge(Job.PLAN_REMINDERS)


@quiet_when_down
def tidy() -> None:
    """Throw away what nobody needs."""
    box = container()
    done = maintenance.tidy(uow=box.uow, clock=box.clock, erase_after=box.config.erase_after)
    if done != maintenance.NOTHING_TIDIED:
        log.info("tidied", **asdict(done))


@quiet_when_down
def forget_words() -> None:
    """Blank the words of old messages."""
    box = container()
    rows = privacy.forget_words(uow=box.uow, now=box.clock(), after=box.config.message_retention)
    if rows:
        log.info("words of old messages forgotten", rows=rows)
