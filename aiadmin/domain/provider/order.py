"""YClients' provider protocol: it asks us to send its own notifications, and hears what became of each.

The statuses of one message come once each and in order: 8, 4, 1; or 2 or 16 in place of what did not happen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum

from aiadmin.domain.backoff import Backoff
from aiadmin.domain.companies.outbox import OutboxState
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.messages.sending_policy import BlockReason
from aiadmin.domain.quarantine import RowKey
from aiadmin.domain.yclients.http_answer import HttpAnswer

DEADLINE = timedelta(hours=15)
"""YClients names none. After a night of quiet hours a notice is still worth sending; a day later it is not."""


class OrderStatus(IntEnum):
    """The status of a message as YClients gets it; the numbers are the protocol's."""

    DELIVERED = 1
    NOT_DELIVERED = 2
    SENT = 4
    QUEUED = 8
    REJECTED = 16


class Code(IntEnum):
    """Why a request, or one message of it, is refused; the protocol's numbers but for the last three."""

    BODY_INVALID = 5
    FIELD_INVALID = 10
    NOT_ALLOWED = 15
    UNAUTHORIZED = 20
    NOT_FOUND = 30
    OPTED_OUT = 16
    NOT_ON_WHATSAPP = 2
    """The numbers of the statuses that say the same."""
    BUSY = 1
    """Ours, for what may be tried again as it is."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """One message of an order.

    Attributes:
        external_id: YClients' own number of it.
        phone: digits with the country code; None for what is no phone.
    """

    external_id: str
    phone: str | None = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Order:
    """A text for some phones.

    Attributes:
        is_advert: only for clients who want adverts.
        callback_url: where YClients hears the statuses, allowed already; it carries the partner token.
    """

    targets: tuple[Target, ...]
    text: str = field(repr=False)
    is_advert: bool
    callback_url: str | None = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What one message of an order is answered: our number of it, or why it is refused."""

    external_id: str
    ext_id: str | None = None
    refusal: Code | None = None


_REFUSALS = {
    BlockReason.OPTED_OUT: Code.OPTED_OUT,
    BlockReason.MUTED: Code.OPTED_OUT,
    BlockReason.ABSENT: Code.NOT_ON_WHATSAPP,
}


def refusal_of(why: BlockReason) -> Code:
    """The status of a message that will never go; the salon may just have no room for it today."""
    return _REFUSALS.get(why, Code.BUSY)


_PATH = re.compile(r"[A-Za-z0-9/._~%?=&-]{1,1000}")


def is_allowed_callback(url: str, origins: Sequence[str]) -> bool:
    """Whether we may call `url`: it begins with one of `origins` and a slash, and the rest is plain.

    No parser is asked, so none can be deceived: what follows the origin cannot change where the call goes.

    >>> is_allowed_callback("https://yclients.com/a/b", ["https://yclients.com"])
    True
    >>> is_allowed_callback("https://yclients.com@evil.example/", ["https://yclients.com"])
    False
    """
    return any(
        url.startswith(f"{origin}/") and _PATH.fullmatch(url.removeprefix(origin)) is not None for origin in origins
    )


@dataclass(frozen=True, kw_only=True)
class OrderProgress:
    """A message that YClients gave us, and how it stands.

    Attributes:
        told: the statuses that were reported, in order.
        attempts: failed reports in a row.
        state: of our own message; None when it is gone.
    """

    number: int
    company_id: CompanyId
    external_id: str
    callback: str | None = field(repr=False)
    told: tuple[int, ...]
    attempts: int
    created_at: datetime
    state: OutboxState | None
    reason: str | None
    delivered_at: datetime | None
    finished_at: datetime | None

    @property
    def row_key(self) -> RowKey:
        """What names the row in its queue."""
        return RowKey(self.company_id, str(self.number))


_UNWANTED = frozenset({"opted_out", "muted"})
WATCHED_FOR = timedelta(days=7)
"""A phone that has been off for so long is not waited for."""
UNKNOWN_FOR = timedelta(hours=1)
"""How long a message that may have arrived is given the benefit of the doubt."""


def history(progress: OrderProgress, now: datetime) -> tuple[OrderStatus, ...]:
    """All that there is to tell by now, in order."""
    if progress.delivered_at is not None:
        return (OrderStatus.QUEUED, OrderStatus.SENT, OrderStatus.DELIVERED)
    match progress.state:
        case OutboxState.SENT:
            return (OrderStatus.QUEUED, OrderStatus.SENT)
        case OutboxState.FAILED | OutboxState.CANCELLED | None:
            unwanted = progress.reason in _UNWANTED
            return (OrderStatus.QUEUED, OrderStatus.REJECTED if unwanted else OrderStatus.NOT_DELIVERED)
        case OutboxState.UNKNOWN if now - (progress.finished_at or progress.created_at) >= UNKNOWN_FOR:
            return (OrderStatus.QUEUED, OrderStatus.NOT_DELIVERED)
        case _:
            return (OrderStatus.QUEUED,)


_LAST = frozenset({OrderStatus.DELIVERED, OrderStatus.NOT_DELIVERED, OrderStatus.REJECTED})


def next_status(progress: OrderProgress, now: datetime) -> OrderStatus | None:
    """The status to report next; None while it is unchanged, and for ever after a last status."""
    if _LAST.intersection(progress.told):
        return None
    return next((status for status in history(progress, now) if status not in progress.told), None)


@dataclass(frozen=True, kw_only=True)
class LookAgain:
    """The row is looked at again at `at`."""

    at: datetime


@dataclass(frozen=True, kw_only=True)
class Finished:
    """Nothing more will be reported; `error` says why where YClients does not know the end."""

    error: str | None = None


Next = LookAgain | Finished

SOONEST, LATEST = timedelta(seconds=2), timedelta(hours=1)


def after_look(progress: OrderProgress, now: datetime) -> Next:
    """When to look again: at once when there is more to tell, else after a tenth of the message's age.

    The older a message, the rarer its status changes.
    """
    if _LAST.intersection(progress.told):
        return Finished()
    if next_status(progress, now) is not None:
        return LookAgain(at=now)
    age = now - progress.created_at
    if age >= WATCHED_FOR:
        return Finished(error="not watched any longer")
    return LookAgain(at=now + min(max(age / 10, SOONEST), LATEST))


RETRIES = Backoff(first=timedelta(seconds=2), longest=timedelta(minutes=10))
LONGEST_WAIT = timedelta(hours=1)
TOLD_WITHIN = timedelta(days=2)
"""YClients that cannot be reached for so long after a message was given does not hear of it any more."""


def after_failure(progress: OrderProgress, answer: HttpAnswer, now: datetime, jitter: float) -> Next:
    """What follows a report that YClients did not take: another attempt, or none when it plainly refused it.

    Args:
        jitter: a random number from 0 up to 1.
    """
    said = f"HTTP {answer.status}" if answer.status else answer.message or "no answer"
    if not answer.is_transient:
        return Finished(error=f"refused: {said}")
    if now - progress.created_at >= TOLD_WITHIN:
        return Finished(error=f"unreachable: {said}")
    return LookAgain(at=now + max(RETRIES.wait(progress.attempts + 1, jitter), min(answer.wait, LONGEST_WAIT)))


def is_double(*, notices_are_on: bool, last_order_at: datetime | None, now: datetime) -> bool:
    """Whether clients may hear everything twice: we notify them, and YClients has us notify them as well."""
    return notices_are_on and last_order_at is not None and now - last_order_at < WATCHED_FOR
