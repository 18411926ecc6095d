"""A salon with a booking tomorrow, whose clients get notices."""

from __future__ import annotations

from tests.support.salon import kept, new_salon, read_once, read_salon, read_salons, salon
from tests.support.world import salons, settings, world, yclients

__all__ = [
    "kept",
    "new_salon",
    "read_once",
    "read_salon",
    "read_salons",
    "salon",
    "salons",
    "settings",
    "world",
    "yclients",
]
