"""RQ queues. Every job is only a nudge: the truth is a row, and the clock's sweep finds what a lost nudge left.

Arguments are ids, as JSON: the library's default, pickle, would let whoever writes to Redis run code here.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from redis import Redis, RedisError
from rq import Queue

from aiadmin.domain.ids import OutboxId

log = structlog.get_logger(__name__)

JOBS, SESSIONS = "jobs", "sessions"
"""Each queue has one kind of process behind it: with one queue a worker takes jobs without losing any in a crash."""
SERIALIZER = "json"
_COALESCE_MS = 10_000
_LOOK_COALESCE_MS = 250
_DRAIN_COALESCE_MS = 1000
_FAILURE_SECONDS = 3600


@dataclass(frozen=True, kw_only=True)
class _Nudge:
    """A job, and how long the same one is not queued again unless it has begun."""

    queue: str
    function: str
    timeout: int
    coalesce_ms: int = _COALESCE_MS


_DELIVER = _Nudge(queue=JOBS, function="jobs.callbacks.deliver", timeout=35)
_DRAIN = _Nudge(queue=JOBS, function="jobs.webhooks.drain", timeout=60)
_LOOK = _Nudge(queue=SESSIONS, function="jobs.sessions.look", timeout=30, coalesce_ms=_LOOK_COALESCE_MS)


class RqJobQueue:
    """`ports.JobQueue` on RQ. Nudges never raise; equal ones that wait in the queue are one."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def deliver(self, outbox_id: OutboxId) -> None:
        self._send(_DELIVER, outbox_id)

    def drain_webhooks(self) -> None:
        self._send(_DRAIN)

    def look(self) -> None:
        self._send(_LOOK)

    def delivery_began(self, outbox_id: OutboxId) -> None:
        """From here on a nudge is news again: what the job reads next may already be old when it ends."""
        self._expire(_key(_DELIVER, outbox_id), 0)

    def drain_began(self) -> None:
        """A drain costs a process: under a stream of webhooks one a second is enough, the sweep finds the rest."""
        self._expire(_key(_DRAIN), _DRAIN_COALESCE_MS)

    def _send(self, nudge: _Nudge, *arguments: int) -> None:
        try:
            if self._redis.set(_key(nudge, *arguments), 1, nx=True, px=nudge.coalesce_ms):
                Queue(nudge.queue, connection=self._redis, serializer=SERIALIZER).enqueue_call(
                    nudge.function,
                    args=arguments,
                    timeout=nudge.timeout,
                    result_ttl=0,
                    failure_ttl=_FAILURE_SECONDS,
                )
        except RedisError as error:
            log.warning("nudge lost", job=nudge.function, error=type(error).__name__)

    def _expire(self, key: str, milliseconds: int) -> None:
        try:
            self._redis.pexpire(key, milliseconds)
        except RedisError as error:
            log.warning("nudge not forgotten", error=type(error).__name__)


def _key(nudge: _Nudge, *arguments: int) -> str:
    return ":".join(["aiadmin:nudge", nudge.function, *map(str, arguments)])
