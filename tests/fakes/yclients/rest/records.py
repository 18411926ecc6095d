"""Reading a salon's records and visits."""

from collections.abc import Callable

from aiohttp import web

from tests.fakes.yclients.asked import get, number, optional, page
from tests.fakes.yclients.envelope import check_user, old_success, partner_of
from tests.fakes.yclients.refusals import RefusedError
from tests.fakes.yclients.rest.base import Routes
from tests.fakes.yclients.rest.periods import changed_within, local, on_days
from tests.fakes.yclients.salon import record_shapes
from tests.fakes.yclients.salon.entities import Record
from tests.fakes.yclients.salon.state import Salon
from tests.fakes.yclients.salon.times import with_colon

_GONE = 404


class Records(Routes):
    """The list with its filters, one record, and the visit that it belongs to."""

    def routes(self) -> list[web.RouteDef]:
        return [
            *get("/records/{salon_id}", self.records),
            *get("/record/{salon_id}/{id}", self.record),
            *get("/visits/{visit_id}", self.visit),
            *get("/visit/details/{salon_id}/{id}/{visit_id}", self.details),
        ]

    async def records(self, request: web.Request) -> web.Response:
        """By day of the visit, of the creation and of the last change, by client, master and author, in pages.

        Deleted ones are left out but for `with_deleted=1`.
        """
        salon = self.allowed(request, "timetable", "timetable_access")
        rows = sorted(filter(_asked_for(salon, request), salon.records.values()), key=lambda one: (one.date, one.id))
        asked, shown = page(request, rows, default=50)
        listed = [record_shapes.record(salon, one) for one in shown]
        return old_success(listed, meta={"page": asked, "total_count": len(rows)})

    async def record(self, request: web.Request) -> web.Response:
        """One record; a deleted one is still shown, with `deleted`, unless the settings know better."""
        salon = self.allowed(request, "record_form", "record_form_access")
        one = salon.record(number(request, "id"))
        if one.deleted and self._world.settings.deleted_record_status == _GONE:
            raise RefusedError(404, "Запись не найдена")
        return old_success(record_shapes.record(salon, one))

    async def visit(self, request: web.Request) -> web.Response:
        """A visit by its own number, wherever it is."""
        partner_of(request, self._world)
        visit_id = number(request, "visit_id")
        for salon in self._world.salons.values():
            theirs = [one for one in salon.records.values() if one.visit_id == visit_id]
            if theirs:
                check_user(request, self._world, salon.id)
                return old_success(visit(salon, theirs))
        raise RefusedError(404, "Визит не найден")

    async def details(self, request: web.Request) -> web.Response:
        salon = self.salon(request)
        return old_success(visit(salon, [salon.record(number(request, "id"))]))


def visit(salon: Salon, theirs: list[Record]) -> dict[str, object]:
    """A visit: the records that share its number."""
    first = theirs[0]
    return {
        "attendance": first.attendance,
        "datetime": with_colon(first.date, salon.zone),
        "comment": first.comment,
        "records": [record_shapes.record(salon, one) for one in theirs],
    }


def _asked_for(salon: Salon, request: web.Request) -> Callable[[Record], bool]:
    """The filters of a list, read once."""
    deleted_too = request.query.get("with_deleted") in ("1", "true")
    numbers = {name: optional(request, name) for name in ("staff_id", "client_id", "created_user_id")}
    wanted = [(name, number) for name, number in numbers.items() if number is not None]
    visits = on_days(salon, request, "start_date", "end_date")
    creations = on_days(salon, request, "c_start_date", "c_end_date")
    changes = changed_within(salon, request)

    def is_asked_for(one: Record) -> bool:
        return (
            (deleted_too or not one.deleted)
            and all(getattr(one, name) == number for name, number in wanted)
            and visits(one.date)
            and creations(local(salon, one.created))
            and changes(one.changed)
        )

    return is_asked_for
