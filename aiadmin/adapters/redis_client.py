"""One factory of Redis clients, every timeout spelled out, so that a new redis-py changes nothing."""

from __future__ import annotations

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

CONNECT_TIMEOUT_SECONDS = 1.0
READ_TIMEOUT_SECONDS = 5.0


def make_redis(redis_url: str, *, read_timeout: float = READ_TIMEOUT_SECONDS) -> Redis:
    """A client for short commands: a Redis that is away is an error within a second, never a hang."""
    return Redis.from_url(
        redis_url,
        socket_connect_timeout=CONNECT_TIMEOUT_SECONDS,
        socket_timeout=read_timeout,
        health_check_interval=30,
        max_connections=200,
        retry=Retry(NoBackoff(), 1),
    )
