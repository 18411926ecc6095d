"""Reports statuses of YClients' own notifications to YClients."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from aiadmin.domain.errors import AiAdminError
from aiadmin.domain.provider.order import Finished, OrderProgress, OrderStatus, after_failure, after_look, next_status
from aiadmin.domain.quarantine import WorkQueue
from aiadmin.domain.yclients.http_answer import HttpAnswer
from aiadmin.services.ports.clock import Clock
from aiadmin.services.ports.secrets import Secrets
from aiadmin.services.ports.yclients import StatusPost
from aiadmin.services.work import ClaimRule, QueueRunner
from aiadmin.storage.unit_of_work import NewUnitOfWork

CLAIM = timedelta(seconds=75)
"""Longer than the job may run: what a killed worker held is found again after it."""
BATCH = 100
_WORK_SECONDS = 30.0
"""No further call is begun after this; one may take ten seconds."""


@dataclass(frozen=True, kw_only=True)
class _PendingStatus:
    """A status to tell of one message, and where."""

    row: OrderProgress
    status: OrderStatus
    url: str = field(repr=False)


def _by_callback(pending: Sequence[_PendingStatus]) -> Mapping[str, Sequence[_PendingStatus]]:
    groups: dict[str, list[_PendingStatus]] = defaultdict(list)
    for one in pending:
        groups[one.url].append(one)
    return groups


@dataclass(frozen=True, kw_only=True)
class StatusReporter:
    """Tells YClients what became of its messages.

    Attributes:
        steady: seconds of a clock that never jumps.
        rng: returns a random number from 0 up to 1, for jitter.
    """

    uow: NewUnitOfWork
    secrets: Secrets
    post: StatusPost
    clock: Clock
    steady: Callable[[], float]
    rng: Callable[[], float]

    def report(self) -> Mapping[str, int]:
        """Report what is due, a batch of one status each to a callback; how many were `told`, `failed`, `refused`.

        At least once: a worker that dies between YClients' answer and our commit tells the status again.

        Raises:
            DependencyDownError: PostgreSQL does not answer; what was claimed is found again.
        """
        until, counts = self.steady() + _WORK_SECONDS, dict.fromkeys(("told", "failed", "refused"), 0)
        claims = ClaimRule[OrderProgress](table=lambda work: work.provider_orders, lasts=CLAIM, batch=BATCH)
        runner = QueueRunner(uow=self.uow, clock=self.clock)
        runner.work_off(
            WorkQueue.PROVIDER_MESSAGES,
            claims,
            partial(self._report_apart, runner, until=until, counts=counts),
            again=partial(self._report, until=until, counts=counts),
            lasts=timedelta(seconds=_WORK_SECONDS),
        )
        return counts

    def _report_apart(
        self, runner: QueueRunner, claimed: Sequence[OrderProgress], *, until: float, counts: dict[str, int]
    ) -> None:
        """What was reported once is not reported again because a row of another callback raises."""
        for url, rows in _by_callback(self._pending(claimed)).items():
            tell = partial(self._post, url, until=until, counts=counts)
            runner.rows(WorkQueue.PROVIDER_MESSAGES, rows, tell, key=lambda one: one.row.row_key)

    def _report(self, claimed: Sequence[OrderProgress], *, until: float, counts: dict[str, int]) -> None:
        for url, rows in _by_callback(self._pending(claimed)).items():
            self._post(url, rows, until=until, counts=counts)

    def _pending(self, claimed: Sequence[OrderProgress]) -> Sequence[_PendingStatus]:
        """Statuses to report; rows whose status is unchanged are postponed."""
        pending: list[_PendingStatus] = []
        now = self.clock()
        with self.uow() as work:
            for row in claimed:
                status, url = next_status(row, now), self._url(row)
                if url is None:
                    lost = Finished(error="the callback cannot be read")
                    work.provider_orders.finish(row.number, lost, failed=False, at=now)
                elif status is None:
                    following = after_look(row, now)
                    work.provider_orders.finish(row.number, following, failed=False, at=now)
                else:
                    pending.append(_PendingStatus(row=row, status=status, url=url))
            work.commit()
        return pending

    def _url(self, row: OrderProgress) -> str | None:
        try:
            return self.secrets.unseal(row.callback or "")
        except AiAdminError:
            return None

    def _post(self, url: str, rows: Sequence[_PendingStatus], *, until: float, counts: dict[str, int]) -> None:
        """One call; a batch that is refused is sent in halves, for one bad row must not silence the others."""
        if self.steady() >= until:
            return  # the claim ends, and they are found again
        answer = self.post.post(url, [(one.row.external_id, one.status) for one in rows])
        if answer.is_success:
            self._count(rows)
            counts["told"] += len(rows)
        elif answer.is_transient or len(rows) == 1:
            self._postpone(rows, answer)
            counts["failed" if answer.is_transient else "refused"] += len(rows)
        else:
            middle = len(rows) // 2
            self._post(url, rows[:middle], until=until, counts=counts)
            self._post(url, rows[middle:], until=until, counts=counts)

    def _count(self, rows: Sequence[_PendingStatus]) -> None:
        now = self.clock()
        by_status: dict[OrderStatus, list[int]] = defaultdict(list)
        for one in rows:
            by_status[one.status].append(one.row.number)
        with self.uow() as work:
            for status, numbers in by_status.items():
                work.provider_orders.mark_reported(numbers, status)
            for one in rows:
                following = after_look(replace(one.row, told=(*one.row.told, one.status)), now)
                work.provider_orders.finish(one.row.number, following, failed=False, at=now)
            work.commit()

    def _postpone(self, rows: Sequence[_PendingStatus], answer: HttpAnswer) -> None:
        now = self.clock()
        with self.uow() as work:
            for one in rows:
                following = after_failure(one.row, answer, now, self.rng())
                work.provider_orders.finish(one.row.number, following, failed=True, at=now)
            work.commit()
