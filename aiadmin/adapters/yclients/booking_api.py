"""YClients' booking for a chat, over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiadmin.adapters.yclients import booking_bodies, booking_parser, journal_parser, lenient_json
from aiadmin.adapters.yclients.http import Timeouts
from aiadmin.adapters.yclients.rest import RestApi
from aiadmin.domain.ids import SalonId
from aiadmin.domain.journal.journal import Raw, Record
from aiadmin.domain.journal.online_booking import (
    Appointment,
    BookableService,
    BookableStaff,
    BookingRules,
    DayOfStaff,
    GroupEvent,
    Move,
    NewBooking,
    Start,
)
from aiadmin.domain.yclients.call_budget import Urgency
from aiadmin.domain.yclients.error import NotFoundError, RateLimitedError, UnreadableError
from aiadmin.domain.yclients.http_answer import HttpAnswer
from aiadmin.domain.yclients.write_outcome import Refusal, Refused, SavedRecord, WriteOutcome, outcome_of

T = TypeVar("T")
Named = Callable[[HttpAnswer], tuple[SavedRecord, ...] | None]

TIMEOUTS = Timeouts(connect=3, total=6)
"""Of one call: a client waits in a chat."""
PATIENCE = timedelta(seconds=6)
"""For a turn in the budget, and for asking once more."""
_PAGE = 200


class YClientsBooking:
    """`ports.booking.BookingApi` over HTTP."""

    def __init__(
        self,
        rest: RestApi,
        *,
        timeouts: Timeouts = TIMEOUTS,
        patience: timedelta = PATIENCE,
    ) -> None:
        self._rest, self._timeouts, self._patience = rest, timeouts, patience

    def services(
        self,
        salon_id: SalonId,
        *,
        staff_id: int | None = None,
        at: datetime | None = None,
        beside: Sequence[int] = (),
    ) -> Sequence[BookableService]:
        query: list[tuple[str, object]] = [*_services(beside), *_at(at)]
        query += [("staff_id", staff_id)] if staff_id is not None else []
        answer = self._read(salon_id, f"/book_services/{salon_id}", query)
        data = _object(answer)
        single = _every(booking_parser.service, _list(data.get("services"), answer), answer, salon_id)
        return [
            *single,
            *_every(booking_parser.group_service, _list(data.get("events", []), answer), answer, salon_id),
        ]

    def staff(
        self, salon_id: SalonId, *, services: Sequence[int] = (), at: datetime | None = None
    ) -> Sequence[BookableStaff]:
        answer = self._read(salon_id, f"/book_staff/{salon_id}", [*_services(services), *_at(at)])
        return _every(booking_parser.staff, _list(_data(answer), answer), answer, salon_id)

    def days(
        self,
        salon_id: SalonId,
        *,
        services: Sequence[int],
        first: date,
        last: date,
        zone: str,
        staff_id: int | None = None,
    ) -> Sequence[date]:
        query: list[tuple[str, object]] = [*_services(_named(services)), ("date_from", first), ("date_to", last)]
        query += [("staff_id", staff_id)] if staff_id is not None else []
        answer = self._read(salon_id, f"/book_dates/{salon_id}", query)
        given, place = _list(_object(answer).get("booking_dates"), answer), ZoneInfo(zone)
        try:
            found = {booking_parser.day(each, place) for each in given}
        except journal_parser.BadRowError as error:
            raise _unreadable(answer, str(error)) from error
        return sorted(each for each in found if first <= each <= last)

    def starts(self, salon_id: SalonId, *, services: Sequence[int], day: date, staff_id: int = 0) -> Sequence[Start]:
        path = f"/book_times/{salon_id}/{staff_id}/{day.isoformat()}"
        answer = self._read(salon_id, path, _services(_named(services)))
        return _starts(_data(answer), day, answer, salon_id)

    def nearest(self, salon_id: SalonId, *, services: Sequence[int], staff_id: int, zone: str) -> Sequence[Start]:
        path = f"/book_staff_seances/{salon_id}/{staff_id}/"
        answer = self._read(salon_id, path, _services(_named(services)))
        data = _object(answer)
        if not _list(data.get("seances"), answer):
            return []
        try:
            day = booking_parser.day(data.get("seance_date"), ZoneInfo(zone))
        except journal_parser.BadRowError as error:
            raise _unreadable(answer, str(error)) from error
        return _starts(data["seances"], day, answer, salon_id)

    def events(self, salon_id: SalonId, *, services: Sequence[int] = ()) -> Sequence[GroupEvent]:
        answer = self._read(salon_id, f"/activity/{salon_id}/search/", _services(services))
        found = _every(booking_parser.event, _list(_data(answer), answer), answer, salon_id)
        return sorted(found, key=lambda event: event.wall_clock)

    def rules(self, salon_id: SalonId, company: Raw | None = None) -> BookingRules:
        if company is None:
            company = _object(self._read(salon_id, f"/company/{salon_id}/", []))
        online = self._read(salon_id, f"/company/{salon_id}/settings/online", [])
        try:
            return booking_parser.rules(company, _object(online))
        except journal_parser.BadRowError as error:
            raise _unreadable(online, str(error)) from error

    def day(self, salon_id: SalonId, *, day: date, staff_id: int) -> DayOfStaff | None:
        """A row that cannot be read would be free time that is none: then all of it is unreadable."""
        query = [("start_date", day), ("end_date", day), ("staff_ids[]", staff_id), ("include[]", "busy_intervals")]
        answer = self._read(salon_id, f"/company/{salon_id}/staff/schedule", query)
        try:
            rows = [booking_parser.day_of_staff(lenient_json.row(each)) for each in _list(_data(answer), answer)]
        except journal_parser.BadRowError as error:
            raise _unreadable(answer, str(error)) from error
        return next((row for row in rows if (row.staff_id, row.day) == (staff_id, day)), None)

    def of_client(
        self, salon_id: SalonId, client_id: int, *, zone: str, country: str, first: date
    ) -> Sequence[Record]:
        """YClients looks at the card here; whose a record is, is looked at again."""
        query = [("client_id", client_id), ("start_date", first), ("count", _PAGE)]
        found = self._records(salon_id, query, zone, country)
        return [record for record in found if record.client_id == client_id and not record.is_deleted]

    def record(self, salon_id: SalonId, record_id: int, *, zone: str, country: str) -> Record | None:
        try:
            answer = self._read(salon_id, f"/record/{salon_id}/{record_id}", [])
        except NotFoundError:
            return None
        try:
            found = journal_parser.record(_object(answer), ZoneInfo(zone), country)
        except journal_parser.BadRowError as error:
            raise _unreadable(answer, str(error)) from error
        if found.record_id != record_id:
            raise _unreadable(answer, "another record")
        return found

    def on_day(self, salon_id: SalonId, *, staff_id: int, day: date, zone: str, country: str) -> Sequence[Record]:
        query = [("staff_id", staff_id), ("start_date", day), ("end_date", day), ("with_deleted", 1)]
        return self._records(salon_id, [*query, ("count", _PAGE)], zone, country)

    def cards(self, salon_id: SalonId, phone: str) -> Sequence[int]:
        """The search finds parts of a number, too: the whole is compared here."""
        asking = {
            "page": 1,
            "page_size": _PAGE,
            "fields": ["id", "phone"],
            "operation": "AND",
            "filters": [{"type": "quick_search", "state": {"value": phone}}],
        }
        answer = self._read(salon_id, f"/company/{salon_id}/clients/search", [], asking=asking)
        rows = [lenient_json.row(each) for each in _list(_data(answer), answer)]
        found = [(lenient_json.positive(row.get("id")), row.get("phone")) for row in rows]
        return [number for number, theirs in found if number is not None and _digits(theirs) == _digits(phone)]

    def check(self, salon_id: SalonId, appointments: Sequence[Appointment]) -> WriteOutcome:
        body = {"appointments": booking_bodies.appointments(appointments)}
        return self._change(salon_id, "POST", f"/book_check/{salon_id}", body, named=_none)

    def book(self, salon_id: SalonId, booking: NewBooking) -> WriteOutcome:
        return self._change(
            salon_id, "POST", f"/book_record/{salon_id}", booking_bodies.online(booking), named=_saved
        )

    def enter(self, salon_id: SalonId, booking: NewBooking, *, start: Start) -> WriteOutcome:
        body = booking_bodies.entry(booking, start)
        return self._change(salon_id, "POST", f"/records/{salon_id}", body, named=_saved)

    def move(self, salon_id: SalonId, record: Record, move: Move) -> WriteOutcome:
        if not record.raw:
            raise ValueError(f"record {record.record_id} was not read from YClients just now")
        path, body = f"/record/{salon_id}/{record.record_id}", booking_bodies.moved(record, move)
        return self._change(salon_id, "PUT", path, body, named=_saved)

    def cancel(self, salon_id: SalonId, record_id: int) -> WriteOutcome:
        return self._change(salon_id, "DELETE", f"/record/{salon_id}/{record_id}", None, named=_none)

    def _records(
        self, salon_id: SalonId, query: Sequence[tuple[str, object]], zone: str, country: str
    ) -> Sequence[Record]:
        place = ZoneInfo(zone)

        def record(row: lenient_json.Row) -> Record:
            return journal_parser.record(row, place, country)

        answer = self._read(salon_id, f"/records/{salon_id}", query)
        return _every(record, _list(_data(answer), answer), answer, salon_id)

    def _read(
        self,
        salon_id: SalonId,
        path: str,
        query: Sequence[tuple[str, object]],
        *,
        asking: Mapping[str, Any] | None = None,
    ) -> HttpAnswer:
        return self._rest.read(
            salon_id,
            f"{path}?{urlencode(query)}" if query else path,
            urgency=Urgency.INTERACTIVE,
            asking=asking,
            timeouts=self._timeouts,
            patience=self._patience,
        )

    def _change(
        self, salon_id: SalonId, method: str, path: str, body: Mapping[str, Any] | None, *, named: Named
    ) -> WriteOutcome:
        try:
            answer = self._rest.attempt(
                salon_id, method, path, body, timeouts=self._timeouts, patience=self._patience
            )
        except RateLimitedError:
            return Refused(Refusal.NOT_NOW)
        return outcome_of(answer, named(answer))


def _services(services: Sequence[int]) -> list[tuple[str, object]]:
    return [("service_ids[]", number) for number in services]


def _at(at: datetime | None) -> list[tuple[str, object]]:
    return [] if at is None else [("datetime", f"{at:%Y-%m-%dT%H:%M:%S}")]


def _named(services: Sequence[int]) -> Sequence[int]:
    if not services:
        raise ValueError("a question for times needs its services")
    return services


def _none(_answer: HttpAnswer) -> tuple[SavedRecord, ...]:
    """Of a change that names no records."""
    return ()


def _saved(answer: HttpAnswer) -> tuple[SavedRecord, ...] | None:
    return booking_parser.saved(_data(answer))


def _starts(value: Any, day: date, answer: HttpAnswer, salon_id: SalonId) -> Sequence[Start]:
    def start(row: lenient_json.Row) -> Start:
        return booking_parser.start(row, day)

    found = _every(start, _list(value, answer), answer, salon_id)
    return sorted(found, key=lambda one: one.wall_clock)


def _data(answer: HttpAnswer) -> Any:
    return None if answer.body is None else answer.body.get("data")


def _object(answer: HttpAnswer) -> lenient_json.Row:
    data = _data(answer)
    if not isinstance(data, Mapping):
        raise _unreadable(answer, "no object")
    return data


def _list(value: Any, answer: HttpAnswer) -> list[Any]:
    """A list that is none is unknown: neither free nor busy."""
    if not isinstance(value, list):
        raise _unreadable(answer, "no list")
    return value


def _every(
    parse: Callable[[lenient_json.Row], T], given: Sequence[Any], answer: HttpAnswer, salon_id: SalonId
) -> list[T]:
    """What can be read of the rows; raises where none can."""
    read = journal_parser.every(parse, given, salon_id=salon_id)
    if given and not read:
        raise _unreadable(answer, "no row can be read")
    return read


def _digits(phone: object) -> str:
    return "".join(sign for sign in str(phone or "") if sign.isdigit())


def _unreadable(answer: HttpAnswer, why: str) -> UnreadableError:
    return UnreadableError(status=answer.status, message=why, request_id=answer.request_id)
