"""YClients: a salon's REST API, the marketplace, the partner's calls, and where statuses of orders go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from aiadmin.domain.companies.rights import Right
from aiadmin.domain.ids import SalonId
from aiadmin.domain.install.activation import ActivationRequest, InstallationStatus
from aiadmin.domain.install.visitor import Turn
from aiadmin.domain.journal.journal import (
    Attendance,
    Category,
    Client,
    Page,
    Record,
    SalonDetails,
    Service,
    StaffMember,
    WebhookSettings,
    WorkDay,
)
from aiadmin.domain.partner.partner import InstallationDetails, InstalledSalon, NewPayment, Tariff
from aiadmin.domain.provider.order import OrderStatus
from aiadmin.domain.yclients.http_answer import HttpAnswer


class SalonApi(Protocol):
    """A salon's journal. Every method raises a `domain.yclients.error.YClientsError`, and DependencyDownError.

    Calls wait for their turn: one budget for the whole fleet, fair between salons, interactive ones first.
    `zone` is the salon's IANA timezone, in which local times are read, and `country` where it is (ISO 3166): phone
    numbers without a country code are read as of there.
    """

    def company(self, salon_id: SalonId) -> SalonDetails: ...

    def categories(self, salon_id: SalonId) -> Sequence[Category]: ...

    def services(self, salon_id: SalonId) -> Sequence[Service]: ...

    def staff(self, salon_id: SalonId) -> Sequence[StaffMember]: ...

    def schedule(self, salon_id: SalonId, *, first: date, last: date) -> Sequence[WorkDay]: ...

    def clients(self, salon_id: SalonId, *, country: str, page: int) -> Page[Client]:
        """Page `page` (from 1) of all clients, 200 a page, in the order of their ids."""
        ...

    def client(self, salon_id: SalonId, client_id: int, *, country: str) -> Client | None:
        """One client as it is now; None when YClients does not know it, or knows it as deleted."""
        ...

    def records(
        self,
        salon_id: SalonId,
        *,
        zone: str,
        country: str,
        page: int,
        first: date,
        last: date,
        is_awaited: bool = False,
    ) -> Page[Record]:
        """Page `page` of the records whose visit falls on these days, deleted ones too, 200 a page.

        Args:
            is_awaited: whether it goes ahead of other lists.
        """
        ...

    def records_changed(
        self, salon_id: SalonId, *, zone: str, country: str, page: int, since: datetime
    ) -> Page[Record]:
        """Page `page` of the records that changed since, deleted ones too, 200 a page."""
        ...

    def record(
        self, salon_id: SalonId, record_id: int, *, zone: str, country: str, is_awaited: bool = True
    ) -> Record | None:
        """One record as it is now, a deleted one with `is_deleted`; None when YClients does not know it.

        Args:
            is_awaited: whether it goes ahead of lists.
        """
        ...

    def set_attendance(self, salon_id: SalonId, record: Record, attendance: Attendance) -> None:
        """Write `attendance` of a visit, keeping its comment."""
        ...

    def missing_rights(self, salon_id: SalonId) -> frozenset[Right]:
        """What the salon has not let our application do."""
        ...

    def webhook_settings(self, salon_id: SalonId) -> WebhookSettings: ...


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


class Partner(Protocol):
    """The partner's calls. Every method raises a `domain.yclients.error.YClientsError`.

    What changes something is sent once: after YClientsDownError or UnreadableError it may have been done.
    """

    @property
    def is_configured(self) -> bool:
        """Whether there is an app to speak for, and a key to speak with."""
        ...

    def pay(self, salon_id: SalonId, payment: NewPayment) -> int:
        """Report a payment; its number at YClients."""
        ...

    def refund(self, salon_id: SalonId, payment_id: int) -> None: ...

    def set_short_names(self, salon_id: SalonId, names: Sequence[str]) -> None: ...

    def set_channel(self, salon_id: SalonId, channel: str, *, is_available: bool) -> None: ...

    def payment_link(self, salon_id: SalonId, discount: Decimal | None) -> str: ...

    def tariffs(self) -> Sequence[Tariff]: ...

    def add_discount(self, salon_id: SalonId, discount: Decimal) -> None: ...

    def installation(self, salon_id: SalonId) -> InstallationDetails:
        """Raises NotInstalledError where the app never was."""
        ...

    def uninstall(self, salon_id: SalonId) -> None: ...

    def salons(self) -> Sequence[InstalledSalon]:
        """Every salon where the app is active, in the order of their ids."""
        ...


class StatusPost(Protocol):
    """Where statuses go. Never raises for what the network or YClients does: the answer says it."""

    def post(self, url: str, statuses: Sequence[tuple[str, OrderStatus]]) -> HttpAnswer:
        """Tell YClients these statuses of its ids at `url`, which was allowed before."""
        ...
