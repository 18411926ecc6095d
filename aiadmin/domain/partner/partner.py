"""What we arrange with YClients about a salon as a partner: payments, tariffs, installations."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from aiadmin.domain.companies import audit
from aiadmin.domain.companies.audit import AuditEntry
from aiadmin.domain.yclients.error import UnreadableError, YClientsDownError, YClientsError

TIME = "%Y-%m-%d %H:%M:%S"
"""How YClients' marketplace writes times; they carry no zone, and its documentation names none."""


PAYMENT = "partner.payment"
"""The action of the audit log under which a payment is reported to YClients."""
_MOSCOW = timedelta(hours=3)


@dataclass(frozen=True, kw_only=True)
class NewPayment:
    """What a salon has paid us, and for which time. Times are naive, as YClients wants them."""

    amount: Decimal
    currency: str
    paid_at: datetime
    period_from: datetime
    period_to: datetime

    def details(self) -> dict[str, str]:
        """What makes it this payment and no other: the same key with other details is a mistake."""
        return {
            "amount": f"{self.amount:.2f}",
            "currency": self.currency,
            "period_from": f"{self.period_from:{TIME}}",
            "period_to": f"{self.period_to:{TIME}}",
        }


def default_key(payment: NewPayment) -> str:
    """A period is paid for once, unless the operator gives another key."""
    return f"{payment.period_from:{TIME}}/{payment.period_to:{TIME}}"


def now_there(now: datetime) -> datetime:
    """The time that YClients' own clocks show, Moscow's; naive."""
    return (now.astimezone(UTC) + _MOSCOW).replace(tzinfo=None, microsecond=0)


@dataclass(frozen=True, kw_only=True)
class KnownPayment:
    """A payment as YClients lists it."""

    payment_id: int
    amount: Decimal | None
    currency: str
    paid_at: str
    period_from: str
    period_to: str
    is_refunded: bool


def paid_until(payments: Sequence[KnownPayment]) -> date | None:
    """The last day that is paid for; None where nothing is, or no period can be read.

    >>> from dataclasses import replace
    >>> one = KnownPayment(payment_id=1, amount=None, currency="RUB", paid_at="", period_from="", is_refunded=False,
    ...     period_to="2026-12-31 23:59:59")
    >>> paid_until([one, replace(one, period_to="2027-05-01", is_refunded=True), replace(one, period_to="?")])
    datetime.date(2026, 12, 31)
    """
    ends = [ends for one in payments if not one.is_refunded and (ends := _day(one.period_to)) is not None]
    return max(ends, default=None)


def _day(text: str) -> date | None:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None


@dataclass(frozen=True, kw_only=True)
class StatusChange:
    """One line of an installation's history."""

    changed_at: str
    before: str
    after: str
    source: str


@dataclass(frozen=True, kw_only=True)
class InstallationDetails:
    """Our app in one salon, in YClients' own words."""

    status: str
    since: str
    changes: Sequence[StatusChange]
    payments: Sequence[KnownPayment]


@dataclass(frozen=True, kw_only=True)
class TariffOption:
    """What a tariff costs for so many months."""

    option_id: int
    title: str
    price: Decimal | None
    currency: str
    months: int


@dataclass(frozen=True, kw_only=True)
class Tariff:
    """One of our app's tariffs."""

    tariff_id: int
    title: str
    options: Sequence[TariffOption]


@dataclass(frozen=True, kw_only=True)
class InstalledSalon:
    """A salon where our app is active."""

    salon_id: int
    title: str
    city: str


class PartnerOutcome(StrEnum):
    """The result of an order to YClients."""

    DONE = audit.DONE
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """It may have been done: there was no answer, or none that says so."""


@dataclass(frozen=True, kw_only=True)
class PaymentResult:
    """How a payment stands.

    Attributes:
        payment_id: YClients' number, the only handle for a refund; None unless it is done.
        detail: YClients' words when it is not done.
        is_repeat: whether this key was used before, so that nothing was sent now.
    """

    key: str
    outcome: PartnerOutcome
    payment_id: int | None
    detail: str
    is_repeat: bool


def outcome_of(error: YClientsError) -> PartnerOutcome:
    """Whether a call that failed may have been obeyed all the same.

    >>> outcome_of(YClientsDownError(status=502)).value, outcome_of(ValueError("429")).value
    ('unknown', 'refused')
    """
    return (
        PartnerOutcome.UNKNOWN if isinstance(error, YClientsDownError | UnreadableError) else PartnerOutcome.REFUSED
    )


def written(outcome: PartnerOutcome, detail: str = "") -> str:
    """An outcome as the audit log keeps it."""
    return f"{outcome}: {detail}" if detail else outcome.value


def stored(entry: AuditEntry) -> PaymentResult:
    """How a payment stands by its entry in the audit log; one that was begun and not finished is unknown."""
    word, _, detail = (entry.outcome or PartnerOutcome.UNKNOWN).partition(": ")
    result: Mapping[str, Any] = entry.details.get("result") or {}
    return PaymentResult(
        key=str(entry.details["key"]),
        outcome=PartnerOutcome(word),
        payment_id=result.get("payment_id"),
        detail=detail,
        is_repeat=True,
    )


def is_same(entry: AuditEntry, payment: NewPayment) -> bool:
    """Whether the entry is of this payment."""
    return all(entry.details.get(name) == value for name, value in payment.details().items())


def recognise(entry: AuditEntry, listed: Sequence[KnownPayment], taken: Collection[int]) -> int | None:
    """The number of a payment whose answer was lost, from YClients' own list; None unless exactly one fits.

    Args:
        taken: the numbers that belong to other entries.
    """
    wanted = {name: entry.details.get(name) for name in ("amount", "currency", "period_from", "period_to", "paid_at")}
    fitting = [each.payment_id for each in listed if each.payment_id not in taken and _as_details(each) == wanted]
    return fitting[0] if len(fitting) == 1 else None


def _as_details(listed: KnownPayment) -> dict[str, str | None]:
    return {
        "amount": None if listed.amount is None else f"{listed.amount:.2f}",
        "currency": listed.currency,
        "period_from": listed.period_from,
        "period_to": listed.period_to,
        "paid_at": listed.paid_at,
    }
