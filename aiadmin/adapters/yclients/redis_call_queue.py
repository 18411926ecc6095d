"""The queue for YClients' budget, shared by the fleet in Redis."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from redis import Redis

from aiadmin.adapters.yclients.call_queue import QueueStatus, Ticket, Whose, line_of
from aiadmin.domain.yclients.call_budget import (
    FORGET_STRIKES,
    FORGOTTEN,
    Budget,
    Urgency,
    queue_position,
    quiet_after,
)

_LEASE = 2.0
"""Seconds in which a waiting call asks again; one that does not is gone, with its process or without."""
_PREFIX = "aiadmin:{yclients}:"

_ASK = """
-- KEYS pace, queue, leases, lines; ARGV ticket, place; in us second step, minute step, slack, lease; forgotten
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now)) do
    redis.call('ZREM', KEYS[2], gone)
    redis.call('ZREM', KEYS[3], gone)
end
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
redis.call('ZADD', KEYS[3], now + ARGV[6], ARGV[1])
local ahead = redis.call('ZRANK', KEYS[2], ARGV[1])
local known = redis.call('HMGET', KEYS[1], 'second', 'minute', 'quiet')
local second, minute, quiet = tonumber(known[1] or 0), tonumber(known[2] or 0), tonumber(known[3] or 0)
local free = math.max(second, minute - ARGV[5], quiet)
local taken = 0
if ahead == 0 and free <= now then
    taken = 1
    redis.call('HSET', KEYS[1], 'second', string.format('%.0f', math.max(second, now) + ARGV[3]),
        'minute', string.format('%.0f', math.max(minute, now) + ARGV[4]), 'serving', ARGV[2])
    redis.call('ZREM', KEYS[2], ARGV[1])
    redis.call('ZREM', KEYS[3], ARGV[1])
    redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', ARGV[2] - ARGV[7])
end
for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, 3600) end
return {taken, ahead, string.format('%.0f', math.max(free - now, 0))}
"""
_QUIET = """
-- KEYS pace; ARGV us to be quiet, strikes, us after which strikes are forgotten
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local until_then = math.max(tonumber(redis.call('HGET', KEYS[1], 'quiet') or 0), now + ARGV[1])
redis.call('HSET', KEYS[1], 'quiet', string.format('%.0f', until_then), 'strikes', ARGV[2],
    'forget', string.format('%.0f', until_then + ARGV[3]))
redis.call('EXPIRE', KEYS[1], 3600)
"""
_STRIKES = """
-- KEYS pace
local time = redis.call('TIME')
local known = redis.call('HMGET', KEYS[1], 'strikes', 'forget')
if not known[1] or tonumber(known[2]) < time[1] * 1000000 + time[2] then return 0 end
return tonumber(known[1])
"""


class RedisCallQueue:
    """The fleet's queue. Every method raises RedisError when Redis is away."""

    def __init__(self, redis: Redis, budget: Budget) -> None:
        self.budget = budget
        self._redis = redis
        self._ask = redis.register_script(_ASK)
        self._quiet = redis.register_script(_QUIET)
        self._strikes = redis.register_script(_STRIKES)

    def join(self, whose: Whose, urgency: Urgency) -> Ticket:
        """Two calls of one line that join at the same moment may get the same place: they go one after the other."""
        line = line_of(whose, urgency)
        with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.hget(_PREFIX + "pace", "serving")
            pipeline.zscore(_PREFIX + "lines", line)
            pipeline.incr(_PREFIX + "tickets")
            serving, last, number = pipeline.execute()
        position = queue_position(urgency, now_serving=int(serving or 0), last=None if last is None else int(last))
        self._redis.zadd(_PREFIX + "lines", {line: position})
        return Ticket(number=f"{number:015}", place=position)

    def ask(self, ticket: Ticket) -> QueueStatus:
        budget = self.budget
        spans = (budget.second_step, budget.minute_step, budget.minute_slack, _LEASE)
        keys = [_PREFIX + name for name in ("pace", "queue", "leases", "lines")]
        arguments: list[str | int] = [ticket.number, ticket.place, *map(_microseconds, spans), FORGOTTEN]
        taken, ahead, free = cast("tuple[int, int, bytes]", self._ask(keys=keys, args=arguments))
        return QueueStatus(may_go=taken == 1, ahead=ahead, free_in=int(free) / 1e6)

    def leave(self, ticket: Ticket) -> None:
        with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.zrem(_PREFIX + "queue", ticket.number)
            pipeline.zrem(_PREFIX + "leases", ticket.number)
            pipeline.execute()

    def be_quiet(self, asked: timedelta, jitter: float) -> timedelta:
        keys = [_PREFIX + "pace"]
        strikes = cast("int", self._strikes(keys=keys)) + 1
        quiet = quiet_after(strikes, asked=asked, jitter=jitter)
        spans = (quiet.total_seconds(), FORGET_STRIKES.total_seconds())
        self._quiet(keys=keys, args=[_microseconds(spans[0]), strikes, _microseconds(spans[1])])
        return quiet


def _microseconds(seconds: float) -> int:
    return round(seconds * 1_000_000)
