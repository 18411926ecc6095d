"""Payments: who has paid for what, and what that does to an installation."""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from tests.fakes.yclients.marketplace.link import ACTIVE, FREEZED, Link
from tests.fakes.yclients.refusals import RefusedError
from tests.fakes.yclients.world import World

_FORMAT = "%Y-%m-%d %H:%M:%S"
_TARIFF = {"staff_amount": 0, "free_period_in_months": 0, "currency_iso": "RUB"}
TARIFFS = [
    {
        "id": 11,
        "title": "Базовый",
        "options": [
            _TARIFF | {"id": 111, "title": "1 месяц", "overall_price": 990, "duration_in_months": 1},
            _TARIFF | {"id": 112, "title": "12 месяцев", "overall_price": 9900, "duration_in_months": 12},
        ],
    }
]


def signature(partner_token: str, salon_id: int, amount: object, discount: object = None) -> str:
    """Of a payment event and of a payment link: an HMAC over `salon_id=..&amount=..[&discount=..]`."""
    text = f"salon_id={salon_id}&amount={amount}" + (f"&discount={discount}" if discount is not None else "")
    return hmac.new(partner_token.encode(), text.encode(), hashlib.sha256).hexdigest()


class Billing:
    """The rules, around one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def pay(self, salon_id: int, app_id: int, paid: dict[str, Any]) -> int:
        """Note a payment; a frozen installation is active again. There is no key against paying twice.

        Returns:
            The payment's number, the only handle for a refund.
        """
        link = self._link(salon_id, app_id)
        number = self._world.numbers.next("payment")
        fields = ("payment_sum", "currency_iso", "payment_date", "period_from", "period_to")
        link.payments.append({"id": number, **{name: paid[name] for name in fields}, "is_refunded": False})
        if link.status == FREEZED:
            self._world.restore(salon_id, link)
        return number

    def buy(self, salon_id: int, app_id: int, token: str, amount: float = 990) -> int:
        """The salon pays at the marketplace itself, for thirty days; the app is told where the settings say so."""
        now = self._world.clock()
        paid = {"payment_sum": amount, "currency_iso": "RUB", "payment_date": f"{now:{_FORMAT}}"}
        paid |= {"period_from": f"{now:{_FORMAT}}", "period_to": f"{now + timedelta(days=30):{_FORMAT}}"}
        number = self.pay(salon_id, app_id, paid)
        if self._world.settings.announces_payments:
            self._world.announce(self.event(salon_id, app_id, number, token))
        return number

    def refund(self, number: int, apps: set[int]) -> None:
        """Give the money back; if it was for the time now, the app is switched off."""
        for (salon_id, app_id), link in self._world.links.items():
            for payment in link.payments:
                if payment["id"] == number and app_id in apps:
                    self._refund(salon_id, app_id, link, payment)
                    return
        raise RefusedError(404, "Платёж не найден")

    def _refund(self, salon_id: int, app_id: int, link: Link, payment: dict[str, Any]) -> None:
        if payment["is_refunded"]:
            raise RefusedError(422, "Платёж уже возвращён")
        payment["is_refunded"] = True
        now = self._world.clock().replace(tzinfo=None)
        first, last = (datetime.strptime(payment[name], _FORMAT) for name in ("period_from", "period_to"))  # noqa: DTZ007
        if link.status == ACTIVE and first <= now <= last and self._world.settings.refund_freezes:
            self._world.leave(salon_id, app_id, FREEZED)

    def event(self, salon_id: int, app_id: int, number: int, token: str) -> dict[str, Any]:
        """What Altegio posts when a salon has paid."""
        link = self._link(salon_id, app_id)
        payment = next(each for each in link.payments if each["id"] == number)
        amount, discount = payment["payment_sum"], link.discount or None
        told = {"salon_id": salon_id, "application_id": app_id, "event": "payment", "partner_token": token}
        told |= {
            "payment_id": number,
            "amount": amount,
            "currency_iso": payment["currency_iso"],
            "discount": discount,
        }
        told |= {name: payment[name] for name in ("period_from", "period_to", "payment_date")}
        return told | {"tariff_option_id": None, "sign": signature(token, salon_id, amount, discount)}

    def _link(self, salon_id: int, app_id: int) -> Link:
        return self._world.installed(salon_id, app_id)
