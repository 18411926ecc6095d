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
_PAY_AT = "/appstore/payment/"
"""At yclients.com in life."""
_FORM = """<!doctype html><html lang="ru"><meta charset="utf-8"><title>Оплата</title><link rel="icon" href="data:,">
<h1>{title}</h1><form method="post">{button}</form></html>"""


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
            web.get(_PAY_AT, self.show_payment),
            web.post(_PAY_AT, self.take_payment),
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
        address = f"{request.scheme}://{request.host}{_PAY_AT}"
        return success({"url": f"{address}?{urlencode(asked | {'source': 'api', 'sign': sign})}"})

    async def show_payment(self, request: web.Request) -> web.Response:
        """What the owner sees behind the link."""
        self._signed(request)
        return _page("Базовый, 30 дней", "<button>Оплатить 990 ₽</button>")

    async def take_payment(self, request: web.Request) -> web.Response:
        salon_id, app_id, token = self._signed(request)
        self._billing.buy(salon_id, app_id, token)
        return _page("Оплата прошла", "")

    def _signed(self, request: web.Request) -> tuple[int, int, str]:
        """Whose link it is, of which app, and its partner; a link that was changed is refused."""
        query = request.query
        salon_id, app_id = int(query["salon_id"]), int(query["application_id"])
        for token, apps in self._world.partners.items():
            if app_id in apps and query["sign"] == signature(token, salon_id, query["discount"]):
                return salon_id, app_id, token
        raise web.HTTPForbidden

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


def _page(title: str, button: str) -> web.Response:
    return web.Response(text=_FORM.format(title=title, button=button), content_type="text/html")


def _is_sum(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _is_date(value: Any) -> bool:
    """`2022-01-01 10:10:00` and nothing else."""
    return isinstance(value, str) and _DATE.fullmatch(value) is not None


def _are_numbers(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(is_number, value))
