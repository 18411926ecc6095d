"""The rules of sharing pairing processes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.pairing import process_pool
from aiadmin.domain.pairing.process_pool import NoCapacity, ProcessLoad, StartProcess

CAPACITY = 50


def test_the_fullest_room_with_a_free_place_is_chosen() -> None:
    """So the others empty and end."""
    rooms = [
        ProcessLoad(process_id=1, live=3, taken=3),
        ProcessLoad(process_id=2, live=9, taken=9),
        ProcessLoad(process_id=3, live=10, taken=10),
    ]
    assert process_pool.placement(rooms, CAPACITY) == 2


def test_a_worn_room_takes_nobody() -> None:
    assert (
        process_pool.placement([ProcessLoad(process_id=1, live=1, taken=process_pool.MAX_TAKEN)], CAPACITY)
        is StartProcess
    )


def test_the_fifty_first_waits() -> None:
    rooms = [ProcessLoad(process_id=n, live=10, taken=10) for n in range(5)]
    assert process_pool.placement(rooms, CAPACITY) is NoCapacity


def test_there_are_never_more_rooms_than_fit_in_a_gibibyte() -> None:
    rooms = [
        ProcessLoad(process_id=n, live=1, taken=process_pool.MAX_TAKEN) for n in range(process_pool.MAX_PROCESSES)
    ]
    assert process_pool.placement(rooms, CAPACITY) is NoCapacity


def test_a_room_ends_when_its_last_attempt_has_left() -> None:
    for expected in (True, False):
        assert not process_pool.is_done(ProcessLoad(process_id=1, live=1, taken=4), expected=expected)
        assert process_pool.is_done(ProcessLoad(process_id=1, live=0, taken=4), expected=expected)


def test_a_room_waits_warm_only_while_an_attempt_is_expected() -> None:
    warm = ProcessLoad(process_id=1, live=0, taken=0)
    assert not process_pool.is_done(warm, expected=True)
    assert process_pool.is_done(warm, expected=False)


def test_one_room_is_warmed_and_only_where_the_next_attempt_would_need_a_new_one() -> None:
    busy, worn = (
        ProcessLoad(process_id=1, live=1, taken=1),
        ProcessLoad(process_id=2, live=1, taken=process_pool.MAX_TAKEN),
    )
    full = [ProcessLoad(process_id=n, live=10, taken=10) for n in range(5)]
    assert process_pool.should_warm([], CAPACITY, expected=True)
    assert process_pool.should_warm([worn], CAPACITY, expected=True)
    assert not process_pool.should_warm([], CAPACITY, expected=False)
    assert not process_pool.should_warm([ProcessLoad(process_id=1, live=0, taken=0)], CAPACITY, expected=True)
    assert not process_pool.should_warm([busy, worn], CAPACITY, expected=True)
    assert not process_pool.should_warm(full, CAPACITY, expected=True)


@given(st.lists(st.one_of(st.just(-1), st.integers(0, 60)), max_size=200), st.integers(1, 60))
def test_capacity_is_never_exceeded(events: list[int], capacity: int) -> None:
    """-1 is an arrival, any other number a leaving from that room; done rooms end."""
    rooms: dict[int, ProcessLoad] = {}
    for event in events:
        if event == -1:
            arrive(rooms, capacity)
        elif rooms and (left := rooms[sorted(rooms)[event % len(rooms)]]).live:
            rooms[left.process_id] = ProcessLoad(process_id=left.process_id, live=left.live - 1, taken=left.taken)
        rooms = {r.process_id: r for r in rooms.values() if not process_pool.is_done(r, expected=False)}
        assert sum(r.live for r in rooms.values()) <= capacity
        assert len(rooms) <= process_pool.MAX_PROCESSES
        assert all(r.live <= process_pool.MAX_LIVE and r.taken <= process_pool.MAX_TAKEN for r in rooms.values())


def arrive(rooms: dict[int, ProcessLoad], capacity: int) -> None:
    where = process_pool.placement(rooms.values(), capacity)
    if isinstance(where, int):
        rooms[where] = ProcessLoad(process_id=where, live=rooms[where].live + 1, taken=rooms[where].taken + 1)
    elif where is StartProcess:
        fresh = max(rooms, default=0) + 1
        rooms[fresh] = ProcessLoad(process_id=fresh, live=1, taken=1)
