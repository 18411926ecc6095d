"""Wakes the listeners of this process: a nudge arrives as a job, which has no reference to them."""

from __future__ import annotations

from collections.abc import Callable

_listeners: list[Callable[[], None]] = []


def listen(on_nudge: Callable[[], None]) -> None:
    """Have `on_nudge` called at every nudge; it must only take note, and may be called from any thread."""
    _listeners.append(on_nudge)


def wake() -> None:
    """Something may have changed: call every listener."""
    for on_nudge in _listeners:
        on_nudge()
