"""Wakes the listeners of this process: a nudge arrives as a job, which has no reference to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from aiadmin.domain.job import Job

_listeners: defaultdict[Job, list[Callable[[], None]]] = defaultdict(list)


def listen(job: Job, on_nudge: Callable[[], None]) -> None:
    """Have `on_nudge` called at every nudge to do `job`: it only takes note, and may be called from any thread."""
    _listeners[job].append(on_nudge)


def wake(job: Job) -> None:
    """What the job is about may have changed: call its listeners."""
    for on_nudge in _listeners[job]:
        on_nudge()
