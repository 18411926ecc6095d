"""The partner's routes of the marketplace. They are not under `/api/v1`."""

import json
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.fakes.yclients.envelope import failure, partner_of, success
from tests.fakes.yclients.world import NOT_INSTALLED, RefusedError, World

_CHANNELS = {"sms", "whatsapp"}
_INVALID = "Ошибка валидации"
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
        token, body = partner_of(request, self._world), await _json(request)
        received = {**body, "at": self._world.clock().isoformat(), "status": 201}
        self._world.callbacks.append(received)
        try:
            self._activate(token, body)
        except (RefusedError, _InvalidError) as error:
            received["status"] = error.status
            raise
        return success({"user_id": 1}, status=201)

    async def callback_redirect(self, request: web.Request) -> web.Response:
        """The same for the owner's browser: a redirect and HTML, never JSON."""
        self._activate(partner_of(request, self._world), await _json(request))
        page = "<!DOCTYPE html><html><body>Redirecting to <a href='/settings'>/settings</a></body></html>"
        return web.Response(status=301, headers={"Location": "/settings"}, text=page, content_type="text/html")

    async def status(self, request: web.Request) -> web.Response:
        """How far the app is installed in the salon, with its history; 404 when it never was."""
        token = partner_of(request, self._world)
        link = self._world.link(_number(request, "salon_id"), _number(request, "app_id"), token)
        if link is None or link.created_at is None:
            return failure(404, NOT_INSTALLED)
        connection = {"status": link.status, "created_at": f"{link.created_at:%Y-%m-%d %H:%M:%S}"}
        return success({"logs": link.logs, "payments": [], "connection_status": connection})

    async def salons(self, request: web.Request) -> web.Response:
        """The salons where the app is active; numbers come as text here."""
        token, app_id = partner_of(request, self._world), _number(request, "app_id")
        if app_id not in self._world.partners[token]:
            return failure(403, "Нет доступа к приложению")
        active = [
            salon for (salon, app), link in self._world.links.items() if app == app_id and link.status == "active"
        ]
        return success([{"id": str(salon), "title": f"Салон {salon}"} for salon in sorted(active)])

    def _activate(self, token: str, body: dict[str, Any]) -> None:
        errors = _errors(body)
        if errors:
            raise _InvalidError(errors)
        given = {name: body.get(name) for name in ("api_key", "webhook_urls", "channels")}
        self._world.activate(body["salon_id"], body["application_id"], token, **given)


class _InvalidError(Exception):
    status = 422

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(_INVALID)
        self.errors = errors


@web.middleware
async def refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what a route refuses into its answer."""
    try:
        return await handler(request)
    except RefusedError as error:
        return failure(error.status, error.message)
    except _InvalidError as error:
        return failure(422, _INVALID, error.errors)


def _errors(body: dict[str, Any]) -> dict[str, list[str]]:
    """What is wrong, by field."""
    errors = {name: [_NOT_A_NUMBER] for name in ("salon_id", "application_id") if type(body.get(name)) is not int}
    urls, channels = body.get("webhook_urls") or [], body.get("channels") or []
    if not all(isinstance(url, str) and url.startswith(("http://", "https://")) for url in urls):
        errors["webhook_urls"] = ["Неверный адрес"]
    if not set(channels) <= _CHANNELS:
        errors["channels"] = ["Неизвестный канал"]
    return errors


def _number(request: web.Request, name: str) -> int:
    text = request.match_info[name]
    if not text.isdigit():
        raise RefusedError(404, "Не найдено")
    return int(text)


async def _json(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except json.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise RefusedError(400, "Неверный формат запроса")
    return body
