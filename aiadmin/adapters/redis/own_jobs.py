"""RQ restricted to our own jobs. Whoever writes to Redis must not run code in a worker, where all secrets are.

RQ itself imports and calls any dotted name that a job's hash holds: the function, and three callbacks. It posts to a
job's webhooks, repeats and retries it, and takes commands from a channel. None of it is needed: a job here is one of
`domain.job` with ids for arguments, and everything else is refused before it is read.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog
from redis import Redis, ResponseError
from rq import Queue
from rq.exceptions import DequeueTimeout, NoSuchJobError
from rq.job import Job as RqJob
from rq.utils import import_attribute

from aiadmin.adapters.metrics import counters
from aiadmin.domain.job import Argument, Job, QueueName, jobs_of
from aiadmin.domain.metrics import Metric

log = structlog.get_logger(__name__)

DEQUEUE_SECONDS = 5
"""How long one wait for a job lasts; a connection that is silent for a little longer is given up."""
_GRACE_SECONDS = 3
_MAX_BYTES = 4096
_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_READ = frozenset({"data", "origin", "created_at", "enqueued_at", "started_at", "status"})
"""The fields of a job's hash that are read. What RQ keeps of how long things last comes from `domain.job`."""
_IGNORED = frozenset(
    {"description", "ended_at", "last_heartbeat", "worker_name", "timeout", "result_ttl", "failure_ttl", "ttl"}
    | {"enqueue_at_front", "success_callback_timeout", "failure_callback_timeout", "stopped_callback_timeout"}
)


class RefusedJobError(NoSuchJobError):
    """A job that is none of ours: to RQ, one that does not exist."""


def read_call(raw: bytes, allowed: Mapping[str, Job]) -> tuple[Job, Sequence[Argument]]:
    """The job that `data` names, and its arguments.

    Raises:
        RefusedJobError: the message says what is wrong, and holds nothing of what was sent.
    """
    try:
        name, instance, arguments, keywords = json.loads(_inflated(raw))
    except (ValueError, TypeError, RecursionError, zlib.error):
        raise RefusedJobError("it is not JSON of a call") from None
    job = allowed.get(name) if isinstance(name, str) else None
    if job is None:
        raise RefusedJobError("its function is none of ours")
    if instance is not None or keywords != {} or not job.value.takes(arguments):
        raise RefusedJobError("its arguments are not what the function takes")
    return job, job.value.typed(arguments)


def _inflated(raw: bytes) -> bytes:
    """At most so much as a job of ours may hold: a few bytes can be made to inflate to gigabytes."""
    inflater = zlib.decompressobj()
    data = inflater.decompress(raw, _MAX_BYTES)
    if inflater.unconsumed_tail:
        raise RefusedJobError("it is too long")
    return data


class OwnJob(RqJob):
    """A job that can only be one of `allowed`; of its hash nothing else is believed."""

    allowed: Mapping[str, Job] = {}

    def restore(self, raw_data: Mapping[bytes, bytes]) -> None:
        """Take over what Redis holds. Raises RefusedJobError, and removes it, when it is none of ours."""
        stored = {name.decode(errors="replace"): value for name, value in raw_data.items()}
        if "data" not in stored:
            raise NoSuchJobError
        try:
            job, arguments = self._checked(stored)
        except RefusedJobError as refused:
            log.warning("job refused", job_id=self.id, why=str(refused))
            self.connection.delete(self.key)
            counters.count_at_once(self.connection, Metric.JOBS_REFUSED)
            raise
        definition = job.value
        self._definition = definition
        self._func_name, self._instance = definition.function, None
        self._args, self._kwargs = list(arguments), {}
        self.description = definition.function
        self.timeout, self.result_ttl, self.failure_ttl = definition.timeout, 0, definition.kept_seconds

    def _checked(self, stored: Mapping[str, bytes]) -> tuple[Job, Sequence[Argument]]:
        extra = sorted(name for name, value in stored.items() if value and name not in _READ | _IGNORED)
        if extra:
            raise RefusedJobError(f"it asks for more than a call ({len(extra)} fields)")
        job, arguments = read_call(stored["data"], self.allowed)
        try:
            super().restore({name.encode(): stored[name] for name in _READ & stored.keys()})
        except (ValueError, TypeError, OverflowError):
            raise RefusedJobError("its times or its state are none") from None
        return job, arguments

    @property
    def func(self) -> Callable[..., object]:
        """The function, by our own name of it."""
        found: Callable[..., object] = import_attribute(self._definition.function)
        return found


class WorkersJob(OwnJob):
    """A job of the queue `jobs`."""

    allowed = jobs_of(QueueName.JOBS)


class SessionsJob(OwnJob):
    """A job of a `sessions` process."""

    allowed = jobs_of(QueueName.SESSIONS)


class OwnQueue(Queue):
    """A queue from which only job ids are taken, and in which nothing that was refused stays behind."""

    @classmethod
    def lmove(cls, connection: Redis, queue_key: str, timeout: int | None) -> Any:
        """As RQ's: the next id, moved to where it can be found again."""
        moved = super().lmove(connection, queue_key, timeout)
        if moved is None or _ID.fullmatch(moved[1].decode(errors="replace")):
            return moved
        _forget(connection, queue_key, moved[1])
        log.warning("job refused", why="its id is none")
        raise DequeueTimeout(timeout, queue_key)

    @classmethod
    def _fetch_dequeued_job(
        cls, connection: Redis, queue_key: str, job_id: str, *more: Any, **named: Any
    ) -> tuple[RqJob, Queue] | None:
        try:
            found = super()._fetch_dequeued_job(connection, queue_key, job_id, *more, **named)
        except ResponseError:
            found = None  # the key holds something else than a hash
        if found is None:
            _forget(connection, queue_key, job_id)
        return found


def _forget(connection: Redis, queue_key: str, job_id: str | bytes) -> None:
    connection.lrem(f"{queue_key}:intermediate", 1, job_id)  # type: ignore[arg-type]


class OwnJobsOnly:
    """A mixin for RQ's workers: nobody commands them through Redis, and none waits long for a silent Redis.

    RQ's channel of commands (stop, kill, shutdown) is not listened to, `rq suspend` is not looked at, and groups,
    which hold no jobs of ours, are not tidied.
    """

    queue_class = OwnQueue
    dequeue_timeout = DEQUEUE_SECONDS
    connection_timeout = DEQUEUE_SECONDS + _GRACE_SECONDS

    def subscribe(self) -> None:
        """Never suspend: RQ's command to do so is ignored."""

    def check_for_suspension(self, burst: bool) -> None:
        """Never suspended: `python -m aiadmin messages pause` is our way."""

    def clean_group_registries(self) -> None:
        """There are none."""
