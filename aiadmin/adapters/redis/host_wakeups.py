"""The private RQ queues of `sessions` processes: a nudge reaches each of them, or the one that is meant.

A process announces its queue again and again; one that fell silent is forgotten, and its queue with it. All keys of a
queue also expire by themselves.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import cast

from redis import Redis
from rq import Queue
from rq.worker_registration import REDIS_WORKER_KEYS, WORKERS_BY_QUEUE_KEY

from aiadmin.adapters.redis import keys
from aiadmin.domain.ids import HostName
from aiadmin.domain.job import Argument, Job, QueueName
from aiadmin.domain.look_schedule import COALESCED_SECONDS

ANNOUNCED_SECONDS = 45
"""RQ's idle worker announces each time its wait for a job ends: every 5 s."""
SERIALIZER = "json"
_KEPT_SECONDS = 60
_COALESCE_MS = int(COALESCED_SECONDS * 1000)


def fresh_queue_name(host: HostName) -> str:
    """A name for the queue of a `sessions` process, and for its worker: RQ refuses one that it remembers."""
    return f"{_prefix(host)}{uuid.uuid4().hex[:8]}"


def _is_covered(job: Job, waiting: Sequence[bytes]) -> bool:
    """Whether a nudge to do `job` waits, by the ids of those that do: who looks at everything looks at messages."""
    return any(one.startswith((job.name.encode(), Job.WAKE_HOSTS.name.encode())) for one in waiting)


def _prefix(host: str) -> str:
    return f"{QueueName.SESSIONS}-{host}-"


class HostWakeups:
    """Every method raises RedisError when Redis does not answer."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def announce(self, name: str) -> None:
        """Record that a process listens to the queue `name`, for the next three quarters of a minute at least."""
        self._redis.zadd(keys.LISTENING, {name: self._now() + ANNOUNCED_SECONDS})

    def withdraw(self, name: str) -> None:
        """Record that no process listens to the queue `name` any more."""
        if self._redis.zrem(keys.LISTENING, name):
            self._clear(name)

    def nudge(self, job: Job, *host: Argument) -> None:
        """Nudge the process `host`, or each where none is named or the one that is does not listen.

        Where a nudge waits, or one went a moment ago, another is not sent: a host looks again so long after each.
        """
        wake = job.value
        with self._redis.pipeline() as pipeline:
            for name in self._free(job, self._meant(*host)):
                queue = self._queue(name)
                queue.enqueue_call(
                    wake.function,
                    args=host,
                    job_id=f"{job.name}-{uuid.uuid4().hex}",
                    timeout=wake.timeout,
                    ttl=_KEPT_SECONDS,
                    result_ttl=0,
                    failure_ttl=wake.kept_seconds,
                    pipeline=pipeline,
                )
                pipeline.expire(queue.key, _KEPT_SECONDS)
            pipeline.execute()

    def _listening(self) -> Sequence[str]:
        now = self._now()
        known = cast("list[tuple[bytes, float]]", self._redis.zrange(keys.LISTENING, 0, -1, withscores=True))
        for name, until in known:
            if until <= now:
                self.withdraw(name.decode())
        return [name.decode() for name, until in known if until > now]

    def _meant(self, *host: Argument) -> Sequence[str]:
        listening = self._listening()
        return [name for name in listening for one in host if name.startswith(_prefix(str(one)))] or listening

    def _free(self, job: Job, names: Sequence[str]) -> Sequence[str]:
        with self._redis.pipeline() as pipeline:
            for name in names:
                pipeline.lrange(self._queue(name).key, 0, -1)
                pipeline.set(keys.host_nudge(name, job.value.function), 1, nx=True, px=_COALESCE_MS)
            answers = pipeline.execute()
        waiting, is_first = answers[::2], answers[1::2]
        found = zip(names, waiting, is_first, strict=True)
        return [name for name, ids, first in found if first and not _is_covered(job, ids)]

    def _clear(self, name: str) -> None:
        """RQ leaves the traces of a queue to its next worker, and this one has none."""
        queue = self._queue(name)
        queue.delete()
        registries = (queue.started_job_registry, queue.failed_job_registry)
        workers = WORKERS_BY_QUEUE_KEY % name
        for worker in cast("set[bytes]", self._redis.smembers(workers)):
            self._redis.srem(REDIS_WORKER_KEYS, worker)
        self._redis.delete(queue.intermediate_queue_key, workers, *(registry.key for registry in registries))

    def _queue(self, name: str) -> Queue:
        return Queue(name, connection=self._redis, serializer=SERIALIZER)

    def _now(self) -> int:
        """The time of Redis: processes may run on machines whose clocks differ."""
        return cast("tuple[int, int]", self._redis.time())[0]
