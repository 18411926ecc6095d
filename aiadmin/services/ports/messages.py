"""What the services need to keep of messages and of the people behind them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from aiadmin.domain.companies.outbox import OutboxStep
from aiadmin.domain.ids import CompanyId, ContactId, DeviceId, MessageId
from aiadmin.domain.messages.contact import Contact, IdentityObservation
from aiadmin.domain.messages.message import (
    DeviceClaim,
    MessageSeen,
    NewMessage,
    OutboxMessage,
    Purpose,
    QueuedMessage,
    ReceiptSeen,
    ReceivedEvent,
    SendResult,
)
from aiadmin.domain.messages.message_log import Cursor, LogEntry, MessageStatus
from aiadmin.domain.quarantine import RowKey


class Contacts(Protocol):
    """Rows of `contacts`."""

    def upsert(self, company_id: CompanyId, observed: IdentityObservation, at: datetime) -> ContactId:
        """The contact that `seen` is: found, made, corrected, or merged of two that turn out to be one.

        Observations of one company wait for one another until the commit: upsert companies in the order of their ids.
        """
        ...

    def try_lock(self, company_id: CompanyId) -> bool:
        """Keep observations of this company waiting until the commit; False, at once, when another holds them."""
        ...

    def upsert_phones(self, company_id: CompanyId, phones: Collection[str], at: datetime) -> Mapping[str, ContactId]:
        """`upsert` for people of whom only the phone is known, all of them at once. `try_lock` goes before it."""
        ...

    def find(self, company_id: CompanyId, contact_id: ContactId) -> Contact | None: ...

    def set_timer(self, company_id: CompanyId, contact_id: ContactId, seconds: int) -> None:
        """Note after how many seconds messages of the chat disappear; 0 for never."""
        ...


class InboxMessages(Protocol):
    """Rows of `inbox_messages`."""

    def add(self, heard: ReceivedEvent, message: MessageSeen, contact_id: ContactId) -> bool:
        """Store a message; False when the device has told of it before."""
        ...


class OutboxMessages(Protocol):
    """Rows of `outbox_messages`."""

    def add(self, new: NewMessage, contact_id: ContactId, at: datetime) -> MessageId | None:
        """Enqueue a message from `at` on; None when the company has one of its dedup key."""
        ...

    def add_many(self, owed: Sequence[QueuedMessage], at: datetime) -> Mapping[str, MessageId]:
        """`add` for many messages in one statement: the numbers of those that are new, by dedup key."""
        ...

    def find(self, company_id: CompanyId, outbox_message_id: MessageId) -> OutboxMessage | None: ...

    def due_keys(self, holds: Sequence[DeviceClaim], now: datetime) -> Sequence[RowKey]:
        """Of the messages that `claim` would take."""
        ...

    def claim(
        self, holds: Sequence[DeviceClaim], now: datetime, only: Sequence[RowKey] | None = None
    ) -> Sequence[OutboxMessage]:
        """Mark the oldest due message of each held device's company `sending`, and count the attempt.

        What somebody waits for goes before all else; in a pause, only what a human has typed goes.

        A hold whose epoch has passed gets nothing; a company whose message is on its way gets nothing.
        """
        ...

    def peek(
        self, holds: Sequence[DeviceClaim], now: datetime, only: Sequence[RowKey] | None = None
    ) -> Mapping[DeviceId, OutboxMessage]:
        """What `claim` would take for each device, and nothing is changed."""
        ...

    def finish(self, message: OutboxMessage, result: SendResult, step: OutboxStep, at: datetime) -> bool:
        """Write what came of the attempt that `claim` counted; False when somebody else has decided since.

        What is learned late is still true: a message that was given up as unknown may become sent or failed.
        """
        ...

    def give_up(self, holds: Sequence[DeviceClaim], *, now: datetime, claimed_before: datetime) -> int:
        """Make unknown what former holders of these devices left `sending`, and what anybody left since before."""
        ...

    def cancel(self, company_id: CompanyId, *, reason: str, at: datetime) -> int:
        """Cancel everything that the company still owes."""
        ...

    def cancel_to(self, company_id: CompanyId, contact_id: ContactId, *, reason: str, at: datetime) -> int:
        """Cancel what the company still owes one person, but for what somebody waits for."""
        ...

    def count(self, company_id: CompanyId, purpose: Purpose, *, since: datetime) -> int:
        """How many messages of this purpose the company has owed since then."""
        ...

    def expire(self, now: datetime) -> int:
        """Cancel what waited beyond its deadline."""
        ...

    def mark(self, device_id: DeviceId, receipt: ReceiptSeen) -> Mapping[str, ContactId]:
        """Note a receipt on what the device sent; the contact of each message id that was found."""
        ...


class MessageLog(Protocol):
    """The messages of a company in both directions."""

    def page(self, company_id: CompanyId, *, before: Cursor | None, phone: str | None) -> Sequence[LogEntry]:
        """The newest, at most `PAGE_SIZE`, older than `before`; only with contacts whose phone holds these digits."""
        ...

    def count_by_status(self, company_id: CompanyId, since: datetime) -> Mapping[MessageStatus, int]:
        """How many messages of ours stand at each mark, of those that were written since then."""
        ...
