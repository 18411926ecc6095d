"""Money: payments and refunds that the partner reports, and what a salon is asked to pay."""

import re
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from tests.fakes.yclients.asked import number
from tests.fakes.yclients.envelope import partner_of, success
from tests.fakes.yclients.marketplace.base import NOT_A_NUMBER, PartnerRoutes, is_number
from tests.fakes.yclients.marketplace.billing import TARIFFS, Billing, signature
from tests.fakes.yclients.refusals import InvalidError
from tests.fakes.yclients.world import World

_DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_PAY_AT = "https://yclients.com/appstore/payment/"


class Payments(PartnerRoutes):
    """Everything about money."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._billing = Billing(world)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/marketplace/partner/payment", self.payment),
            web.post("/marketplace/partner/payment/refund/{id}", self.refund),
            web.get("/marketplace/application/payment_link", self.payment_link),
            web.get("/marketplace/application/{app_id}/tariffs", self.tariffs),
            web.post("/marketplace/application/add_discount", self.add_discount),
        ]

    async def payment(self, request: web.Request) -> web.Response:
        """The salon has paid the partner, for a period: the answer is the number to refund it by."""
        sent = await self.asked(
            request,
            salon_id=is_number,
            payment_sum=_is_sum,
            currency_iso=lambda value: isinstance(value, str) and len(value) == 3,
            payment_date=_is_date,
            period_from=_is_date,
            period_to=_is_date,
        )
        return success({"id": self._billing.pay(sent["salon_id"], sent["application_id"], sent)})

    async def refund(self, request: web.Request) -> web.Response:
        token = partner_of(request, self._world)
        self._billing.refund(number(request, "id"), self._world.partners[token])
        return success(None)

    async def payment_link(self, request: web.Request) -> web.Response:
        """Where the salon can pay at YClients, signed."""
        query = dict(request.query)
        for name in ("salon_id", "application_id"):
            if not query.get(name, "").isdigit():
                partner_of(request, self._world)
                raise InvalidError(**{name: NOT_A_NUMBER})
        token = self.own(request, int(query["application_id"]))
        discount = query.get("discount", "0")
        asked = {"salon_id": query["salon_id"], "application_id": query["application_id"], "discount": discount}
        sign = signature(token, int(query["salon_id"]), discount)
        return success({"url": f"{_PAY_AT}?{urlencode(asked | {'source': 'api', 'sign': sign})}"})

    async def tariffs(self, request: web.Request) -> web.Response:
        self.own(request, number(request, "app_id"))
        return success(TARIFFS)

    async def add_discount(self, request: web.Request) -> web.Response:
        """For several salons at once, 0 to 100 per cent."""
        sent = await self.asked(
            request, salon_ids=_are_numbers, discount=lambda value: _is_sum(value) and value <= 100
        )
        for salon_id in sent["salon_ids"]:
            self._world.installed(salon_id, sent["application_id"]).discount = sent["discount"]
        return success(None)


def _is_sum(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _is_date(value: Any) -> bool:
    """`2022-01-01 10:10:00` and nothing else."""
    return isinstance(value, str) and _DATE.fullmatch(value) is not None


def _are_numbers(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(is_number, value))
