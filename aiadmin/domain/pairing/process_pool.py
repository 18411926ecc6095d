"""A room: a short-lived process that pairs several companies at once.

With ten attempts a room measures about 50 MB, hardly more than with one: so attempts share rooms. And an abandoned
attempt leaves a thread of the library behind for ever: so a room takes only so many before it must end.

A room takes a third of a second to start, most of a first code's time. So one is started when a page opens, and waits
warm while its reader makes up their mind.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MAX_LIVE = 10
MAX_TAKEN = 20
MAX_ROOMS = 12
"""Far below 1 GiB together, also where a room grows to 80 MB."""


@dataclass(frozen=True, kw_only=True)
class Room:
    """One pairing process.

    Attributes:
        live: series that run in it now.
        taken: series it was ever given.
    """

    room_id: int
    live: int
    taken: int


class NewRoom:
    """Start another room."""


class NoRoom:
    """Every place is taken: wait."""


Place = int | type[NewRoom] | type[NoRoom]


def place(rooms: Iterable[Room], capacity: int) -> Place:
    """Where the next series runs: the id of the fullest room with a free place, a new room, or nowhere.

    The fullest first, so that the others empty and end. At most `capacity` series run in all rooms together.
    """
    known = list(rooms)
    if sum(room.live for room in known) >= capacity:
        return NoRoom
    free = [room for room in known if room.live < MAX_LIVE and room.taken < MAX_TAKEN]
    if free:
        return max(free, key=lambda room: (room.live, -room.room_id)).room_id
    return NewRoom if len(known) < MAX_ROOMS else NoRoom


def should_warm(rooms: Iterable[Room], capacity: int, *, expected: bool) -> bool:
    """Whether to start a room ahead of its first attempt: one is expected, and would find no room with a place."""
    return expected and place(rooms, capacity) is NewRoom


def is_done(room: Room, *, expected: bool) -> bool:
    """Whether the room may end: it has worked and has nothing left, or waits for an attempt that nobody expects."""
    return room.live == 0 and (room.taken > 0 or not expected)
