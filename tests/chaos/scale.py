"""How large a scenario is."""

from __future__ import annotations

import os
from dataclasses import dataclass

from aiadmin.domain.hosting.host import LEASE, RENEW_EVERY


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The figures of one size; seconds, unless they count something.

    Attributes:
        lease, renew_every: of the hosts.
        recovered_within: until all sessions are connected again after a kill -9.
        moved_within: the same after SIGTERM.
        frozen_for: longer than the lease.
        restored_within: until whatever a host disturbed when it woke is connected again.
        redis_away_for, whatsapp_away_for: outages.
        away_hosts: hosts that live through WhatsApp's outage: a breaker takes no notice of fewer than ten losses.
        talking: salons that exchange messages with clients, one each way every `pause` seconds.
        reminders: that fall due in a row; `reminded_within`, so fast, while hosts and workers are killed.
        busiest_second: how many sessions may return in one second when WhatsApp is back.
        patience: for anything that is not itself the proof.
    """

    sessions: int
    lease: float
    renew_every: float
    recovered_within: float
    moved_within: float
    frozen_for: float
    restored_within: float
    redis_away_for: float
    whatsapp_away_for: float
    away_hosts: int
    talking: int
    pause: float
    reminders: int
    reminded_within: float
    busiest_second: int
    patience: float


QUICK = Scale(
    sessions=12,
    lease=4,
    renew_every=1,
    recovered_within=40,
    moved_within=40,
    frozen_for=5,
    restored_within=40,
    redis_away_for=3,
    whatsapp_away_for=0,
    away_hosts=1,
    talking=4,
    pause=0.25,
    reminders=24,
    reminded_within=8,
    busiest_second=5,
    patience=60,
)
"""Small, and patient: two cores may be busy with something else."""

FULL = Scale(
    sessions=200,
    lease=LEASE.total_seconds(),
    renew_every=RENEW_EVERY.total_seconds(),
    recovered_within=30,
    moved_within=10,
    frozen_for=40,
    restored_within=20,
    redis_away_for=60,
    whatsapp_away_for=180,
    away_hosts=2,
    talking=40,
    pause=0.1,
    reminders=500,
    reminded_within=60,
    busiest_second=20,
    patience=240,
)


def chosen() -> Scale:
    """What `CHAOS=full` asks for, or else the quick one."""
    return FULL if os.environ.get("CHAOS") == "full" else QUICK
