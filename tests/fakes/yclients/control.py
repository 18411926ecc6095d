"""The server's second face, under `/_fake/`: for tests, benchmarks and the demo. ``README.md`` lists the routes."""

from copy import deepcopy
from dataclasses import asdict, fields, replace
from typing import Any

from aiohttp import web

from tests.fakes.yclients.faults import Fault, Faults
from tests.fakes.yclients.hooks.post import Post
from tests.fakes.yclients.marketplace.billing import Billing
from tests.fakes.yclients.marketplace.redirect import OWNER, redirect_url
from tests.fakes.yclients.method_faults import MethodFaults
from tests.fakes.yclients.operator import Operator
from tests.fakes.yclients.world import World

_FORMAT = "%Y-%m-%d %H:%M:%S"


class Control:
    """The routes, around one world."""

    def __init__(
        self,
        world: World,
        faults: Faults,
        method_faults: MethodFaults,
        post: Post,
        operator: Operator,
        requests: list[dict[str, Any]],
    ) -> None:
        self._world = world
        self._initial = replace(world.settings)
        self._faults, self._method_faults, self._post, self._operator = faults, method_faults, post, operator
        self._requests = requests
        self._kept: dict[str, Any] = {}

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/_fake/health", self.health),
            web.post("/_fake/connect", self.connect),
            web.get("/_fake/enter/{salon_id}", self.enter),
            web.post("/_fake/uninstall", self.uninstall),
            web.post("/_fake/freeze", self.freeze),
            web.post("/_fake/pay", self.pay),
            web.post("/_fake/fault", self.fault),
            web.post("/_fake/settings", self.settings),
            web.get("/_fake/callbacks", self.callbacks),
            web.get("/_fake/requests", self.requests),
            web.get("/_fake/links", self.links),
            web.post("/_fake/reset", self.reset),
            web.post("/_fake/keep", self.keep),
            web.post("/_fake/restore", self.restore),
        ]

    async def health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def connect(self, request: web.Request) -> web.Response:
        """The owner presses Connect in one or several salons; the answer is where the browser goes next.

        `shown_salon_ids` puts other salons beside the signature; a `user` of null says nothing about who comes.
        """
        body = await request.json()
        token, app_id = self._app(body)
        for salon_id in body["salon_ids"]:
            self._world.consent(salon_id, app_id)
        shown = body.get("shown_salon_ids", body["salon_ids"])
        how = {name: body[name] for name in ("shape", "url_safe", "sign") if name in body}
        url = redirect_url(
            body.get("redirect_url", self._world.settings.install_url), shown, body.get("user", OWNER), token, **how
        )
        return web.json_response({"url": url})

    async def enter(self, request: web.Request) -> web.Response:
        """What the journal's page opens: the owner's browser goes on to the app, and says where it comes from."""
        salon_id = int(request.match_info["salon_id"])
        token, app_id = self._app({})
        self._world.consent(salon_id, app_id)
        raise web.HTTPSeeOther(redirect_url(self._world.settings.install_url, [salon_id], OWNER, token))

    async def pay(self, request: web.Request) -> web.Response:
        """The salon pays at the marketplace itself, for thirty days."""
        body = await request.json()
        token, app_id = self._app(body)
        number = Billing(self._world).buy(body["salon_id"], app_id, token, body.get("amount", 990))
        return web.json_response({"payment_id": number})

    async def uninstall(self, request: web.Request) -> web.Response:
        return await self._leave(request, "uninstalled")

    async def freeze(self, request: web.Request) -> web.Response:
        return await self._leave(request, "freezed")

    async def fault(self, request: web.Request) -> web.Response:
        body = await request.json()
        fault = Fault(**body)
        self._faults.arm(fault)
        return web.json_response({"armed": fault.path})

    async def settings(self, request: web.Request) -> web.Response:
        known = {each.name for each in fields(self._world.settings)}
        for name, value in (await request.json()).items():
            if name not in known:
                return web.json_response({"error": f"no such setting: {name}"}, status=400)
            setattr(self._world.settings, name, value)
        return web.json_response(asdict(self._world.settings))

    async def callbacks(self, _request: web.Request) -> web.Response:
        return web.json_response({"callbacks": self._world.callbacks})

    async def requests(self, _request: web.Request) -> web.Response:
        return web.json_response({"requests": self._requests})

    async def links(self, _request: web.Request) -> web.Response:
        listed = [
            {
                "salon_id": salon_id,
                "application_id": app_id,
                "status": link.status,
                "api_key": link.api_key,
                "webhook_urls": link.webhook_urls,
                "channels": link.channels,
                "short_names": link.short_names,
                "payments": link.payments,
                "discount": link.discount,
            }
            for (salon_id, app_id), link in self._world.links.items()
        ]
        return web.json_response({"links": listed})

    async def reset(self, _request: web.Request) -> web.Response:
        """Forget all salons, requests, faults and changes of settings."""
        vars(self._world.settings).update(vars(self._initial))
        self._world.reset()
        self._requests.clear()
        self._faults.clear()
        self._method_faults.set({})
        await self._post.clear()
        self._operator.messages.clear()
        return web.json_response({"reset": True})

    async def keep(self, request: web.Request) -> web.Response:
        """Note all salons, installations, deliveries and requests under a `name`, for `restore`."""
        told = deepcopy((self._post.deliveries, self._requests))
        self._kept[(await request.json())["name"]] = {"world": self._world.memory(), "told": told}
        return web.json_response({"kept": True})

    async def restore(self, request: web.Request) -> web.Response:
        """As it was when it was kept; settings, faults and the time are as after a reset."""
        await self.reset(request)
        kept = self._kept[(await request.json())["name"]]
        self._world.remember(kept["world"])
        deliveries, requests = deepcopy(kept["told"])
        self._post.deliveries.extend(deliveries)
        self._requests.extend(requests)
        return web.json_response({"restored": True})

    async def _leave(self, request: web.Request, status: str) -> web.Response:
        body = await request.json()
        self._world.leave(body["salon_id"], self._app(body)[1], status)
        return web.json_response({"status": status})

    def _app(self, body: dict[str, Any]) -> tuple[str, int]:
        """The partner's token and the app that is meant: the only one, unless the body names another."""
        token, apps = next(iter(self._world.partners.items()))
        return token, body.get("app", min(apps))
