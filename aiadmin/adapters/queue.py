"""The RQ queue of jobs. Every job is only a nudge: the truth is a row, and a sweep finds what a lost nudge left.

Arguments are ids, as JSON: the library's default, pickle, would let whoever writes to Redis run code here.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from redis import Redis, RedisError
from rq import Queue

from aiadmin.adapters.nudge_queues import SERIALIZER, NudgeQueues
from aiadmin.domain.ids import CompanyId, OutboxId
from aiadmin.domain.sync import SyncKind

log = structlog.get_logger(__name__)

JOBS = "jobs"
"""The worker's only queue: with one queue a worker takes jobs without losing any in a crash."""
_COALESCE_MS = 10_000
_DRAIN_COALESCE_MS = 1000
_FAILURE_SECONDS = 3600


@dataclass(frozen=True, kw_only=True)
class _Nudge:
    """A job; the same one is not queued again for a while unless it has begun.

    Attributes:
        may_wait: whether it lets everything else go first.
    """

    function: str
    timeout: int
    may_wait: bool = False


_DELIVER = _Nudge(function="jobs.callbacks.deliver", timeout=35)
_COMPARE = _Nudge(function="jobs.installations.compare", timeout=60)
_DRAIN = _Nudge(function="jobs.webhooks.drain", timeout=60)
_CHECK = _Nudge(function="jobs.checks.run", timeout=170)
_ANSWER = _Nudge(function="jobs.answers.run", timeout=110)
_REPORT = _Nudge(function="jobs.operator.report", timeout=60)
_NEWS = _Nudge(function="jobs.notices.tell_news", timeout=60)
_REMIND = _Nudge(function="jobs.notices.remind", timeout=60)
_RELEASE = _Nudge(function="jobs.release.run", timeout=110)
_SYNCHRONISE = _Nudge(function="jobs.synchronisation.run", timeout=170, may_wait=True)
"""The last page of a slice may wait two minutes for its turn and 20 s for its answer."""


class RqJobQueue:
    """`ports.JobQueue` on RQ. Nudges never raise; equal ones that wait in the queue are one."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._sessions = NudgeQueues(redis)

    def deliver(self, outbox_id: OutboxId) -> None:
        self._send(_DELIVER, outbox_id)

    def compare_installations(self) -> None:
        self._send(_COMPARE)

    def drain_webhooks(self) -> None:
        self._send(_DRAIN)

    def check(self) -> None:
        self._send(_CHECK)

    def answer(self) -> None:
        self._send(_ANSWER)

    def report(self) -> None:
        self._send(_REPORT)

    def tell_news(self) -> None:
        self._send(_NEWS)

    def remind(self) -> None:
        self._send(_REMIND)

    def release(self) -> None:
        self._send(_RELEASE)

    def synchronise(self, company_id: CompanyId, kind: SyncKind) -> None:
        self._send(_SYNCHRONISE, company_id, kind.value)

    def look(self) -> None:
        try:
            self._sessions.look()
        except RedisError as error:
            log.warning("nudge lost", job="look", error=type(error).__name__)

    def delivery_began(self, outbox_id: OutboxId) -> None:
        """From here on a nudge is news again: what the job reads next may already be old when it ends."""
        self._expire(_key(_DELIVER, outbox_id), 0)

    def drain_began(self) -> None:
        """A drain costs a process: under a stream of webhooks one a second is enough, the sweep finds the rest."""
        self._expire(_key(_DRAIN), _DRAIN_COALESCE_MS)

    def check_began(self) -> None:
        """As `delivery_began`."""
        self._expire(_key(_CHECK), 0)

    def answering_began(self) -> None:
        """As `delivery_began`."""
        self._expire(_key(_ANSWER), 0)

    def report_began(self) -> None:
        """As `delivery_began`."""
        self._expire(_key(_REPORT), 0)

    def news_began(self) -> None:
        """As `delivery_began`."""
        self._expire(_key(_NEWS), 0)

    def reminding_began(self) -> None:
        """As `delivery_began`."""
        self._expire(_key(_REMIND), 0)

    def release_began(self) -> None:
        """As `delivery_began`."""
        self._expire(_key(_RELEASE), 0)

    def synchronisation_began(self, company_id: CompanyId, kind: SyncKind) -> None:
        """As `delivery_began`."""
        self._expire(_key(_SYNCHRONISE, company_id, kind.value), 0)

    def _send(self, nudge: _Nudge, *arguments: int | str) -> None:
        try:
            if self._redis.set(_key(nudge, *arguments), 1, nx=True, px=_COALESCE_MS):
                Queue(JOBS, connection=self._redis, serializer=SERIALIZER).enqueue_call(
                    nudge.function,
                    args=arguments,
                    timeout=nudge.timeout,
                    result_ttl=0,
                    failure_ttl=_FAILURE_SECONDS,
                    at_front=not nudge.may_wait,
                )
        except RedisError as error:
            log.warning("nudge lost", job=nudge.function, error=type(error).__name__)

    def _expire(self, key: str, milliseconds: int) -> None:
        try:
            self._redis.pexpire(key, milliseconds)
        except RedisError as error:
            log.warning("nudge not forgotten", error=type(error).__name__)


def _key(nudge: _Nudge, *arguments: int | str) -> str:
    return ":".join(["aiadmin:nudge", nudge.function, *map(str, arguments)])
