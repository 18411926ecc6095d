"""A session: the live connection of one device, and what each event and each passing second mean for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto

from aiadmin.domain.backoff import Backoff
from aiadmin.domain.hosting.device import Observed
from aiadmin.domain.hosting.session_event import (
    ClientOutdated,
    Connected,
    ConnectFailure,
    Disconnected,
    Ended,
    KeepAliveRestored,
    KeepAliveTimeout,
    LoggedOut,
    SessionEvent,
    StreamError,
    StreamReplaced,
    TemporaryBan,
)

START_WITHIN = timedelta(seconds=45)
RECONNECT_WITHIN = timedelta(seconds=20)
"""The library reconnects by itself after 0, 2, 6, 12, 20 s..., in lock-step for all; after this we take over."""
RESTORE_WITHIN = timedelta(minutes=4)
"""A connection that answers no ping for this long is dead, whatever the library thinks."""
RETRIES = Backoff(first=timedelta(seconds=5), longest=timedelta(minutes=15))
CALM = timedelta(minutes=5)
"""Online this long, a session's failures are forgotten."""
REMOVAL_TRIES = 3
CONFLICT_TRIES = 3
"""A client that takes a device away from us that often has its keys: an operator must look."""
LOOP_EVERY = 5


class Action(Enum):
    """What the host has to do after a step."""

    NONE = auto()
    START = auto()
    STOP = auto()


@dataclass(frozen=True, kw_only=True)
class Session:
    """Where a session stands.

    Attributes:
        since: when it came into this state.
        reason: why, as a slug, or None.
        failures: how often in a row it had to be stopped.
        conflicts: how often in a row another client connected in its place.
        retry_at: when to start it; None while it runs, and when it never will again.
    """

    observed: Observed
    since: datetime
    reason: str | None = None
    failures: int = 0
    conflicts: int = 0
    retry_at: datetime | None = None


@dataclass(frozen=True)
class SessionStep:
    """A session's next state, and what to do about it."""

    session: Session
    action: Action = Action.NONE


@dataclass(frozen=True)
class _Pause:
    """How long a session stays away: `least`, and up to `spread` more so that many do not return together."""

    observed: Observed
    reason: str
    least: timedelta
    spread: timedelta


_FIRST_CONFLICT = _Pause(Observed.CONFLICT, "stream_replaced", timedelta(seconds=5), timedelta(seconds=5))
"""Most likely a host of ours that stood still and has just woken: it lets go within seconds."""
_CONFLICT = _Pause(Observed.CONFLICT, "stream_replaced", timedelta(seconds=30), timedelta(seconds=30))
_CONFLICT_HELD = _Pause(Observed.CONFLICT, "conflict_held", timedelta(hours=1), timedelta(minutes=30))
_OUTDATED = _Pause(Observed.OUTDATED, "client_outdated", timedelta(minutes=15), timedelta(minutes=15))
_BANNED_FOR = timedelta(hours=1)
_BAN_SPREAD = timedelta(minutes=10)
_SILENT = "keep_alive_timeout"
RECONNECT_REASONS = (
    "connection_lost",
    "ended",
    "stream_error",
    "start_timeout",
    _SILENT,
    _FIRST_CONFLICT.reason,
    _CONFLICT_HELD.reason,
    _OUTDATED.reason,
)
"""Why a connection is lost or given up, in our own words; WhatsApp has others for a login that it refuses."""
_UNREADABLE_BAN = "TemporaryBan.Code"
"""The library gives up on a ban whose code it does not know, with the name of that field in its error."""


def adopted(observed: Observed, now: datetime) -> Session:
    """A session that its new host has yet to start."""
    return Session(observed=observed, since=now, retry_at=now)


def transition(session: Session, event: SessionEvent, now: datetime, jitter: float) -> SessionStep:
    """What `event` means.

    Args:
        jitter: uniform in [0, 1): spreads retries.
    """
    if isinstance(event, LoggedOut):
        return SessionStep(Session(observed=Observed.LOGGED_OUT, since=now, reason=event.reason), Action.STOP)
    if session.retry_at is not None or session.observed is Observed.LOGGED_OUT:
        return SessionStep(session)  # an echo of a connection that was stopped
    moved = _moved(session, event, now)
    return SessionStep(moved) if moved is not None else _ended(session, event, now, jitter)


def _moved(session: Session, event: SessionEvent, now: datetime) -> Session | None:
    """The session after an event that leaves it connected, or to the library; None for any other."""
    match event, session.observed:
        case (Connected(), _) | (KeepAliveRestored(), Observed.DEGRADED):
            return replace(session, observed=Observed.ONLINE, since=now, reason=None)
        case KeepAliveTimeout(), Observed.ONLINE:
            return replace(session, observed=Observed.DEGRADED, since=now, reason=_SILENT)
        case Disconnected(), observed if observed is not Observed.RECONNECTING:
            return replace(session, observed=Observed.RECONNECTING, since=now, reason="connection_lost")
    return None


def _ended(session: Session, event: SessionEvent, now: datetime, jitter: float) -> SessionStep:
    pause = _pause_after(session, event)
    if pause is not None:
        return _pause(session, pause, now, jitter)
    match event:
        case Ended():
            return failed(session, "ended", now, jitter)
        case ConnectFailure():
            return failed(session, event.reason, now, jitter)
        case StreamError():
            return failed(session, "stream_error", now, jitter)
    return SessionStep(session)


def _pause_after(session: Session, event: SessionEvent) -> _Pause | None:
    match event:
        case StreamReplaced():
            return _conflict(session.conflicts)
        case ClientOutdated():
            return _OUTDATED
        case TemporaryBan():
            return _Pause(Observed.BANNED, event.reason, event.expires_in or _BANNED_FOR, _BAN_SPREAD)
        case Ended() if _UNREADABLE_BAN in event.error:
            return _Pause(Observed.BANNED, "unknown", _BANNED_FOR, _BAN_SPREAD)
    return None


def _conflict(conflicts: int) -> _Pause:
    if conflicts == 0:
        return _FIRST_CONFLICT
    return _CONFLICT if conflicts < CONFLICT_TRIES else _CONFLICT_HELD


_LIMITS: Mapping[Observed, tuple[timedelta, str]] = {
    Observed.STARTING: (START_WITHIN, "start_timeout"),
    Observed.RECONNECTING: (RECONNECT_WITHIN, "connection_lost"),
    Observed.DEGRADED: (RESTORE_WITHIN, _SILENT),
}


def tick(session: Session, now: datetime, jitter: float) -> SessionStep:
    """What the passing of time means."""
    if session.retry_at is not None:
        if now < session.retry_at:
            return SessionStep(session)
        starting = replace(session, observed=Observed.STARTING, since=now, retry_at=None)
        return SessionStep(starting, Action.START)
    limit = _LIMITS.get(session.observed)
    if limit is not None and now - session.since >= limit[0]:
        return failed(session, limit[1], now, jitter)
    is_shaky = session.failures or session.conflicts
    if session.observed is Observed.ONLINE and is_shaky and now - session.since >= CALM:
        return SessionStep(replace(session, failures=0, conflicts=0))
    return SessionStep(session)


def due_at(session: Session) -> datetime | None:
    """When `tick` will do something if nothing happens meanwhile; None for never."""
    if session.retry_at is not None:
        return session.retry_at
    if session.observed in _LIMITS:
        return session.since + _LIMITS[session.observed][0]
    is_shaky = session.failures or session.conflicts
    return session.since + CALM if session.observed is Observed.ONLINE and is_shaky else None


def failed(session: Session, reason: str, now: datetime, jitter: float) -> SessionStep:
    """The connection is given up: stop it, and try again after a while."""
    failures = session.failures + 1
    return SessionStep(_waiting(session, reason, now, now + RETRIES.wait(failures, jitter), failures), Action.STOP)


def parked(session: Session, reason: str, now: datetime, jitter: float) -> SessionStep:
    """Stop it for a reason that is none of its own: its failures stay as they are."""
    return SessionStep(_waiting(session, reason, now, now + RETRIES.wait(1, jitter), session.failures), Action.STOP)


def restarted(session: Session, now: datetime) -> SessionStep:
    """An operator wants a fresh start: at once, with everything forgiven."""
    return SessionStep(replace(_waiting(session, "restart_asked", now, now, 0), conflicts=0), Action.STOP)


def _waiting(session: Session, reason: str, now: datetime, retry_at: datetime, failures: int) -> Session:
    return replace(session, observed=Observed.BACKOFF, since=now, reason=reason, failures=failures, retry_at=retry_at)


def is_looping(before: Session, after: Session) -> bool:
    """Whether `after` is one failure too many, at every fifth in a row: an operator should look."""
    return after.failures > before.failures and after.failures % LOOP_EVERY == 0


def postponed(session: Session, now: datetime, jitter: float) -> Session:
    """The start could not even be tried, which counts as no failure: try again within seconds."""
    return replace(session, retry_at=now + RETRIES.wait(1, jitter))


def _pause(session: Session, pause: _Pause, now: datetime, jitter: float) -> SessionStep:
    return SessionStep(
        Session(
            observed=pause.observed,
            since=now,
            reason=pause.reason,
            failures=session.failures + 1,
            conflicts=session.conflicts + (pause.observed is Observed.CONFLICT),
            retry_at=now + pause.least + pause.spread * jitter,
        ),
        Action.STOP,
    )


class Removal(Enum):
    """The next step of unlinking a device for good."""

    WAIT = auto()
    LOG_OUT = auto()
    """It is connected: tell WhatsApp."""
    FORGET = auto()
    """WhatsApp knows, and the keys are gone: the row can go."""
    ABANDON = auto()
    """WhatsApp does not answer: delete keys and row; the phone drops a silent device after some weeks."""


def removal(session: Session, *, has_keys: bool, tries: int, now: datetime) -> Removal:
    """How to go on with a device that is to be removed; `tries` counts logouts that WhatsApp refused."""
    if not has_keys:
        return Removal.FORGET
    if tries + session.failures >= REMOVAL_TRIES:
        return Removal.ABANDON
    if session.retry_at is not None and session.retry_at - now > RETRIES.wait(REMOVAL_TRIES + 1, 1):
        return Removal.ABANDON
    return Removal.LOG_OUT if session.observed is Observed.ONLINE else Removal.WAIT
