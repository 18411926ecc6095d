"""A salon with a booking tomorrow, whose client answers."""

from __future__ import annotations

import pytest

from tests.support.chat_client import ChatClient, linked
from tests.support.played_salon import NEW_PHONE, PlayedSalon, kept_plays, played
from tests.support.salon import kept, new_salon, read_once, read_salon, read_salons, salon
from tests.support.world import salons, settings, world, yclients

__all__ = ["kept", "kept_plays", "new_salon", "played", "read_once", "read_salon", "read_salons", "salon", "salons"]
__all__ += ["settings", "world", "yclients"]


@pytest.fixture
def client(played: PlayedSalon) -> ChatClient:
    """Somebody whom no card of the salon knows."""
    played.play()
    return ChatClient(played, NEW_PHONE, linked(played))
