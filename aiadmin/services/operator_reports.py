"""What became of YClients' own notifications, told to YClients."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from aiadmin.domain.activation import Answer
from aiadmin.domain.errors import AiAdminError
from aiadmin.domain.operator import Finished, Progress, Status, after_failure, after_look, next_status
from aiadmin.services.ports import Clock, NewUnitOfWork, Secrets
from aiadmin.services.ports.operator import StatusPost

CLAIM = timedelta(seconds=75)
"""Longer than the job may run: what a killed worker held is found again after it."""
BATCH = 100
_WORK_SECONDS = 30.0
"""No further call is begun after this; one may take ten seconds."""


@dataclass(frozen=True, kw_only=True)
class Reporter:
    """Tells YClients what became of its messages.

    Attributes:
        steady: seconds of a clock that never jumps.
        chance: a random number from 0 up to 1, for jitter.
    """

    uow: NewUnitOfWork
    secrets: Secrets
    post: StatusPost
    clock: Clock
    steady: Callable[[], float]
    chance: Callable[[], float]

    def report(self) -> Mapping[str, int]:
        """Tell what is due, a batch of one status each to a callback; how many were `told`, `failed`, `refused`.

        At least once: a worker that dies between YClients' answer and our commit tells the status again.

        Raises:
            DependencyDownError: PostgreSQL does not answer; what was claimed is found again.
        """
        until, counts = self.steady() + _WORK_SECONDS, dict.fromkeys(("told", "failed", "refused"), 0)
        while self.steady() < until and (claimed := self._claim()):
            for url, rows in self._by_callback(claimed).items():
                self._tell(url, rows, until, counts)
        return counts

    def _claim(self) -> Sequence[Progress]:
        now = self.clock()
        with self.uow() as work:
            claimed = work.operator_messages.claim(now=now, until=now + CLAIM, limit=BATCH)
            work.commit()
        return claimed

    def _by_callback(self, claimed: Sequence[Progress]) -> Mapping[str, list[tuple[Progress, Status]]]:
        """What there is to tell, by address; rows without news are put off."""
        groups: dict[str, list[tuple[Progress, Status]]] = defaultdict(list)
        now = self.clock()
        with self.uow() as work:
            for row in claimed:
                status, url = next_status(row, now), self._url(row)
                if url is None:
                    lost = Finished(error="the callback cannot be read")
                    work.operator_messages.settle(row.number, lost, failed=False, at=now)
                elif status is None:
                    following = after_look(row, now)
                    work.operator_messages.settle(row.number, following, failed=False, at=now)
                else:
                    groups[url].append((row, status))
            work.commit()
        return groups

    def _url(self, row: Progress) -> str | None:
        try:
            return self.secrets.unseal(row.callback or "")
        except AiAdminError:
            return None

    def _tell(self, url: str, rows: Sequence[tuple[Progress, Status]], until: float, counts: dict[str, int]) -> None:
        """One call; a batch that is refused is told in halves, for one bad row must not silence the others."""
        if self.steady() >= until:
            return  # the claim ends, and they are found again
        answer = self.post.post(url, [(row.external_id, status) for row, status in rows])
        if answer.is_success:
            self._note(rows)
            counts["told"] += len(rows)
        elif answer.is_transient or len(rows) == 1:
            self._put_off(rows, answer)
            counts["failed" if answer.is_transient else "refused"] += len(rows)
        else:
            middle = len(rows) // 2
            self._tell(url, rows[:middle], until, counts)
            self._tell(url, rows[middle:], until, counts)

    def _note(self, rows: Sequence[tuple[Progress, Status]]) -> None:
        now = self.clock()
        by_status: dict[Status, list[int]] = defaultdict(list)
        for row, status in rows:
            by_status[status].append(row.number)
        with self.uow() as work:
            for status, numbers in by_status.items():
                work.operator_messages.told(numbers, status)
            for row, status in rows:
                following = after_look(replace(row, told=(*row.told, status)), now)
                work.operator_messages.settle(row.number, following, failed=False, at=now)
            work.commit()

    def _put_off(self, rows: Sequence[tuple[Progress, Status]], answer: Answer) -> None:
        now = self.clock()
        with self.uow() as work:
            for row, _ in rows:
                following = after_failure(row, answer, now, self.chance())
                work.operator_messages.settle(row.number, following, failed=True, at=now)
            work.commit()
