"""Changes to a salon's records and clients, whoever makes them; everything that happens is told."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.fakes.yclients.refusals import InvalidError, RefusedError
from tests.fakes.yclients.salon import clientele
from tests.fakes.yclients.salon.changes import CREATED, DELETED, UPDATED, Change, change
from tests.fakes.yclients.salon.entities import Client, Record, Sold
from tests.fakes.yclients.salon.slots import is_free
from tests.fakes.yclients.salon.state import SYSTEM_USER_ID, Salon, hash_of
from tests.fakes.yclients.salon.times import parsed

_COPIED = (
    "comment",
    "api_id",
    "custom_color",
    "sms_remain_hours",
    "email_remain_hours",
    "custom_fields",
    "activity_id",
    "technical_break",
    "prepaid",
)
_NEEDED = ("staff_id", "services", "datetime", "seance_length")
_ATTENDANCE = (-1, 0, 1, 2)
CONFIRMED = 2


class Journal:
    """A salon's journal in somebody's hands."""

    def __init__(self, salon: Salon, tell: Callable[[Change], None], *, by_api: bool = False) -> None:
        self.salon = salon
        self._by_api, self._is_online = by_api, False
        self._tell = tell

    def told(self, status: str, one: object) -> None:
        self._tell(change(self.salon, status, one, by_api=self._by_api))

    def book(self, body: dict[str, Any], *, online: bool = False) -> Record:
        """A new record from the fields of `POST /records`; raises RefusedError."""
        _need(body)
        self._is_online = online
        salon, now = self.salon, self.salon.clock()
        number = salon.numbers.next("record")
        record = Record(
            id=number,
            visit_id=body.get("visit_id") or salon.numbers.next("visit"),
            staff_id=0,
            client_id=None,
            date=salon.now(),
            seance_length=0,
            services=[],
            created=now,
            changed=now,
            record_hash=hash_of(number),
            online=online,
            created_user_id=SYSTEM_USER_ID if self._by_api and not online else 0,
            by_partner=self._by_api,
        )
        self._write(record, body)
        self._noted("create", record)
        self.told(CREATED, record)
        return record

    def replace(self, record: Record, body: dict[str, Any]) -> Record:
        """All of a record anew, as `PUT /record` does: what is left out is lost; raises RefusedError."""
        _need(body)
        blank = {
            "comment": "",
            "attendance": 0,
            "client": None,
            "api_id": "",
            "custom_color": "",
            "custom_fields": {},
        }
        return self.amend(record, {**blank, "record_labels": [], **body})

    def amend(self, record: Record, body: dict[str, Any]) -> Record:
        """Some fields of a record, as somebody at the desk does; raises RefusedError."""
        if record.deleted:
            raise RefusedError(404, "Запись не найдена")
        before = _what(record)
        self._write(record, body)
        untouched = "confirm" if record.attendance == CONFIRMED else "change"
        self._noted(untouched if before == _what(record) else "move", record)
        self.told(UPDATED, record)
        return record

    def delete(self, record: Record) -> None:
        """A deleted record stays, with a mark."""
        if record.deleted:
            raise RefusedError(404, "Запись не найдена")
        record.deleted, record.changed = True, self.salon.clock()
        self._noted("cancel", record)
        self.told(DELETED, record)

    def restore(self, record: Record) -> None:
        """The desk takes a deletion back."""
        record.deleted, record.changed = False, self.salon.clock()
        self.told(UPDATED, record)

    def attend(self, record: Record, attendance: int, comment: str) -> None:
        """The short way, `PUT /visits`: nothing but whether the client came, and the comment; busy or not."""
        self.amend(record, {"attendance": attendance, "comment": comment, "save_if_busy": True})

    def person(self, body: dict[str, Any]) -> Client:
        """The client with this id or phone, or a new one; raises RefusedError."""
        if body.get("id"):
            return self.salon.client(int(body["id"]))
        known = self.salon.client_with_phone(clientele.digits(body.get("phone")))
        if known is not None:
            self._rename(known, body)
            return known
        client = clientele.add(self.salon, body)
        self.told(CREATED, client)
        return client

    def _rename(self, client: Client, body: dict[str, Any]) -> None:
        """The API writes the name that it is given over the card's, and what it is not given is lost."""
        name, surname = str(body.get("name") or ""), str(body.get("surname") or "")
        if not self._by_api or self._is_online or not name or (name, surname) == (client.name, client.surname):
            return
        client.name, client.surname, client.changed = name, surname, self.salon.clock()
        self.told(UPDATED, client)

    def _noted(self, deed: str, record: Record) -> None:
        """What an app changes is also listed, for a test to count."""
        if not self._by_api:
            return
        client = self.salon.clients.get(record.client_id or 0)
        self.salon.writes.append(
            {
                "op": deed,
                "record": record.id,
                "services": [sold.service_id for sold in record.services],
                "staff": record.staff_id,
                "at": f"{record.date:%Y-%m-%dT%H:%M}",
                "attendance": record.attendance,
                "client": None if client is None else {"name": client.name, "surname": client.surname},
            }
        )

    def _write(self, record: Record, body: dict[str, Any]) -> None:
        """Everything is checked before anything is changed."""
        staff_id = self._staff(body.get("staff_id", record.staff_id))
        at = parsed(body["datetime"], self.salon.zone) if "datetime" in body else record.date
        seconds = int(body.get("seance_length", record.seance_length))
        attendance = body.get("attendance", record.attendance)
        if attendance not in _ATTENDANCE:
            raise InvalidError(attendance="Недопустимое значение")
        services = self._services(body["services"], staff_id) if "services" in body else record.services
        if not body.get("save_if_busy"):
            check_time(self.salon, staff_id, at, seconds, but=record.id)
        if "client" in body:
            record.client_id = self.person(body["client"]).id if body["client"] else None
        if "record_labels" in body:
            record.labels = [self.salon.labels[int(each)] for each in body["record_labels"]]
        for name in _COPIED:
            setattr(record, name, body.get(name, getattr(record, name)))
        record.staff_id, record.date, record.seance_length = staff_id, at, seconds
        record.attendance, record.services, record.changed = attendance, services, self.salon.clock()
        self.salon.keep(record)

    def _staff(self, number: Any) -> int:
        if number not in self.salon.staff:
            raise InvalidError(staff_id="Сотрудник не найден")
        return int(number)

    def _services(self, asked: list[Any], staff_id: int) -> list[Sold]:
        """A number stands for a service at the master's price."""
        return [self._sold(each if isinstance(each, dict) else {"id": each}, staff_id) for each in asked]

    def _sold(self, asked: dict[str, Any], staff_id: int) -> Sold:
        service = self.salon.services.get(int(asked.get("id", 0)))
        if service is None:
            raise InvalidError(services="Услуга не найдена")
        first = asked.get("first_cost", service.price_with(staff_id))
        discount = asked.get("discount", 0)
        return Sold(service.id, service.title, asked.get("cost", first * (100 - discount) // 100), first, discount)


def _what(record: Record) -> tuple[datetime, int, list[int]]:
    """When, with whom, and what."""
    return record.date, record.staff_id, [sold.service_id for sold in record.services]


def check_time(salon: Salon, staff_id: int, at: datetime, seconds: int, but: int | None = None) -> None:
    """Raises RefusedError (422) when the master does not work then, or has somebody."""
    if not is_free(salon, staff_id, at, seconds, but):
        raise RefusedError(422, is_taken(salon, staff_id, at))


def is_taken(salon: Salon, staff_id: int, at: datetime) -> str:
    """YClients' words for a time that nobody can have."""
    name = salon.staff[staff_id].name if staff_id in salon.staff else staff_id
    return (
        f"К сотруднику {name} нельзя записаться на {at:%d.%m.%Y} в {at:%H:%M}. "
        "Выбранное время уже занято или является нерабочим."
    )


def _need(body: dict[str, Any]) -> None:
    if missing := [name for name in _NEEDED if not body.get(name)]:
        raise InvalidError(**dict.fromkeys(missing, "Обязательное поле"))
