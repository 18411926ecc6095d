"""The log of a salon's messages, as its owner reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Self

from aiadmin.domain.companies.outbox import OutboxState

PAGE_SIZE = 50
_CURSOR = re.compile(r"([0-9]{1,18})-(in|own_phone|out)-([0-9]{1,18})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Side(StrEnum):
    """Who wrote."""

    IN = "in"
    """The client."""
    OWN_PHONE = "own_phone"
    """The salon, by its own hand."""
    OUT = "out"
    """We, for the salon."""


class Mark(StrEnum):
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
    """One message; `mark` and `reason` (a slug) belong to ours alone. The phone is None where only a LID is known."""

    number: int
    side: Side
    at: datetime
    phone: str | None = field(repr=False)
    name: str | None = field(repr=False)
    text: str | None = field(repr=False)
    purpose: str | None = None
    mark: Mark | None = None
    reason: str | None = None

    @property
    def place(self) -> Place:
        """Where it stands in the log."""
        return Place(micros=round(self.at.timestamp() * 1_000_000), side=self.side, number=self.number)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A message's place in the log: no two share one, so that a page begins exactly where the last has ended."""

    micros: int
    side: Side
    number: int

    def __str__(self) -> str:
        return f"{self.micros}-{self.side}-{self.number}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The place that `str` has written. Raises ValueError."""
        match = _CURSOR.fullmatch(text)
        place = cls(micros=int(match[1]), side=Side(match[2]), number=int(match[3])) if match else None
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


def mark_of(state: OutboxState, delivered_at: datetime | None, read_at: datetime | None) -> Mark:
    """What a salon sees of a message of ours; a phone that has got it proves that it was sent.

    >>> mark_of(OutboxState.UNKNOWN, None, None), mark_of(OutboxState.SENDING, None, None)
    (<Mark.UNKNOWN: 'unknown'>, <Mark.QUEUED: 'queued'>)
    """
    if read_at is not None:
        return Mark.READ
    if delivered_at is not None:
        return Mark.DELIVERED
    if state in {OutboxState.PENDING, OutboxState.SENDING}:
        return Mark.QUEUED
    return Mark(state.value)
