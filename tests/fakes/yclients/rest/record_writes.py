"""Changing records: by the app, with the system user's rights."""

from aiohttp import web

from tests.fakes.yclients.asked import body, number, route
from tests.fakes.yclients.envelope import old_success
from tests.fakes.yclients.refusals import InvalidError
from tests.fakes.yclients.rest.base import Routes
from tests.fakes.yclients.rest.records import visit
from tests.fakes.yclients.salon import record_shapes


class RecordWrites(Routes):
    """Book, replace, delete, and the short way to say whether the client came."""

    def routes(self) -> list[web.RouteDef]:
        return [
            route("POST", "/records/{salon_id}", self.book),
            route("PUT", "/record/{salon_id}/{id}", self.replace),
            route("DELETE", "/record/{salon_id}/{id}", self.delete),
            route("PUT", "/visits/{visit_id}/{id}", self.attend),
        ]

    async def book(self, request: web.Request) -> web.Response:
        """A new record; 422 for a time that is taken, unless `save_if_busy`.

        The documentation shows a list in `data`, live answers the record itself: see the settings.
        """
        salon = self.allowed(request, "record_form", "create_records_access")
        record = self._world.journal(salon, by_api=True).book(await body(request))
        shaped = record_shapes.record(salon, record)
        return old_success([shaped] if self._world.settings.booked_is_a_list else shaped, status=201)

    async def replace(self, request: web.Request) -> web.Response:
        """All of a record anew; the status is 201 here, too."""
        salon = self.allowed(request, "record_form", "edit_records_access")
        record, sent = salon.record(number(request, "id")), await body(request)
        self._world.journal(salon, by_api=True).replace(record, sent)
        return old_success(record_shapes.record(salon, record), status=201)

    async def delete(self, request: web.Request) -> web.Response:
        """Nothing is said; the record stays, with a mark."""
        salon = self.allowed(request, "record_form", "delete_records_access")
        self._world.journal(salon, by_api=True).delete(salon.record(number(request, "id")))
        return web.Response(status=204)

    async def attend(self, request: web.Request) -> web.Response:
        """Whether the client came, or has confirmed; `comment` replaces the old one and must be there."""
        salon, record = self.of_visit(request)
        sent = await body(request)
        if missing := [name for name in ("attendance", "comment") if name not in sent]:
            raise InvalidError(**dict.fromkeys(missing, "Обязательное поле"))
        self._world.journal(salon, by_api=True).attend(record, sent["attendance"], sent["comment"])
        return old_success(visit(salon, [record]))
