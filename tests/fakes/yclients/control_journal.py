"""The control of what people at a salon do, and of the webhooks that come of it."""

from typing import Any

from aiohttp import web

from tests.fakes.yclients.hooks.faults import HookFault
from tests.fakes.yclients.hooks.post import Post
from tests.fakes.yclients.salon import clientele, record_shapes
from tests.fakes.yclients.salon.changes import DELETED, UPDATED, change, schedule_change
from tests.fakes.yclients.salon.client_shapes import client as client_shape
from tests.fakes.yclients.salon.entities import Terms
from tests.fakes.yclients.salon.state import Salon
from tests.fakes.yclients.world import World

_PATIENCE = 10.0


class JournalControl:
    """The routes, around one world and its post."""

    def __init__(self, world: World, post: Post) -> None:
        self._world, self._post = world, post

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/_fake/journal/record", self.record),
            web.post("/_fake/journal/client", self.client),
            web.post("/_fake/journal/service", self.service),
            web.post("/_fake/journal/staff", self.staff),
            web.post("/_fake/journal/schedule", self.schedule),
            web.post("/_fake/journal/company", self.company),
            web.post("/_fake/hook_fault", self.hook_fault),
            web.get("/_fake/deliveries", self.deliveries),
            web.post("/_fake/deliveries/send", self.send),
            web.post("/_fake/deliveries/settled", self.settled),
        ]

    async def record(self, request: web.Request) -> web.Response:
        """Book (no `record_id`), change some fields, or with `deleted` delete, or with False take that back.

        The desk may book over others.
        """
        salon, body = await self._asked(request)
        journal = self._world.journal(salon)
        body.setdefault("save_if_busy", True)
        if "record_id" not in body:
            record = journal.book(_whole(salon, body), online=body.get("online", False))
        else:
            record = salon.record(body["record_id"])
            if body.get("deleted"):
                journal.delete(record)
            elif body.get("deleted") is False:
                journal.restore(record)
            else:
                journal.amend(record, body)
        return web.json_response(record_shapes.record(salon, record))

    async def client(self, request: web.Request) -> web.Response:
        """Add (no `client_id`), change, or with `deleted` delete a client; `is_blacklisted` shuts them out.

        An empty `phone` is taken off the card, as old cards have none.
        """
        salon, body = await self._asked(request)
        journal = self._world.journal(salon)
        if "client_id" not in body:
            client = journal.person(body)
        else:
            client = salon.client(body["client_id"])
            if body.get("deleted"):
                del salon.clients[client.id]
                journal.told(DELETED, client)
            elif body.get("phone") == "":
                client.phone, client.changed = "", salon.clock()
                journal.told(UPDATED, client)
            else:
                clientele.write(salon, client, body)
                journal.told(UPDATED, client)
        client.is_blacklisted = body.get("is_blacklisted", client.is_blacklisted)
        return web.json_response(client_shape(salon, client))

    async def service(self, request: web.Request) -> web.Response:
        """Change fields of a service (`entities.Service`); `terms` by staff id."""
        salon, body = await self._asked(request)
        if "terms" in body:
            body["terms"] = {int(who): Terms(**terms) for who, terms in body["terms"].items()}
        return self._changed(salon, salon.service(body.pop("service_id")), body)

    async def staff(self, request: web.Request) -> web.Response:
        """Change fields of a master (`entities.Master`)."""
        salon, body = await self._asked(request)
        return self._changed(salon, salon.master(body.pop("staff_id")), body)

    async def schedule(self, request: web.Request) -> web.Response:
        """A master's hours on a day, as pairs; none is a day off."""
        salon, body = await self._asked(request)
        salon.plan(body["staff_id"], body["date"], body["slots"])
        self._post.tell(salon, schedule_change(salon, body["staff_id"]))
        return web.json_response({"planned": body["date"]})

    async def company(self, request: web.Request) -> web.Response:
        """The salon changes what it says about itself (`facts`)."""
        salon, body = await self._asked(request)
        salon.facts |= body["facts"]
        return self._changed(salon, salon, {})

    async def hook_fault(self, request: web.Request) -> web.Response:
        """Let deliveries go wrong; see `hooks.faults.HookFault`."""
        fault = HookFault(**await request.json())
        self._post.faults.arm(fault)
        return web.json_response({"armed": fault.kind})

    async def deliveries(self, request: web.Request) -> web.Response:
        """All, or the `last` so many; oldest first."""
        chosen = self._post.deliveries[-int(request.query.get("last", 0)) :]
        return web.json_response({"deliveries": [one.shown() for one in chosen]})

    async def send(self, request: web.Request) -> web.Response:
        """Send the deliveries with these `numbers`, in this order; a number may come twice."""
        sent = await self._post.send((await request.json())["numbers"])
        return web.json_response({"deliveries": [one.shown() for one in sent]})

    async def settled(self, request: web.Request) -> web.Response:
        """Answer when nothing is on its way any more, or `timeout` seconds are over."""
        body = await request.json()
        return web.json_response({"settled": await self._post.settled(body.get("timeout", _PATIENCE))})

    async def _asked(self, request: web.Request) -> tuple[Salon, dict[str, Any]]:
        body = await request.json()
        return self._world.salon(body.pop("salon_id")), body

    def _changed(self, salon: Salon, one: object, fields: dict[str, Any]) -> web.Response:
        for name, value in fields.items():
            if not hasattr(one, name):
                raise web.HTTPBadRequest(text=f"no such field: {name}")
            setattr(one, name, value)
        told = change(salon, UPDATED, one)
        self._post.tell(salon, told)
        return web.json_response(told.data)


def _whole(salon: Salon, body: dict[str, Any]) -> dict[str, Any]:
    """A booking with what is needed: the first master, their first service, its length."""
    staff_id = body.get("staff_id") or next(iter(salon.staff))
    services = body.get("services") or salon.staff[staff_id].service_ids[:1]
    ids = [each["id"] if isinstance(each, dict) else each for each in services]
    seconds = sum(salon.service(number).duration for number in ids)
    return {"staff_id": staff_id, "services": services, "seance_length": seconds, **body}
