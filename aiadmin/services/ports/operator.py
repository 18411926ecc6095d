"""What the services need for messages that YClients gives us to send."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from aiadmin.domain.ids import CompanyId, MessageId
from aiadmin.domain.provider.order import Next, OrderProgress, OrderStatus
from aiadmin.domain.quarantine import RowKey
from aiadmin.domain.yclients.http_answer import HttpAnswer


class ProviderOrders(Protocol):
    """Rows of `operator_messages`."""

    def add_many(
        self,
        company_id: CompanyId,
        messages: Mapping[str, MessageId],
        *,
        callback: str | None,
        look_at: datetime | None,
        at: datetime,
    ) -> Mapping[str, int]:
        """Keep that YClients gave us these messages, by its ids, to be looked at from `look_at` on; our numbers."""
        ...

    def find_many(self, company_id: CompanyId, external_ids: Collection[str]) -> Mapping[str, int]:
        """Our numbers of those that YClients gave us before."""
        ...

    def opted_out(self, company_id: CompanyId, phones: Collection[str]) -> frozenset[str]:
        """Of these phones the ones whose owners want no adverts."""
        ...

    def claim(
        self, *, now: datetime, until: datetime, limit: int, only: Sequence[RowKey] | None = None
    ) -> Sequence[OrderProgress]:
        """Take what has to be looked at, oldest first; nobody else gets it before `until`.

        `only` names the rows to take, whoever has claimed them before.
        """
        ...

    def due_keys(self, now: datetime, *, limit: int) -> Sequence[RowKey]:
        """Of the rows that `claim` would take."""
        ...

    def mark_reported(self, numbers: Collection[int], status: OrderStatus) -> None:
        """YClients knows this status of these now; failures before that are forgotten."""
        ...

    def finish(self, number: int, following: Next, *, failed: bool, at: datetime) -> None:
        """Let go of a claimed row; `failed` counts an attempt. A finished one forgets where to tell."""
        ...

    def has_due(self, now: datetime) -> bool: ...

    def last_order_at(self, company_id: CompanyId) -> datetime | None: ...


class StatusPost(Protocol):
    """Where statuses go. Never raises for what the network or YClients does: the answer says it."""

    def post(self, url: str, statuses: Sequence[tuple[str, OrderStatus]]) -> HttpAnswer:
        """Tell YClients these statuses of its ids at `url`, which was allowed before."""
        ...
