"""Online booking, the questions: what, whom, on which days, at what times. The partner's token is enough."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from aiohttp import web

from tests.fakes.yclients.asked import get, many, number, optional
from tests.fakes.yclients.envelope import old_success
from tests.fakes.yclients.rest.base import Routes
from tests.fakes.yclients.salon import shapes
from tests.fakes.yclients.salon.booking import asked_for, is_offered, masters_for
from tests.fakes.yclients.salon.entities import Master, Service
from tests.fakes.yclients.salon.slots import free, length_of
from tests.fakes.yclients.salon.state import Salon
from tests.fakes.yclients.salon.times import parsed, with_colon

_DAYS_AHEAD = 30


class BookingOffers(Routes):
    """What can be booked."""

    def routes(self) -> list[web.RouteDef]:
        return [
            *get("/book_services/{salon_id}", self.services),
            *get("/book_staff/{salon_id}", self.staff),
            *get("/book_dates/{salon_id}", self.dates),
            *get("/book_times/{salon_id}/{staff_id}/{date}", self.times),
            *get("/book_staff_seances/{salon_id}/{staff_id}", self.seances),
        ]

    async def services(self, request: web.Request) -> web.Response:
        """What can be booked, or still be added: with a master, at a time, beside other services.

        The headings are under `category`, group services under `events`.
        """
        salon, staff_id = self.open_salon(request), optional(request, "staff_id") or 0
        beside, at = many(request, "service_ids"), _moment(salon, request)
        offered = [
            one
            for one in salon.services.values()
            if salon.online.is_open and one.active and _can_add(salon, one, beside, staff_id, at)
        ]
        headings = [salon.categories[each] for each in sorted({one.category_id for one in offered})]
        return old_success(
            {
                "events": [_service(salon, one, staff_id) for one in offered if one.capacity],
                "services": [_service(salon, one, staff_id) for one in offered if not one.capacity],
                "category": [
                    {"id": one.id, "title": one.title, "sex": 0, "api_id": one.api_id, "weight": one.weight}
                    for one in headings
                ],
            }
        )

    async def staff(self, request: web.Request) -> web.Response:
        """All whom the salon shows; those who do not do the services, or not at that time, are not `bookable`."""
        salon, services = self.open_salon(request), many(request, "service_ids")
        at = _moment(salon, request)
        shown = masters_for(salon, []) if salon.online.is_open else []
        return old_success([_master(salon, one, services, at) for one in shown])

    async def dates(self, request: web.Request) -> web.Response:
        """Days with a free time and days on which somebody works: one `date`, or `date_from` to `date_to`."""
        salon, services = self.open_salon(request), many(request, "service_ids")
        masters = asked_for(salon, services, optional(request, "staff_id") or 0)
        days = list(_days(salon, request))
        bookable = [day for day in days if any(free(salon, master.id, day, services) for master in masters)]
        working = [day for day in days if any(salon.schedule.get((master.id, day)) for master in masters)]
        return old_success(
            {
                "booking_days": _by_month(bookable),
                "booking_dates": [self._day(salon, day) for day in bookable],
                "working_days": _by_month(working),
                "working_dates": [self._day(salon, day) for day in working],
            }
        )

    async def times(self, request: web.Request) -> web.Response:
        """Free times on a day; master 0 is anybody."""
        salon, services = self.open_salon(request), many(request, "service_ids")
        day = parsed(request.match_info["date"], salon.zone).date()
        masters = asked_for(salon, services, number(request, "staff_id"))
        return old_success(self._times(salon, masters, day, services))

    async def seances(self, request: web.Request) -> web.Response:
        """The nearest day with free times, and these."""
        salon, services = self.open_salon(request), many(request, "service_ids")
        masters, today = asked_for(salon, services, number(request, "staff_id")), salon.now().date()
        for day in (today + timedelta(days=ahead) for ahead in range(_DAYS_AHEAD)):
            if times := self._times(salon, masters, day, services):
                return old_success({"seance_date": self._day(salon, day), "seances": times})
        return old_success({"seance_date": None, "seances": []})

    def _times(self, salon: Salon, masters: list[Master], day: date, services: list[int]) -> list[dict[str, Any]]:
        """Whose a time is, is not said: the first of them who is free then gives its length."""
        starts: dict[datetime, int] = {}
        for master in reversed(masters):
            seconds = length_of(salon, master.id, services)
            starts |= dict.fromkeys(free(salon, master.id, day, services), seconds)
        return [
            {
                "time": f"{start:%H:%M}",
                "seance_length": seconds,
                "sum_length": seconds,
                "datetime": self._at(salon, start),
            }
            for start, seconds in sorted(starts.items())
        ]

    def _at(self, salon: Salon, at: datetime) -> str | int:
        if self._world.settings.booking_times_are_unix:
            return int(at.replace(tzinfo=salon.zone).timestamp())
        return with_colon(at, salon.zone)

    def _day(self, salon: Salon, day: date) -> str | int:
        midnight = parsed(str(day), salon.zone)
        return self._at(salon, midnight) if self._world.settings.booking_times_are_unix else str(day)


def _moment(salon: Salon, request: web.Request) -> datetime | None:
    """The time that an answer is to be narrowed to, if there is one."""
    asked = request.query.get("datetime")
    return parsed(asked, salon.zone) if asked else None


def _can_add(salon: Salon, one: Service, beside: list[int], staff_id: int, at: datetime | None) -> bool:
    """Whether somebody does this beside the others, and may begin with all of it at that time.

    A script says of itself which services go together.
    """
    wanted = [*beside, one.id]
    able = [master for master in masters_for(salon, wanted) if staff_id in (0, master.id)]
    if beside and salon.script is not None:
        together = frozenset(salon.expanded(wanted))
        able = [master for master in able if together in salon.script.sets_of(master.id)]
    return any(at is None or at in free(salon, master.id, at.date(), wanted) for master in able)


def _days(salon: Salon, request: web.Request) -> Iterator[date]:
    query, today = request.query, salon.now().date()
    first = parsed(query.get("date") or query.get("date_from") or str(today), salon.zone).date()
    far = str(first if query.get("date") else today + timedelta(days=_DAYS_AHEAD))
    last = parsed(query.get("date_to") or far, salon.zone).date()
    return (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))


def _by_month(days: list[date]) -> dict[str, list[str]]:
    months: dict[str, list[str]] = defaultdict(list)
    for day in days:
        months[str(day.month)].append(str(day.day))
    return dict(months)


def _service(salon: Salon, one: Service, staff_id: int) -> dict[str, Any]:
    """The length is known only when a master is; the price is never the master's own."""
    shaped = {"id": one.id, "title": one.title, "category_id": one.category_id, "price_min": one.price_min}
    shaped |= {"price_max": one.price_max, "discount": 0, "comment": one.comment, "weight": one.weight}
    shaped |= {"active": int(one.active), "sex": 0, "image": "", "prepaid": one.prepaid}
    shaped |= shapes.composite(salon, one)
    return shaped | ({"seance_length": one.length_with(staff_id)} if staff_id else {})


def _has_starts(salon: Salon, one: Master, services: list[int]) -> bool:
    """Whether a script has any time for these with a master; where times follow from the journal there may be one."""
    if salon.script is None:
        return True
    sets = salon.script.sets_of(one.id)
    return frozenset(salon.expanded(services)) in sets if services else bool(sets)


def _master(salon: Salon, one: Master, services: list[int], at: datetime | None) -> dict[str, Any]:
    does = all(is_offered(salon, number) for number in services) and one in masters_for(salon, services)
    bookable = (
        does and _has_starts(salon, one, services) and (at is None or at in free(salon, one.id, at.date(), services))
    )
    shaped = shapes.master_in_record(one) | {
        "bookable": bookable,
        "show_rating": 1,
        "comments_count": 0,
        "weight": 10,
    }
    shaped |= {"information": f"<p>{one.specialization}</p>", "seances": []}
    days = (salon.now().date() + timedelta(days=ahead) for ahead in range(_DAYS_AHEAD))
    nearest = next((str(day) for day in days if free(salon, one.id, day, services)), None) if bookable else None
    return shaped | ({"seance_date": nearest} if nearest else {})
