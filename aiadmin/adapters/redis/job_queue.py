"""The RQ queue of jobs. Every job is only a nudge: the truth is a row, and a sweep finds what a lost nudge left.

Arguments are ids, as JSON; which functions a worker runs, and with what, is `job_functions`' alone, for RQ would
import and call any name that somebody writes to Redis (`own_jobs` holds it back).
"""

from __future__ import annotations

import structlog
from redis import Redis, RedisError
from rq import Queue

from aiadmin.adapters.redis import job_functions as functions
from aiadmin.adapters.redis.host_wakeups import SERIALIZER, HostWakeups
from aiadmin.adapters.redis.job_functions import JobFunction
from aiadmin.domain.ids import CompanyId, OutboxId
from aiadmin.domain.journal.sync_run import SyncKind
from aiadmin.masking import reason_of

log = structlog.get_logger(__name__)

JOBS = "jobs"
"""The worker's only queue: with one queue a worker takes jobs without losing any in a crash."""
_COALESCE_MS = 10_000
_DRAIN_COALESCE_MS = 1000


class RqJobQueue:
    """`ports.JobQueue` on RQ. Nudges never raise; equal ones that wait in the queue are one."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._sessions = HostWakeups(redis)

    def deliver(self, outbox_id: OutboxId) -> None:
        self._send(functions.DELIVER, outbox_id)

    def compare_installations(self) -> None:
        self._send(functions.COMPARE)

    def drain_webhooks(self) -> None:
        self._send(functions.DRAIN)

    def refetch(self) -> None:
        self._send(functions.REFETCH)

    def handle_replies(self) -> None:
        self._send(functions.HANDLE_REPLIES)

    def report_statuses(self) -> None:
        self._send(functions.REPORT_STATUSES)

    def plan_change_notices(self) -> None:
        self._send(functions.PLAN_CHANGES)

    def plan_reminders(self) -> None:
        self._send(functions.PLAN_REMINDERS)

    def dispatch_notices(self) -> None:
        self._send(functions.DISPATCH)

    def synchronise(self, company_id: CompanyId, kind: SyncKind) -> None:
        self._send(functions.SYNCHRONISE, company_id, kind.value)

    def wake_hosts(self) -> None:
        try:
            self._sessions.wake_hosts()
        except RedisError as error:
            log.warning("nudge lost", job="look", error=reason_of(error))

    def delivery_began(self, outbox_id: OutboxId) -> None:
        """From here on a nudge is news again: what the job reads next may already be old when it ends."""
        self._expire(_key(functions.DELIVER, outbox_id), 0)

    def drain_began(self) -> None:
        """A drain costs a process: under a stream of webhooks one a second is enough, the sweep finds the rest."""
        self._expire(_key(functions.DRAIN), _DRAIN_COALESCE_MS)

    def refetch_began(self) -> None:
        """As `delivery_began`."""
        self._expire(_key(functions.REFETCH), 0)

    def handling_replies_began(self) -> None:
        """As `delivery_began`."""
        self._expire(_key(functions.HANDLE_REPLIES), 0)

    def report_began(self) -> None:
        """As `delivery_began`."""
        self._expire(_key(functions.REPORT_STATUSES), 0)

    def planning_changes_began(self) -> None:
        """As `delivery_began`."""
        self._expire(_key(functions.PLAN_CHANGES), 0)

    def planning_reminders_began(self) -> None:
        """As `delivery_began`."""
        self._expire(_key(functions.PLAN_REMINDERS), 0)

    def dispatch_began(self) -> None:
        """As `delivery_began`."""
        self._expire(_key(functions.DISPATCH), 0)

    def synchronisation_began(self, company_id: CompanyId, kind: SyncKind) -> None:
        """As `delivery_began`."""
        self._expire(_key(functions.SYNCHRONISE, company_id, kind.value), 0)

    def _send(self, nudge: JobFunction, *arguments: int | str) -> None:
        try:
            if self._redis.set(_key(nudge, *arguments), 1, nx=True, px=_COALESCE_MS):
                Queue(JOBS, connection=self._redis, serializer=SERIALIZER).enqueue_call(
                    nudge.name,
                    args=arguments,
                    timeout=nudge.timeout,
                    result_ttl=0,
                    failure_ttl=nudge.kept_seconds,
                    at_front=not nudge.may_wait,
                )
        except RedisError as error:
            log.warning("nudge lost", job=nudge.name, error=reason_of(error))

    def _expire(self, key: str, milliseconds: int) -> None:
        try:
            self._redis.pexpire(key, milliseconds)
        except RedisError as error:
            log.warning("nudge not forgotten", error=reason_of(error))


def _key(nudge: JobFunction, *arguments: int | str) -> str:
    return ":".join(["aiadmin:nudge", nudge.name, *map(str, arguments)])
