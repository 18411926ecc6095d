"""Notices: changes of bookings and the time that passes become notices, and due notices become messages."""

from __future__ import annotations

import structlog

from aiadmin.domain.job import Job
from jobs.process import current_container, job

log = structlog.get_logger(__name__)


@job(Job.PLAN_CHANGES)
def plan_changes() -> None:
    """Plan the notices that follow from changes of bookings."""
    planned = current_container().notice_planner.plan_change_notices()
    if planned:
        log.info("news planned", notices=planned)


@job(Job.PLAN_REMINDERS)
def plan_reminders() -> None:
    """Plan the notices that the time alone brings about."""
    planned = current_container().notice_planner.plan_reminders()
    if planned:
        log.info("reminders planned", notices=planned)


@job(Job.DISPATCH_NOTICES)
def dispatch() -> None:
    """Make messages of the notices that are due and may be written now."""
    container = current_container()
    if container.config.messages_paused:
        return
    released = container.notice_dispatcher.work()
    if released:
        log.info("released", messages=released)
