"""The time, which a test may move."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass
class Clock:
    """Now, in UTC: the machine's time plus what it was moved by, or the time at which it stands."""

    ahead: timedelta = field(default_factory=timedelta)
    stands_at: datetime | None = None

    def __call__(self) -> datetime:
        return self.stands_at or datetime.now(UTC) + self.ahead

    def move(self, seconds: float) -> None:
        """Let that much time pass at once."""
        if self.stands_at is None:
            self.ahead += timedelta(seconds=seconds)
        else:
            self.stands_at += timedelta(seconds=seconds)

    def set(self, now: datetime, *, stands: bool = False) -> None:
        """Go on from there, or stay there; raises ValueError for a time without an offset."""
        if now.tzinfo is None:
            raise ValueError("the time needs an offset: 2026-11-24T12:00:00+00:00")
        self.ahead = now - datetime.now(UTC)
        self.stands_at = now.astimezone(UTC) if stands else None

    def reset(self) -> None:
        self.ahead, self.stands_at = timedelta(), None
