"""Activation, and what the app says about itself in a salon."""

from typing import Any

from aiohttp import web

from tests.fakes.yclients.asked import body
from tests.fakes.yclients.envelope import partner_of, success
from tests.fakes.yclients.marketplace.base import PartnerRoutes, check, is_number
from tests.fakes.yclients.refusals import RefusedError
from tests.fakes.yclients.salon.state import SYSTEM_USER_ID

_CHANNELS = {"sms", "whatsapp"}


class Partner(PartnerRoutes):
    """Activation and its browser twin, channels, sender names."""

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/marketplace/partner/callback", self.callback),
            web.post("/marketplace/partner/callback/redirect", self.callback_redirect),
            web.post("/marketplace/partner/short_names", self.short_names),
            web.post("/marketplace/application/update_channel", self.update_channel),
        ]

    async def callback(self, request: web.Request) -> web.Response:
        """Activate a pending salon: 201. A repeat is 403, and registers no new webhook address."""
        token, sent = partner_of(request, self._world), await body(request)
        received = {**sent, "at": self._world.clock().isoformat(), "status": 201}
        self._world.callbacks.append(received)
        try:
            self._activate(token, sent)
        except RefusedError as error:
            received["status"] = error.status
            raise
        return success({"user_id": SYSTEM_USER_ID}, status=201)

    async def callback_redirect(self, request: web.Request) -> web.Response:
        """The same for the owner's browser: a redirect and HTML, never JSON."""
        self._activate(partner_of(request, self._world), await body(request))
        page = "<!DOCTYPE html><html><body>Redirecting to <a href='/settings'>/settings</a></body></html>"
        return web.Response(status=301, headers={"Location": "/settings"}, text=page, content_type="text/html")

    async def short_names(self, request: web.Request) -> web.Response:
        """The names that messages come from: 201."""
        sent = await self.asked(request, salon_id=is_number, short_names=_are_texts)
        self._world.installed(sent["salon_id"], sent["application_id"]).short_names = sent["short_names"]
        return success(None, status=201)

    async def update_channel(self, request: web.Request) -> web.Response:
        """Whether a channel can be used now."""
        sent = await self.asked(
            request, salon_id=is_number, channel_slug=_is_channel, is_available=lambda value: isinstance(value, bool)
        )
        link = self._world.installed(sent["salon_id"], sent["application_id"])
        others = [each for each in link.channels if each != sent["channel_slug"]]
        link.channels = others + [sent["channel_slug"]] * sent["is_available"]
        return success(None)

    def _activate(self, token: str, sent: dict[str, Any]) -> None:
        check(
            sent, {"salon_id": is_number, "application_id": is_number, "webhook_urls": _are_urls, "channels": _known}
        )
        given = {name: sent.get(name) for name in ("api_key", "webhook_urls", "channels")}
        self._world.activate(sent["salon_id"], sent["application_id"], token, **given)


def _are_urls(value: Any) -> bool:
    return all(isinstance(url, str) and url.startswith(("http://", "https://")) for url in value or [])


def _is_channel(value: Any) -> bool:
    return value in _CHANNELS


def _known(value: Any) -> bool:
    return set(value or []) <= _CHANNELS


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, str) for each in value)
