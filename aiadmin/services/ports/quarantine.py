"""What the services need to keep of rows that were set aside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.quarantine import QuarantinedRow, RowKey, WorkQueue


class Quarantine(Protocol):
    """Rows of `quarantine`."""

    def set_aside(self, queue: WorkQueue, row: RowKey, *, reason: str, at: datetime) -> int:
        """Have the queue pass `row` by; how often it was set aside by now. 0 when its company is gone, and it too."""
        ...

    def schedule(self, queue: WorkQueue, row: RowKey, next_attempt_at: datetime | None) -> None:
        """When `row` is tried again; never by itself for None."""
        ...

    def claim_due(self, queue: WorkQueue, *, now: datetime, until: datetime, limit: int) -> Sequence[RowKey]:
        """Rows to try again now, the longest due first; nobody else gets them before `until`."""
        ...

    def due_queues(self, now: datetime) -> frozenset[WorkQueue]:
        """The queues with rows to try again."""
        ...

    def release(self, queue: WorkQueue, row: RowKey) -> bool:
        """The row was handled; whether it was set aside before."""
        ...

    def listed(
        self, *, queue: WorkQueue | None, company_id: CompanyId | None, limit: int
    ) -> Sequence[QuarantinedRow]:
        """What is set aside, the longest first."""
        ...

    def retry(self, *, queue: WorkQueue | None, company_id: CompanyId | None, at: datetime) -> int:
        """Make rows due, and count their attempts anew; how many."""
        ...

    def forget(self, before: datetime) -> int:
        """Drop the marks of rows that wait for a human since `before`: the queue meets those once more."""
        ...
