"""What the `sessions` process does for others: look."""

from __future__ import annotations

from aiadmin import nudge


def look() -> None:
    """Look at pairings and devices now rather than at the next tick."""
    nudge.wake()
