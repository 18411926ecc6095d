"""What becomes of an installation after it began: the salon leaves, does not pay, pays, comes back."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from aiadmin.domain.companies.company import Company, IntegrationStatus
from aiadmin.domain.ids import SalonId
from aiadmin.domain.install.activation import InstallationStatus
from aiadmin.domain.install.signed_user import signature


class LifecycleChange(StrEnum):
    """What must be done to a company."""

    NONE = "none"
    LEAVE = "leave"
    FREEZE = "freeze"
    RESUME = "resume"
    CONFIRM = "confirm"
    """YClients has the salon as active, and we did not know."""
    RETRY = "retry"
    """YClients still waits for an activation that we gave up."""


PAYMENT_TOLD = "lifecycle.payment"
"""The action of the audit log for a payment that YClients tells of."""


@dataclass(frozen=True, kw_only=True)
class ToldPayment:
    """What YClients tells of a payment beside that there was one; whatever it leaves out is None."""

    payment_id: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    period_to: str | None = None

    @property
    def key(self) -> str:
        """What tells it from the salon's other payments: YClients tells of one until it is answered."""
        return self.payment_id or f"{self.amount}/{self.period_to}"

    def details(self) -> Mapping[str, str]:
        """What the audit log keeps of it."""
        known = {"amount": self.amount, "currency": self.currency, "period_to": self.period_to}
        return {"key": self.key} | {name: str(value) for name, value in known.items() if value is not None}


_ACTIVE, _FROZEN, _LEFT = IntegrationStatus.ACTIVE, IntegrationStatus.FROZEN, IntegrationStatus.UNINSTALLED


def after_event(event: str, status: IntegrationStatus) -> LifecycleChange:
    """What an event of YClients asks for. Only the state decides: a repeat finds nothing to do, a second time does.

    >>> after_event("uninstall", IntegrationStatus.ACTIVE)
    <LifecycleChange.LEAVE: 'leave'>
    """
    if event == "uninstall" and status is not _LEFT:
        return LifecycleChange.LEAVE
    if event == "freeze" and status not in {_FROZEN, _LEFT}:
        return LifecycleChange.FREEZE
    if event == "payment" and status is _FROZEN:
        return LifecycleChange.RESUME
    return LifecycleChange.NONE


def after_status(company: Company, connection: InstallationStatus) -> LifecycleChange:
    """What must be done so that our state agrees with what YClients says of the salon, asked on our own account.

    A salon is let go only when YClients says so twice in a row: letting go logs its phone out for good.
    """
    status = company.integration_status
    if connection is InstallationStatus.ACTIVE:
        return _after_active(status)
    if connection is InstallationStatus.FREEZED:
        return LifecycleChange.NONE if status in {_FROZEN, _LEFT} else LifecycleChange.FREEZE
    if connection is InstallationStatus.UNINSTALLED:
        is_second = company.yclients_status == InstallationStatus.UNINSTALLED
        return LifecycleChange.LEAVE if is_second and status in {_ACTIVE, _FROZEN} else LifecycleChange.NONE
    if connection is InstallationStatus.PENDING and status is IntegrationStatus.ACTIVATION_FAILED:
        return LifecycleChange.RETRY
    return LifecycleChange.NONE


def _after_active(status: IntegrationStatus) -> LifecycleChange:
    if status is _ACTIVE:
        return LifecycleChange.NONE
    return LifecycleChange.RESUME if status is _FROZEN else LifecycleChange.CONFIRM


_MOST_DIGITS = 15
SUSPICIOUS = 3
"""From this many on, salons that all left at once are rather a mistake: a wrong number of the application, say."""


def is_plausible(changes: Sequence[LifecycleChange]) -> bool:
    """Whether so many departures among the salons that were looked at can be true."""
    left = sum(change is LifecycleChange.LEAVE for change in changes)
    return left < SUSPICIOUS or left * 2 <= len(changes)


def is_payment_signed(
    salon_id: SalonId, amount: Decimal, discount: Decimal | None, sign: str, partner_token: str
) -> bool:
    """Whether a payment carries the marketplace's HMAC over the salon, the amount and any discount."""
    text = f"salon_id={salon_id}&amount={_plain(amount)}"
    if discount is not None:
        text += f"&discount={_plain(discount)}"
    expected = signature(text.encode(), partner_token)
    return bool(partner_token) and hmac.compare_digest(sign.lower().encode(errors="surrogatepass"), expected.encode())


def _plain(number: Decimal) -> str:
    """As PHP writes it: 990.00 is `990`, 990.50 is `990.5`; a sum of zero is empty."""
    if not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS:
        return ""
    return format(number.normalize(), "f")
