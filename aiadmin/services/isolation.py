"""Work on rows of many salons, such that one bad row stops nobody: it is set aside, and all the others are done.

A batch is tried as a whole, in one transaction. When it raises, its rows are tried in halves, down to the one that
raises alone: that one goes into quarantine, is passed by from then on, and tried again by itself with growing pauses.
An outage says nothing about a row: DependencyDownError goes through, and everything waits where it is. So does what
is no `Exception`: the end of a job's time is none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import structlog

from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.quarantine import (
    RETRIES_AT_ONCE,
    RETRY_CLAIM,
    RowKey,
    WorkQueue,
    reason_of,
    retry_after,
)
from aiadmin.services.ports.clock import Clock
from aiadmin.storage.unit_of_work import NewUnitOfWork

log = structlog.get_logger(__name__)
T = TypeVar("T")
R = TypeVar("R")
Keys = Sequence[RowKey]


@dataclass(frozen=True, kw_only=True)
class Isolation:
    """Runs the work of one queue after another.

    Every method raises DependencyDownError when a dependency is away, and nothing else that a row has caused.
    """

    uow: NewUnitOfWork
    clock: Clock

    def batch(self, queue: WorkQueue, do: Callable[[Keys | None], T], *, keys: Callable[[], Keys]) -> Sequence[T]:
        """Do the next batch, whatever is in it; what each piece of it came to.

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
