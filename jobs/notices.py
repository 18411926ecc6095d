"""Notices: what has happened to bookings, and the time that passes, become plans of what to say."""

from __future__ import annotations

import structlog

from jobs.process import container, quiet_when_down

log = structlog.get_logger(__name__)


@quiet_when_down
def plan_changes() -> None:
    """Plan what follows from what has happened."""
    box = container()
    box.queue.planning_changes_began()
    planned = box.notice_planner.plan_change_notices()
    if planned:
        log.info("news planned", notices=planned)


@quiet_when_down
def plan_reminders() -> None:
    """Plan what bookings owe about now."""
    box = container()
    box.queue.planning_reminders_began()
    planned = box.notice_planner.plan_reminders()
    if planned:
        log.info("reminders planned", notices=planned)
