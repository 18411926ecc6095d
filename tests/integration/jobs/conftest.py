"""Processes of the product; and a salon with a booking tomorrow, for jobs of every queue."""

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
