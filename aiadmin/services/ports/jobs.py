"""Nudges: what services ask workers and session hosts to do."""

from __future__ import annotations

from typing import Protocol

from aiadmin.domain.job import Argument, Job


class JobQueue(Protocol):
    """Nudges. A lost one is found by the sweep, so an outage of Redis raises nothing."""

    def nudge(self, job: Job, *arguments: Argument) -> None:
        """Ask for `job`; what its arguments are, its definition says."""
        ...
