"""A device: one linked WhatsApp device, known by its full JID."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from aiadmin.domain.ids import CompanyId, DeviceId, HostId


class Desired(StrEnum):
    """What we want of a device; a host brings the world there."""

    ON = "on"
    OFF = "off"
    REMOVED = "removed"
    """Log out at WhatsApp, delete its keys, then delete the row."""


class Observed(StrEnum):
    """What the hosting process last saw."""

    LINKED = "linked"
    STARTING = "starting"
    ONLINE = "online"
    DEGRADED = "degraded"
    """Connected, but WhatsApp does not answer pings."""
    RECONNECTING = "reconnecting"
    BACKOFF = "backoff"
    CONFLICT = "conflict"
    BANNED = "banned"
    OUTDATED = "outdated"
    LOGGED_OUT = "logged_out"


@dataclass(frozen=True, kw_only=True)
class Device:
    """A device row as a host sees it; `epoch` fences every write about it."""

    device_id: DeviceId
    company_id: CompanyId
    jid: str
    lid: str | None
    phone: str = field(repr=False)
    desired: Desired
    observed: Observed
    reason: str | None
    host_id: HostId | None
    epoch: int
    state_since: datetime
    linked_at: datetime
    restart_asked_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class SessionChange:
    """A state that a device's session came into, and on which host."""

    device_id: DeviceId
    observed: Observed
    reason: str | None
    host_id: HostId | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class LinkedAccount:
    """The account that WhatsApp reported when the phone confirmed the link.

    Attributes:
        jid: full JID with the device number, `79001234567:12@s.whatsapp.net`.
        lid: the account's hidden id with device number, `1234:12@lid`, or None.
        platform: what the phone runs (`android`, `iphone`), or None.
        business_name: the WhatsApp Business name, or None.
    """

    jid: str
    lid: str | None
    platform: str | None = None
    business_name: str | None = None

    @property
    def phone(self) -> str:
        """Digits only, without the device suffix."""
        return phone_of(self.jid)


def is_same_link(current: Device | None, account: LinkedAccount) -> bool:
    """Whether a success is reported again of the link that there is.

    After WhatsApp has unlinked a device, its JID may come again with the next link: an account that is registered
    anew numbers its devices from 1.
    """
    return current is not None and current.jid == account.jid and current.observed is not Observed.LOGGED_OUT


_JID = re.compile(r"^(\d{5,20})(?:\.\d+)?(?::\d+)?@s\.whatsapp\.net$")


def phone_of(jid: str) -> str:
    """Digits of a phone JID; the device suffix is not part of the number.

    Raises:
        ValueError: `jid` is not a phone JID (a LID's digits are not a phone).
    """
    match = _JID.match(jid)
    if match is None:
        raise ValueError("not a phone JID")
    return match[1]


def masked(phone: str) -> str:
    """A phone fit for a screen or a log: `+7 900 •••-••-67`, or the last two digits for other countries."""
    if re.fullmatch(r"7\d{10}", phone):
        return f"+7 {phone[1:4]} •••-••-{phone[-2:]}"
    return f"+{'•' * max(len(phone) - 2, 0)}{phone[-2:]}"
