"""A turn for every call to YClients by one way: one budget for the whole fleet."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import structlog
from redis import Redis, RedisError

from aiadmin.adapters.yclients.call_queue import CallQueue, LocalCallQueue, Whose
from aiadmin.adapters.yclients.redis_call_queue import RedisCallQueue
from aiadmin.domain.yclients.call_budget import PATIENCE, Budget, BudgetReading, Urgency
from aiadmin.domain.yclients.error import RateLimitedError
from aiadmin.masking import reason_of

log = structlog.get_logger(__name__)

PROCESSES = 4
"""The part of the budget that each process takes while Redis is away and the number of processes unknown."""
_SHORTEST, _LONGEST = 0.005, 0.5
"""Seconds between two questions of one waiting call; it has to ask well within its lease."""


class CallLimiter:
    """Waits until a call may go."""

    def __init__(self, redis: Redis, budget: Budget, egress: str = "direct", *, rng: Callable[[], float]) -> None:
        """`egress` is the name of the way."""
        self._shared, self._egress = RedisCallQueue(redis, budget, egress), egress
        self._own = LocalCallQueue(budget.share(PROCESSES))
        self._rng = rng

    def wait(self, whose: Whose, urgency: Urgency, *, patience: timedelta | None = None) -> None:
        """Return when it is this call's turn.

        Args:
            patience: how long at most; `PATIENCE` of the urgency when not given.

        Raises:
            RateLimitedError: it was not its turn in time, or cannot be; `wait` says when calls are possible again.
        """
        given = PATIENCE[urgency] if patience is None else patience
        deadline = time.monotonic() + given.total_seconds()
        try:
            _wait(self._shared, whose, urgency, deadline)
        except RedisError as error:
            log.warning("YClients' budget is counted in memory", error=reason_of(error))
            _wait(self._own, whose, urgency, deadline)

    def read(self) -> BudgetReading:
        """What is left of the fleet's budget. Raises RedisError."""
        return self._shared.read()

    def be_quiet(self, asked: timedelta) -> None:
        """Stop these calls for a while after a 429 of YClients. `asked` is its `Retry-After`, or zero."""
        jitter = self._rng()
        quiet = self._own.be_quiet(asked, jitter)
        try:
            quiet = self._shared.be_quiet(asked, jitter)
        except RedisError as error:
            log.warning("YClients' pause is known here only", error=reason_of(error))
        log.warning(
            "YClients says that we call too often", seconds=round(quiet.total_seconds(), 3), egress=self._egress
        )


def _wait(turns: CallQueue, whose: Whose, urgency: Urgency, deadline: float) -> None:
    ticket = turns.join(whose, urgency)
    may_go = False
    try:
        while not may_go:
            reply = turns.ask(ticket)
            may_go = reply.may_go
            left = deadline - time.monotonic()
            if not may_go and left <= reply.free_in:
                raise RateLimitedError(
                    message="our own budget is used up", wait=timedelta(seconds=max(reply.free_in, 1.0))
                )
            if not may_go:
                time.sleep(_pause(reply.free_in + reply.ahead * turns.budget.second_step, left))
    finally:
        if not may_go:
            turns.leave(ticket)


def _pause(expected: float, left: float) -> float:
    """Until it is likely to be our turn; whoever is first asks at the very moment."""
    return max(min(expected, _LONGEST, left), _SHORTEST)
