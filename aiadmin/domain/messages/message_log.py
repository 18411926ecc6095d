"""The log of a salon's messages, as its owner reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Self

from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.ids import ContactId

PAGE_SIZE = 50
_CURSOR = re.compile(r"([0-9]{1,18})-(in|own_phone|out|staff)-([0-9]{1,18})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Author(StrEnum):
    """Who wrote."""

    IN = "in"
    """The client."""
    OWN_PHONE = "own_phone"
    """The salon, on its phone."""
    STAFF = "staff"
    """The salon, in its cabinet."""
    OUT = "out"
    """We, for the salon."""


class MessageStatus(StrEnum):
    """How far a message of ours has come; the tick that its writer looks for."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    UNKNOWN = "unknown"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class LogEntry:
    """One message; `status` and `reason` (a slug) belong to ours alone. The phone is None where only a LID is
    known."""

    number: int
    author: Author
    at: datetime
    phone: str | None = field(repr=False)
    name: str | None = field(repr=False)
    text: str | None = field(repr=False)
    purpose: str | None = None
    status: MessageStatus | None = None
    reason: str | None = None
    is_spoken: bool = False

    @property
    def cursor(self) -> Cursor:
        """Where it stands in the log."""
        return Cursor(micros=round(self.at.timestamp() * 1_000_000), author=self.author, number=self.number)


@dataclass(frozen=True, kw_only=True)
class ChatLine:
    """A chat as a list of chats shows it: its newest message, and who has the floor.

    Attributes:
        words: of that message; None where it has none.
        unread: how many messages of the client the salon has not seen yet.
        can_give: whether the floor can be given: only in a chat that a client has written in.
        human_until: until when a human has the floor; None for automation, or for good.
    """

    contact_id: ContactId
    name: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    at: datetime
    author: Author
    words: str | None = field(repr=False)
    unread: int
    can_give: bool
    is_human: bool
    human_until: datetime | None


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """A message's place in the log: no two share one, so that a page begins exactly where the last has ended."""

    micros: int
    author: Author
    number: int

    def __str__(self) -> str:
        return f"{self.micros}-{self.author}-{self.number}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The place that `str` has written. Raises ValueError."""
        match = _CURSOR.fullmatch(text)
        place = cls(micros=int(match[1]), author=Author(match[2]), number=int(match[3])) if match else None
        if place is None or not place.is_in_time:
            raise ValueError("no place in a log")
        return place

    @property
    def is_in_time(self) -> bool:
        """Whether `at` is a time at all: Python's end with the year 9999."""
        return timedelta(microseconds=self.micros) <= datetime.max.replace(tzinfo=UTC) - _EPOCH

    @property
    def at(self) -> datetime:
        """When the message was written or heard."""
        return _EPOCH + timedelta(microseconds=self.micros)


def status_of(state: OutboxState, delivered_at: datetime | None, read_at: datetime | None) -> MessageStatus:
    """What a salon sees of a message of ours; a phone that has got it proves that it was sent.

    >>> status_of(OutboxState.UNKNOWN, None, None), status_of(OutboxState.SENDING, None, None)
    (<MessageStatus.UNKNOWN: 'unknown'>, <MessageStatus.QUEUED: 'queued'>)
    """
    if read_at is not None:
        return MessageStatus.READ
    if delivered_at is not None:
        return MessageStatus.DELIVERED
    if state in {OutboxState.PENDING, OutboxState.SENDING}:
        return MessageStatus.QUEUED
    return MessageStatus(state.value)
