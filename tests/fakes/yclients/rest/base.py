"""What all routes of the REST API share: who asks, and about which salon."""

from aiohttp import web

from tests.fakes.yclients.asked import number
from tests.fakes.yclients.envelope import check_user, partner_of
from tests.fakes.yclients.refusals import RefusedError
from tests.fakes.yclients.salon.entities import Record
from tests.fakes.yclients.salon.state import Salon
from tests.fakes.yclients.settings import NO_RIGHTS
from tests.fakes.yclients.world import World


class Routes:
    """Some routes, around one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        raise NotImplementedError

    def partner(self, request: web.Request) -> str:
        """The partner's token; raises RefusedError."""
        return partner_of(request, self._world)

    def salon(self, request: web.Request) -> Salon:
        """The salon in the path, for the partner's system user; raises RefusedError."""
        partner_of(request, self._world)
        salon_id = number(request, "salon_id")
        check_user(request, self._world, salon_id)
        return self._world.salon(salon_id)

    def open_salon(self, request: web.Request) -> Salon:
        """The salon in the path, on routes that need no user; raises RefusedError."""
        partner_of(request, self._world)
        return self._world.salon(number(request, "salon_id"))

    def allowed(self, request: web.Request, group: str, slug: str) -> Salon:
        """The salon in the path, if the system user has this right there; raises RefusedError."""
        salon = self.salon(request)
        if not salon.may(group, slug):
            raise RefusedError(403, NO_RIGHTS)
        return salon

    def of_visit(self, request: web.Request) -> tuple[Salon, Record]:
        """The record in a path that names its visit but no salon; raises RefusedError."""
        partner_of(request, self._world)
        wanted = (number(request, "visit_id"), number(request, "id"))
        for salon in self._world.salons.values():
            record = salon.records.get(wanted[1])
            if record is not None and record.visit_id == wanted[0]:
                check_user(request, self._world, salon.id)
                return salon, record
        raise RefusedError(404, "Визит не найден")
