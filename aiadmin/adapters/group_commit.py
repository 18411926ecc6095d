"""Many webhooks, one commit.

A commit costs a disk flush, so a commit per webhook would cap us at a few hundred a second. Requests hand their row
to one writer, which stores whatever has gathered in one statement and one commit; only then do they answer.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from aiadmin.adapters.redis.webhook_limits import WebhookShare
from aiadmin.domain.errors import CompanyNotFoundError, DependencyDownError, TooManyWebhooksError
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.webhook import NewWebhook
from aiadmin.storage.connection import STATEMENT_SECONDS
from aiadmin.storage.unit_of_work import NewUnitOfWork

log = structlog.get_logger(__name__)

MAX_ROWS = 200
MAX_BYTES = 4 * 1024 * 1024
PATIENCE_SECONDS = STATEMENT_SECONDS + 5
"""Longer than we wait for a statement, so the writer always answers first: it gives a silent connection up itself."""


class Limits(Protocol):
    """`webhook_limits.WebhookLimits`, as far as it is used here."""

    def admit(self, asked: Mapping[CompanyId, int]) -> Mapping[CompanyId, WebhookShare]: ...


@dataclass(eq=False, slots=True)
class PendingWrite:
    """A webhook on its way to the disk, and what became of it."""

    webhook: NewWebhook
    done: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None


class WebhookWriter:
    """`ports.webhooks.WebhookStore`: `store` returns when the row is committed.

    The writer is a daemon thread (a greenlet in the web process), started by the first row.
    """

    def __init__(self, uow: NewUnitOfWork, *, limits: Limits, after_commit: Callable[[], None]) -> None:
        self._uow = uow
        self._limits = limits
        self._after_commit = after_commit  # must neither raise nor wait: the next batch does
        self._waiting: deque[PendingWrite] = deque()
        self._arrived, self._closed = threading.Event(), threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._writes_since: float | None = None

    def is_stalled(self, seconds: float) -> bool:
        """Whether the batch in hand has been with PostgreSQL for longer than `seconds`."""
        since = self._writes_since
        return since is not None and time.monotonic() - since > seconds

    def store(self, webhook: NewWebhook) -> None:
        """Return once `webhook` is on disk; a repeat counts as stored.

        Raises:
            CompanyNotFoundError: no such company.
            TooManyWebhooksError: the company has sent its share; nothing was stored.
            DependencyDownError: it could not be stored; the sender must try again.
        """
        ticket = PendingWrite(webhook)
        self._waiting.append(ticket)
        self._arrived.set()
        if self._thread is None:
            self._start()
        if not ticket.done.wait(PATIENCE_SECONDS):
            raise DependencyDownError("PostgreSQL")
        if ticket.error is not None:
            raise ticket.error

    def close(self) -> None:
        """Store what waits, then stop."""
        self._closed.set()
        self._arrived.set()
        if self._thread is not None:
            self._thread.join(PATIENCE_SECONDS)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._write_forever, name="webhook-writer", daemon=True)
                self._thread.start()

    def _write_forever(self) -> None:
        is_last = False
        while not is_last:
            self._arrived.wait()
            self._arrived.clear()
            is_last = self._closed.is_set()
            while self._waiting:  # after the clearing: what comes later wakes us again
                self._serve(take_batch(self._waiting))

    def _serve(self, batch: Sequence[PendingWrite]) -> None:
        self._writes_since = time.monotonic()
        try:
            self._write(self._admit(batch))
        except DependencyDownError as error:
            log.warning("webhooks not stored", count=len(batch), error=str(error))
            _refuse(batch)
        except Exception:
            # the top of a thread: the next batch deserves its try
            log.exception("webhooks not stored", count=len(batch))
            _refuse(batch)
        finally:
            self._writes_since = None
        for ticket in batch:
            ticket.done.set()

    def _write(self, admitted: Sequence[PendingWrite]) -> None:
        if not admitted:
            return
        with self._uow() as work:
            missing = work.webhooks.add_many([ticket.webhook for ticket in admitted])
            work.commit()
        for ticket in admitted:
            if ticket.webhook.company_id in missing:
                ticket.error = CompanyNotFoundError()
        self._after_commit()

    def _admit(self, batch: Sequence[PendingWrite]) -> list[PendingWrite]:
        """The first writes of each company that its limit admits; the others have to wait."""
        shares = self._limits.admit(Counter(ticket.webhook.company_id for ticket in batch))
        left = {company_id: share.admitted for company_id, share in shares.items()}
        admitted = []
        for ticket in batch:
            company_id = ticket.webhook.company_id
            left[company_id] -= 1
            if left[company_id] >= 0:
                admitted.append(ticket)
            else:
                ticket.error = TooManyWebhooksError(shares[company_id].wait_seconds)
        return admitted


def _refuse(batch: Sequence[PendingWrite]) -> None:
    for ticket in batch:
        ticket.error = DependencyDownError("PostgreSQL")


def take_batch(waiting: deque[PendingWrite]) -> list[PendingWrite]:
    """The first that fit one statement: at least one, at most `MAX_ROWS` and `MAX_BYTES`."""
    batch: list[PendingWrite] = []
    size = 0
    while waiting and len(batch) < MAX_ROWS:
        size += len(waiting[0].webhook.body)
        if batch and size > MAX_BYTES:
            break
        batch.append(waiting.popleft())
    return batch
