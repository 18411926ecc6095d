"""Maintenance: what the clock does by itself."""

from __future__ import annotations

from dataclasses import asdict

import structlog

from aiadmin.domain.job import Job
from aiadmin.services import maintenance
from aiadmin.services.privacy import privacy
from jobs.process import current_container, quiet_when_down

log = structlog.get_logger(__name__)


@quiet_when_down
def sweep() -> None:
    """Nudge every queue that is due."""
    container = current_container()
    maintenance.sweep(
        uow=container.uow, queue=container.queue, clock=container.clock, window=container.config.activation_window
    )


@quiet_when_down
def compare() -> None:
    """Have installations compared with YClients, a few at a time, so that each has its turn once an hour."""
    container = current_container()
    if container.marketplace.is_configured:
        maintenance.compare(uow=container.uow, queue=container.queue, clock=container.clock)


@quiet_when_down
def remind() -> None:
    """Have the salons' bookings looked through for reminders that are due."""
    current_container().queue.nudge(Job.PLAN_REMINDERS)


@quiet_when_down
def tidy() -> None:
    """Delete what is not needed any more."""
    container = current_container()
    done = maintenance.tidy(uow=container.uow, clock=container.clock, erase_after=container.config.erase_after)
    if done != maintenance.NOTHING_TIDIED:
        log.info("tidied", **asdict(done))


@quiet_when_down
def forget_words() -> None:
    """Blank the words of old messages."""
    container = current_container()
    rows = privacy.forget_words(uow=container.uow, now=container.clock(), after=container.config.message_retention)
    if rows:
        log.info("words of old messages forgotten", rows=rows)
