"""The part of the control API that plays the people: phones that write, read and react."""

import base64
from typing import Any

from aiohttp import web

from tests.fakes.whatsapp.directory import Account
from tests.fakes.whatsapp.handset import Handset
from tests.fakes.whatsapp.relay import ADDRESSINGS
from tests.fakes.whatsapp.server import Server


class PhoneControl:
    """The routes, around one server. A phone that is named for the first time is a new one, on WhatsApp."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/phones", self.phones),
            web.post("/message", self.message),
            web.post("/voice", self.voice),
            web.get("/v/{path:.*}", self._server.media.serve),
            web.get("/messages", self.messages),
            web.post("/read", self.read),
            web.post("/react", self.react),
            web.post("/typing", self.typing),
            web.post("/timer", self.timer),
        ]

    async def phones(self, request: web.Request) -> web.Response:
        body = await request.json()
        account, handset = self._account(body["phone"]), self._handset(body["phone"])
        account.push_name = body.get("push_name", account.push_name)
        account.on_whatsapp = bool(body.get("on_whatsapp", account.on_whatsapp))
        account.typed_as.update(map(str, body.get("typed_as", ())))
        handset.addressing = _addressing(body) or handset.addressing
        if "online" in body:
            await handset.switch(bool(body["online"]))
        return web.json_response(
            {"phone": account.phone, "lid": str(account.address()), "on_whatsapp": account.on_whatsapp}
        )

    async def message(self, request: web.Request) -> web.Response:
        body = await request.json()
        facts = body.get("quoted"), str(body.get("id", "")), _addressing(body), body.get("expiration")
        directory = self._server.directory
        to = directory.accounts.get(str(body["to"])) or Account(str(body["to"]), on_whatsapp=False)
        entry = await self._handset(body["from"]).write(to, str(body["text"]), *facts)
        return web.json_response(entry.public())

    async def voice(self, request: web.Request) -> web.Response:
        body = await request.json()
        directory, voice = self._server.directory, base64.b64decode(body["voice"])
        to = directory.accounts.get(str(body["to"])) or Account(str(body["to"]), on_whatsapp=False)
        entry = await self._handset(body["from"]).speak(to, voice, int(body.get("seconds", 3)))
        return web.json_response(entry.public())

    async def messages(self, request: web.Request) -> web.Response:
        log = self._handset(request.query["phone"]).log
        return web.json_response({"messages": [entry.public() for entry in log.values()]})

    async def read(self, request: web.Request) -> web.Response:
        body = await request.json()
        handset = self._handset(body["phone"])
        await handset.read(body["ids"])
        return web.json_response({"messages": [handset.entry(one).public() for one in body["ids"]]})

    async def react(self, request: web.Request) -> web.Response:
        body = await request.json()
        entry = await self._handset(body["phone"]).react(body["id"], str(body["emoji"]))
        return web.json_response(entry.public())

    async def typing(self, request: web.Request) -> web.Response:
        body = await request.json()
        await self._handset(body["from"]).typing(self._account(body["to"]), str(body.get("state", "composing")))
        return web.json_response({"shown": True})

    async def timer(self, request: web.Request) -> web.Response:
        body = await request.json()
        entry = await self._handset(body["from"]).set_timer(self._account(body["to"]), int(body["seconds"]))
        return web.json_response(entry.public())

    def _account(self, phone: Any) -> Account:
        return self._server.directory.account(str(phone))

    def _handset(self, phone: Any) -> Handset:
        return self._server.post.handset(self._account(phone))


def _addressing(body: dict[str, Any]) -> str:
    """The addressing a request asks for; empty when it does not say."""
    wanted = str(body.get("addressing", ""))
    if wanted and wanted not in ADDRESSINGS:
        raise ValueError(f"unknown addressing {wanted!r}, known are {ADDRESSINGS}")
    return wanted
