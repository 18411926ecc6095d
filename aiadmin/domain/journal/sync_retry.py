"""What follows when a page of a synchronisation cannot be read: a pure function of what went wrong and how often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from aiadmin.domain.backoff import Backoff
from aiadmin.domain.errors import AiAdminError, DependencyDownError
from aiadmin.domain.journal.sync_run import RunState
from aiadmin.domain.yclients.error import (
    ForbiddenError,
    KeyRefusedError,
    NotFoundError,
    RateLimitedError,
    YClientsDownError,
    YClientsError,
)


class Failure(StrEnum):
    """Why a page was not read; the run's `error`."""

    DOWN = "down"
    RATE_LIMITED = "rate_limited"
    KEY_REFUSED = "key_refused"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    REFUSED = "refused"


_KINDS: tuple[tuple[type[AiAdminError], Failure], ...] = (
    (DependencyDownError, Failure.DOWN),
    (YClientsDownError, Failure.DOWN),
    (RateLimitedError, Failure.RATE_LIMITED),
    (KeyRefusedError, Failure.KEY_REFUSED),
    (ForbiddenError, Failure.FORBIDDEN),
    (NotFoundError, Failure.NOT_FOUND),
    (YClientsError, Failure.REFUSED),
)


def failure_of(error: AiAdminError) -> Failure:
    """What `error` means for a synchronisation; what we cannot read counts as refused."""
    return next(failure for kind, failure in _KINDS if isinstance(error, kind))


@dataclass(frozen=True, kw_only=True)
class SyncRetry:
    """What becomes of the run: its state and, unless it is paused, how long it waits."""

    state: RunState
    wait: timedelta | None = None


RETRIES = Backoff(first=timedelta(seconds=2), longest=timedelta(minutes=10))
KEY_WAIT = timedelta(minutes=10)
"""A refused key is the same for every salon, and an operator has to correct it."""
REFUSED_TRIES, REFUSED_WAIT = 5, timedelta(hours=1)
"""What YClients refuses five times it refuses until an operator looks; it is tried once an hour then."""
_PAUSES = frozenset({Failure.FORBIDDEN, Failure.NOT_FOUND})


def after_failure(failure: Failure, *, attempts: int, asked: timedelta, jitter: float) -> SyncRetry:
    """What follows.

    Args:
        attempts: how often the page failed in a row, from 1.
        asked: how long YClients asks us to be quiet; zero when it does not say.
        jitter: a random number from 0 up to 1, so that salons which failed together do not come back together.
    """
    if failure in _PAUSES:
        return SyncRetry(state=RunState.PAUSED)
    if failure is Failure.REFUSED and attempts >= REFUSED_TRIES:
        return SyncRetry(state=RunState.FAILED, wait=REFUSED_WAIT)
    wait = RETRIES.wait(attempts, jitter)
    if failure is Failure.KEY_REFUSED:
        wait = max(wait, KEY_WAIT)
    return SyncRetry(state=RunState.WAITING, wait=max(wait, min(asked, RETRIES.longest)))
