"""When a model is left alone: after several failures in a minute, for a minute."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

FAILURES = 5
WINDOW = timedelta(seconds=60)
REST = timedelta(seconds=60)


@dataclass(frozen=True, kw_only=True)
class ModelBreaker:
    """How a model did lately; times are aware."""

    failures: tuple[datetime, ...] = ()
    closed_until: datetime | None = None

    def may_ask(self, now: datetime) -> bool:
        """Whether it may be asked."""
        return self.closed_until is None or now >= self.closed_until

    def failed(self, now: datetime) -> ModelBreaker:
        """It did not answer, or not usefully."""
        recent = (*(at for at in self.failures if now - at < WINDOW), now)
        if len(recent) < FAILURES:
            return replace(self, failures=recent)
        return ModelBreaker(closed_until=now + REST)

    def answered(self) -> ModelBreaker:
        """It answered."""
        return ModelBreaker()
