"""The time, which a test may move."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass
class Clock:
    """Now, in UTC: the machine's time plus what it was moved by."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def move(self, seconds: float) -> None:
        """Let that much time pass at once."""
        self.ahead += timedelta(seconds=seconds)

    def set(self, now: datetime) -> None:
        """Go on from there; raises ValueError for a time without an offset."""
        if now.tzinfo is None:
            raise ValueError("the time needs an offset: 2026-11-24T12:00:00+00:00")
        self.ahead = now - datetime.now(UTC)

    def reset(self) -> None:
        self.ahead = timedelta()
