"""A host: one `sessions` process and its lease.

Ownership is a lease in PostgreSQL, renewed as one row per host: it survives a Redis loss and is fenced in the same
transaction as the state it protects.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiadmin.domain.ids import HostId

LEASE = timedelta(seconds=15)
RENEW_EVERY = timedelta(seconds=5)
STARTS_PER_SECOND = 3
"""Each start opens a PostgreSQL pool and a socket; three a second keeps one host's arrival gentle."""


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


def is_alive(host: Host, now: datetime) -> bool:
    """Whether the host may still act."""
    return host.lease_until > now


def adoptable(*, free: int, free_elsewhere: int, orphans: int, tick_seconds: float) -> int:
    """How many orphans a host may take in one tick.

    Never more than its free places, nor than `STARTS_PER_SECOND`; where other hosts have free places too, its part
    by free places, rounded up, so that load spreads and nobody waits for ever.
    """
    if free <= 0 or orphans <= 0:
        return 0
    part = math.ceil(orphans * free / (free + max(free_elsewhere, 0)))
    return min(free, part, round(STARTS_PER_SECOND * tick_seconds))


def free_places(host: Host) -> int:
    """How many devices a host could take."""
    return 0 if host.draining else max(host.capacity - host.held, 0)


def is_bloated(vitals: Vitals, memory_mb: int) -> bool:
    """Whether a process that may use `memory_mb` MiB (0: any amount) should begin anew."""
    return memory_mb > 0 and vitals.rss_bytes > MEMORY_SHARE * memory_mb * 2**20
