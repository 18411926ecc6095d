"""A host: one `sessions` process and its lease.

Ownership is a lease in PostgreSQL, renewed as one row per host: it survives a Redis loss and is fenced in the same
transaction as the state it protects.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiadmin.domain.ids import HostId

LEASE = timedelta(seconds=15)
RENEW_EVERY = timedelta(seconds=5)
SUSPENDED_SECONDS = 3.0
"""A thread that only waits for the next second is never this late, however busy the machine."""
MEMORY_SHARE = 0.7
"""Of the memory a host may use: beyond this it hands everything over and begins anew, before it is killed."""


@dataclass(frozen=True, kw_only=True)
class Vitals:
    """What a process takes of its machine."""

    rss_bytes: int = 0
    threads: int = 0
    open_files: int = 0


NO_VITALS = Vitals()


@dataclass(frozen=True, kw_only=True)
class Host:
    """One row of `session_hosts`; `held` counts its devices."""

    host_id: HostId
    lease_until: datetime
    capacity: int
    draining: bool
    name: str = ""
    held: int = 0
    vitals: Vitals = NO_VITALS
    started_at: datetime | None = None


def was_suspended(before: float, now: float, valid_until: float) -> bool:
    """Whether a lease ran out while its process stood still between two looks at the clock (seconds).

    Others may have taken what it held. A lease that runs out while we are awake is another matter: PostgreSQL is
    away, and nobody can take anything.
    """
    return now - before > SUSPENDED_SECONDS and before < valid_until <= now


def adoptable(me: Host, others: Sequence[Host], *, orphans: int, startable: int) -> int:
    """How many orphans a host may take now: no more than it has places for, and can start soon (`startable`).

    It leaves to each living host what levels the load, and the hosts need not agree on an order: whoever looks first
    takes its part, the next finds its own. What another leaves lying is shared again, by free places, rounded up, so
    that no orphan waits for a host that takes nothing.
    """
    free = free_places(me)
    if free == 0 or orphans <= 0:
        return 0
    free_in_all = free + sum(map(free_places, others))
    level = _level([me, *others], orphans)
    part = max(round(level * me.capacity) - me.held, -(-orphans * free // free_in_all))
    return max(min(free, part, orphans, startable), 0)


def _level(hosts: Sequence[Host], orphans: int) -> float:
    """How full (0 to 1) every host would be that is not fuller already, once the orphans are with them."""
    held = capacity = 0
    level = 0.0
    for host in sorted((host for host in hosts if free_places(host)), key=lambda host: host.held / host.capacity):
        if capacity and host.held / host.capacity >= level:
            break
        held, capacity = held + host.held, capacity + host.capacity
        level = min((held + orphans) / capacity, 1.0)
    return level


def free_places(host: Host) -> int:
    """How many devices a host could take."""
    return 0 if host.draining else max(host.capacity - host.held, 0)


def is_bloated(vitals: Vitals, memory_mb: int) -> bool:
    """Whether a process that may use `memory_mb` MiB (0: any amount) should begin anew."""
    return memory_mb > 0 and vitals.rss_bytes > MEMORY_SHARE * memory_mb * 2**20
