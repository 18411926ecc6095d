"""What goes through AI Admin: messages by the hour, and what salons pay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from aiadmin.domain.companies.audit import AuditEntry
from aiadmin.domain.install.lifecycle import PAYMENT_TOLD
from aiadmin.domain.partner.partner import PAYMENT

HOURS: Final = 24
_HOUR: Final = timedelta(hours=1)
MONEY_ACTIONS: Final = frozenset(
    {
        PAYMENT,
        PAYMENT_TOLD,
        "partner.refund",
        "partner.discount",
        "partner.payment_link",
        "lifecycle.freeze",
        "lifecycle.resume",
    }
)
"""Actions of the audit log that are about money, or about what comes of it."""


@dataclass(frozen=True, kw_only=True)
class HourTraffic:
    """An hour of all salons.

    Attributes:
        sent: taken by WhatsApp, of what was put into the outbox in this hour; the next two likewise.
        failed: refused, or nobody knows.
        waiting: still in the outbox.
        received: texts that clients wrote in this hour.
    """

    at: datetime
    sent: int = 0
    failed: int = 0
    waiting: int = 0
    received: int = 0

    @property
    def handed(self) -> int:
        """What was put into the outbox, without what was called off."""
        return self.sent + self.failed + self.waiting


def since(now: datetime) -> datetime:
    """The beginning of the first hour that is shown; the last one is the hour that `now` is in.

    >>> since(datetime(2026, 11, 30, 22, 7))
    datetime.datetime(2026, 11, 29, 23, 0)
    """
    return now.replace(minute=0, second=0, microsecond=0) - (HOURS - 1) * _HOUR


def by_hour(counted: Mapping[datetime, HourTraffic], now: datetime) -> Sequence[HourTraffic]:
    """Every hour that is shown, oldest first, those included in which nothing happened."""
    first = since(now)
    hours = [first + number * _HOUR for number in range(HOURS)]
    return [counted.get(at) or HourTraffic(at=at) for at in hours]


def total(hours: Sequence[HourTraffic]) -> HourTraffic:
    """All of them together, as of the first."""
    names = ("sent", "failed", "waiting", "received")
    return replace(hours[0], **{name: sum(getattr(one, name) for one in hours) for name in names})


def failed_share(traffic: HourTraffic) -> float | None:
    """Of what has an end, how much did not arrive; None where nothing has.

    >>> failed_share(HourTraffic(at=datetime(2026, 1, 1), sent=97, failed=3, waiting=50))
    0.03
    """
    ended = traffic.sent + traffic.failed
    return traffic.failed / ended if ended else None


@dataclass(frozen=True, kw_only=True)
class MoneyNews:
    """Something about money, and the title of the salon."""

    entry: AuditEntry
    salon: str | None
