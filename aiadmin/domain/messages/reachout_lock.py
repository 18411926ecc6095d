"""Error 463, WhatsApp's reach-out lock: a number may not write first to people who never wrote to it.

It is meant for one person, or for the whole account; WhatsApp does not say which. So each refused person is left
alone for a day, and when several are refused within minutes, the account writes to no new recipient for a day.
"""

from __future__ import annotations

from datetime import datetime, timedelta

LOCK = timedelta(hours=24)
WINDOW = timedelta(minutes=10)
MANY = 3
"""So many people refused within `WINDOW` mean the account."""


def locked_until(now: datetime) -> datetime:
    """Until when the recipient who was refused now is left alone."""
    return now + LOCK


def counts_from(now: datetime) -> datetime:
    """Locks that end after this were made within the window."""
    return now + LOCK - WINDOW


def is_of_account(refused: int) -> bool:
    """Whether so many refused people mean that the account is locked."""
    return refused >= MANY
