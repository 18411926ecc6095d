"""What the services need of everything that is not our database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from aiadmin.domain.ids import CompanyId, OutboxId, SalonId
from aiadmin.domain.install.activation import InstallationStatus
from aiadmin.domain.install.visitor import Standing, Turn
from aiadmin.domain.journal.sync_run import SyncKind, SyncRun
from aiadmin.domain.journal.webhook import NewWebhook
from aiadmin.domain.metrics import Metric
from aiadmin.domain.yclients.http_answer import HttpAnswer


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

    def fingerprint(self, company_id: CompanyId, address: str) -> str:
        """What stays of a phone or a LID that must not be kept: there are too few phones for a hash without a key."""
        ...

    def webhook_key(self, company_id: CompanyId) -> str:
        """The key in the webhook address of this company: derived, so checking it needs no database."""
        ...


class WebhookStore(Protocol):
    """Where webhooks are kept until they are understood."""

    def store(self, webhook: NewWebhook) -> None:
        """Return once `webhook` is on disk; a repeat counts as stored.

        Raises CompanyNotFoundError, TooManyWebhooksError, DependencyDownError.
        """
        ...


class Metrics(Protocol):
    """Counting. Never raises and never waits: what cannot be stored now is stored later."""

    def count(self, metric: Metric, **labels: str) -> None: ...

    def observe(self, metric: Metric, seconds: float, **labels: str) -> None: ...

    def gauge(self, metric: Metric, value: float) -> None:
        """Say this process's present value; it is forgotten soon after the process ends."""
        ...


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

    def activate(self, request: ActivationRequest) -> HttpAnswer: ...

    def connection_status(self, salon_id: SalonId, turn: Turn | None = None) -> InstallationStatus:
        """How the salon stands. Without a `turn` it is asked on our own account, in the salon's line."""
        ...


class Members(Protocol):
    """Who belongs to a salon at YClients. Never raises for what YClients does."""

    def of(self, salon_id: SalonId, turn: Turn) -> frozenset[int] | None:
        """The users of YClients with access to the salon's journal; None where YClients does not say."""
        ...


class VisitorShares(Protocol):
    """How many questions to YClients each visitor causes."""

    def take(self, standing: Standing, visitor: str) -> bool:
        """Count one question; False where the visitor has had their share."""
        ...


class PageEvents(Protocol):
    """The company's browsers, reached from any process. Lossy: state is asked again by whoever missed it."""

    def qr(self, company_id: CompanyId, *, code: str, expires_in: int) -> None: ...

    def pairing_code(self, company_id: CompanyId, *, code: str, expires_in: int) -> None: ...

    def status(self, company_id: CompanyId, *, state: str, text: str, **extra: str | int) -> None: ...

    def connected(self, company_id: CompanyId, *, phone: str) -> None: ...

    def sync(self, run: SyncRun) -> None:
        """How far a synchronisation is."""
        ...

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
