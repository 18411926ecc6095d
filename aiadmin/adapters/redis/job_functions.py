"""Every function that a worker may run, by the dotted name under which RQ finds it: the only list of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiadmin.domain.journal.sync_run import SyncKind

_LARGEST_ID = 2**63 - 1
_Argument = Callable[[object], bool]


def is_id(value: object) -> bool:
    """Whether `value` is a number that a column of ids holds.

    >>> is_id(1), is_id(0), is_id(True), is_id("1"), is_id(2**63)
    (True, False, False, False, False)
    """
    return type(value) is int and 0 < value <= _LARGEST_ID


def is_sync_kind(value: object) -> bool:
    """Whether `value` is the name of a `SyncKind`."""
    return isinstance(value, str) and value in set(SyncKind)


@dataclass(frozen=True, kw_only=True)
class JobFunction:
    """A function of ours that workers run.

    Attributes:
        name: dotted, as RQ imports it.
        timeout: seconds.
        arguments: what each of its arguments must be.
        may_wait: whether it lets everything else go first.
        kept_seconds: how long a job that failed stays in Redis, to be looked at.
    """

    name: str
    timeout: int
    arguments: tuple[_Argument, ...] = ()
    may_wait: bool = False
    kept_seconds: int = 3600

    def takes(self, arguments: object) -> bool:
        """Whether it may be called with `arguments`, as they came out of Redis."""
        if not isinstance(arguments, list | tuple) or len(arguments) != len(self.arguments):
            return False
        return all(is_right(value) for is_right, value in zip(self.arguments, arguments, strict=True))


DELIVER = JobFunction(name="jobs.activations.deliver", timeout=35, arguments=(is_id,))
COMPARE = JobFunction(name="jobs.installations.compare", timeout=60)
DRAIN = JobFunction(name="jobs.webhooks.drain", timeout=60)
REFETCH = JobFunction(name="jobs.refetches.refetch", timeout=170)
HANDLE_REPLIES = JobFunction(name="jobs.chat.handle", timeout=110)
REPORT_STATUSES = JobFunction(name="jobs.provider.report", timeout=60)
PLAN_CHANGES = JobFunction(name="jobs.notices.plan_changes", timeout=60)
PLAN_REMINDERS = JobFunction(name="jobs.notices.plan_reminders", timeout=60)
DISPATCH = JobFunction(name="jobs.dispatch.dispatch", timeout=110)
SYNCHRONISE = JobFunction(name="jobs.sync.synchronise", timeout=170, arguments=(is_id, is_sync_kind), may_wait=True)
"""The last page of a slice may wait two minutes for its turn and 20 s for its answer."""
WAKE = JobFunction(name="jobs.sessions.wake", timeout=30, kept_seconds=1)
"""Of the `sessions` processes: the only job there."""

WORKERS: Mapping[str, JobFunction] = {
    function.name: function
    for function in (
        DELIVER,
        COMPARE,
        DRAIN,
        REFETCH,
        HANDLE_REPLIES,
        REPORT_STATUSES,
        PLAN_CHANGES,
        PLAN_REMINDERS,
        DISPATCH,
        SYNCHRONISE,
    )
}
"""What the queue `jobs` may hold."""
SESSIONS: Mapping[str, JobFunction] = {WAKE.name: WAKE}
"""What the queue of a `sessions` process may hold."""
