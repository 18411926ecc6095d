"""A salon's journal at YClients, over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiadmin.adapters.yclients import journal_parser, lenient_json
from aiadmin.adapters.yclients.rest import RestApi
from aiadmin.domain.companies.rights import Right, missing_rights
from aiadmin.domain.ids import SalonId
from aiadmin.domain.journal.journal import (
    Attendance,
    Category,
    Client,
    Page,
    Record,
    SalonDetails,
    Service,
    StaffMember,
    WebhookSettings,
    WorkDay,
)
from aiadmin.domain.yclients.call_budget import Urgency
from aiadmin.domain.yclients.error import InvalidError, NotFoundError, UnreadableError
from aiadmin.domain.yclients.http_answer import HttpAnswer

T = TypeVar("T")

PAGE_SIZE = 200
"""The most that YClients gives."""
MAX_BYTES = 16 * 1024 * 1024
"""A full page of records is half a MiB; of a salon with many services and long comments, several."""
_FIELDS = (
    "id", "name", "phone", "email", "discount", "first_visit_date", "last_visit_date", "sold_amount", "visits_count",
)  # fmt: skip
"""What the search is documented to know; it gives the id alone when nobody asks for more."""
_MORE_FIELDS = ("sms_not",)
"""Not documented for the search; asked for as long as YClients does not mind."""


class YClientsSalonApi:
    """`ports.yclients.SalonApi` over HTTP."""

    def __init__(self, rest: RestApi) -> None:
        self._rest = rest
        self._fields: tuple[str, ...] = _FIELDS + _MORE_FIELDS

    def company(self, salon_id: SalonId) -> SalonDetails:
        answer = self._rest.read(salon_id, f"/company/{salon_id}/", urgency=Urgency.INTERACTIVE)
        return _one(journal_parser.salon, answer)

    def categories(self, salon_id: SalonId) -> Sequence[Category]:
        path = f"/company/{salon_id}/service_categories"
        return self._list(journal_parser.category, salon_id, path).rows

    def services(self, salon_id: SalonId) -> Sequence[Service]:
        return self._list(journal_parser.service, salon_id, f"/company/{salon_id}/services").rows

    def staff(self, salon_id: SalonId) -> Sequence[StaffMember]:
        return self._list(journal_parser.staff_member, salon_id, f"/company/{salon_id}/staff").rows

    def schedule(self, salon_id: SalonId, *, first: date, last: date) -> Sequence[WorkDay]:
        query = urlencode({"start_date": first.isoformat(), "end_date": last.isoformat()})
        path = f"/company/{salon_id}/staff/schedule?{query}"
        return self._list(journal_parser.work_day, salon_id, path).rows

    def clients(self, salon_id: SalonId, *, country: str, page: int) -> Page[Client]:
        try:
            answer = self._search(salon_id, page)
        except InvalidError:
            if self._fields == _FIELDS:
                raise
            self._fields = _FIELDS
            answer = self._search(salon_id, page)
        return _page(_client_parser(country), answer, salon_id)

    def _search(self, salon_id: SalonId, page: int) -> HttpAnswer:
        asking = {
            "page": page,
            "page_size": PAGE_SIZE,
            "fields": list(self._fields),
            "order_by": "id",
            "order_by_direction": "ASC",
            "operation": "AND",
            "filters": [],
        }
        path = f"/company/{salon_id}/clients/search"
        return self._rest.read(salon_id, path, urgency=Urgency.SYNC, asking=asking)

    def client(self, salon_id: SalonId, client_id: int, *, country: str) -> Client | None:
        found = self._find(_client_parser(country), salon_id, f"/client/{salon_id}/{client_id}")
        return None if found is None or lenient_json.flag(found.raw.get("deleted")) else found

    def records(
        self,
        salon_id: SalonId,
        *,
        zone: str,
        country: str,
        page: int,
        first: date,
        last: date,
        is_awaited: bool = False,
    ) -> Page[Record]:
        query = {"start_date": first.isoformat(), "end_date": last.isoformat()}
        urgency = Urgency.INTERACTIVE if is_awaited else Urgency.SYNC
        return self._records(salon_id, _record_parser(zone, country), page, query, urgency)

    def records_changed(
        self, salon_id: SalonId, *, zone: str, country: str, page: int, since: datetime
    ) -> Page[Record]:
        """The time goes out with its offset: without one it would be read in a zone that nobody has documented."""
        local = since.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")
        return self._records(salon_id, _record_parser(zone, country), page, {"changed_after": local})

    def _records(
        self,
        salon_id: SalonId,
        parse: Callable[[lenient_json.Row], Record],
        page: int,
        query: Mapping[str, str],
        urgency: Urgency = Urgency.SYNC,
    ) -> Page[Record]:
        all_of_it = {**query, "page": page, "count": PAGE_SIZE, "with_deleted": 1}
        path = f"/records/{salon_id}?{urlencode(all_of_it)}"
        return self._list(parse, salon_id, path, urgency)

    def record(
        self, salon_id: SalonId, record_id: int, *, zone: str, country: str, is_awaited: bool = True
    ) -> Record | None:
        urgency = Urgency.INTERACTIVE if is_awaited else Urgency.SYNC
        return self._find(_record_parser(zone, country), salon_id, f"/record/{salon_id}/{record_id}", urgency)

    def set_attendance(self, salon_id: SalonId, record: Record, attendance: Attendance) -> None:
        """The comment goes with it: YClients replaces both."""
        if record.visit_id is None:
            raise InvalidError(message=f"record {record.record_id} belongs to no visit")
        body = {"attendance": int(attendance), "comment": record.comment}
        self._rest.change(salon_id, "PUT", f"/visits/{record.visit_id}/{record.record_id}", body)

    def missing_rights(self, salon_id: SalonId) -> frozenset[Right]:
        answer = self._rest.read(salon_id, f"/user/permissions/{salon_id}", urgency=Urgency.INTERACTIVE)
        return missing_rights(_one(journal_parser.right_flags, answer))

    def webhook_settings(self, salon_id: SalonId) -> WebhookSettings:
        answer = self._rest.read(salon_id, f"/hooks_settings/{salon_id}", urgency=Urgency.INTERACTIVE)
        return _one(journal_parser.webhook_settings, answer)

    def _list(
        self, parse: Callable[[lenient_json.Row], T], salon_id: SalonId, path: str, urgency: Urgency = Urgency.SYNC
    ) -> Page[T]:
        return _page(parse, self._rest.read(salon_id, path, urgency=urgency), salon_id)

    def _find(
        self,
        parse: Callable[[lenient_json.Row], T],
        salon_id: SalonId,
        path: str,
        urgency: Urgency = Urgency.INTERACTIVE,
    ) -> T | None:
        try:
            answer = self._rest.read(salon_id, path, urgency=urgency)
        except NotFoundError:
            return None
        return _one(parse, answer)


def _record_parser(zone: str, country: str) -> Callable[[lenient_json.Row], Record]:
    place = ZoneInfo(zone)

    def record(row: lenient_json.Row) -> Record:
        return journal_parser.record(row, place, country)

    return record


def _client_parser(country: str) -> Callable[[lenient_json.Row], Client]:
    def client(row: lenient_json.Row) -> Client:
        return journal_parser.client(row, country)

    return client


def _data(answer: HttpAnswer) -> Any:
    """What is in the envelope, or the whole where a route has none."""
    return None if answer.body is None else answer.body.get("data", answer.body)


def _one(parse: Callable[[lenient_json.Row], T], answer: HttpAnswer) -> T:
    data = _data(answer)
    given = data[0] if isinstance(data, list) and data else data
    try:
        return parse(lenient_json.row(lenient_json.clean(given)))
    except (journal_parser.BadRowError, RecursionError) as error:
        raise _unreadable(answer, str(error)) from error


def _page(parse: Callable[[lenient_json.Row], T], answer: HttpAnswer, salon_id: SalonId) -> Page[T]:
    """Rows of a list. What is no list, or has not one row that can be read, is an error: it is not an empty page."""
    data = _data(answer)
    if not isinstance(data, list | dict):
        raise _unreadable(answer, "no list")
    given = lenient_json.rows(data)
    read = journal_parser.every(parse, given, salon_id=salon_id)
    if given and not read:
        raise _unreadable(answer, "no row can be read")
    total = lenient_json.whole(lenient_json.row((answer.body or {}).get("meta")).get("total_count"))
    return Page(rows=read, total=total, skipped=len(given) - len(read))


def _unreadable(answer: HttpAnswer, why: str) -> UnreadableError:
    return UnreadableError(status=answer.status, message=why, request_id=answer.request_id)
