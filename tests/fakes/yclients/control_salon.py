"""The control of what is in a salon's journal: filling it, looking at it as it is, and the time of day."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from tests.fakes.yclients.clock import Clock
from tests.fakes.yclients.rest.hooks_settings import shown
from tests.fakes.yclients.salon import client_shapes, filling, record_shapes, shapes
from tests.fakes.yclients.salon.crowd import crowd
from tests.fakes.yclients.salon.state import Salon
from tests.fakes.yclients.world import World

_COUNTS = ("clients", "records", "masters", "services", "seed")


class SalonControl:
    """The routes, around one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/_fake/salon", self.fill),
            web.get("/_fake/salon/{salon_id}", self.state),
            web.post("/_fake/salon/{salon_id}", self.change),
            web.post("/_fake/clock", self.clock),
        ]

    async def fill(self, request: web.Request) -> web.Response:
        """A new salon in place of the old: by hand, or with any of the counts by a seed."""
        body = await request.json()
        self._world.salons.pop(body["salon_id"], None)
        salon = self._world.salon(body["salon_id"])
        change(salon, body)
        counts = {name: body[name] for name in _COUNTS if name in body}
        if counts:
            crowd(salon, **counts)
        else:
            filling.fill(salon)
        tables = ("categories", "services", "staff", "clients", "records")
        return web.json_response({"salon_id": salon.id} | {name: list(getattr(salon, name)) for name in tables})

    async def state(self, request: web.Request) -> web.Response:
        """All of a salon as REST would show it, deleted records too, whoever asks and however it misbehaves."""
        return web.json_response(state(self._world.salon(int(request.match_info["salon_id"]))))

    async def change(self, request: web.Request) -> web.Response:
        """`facts` of the company, `timezone_name`, `rights` of the system user, `users`, `races`, `online` rules."""
        salon = self._world.salon(int(request.match_info["salon_id"]))
        change(salon, await request.json())
        return web.json_response(shapes.company(salon))

    async def clock(self, request: web.Request) -> web.Response:
        """Move YClients' time by `seconds`, or set it to `now`, where it `stands`; neither gives it back its own."""
        body, clock = await request.json(), self._world.clock
        if not isinstance(clock, Clock):
            raise web.HTTPConflict(text="this clock cannot be moved")
        if "now" in body:
            clock.set(datetime.fromisoformat(body["now"]), stands=body.get("stands", False))
        elif "seconds" in body:
            clock.move(body["seconds"])
        else:
            clock.reset()
        return web.json_response({"now": clock().isoformat()})


def change(salon: Salon, body: dict[str, Any]) -> None:
    """What a salon may be told about itself from collaborators."""
    salon.facts |= body.get("facts", {})
    salon.zone = ZoneInfo(body.get("timezone_name", salon.zone.key))
    salon.races = body.get("races", salon.races)
    salon.users = body.get("users", salon.users)
    salon.online = replace(salon.online, **body.get("online", {}))
    for group, slugs in body.get("rights", {}).items():
        salon.rights.setdefault(group, {}).update(slugs)


def state(salon: Salon) -> dict[str, Any]:
    """Everything, each in the shape of REST."""
    return {
        "company": shapes.company(salon),
        "categories": [shapes.category(salon, one) for one in salon.categories.values()],
        "services": [shapes.service(salon, one) for one in salon.services.values()],
        "staff": [shapes.master(salon, one) for one in salon.staff.values()],
        "clients": [client_shapes.client(salon, one) for one in salon.clients.values()],
        "records": [record_shapes.record(salon, one) for one in salon.records.values()],
        "schedule": [
            {"staff_id": who, "date": str(day), "slots": [{"from": start, "to": end} for start, end in slots]}
            for (who, day), slots in salon.schedule.items()
        ],
        "hooks": shown(salon),
        "codes": salon.codes,
    }
