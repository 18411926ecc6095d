"""Counting."""

from __future__ import annotations

from typing import Protocol

from aiadmin.domain.metrics import Metric


class Metrics(Protocol):
    """Counting. Never raises and never waits: what cannot be stored now is stored later."""

    def count(self, metric: Metric, **labels: str) -> None: ...

    def observe(self, metric: Metric, seconds: float, **labels: str) -> None: ...

    def gauge(self, metric: Metric, value: float) -> None:
        """Say this process's present value; it is forgotten soon after the process ends."""
        ...
