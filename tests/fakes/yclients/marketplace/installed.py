"""What is installed where, and taking the app out of a salon."""

from typing import Any

from aiohttp import web

from tests.fakes.yclients.asked import cut, number
from tests.fakes.yclients.envelope import failure, partner_of, success
from tests.fakes.yclients.marketplace.base import PartnerRoutes
from tests.fakes.yclients.marketplace.link import ACTIVE, BY_PARTNER, PENDING, UNINSTALLED
from tests.fakes.yclients.refusals import InvalidError
from tests.fakes.yclients.salon.shapes import company
from tests.fakes.yclients.world import NOT_INSTALLED

_MOST = 1000
_SHORT = ("title", "phone", "country", "city", "timezone", "timezone_name", "address", "site", "logo")


class Installed(PartnerRoutes):
    """Status, list, uninstallation."""

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/marketplace/salon/{salon_id}/application/{app_id}", self.status),
            web.post("/marketplace/salon/{salon_id}/application/{app_id}/uninstall", self.uninstall),
            web.get("/marketplace/application/{app_id}/salons", self.salons),
        ]

    async def status(self, request: web.Request) -> web.Response:
        """How far the app is installed in the salon, with its history and payments; 404 when it never was."""
        token = partner_of(request, self._world)
        link = self._world.link(number(request, "salon_id"), number(request, "app_id"), token)
        is_unknown = link is not None and link.status == PENDING and self._world.settings.pending_is_404
        if link is None or link.created_at is None or is_unknown:
            return failure(404, NOT_INSTALLED)
        connection = {"status": link.status, "created_at": f"{link.created_at:%Y-%m-%d %H:%M:%S}"}
        return success({"logs": link.logs, "payments": link.payments, "connection_status": connection})

    async def uninstall(self, request: web.Request) -> web.Response:
        """The partner takes its app out; the callback address hears of it as when the salon does."""
        salon_id, app_id = number(request, "salon_id"), number(request, "app_id")
        self.own(request, app_id)
        self._world.installed(salon_id, app_id)
        self._world.leave(salon_id, app_id, UNINSTALLED, BY_PARTNER)
        return success(None)

    async def salons(self, request: web.Request) -> web.Response:
        """A page of the salons where the app is active, in short; their numbers come as text here."""
        app_id = number(request, "app_id")
        self.own(request, app_id)
        page, count = _asked(request, "page", 0), _asked(request, "count", 1)
        links = self._world.links.items()
        active = sorted(salon for (salon, app), link in links if app == app_id and link.status == ACTIVE)
        first = self._world.settings.salons_first_page
        return success([self._short(salon) for salon in cut(active, page - first + 1, min(count, _MOST))])

    def _short(self, salon_id: int) -> dict[str, Any]:
        whole = company(self._world.salon(salon_id))
        return {"id": str(salon_id), **{name: whole[name] for name in _SHORT}}


def _asked(request: web.Request, name: str, least: int) -> int:
    text = request.query.get(name, "")
    if not text.isdigit() or int(text) < least:
        raise InvalidError(**{name: "Обязательное поле: число"})
    return int(text)
