"""A salon with a booking tomorrow, whose client answers."""

from __future__ import annotations

from tests.support.played_salon import played
from tests.support.salon import kept, new_salon, read_once, read_salon, read_salons, salon
from tests.support.world import salons, settings, world, yclients

__all__ = ["kept", "new_salon", "played", "read_once", "read_salon", "read_salons", "salon", "salons"]
__all__ += ["settings", "world", "yclients"]
