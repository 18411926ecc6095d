"""Many webhooks, one commit.

A commit costs a disk flush, so a commit per webhook would cap us at a few hundred a second. Whatever has gathered is
stored in one statement and one commit; only then are requests answered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from aiadmin.adapters.batcher import Batcher
from aiadmin.adapters.redis import keys
from aiadmin.domain.errors import CompanyNotFoundError, TooManyWebhooksError
from aiadmin.domain.journal.webhook import NewWebhook
from aiadmin.storage.connection import STATEMENT_SECONDS

MAX_ROWS = 32
"""While these are with PostgreSQL, those before them are answered: if all who wait were one batch, nothing would be
done meanwhile."""
MAX_BYTES = 4 * 1024 * 1024
PATIENCE_SECONDS = STATEMENT_SECONDS + 5
"""Longer than we wait for a statement, so the writer always answers first: it gives a silent connection up itself."""


class Limits(Protocol):
    """`window_limits.WindowLimits`, as far as it is used here."""

    def admit_each(self, names: Sequence[str]) -> Sequence[float]: ...


class WebhookWriter:
    """`ports.webhooks.WebhookStore`: `store` returns when the row is committed.

    YClients sends every salon's webhooks from few addresses, so the address says nothing: they are limited by salon.
    Only who has shown the salon's key is counted: a stranger cannot use up a salon's share.
    """

    def __init__(
        self,
        add: Callable[[Sequence[NewWebhook]], frozenset[int]],
        *,
        limits: Limits,
        after_commit: Callable[[], None],
    ) -> None:
        """`add` commits what it is given, and returns the companies that do not exist."""
        self._add = add
        self._limits = limits
        self._after_commit = after_commit  # must neither raise nor wait: the next batch does
        self._batcher = Batcher(
            self._serve,
            name="PostgreSQL",
            patience=PATIENCE_SECONDS,
            most=MAX_ROWS,
            weigh=lambda webhook: len(webhook.body),
            most_weight=MAX_BYTES,
        )

    def is_stalled(self, seconds: float) -> bool:
        """Whether the batch in hand has been with PostgreSQL for longer than `seconds`."""
        return self._batcher.is_stalled(seconds)

    def store(self, webhook: NewWebhook) -> None:
        """Return once `webhook` is on disk; a repeat counts as stored.

        Raises:
            CompanyNotFoundError: no such company.
            TooManyWebhooksError: the company has sent its share; nothing was stored.
            DependencyDownError: it could not be stored; the sender must try again.
        """
        self._batcher.ask(webhook)

    def close(self) -> None:
        """Store what waits, then stop."""
        self._batcher.close()

    def _serve(self, batch: Sequence[NewWebhook]) -> Sequence[Exception | None]:
        waits = self._limits.admit_each([keys.webhook_limit(webhook.company_id) for webhook in batch])
        admitted = [webhook for webhook, wait in zip(batch, waits, strict=True) if not wait]
        missing = self._write(admitted) if admitted else frozenset[int]()
        return [
            TooManyWebhooksError(wait) if wait else CompanyNotFoundError() if webhook.company_id in missing else None
            for webhook, wait in zip(batch, waits, strict=True)
        ]

    def _write(self, admitted: Sequence[NewWebhook]) -> frozenset[int]:
        missing = self._add(admitted)
        self._after_commit()
        return missing
