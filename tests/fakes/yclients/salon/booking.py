"""Online booking: who can be booked for what, and why not. The codes are those of YClients' documentation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.fakes.yclients.refusals import (
    BAD_PHONE,
    BLACKLISTED,
    BUSY,
    NO_NAME,
    NO_SERVICE,
    NO_STAFF,
    OVERLAP,
    WRONG_CODE,
    BookingError,
    RefusedError,
)
from tests.fakes.yclients.salon import clientele
from tests.fakes.yclients.salon.entities import Master
from tests.fakes.yclients.salon.journal import is_taken
from tests.fakes.yclients.salon.slots import free, is_free, length_of
from tests.fakes.yclients.salon.state import Salon
from tests.fakes.yclients.salon.times import parsed

ANYBODY = 0


@dataclass(frozen=True)
class Appointment:
    """One of a booking's visits, with somebody who is free then. `number` is whoever books' own."""

    number: int
    staff_id: int
    service_ids: list[int]
    at: datetime
    seconds: int

    @property
    def end(self) -> datetime:
        return self.at + timedelta(seconds=self.seconds)


def masters_for(salon: Salon, service_ids: Sequence[int]) -> list[Master]:
    """Who may be booked online for all of these."""
    wanted = set(salon.expanded(service_ids))
    return [
        master
        for master in salon.staff.values()
        if wanted <= set(master.service_ids) and not (master.hidden or master.fired or master.deleted)
    ]


def asked_for(salon: Salon, service_ids: Sequence[int], staff_id: int) -> list[Master]:
    """Of these, the one who is named, or whom YClients takes when the master is left open."""
    if staff_id != ANYBODY:
        return [master for master in masters_for(salon, service_ids) if master.id == staff_id]
    return [master for master in masters_for(salon, service_ids) if master.stands_in and salon.online.any_master]


def check_person(salon: Salon, body: dict[str, Any], code: str | None) -> None:
    """Who books: their phone, name and, where the salon wants it, the code that was sent to them."""
    if not clientele.is_phone(body.get("phone")):
        raise BookingError(BAD_PHONE)
    if not str(body.get("fullname") or "").strip():
        raise BookingError(NO_NAME)
    known = salon.client_with_phone(clientele.digits(body["phone"]))
    if known is not None and known.is_blacklisted:
        raise BookingError(BLACKLISTED)
    if salon.facts.get("phone_confirmation") and (code is None or str(body.get("code")) != code):
        raise BookingError(WRONG_CODE)


def check(salon: Salon, asked: Sequence[dict[str, Any]]) -> list[Appointment]:
    """The visits that are wanted, each with its master; raises BookingError."""
    if not asked:
        raise RefusedError(422, "Не указаны параметры записи")
    chosen: list[Appointment] = []
    for each in asked:
        appointment = _one(salon, each)
        if any(other.at < appointment.end and appointment.at < other.end for other in chosen):
            raise BookingError(OVERLAP, appointment=appointment.number)
        chosen.append(appointment)
    return chosen


def _one(salon: Salon, each: dict[str, Any]) -> Appointment:
    number, services = int(each.get("id", 0)), [int(one) for one in each.get("services") or []]
    if not services or not all(is_offered(salon, one) for one in services):
        raise BookingError(NO_SERVICE, appointment=number)
    refuse_composites(salon, services)
    at, wanted = parsed(str(each.get("datetime")), salon.zone), int(each.get("staff_id") or ANYBODY)
    able = [master.id for master in asked_for(salon, services, wanted)]
    if not able and wanted != ANYBODY:
        raise BookingError(NO_SERVICE, "Сотрудник больше не оказывает эту услугу", number)
    ready = [who for who in able if _is_bookable(salon, who, at, services)]
    if not ready and wanted == ANYBODY:
        raise BookingError(NO_STAFF, appointment=number)
    if not ready:
        raise BookingError(BUSY, is_taken(salon, wanted, at), number)
    return Appointment(number, ready[0], services, at, length_of(salon, ready[0], services))


def is_offered(salon: Salon, service_id: int) -> bool:
    """Whether a service can be booked online, by one client for themselves."""
    service = salon.services.get(service_id)
    return service is not None and service.active and not service.capacity


def refuse_composites(salon: Salon, services: Sequence[int]) -> None:
    """A composite service is booked by its parts; raises RefusedError (404)."""
    if any(salon.services[number].parts for number in services if number in salon.services):
        raise RefusedError(404, "Сотрудник не оказывает выбранную услугу")


def _is_bookable(salon: Salon, staff_id: int, at: datetime, services: Sequence[int]) -> bool:
    """Whether online booking takes a visit then: a script is kept to the letter, else any free time will do."""
    if salon.script is not None:
        return at in free(salon, staff_id, at.date(), services)
    lead = timedelta(minutes=salon.online.lead_minutes)
    is_soon = at <= salon.now() or at < salon.now() + lead
    return salon.online.is_open and not is_soon and is_free(salon, staff_id, at, length_of(salon, staff_id, services))


def check_delay(salon: Salon, at: datetime, deed: str) -> None:
    """Whether clients may still `change` or `delete` a visit themselves; raises RefusedError (403)."""
    delay = timedelta(seconds=int(salon.facts.get(f"allow_{deed}_record_delay_step", 0)))
    if not salon.facts.get(f"allow_{deed}_record", True) or salon.now() > at - delay:
        raise RefusedError(403, "Изменение записи запрещено" if deed == "change" else "Удаление записи запрещено")
