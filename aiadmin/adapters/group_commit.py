"""Many webhooks, one commit.

A commit costs a disk flush, so a commit per webhook would cap us at a few hundred a second. Requests hand their row
to one writer, which stores whatever has gathered in one statement and one commit; only then do they answer.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from aiadmin.domain.errors import CompanyNotFoundError, DependencyDownError, TooManyWebhooksError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.webhook import NewWebhook
from aiadmin.services.ports import NewUnitOfWork

log = structlog.get_logger(__name__)

MAX_ROWS = 200
MAX_BYTES = 4 * 1024 * 1024
PATIENCE_SECONDS = 20.0
"""Longer than a statement may take, so the writer always answers first."""


class Limits(Protocol):
    """`webhook_limits.WebhookLimits`, as far as it is used here. Never raises."""

    def admit(self, company_id: CompanyId, count: int) -> int: ...

    def wait(self, company_id: CompanyId) -> float: ...


@dataclass(eq=False)
class _Ticket:
    webhook: NewWebhook
    done: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None


class WebhookWriter:
    """`ports.Inbox`: `store` returns when the row is committed.

    The writer is a daemon thread (a greenlet in the web process), started by the first row.
    """

    def __init__(self, uow: NewUnitOfWork, *, limits: Limits, after_commit: Callable[[], None]) -> None:
        self._uow = uow
        self._limits = limits
        self._after_commit = after_commit  # must not raise
        self._waiting: list[_Ticket] = []
        self._arrived = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_closed = False

    def store(self, webhook: NewWebhook) -> None:
        """Return once `webhook` is on disk; a repeat counts as stored.

        Raises:
            CompanyNotFoundError: no such company.
            TooManyWebhooksError: the company has sent its share; nothing was stored.
            DependencyDownError: it could not be stored; the sender must try again.
        """
        ticket = _Ticket(webhook)
        with self._arrived:
            self._waiting.append(ticket)
            if self._thread is None:
                self._thread = threading.Thread(target=self._write_forever, name="webhook-writer", daemon=True)
                self._thread.start()
            self._arrived.notify()
        if not ticket.done.wait(PATIENCE_SECONDS):
            raise DependencyDownError("PostgreSQL")
        if ticket.error is not None:
            raise ticket.error

    def close(self) -> None:
        """Store what waits, then stop."""
        with self._arrived:
            self._is_closed = True
            self._arrived.notify()
        if self._thread is not None:
            self._thread.join(PATIENCE_SECONDS)

    def _write_forever(self) -> None:
        while batch := self._next_batch():
            try:
                self._write(batch)
            except DependencyDownError:
                _refuse(batch)
            except Exception:
                # the top of a thread: the next batch deserves its try
                log.exception("webhooks not stored", count=len(batch))
                _refuse(batch)
            for ticket in batch:
                ticket.done.set()
            self._after_commit()

    def _next_batch(self) -> list[_Ticket]:
        with self._arrived:
            self._arrived.wait_for(lambda: self._waiting or self._is_closed)
            size = batch_size([len(ticket.webhook.body) for ticket in self._waiting])
            batch, self._waiting = self._waiting[:size], self._waiting[size:]
        return batch

    def _write(self, batch: Sequence[_Ticket]) -> None:
        admitted = self._admit(batch)
        if not admitted:
            return
        with self._uow() as work:
            missing = work.webhooks.add_many([ticket.webhook for ticket in admitted])
            work.commit()
        for ticket in admitted:
            if ticket.webhook.company_id in missing:
                ticket.error = CompanyNotFoundError()

    def _admit(self, batch: Sequence[_Ticket]) -> list[_Ticket]:
        """The first of each company that its limit admits; the others are told to wait."""
        came = Counter(ticket.webhook.company_id for ticket in batch)
        left = {company_id: self._limits.admit(company_id, count) for company_id, count in came.items()}
        admitted = []
        for ticket in batch:
            company_id = ticket.webhook.company_id
            if left[company_id] > 0:
                left[company_id] -= 1
                admitted.append(ticket)
            else:
                ticket.error = TooManyWebhooksError(self._limits.wait(company_id))
        return admitted


def _refuse(batch: Sequence[_Ticket]) -> None:
    for ticket in batch:
        ticket.error = DependencyDownError("PostgreSQL")


def batch_size(sizes: Sequence[int]) -> int:
    """How many of the waiting bodies fit one statement: at least one, at most `MAX_ROWS` and `MAX_BYTES`."""
    total = 0
    for position, size in enumerate(sizes[:MAX_ROWS]):
        total += size
        if position and total > MAX_BYTES:
            return position
    return min(len(sizes), MAX_ROWS)
