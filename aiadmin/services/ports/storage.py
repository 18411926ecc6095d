"""What the services need to keep of companies and of what is owed, and the transaction around all of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from aiadmin.domain.companies.company import Company, IntegrationStatus, NewCompany, Stats
from aiadmin.domain.companies.outbox import OutboxKind, OutboxRow, OutboxState
from aiadmin.domain.ids import CompanyId, OutboxId, SalonId
from aiadmin.domain.journal.webhook import NewWebhook, StoredWebhook, UnderstoodWebhook
from aiadmin.domain.quarantine import RowKey
from aiadmin.services.ports.audit import Audit
from aiadmin.services.ports.calls import Calls
from aiadmin.services.ports.fleet import Devices, Hosts, SessionEvents
from aiadmin.services.ports.installations import Installations
from aiadmin.services.ports.journal import BookingEvents, HeardPhones, Journal, Records, Refetches, SyncRuns
from aiadmin.services.ports.messages import Contacts, InboxMessages, MessageLog, OutboxMessages
from aiadmin.services.ports.notices import Notices
from aiadmin.services.ports.operator import ProviderOrders
from aiadmin.services.ports.preferences import MessageSettingsStore
from aiadmin.services.ports.privacy import Privacy
from aiadmin.services.ports.quarantine import Quarantine
from aiadmin.services.ports.questions import Questions, UnhandledMessages
from aiadmin.services.ports.releases import DueNotices
from aiadmin.services.ports.salon_facts import SalonFactsStore
from aiadmin.services.ports.standings import ContactPermissions, Pauses
from aiadmin.services.ports.truth import ReconciliationStore


class CompanyStore(Protocol):
    """Rows of `companies`."""

    def add(self, new: NewCompany) -> Company:
        """Store a registration. Raises SalonTakenError when the salon is there already."""
        ...

    def find(self, company_id: CompanyId, *, lock: bool = False) -> Company | None: ...

    def get(self, company_id: CompanyId, *, lock: bool = False) -> Company:
        """Raises CompanyNotFoundError."""
        ...

    def find_by_salon(self, salon_id: SalonId, *, lock: bool = False) -> Company | None: ...

    def find_by_api_key_hash(self, api_key_hash: str) -> Company | None: ...

    def set_connect_jti(self, company_id: CompanyId, jti: str | None) -> None: ...

    def set_api_key_hash(self, company_id: CompanyId, api_key_hash: str) -> None: ...

    def set_status(self, company_id: CompanyId, status: IntegrationStatus) -> None: ...

    def set_linked(self, company_id: CompanyId, *, phone: str, at: datetime, status: IntegrationStatus) -> None: ...

    def set_unlinked(self, company_id: CompanyId) -> None:
        """No phone is linked any more; when it was, and which, is forgotten."""
        ...

    def set_activated(self, company_id: CompanyId, at: datetime) -> None: ...

    def set_consented(self, company_id: CompanyId, at: datetime) -> None:
        """Keep the time of the consent; a later one changes nothing."""
        ...

    def set_activation_failed(self, company_id: CompanyId, reason: str) -> None: ...

    def set_activation_deadline(self, company_id: CompanyId, at: datetime) -> None: ...

    def list_pairing(self) -> Sequence[CompanyId]:
        """The companies that are marked as pairing."""
        ...

    def stats(self) -> Stats: ...

    def list_all(self, *, limit: int = 100, after: CompanyId | None = None) -> Sequence[Company]: ...


class Outbox(Protocol):
    """Rows of `outbox`."""

    def add(
        self,
        *,
        company_id: CompanyId,
        kind: OutboxKind,
        dedup_key: str,
        secret: str | None,
        next_attempt_at: datetime | None,
        deadline_at: datetime | None,
    ) -> OutboxRow: ...

    def find(self, outbox_id: OutboxId) -> OutboxRow | None: ...

    def find_key(self, outbox_id: OutboxId) -> RowKey | None: ...

    def find_by_key(self, company_id: CompanyId, dedup_key: str, *, lock: bool = False) -> OutboxRow | None: ...

    def release(self, outbox_id: OutboxId, *, at: datetime, deadline_at: datetime) -> None:
        """Make a held, failed or cancelled row due at `at`, with a fresh count of attempts."""
        ...

    def replace_secret(self, outbox_id: OutboxId, secret: str) -> None: ...

    def drop(self, outbox_id: OutboxId) -> None:
        """Forget a row; an attempt that is under way comes to nothing."""
        ...

    def cancel(self, company_id: CompanyId, at: datetime) -> None:
        """Tell nothing more of this company; sealed secrets are forgotten."""
        ...

    def settle(self, outbox_id: OutboxId, at: datetime) -> None:
        """The other side knows already; the sealed secret is forgotten."""
        ...

    def list_held(self, *, deadline_before: datetime, limit: int) -> Sequence[RowKey]:
        """Rows that are held back although their deadline is near."""
        ...

    def claim(self, outbox_id: OutboxId, *, now: datetime, visible_again_at: datetime) -> OutboxRow | None:
        """Mark a due row `sending` and count the attempt; None when it is not due or somebody has it.

        The returned row's `state` is the one it had before: `sending` means that an earlier attempt never ended.
        """
        ...

    def finish(
        self,
        outbox_id: OutboxId,
        *,
        attempt: int,
        state: OutboxState,
        next_attempt_at: datetime | None,
        error: str | None,
        at: datetime,
    ) -> bool:
        """Write the outcome of `attempt`; a `sent` row forgets its secret. False when a later attempt began."""
        ...

    def due(self, now: datetime, *, limit: int = 100) -> Sequence[OutboxId]: ...


class Webhooks(Protocol):
    """Rows of `webhooks`, the inbox."""

    def add_many(self, new: Sequence[NewWebhook]) -> frozenset[int]:
        """Store what is new, in one statement; a repeat is left alone.

        Returns the ids of companies that do not exist, whose webhooks were not stored.
        """
        ...

    def claim_unprocessed(self, *, limit: int, only: Sequence[RowKey] | None = None) -> Sequence[StoredWebhook]:
        """Lock and return the oldest unprocessed rows until the commit; two workers never share one.

        Those in quarantine are passed by. `only` names the rows to take, those in quarantine included.
        """
        ...

    def unprocessed_keys(self, *, limit: int) -> Sequence[RowKey]:
        """Of the rows that `claim_unprocessed` would take."""
        ...

    def has_unprocessed(self) -> bool: ...

    def forget(self, received_before: datetime) -> int:
        """Delete what was understood and is older than that; how many there were."""
        ...

    def mark(self, understood: Sequence[UnderstoodWebhook], at: datetime) -> None: ...


class UnitOfWork(Protocol):
    """One transaction: `with uow() as work: ...; work.commit()`. Leaving without a commit rolls back.

    Raises DependencyDownError when PostgreSQL does not answer.
    """

    @property
    def companies(self) -> CompanyStore: ...
    @property
    def devices(self) -> Devices: ...
    @property
    def hosts(self) -> Hosts: ...
    @property
    def session_events(self) -> SessionEvents: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def webhooks(self) -> Webhooks: ...
    @property
    def contacts(self) -> Contacts: ...
    @property
    def inbox_messages(self) -> InboxMessages: ...
    @property
    def outbox_messages(self) -> OutboxMessages: ...
    @property
    def provider_orders(self) -> ProviderOrders: ...
    @property
    def message_log(self) -> MessageLog: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def records(self) -> Records: ...
    @property
    def heard_phones(self) -> HeardPhones: ...
    @property
    def booking_events(self) -> BookingEvents: ...
    @property
    def refetches(self) -> Refetches: ...
    @property
    def sync_runs(self) -> SyncRuns: ...
    @property
    def privacy(self) -> Privacy: ...
    @property
    def quarantine(self) -> Quarantine: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def installations(self) -> Installations: ...
    @property
    def permissions(self) -> ContactPermissions: ...
    @property
    def pauses(self) -> Pauses: ...
    @property
    def unhandled_messages(self) -> UnhandledMessages: ...
    @property
    def message_settings(self) -> MessageSettingsStore: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def due_notices(self) -> DueNotices: ...
    @property
    def calls(self) -> Calls: ...
    @property
    def salon_facts(self) -> SalonFactsStore: ...
    @property
    def reconciliation(self) -> ReconciliationStore: ...
    @property
    def questions(self) -> Questions: ...

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def commit(self) -> None: ...


NewUnitOfWork = Callable[[], UnitOfWork]
