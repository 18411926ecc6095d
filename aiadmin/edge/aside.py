"""Work that takes long and waits for nothing, in a thread beside the greenlets: other requests go on meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import gevent

T = TypeVar("T")


def aside(work: Callable[[], T]) -> T:
    """What `work` returns, or raises. It may hold no lock, and ask no server, for which a greenlet could wait."""
    return cast("T", gevent.get_hub().threadpool.apply(work))
