"""Polls that leave the processor to what they wait for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

T = TypeVar("T")
_LATEST = 0.5
_SHARE = 5
"""A poll takes a fifth of the time at most: one that asks for whole pages cost more than what it waited for."""


def polled(predicate: Callable[[], T], *, pause: float = 0.02) -> Iterator[T]:
    """What `predicate` says, again and again after a `pause` in seconds, and a longer one where it takes long."""
    while True:
        began = time.monotonic()
        yield predicate()
        time.sleep(max(pause, min((_SHARE - 1) * (time.monotonic() - began), _LATEST)))
