"""What a WhatsApp session tells us, in our words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from aiadmin.domain.messages.message import MessageSeen, MessageWithdrawn, ReceiptSeen, TimerSeen


@dataclass(frozen=True, kw_only=True)
class QrCodeEvent:
    """A text to show as a QR code; it opens the account to its reader, so it never shows in `repr`."""

    text: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class LoginStatus:
    """How a pairing goes: `success`, `timeout`, `passkey-request`, `err-client-outdated`, ..."""

    text: str


@dataclass(frozen=True, kw_only=True)
class PairSuccess:
    """The phone confirmed the link; the keys are stored. See `domain.hosting.device.LinkedAccount` for the fields."""

    jid: str
    lid: str | None
    platform: str | None
    business_name: str | None


@dataclass(frozen=True, kw_only=True)
class PairFailed:
    """The phone's confirmation could not be used."""

    error: str


@dataclass(frozen=True, kw_only=True)
class SocketOpen:
    """The socket of a linked device opened; it is not logged in yet."""


@dataclass(frozen=True, kw_only=True)
class Connected:
    """Logged in; messages flow."""


@dataclass(frozen=True, kw_only=True)
class Disconnected:
    """The socket is lost; the library is trying again by itself."""


@dataclass(frozen=True, kw_only=True)
class KeepAliveTimeout:
    """WhatsApp did not answer a ping."""

    failures: int


@dataclass(frozen=True, kw_only=True)
class KeepAliveRestored:
    """WhatsApp answers pings again."""


class LogoutReason(StrEnum):
    """Why WhatsApp unlinked a device, by its own names (`devices.reason`); `texts.ru.LOGGED_OUT` has the words."""

    LOGGED_OUT = "logged_out"
    """By a person, on the phone."""
    MAIN_DEVICE_GONE = "main_device_gone"
    """The account is locked, or gone."""
    UNKNOWN_LOGOUT = "unknown_logout"
    """The account is banned."""
    KEYS_MISSING = "keys_missing"
    """Ours: the library had deleted the keys, and the event was lost in a crash."""


@dataclass(frozen=True, kw_only=True)
class LoggedOut:
    """The device is unlinked and its keys are deleted; only this event may unlink a company.

    Attributes:
        reason: a `LogoutReason`, or another slug of WhatsApp's.
    """

    reason: str


@dataclass(frozen=True, kw_only=True)
class StreamReplaced:
    """Another client connected with the same keys; the library stays away."""


@dataclass(frozen=True, kw_only=True)
class TemporaryBan:
    """WhatsApp banned the number for a while; the library stays away.

    Attributes:
        reason: WhatsApp's reason as a slug.
        expires_in: how long the ban lasts, or None when WhatsApp did not say.
    """

    reason: str
    expires_in: timedelta | None


@dataclass(frozen=True, kw_only=True)
class ClientOutdated:
    """WhatsApp no longer accepts this version of the library."""


@dataclass(frozen=True, kw_only=True)
class ConnectFailure:
    """WhatsApp refused the login for another reason; the library stays away."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class StreamError:
    """WhatsApp ended the stream; the library connects again."""

    code: str


@dataclass(frozen=True, kw_only=True)
class Ended:
    """The library gave the session up and nothing of it is left.

    Attributes:
        error: its own words; may be empty.
    """

    error: str


SessionEvent = (
    QrCodeEvent
    | LoginStatus
    | PairSuccess
    | PairFailed
    | SocketOpen
    | Connected
    | Disconnected
    | KeepAliveTimeout
    | KeepAliveRestored
    | LoggedOut
    | StreamReplaced
    | TemporaryBan
    | ClientOutdated
    | ConnectFailure
    | StreamError
    | Ended
    | MessageSeen
    | MessageWithdrawn
    | TimerSeen
    | ReceiptSeen
)
