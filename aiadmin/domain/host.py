"""A host: one `sessions` process and its lease.

Ownership is a lease in PostgreSQL, renewed as one row per host: it survives a Redis loss and is fenced in the same
transaction as the state it protects.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from aiadmin.domain.ids import HostId

LEASE = timedelta(seconds=15)
RENEW_EVERY = timedelta(seconds=5)
STARTS_PER_SECOND = 3
"""Each start opens a PostgreSQL pool and a socket; three a second keeps one host's arrival gentle."""


@dataclass(frozen=True, kw_only=True)
class Host:
    """One row of `session_hosts`."""

    host_id: HostId
    lease_until: datetime
    capacity: int
    draining: bool


def is_alive(host: Host, now: datetime) -> bool:
    """Whether the host may still act."""
    return host.lease_until > now


def adoptable(*, capacity: int, held: int, draining: bool, tick_seconds: float) -> int:
    """How many orphans a host may take in one tick: its free places, at most `STARTS_PER_SECOND`."""
    if draining:
        return 0
    return max(0, min(capacity - held, round(STARTS_PER_SECOND * tick_seconds)))
