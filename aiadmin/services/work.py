"""Work queues: rows of many salons that are due, worked off by any number of workers, so that one bad row stops none.

There are two kinds. Where the work is in PostgreSQL alone, a batch is claimed and done in one transaction (`drain`).
Where others are called, rows are claimed for some minutes, done without a transaction, and finished or postponed
(`work_off`); a claim whose worker died runs out by itself.

A batch is tried as a whole, in one transaction. When it raises, its rows are tried in halves, down to the one that
raises alone: that one goes into quarantine, is passed by from then on, and tried again by itself with growing pauses.
An outage says nothing about a row: DependencyDownError goes through, and everything waits where it is. So does what
is no `Exception`: the end of a job's time is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Generic, Protocol, TypeVar

import structlog

from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.journal.sync_run import SLICE
from aiadmin.domain.quarantine import (
    RETRIES_AT_ONCE,
    RETRY_CLAIM,
    RowKey,
    WorkQueue,
    reason_of,
    retry_after,
)
from aiadmin.services.ports.clock import Clock
from aiadmin.storage.unit_of_work import NewUnitOfWork, UnitOfWork

log = structlog.get_logger(__name__)
T = TypeVar("T")
R = TypeVar("R")
Keys = Sequence[RowKey]

MOST_BATCHES = 100
"""In one job, so that others have a turn."""
LOOKED_THROUGH = 50
"""So many rows at least are tried apart when a claim raises."""


class Row(Protocol):
    """A claimed row of a queue."""

    @property
    def row_key(self) -> RowKey: ...


RowT = TypeVar("RowT", bound=Row)
RowT_co = TypeVar("RowT_co", bound=Row, covariant=True)


class QueueTable(Protocol[RowT_co]):
    """What the repository of a queue has whose rows are claimed for a while."""

    def claim(self, *, now: datetime, until: datetime, limit: int, only: Keys | None = None) -> Sequence[RowT_co]:
        """Claim rows that are due, the longest due first, until `until`.

        `only` names the rows to claim, also those that are claimed already.
        """
        ...

    def due_keys(self, now: datetime, *, limit: int) -> Keys:
        """Of the rows that `claim` would take, found without looking into them."""
        ...


@dataclass(frozen=True, kw_only=True)
class ClaimRule(Generic[RowT]):
    """How the rows of a queue are claimed.

    Attributes:
        table: the queue's repository.
        lasts: how long a claimed row is ours; longer than its work takes.
        batch: how many rows at most are claimed at once.
    """

    table: Callable[[UnitOfWork], QueueTable[RowT]]
    lasts: timedelta
    batch: int


@dataclass(frozen=True, kw_only=True)
class QueueRunner:
    """Works queues off. What was set aside and is due again goes before all else.

    Every method raises DependencyDownError when a dependency is away, and nothing else that a row has caused.
    """

    uow: NewUnitOfWork
    clock: Clock

    def drain(
        self,
        queue: WorkQueue,
        do: Callable[[Keys | None], int],
        *,
        keys: Callable[[], Keys],
        batch: int,
        most: int = MOST_BATCHES,
    ) -> int:
        """Do batch after batch, each in one transaction, until one comes back short; how many rows there were.

        Args:
            do, keys: as for `batch`; `do` says how many rows it had.
            batch: the most that `do` takes at once.
            most: batches of one job.
        """
        total = sum(self.retry(queue, do))
        for _ in range(most):
            done = self.batch(queue, do, keys=keys)
            total += sum(done)
            if len(done) == 1 and done[0] < batch:
                break
        return total

    def work_off(
        self,
        queue: WorkQueue,
        claims: ClaimRule[RowT],
        do: Callable[[Sequence[RowT]], T],
        *,
        again: Callable[[Sequence[RowT]], T] | None = None,
        lasts: timedelta = SLICE,
        is_to_retry: bool = True,
    ) -> Sequence[T]:
        """Claim rows and do them for a slice of time, the longest due first; what each piece came to.

        Args:
            do: handles claimed rows; for what others do not take it postpones a row instead of raising.
            again: handles a row that was set aside; `do` when not given.
            lasts: nothing is claimed any more after so long.
            is_to_retry: False where it is known that nothing that was set aside is due again.
        """
        retry = partial(self._claim_and, again or do, claims)
        done = [one for piece in self.retry(queue, retry) for one in piece] if is_to_retry else []
        ends = self.clock() + lasts
        while self.clock() < ends:
            pieces = self.batch(queue, partial(self._claim, claims), keys=partial(self._keys, claims))
            if len(pieces) == 1 and not pieces[0]:
                break
            for rows in pieces:
                done += self.rows(queue, rows, do, key=lambda row: row.row_key)
        return done

    def _claim_and(self, do: Callable[[Sequence[RowT]], T], claims: ClaimRule[RowT], only: Keys) -> Sequence[T]:
        """Nothing for a row that is not there any more."""
        rows = self._claim(claims, only)
        return [do(rows)] if rows else []

    def _claim(self, claims: ClaimRule[RowT], only: Keys | None) -> Sequence[RowT]:
        now = self.clock()
        with self.uow() as work:
            rows = claims.table(work).claim(now=now, until=now + claims.lasts, limit=claims.batch, only=only)
            work.commit()
        return rows

    def _keys(self, claims: ClaimRule[RowT]) -> Keys:
        with self.uow() as work:
            return claims.table(work).due_keys(self.clock(), limit=max(claims.batch, LOOKED_THROUGH))

    def batch(self, queue: WorkQueue, do: Callable[[Keys | None], T], *, keys: Callable[[], Keys]) -> Sequence[T]:
        """Do the next batch of any rows; what each piece of it came to.

        Args:
            do: handles the rows of these keys, or for None the next ones of the queue, in one transaction; rows
                that are not there any more are none of its business.
            keys: of the rows that `do(None)` would take, found without looking into them.
        """
        try:
            return [do(None)]
        except DependencyDownError:
            raise
        except Exception as error:  # noqa: BLE001 - whichever row it was, the others are done
            log.warning("a batch raised, its rows are tried apart", queue=queue.value, reason=reason_of(error))
        return self.each(queue, keys(), do)

    def each(self, queue: WorkQueue, keys: Keys, do: Callable[[Keys], T]) -> Sequence[T]:
        """Do these rows: together, or when that raises in halves; what each piece came to."""
        if not keys:
            return []
        try:
            return [do(keys)]
        except DependencyDownError:
            raise
        except Exception as error:  # noqa: BLE001 - see above
            if len(keys) == 1:
                self.set_aside(queue, keys[0], error)
                return []
        middle = len(keys) // 2
        return [*self.each(queue, keys[:middle], do), *self.each(queue, keys[middle:], do)]

    def rows(
        self, queue: WorkQueue, rows: Sequence[R], do: Callable[[Sequence[R]], T], *, key: Callable[[R], RowKey]
    ) -> Sequence[T]:
        """As `each`, for rows that were claimed and read already; `key` names one."""
        by_key = {key(row): row for row in rows}
        return self.each(queue, list(by_key), lambda keys: do([by_key[one] for one in keys]))

    def retry(self, queue: WorkQueue, do: Callable[[Keys], T]) -> Sequence[T]:
        """Try again what was set aside and is due, row by row; what is done now leaves the quarantine."""
        now = self.clock()
        done: list[T] = []
        with self.uow() as work:
            due = work.quarantine.claim_due(queue, now=now, until=now + RETRY_CLAIM, limit=RETRIES_AT_ONCE)
            work.commit()
        for row in due:
            done += self.one(queue, row, do)
        return done

    def one(self, queue: WorkQueue, row: RowKey, do: Callable[[Keys], T]) -> Sequence[T]:
        """Do a row by itself; when it is done it is set aside no longer, if it was."""
        done = self.each(queue, [row], do)
        if done:
            with self.uow() as work:
                was_set_aside = work.quarantine.release(queue, row)
                work.commit()
            if was_set_aside:
                log.info("row done after all", queue=queue.value, company_id=row.company_id, row=row.key)
        return done

    def set_aside(self, queue: WorkQueue, row: RowKey, error: Exception) -> None:
        """Have the queue pass the row by until it is tried again."""
        now, reason = self.clock(), reason_of(error)
        with self.uow() as work:
            attempts = work.quarantine.set_aside(queue, row, reason=reason, at=now)
            wait = retry_after(attempts)
            work.quarantine.schedule(queue, row, None if wait is None else now + wait)
            work.commit()
        facts = {"queue": queue.value, "company_id": row.company_id, "row": row.key, "reason": reason}
        log.error("row set aside", attempts=attempts, is_last=wait is None, **facts)
