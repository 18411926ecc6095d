"""Where apps report what became of messages, and the control that makes YClients ask for some."""

import json
from dataclasses import asdict
from typing import Any

import aiohttp
from aiohttp import web

from tests.fakes.yclients.operator import Operator, check_phones, wrong_fields
from tests.fakes.yclients.world import World

_STATUS_PATH = "/smsprovider/status/callback/"


class OperatorRoutes:
    """The routes, around one world."""

    def __init__(self, world: World) -> None:
        self._world, self.operator = world, Operator()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post(_STATUS_PATH + "{partner_token}", self.statuses),
            web.post("/_fake/operator_send", self.send),
            web.get("/_fake/operator", self.messages),
        ]

    async def statuses(self, request: web.Request) -> web.Response:
        """Reports for messages that YClients asked for; all of them are taken, or none."""
        if request.match_info["partner_token"] not in self._world.partners:
            return _refused(401, 20, "unknown partner")
        try:
            rows = json.loads(await request.read())
        except ValueError:
            rows = None
        if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
            return _refused(400, 5, "the body is not an array of objects")
        if wrong := [field for row in rows for field in wrong_fields(row)]:
            return web.json_response({"error_code": 10, "errors": wrong}, status=400)
        if any(row.get("id") not in self.operator.messages for row in rows):
            return _refused(404, 30, "unknown message")
        for row in rows:
            self.operator.messages[row["id"]].statuses.append(row["status"])
        return web.json_response({"success": True})

    async def send(self, request: web.Request) -> web.Response:
        """Ask the app of a salon to send `text` to `phones`.

        Where: `url`, or `operator_url` of the settings. `channel`, `dispatch_type` and `from` may be given.
        """
        body = await request.json()
        check_phones(body["phones"])
        token, apps = next(iter(self._world.partners.items()))
        link = self._world.installed(body["salon_id"], body.get("app", min(apps)))
        said: dict[str, Any] = {"from": body.get("from", "SALON"), "channel": body.get("channel", "whatsapp")}
        said |= {"dispatch_type": body.get("dispatch_type", "service")}
        said |= {"delivery_callback_url": f"{request.scheme}://{request.host}{_STATUS_PATH}{token}"}
        messages = self.operator.add(body["salon_id"], body["phones"], body["text"])
        url = body.get("url") or self._world.settings.operator_url
        try:
            came = await self.operator.post(url, link.api_key or "", messages, **said)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise web.HTTPBadGateway(text=f"the app does not answer: {type(error).__name__}") from None
        return web.json_response(came)

    async def messages(self, _request: web.Request) -> web.Response:
        """Every message that YClients asked for, with its statuses."""
        return web.json_response({"messages": [asdict(message) for message in self.operator.messages.values()]})


def _refused(status: int, code: int, message: str) -> web.Response:
    return web.json_response({"error_code": code, "error_message": message}, status=status)
