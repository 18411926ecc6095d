"""Poison rows: a row whose handling raises is set aside (quarantined), so that the rest of its queue goes on.

The row itself stays where it is, untouched; the quarantine only says that a queue passes it by, why, and when it is
tried again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import PurePath
from traceback import extract_tb

from aiadmin.domain.backoff import Backoff
from aiadmin.domain.ids import CompanyId

RETRY_CLAIM = timedelta(minutes=3)
"""A row that is being tried again is claimed for so long: longer than a job may run."""
RETRIES_AT_ONCE = 20
RETRIES = Backoff(first=timedelta(minutes=1), longest=timedelta(hours=6), factor=4)
MOST_ATTEMPTS = 10
"""Some 33 hours; after that a row waits for a human, who says `quarantine retry`."""
KEPT = timedelta(days=30)
REASON_LENGTH = 200


class WorkQueue(StrEnum):
    """Rows of several salons that one process works off; the name of each is that of its table where it has one."""

    WEBHOOKS = "webhooks"
    REFETCHES = "refetches"
    CHATS = "chats"
    OUTBOX_MESSAGES = "outbox_messages"
    BOOKING_EVENTS = "booking_events"
    REMINDERS = "reminders"
    NOTICES = "notices"
    QUESTIONS = "questions"
    CHAT_WRITES = "chat_writes"
    PROVIDER_MESSAGES = "provider_messages"
    OUTBOX = "outbox"
    INSTALLATIONS = "installations"
    ERASURES = "erasures"
    SYNC_RUNS = "sync_runs"


@dataclass(frozen=True, order=True)
class RowKey:
    """A row of a queue: its company, and what names it among the company's rows."""

    company_id: CompanyId
    key: str

    @property
    def number(self) -> int:
        """The key of a row that is named by a number."""
        return int(self.key)


@dataclass(frozen=True, kw_only=True)
class QuarantinedRow:
    """A row that was set aside. `next_attempt_at` is None when it waits for a human."""

    queue: WorkQueue
    row: RowKey
    reason: str
    attempts: int
    next_attempt_at: datetime | None
    first_at: datetime
    last_at: datetime


def retry_after(attempts: int) -> timedelta | None:
    """How long a row that has failed `attempts` times (from 1) waits; None when only a human can help it.

    >>> [str(retry_after(attempts)) for attempts in (1, 2, 3, 5, 9, 10)]
    ['0:01:00', '0:04:00', '0:16:00', '4:16:00', '6:00:00', 'None']
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    return RETRIES.wait(attempts, 1)


def reason_of(error: BaseException) -> str:
    """The type of an error and where in our code it was raised; never its text, which may hold a client's words."""
    kind = type(error).__name__
    frames = [frame for frame in extract_tb(error.__traceback__) if "site-packages" not in frame.filename]
    if not frames:
        return kind[:REASON_LENGTH]
    last = frames[-1]
    return f"{kind} in {PurePath(last.filename).stem}.{last.name}:{last.lineno}"[:REASON_LENGTH]
