"""By which address a call goes out, and when: each has a budget of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import cast

import structlog
from redis import Redis, RedisError

from aiadmin.adapters.redis import keys
from aiadmin.adapters.yclients.call_limiter import CallLimiter
from aiadmin.adapters.yclients.call_queue import Whose
from aiadmin.domain.yclients.call_budget import Budget, BudgetReading, Urgency
from aiadmin.domain.yclients.egress import DIRECT, RESTS, Egress, in_order
from aiadmin.masking import reason_of

log = structlog.get_logger(__name__)


class CallRouter:
    """Waits until a call may go, and says by which way.

    A salon keeps to its way, and moves to the next while that cannot be reached: all processes move together. Where
    none can be, it keeps to its own.
    """

    def __init__(
        self, redis: Redis, budget: Budget, egresses: Sequence[Egress] = (DIRECT,), *, rng: Callable[[], float]
    ) -> None:
        """`budget` is what each way may call."""
        self._redis, self._egresses = redis, egresses
        self._limiters = {one: CallLimiter(redis, budget, one.name, rng=rng) for one in egresses}
        self._lost_until: dict[Egress, float] = {}

    def wait(self, whose: Whose, urgency: Urgency, *, patience: timedelta | None = None) -> Egress:
        """Return when it is this call's turn, and by which way it goes.

        Args:
            patience: how long at most; `PATIENCE` of the urgency when not given.

        Raises:
            RateLimitedError: it was not its turn in time, or cannot be; `wait` says when calls are possible again.
        """
        egress = self._egress_of(whose)
        self._limiters[egress].wait(whose, urgency, patience=patience)
        return egress

    def be_quiet(self, egress: Egress, asked: timedelta) -> None:
        """Stop all calls by a way for a while after a 429 of YClients. `asked` is its `Retry-After`, or zero."""
        self._limiters[egress].be_quiet(asked)

    def read(self) -> Sequence[BudgetReading]:
        """What is left of each way's budget. Raises RedisError."""
        lost = self._lost() if len(self._egresses) > 1 else frozenset[Egress]()
        return [replace(limiter.read(), is_lost=one in lost) for one, limiter in self._limiters.items()]

    def lost(self, egress: Egress) -> bool:
        """Pass by a way that could not be reached, for a while; False where there is no other."""
        if len(self._egresses) == 1:
            return False
        log.warning("a way to YClients cannot be reached; its salons go by the others", egress=egress.name)
        self._lost_until[egress] = time.monotonic() + RESTS.total_seconds()
        try:
            self._redis.set(keys.lost_egress(egress.name), 1, px=RESTS)
        except RedisError as error:
            log.warning("the others find out by themselves", error=reason_of(error))
        return True

    def _egress_of(self, whose: Whose) -> Egress:
        first, *others = in_order(self._egresses, whose)
        if not others:
            return first
        lost = self._lost()
        return next((one for one in (first, *others) if one not in lost), first)

    def _lost(self) -> frozenset[Egress]:
        """The ways that could not be reached lately, by any process; by this one while Redis is away."""
        try:
            marks = cast(
                "list[bytes | None]", self._redis.mget([keys.lost_egress(one.name) for one in self._egresses])
            )
        except RedisError:
            now = time.monotonic()
            return frozenset(one for one, until in self._lost_until.items() if now < until)
        return frozenset(one for one, mark in zip(self._egresses, marks, strict=True) if mark is not None)
