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
from tests.fakes.yclients.salon.booking import length_of, masters_for
from tests.fakes.yclients.salon.entities import Master, Service
from tests.fakes.yclients.salon.slots import free
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
        """Active services, of a master if one is named; the headings are under `category`."""
        salon, staff_id = self.open_salon(request), optional(request, "staff_id")
        able = {
            skill
            for master in masters_for(salon, [])
            if staff_id in (None, 0, master.id)
            for skill in master.service_ids
        }
        offered = [one for one in salon.services.values() if one.active and one.id in able]
        headings = [salon.categories[each] for each in sorted({one.category_id for one in offered})]
        return old_success(
            {
                "events": [],
                "services": [_service(one, with_length=bool(staff_id)) for one in offered],
                "category": [
                    {"id": one.id, "title": one.title, "sex": 0, "api_id": one.api_id, "weight": one.weight}
                    for one in headings
                ],
            }
        )

    async def staff(self, request: web.Request) -> web.Response:
        """All whom the salon shows; those who do not do the services are not `bookable`."""
        salon, services = self.open_salon(request), many(request, "service_ids")
        able = {master.id for master in masters_for(salon, services)}
        return old_success([_master(salon, one, services, one.id in able) for one in masters_for(salon, [])])

    async def dates(self, request: web.Request) -> web.Response:
        """Days with a free time and days on which somebody works: one `date`, or `date_from` to `date_to`."""
        salon, services = self.open_salon(request), many(request, "service_ids")
        masters = _masters(salon, services, optional(request, "staff_id") or 0)
        days = list(_days(salon, request))
        bookable = [day for day in days if any(_free(salon, master, day, services) for master in masters)]
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
        masters = _masters(salon, services, number(request, "staff_id"))
        return old_success(self._times(salon, masters, day, services))

    async def seances(self, request: web.Request) -> web.Response:
        """The nearest day with free times, and these."""
        salon, services = self.open_salon(request), many(request, "service_ids")
        masters, today = _masters(salon, services, number(request, "staff_id")), salon.now().date()
        for day in (today + timedelta(days=ahead) for ahead in range(_DAYS_AHEAD)):
            if times := self._times(salon, masters, day, services):
                return old_success({"seance_date": self._day(salon, day), "seances": times})
        return old_success({"seance_date": None, "seances": []})

    def _times(self, salon: Salon, masters: list[Master], day: date, services: list[int]) -> list[dict[str, Any]]:
        starts = sorted({start for master in masters for start in _free(salon, master, day, services)})
        seconds = length_of(salon, services)
        return [
            {
                "time": f"{start:%H:%M}",
                "seance_length": seconds,
                "sum_length": seconds,
                "datetime": self._at(salon, start),
            }
            for start in starts
        ]

    def _at(self, salon: Salon, at: datetime) -> str | int:
        if self._world.settings.booking_times_are_unix:
            return int(at.replace(tzinfo=salon.zone).timestamp())
        return with_colon(at, salon.zone)

    def _day(self, salon: Salon, day: date) -> str | int:
        midnight = parsed(str(day), salon.zone)
        return self._at(salon, midnight) if self._world.settings.booking_times_are_unix else str(day)


def _masters(salon: Salon, services: list[int], staff_id: int) -> list[Master]:
    return [master for master in masters_for(salon, services) if staff_id in (0, master.id)]


def _free(salon: Salon, master: Master, day: date, services: list[int]) -> list[datetime]:
    return free(salon, master.id, day, length_of(salon, services))


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


def _service(one: Service, *, with_length: bool) -> dict[str, Any]:
    """The length is known only when a master is."""
    shaped = {"id": one.id, "title": one.title, "category_id": one.category_id, "price_min": one.price_min}
    shaped |= {"price_max": one.price_max, "discount": 0, "comment": one.comment, "weight": one.weight}
    shaped |= {"active": int(one.active), "sex": 0, "image": "", "prepaid": "forbidden"}
    return shaped | ({"seance_length": one.duration} if with_length else {})


def _master(salon: Salon, one: Master, services: list[int], bookable: bool) -> dict[str, Any]:
    shaped = shapes.master_in_record(one) | {
        "bookable": bookable,
        "show_rating": 1,
        "comments_count": 0,
        "weight": 10,
    }
    shaped |= {"information": f"<p>{one.specialization}</p>", "seances": []}
    days = (salon.now().date() + timedelta(days=ahead) for ahead in range(_DAYS_AHEAD))
    nearest = next((str(day) for day in days if _free(salon, one, day, services)), None) if bookable else None
    return shaped | ({"seance_date": nearest} if nearest else {})
