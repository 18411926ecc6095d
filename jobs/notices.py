"""Notices: what has happened to bookings, and the time that passes, become plans of what to say."""

from __future__ import annotations

import structlog

from jobs.process import container, quiet_when_down

log = structlog.get_logger(__name__)


@quiet_when_down
def tell_news() -> None:
    """Plan what follows from what has happened."""
    box = container()
    box.queue.news_began()
    planned = box.planner.tell_news()
    if planned:
        log.info("news planned", notices=planned)


@quiet_when_down
def remind() -> None:
    """Plan what bookings owe about now."""
    box = container()
    box.queue.reminding_began()
    planned = box.planner.remind()
    if planned:
        log.info("reminders planned", notices=planned)
