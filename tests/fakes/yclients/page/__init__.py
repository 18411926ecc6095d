"""The salon's journal for people: one day, masters side by side; what it is drawn with lies beside this module."""

from datetime import date
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.fakes.yclients.salon.client_shapes import client_in_record
from tests.fakes.yclients.salon.entities import Master, Record
from tests.fakes.yclients.salon.slots import end_of
from tests.fakes.yclients.salon.state import Salon
from tests.fakes.yclients.world import World

_FOLDER = Path(__file__).parent
_DRAWN_WITH = {".css", ".js"}
_FRESH = {"Cache-Control": "no-store"}


class Page:
    """The page, and what it asks for beside the control's routes."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.page),
            web.get("/_fake/page/{name}", self.file),
            web.get("/_fake/salons", self.salons),
            web.get("/_fake/day/{salon_id}/{day}", self.day),
        ]

    async def page(self, _request: web.Request) -> web.FileResponse:
        return web.FileResponse(_FOLDER / "journal.html", headers=_FRESH)

    async def file(self, request: web.Request) -> web.FileResponse:
        """A style sheet or a script of the page."""
        names = {each.name: each for each in _FOLDER.iterdir() if each.suffix in _DRAWN_WITH}
        if request.match_info["name"] not in names:
            raise web.HTTPNotFound
        return web.FileResponse(names[request.match_info["name"]], headers=_FRESH)

    async def salons(self, _request: web.Request) -> web.Response:
        """Every salon that has a journal, with its own time."""
        listed = [
            {"id": salon.id, "title": salon.title, "now": salon.now().isoformat()}
            for salon in self._world.salons.values()
            if salon.staff
        ]
        return web.json_response({"salons": listed})

    async def day(self, request: web.Request) -> web.Response:
        """One day of a salon, `today` or `2026-11-24`."""
        salon = self._world.salon(int(request.match_info["salon_id"]))
        asked = request.match_info["day"]
        day = salon.now().date() if asked == "today" else _day(asked)
        links = [link.status for (number, _), link in self._world.links.items() if number == salon.id]
        shown = {
            "title": salon.title,
            "day": str(day),
            "now": salon.now().isoformat(),
            "app": links[0] if links else "uninstalled",
            "masters": [_master(salon, one, day) for one in salon.staff.values() if not (one.fired or one.deleted)],
            "services": [
                {"id": one.id, "title": one.title, "minutes": one.duration // 60, "price": one.price_min}
                for one in salon.services.values()
            ],
            "records": [_record(salon, one) for one in salon.records.values() if one.date.date() == day],
        }
        return web.json_response(shown)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise web.HTTPBadRequest(text=f"no such day: {text}") from None


def _master(salon: Salon, one: Master, day: date) -> dict[str, Any]:
    hours = salon.schedule.get((one.id, day), [])
    about = {"id": one.id, "name": one.name, "specialization": one.specialization}
    return about | {"hours": [list(each) for each in hours], "service_ids": one.service_ids}


def _record(salon: Salon, one: Record) -> dict[str, Any]:
    client = client_in_record(salon, salon.clients.get(one.client_id or 0), hook=True)
    return {
        "id": one.id,
        "staff_id": one.staff_id,
        "from": f"{one.date:%H:%M}",
        "to": f"{end_of(one):%H:%M}",
        "minutes": one.seance_length // 60,
        "service_ids": [sold.service_id for sold in one.services],
        "title": ", ".join(sold.title for sold in one.services),
        "client": client and {name: client[name] for name in ("display_name", "phone", "is_new")},
        "attendance": one.attendance,
        "comment": one.comment,
        "online": one.online,
        "deleted": one.deleted,
    }
