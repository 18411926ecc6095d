"""Changing records: by the app, with the system user's rights."""

from typing import Any

from aiohttp import web

from tests.fakes.yclients.asked import body, number, route
from tests.fakes.yclients.envelope import old_success
from tests.fakes.yclients.refusals import InvalidError, RefusedError
from tests.fakes.yclients.rest.base import Routes
from tests.fakes.yclients.rest.records import visit
from tests.fakes.yclients.salon import record_shapes
from tests.fakes.yclients.salon.booking import refuse_composites
from tests.fakes.yclients.salon.entities import Record
from tests.fakes.yclients.salon.state import Salon
from tests.fakes.yclients.salon.times import parsed
from tests.fakes.yclients.settings import NO_RIGHTS


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
        """A new record; 422 for a time that is taken, unless `save_if_busy`. No rule of online booking is looked at.

        The documentation shows a list in `data`, live answers the record itself: see the settings.
        """
        salon = self.allowed(request, "record_form", "create_records_access")
        sent = await body(request)
        _refuse_composites(salon, sent)
        record = self._world.journal(salon, by_api=True).book(sent)
        shaped = record_shapes.record(salon, record)
        return old_success([shaped] if self._world.settings.booked_is_a_list else shaped, status=201)

    async def replace(self, request: web.Request) -> web.Response:
        """All of a record anew; the status is 201 here, too. Another time needs a right of its own."""
        salon = self.allowed(request, "record_form", "edit_records_access")
        record, sent = salon.record(number(request, "id")), await body(request)
        if "client" not in sent:
            raise RefusedError(422, "Не передан обязательный параметр client")
        if _moves(salon, record, sent) and not salon.may("timetable", "timetable_transferring_record_access"):
            raise RefusedError(403, NO_RIGHTS)
        _refuse_composites(salon, sent)
        self._world.journal(salon, by_api=True).replace(record, sent)
        return old_success(record_shapes.record(salon, record), status=201)

    async def delete(self, request: web.Request) -> web.Response:
        """Nothing is said; the record stays, with a mark. One whose client came needs a right of its own."""
        salon = self.allowed(request, "record_form", "delete_records_access")
        record = salon.record(number(request, "id"))
        if record.attendance == 1 and not salon.may("record_form", "delete_customer_came_records_access"):
            raise RefusedError(403, NO_RIGHTS)
        self._world.journal(salon, by_api=True).delete(record)
        return web.Response(status=204)

    async def attend(self, request: web.Request) -> web.Response:
        """Whether the client came, or has confirmed; `comment` replaces the old one and must be there."""
        salon, record = self.of_visit(request)
        sent = await body(request)
        if missing := [name for name in ("attendance", "comment") if name not in sent]:
            raise InvalidError(**dict.fromkeys(missing, "Обязательное поле"))
        self._world.journal(salon, by_api=True).attend(record, sent["attendance"], sent["comment"])
        return old_success(visit(salon, [record]))


def _moves(salon: Salon, record: Record, sent: dict[str, Any]) -> bool:
    """Whether the record would be at another time, or another master's."""
    at = parsed(str(sent["datetime"]), salon.zone) if sent.get("datetime") else record.date
    return (at, sent.get("staff_id", record.staff_id)) != (record.date, record.staff_id)


def _refuse_composites(salon: Salon, sent: dict[str, Any]) -> None:
    asked = sent.get("services") or []
    refuse_composites(salon, [int(one["id"] if isinstance(one, dict) else one) for one in asked])
