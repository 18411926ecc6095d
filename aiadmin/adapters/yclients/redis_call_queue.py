"""The queue for YClients' budget, shared by the fleet in Redis."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from redis import Redis

from aiadmin.adapters.redis import keys, lua
from aiadmin.adapters.yclients.call_queue import QueueStatus, Ticket, Whose, line_of
from aiadmin.domain.yclients.call_budget import (
    FORGET_STRIKES,
    FORGOTTEN,
    Budget,
    BudgetReading,
    BudgetState,
    Urgency,
    queue_position,
    quiet_after,
)

_LEASE = 2.0
"""Seconds in which a waiting call asks again; one that does not is gone, with its process or without."""


class RedisCallQueue:
    """The fleet's queue of calls by one way. Every method raises RedisError when Redis is away."""

    def __init__(self, redis: Redis, budget: Budget, egress: str = "direct") -> None:
        self.budget, self._keys = budget, keys.CallKeys(egress)
        self._redis = redis
        self._ask = redis.register_script(lua.source("calls/ask"))
        self._quiet = redis.register_script(lua.source("calls/be_quiet"))
        self._strikes = redis.register_script(lua.source("calls/strikes"))

    def join(self, whose: Whose, urgency: Urgency) -> Ticket:
        """Two calls of one line that join at the same moment may get the same place: they go one after the other."""
        line = line_of(whose, urgency)
        with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.hget(self._keys.budget, "serving")
            pipeline.zscore(self._keys.lines, line)
            pipeline.incr(self._keys.tickets)
            serving, last, number = pipeline.execute()
        position = queue_position(urgency, now_serving=int(serving or 0), last=None if last is None else int(last))
        self._redis.zadd(self._keys.lines, {line: position})
        return Ticket(number=f"{number:015}", place=position)

    def ask(self, ticket: Ticket) -> QueueStatus:
        budget = self.budget
        spans = (budget.second_step, budget.minute_step, budget.minute_slack, _LEASE)
        names = [self._keys.budget, self._keys.queue, self._keys.leases, self._keys.lines]
        arguments: list[str | int] = [ticket.number, ticket.place, *map(_microseconds, spans), FORGOTTEN]
        taken, ahead, free = cast("tuple[int, int, bytes]", self._ask(keys=names, args=arguments))
        return QueueStatus(may_go=taken == 1, ahead=ahead, free_in=int(free) / 1e6)

    def read(self) -> BudgetReading:
        """What is left of the budget now, and how many wait for it."""
        with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.time()
            pipeline.hmget(self._keys.budget, ["second", "minute", "quiet"])
            pipeline.zcard(self._keys.queue)
            (seconds, micros), known, waiting = pipeline.execute()
        second, minute, quiet = (int(value or 0) / 1e6 for value in known)
        now = seconds + micros / 1e6
        state = BudgetState(second=second, minute=minute, quiet_until=quiet)
        return BudgetReading(
            egress=self._keys.egress,
            room=state.room(self.budget, now),
            burst=BudgetState().room(self.budget, now),
            waiting=waiting,
            quiet_for=timedelta(seconds=max(quiet - now, 0)),
        )

    def leave(self, ticket: Ticket) -> None:
        with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.zrem(self._keys.queue, ticket.number)
            pipeline.zrem(self._keys.leases, ticket.number)
            pipeline.execute()

    def be_quiet(self, asked: timedelta, jitter: float) -> timedelta:
        names = [self._keys.budget]
        strikes = cast("int", self._strikes(keys=names)) + 1
        quiet = quiet_after(strikes, asked=asked, jitter=jitter)
        spans = (quiet.total_seconds(), FORGET_STRIKES.total_seconds())
        self._quiet(keys=names, args=[_microseconds(spans[0]), strikes, _microseconds(spans[1])])
        return quiet


def _microseconds(seconds: float) -> int:
    return round(seconds * 1_000_000)
