"""The partner's routes of the marketplace. They are not under `/api/v1`."""

from typing import Any

from aiohttp import web

from tests.fakes.yclients.asked import body, number
from tests.fakes.yclients.envelope import failure, partner_of, success
from tests.fakes.yclients.refusals import InvalidError, RefusedError
from tests.fakes.yclients.world import NOT_INSTALLED, World

_CHANNELS = {"sms", "whatsapp"}
_NOT_A_NUMBER = "Значение должно быть числом"


class Marketplace:
    """The routes, around one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/marketplace/partner/callback", self.callback),
            web.post("/marketplace/partner/callback/redirect", self.callback_redirect),
            web.get("/marketplace/salon/{salon_id}/application/{app_id}", self.status),
            web.get("/marketplace/application/{app_id}/salons", self.salons),
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
        return success({"user_id": 1}, status=201)

    async def callback_redirect(self, request: web.Request) -> web.Response:
        """The same for the owner's browser: a redirect and HTML, never JSON."""
        self._activate(partner_of(request, self._world), await body(request))
        page = "<!DOCTYPE html><html><body>Redirecting to <a href='/settings'>/settings</a></body></html>"
        return web.Response(status=301, headers={"Location": "/settings"}, text=page, content_type="text/html")

    async def status(self, request: web.Request) -> web.Response:
        """How far the app is installed in the salon, with its history; 404 when it never was."""
        token = partner_of(request, self._world)
        link = self._world.link(number(request, "salon_id"), number(request, "app_id"), token)
        if link is None or link.created_at is None:
            return failure(404, NOT_INSTALLED)
        connection = {"status": link.status, "created_at": f"{link.created_at:%Y-%m-%d %H:%M:%S}"}
        return success({"logs": link.logs, "payments": [], "connection_status": connection})

    async def salons(self, request: web.Request) -> web.Response:
        """The salons where the app is active; numbers come as text here."""
        token, app_id = partner_of(request, self._world), number(request, "app_id")
        if app_id not in self._world.partners[token]:
            return failure(403, "Нет доступа к приложению")
        active = [
            salon for (salon, app), link in self._world.links.items() if app == app_id and link.status == "active"
        ]
        return success([{"id": str(salon), "title": f"Салон {salon}"} for salon in sorted(active)])

    def _activate(self, token: str, sent: dict[str, Any]) -> None:
        errors = _errors(sent)
        if errors:
            raise InvalidError(**errors)
        given = {name: sent.get(name) for name in ("api_key", "webhook_urls", "channels")}
        self._world.activate(sent["salon_id"], sent["application_id"], token, **given)


def _errors(body: dict[str, Any]) -> dict[str, str]:
    """What is wrong, by field."""
    errors = {name: _NOT_A_NUMBER for name in ("salon_id", "application_id") if type(body.get(name)) is not int}
    urls, channels = body.get("webhook_urls") or [], body.get("channels") or []
    if not all(isinstance(url, str) and url.startswith(("http://", "https://")) for url in urls):
        errors["webhook_urls"] = "Неверный адрес"
    if not set(channels) <= _CHANNELS:
        errors["channels"] = "Неизвестный канал"
    return errors
