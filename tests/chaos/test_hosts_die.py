"""A host is killed, frozen, told to end: its sessions are elsewhere soon, and never in two places."""

from __future__ import annotations

from collections import Counter

from tests.chaos.fleet import ENDS_WITHIN, Fleet, HostProcess
from tests.chaos.scale import Scale
from tests.chaos.watch import Watch

CALM = 4.0
"""Seconds in which nothing more may happen."""


def _two_hosts(fleet: Fleet, watch: Watch, scale: Scale) -> tuple[HostProcess, frozenset[str]]:
    """Start two hosts and wait until all sessions are connected; who holds most of them, and which.

    They share by free capacity, but one that is up before the other finds nobody to share with.
    """
    hosts = fleet.start(), fleet.start()
    seconds = watch.until_whole(scale.patience)
    held = [watch.held_by(host) for host in hosts]
    print(f"\n{len(held[0])} and {len(held[1])} sessions connected {seconds:.1f} s after the start of two hosts")
    assert sum(map(len, held)) == scale.sessions
    most = max(0, 1, key=lambda number: len(held[number]))
    return hosts[most], held[most]


def _assert_moved(victims: frozenset[str], watch: Watch) -> None:
    """The victims were taken once and connected once more; nobody else noticed."""
    assert watch.epochs() == {jid: 1 + (jid in victims) for jid in watch.jids}
    assert watch.logins() == {jid: 1 + (jid in victims) for jid in watch.jids}


def test_sessions_of_a_killed_host_are_connected_again(fleet: Fleet, watch: Watch, scale: Scale) -> None:
    first, victims = _two_hosts(fleet, watch, scale)
    first.kill()
    watch.until(lambda: not victims & set(watch.connections().values()), scale.patience, "gone")
    seconds = watch.until_whole(scale.recovered_within)
    print(f"{len(victims)} sessions connected again {seconds:.1f} s after kill -9, lease {scale.lease:.0f} s")
    _assert_moved(victims, watch)


def test_a_host_that_wakes_up_after_its_lease_fights_for_nothing(fleet: Fleet, watch: Watch, scale: Scale) -> None:
    """The library reconnects a part of the sessions before anybody can stop it; that must be the end of it."""
    first, victims = _two_hosts(fleet, watch, scale)
    first.freeze()
    watch.throughout(scale.frozen_for, lambda: not watch.doubles(), "connected twice")
    watch.until_whole(scale.patience)
    moved, mark = watch.epochs(), watch.now()
    first.thaw()
    watch.throughout(CALM, lambda: not watch.doubles(), "connected twice")
    seconds = watch.until_whole(scale.patience)
    replaced, logins = Counter(one["jid"] for one in watch.events("replaced", mark)), watch.logins(mark)
    print(f"after SIGCONT: {replaced.total()} replaced once, whole again after {CALM + seconds:.1f} s")
    assert watch.epochs() == moved, "taken once more"
    assert set(replaced) <= victims, "it took what it never held"
    assert all(count == 1 for count in replaced.values()), "it fought for what is no longer its own"
    assert logins == Counter(dict.fromkeys(replaced, 2)), "once by the host that woke, once by the rightful one"
    assert CALM + seconds <= scale.restored_within
    assert first.said().count("stood still") == 1


def test_a_host_that_is_told_to_end_loses_nothing(fleet: Fleet, watch: Watch, scale: Scale) -> None:
    first, victims = _two_hosts(fleet, watch, scale)
    first.ask_to_end()
    seconds = watch.until(lambda: not watch.held_by(first) and watch.is_whole(), scale.moved_within, "moved")
    first.process.wait(ENDS_WITHIN)
    print(f"{len(victims)} sessions moved {seconds:.1f} s after SIGTERM")
    assert first.process.returncode == 0
    _assert_moved(victims, watch)
