"""Jobs: the functions that workers may run, one member each, and the only list of them.

A job is a nudge. It says "look now" and carries ids or nothing: the work is in rows that are due, so a job may be
lost or come twice. RQ would import and call any name that is written to Redis; a worker of ours runs what is a
member here, with arguments of the declared types, and refuses everything else (`adapters/redis/own_jobs`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any

from aiadmin.domain.ids import CompanyId, HostName, OutboxId
from aiadmin.domain.journal.sync_run import SyncKind

LARGEST_ID = 2**63 - 1
_HOST_NAME = re.compile(r"[\w.:-]{1,100}", re.ASCII)
Argument = int | str
"""What a job carries, as JSON."""
ArgumentType = Callable[[Any], Argument]
"""An id of `domain.ids`, a HostName, or a StrEnum."""


class QueueName(StrEnum):
    """Where jobs wait."""

    JOBS = "jobs"
    """Of the `worker` processes. There is one: a worker of one queue takes jobs without losing any in a crash."""
    SESSIONS = "sessions"
    """Each `sessions` process has its own."""


@dataclass(frozen=True, kw_only=True)
class JobDefinition:
    """What is to be known of a job to queue it, and to run it.

    Attributes:
        function: dotted; the function of `jobs` under `@job(...)`, as RQ imports it.
        timeout: seconds.
        arguments: the type of each argument.
        may_wait: whether it lets everything else go first.
        kept_seconds: how long a job that failed stays in Redis, to be looked at.
        pause_ms: equal nudges that wait are one. Once the job has begun, the next is queued again after so many
            milliseconds; None where only the time since the nudge counts.
    """

    function: str
    timeout: int
    arguments: tuple[ArgumentType, ...] = ()
    queue: QueueName = QueueName.JOBS
    may_wait: bool = False
    kept_seconds: int = 3600
    pause_ms: int | None = 0

    def takes(self, arguments: object) -> bool:
        """Whether it may be called with `arguments`, whatever they are.

        >>> takes = Job.SYNCHRONISE.value.takes
        >>> takes([1, "full"]), takes([1]), takes(["1", "full"]), takes([1, "all"]), takes("ab"), takes(None)
        (True, False, False, False, False, False)
        """
        if not isinstance(arguments, list | tuple) or len(arguments) != len(self.arguments):
            return False
        return all(_is_of(kind, value) for kind, value in zip(self.arguments, arguments, strict=True))

    def typed(self, arguments: Sequence[Argument]) -> Sequence[Argument]:
        """Arguments that it takes, as its function wants them: names become members of their enums."""
        return [kind(value) for kind, value in zip(self.arguments, arguments, strict=True)]


def is_id(value: object) -> bool:
    """Whether `value` is a number that a column of ids holds.

    >>> is_id(1), is_id(0), is_id(True), is_id("1"), is_id(2**63)
    (True, False, False, False, False)
    """
    return type(value) is int and 0 < value <= LARGEST_ID


def is_host_name(value: object) -> bool:
    """Whether `value` is the name of a `sessions` process, as `session_hosts` keeps it.

    >>> is_host_name("web-1.example:77"), is_host_name(""), is_host_name("a\\n"), is_host_name(7)
    (True, False, False, False)
    """
    return isinstance(value, str) and _HOST_NAME.fullmatch(value) is not None


def _is_of(kind: ArgumentType, value: object) -> bool:
    if kind is HostName:
        return is_host_name(value)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return isinstance(value, str) and value in set(kind)
    return is_id(value)  # an id is a NewType, which is no class


class Job(Enum):
    """Everything that workers may be asked to do."""

    value: JobDefinition

    def checked(self, *arguments: Argument) -> tuple[Argument, ...]:
        """Arguments that it takes. Raises TypeError for others, which is a mistake of ours."""
        if not self.value.takes(arguments):
            raise TypeError(f"{self.name} takes {len(self.value.arguments)} arguments of the types in its definition")
        return arguments

    DELIVER_ACTIVATION = JobDefinition(function="jobs.activations.deliver", timeout=35, arguments=(OutboxId,))
    COMPARE_INSTALLATIONS = JobDefinition(function="jobs.installations.compare", timeout=60, pause_ms=None)
    DRAIN_WEBHOOKS = JobDefinition(function="jobs.webhooks.drain", timeout=60, pause_ms=1000)
    """A drain costs a process: under a stream of webhooks one a second is enough, the sweep finds the rest."""
    REFETCH = JobDefinition(function="jobs.refetches.refetch", timeout=170)
    HANDLE_CHATS = JobDefinition(function="jobs.chat.handle", timeout=110)
    FIND_LOST_WRITES = JobDefinition(function="jobs.chat.find_lost_writes", timeout=110)
    REPORT_STATUSES = JobDefinition(function="jobs.provider.report", timeout=60)
    PLAN_CHANGES = JobDefinition(function="jobs.notices.plan_changes", timeout=60)
    PLAN_REMINDERS = JobDefinition(function="jobs.notices.plan_reminders", timeout=60)
    DISPATCH_NOTICES = JobDefinition(function="jobs.notices.dispatch", timeout=110)
    SYNCHRONISE = JobDefinition(
        function="jobs.sync.synchronise", timeout=170, arguments=(CompanyId, SyncKind), may_wait=True
    )
    """The last page of a slice may wait two minutes for its turn and 20 s for its answer."""
    WAKE_HOSTS = JobDefinition(
        function="jobs.sessions.wake", timeout=30, queue=QueueName.SESSIONS, kept_seconds=1, pause_ms=None
    )
    """Of all `sessions` processes: any may take what has changed."""
    SEND_MESSAGES = JobDefinition(
        function="jobs.sessions.send",
        timeout=30,
        arguments=(HostName,),
        queue=QueueName.SESSIONS,
        kept_seconds=1,
        pause_ms=None,
    )
    """Of the one that holds the device: no other can send its messages."""


def jobs_of(queue: QueueName) -> dict[str, Job]:
    """The jobs that `queue` may hold, by the dotted names of their functions."""
    return {job.value.function: job for job in Job if job.value.queue is queue}
