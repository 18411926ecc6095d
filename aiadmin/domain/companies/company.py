"""A company: our tenant, a salon that registered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from aiadmin.domain.companies.rights import Right
from aiadmin.domain.ids import CompanyId, SalonId

DEFAULT_COUNTRY = "RU"
"""By which the phone numbers of a salon are read as long as it has not said where it is; ISO 3166 code."""


class IntegrationStatus(StrEnum):
    """How far the salon has come; the seed's `companies.integration_status`."""

    PENDING = "pending"
    PAIRING = "pairing"
    ACTIVATING = "activating"
    ACTIVE = "active"
    ACTIVATION_FAILED = "activation_failed"
    FROZEN = "frozen"
    """Paused until it is paid for."""
    UNINSTALLED = "uninstalled"
    """The salon has left; what it had here is erased after a while."""


@dataclass(frozen=True, kw_only=True)
class Company:
    """One salon as we know it.

    Attributes:
        company_id: our number.
        salon_id: YClients' number.
        phone: the salon's own phone, digits with country code, or None.
        whatsapp_phone: the linked number, digits without a device suffix, or None.
        connect_jti: the id of the one connect link that is valid now, or None.
        activation_error: why the last activation failed: a slug of `texts.ru.ACTIVATION_REASONS`, or None.
        activation_deadline_at: when YClients stops waiting for the activation.
        consented_at: when the risks of an unofficial client were first agreed to on our page, or None.
        activated_at: when YClients confirmed the present installation, or None.
        yclients_status: the installation's status by YClients' last answer or event, or None.
        yclients_checked_at: when that was.
        left_at: when the salon removed the application, or None.
        erased_at: when the personal data of a salon that left was deleted, or None.
        country: where it is, ISO 3166 code: phone numbers without a country code are of there.
        missing_rights: rights that the salon has not given our application; None where that is not known.
    """

    company_id: CompanyId
    salon_id: SalonId
    title: str | None
    phone: str | None = field(repr=False)
    email: str | None
    whatsapp_connected: bool
    whatsapp_phone: str | None = field(repr=False)
    whatsapp_connected_at: datetime | None
    integration_status: IntegrationStatus
    connect_jti: str | None
    activation_error: str | None
    activation_deadline_at: datetime
    activated_at: datetime | None
    consented_at: datetime | None
    created_at: datetime
    yclients_status: str | None = None
    yclients_checked_at: datetime | None = None
    left_at: datetime | None = None
    erased_at: datetime | None = None
    country: str = DEFAULT_COUNTRY
    missing_rights: frozenset[Right] | None = None


@dataclass(frozen=True, kw_only=True)
class NewCompany:
    """What registration stores; keys only as hashes."""

    salon_id: SalonId
    phone: str | None = field(repr=False)
    email: str | None
    api_key_hash: str
    activation_deadline_at: datetime
    connect_jti: str | None = None


@dataclass(frozen=True, kw_only=True)
class Stats:
    """The seed's `GET /marketplace/companies`."""

    total: int
    connected: int


def activation_deadline(registered_at: datetime, window: timedelta) -> datetime:
    """When YClients stops waiting: it keeps an installation pending for a limited time after consent."""
    return registered_at + window


def status_after_pairing_started(current: IntegrationStatus) -> IntegrationStatus:
    """A salon that YClients knows already stays active while it links another phone."""
    return IntegrationStatus.PAIRING if current is IntegrationStatus.PENDING else current


def status_after_pairing_ended(current: IntegrationStatus) -> IntegrationStatus:
    """An attempt that ended without a link leaves no trace in the status."""
    return IntegrationStatus.PENDING if current is IntegrationStatus.PAIRING else current


def status_after_linking(current: IntegrationStatus, activated_at: datetime | None) -> IntegrationStatus:
    """The first link starts the activation if nothing did yet; a later one finds it done; frozen stays frozen."""
    if current is IntegrationStatus.FROZEN:
        return current
    return IntegrationStatus.ACTIVATING if activated_at is None else IntegrationStatus.ACTIVE
