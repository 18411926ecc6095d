"""The RQ queue of jobs. Every job is only a nudge: the truth is a row, and a sweep finds what a lost nudge left."""

from __future__ import annotations

from typing import cast

import structlog
from redis import Redis, RedisError
from rq import Queue

from aiadmin.adapters.redis import keys
from aiadmin.adapters.redis.host_wakeups import SERIALIZER, HostWakeups
from aiadmin.domain.job import Argument, Job, QueueName
from aiadmin.masking import reason_of

log = structlog.get_logger(__name__)

_COALESCE_MS = 10_000


class RqJobQueue:
    """`ports.jobs.JobQueue` on RQ; equal nudges that wait in the queue are one."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._hosts = HostWakeups(redis)

    def nudge(self, job: Job, *arguments: Argument) -> None:
        """Ask for `job`. Raises TypeError for arguments that it does not take; an outage of Redis is only logged."""
        job.checked(*arguments)
        try:
            if job.value.queue is QueueName.SESSIONS:
                self._hosts.nudge(job, *arguments)
            elif self._redis.set(keys.nudge(job.value.function, *arguments), 1, nx=True, px=_COALESCE_MS):
                self._enqueue(job, *arguments)
        except RedisError as error:
            log.warning("nudge lost", job=job.value.function, error=reason_of(error))

    def depth(self) -> int:
        """How many jobs wait. Raises RedisError."""
        return cast("int", self._redis.llen(f"rq:queue:{QueueName.JOBS}"))

    def began(self, job: Job, *arguments: Argument) -> None:
        """Record that `job` runs. What it reads may be old when it ends, so the next nudge is queued again."""
        if job.value.pause_ms is None:
            return
        try:
            self._redis.pexpire(keys.nudge(job.value.function, *arguments), job.value.pause_ms)
        except RedisError as error:
            log.warning("nudge not forgotten", error=reason_of(error))

    def _enqueue(self, job: Job, *arguments: Argument) -> None:
        definition = job.value
        Queue(definition.queue, connection=self._redis, serializer=SERIALIZER).enqueue_call(
            definition.function,
            args=arguments,
            timeout=definition.timeout,
            result_ttl=0,
            failure_ttl=definition.kept_seconds,
            at_front=not definition.may_wait,
        )
