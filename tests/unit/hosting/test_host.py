"""How many devices a host takes, when it is bloated, and when it was suspended."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.hosting.host import Host, Vitals, adoptable, free_places, is_bloated, was_suspended
from aiadmin.domain.ids import HostId

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("held", "elsewhere", "orphans", "startable", "expected"),
    [
        (0, [], 9, 3, 3),
        (249, [], 9, 100, 1),
        (250, [], 9, 100, 0),
        (300, [], 9, 100, 0),
        (0, [], 0, 100, 0),
        (0, [], 2, 100, 2),
        (0, [], 9, -1, 0),
        (100, [100], 100, 100, 50),
        (0, [200], 100, 100, 100),
        (50, [100, 250], 100, 100, 75),
        (249, [0], 9, 100, 1),
    ],
)
def test_a_host_takes_what_levels_the_load_and_no_more_than_it_can_start(
    held: int, elsewhere: list[int], orphans: int, startable: int, expected: int
) -> None:
    others = [_host(count) for count in elsewhere]
    assert adoptable(_host(held), others, orphans=orphans, startable=startable) == expected


def _host(held: int, capacity: int = 250, *, draining: bool = False) -> Host:
    return Host(host_id=HostId(uuid4()), lease_until=NOW, capacity=capacity, draining=draining, held=held)


@given(st.lists(st.integers(0, 250), min_size=2, max_size=6), st.integers(0, 5), st.permutations(range(6)))
def test_what_a_drained_host_releases_is_taken_in_one_turn_whoever_looks_first(
    loads: list[int], drained: int, order: list[int]
) -> None:
    """Where no host is much fuller than the others, which is how they keep each other."""
    released = loads.pop(drained % len(loads))
    hosts = [_host(100 + load % 5) for load in loads]
    left = min(released, sum(map(free_places, hosts)))
    for number in order:
        if number < len(hosts):
            others = hosts[:number] + hosts[number + 1 :]
            took = adoptable(hosts[number], others, orphans=left, startable=250)
            hosts[number] = replace(hosts[number], held=hosts[number].held + took)
            left -= took
    assert left <= len(hosts), "rounding may leave one for each"
    assert max(host.held for host in hosts) - min(host.held for host in hosts) <= 5 + len(hosts)


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300), st.booleans()), min_size=1, max_size=8),
    st.integers(1, 500),
    st.sets(st.integers(0, 7)),
)
def test_together_the_hosts_take_every_orphan_there_is_a_place_for(
    fleet: list[tuple[int, int, bool]], orphans: int, idle: set[int]
) -> None:
    """Although some of them say that they are there and take nothing."""
    hosts = [_host(held, capacity, draining=draining) for held, capacity, draining in fleet]
    active = [number for number in range(len(hosts)) if number not in idle]
    left = orphans
    for _ in range(500):
        for number in active:
            others = hosts[:number] + hosts[number + 1 :]
            took = adoptable(hosts[number], others, orphans=left, startable=15)
            assert 0 <= took <= min(left, free_places(hosts[number]), 15)
            hosts[number] = replace(hosts[number], held=hosts[number].held + took)
            left -= took
    assert left == 0 or sum(free_places(hosts[number]) for number in active) == 0


def test_a_process_is_bloated_above_seventy_percent_of_its_memory() -> None:
    assert not is_bloated(Vitals(rss_bytes=716 * 2**20), 1024)
    assert is_bloated(Vitals(rss_bytes=717 * 2**20), 1024)
    assert not is_bloated(Vitals(rss_bytes=2**40), 0)


@pytest.mark.parametrize(
    ("before", "now", "valid_until", "overslept"),
    [
        (100.0, 101.0, 110.0, False),
        (100.0, 140.0, 112.0, True),
        (100.0, 108.0, 112.0, False),  # it woke in time
        (100.0, 101.0, 100.5, False),  # PostgreSQL is away: awake all the while
        (100.0, 140.0, 95.0, False),  # the same, and then it stood still: nobody could take anything
    ],
)
def test_a_lease_that_ran_out_while_the_process_stood_still_is_overslept(
    before: float, now: float, valid_until: float, overslept: bool
) -> None:
    assert was_suspended(before, now, valid_until) is overslept
