"""Release: notices that are due become messages."""

from __future__ import annotations

import structlog

from jobs.process import container, quiet_when_down

log = structlog.get_logger(__name__)


@quiet_when_down
def dispatch() -> None:
    """Release what may be written now."""
    box = container()
    box.queue.dispatch_began()
    if box.config.messages_paused:
        return
    released = box.notice_dispatcher.work()
    if released:
        log.info("released", messages=released)
