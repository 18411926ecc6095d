"""The server's second face: HTTP and JSON for tests, benchmarks and the demo. ``README.md`` lists the routes."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from tests.fakes.whatsapp.control_phones import PhoneControl
from tests.fakes.whatsapp.directory import Device
from tests.fakes.whatsapp.faults import ARMED, EVERYBODY, NEEDED, Fault
from tests.fakes.whatsapp.handset import MessagingError
from tests.fakes.whatsapp.pairing import PairingError
from tests.fakes.whatsapp.phone import Phone, device_at
from tests.fakes.whatsapp.server import Server
from tests.fakes.whatsapp.strikes import STRIKES

_FAULT_KEYS = ("kind", "scope", "jid", "times")

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Control:
    """The routes, around one server."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def app(self) -> web.Application:
        app = web.Application(middlewares=[_errors])
        app.add_routes(
            [
                web.get("/health", self.health),
                web.post("/scan", self.scan),
                web.post("/type-code", self.type_code),
                web.post("/unlink", self.unlink),
                web.get("/devices", self.devices),
                web.get("/connections", self.connections),
                web.get("/log", self.log),
                web.post("/faults", self.arm),
                web.get("/faults", self.faults),
                web.delete("/faults", self.clear),
                *PhoneControl(self._server).routes(),
            ]
        )
        return app

    async def health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def scan(self, request: web.Request) -> web.Response:
        body = await request.json()
        return web.json_response(_described(await self._phone(body).scan(body["qr"])))

    async def type_code(self, request: web.Request) -> web.Response:
        body = await request.json()
        return web.json_response(_described(await self._phone(body).type_code(body["code"])))

    def _phone(self, body: dict[str, Any]) -> Phone:
        """The phone a request is about: ``phone`` is its number; without one it is a new phone."""
        directory = self._server.directory
        account = directory.account(str(body.get("phone") or directory.free_phone()))
        account.push_name = body.get("push_name", account.push_name)
        account.platform = body.get("platform", account.platform)
        return Phone(self._server, account)

    async def unlink(self, request: web.Request) -> web.Response:
        device = device_at(self._server, (await request.json())["jid"])
        await Phone(self._server, device.account).unlink(device)
        return web.json_response(_described(device))

    async def devices(self, _request: web.Request) -> web.Response:
        return web.json_response({"devices": [_described(device) for device in self._server.directory.devices()]})

    async def connections(self, _request: web.Request) -> web.Response:
        listed = [
            {
                "number": connection.number,
                "state": connection.state,
                "silent": connection.silent,
                "jid": str(connection.device.jid) if connection.device else None,
            }
            for connection in sorted(self._server.connections, key=lambda connection: connection.number)
        ]
        states = [connection["state"] for connection in listed]
        counts = {state: states.count(state) for state in sorted(set(map(str, states)))}
        return web.json_response({"connections": listed, "counts": counts})

    async def log(self, request: web.Request) -> web.Response:
        after = int(request.query.get("after", "0"))
        return web.json_response({"log": self._server.journal.entries(request.query.get("event"), after)})

    async def faults(self, _request: web.Request) -> web.Response:
        return web.json_response({"faults": self._server.faults.listed()})

    async def arm(self, request: web.Request) -> web.Response:
        body = await request.json()
        kind, scope = body["kind"], str(body.get("scope") or body.get("jid") or EVERYBODY)
        facts = {key: value for key, value in body.items() if key not in _FAULT_KEYS}
        _check(kind, facts)
        self._server.journal.add("fault", kind=kind, scope=scope)
        if kind in ARMED:
            seconds = facts.pop("seconds", None)
            self._server.faults.arm(Fault.lasting(kind, scope, body.get("times"), seconds, facts))
            return web.json_response({"armed": kind})
        struck = self._server.matching(scope)
        for connection in struck:
            await STRIKES[kind](connection, facts)
        return web.json_response({"struck": len(struck)})

    async def clear(self, _request: web.Request) -> web.Response:
        self._server.faults.clear()
        for connection in self._server.connections:
            connection.speak()
        return web.json_response({"cleared": True})


def _check(kind: str, facts: dict[str, Any]) -> None:
    """Raise ValueError for a fault nobody knows or one that lacks a fact."""
    if kind not in ARMED and kind not in STRIKES:
        raise ValueError(f"unknown kind {kind!r}, known are {sorted([*ARMED, *STRIKES])}")
    missing = [fact for fact in NEEDED.get(kind, ()) if fact not in facts]
    if missing:
        raise ValueError(f"{kind} needs {missing}")


def _described(device: Device) -> dict[str, Any]:
    return {
        "jid": str(device.jid),
        "lid": str(device.lid),
        "phone": device.account.phone,
        "name": device.companion.name,
        "linked_at": device.linked_at,
        "pre_keys": len(device.pre_keys),
    }


@web.middleware
async def _errors(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Turn what the caller got wrong into JSON: 409 for what WhatsApp refuses, 400 for a malformed request."""
    try:
        return await handler(request)
    except (PairingError, MessagingError) as error:
        return web.json_response({"error": error.reason}, status=409)
    except (KeyError, ValueError) as error:
        return web.json_response({"error": "bad-request", "detail": repr(error)}, status=400)
