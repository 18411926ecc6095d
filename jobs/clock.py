"""The `clock` process: any number may run, one leads. It finds due work and says so; it does none itself."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from aiadmin.domain.backoff import Backoff
from aiadmin.domain.errors import DependencyDownError
from aiadmin.storage.leadership import Leadership
from jobs import maintenance
from jobs.process import current_container, end_on_signals

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 2.0
"""Two indexed reads; a retry is late by this much at most."""
REMIND_SECONDS = 60.0
"""Reminders are planned five minutes ahead."""
TIDY_SECONDS = 60.0
COMPARE_SECONDS = 10.0
"""Five salons each time: 1,800 an hour."""
FORGET_SECONDS = 3600.0
"""The words of old messages."""
RETRIES = Backoff(first=timedelta(seconds=4), longest=timedelta(seconds=5))
"""While PostgreSQL is away."""


@dataclass
class Timetable:
    """Calls each task when its time has come; a task that is late is called once, not once for each missed time."""

    tasks: tuple[tuple[float, Callable[[], None]], ...]
    _next: dict[int, float] = field(default_factory=dict)

    def run_due(self, now: float) -> None:
        """Call what is due at `now`, in seconds of a steady clock."""
        for number, (every, task) in enumerate(self.tasks):
            if now >= self._next.get(number, now):
                self._next[number] = now + every
                _guarded(task)


def _guarded(task: Callable[[], None]) -> None:
    """One task that raises must not keep the others from their time."""
    try:
        task()
    except Exception:
        log.exception("a task of the clock raised", task=getattr(task, "__name__", ""))


def main() -> None:
    """Run until SIGTERM or SIGINT, through every outage of PostgreSQL and Redis."""
    end_on_signals()
    leadership = Leadership(current_container().engine)
    timetable = Timetable(
        (
            (SWEEP_SECONDS, maintenance.sweep),
            (REMIND_SECONDS, maintenance.remind),
            (TIDY_SECONDS, maintenance.tidy),
            (COMPARE_SECONDS, maintenance.compare),
            (FORGET_SECONDS, maintenance.forget_words),
        )
    )
    try:
        _run(leadership, timetable)
    finally:
        leadership.give_up()


def _run(leadership: Leadership, timetable: Timetable) -> None:
    led, failures = None, 0
    while True:
        try:
            leads = leadership.is_held()
            failures = 0
        except DependencyDownError as error:
            leads, failures = False, failures + 1
            log.warning("clock waits", error=str(error))
        if leads is not led:
            log.info("clock leads" if leads else "clock stands by")
            led = leads
        if leads:
            timetable.run_due(time.monotonic())
        wait = RETRIES.wait(failures, random.random()).total_seconds()  # noqa: S311 - spreads retries
        time.sleep(wait if failures else SWEEP_SECONDS)
