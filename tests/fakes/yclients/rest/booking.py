"""Online booking, the deeds: check, confirm by SMS, book, move, and a client's own record by its hash."""

from collections.abc import Awaitable, Callable
from functools import wraps
from hmac import compare_digest
from typing import Any

from aiohttp import web

from tests.fakes.yclients.asked import body, get, number, route
from tests.fakes.yclients.envelope import accepted, booking_failure, old_success
from tests.fakes.yclients.refusals import BAD_PHONE, BUSY, BookingError, RefusedError
from tests.fakes.yclients.rest.base import Routes
from tests.fakes.yclients.salon import booking, clientele
from tests.fakes.yclients.salon.booking import Appointment
from tests.fakes.yclients.salon.entities import Record
from tests.fakes.yclients.salon.own_records import own_record
from tests.fakes.yclients.salon.slots import is_free, length_of
from tests.fakes.yclients.salon.state import Salon
from tests.fakes.yclients.salon.times import parsed

_Handler = Callable[["Booking", web.Request], Awaitable[web.Response]]


def _refusing(handler: _Handler) -> _Handler:
    """A refused booking says why in `meta.message`, and behind a switch its code in the old shape, too."""

    @wraps(handler)
    async def answer(self: "Booking", request: web.Request) -> web.Response:
        try:
            return await handler(self, request)
        except BookingError as error:
            return self.refused(error)

    return answer


class Booking(Routes):
    """Whoever books is not logged in: the partner's token is enough."""

    def routes(self) -> list[web.RouteDef]:
        return [
            route("POST", "/book_code/{salon_id}", self.code),
            route("POST", "/book_check/{salon_id}", self.check),
            route("POST", "/book_record/{salon_id}", self.book),
            route("PUT", "/book_record/{salon_id}/{id}", self.move),
            *get("/book_record/{salon_id}/{id}/{hash}", self.own),
            *get("/user/records/{id}/{hash}", self.own),
            route("DELETE", "/user/records/{id}/{hash}", self.delete),
        ]

    async def code(self, request: web.Request) -> web.Response:
        """Send a code by SMS; a test reads it from the control."""
        salon, sent = self.open_salon(request), await body(request)
        phone = clientele.digits(sent.get("phone"))
        if not clientele.is_phone(phone):
            return self.refused(BookingError(BAD_PHONE))
        salon.codes[phone] = str(10_000 + salon.numbers.next("code"))
        return accepted("Created")

    @_refusing
    async def check(self, request: web.Request) -> web.Response:
        """Whether these visits could be booked now."""
        salon, sent = self.open_salon(request), await body(request)
        booking.check(salon, sent.get("appointments") or [])
        return accepted("Created")

    @_refusing
    async def book(self, request: web.Request) -> web.Response:
        """Book; each visit gets a record and the hash that opens it."""
        salon, sent = self.open_salon(request), await body(request)
        booking.check_person(salon, sent, salon.codes.get(clientele.digits(sent.get("phone"))))
        self._let_others_be_quicker(salon, sent.get("appointments") or [])
        chosen = booking.check(salon, sent.get("appointments") or [])
        booked = [(each.number, self._booked(salon, sent, each)) for each in chosen]
        rows = [{"id": own, "record_id": record.id, "record_hash": record.record_hash} for own, record in booked]
        return old_success(rows, status=201)

    @_refusing
    async def move(self, request: web.Request) -> web.Response:
        """To another time and to nothing else, if it was booked online and the salon lets clients do that."""
        salon, sent = self.open_salon(request), await body(request)
        record = salon.record(number(request, "id"))
        if not record.online:
            raise RefusedError(403, "Изменение записи запрещено")
        booking.check_delay(salon, record.date, "change")
        at = parsed(str(sent.get("datetime")), salon.zone)
        if not is_free(salon, record.staff_id, at, record.seance_length, record.id):
            raise BookingError(BUSY)
        changes = {name: sent[name] for name in ("datetime", "comment") if name in sent}
        self._world.journal(salon, by_api=True).amend(record, changes)
        return old_success(own_record(salon, record))

    async def own(self, request: web.Request) -> web.Response:
        """A client's own record."""
        partner_salon, record = self._by_hash(request)
        return old_success(own_record(partner_salon, record))

    async def delete(self, request: web.Request) -> web.Response:
        """The client cancels, if the salon lets clients do that."""
        salon, record = self._by_hash(request)
        booking.check_delay(salon, record.date, "delete")
        self._world.journal(salon, by_api=True).delete(record)
        return old_success(None)

    def refused(self, error: BookingError) -> web.Response:
        return booking_failure(error, says_code=self._world.settings.says_booking_code)

    def _booked(self, salon: Salon, sent: dict[str, Any], each: Appointment) -> Record:
        person = {"name": sent["fullname"], "phone": sent["phone"], "email": sent.get("email", "")}
        fields = {"staff_id": each.staff_id, "services": each.service_ids, "datetime": each.at.isoformat()}
        fields |= {"seance_length": each.seconds, "client": person, "comment": sent.get("comment", "")}
        services = [salon.service(one) for one in each.service_ids]
        fields |= {"api_id": sent.get("api_id", ""), "prepaid": any(one.prepaid == "required" for one in services)}
        fields |= {"technical_break": max(one.technical_break for one in services)}
        return self._world.journal(salon, by_api=True).book(fields, online=True)

    def _let_others_be_quicker(self, salon: Salon, asked: list[dict[str, Any]]) -> None:
        """If a test wants a race, everybody able is taken at the first visit's time before it is looked at."""
        if not salon.races or not asked:
            return
        salon.races -= 1
        services = [int(one) for one in asked[0]["services"]]
        for master in booking.masters_for(salon, services):
            seconds = length_of(salon, master.id, services)
            fields = {"staff_id": master.id, "services": services, "datetime": asked[0]["datetime"]}
            fields |= {"seance_length": seconds, "client": None, "save_if_busy": True}
            self._world.journal(salon).book(fields)

    def _by_hash(self, request: web.Request) -> tuple[Salon, Record]:
        """The record, for whoever knows its hash; raises RefusedError."""
        self.partner(request)
        for salon in self._world.salons.values():
            record = salon.records.get(number(request, "id"))
            if record is not None and compare_digest(record.record_hash, request.match_info["hash"]):
                return salon, record
        raise RefusedError(404, "Запись не найдена")
