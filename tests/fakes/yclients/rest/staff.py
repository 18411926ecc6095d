"""Who works in a salon, and when."""

from datetime import date, timedelta
from typing import Any

from aiohttp import web

from tests.fakes.yclients.asked import get, many, number
from tests.fakes.yclients.envelope import old_success, success
from tests.fakes.yclients.refusals import InvalidError
from tests.fakes.yclients.rest.base import Routes
from tests.fakes.yclients.salon import shapes
from tests.fakes.yclients.salon.slots import busy, held, hours, is_free
from tests.fakes.yclients.salon.state import Salon, Slots

_HAS_DAY_OFF = 3
STEP = timedelta(minutes=15)


class Staff(Routes):
    """Masters and their working hours."""

    def routes(self) -> list[web.RouteDef]:
        return [
            *get("/company/{salon_id}/staff/schedule", self.schedule),
            *get("/company/{salon_id}/staff", self.staff),
            *get("/company/{salon_id}/staff/{id}", self.master),
            *get("/staff/{salon_id}", self.old_staff),
            *get("/schedule/{salon_id}/{staff_id}/{start}/{end}", self.old_schedule),
            *get("/timetable/seances/{salon_id}/{staff_id}/{date}", self.grid),
        ]

    async def staff(self, request: web.Request) -> web.Response:
        """All, the fired, hidden and deleted ones too."""
        salon = self.salon(request)
        rows = [shapes.master(salon, one) for one in salon.staff.values()]
        return success(rows, meta={"total_count": len(rows)})

    async def master(self, request: web.Request) -> web.Response:
        salon = self.salon(request)
        return success(shapes.master(salon, salon.master(number(request, "id"))))

    async def old_staff(self, request: web.Request) -> web.Response:
        salon = self.open_salon(request)
        return old_success([shapes.master(salon, one) for one in salon.staff.values()])

    async def schedule(self, request: web.Request) -> web.Response:
        """`start_date` to `end_date`, both included; a day that is not planned is not in the list."""
        salon = self.salon(request)
        first, last = _day(request, "start_date"), _day(request, "end_date")
        include = set(request.query.getall("include[]", []))
        rows = [
            _planned(salon, staff_id, day, slots, include)
            for staff_id, day, slots in _between(salon, first, last, many(request, "staff_ids") or list(salon.staff))
        ]
        return success(rows, meta={"count": len(rows)})

    async def grid(self, request: web.Request) -> web.Response:
        """Every quarter of an hour of a master's day and whether it is free, whatever would be booked then."""
        salon, staff_id = self.allowed(request, "timetable", "timetable_access"), number(request, "staff_id")
        day = _parsed(request.match_info["date"], "date")
        rows = [
            (opens + STEP * place)
            for opens, closes in hours(salon, staff_id, day)
            for place in range((closes - opens) // STEP)
        ]
        seconds = int(STEP.total_seconds())
        return old_success([{"time": f"{at:%H:%M}", "is_free": is_free(salon, staff_id, at, seconds)} for at in rows])

    async def old_schedule(self, request: web.Request) -> web.Response:
        """The older path: one master."""
        salon = self.salon(request)
        first, last = (_parsed(request.match_info[name], name) for name in ("start", "end"))
        rows = [
            {"date": str(day), "is_working": int(bool(slots)), "slots": _slots(slots)}
            for _, day, slots in _between(salon, first, last, [number(request, "staff_id")])
        ]
        return old_success(rows)


def _between(salon: Salon, first: date, last: date, staff: list[int]) -> list[tuple[int, date, Slots]]:
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [
        (who, day, salon.schedule[who, day])
        for who in staff
        for day in days
        if who in salon.staff and (who, day) in salon.schedule
    ]


def _planned(salon: Salon, staff_id: int, day: date, slots: Slots, include: set[str]) -> dict[str, Any]:
    row: dict[str, Any] = {"staff_id": staff_id, "date": str(day), "slots": _slots(slots)}
    if "busy_intervals" in include:
        row["busy_intervals"] = [
            {"entity_type": "record", "entity_id": record.id, "from": f"{start:%H:%M}", "to": f"{end:%H:%M}"}
            for record, start, end in busy(salon, staff_id, day)
        ] + [
            {"entity_type": "activity", "entity_id": 0, "from": f"{start:%H:%M}", "to": f"{end:%H:%M}"}
            for start, end in held(salon, staff_id, day)
        ]
    if "off_day_type" in include:
        row["off_day_type"] = None if slots else _HAS_DAY_OFF
    return row


def _slots(slots: Slots) -> list[dict[str, str]]:
    return [{"from": start, "to": end} for start, end in slots]


def _day(request: web.Request, name: str) -> date:
    return _parsed(request.query.get(name, ""), name)


def _parsed(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidError(**{name: "Неверный формат даты"}) from None
