"""When a planned notice becomes a message: the moment before, and what follows from what became of the message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from aiadmin.domain.backoff import Backoff
from aiadmin.domain.errors import AiAdminError
from aiadmin.domain.notices.notice import Notice
from aiadmin.domain.yclients.error import YClientsError

CLAIM = timedelta(minutes=1)
"""How long notices stay with the worker that looks at them, longer than a few readings of records take: so late are
those of one that was killed. One that comes back after it releases nothing."""
BATCH = 10
MOST_IN_ONE = 30
"""Bookings that one message tells of; a client can read no more."""
RELEASED_FOR = timedelta(minutes=2)
"""A message that does not go out in this time is taken back: what it says has to be looked at again."""
FRESH = timedelta(minutes=2)
"""How old a look at a booking may be when a message is owed; what changes meanwhile comes by webhook."""
FEW = 3
"""More notices of one day's visits are looked at together: YClients counts calls, and a list is one call."""
_RETRIES = Backoff(first=timedelta(minutes=1), longest=timedelta(minutes=1))
_LONGEST_ASKED = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class NoticeRecipient:
    """Whom a notice is for.

    Attributes:
        is_muted: whether the salon sends them no mailings (YClients' `sms_not`).
    """

    name: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    is_muted: bool = False


class NoticeState(StrEnum):
    """Where a notice stands."""

    WAITING = "waiting"
    RELEASED = "released"
    """It is a message now."""
    DONE = "done"
    DROPPED = "dropped"


def visit_day(notice: Notice, zone: str) -> date:
    """The salon's day of the visit that a notice promises."""
    return notice.announced.starts_at.astimezone(ZoneInfo(zone)).date()


def is_worth_a_list(notice: Notice, due: Sequence[Notice], zone: str) -> bool:
    """Whether so many are due of that day that its whole list is the cheaper look."""
    day = visit_day(notice, zone)
    return sum(visit_day(one, zone) == day for one in due) > FEW


def is_fresh(looked_at: datetime | None, now: datetime) -> bool:
    """Whether a booking that was looked at then need not be looked at again."""
    return looked_at is not None and now - looked_at < FRESH


def message_key(notice: Notice) -> str:
    """The dedup key of the message that this look at a notice releases, if it does: `attempts` names the look."""
    return f"notice:{notice.id}:{notice.attempts}"


def call_key(notice: Notice, at: datetime) -> str:
    """The dedup key of the message that asks the salon to call, by the first notice that it is about, and when.

    A call that was taken back may be asked for again, without what has been undone.
    """
    return f"call:{notice.id}:{at.timestamp():.6f}"


def message_deadline(notice: Notice, now: datetime) -> datetime:
    """Until when its message may go out without another look at the booking."""
    return min(notice.deadline_at, now + RELEASED_FOR)


def wait_after(error: AiAdminError, jitter: float) -> timedelta:
    """How long a salon's notices wait when its journal cannot be read."""
    asked = error.wait if isinstance(error, YClientsError) else timedelta(0)
    return max(_RETRIES.wait(1, jitter), min(asked, _LONGEST_ASKED))
