"""One factory of Redis clients, every timeout spelled out, so that a new redis-py changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from aiadmin.adapters.redis.resting_pool import Cooldown, RestingPool
from aiadmin.domain.errors import DependencyDownError

T = TypeVar("T")

CONNECT_TIMEOUT_SECONDS = 1.0
READ_TIMEOUT_SECONDS = 5.0
IMPATIENT_SECONDS = 0.5
"""The same for what is not worth a wait."""
POOL_SIZE = 50


def make_redis(redis_url: str, *, pool_size: int = POOL_SIZE, read_timeout: float = READ_TIMEOUT_SECONDS) -> Redis:
    """A client for short commands: a Redis that is away is an error within a second, never a hang.

    One that is silent on an old connection costs `read_timeout`: then the command is tried again on a new one. Where
    that is silent, too, all commands fail at once for a while.

    Args:
        pool_size: how many connections it opens at most; who comes beyond waits for one.
    """
    named = options(read_timeout=read_timeout)
    del named["retry"]  # the pool's own
    pool = RestingPool.from_url(
        redis_url, rest=Cooldown(), max_connections=pool_size, timeout=READ_TIMEOUT_SECONDS, **named
    )
    return Redis.from_pool(pool)


def options(*, read_timeout: float = READ_TIMEOUT_SECONDS) -> dict[str, Any]:
    """The keyword arguments of every connection to Redis, whichever library opens it."""
    return {
        "socket_connect_timeout": CONNECT_TIMEOUT_SECONDS,
        "socket_timeout": read_timeout,
        "socket_keepalive": True,
        "health_check_interval": 30,
        "retry": Retry(NoBackoff(), 1),
        "driver_info": None,  # what we run tells nobody, and each connect would read it out of the package's files
    }


def unless_away(ask: Callable[[], T]) -> Callable[[], T | None]:
    """`ask`, with None for an answer while Redis is away: for figures that nothing depends on."""

    def asked() -> T | None:
        try:
            return ask()
        except (RedisError, DependencyDownError):
            return None

    return asked
