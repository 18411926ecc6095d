"""All of it as one application."""

import json
import time
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from tests.fakes.yclients import chaos
from tests.fakes.yclients.clock import Clock
from tests.fakes.yclients.control import Control
from tests.fakes.yclients.control_conversation import ConversationControl
from tests.fakes.yclients.control_journal import JournalControl
from tests.fakes.yclients.control_salon import SalonControl
from tests.fakes.yclients.envelope import refusals
from tests.fakes.yclients.faults import Faults
from tests.fakes.yclients.hooks.post import Post
from tests.fakes.yclients.limits import Limits
from tests.fakes.yclients.marketplace.installed import Installed
from tests.fakes.yclients.marketplace.partner import Partner
from tests.fakes.yclients.marketplace.payments import Payments
from tests.fakes.yclients.method_faults import MethodFaults
from tests.fakes.yclients.operator_routes import OperatorRoutes
from tests.fakes.yclients.page import Page
from tests.fakes.yclients.rest import REST
from tests.fakes.yclients.settings import Settings
from tests.fakes.yclients.world import World


def make_world(app_id: int, partner_token: str, user_token: str, settings: Settings) -> World:
    """One partner with one app."""
    return World(partners={partner_token: {app_id}}, user_token=user_token, clock=Clock(), settings=settings)


def make_app(world: World) -> web.Application:
    """YClients at `/`, its control at `/_fake/`; only YClients is noted, limited and misbehaves."""
    faults, method_faults = Faults(), MethodFaults(world.settings)
    seen: list[dict[str, Any]] = []
    manners = [_noting(seen), Limits(world.settings).middleware(), faults.middleware(), method_faults.middleware()]
    app = web.Application(middlewares=[*map(_only_for_yclients, manners), chaos.middleware(world.settings), refusals])
    post = Post(world.settings, world.clock)
    world.tell, world.announce = post.tell, post.announce
    app.on_cleanup.append(post.close)
    yclients = (part(world) for part in (Partner, Installed, Payments, *REST))
    operator = OperatorRoutes(world)
    control = (
        Control(world, faults, method_faults, post, operator.operator, seen),
        ConversationControl(world, method_faults),
        operator,
        SalonControl(world),
        JournalControl(world, post),
        Page(world),
    )
    for part in (*yclients, *control):
        app.add_routes(part.routes())
    return app


def _noting(seen: list[dict[str, Any]]) -> Middleware:
    @web.middleware
    async def note(request: web.Request, handler: Handler) -> web.StreamResponse:
        entry: dict[str, Any] = {"method": request.method, "path": request.path, "query": request.query_string}
        entry |= {"at": time.time(), "status": None, "body": await _sent(request)}
        seen.append(entry)
        response = await handler(request)
        entry["status"] = response.status
        response.headers["X-Request-Id"] = f"fake-{len(seen)}"
        return response

    return note


async def _sent(request: web.Request) -> Any:
    """The JSON that came with a request, or None."""
    try:
        return json.loads(await request.read() or b"null")
    except ValueError:
        return None


def _only_for_yclients(middleware: Middleware) -> Middleware:
    @web.middleware
    async def route(request: web.Request, handler: Handler) -> web.StreamResponse:
        return await (
            handler(request)
            if request.path == "/" or request.path.startswith("/_fake/")
            else middleware(request, handler)
        )

    return route
