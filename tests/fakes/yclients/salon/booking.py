"""Online booking: who can be booked for what, and why not. The codes are those of YClients' documentation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.fakes.yclients.refusals import RefusedError
from tests.fakes.yclients.salon import clientele
from tests.fakes.yclients.salon.entities import Master
from tests.fakes.yclients.salon.journal import is_taken
from tests.fakes.yclients.salon.slots import overlaps, works
from tests.fakes.yclients.salon.state import Salon
from tests.fakes.yclients.salon.times import parsed

BAD_PHONE, WRONG_CODE, BUSY, BLACKLISTED, NO_NAME, NO_STAFF, OVERLAP, NO_SERVICE = range(431, 439)
ANYBODY = 0


class BookingError(RefusedError):
    """A booking is refused, with YClients' number for the reason and perhaps the appointment's own."""

    def __init__(self, code: int, message: str, appointment: int | None = None) -> None:
        super().__init__(403 if code == BLACKLISTED else 422, message)
        self.code, self.appointment = code, appointment


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
    return [
        master
        for master in salon.staff.values()
        if set(service_ids) <= set(master.service_ids) and not (master.hidden or master.fired or master.deleted)
    ]


def length_of(salon: Salon, service_ids: Sequence[int]) -> int:
    """Seconds that these take; an hour when nothing is named, whatever is booked then."""
    return sum(salon.service(number).duration for number in service_ids) or 3600


def check_person(salon: Salon, body: dict[str, Any], code: str | None) -> None:
    """Who books: their phone, name and, where the salon wants it, the code that was sent to them."""
    if not clientele.is_phone(body.get("phone")):
        raise BookingError(BAD_PHONE, "Неверный формат номера телефона")
    if not str(body.get("fullname") or "").strip():
        raise BookingError(NO_NAME, "Не указано имя клиента")
    known = salon.client_with_phone(clientele.digits(body["phone"]))
    if known is not None and known.is_blacklisted:
        raise BookingError(BLACKLISTED, "Номер телефона находится в чёрном списке")
    if salon.facts.get("phone_confirmation") and (code is None or str(body.get("code")) != code):
        raise BookingError(WRONG_CODE, "Неверный код подтверждения")


def check(salon: Salon, asked: Sequence[dict[str, Any]]) -> list[Appointment]:
    """The visits that are wanted, each with its master; raises BookingError."""
    if not asked:
        raise RefusedError(422, "Не указаны параметры записи")
    chosen: list[Appointment] = []
    for each in asked:
        appointment = _one(salon, each)
        if any(other.at < appointment.end and appointment.at < other.end for other in chosen):
            raise BookingError(OVERLAP, "Визиты пересекаются между собой", appointment.number)
        chosen.append(appointment)
    return chosen


def _one(salon: Salon, each: dict[str, Any]) -> Appointment:
    number, services = int(each.get("id", 0)), [int(one) for one in each.get("services") or []]
    if not services or not all(one in salon.services and salon.services[one].active for one in services):
        raise BookingError(NO_SERVICE, "Услуга больше не оказывается", number)
    at, seconds = parsed(str(each.get("datetime")), salon.zone), length_of(salon, services)
    wanted = int(each.get("staff_id") or ANYBODY)
    able = [master.id for master in masters_for(salon, services) if wanted in (ANYBODY, master.id)]
    if not able and wanted != ANYBODY:
        raise BookingError(NO_SERVICE, "Сотрудник больше не оказывает эту услугу", number)
    free = [who for who in able if _is_free(salon, who, at, seconds)]
    if not free and wanted == ANYBODY:
        raise BookingError(NO_STAFF, "Нет свободных сотрудников на это время", number)
    if not free:
        raise BookingError(BUSY, is_taken(salon, wanted, at), number)
    return Appointment(number, free[0], services, at, seconds)


def _is_free(salon: Salon, staff_id: int, at: datetime, seconds: int) -> bool:
    is_open = at > salon.now() and works(salon, staff_id, at, seconds)
    return is_open and not overlaps(salon, staff_id, at, seconds)


def check_delay(salon: Salon, at: datetime, deed: str) -> None:
    """Whether clients may still `change` or `delete` a visit themselves; raises RefusedError (403)."""
    delay = timedelta(seconds=int(salon.facts.get(f"allow_{deed}_record_delay_step", 0)))
    if not salon.facts.get(f"allow_{deed}_record", True) or salon.now() > at - delay:
        raise RefusedError(403, "Изменение записи запрещено" if deed == "change" else "Удаление записи запрещено")
