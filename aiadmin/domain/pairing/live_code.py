"""The QR text that is on the page now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class LiveCode:
    """A QR text that a phone can scan now."""

    text: str = field(repr=False)
    generated_at: datetime
    expires_at: datetime

    def left(self, now: datetime) -> timedelta:
        """How long it still works."""
        return max(self.expires_at - now, timedelta())
