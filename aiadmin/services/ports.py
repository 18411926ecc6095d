"""What the services need of the outside, as Protocols; `aiadmin.adapters` holds the real ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Protocol, Self

from aiadmin.domain.activation import Answer, Connection
from aiadmin.domain.breaker import News, Report
from aiadmin.domain.company import Company, IntegrationStatus, NewCompany, Stats
from aiadmin.domain.contact import Contact, Sighting
from aiadmin.domain.delivery import OutboxKind, OutboxRow, OutboxState, Step
from aiadmin.domain.device import Device, LinkedAccount, Observed, SessionChange
from aiadmin.domain.host import NO_VITALS, Host, Vitals
from aiadmin.domain.ids import CompanyId, ContactId, DeviceId, HostId, MessageId, OutboxId, SalonId, WebhookId
from aiadmin.domain.message import Heard, Hold, MessageSeen, NewMessage, OutboxMessage, ReceiptSeen, SendResult
from aiadmin.domain.metric import Metric
from aiadmin.domain.webhook import NewWebhook, StoredWebhook, WebhookState

Clock = Callable[[], datetime]
"""The time now, aware, in UTC."""


class Companies(Protocol):
    """Rows of `companies`."""

    def add(self, new: NewCompany) -> Company:
        """Store a registration. Raises SalonTakenError when the salon is there already."""
        ...

    def find(self, company_id: CompanyId, *, lock: bool = False) -> Company | None: ...

    def get(self, company_id: CompanyId, *, lock: bool = False) -> Company:
        """Raises CompanyNotFoundError."""
        ...

    def find_by_salon(self, salon_id: SalonId) -> Company | None: ...

    def find_by_api_key_hash(self, api_key_hash: str) -> Company | None: ...

    def set_connect_jti(self, company_id: CompanyId, jti: str | None) -> None: ...

    def set_api_key_hash(self, company_id: CompanyId, api_key_hash: str) -> None: ...

    def set_status(self, company_id: CompanyId, status: IntegrationStatus) -> None: ...

    def set_linked(self, company_id: CompanyId, *, phone: str, at: datetime, status: IntegrationStatus) -> None: ...

    def set_unlinked(self, company_id: CompanyId) -> None:
        """No phone is linked any more; when it was, and which, is forgotten."""
        ...

    def set_activated(self, company_id: CompanyId, at: datetime) -> None: ...

    def set_activation_failed(self, company_id: CompanyId, reason: str) -> None: ...

    def set_activation_deadline(self, company_id: CompanyId, at: datetime) -> None: ...

    def list_pairing(self) -> Sequence[CompanyId]:
        """The companies that are marked as pairing."""
        ...

    def stats(self) -> Stats: ...

    def list_all(self, *, limit: int = 100, after: CompanyId | None = None) -> Sequence[Company]: ...


class Devices(Protocol):
    """Rows of `devices`."""

    def add(self, company_id: CompanyId, account: LinkedAccount, at: datetime) -> Device:
        """Store a linked device. Raises NumberTakenError when its number serves another company."""
        ...

    def add_removed(self, company_id: CompanyId, account: LinkedAccount, at: datetime) -> None:
        """Store a device that must not stay: a host logs it out and deletes it. A known JID is left alone."""
        ...

    def retire_current(self, company_id: CompanyId, at: datetime) -> Sequence[DeviceId]:
        """Ask the hosts to log the company's devices out and to delete them."""
        ...

    def find_current(self, company_id: CompanyId) -> Device | None: ...

    def adopt(self, host_id: HostId, *, limit: int, now: datetime) -> Sequence[Device]:
        """Take up to `limit` devices whose host is gone, raising their epoch; two hosts never take one."""
        ...

    def count_orphans(self, host_id: HostId, now: datetime) -> int:
        """How many devices `adopt` could take."""
        ...

    def list_page(self, *, after: DeviceId, limit: int, observed: Observed | None = None) -> Sequence[Device]:
        """Devices with an id above `after`, by id."""
        ...

    def ask_restart(self, company_id: CompanyId, at: datetime) -> bool:
        """Have the company's session started afresh; False when none is linked that could."""
        ...

    def held_by(self, host_id: HostId) -> Sequence[Device]: ...

    def observe(
        self,
        device_id: DeviceId,
        *,
        epoch: int,
        observed: Observed,
        reason: str | None,
        at: datetime,
        next_attempt_at: datetime | None = None,
    ) -> bool:
        """Write what the host saw; False when the epoch has moved on and nothing was written.

        Args:
            next_attempt_at: no host adopts the device before this.
        """
        ...

    def release(self, device_id: DeviceId, *, epoch: int) -> bool: ...

    def delete(self, device_id: DeviceId, *, epoch: int) -> bool: ...

    def known_jids(self) -> frozenset[str]: ...


class Hosts(Protocol):
    """Rows of `session_hosts`."""

    def add(self, host: Host) -> None: ...

    def renew(self, host_id: HostId, *, lease_until: datetime, vitals: Vitals = NO_VITALS) -> bool:
        """Prolong the lease; False when the row is gone: the host must stop everything at once."""
        ...

    def set_draining(self, host_id: HostId) -> None: ...

    def is_draining(self, host_id: HostId) -> bool: ...

    def remove(self, host_id: HostId) -> None:
        """Give up the lease and every device that is still held."""
        ...

    def remove_dead(self, now: datetime) -> int: ...

    def list_alive(self, now: datetime) -> Sequence[Host]:
        """The hosts whose lease runs, oldest first, with the number of devices each holds."""
        ...


class SessionEvents(Protocol):
    """Rows of `session_events`."""

    def add(self, company_id: CompanyId, change: SessionChange) -> None: ...

    def recent(self, company_id: CompanyId, *, limit: int) -> Sequence[SessionChange]:
        """The last changes, newest first."""
        ...

    def forget(self, before: datetime) -> int:
        """Delete what is older; how many there were."""
        ...


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

    def find_by_key(self, company_id: CompanyId, dedup_key: str, *, lock: bool = False) -> OutboxRow | None: ...

    def release(self, outbox_id: OutboxId, *, at: datetime, deadline_at: datetime) -> None:
        """Make a held, failed or cancelled row due at `at`, with a fresh count of attempts."""
        ...

    def replace_secret(self, outbox_id: OutboxId, secret: str) -> None: ...

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

    def take_unprocessed(self, *, limit: int) -> Sequence[StoredWebhook]:
        """Lock and return the oldest unprocessed rows until the commit; two workers never share one."""
        ...

    def any_unprocessed(self) -> bool: ...

    def forget(self, received_before: datetime) -> int:
        """Delete what was understood and is older than that; how many there were."""
        ...

    def mark(
        self,
        webhook_id: WebhookId,
        *,
        state: WebhookState,
        resource: str | None,
        status: str | None,
        at: datetime,
    ) -> None: ...


class Contacts(Protocol):
    """Rows of `contacts`."""

    def see(self, company_id: CompanyId, seen: Sighting, at: datetime) -> ContactId:
        """The contact that `seen` is: found, made, corrected, or merged of two that turn out to be one.

        Sightings of one company wait for one another until the commit: see companies in the order of their ids.
        """
        ...

    def find(self, company_id: CompanyId, contact_id: ContactId) -> Contact | None: ...


class InboxMessages(Protocol):
    """Rows of `inbox_messages`."""

    def add(self, heard: Heard, message: MessageSeen, contact_id: ContactId) -> bool:
        """Store a message; False when the device has told of it before."""
        ...


class OutboxMessages(Protocol):
    """Rows of `outbox_messages`."""

    def add(self, new: NewMessage, contact_id: ContactId, at: datetime) -> MessageId | None:
        """Owe a message from `at` on; None when the company owes one of this dedup key already."""
        ...

    def find(self, company_id: CompanyId, outbox_message_id: MessageId) -> OutboxMessage | None: ...

    def claim(self, holds: Sequence[Hold], now: datetime) -> Sequence[OutboxMessage]:
        """Mark the oldest due message of each held device's company `sending`, and count the attempt.

        A hold whose epoch has passed gets nothing; a company whose message is on its way gets nothing.
        """
        ...

    def finish(self, message: OutboxMessage, result: SendResult, step: Step, at: datetime) -> bool:
        """Write what came of the attempt that `claim` counted; False when somebody else has decided since.

        What is learned late is still true: a message that was given up as unknown may become sent or failed.
        """
        ...

    def give_up(self, holds: Sequence[Hold], *, now: datetime, claimed_before: datetime) -> int:
        """Make unknown what former holders of these devices left `sending`, and what anybody left since before."""
        ...

    def expire(self, now: datetime) -> int:
        """Cancel what waited beyond its deadline."""
        ...

    def mark(self, device_id: DeviceId, receipt: ReceiptSeen) -> Mapping[str, ContactId]:
        """Note a receipt on what the device sent; the contact of each message id that was found."""
        ...


class UnitOfWork(Protocol):
    """One transaction: `with uow() as work: ...; work.commit()`. Leaving without a commit rolls back.

    Raises DependencyDownError when PostgreSQL does not answer.
    """

    @property
    def companies(self) -> Companies: ...
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

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def commit(self) -> None: ...


NewUnitOfWork = Callable[[], UnitOfWork]


@dataclass(frozen=True, kw_only=True)
class ConnectClaims:
    """What a verified connect token says."""

    company_id: CompanyId
    jti: str


class Tokens(Protocol):
    """Signed connect tokens."""

    def issue(self, company_id: CompanyId, jti: str, now: datetime) -> str: ...

    def verify(self, token: str, now: datetime) -> ConnectClaims:
        """Raises LinkInvalidError, LinkExpiredError."""
        ...


class LinkCache(Protocol):
    """The specification's Redis keys of connect links: a mirror of what PostgreSQL knows. Never raises."""

    def remember(self, company_id: CompanyId, jti: str) -> None: ...

    def forget(self, jti: str) -> None: ...


class Secrets(Protocol):
    """Keys: made, hashed, sealed."""

    def new_api_key(self) -> str:
        """`sk_` and 256 random bits."""
        ...

    def hash_api_key(self, api_key: str) -> str:
        """SHA-256 in hex; the key is random, so no salt is needed."""
        ...

    def seal(self, clear: str) -> str: ...

    def unseal(self, sealed: str) -> str: ...

    def webhook_key(self, company_id: CompanyId) -> str:
        """The key in the webhook address of this company: derived, so checking it needs no database."""
        ...


class Inbox(Protocol):
    """Where webhooks are kept until they are understood."""

    def store(self, webhook: NewWebhook) -> None:
        """Return once `webhook` is on disk; a repeat counts as stored.

        Raises CompanyNotFoundError, DependencyDownError.
        """
        ...


class Metrics(Protocol):
    """Counting. Never raises and never waits: what cannot be stored now is stored later."""

    def count(self, metric: Metric, **labels: str) -> None: ...

    def observe(self, metric: Metric, seconds: float, **labels: str) -> None: ...

    def gauge(self, metric: Metric, value: float) -> None:
        """Say this process's present value; it is forgotten soon after the process ends."""
        ...


class Fleet(Protocol):
    """What session hosts tell one another. Every method raises DependencyDownError."""

    def exchange(self, report: Report, refused: Iterable[DeviceId] = ()) -> News:
        """Tell the others our breaker, and the devices that WhatsApp calls outdated; hear the same of them."""
        ...

    def leave(self, host_id: str) -> None: ...


class JobQueue(Protocol):
    """Nudges. A lost one is found by the sweep, so `nudge` never raises when Redis is down."""

    def deliver(self, outbox_id: OutboxId) -> None: ...

    def drain_webhooks(self) -> None: ...

    def look(self) -> None:
        """Ask a session host to look at pairings and devices now."""
        ...


@dataclass(frozen=True, kw_only=True)
class ActivationRequest:
    """What YClients is told about one salon.

    Attributes:
        api_key: what YClients will present to us; clear text.
        webhook_urls: where YClients sends this salon's events.
    """

    salon_id: SalonId
    api_key: str
    webhook_urls: tuple[str, ...]
    channels: tuple[str, ...] = ("whatsapp",)


class Marketplace(Protocol):
    """YClients' marketplace API. Never raises for what the network or YClients does: the answer says it."""

    @property
    def is_configured(self) -> bool:
        """Whether there is an app to speak for, and a key to speak with."""
        ...

    def activate(self, request: ActivationRequest) -> Answer: ...

    def connection_status(self, salon_id: SalonId) -> Connection: ...


class Rooms(Protocol):
    """The company's browsers, reached from any process. Lossy: state is asked again by whoever missed it."""

    def qr(self, company_id: CompanyId, *, code: str, expires_in: int) -> None: ...

    def pairing_code(self, company_id: CompanyId, *, code: str, expires_in: int) -> None: ...

    def status(self, company_id: CompanyId, *, state: str, text: str, **extra: str | int) -> None: ...

    def connected(self, company_id: CompanyId, *, phone: str) -> None: ...

    def error(self, company_id: CompanyId, *, code: str, text: str) -> None:
        """Something that was asked for did not work; what goes on, goes on."""
        ...


@dataclass(frozen=True, kw_only=True)
class LiveCode:
    """A QR text that a phone can scan now."""

    text: str
    generated_at: datetime
    expires_at: datetime

    def left(self, now: datetime) -> timedelta:
        """How long it still works."""
        return max(self.expires_at - now, timedelta())
