"""Messages between a salon and its clients, and what an attempt to send one teaches."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from aiadmin.domain.companies.outbox import RETRIES, OutboxState, OutboxStep
from aiadmin.domain.ids import CompanyId, ContactId, DeviceId, MessageId
from aiadmin.domain.messages.contact import IdentityObservation
from aiadmin.domain.messages.voice import VoiceNote
from aiadmin.domain.plain_text import shown

LONGEST_TEXT = 65_536
"""WhatsApp's own limit, in characters."""
SENDING_AT_MOST = timedelta(minutes=5)
"""The library gives up within 75 s; what is called `sending` for longer belongs to a process that is gone."""


class MessageReason(StrEnum):
    """Why a message of ours stands where it does (`outbox_messages.reason`); its words are in `texts/manage.py`.

    Beside these there is `refused_` with a number of WhatsApp's, for what it gives no other meaning.
    """

    EXPIRED = "expired"
    HOST_LOST = "host_lost"
    TIMEOUT = "timeout"
    DISCONNECTED = "disconnected"
    NOT_CONNECTED = "not_connected"
    UNENCRYPTED = "unencrypted"
    ERROR = "error"
    NUMBER_UNANSWERED = "number_unanswered"
    """WhatsApp found no account at an address, and did not say whether the number is on WhatsApp at all."""
    NOT_ON_WHATSAPP = "not_on_whatsapp"
    REACHOUT_LOCKED = "reachout_locked"
    """The client may not be written to first."""
    OPTED_OUT = "opted_out"
    SUPERSEDED = "superseded"
    UNINSTALLED = "uninstalled"
    UNLINKED = "unlinked"


class Direction(StrEnum):
    """Who wrote what we saw."""

    IN = "in"
    OWN_PHONE = "own_phone"
    """The salon, on its own phone or another linked device."""


class MessageKind(StrEnum):
    """What the inbox keeps of a message."""

    TEXT = "text"
    REACTION = "reaction"
    OTHER = "other"
    """A picture, a voice message, a place...: only its caption is kept."""


class Purpose(StrEnum):
    """Why we write."""

    MANUAL = "manual"
    """An operator of ours typed it."""
    STAFF = "staff"
    """The salon's people typed it in the cabinet."""
    TRIAL = "trial"
    """The salon looks at a text of its own."""
    BOOKED = "booked"
    MOVED = "moved"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    REMINDER_DAY = "reminder_day"
    REMINDER_HOURS = "reminder_hours"
    REMINDER_AGAIN = "reminder_again"
    REVIEW = "review"
    REPLY = "reply"
    """To what the client has just written."""
    PROVIDER = "provider"
    """YClients' own notification, sent through us."""


@dataclass(frozen=True, kw_only=True)
class MessageSeen:
    """A message in a chat with one person.

    Attributes:
        peer: the other side of the chat, in either direction.
        text: the text, the emoji of a reaction (empty when it is taken back), or a caption; None without any.
        media: what it is when it is no text: `image`, `audio`, `location`...
        quoted_id: the message that it answers or reacts to.
        sent_at: when WhatsApp took it; of a correction, when that was made.
        disappears_after: seconds after which the chat loses it, 0 for never; None where it does not say.
        seconds: how long it lasts, where it is heard or watched.
        is_edit: whether it is a correction of the message of this id. What only the phone can read of one is of the
            kind `other` and the media `edited`.
        voice: where a client's voice message can be heard.
    """

    message_id: str
    peer: IdentityObservation
    direction: Direction
    kind: MessageKind
    text: str | None = field(repr=False)
    media: str | None
    quoted_id: str | None
    sent_at: datetime
    disappears_after: int | None = None
    seconds: int | None = None
    is_edit: bool = False
    voice: VoiceNote | None = None


@dataclass(frozen=True, kw_only=True)
class MessageWithdrawn:
    """Its writer has taken a message back: nobody can read it in the chat any more."""

    message_id: str
    peer: IdentityObservation
    direction: Direction


@dataclass(frozen=True, kw_only=True)
class TimerSeen:
    """The seconds after which the messages of a chat disappear were set; 0 for never."""

    peer: IdentityObservation
    disappears_after: int


@dataclass(frozen=True, kw_only=True)
class ReceiptSeen:
    """A message of ours was delivered or read."""

    message_ids: tuple[str, ...]
    peer: IdentityObservation
    is_read: bool
    at: datetime


@dataclass(frozen=True, kw_only=True)
class ReceivedEvent:
    """An event of a device, and when we took it."""

    device_id: DeviceId
    company_id: CompanyId
    event: MessageSeen | MessageWithdrawn | ReceiptSeen | TimerSeen
    received_at: datetime


class SendScope(StrEnum):
    """Which messages a device sends just now."""

    ALL = "all"
    URGENT = "urgent"
    """It rests after a message: only what a person waits for goes."""
    HUMAN = "human"
    """In a pause: only what a person has just typed goes."""


@dataclass(frozen=True, kw_only=True)
class DeviceClaim:
    """A device that a host holds, and since which epoch."""

    device_id: DeviceId
    epoch: int
    scope: SendScope = SendScope.ALL


@dataclass(frozen=True, kw_only=True)
class NewMessage:
    """A message to owe.

    Attributes:
        text: loses what people would not see (`plain_text.shown`).
        dedup_key: within the company, at most one message of this key is ever owed.
        deadline_at: after this it is not worth sending; None for never.
        record_id: the booking that it speaks of.
        about: the client that it speaks of, where it is not to them.
    """

    company_id: CompanyId
    text: str = field(repr=False)
    dedup_key: str
    deadline_at: datetime | None
    purpose: Purpose = Purpose.MANUAL
    record_id: int | None = None
    about: ContactId | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", shown(self.text))


@dataclass(frozen=True, kw_only=True)
class QueuedMessage:
    """A message, to whom, and from when on it may go."""

    new: NewMessage
    contact_id: ContactId
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class OutboxMessage:
    """A message that we owe a client; its states are those of the outbox.

    Attributes:
        address: where WhatsApp finds the client: `79001234567@s.whatsapp.net`, or a LID.
        disappears_after: seconds after which the chat loses its messages; 0 for never.
        message_id: WhatsApp's name of it, known once it is sent.
        reason: why it failed, or is unknown, or waits; a slug.
    """

    outbox_message_id: MessageId
    company_id: CompanyId
    contact_id: ContactId
    device_id: DeviceId | None
    address: str = field(repr=False)
    text: str = field(repr=False)
    purpose: Purpose
    record_id: int | None
    state: OutboxState
    attempts: int
    reason: str | None
    message_id: str | None
    created_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None
    disappears_after: int = 0


class SendOutcome(StrEnum):
    """What became of one attempt to send."""

    SENT = "sent"
    NOT_TAKEN = "not_taken"
    """It never reached WhatsApp, so it may be tried again."""
    FAILED = "failed"
    UNKNOWN = "unknown"
    """It may have arrived: never tried again by itself."""


@dataclass(frozen=True, kw_only=True)
class SendResult:
    """What one attempt taught; `reason` is a slug where it was not sent."""

    outcome: SendOutcome
    reason: str | None = None
    message_id: str | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class SentMessage:
    """A message that WhatsApp took at `at`, and the device that could send another one now, if it can."""

    message: OutboxMessage
    result: SendResult
    at: datetime
    next_for: DeviceClaim | None = None


@dataclass(frozen=True, kw_only=True)
class RecordedSend:
    """Whether a result was written, or the row was decided otherwise; and what the device sends next, claimed."""

    written: bool
    following: OutboxMessage | None = None


_FINAL = {
    SendOutcome.SENT: OutboxState.SENT,
    SendOutcome.FAILED: OutboxState.FAILED,
    SendOutcome.UNKNOWN: OutboxState.UNKNOWN,
}


def after_send(result: SendResult, *, attempts: int, now: datetime, jitter: float) -> OutboxStep:
    """What becomes of a message after an attempt; only what WhatsApp never saw is tried again."""
    if result.outcome is SendOutcome.NOT_TAKEN:
        return OutboxStep(state=OutboxState.PENDING, next_attempt_at=now + RETRIES.wait(attempts, jitter))
    return OutboxStep(state=_FINAL[result.outcome])


def phone_at(address: str) -> str | None:
    """The digits behind an address, or None when it is a LID.

    >>> phone_at("79001234567@s.whatsapp.net"), phone_at("1234@lid")
    ('79001234567', None)
    """
    user, _, server = address.partition("@")
    return user if server == "s.whatsapp.net" else None


def address_of(contact: IdentityObservation) -> str:
    """Where to send: the phone where it is known, for WhatsApp itself knows best whose it is now.

    Raises:
        ValueError: neither phone nor LID.
    """
    if contact.phone:
        return f"{contact.phone}@s.whatsapp.net"
    if contact.lid:
        return contact.lid
    raise ValueError("a contact without an address")
