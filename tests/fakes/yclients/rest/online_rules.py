"""What a salon has set for its online booking and its journal, and its group events."""

from typing import Any

from aiohttp import web

from tests.fakes.yclients.asked import body, get, many, number, route
from tests.fakes.yclients.envelope import old_success, success
from tests.fakes.yclients.refusals import RefusedError
from tests.fakes.yclients.rest.base import Routes
from tests.fakes.yclients.salon import clientele, shapes
from tests.fakes.yclients.salon.entities import Activity
from tests.fakes.yclients.salon.state import Salon, found, hash_of
from tests.fakes.yclients.salon.times import end_of_day, naive, parsed, with_colon

_MIXED = 0


class OnlineRules(Routes):
    """Settings, which need a user, and the booking form and group events, which need none."""

    def routes(self) -> list[web.RouteDef]:
        return [
            *get("/company/{salon_id}/settings/online", self.online),
            *get("/company/{salon_id}/settings/timetable", self.timetable),
            *get("/bookform/{id}", self.form),
            *get("/activity/{salon_id}/search", self.events),
            route("POST", "/activity/{salon_id}/{id}/book", self.join),
        ]

    async def online(self, request: web.Request) -> web.Response:
        salon = self.salon(request)
        return success(
            {
                "confirm_number": bool(salon.facts.get("phone_confirmation")),
                "any_master": salon.online.any_master,
                "seance_delay_step": salon.online.lead_minutes,
                "activity_online_record_clients_count_max": salon.online.most_guests,
            }
        )

    async def timetable(self, request: web.Request) -> web.Response:
        self.salon(request)
        return success({"record_type": _MIXED})

    async def form(self, request: web.Request) -> web.Response:
        """A booking form: in this fake its number is the salon's."""
        self.partner(request)
        salon = self._world.salon(number(request, "id"))
        confirms = int(bool(salon.facts.get("phone_confirmation")))
        texts = {"comment_input_name": "Комментарий к записи", "booking_notify_text": ""}
        flags = {"phone_confirmation": confirms, "comment_required": 0, "is_show_privacy_policy": 1}
        return success({"id": salon.id, "company_id": salon.id, **flags, **texts})

    async def events(self, request: web.Request) -> web.Response:
        """Group events from now on, or on the days `from` to `till`, of `service_ids[]` and `staff_ids[]`."""
        salon, query = self.open_salon(request), request.query
        first = parsed(query["from"], salon.zone) if query.get("from") else salon.now()
        last = end_of_day(parsed(query["till"], salon.zone)) if query.get("till") else None
        services, staff = many(request, "service_ids"), many(request, "staff_ids")
        rows = [
            _event(salon, one)
            for one in sorted(salon.activities.values(), key=lambda one: one.date)
            if max(first, salon.now()) <= one.date
            and (last is None or one.date < last)
            and (not services or one.service_id in services)
            and (not staff or one.staff_id in staff)
        ]
        return old_success(rows, meta={"count": len(rows)})

    async def join(self, request: web.Request) -> web.Response:
        """One client with guests, as long as there is room."""
        salon, sent = self.open_salon(request), await body(request)
        event = found(salon.activities, number(request, "id"))
        guests = int(sent.get("clients_count") or 1)
        if not clientele.is_phone(sent.get("phone")) or not str(sent.get("fullname") or "").strip():
            raise RefusedError(422, "Не указаны имя или телефон клиента")
        if event.taken + guests > event.capacity or guests > salon.online.most_guests:
            raise RefusedError(422, "Недостаточно свободных мест")
        event.taken += guests
        service = salon.service(event.service_id)
        fields = {"staff_id": event.staff_id, "services": [service.id], "datetime": naive(event.date)}
        fields |= {"seance_length": event.length, "activity_id": event.id, "save_if_busy": True}
        fields |= {"client": {"name": sent["fullname"], "phone": sent["phone"]}}
        record = self._world.journal(salon, by_api=True).book(fields, online=True)
        return old_success({"id": record.id, "hash": hash_of(record.id)}, status=201)


def _event(salon: Salon, one: Activity) -> dict[str, Any]:
    service = salon.service(one.service_id)
    return {
        "id": one.id,
        "company_id": salon.id,
        "service_id": service.id,
        "staff_id": one.staff_id,
        "date": with_colon(one.date, salon.zone),
        "length": one.length,
        "capacity": one.capacity,
        "records_count": one.taken,
        "service": {"id": service.id, "title": service.title, "price_min": service.price_min},
        "staff": shapes.master_in_record(salon.master(one.staff_id)),
    }
