"""The session of an operator's browser with the console: how long it lasts, and how its actions are signed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiadmin.domain.ids import OperatorSessionId

IDLE = timedelta(hours=2)
"""A session that is not used for so long ends: it opens every salon."""
LASTS = timedelta(hours=12)
"""And each one ends after so long: a working day."""
SEEN_EVERY = timedelta(minutes=1)
"""How exactly the time of the last use is kept."""
KEPT = timedelta(days=7)
"""How long an ended session is kept."""
OPENED_FOR = timedelta(minutes=30)
"""So long a chat stays open to the session that has given a reason for reading it."""
MOST_NAME = 40
MOST_REASON, LEAST_REASON = 200, 5
_NAME = re.compile(r"[\w .@-]{1,40}")


@dataclass(frozen=True, kw_only=True)
class OperatorSession:
    """One browser of one operator.

    Attributes:
        operator: what they call themselves: the key is one for all of them.
        agent: what the browser calls itself, in two words.
    """

    session_id: OperatorSessionId
    operator: str
    agent: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime

    @property
    def actor(self) -> str:
        """The audit's name for them."""
        return f"console:{self.operator}"

    def is_due(self, now: datetime) -> bool:
        """Whether its use at `now` is to be written down."""
        return now - self.seen_at >= SEEN_EVERY


def expiry(created_at: datetime, seen_at: datetime) -> datetime:
    """When a session ends that was begun and last used at these times.

    >>> expiry(datetime(2026, 1, 1, 9), datetime(2026, 1, 1, 9, 30))
    datetime.datetime(2026, 1, 1, 11, 30)
    >>> expiry(datetime(2026, 1, 1, 9), datetime(2026, 1, 1, 20))
    datetime.datetime(2026, 1, 1, 21, 0)
    """
    return min(seen_at + IDLE, created_at + LASTS)


def operator_name(given: str) -> str | None:
    """A name that the audit may hold; None for one that it may not.

    >>> operator_name("  Ада  Л. "), operator_name("<b>"), operator_name("")
    ('Ада Л.', None, None)
    """
    name = " ".join(given.split())
    return name if _NAME.fullmatch(name) else None


def reason_given(given: str) -> str | None:
    """Why an operator does something, in one line; None for what says nothing.

    >>> reason_given("  жалоба:\\n не дошло "), reason_given("x")
    ('жалоба: не дошло', None)
    """
    reason = " ".join("".join(sign if sign.isprintable() else " " for sign in given).split())
    return reason if LEAST_REASON <= len(reason) <= MOST_REASON else None
