"""`GET /records/partner/`: what was booked through this app, in all salons."""

from datetime import datetime

from aiohttp import web

from tests.fakes.yclients.asked import cut, get, optional
from tests.fakes.yclients.envelope import check_user, old_success
from tests.fakes.yclients.refusals import InvalidError, RefusedError
from tests.fakes.yclients.rest.base import Routes
from tests.fakes.yclients.salon.own_records import made_by_partner
from tests.fakes.yclients.salon.times import end_of_day

_MOST = 100


class PartnerRecords(Routes):
    """Days are `d.m.Y` here, and only here."""

    def routes(self) -> list[web.RouteDef]:
        return get("/records/partner", self.records)

    async def records(self, request: web.Request) -> web.Response:
        """By day of the visit; `page`, `editable_length` (100 at most)."""
        self.partner(request)
        first, last = _day(request, "start_date"), _day(request, "end_date")
        rows = [
            made_by_partner(salon, one)
            for salon in self._world.salons.values()
            if self._is_open(request, salon.id)
            for one in salon.records.values()
            if one.by_partner and not one.deleted
            if (first is None or one.date >= first) and (last is None or one.date < end_of_day(last))
        ]
        size = min(optional(request, "editable_length") or 20, _MOST)
        return old_success(cut(rows, optional(request, "page") or 1, size))

    def _is_open(self, request: web.Request, salon_id: int) -> bool:
        try:
            check_user(request, self._world, salon_id)
        except RefusedError as error:
            if error.status == 401:
                raise
            return False
        return True


def _day(request: web.Request, name: str) -> datetime | None:
    text = request.query.get(name)
    try:
        return datetime.strptime(text, "%d.%m.%Y") if text else None  # noqa: DTZ007 - the salon's own day
    except ValueError:
        raise InvalidError(**{name: "Неверный формат даты"}) from None
