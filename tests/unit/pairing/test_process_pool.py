"""The rules of sharing pairing processes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.pairing import process_pool
from aiadmin.domain.pairing.process_pool import NoCapacity, ProcessLoad, StartProcess

CAPACITY = 50


def test_the_fullest_process_with_a_free_place_is_chosen() -> None:
    """So the others empty and end."""
    processes = [
        ProcessLoad(process_id=1, live=3, taken=3),
        ProcessLoad(process_id=2, live=9, taken=9),
        ProcessLoad(process_id=3, live=10, taken=10),
    ]
    assert process_pool.placement(processes, CAPACITY) == 2


def test_a_worn_process_takes_nobody() -> None:
    assert (
        process_pool.placement([ProcessLoad(process_id=1, live=1, taken=process_pool.MAX_TAKEN)], CAPACITY)
        is StartProcess
    )


def test_the_fifty_first_waits() -> None:
    processes = [ProcessLoad(process_id=n, live=10, taken=10) for n in range(5)]
    assert process_pool.placement(processes, CAPACITY) is NoCapacity


def test_there_are_never_more_processes_than_fit_in_a_gibibyte() -> None:
    processes = [
        ProcessLoad(process_id=n, live=1, taken=process_pool.MAX_TAKEN) for n in range(process_pool.MAX_PROCESSES)
    ]
    assert process_pool.placement(processes, CAPACITY) is NoCapacity


def test_a_process_ends_when_its_last_attempt_has_left() -> None:
    for expected in (True, False):
        assert not process_pool.is_done(ProcessLoad(process_id=1, live=1, taken=4), expected=expected)
        assert process_pool.is_done(ProcessLoad(process_id=1, live=0, taken=4), expected=expected)


def test_a_process_waits_warm_only_while_an_attempt_is_expected() -> None:
    warm = ProcessLoad(process_id=1, live=0, taken=0)
    assert not process_pool.is_done(warm, expected=True)
    assert process_pool.is_done(warm, expected=False)


def test_one_process_is_warmed_and_only_where_the_next_attempt_would_need_a_new_one() -> None:
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
    """-1 is an arrival, any other number a leaving from that process; done processes end."""
    processes: dict[int, ProcessLoad] = {}
    for event in events:
        if event == -1:
            arrive(processes, capacity)
        elif processes and (left := processes[sorted(processes)[event % len(processes)]]).live:
            processes[left.process_id] = ProcessLoad(process_id=left.process_id, live=left.live - 1, taken=left.taken)
        processes = {r.process_id: r for r in processes.values() if not process_pool.is_done(r, expected=False)}
        assert sum(r.live for r in processes.values()) <= capacity
        assert len(processes) <= process_pool.MAX_PROCESSES
        assert all(r.live <= process_pool.MAX_LIVE and r.taken <= process_pool.MAX_TAKEN for r in processes.values())


def arrive(processes: dict[int, ProcessLoad], capacity: int) -> None:
    where = process_pool.placement(processes.values(), capacity)
    if isinstance(where, int):
        processes[where] = ProcessLoad(
            process_id=where, live=processes[where].live + 1, taken=processes[where].taken + 1
        )
    elif where is StartProcess:
        fresh = max(processes, default=0) + 1
        processes[fresh] = ProcessLoad(process_id=fresh, live=1, taken=1)
