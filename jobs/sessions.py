"""What the `sessions` process does for others: look."""

from __future__ import annotations

from aiadmin.adapters import process_wakeup


def wake() -> None:
    """Look at pairings and devices now rather than at the next tick."""
    process_wakeup.wake()
