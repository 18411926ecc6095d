"""Nudges to the worker and to the session hosts."""

from __future__ import annotations

from typing import Protocol

from aiadmin.domain.ids import CompanyId, OutboxId
from aiadmin.domain.journal.sync_run import SyncKind


class JobQueue(Protocol):
    """Nudges. A lost one is found by the sweep, so `nudge` never raises when Redis is down."""

    def deliver(self, outbox_id: OutboxId) -> None: ...

    def drain_webhooks(self) -> None: ...

    def refetch(self) -> None:
        """Ask a worker to read again what is due."""
        ...

    def plan_change_notices(self) -> None:
        """Ask a worker to plan what follows from what has happened to bookings."""
        ...

    def plan_reminders(self) -> None:
        """Ask a worker to plan what bookings owe about now."""
        ...

    def dispatch_notices(self) -> None:
        """Ask a worker to turn due notices into messages."""
        ...

    def handle_replies(self) -> None:
        """Ask a worker to look at what clients wrote."""
        ...

    def synchronise(self, company_id: CompanyId, kind: SyncKind) -> None:
        """Ask a worker to go on with a run; what somebody waits for comes first."""
        ...

    def report_statuses(self) -> None:
        """Ask a worker to tell YClients what became of its messages."""
        ...

    def compare_installations(self) -> None:
        """Ask a worker to hold our state of installations against YClients'."""
        ...

    def wake_hosts(self) -> None:
        """Ask a session host to look at pairings and devices now."""
        ...
