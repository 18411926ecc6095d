"""When a host starts sessions, and how fast: the rules for a WhatsApp that is away, and for one that throws us out.

Sessions come back one by one by themselves; these rules are for when many leave together. Everything is a value:
a host holds one `Breaker`, hears what happens, and asks `starts` what it may do now.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from aiadmin.domain.ids import DeviceId

STARTS_PER_SECOND = 20
"""While all is well: a start takes some 40 ms of the one gate into the library, so hardly more could go."""
CAREFUL_STARTS_PER_SECOND = 3
"""While something is wrong: WhatsApp that has trouble, or is angry, should not meet a crowd."""
UNANSWERED = 40
"""So many starts without an answer (some two seconds' worth) mean that WhatsApp is slow, or that we are."""
FLEET_STARTS_PER_SECOND = 60
CAREFUL_FLEET_STARTS_PER_SECOND = 10
ADOPT_AHEAD_SECONDS = 5
"""A host takes the orphans that it can start within this time; what it cannot, another may start sooner."""
DROP_WINDOW = timedelta(seconds=60)
DROPS_AT_LEAST = 10
DROPS_SHARE = 0.3
"""More than this share of a host's sessions lost within the window is WhatsApp, or the network: not the sessions."""
PROBE_EVERY = timedelta(seconds=30)
CANARIES = 2
RAMP_STEP = timedelta(seconds=20)
"""After an outage a host starts one a second, then two, then three, then 6, 12, 20."""
RELAPSES = 3
LOGOUT_WINDOW = timedelta(minutes=5)
LOGOUTS = 3
REFUSALS = 2
REFUSAL_WINDOW = timedelta(minutes=30)
HOLD = timedelta(minutes=15)
"""WhatsApp refuses this version of the library: only another build, or a change of its mind, will help."""


class BreakerState(StrEnum):
    """Whether sessions may start."""

    CLOSED = "closed"
    """They may."""
    OPEN = "open"
    """WhatsApp is away: only a few try."""
    HALF_OPEN = "half_open"
    """It answers again: more and more may."""


Mark = tuple[datetime, DeviceId]


@dataclass(frozen=True, kw_only=True)
class Breaker:
    """One host's breaker.

    Attributes:
        since: when it came into this state; None for one that never opened.
        held_until: nothing at all starts before this.
        drops: the connections lost in the last minute.
        logouts: the devices that WhatsApp unlinked in the last five minutes.
        refusals: the devices whose client was too old for WhatsApp in the last half hour.
        probes: the canaries of the present half minute.
    """

    state: BreakerState = BreakerState.CLOSED
    since: datetime | None = None
    held_until: datetime | None = None
    drops: tuple[Mark, ...] = ()
    logouts: tuple[Mark, ...] = ()
    refusals: tuple[Mark, ...] = ()
    probes: tuple[datetime, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PeerReport:
    """What a host tells the others of its breaker."""

    host_id: str
    state: BreakerState
    since: datetime | None


@dataclass(frozen=True, kw_only=True)
class FleetView:
    """What a host hears from the fleet: the other hosts, and how long nothing may start anywhere.

    Attributes:
        is_known: whether the fleet was heard of at all; by the same way nudges come.
    """

    others: tuple[PeerReport, ...] = ()
    hold: timedelta | None = None
    is_known: bool = False


def dropped(breaker: Breaker, device_id: DeviceId, now: datetime) -> Breaker:
    """A session lost its connection, or could not get one."""
    return replace(breaker, drops=(*_fresh(breaker.drops, DROP_WINDOW, now), (now, device_id)))


def opened(breaker: Breaker, now: datetime) -> Breaker:
    """Stop starting."""
    return replace(breaker, state=BreakerState.OPEN, since=now, drops=(), probes=())


def connected(breaker: Breaker, device_id: DeviceId, now: datetime) -> Breaker:
    """A session is online and lost no longer: if it was a canary, WhatsApp is back."""
    if breaker.state is BreakerState.OPEN and breaker.probes and not is_held(breaker, now):
        return replace(breaker, state=BreakerState.HALF_OPEN, since=now, drops=(), probes=())
    return replace(breaker, drops=tuple(mark for mark in breaker.drops if mark[1] != device_id))


def logged_out(breaker: Breaker, device_id: DeviceId, now: datetime) -> Breaker:
    """WhatsApp unlinked a device."""
    return replace(breaker, logouts=(*_fresh(breaker.logouts, LOGOUT_WINDOW, now), (now, device_id)))


def is_mass_logout(breaker: Breaker, now: datetime) -> bool:
    """Whether so many were unlinked that it is not their owners' doing: the host only records until it is over."""
    return len(_devices(breaker.logouts, LOGOUT_WINDOW, now)) >= LOGOUTS


def refused(breaker: Breaker, device_id: DeviceId, now: datetime) -> Breaker:
    """WhatsApp found our client too old for this device; for a second one, it is for all."""
    breaker = replace(breaker, refusals=(*_fresh(breaker.refusals, REFUSAL_WINDOW, now), (now, device_id)))
    is_for_all = len(_devices(breaker.refusals, REFUSAL_WINDOW, now)) >= REFUSALS
    return held(breaker, now + HOLD, now) if is_for_all else breaker


def held(breaker: Breaker, until: datetime, now: datetime) -> Breaker:
    """Start nothing until then, and only canaries after that."""
    if breaker.held_until is not None and breaker.held_until >= until:
        return breaker
    return replace(opened(breaker, now), held_until=until)


def is_held(breaker: Breaker, now: datetime) -> bool:
    """Whether a fleet hold is on."""
    return breaker.held_until is not None and now < breaker.held_until


def tick(breaker: Breaker, others: Collection[PeerReport], sessions: int, now: datetime) -> Breaker:
    """What time and the reports of other hosts change: too many lost, all ramp up together, a ramp ends.

    Args:
        sessions: how many the host holds.
    """
    if breaker.state is BreakerState.OPEN:
        is_back = not is_held(breaker, now) and _is_back(breaker, others)
        return replace(breaker, state=BreakerState.HALF_OPEN, since=now, drops=(), probes=()) if is_back else breaker
    if _is_away(breaker, sessions, now):
        return opened(breaker, now)
    if (
        breaker.state is BreakerState.HALF_OPEN
        and now - (breaker.since or now) >= RAMP_STEP * CAREFUL_STARTS_PER_SECOND
    ):
        return replace(breaker, state=BreakerState.CLOSED, since=now)
    return breaker


def _is_away(breaker: Breaker, sessions: int, now: datetime) -> bool:
    lost = len(_devices(breaker.drops, DROP_WINDOW, now))
    least = DROPS_AT_LEAST if breaker.state is BreakerState.CLOSED else RELAPSES
    return lost >= least and lost > DROPS_SHARE * sessions


def _is_back(breaker: Breaker, others: Collection[PeerReport]) -> bool:
    """Whether another host has found WhatsApp since we lost it."""
    return any(
        other.state is BreakerState.HALF_OPEN
        and other.since is not None
        and breaker.since
        and other.since > breaker.since
        for other in others
    )


def is_calm(breaker: Breaker, now: datetime) -> bool:
    """Whether `tick` changes nothing until something happens."""
    return breaker.state is BreakerState.CLOSED and not (
        _fresh(breaker.drops, DROP_WINDOW, now) or is_mass_logout(breaker, now)
    )


def may_start(breaker: Breaker, others: Collection[PeerReport], me: str, now: datetime) -> bool:
    """Whether one more session may start now, apart from `start_rate`.

    Args:
        others: the last reports of the other living hosts; empty when they are not known.
        me: our own id among them.
    """
    if is_held(breaker, now) or is_mass_logout(breaker, now):
        return False
    if breaker.state is not BreakerState.OPEN:
        return True
    recent = [probe for probe in breaker.probes if now - probe < PROBE_EVERY]
    return len(recent) < CANARIES and _is_prober(others, me, now)


def started(breaker: Breaker, now: datetime) -> Breaker:
    """A session was started: while the breaker is open it is a canary."""
    if breaker.state is not BreakerState.OPEN:
        return breaker
    recent = tuple(probe for probe in breaker.probes if now - probe < PROBE_EVERY)
    return replace(breaker, probes=(*recent, now))


def _is_prober(others: Collection[PeerReport], me: str, now: datetime) -> bool:
    """When most hosts have lost WhatsApp they take turns, so that the fleet has two canaries, not two each."""
    lost = sorted([other.host_id for other in others if other.state is BreakerState.OPEN] + [me])
    if 2 * len(lost) <= len(others) + 1:
        return True
    return lost[int(now.timestamp() // PROBE_EVERY.total_seconds()) % len(lost)] == me


def start_rate(breaker: Breaker, others: Collection[PeerReport], unanswered: int, now: datetime) -> float:
    """How many sessions this host may start a second: its own limit, and its part of the fleet's.

    While all is well as many as it can; each session that WhatsApp has lately failed, and not taken back, slows it.

    Args:
        unanswered: sessions that were started, and neither connected nor failed so far.
    """
    hosts = len(others) + 1
    if breaker.state is BreakerState.CLOSED:
        return min(_closed_pace(breaker, unanswered, now), FLEET_STARTS_PER_SECOND / hosts)
    own = CAREFUL_STARTS_PER_SECOND
    if breaker.state is BreakerState.HALF_OPEN:
        own = min(own, 1 + _ramp_steps(breaker, now))
    return min(own, CAREFUL_FLEET_STARTS_PER_SECOND / hosts)


CONNECTIONS_OF_START = 3
"""The library opens two or three for a session that starts, and lets them go a second after it is done."""
SPARE_CONNECTIONS = 3
"""Are left to everybody else while sessions start."""
_SLOWEST_STARTS = 0.5


def rate_by_connections(free: int | None) -> float:
    """How many sessions may start a second with so many free connections to PostgreSQL; None where nobody knows.

    >>> rate_by_connections(13), rate_by_connections(80) >= STARTS_PER_SECOND, rate_by_connections(2)
    (3.3333333333333335, True, 0.5)
    """
    if free is None:
        return float(STARTS_PER_SECOND)
    return max((free - SPARE_CONNECTIONS) / CONNECTIONS_OF_START, _SLOWEST_STARTS)


def _closed_pace(breaker: Breaker, unanswered: int, now: datetime) -> float:
    fastest = float(STARTS_PER_SECOND)
    if breaker.since is not None:
        fastest = min(fastest, CAREFUL_STARTS_PER_SECOND * 2.0 ** min(_ramp_steps(breaker, now), 9))
    if unanswered > UNANSWERED or _fresh(breaker.refusals, REFUSAL_WINDOW, now):
        return CAREFUL_STARTS_PER_SECOND
    troubled = _devices(breaker.drops, DROP_WINDOW, now) | _devices(breaker.logouts, LOGOUT_WINDOW, now)
    return max(fastest / (1 + len(troubled)), CAREFUL_STARTS_PER_SECOND)


def _ramp_steps(breaker: Breaker, now: datetime) -> int:
    return (now - (breaker.since or now)) // RAMP_STEP


def startable(breaker: Breaker, *, rate: float, waiting: int, now: datetime) -> int:
    """How many more sessions the host could start soon: beyond that, orphans are better off with others.

    Args:
        rate: starts a second.
        waiting: how many it holds already that wait for their start.
    """
    if is_held(breaker, now) or is_mass_logout(breaker, now) or breaker.state is BreakerState.OPEN:
        return max(CANARIES - waiting, 0)
    return max(math.ceil(rate * ADOPT_AHEAD_SECONDS) - waiting, 0)


def _devices(marks: tuple[Mark, ...], window: timedelta, now: datetime) -> frozenset[DeviceId]:
    return frozenset(device for _, device in _fresh(marks, window, now))


def _fresh(marks: tuple[Mark, ...], window: timedelta, now: datetime) -> tuple[Mark, ...]:
    return tuple(mark for mark in marks if now - mark[0] < window)
