"""A salon's clients: the list, one of them, and the search."""

from collections.abc import Callable

from aiohttp import web

from tests.fakes.yclients.asked import body, cut, get, many, number, optional, page, route
from tests.fakes.yclients.envelope import old_success, success
from tests.fakes.yclients.refusals import RefusedError
from tests.fakes.yclients.rest.base import Routes
from tests.fakes.yclients.rest.periods import changed_within
from tests.fakes.yclients.rest.search import matches, ordered
from tests.fakes.yclients.salon import client_shapes
from tests.fakes.yclients.salon.entities import Client
from tests.fakes.yclients.salon.state import Salon

MOST_PER_PAGE = 200


class Clients(Routes):
    """Reading clients."""

    def routes(self) -> list[web.RouteDef]:
        return [
            route("POST", "/company/{salon_id}/clients/search", self.search),
            *get("/clients/{salon_id}", self.clients),
            *get("/client/{salon_id}/{id}", self.client),
        ]

    async def search(self, request: web.Request) -> web.Response:
        """A page of those who match all (or with `OR` any) of the filters; only the fields that were asked for."""
        salon, asked = self.salon(request), await body(request)
        if self._world.settings.licence_is_unpaid:
            raise RefusedError(402, "Payment Required")
        chosen = matches(salon, asked)
        size, fields = min(int(asked.get("page_size") or 25), MOST_PER_PAGE), list(asked.get("fields") or ["id"])
        shown = cut(ordered(salon, chosen, asked), int(asked.get("page") or 1), size)
        rows = [client_shapes.found(salon, one, salon.records_of(one.id)) for one in shown]
        known = [{name: row[name] for name in fields if name in row} for row in rows]
        return success(known, meta={"total_count": len(chosen)})

    async def clients(self, request: web.Request) -> web.Response:
        """The older list: whole clients, by `changed_after` and others. Documented as obsolete, and alive."""
        salon = self.salon(request)
        rows = list(filter(_asked_for(salon, request), salon.clients.values()))
        asked, shown = page(request, rows, default=50)
        listed = [client_shapes.client(salon, one) for one in shown]
        return old_success(listed, meta={"page": asked, "total_count": len(rows)})

    async def client(self, request: web.Request) -> web.Response:
        salon = self.salon(request)
        return old_success(client_shapes.client(salon, salon.client(number(request, "id"))))


def _asked_for(salon: Salon, request: web.Request) -> Callable[[Client], bool]:
    """The filters of the older list, read once."""
    fullname, phone, email = (request.query.get(name, "").lower() for name in ("fullname", "phone", "email"))
    low, high = optional(request, "paid_min"), optional(request, "paid_max")
    ids, changes = set(many(request, "id")), changed_within(salon, request)

    def is_asked_for(one: Client) -> bool:
        return (
            fullname in one.display_name.lower()
            and phone in one.phone
            and email in one.email.lower()
            and (not ids or one.id in ids)
            and (low is None or one.paid >= low)
            and (high is None or one.paid <= high)
            and changes(one.changed)
        )

    return is_asked_for
