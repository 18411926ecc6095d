"""The entities of a journal, from the rows that YClients sends. Each raises BadRowError for a row without its id."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import structlog

from aiadmin.adapters.countries import country_of
from aiadmin.adapters.yclients import lenient_json, service_facets
from aiadmin.domain.companies.company import DEFAULT_COUNTRY
from aiadmin.domain.ids import SalonId
from aiadmin.domain.journal.journal import (
    Attendance,
    BookedService,
    Category,
    Client,
    Record,
    SalonDetails,
    Service,
    StaffMember,
    WebhookSettings,
    WorkDay,
)
from aiadmin.domain.messages.phone_numbers import read_phone
from aiadmin.domain.plain_text import shown

log = structlog.get_logger(__name__)
T = TypeVar("T")
_ZONE_LENGTH = 50
_CURRENCY_LENGTH = 10
_MOST_OF_ONE_SERVICE = 99
_COMMENT_LENGTH = 10_000
_HOOK_EXTRAS = frozenset({"urls", "active", "url_settings"})


class BadRowError(ValueError):
    """A row without what makes it an entity."""


def every(parse: Callable[[lenient_json.Row], T], given: Sequence[Any], *, salon_id: SalonId) -> list[T]:
    """What can be read; the rest is logged by its id and left out, so that one bad row never loses a page."""
    read = []
    for each in given:
        try:
            read.append(parse(lenient_json.row(lenient_json.clean(each))))
        except (BadRowError, RecursionError) as error:
            number, why = lenient_json.whole(lenient_json.row(each).get("id")), str(error)
            log.warning("row of YClients left out", what=parse.__name__, salon_id=salon_id, row=number, why=why)
    return read


def salon(row: lenient_json.Row) -> SalonDetails:
    """A company; its timezone by name, or by its hours when it has no name that we know."""
    timezone = needed(_zone(row), "timezone")
    country = country_of(lenient_json.text(row.get("country")), timezone)
    return SalonDetails(
        salon_id=needed(lenient_json.positive(row.get("id")), "id"),
        title=shown(lenient_json.text(row.get("public_title")) or lenient_json.text(row.get("title")) or ""),
        timezone=timezone,
        address=lenient_json.text(row.get("address")),
        phone=read_phone(row.get("phone"), country or DEFAULT_COUNTRY),
        country=country,
        currency=lenient_json.text(row.get("currency_short_title"), _CURRENCY_LENGTH),
        raw=row,
    )


def _zone(row: lenient_json.Row) -> str | None:
    name = lenient_json.text(row.get("timezone_name")) or ""
    try:
        if len(name) <= _ZONE_LENGTH and ZoneInfo(name):
            return name
    except (ValueError, KeyError, OSError):
        pass
    hours = lenient_json.whole(row.get("timezone"))
    return f"Etc/GMT{-hours:+d}" if hours is not None and -12 <= hours <= 14 else None  # noqa: PLR2004


def category(row: lenient_json.Row) -> Category:
    """A category of services."""
    number = lenient_json.positive(row.get("id")) or lenient_json.positive(row.get("salon_service_id"))
    return Category(category_id=needed(number, "id"), title=lenient_json.text(row.get("title")) or "", raw=row)


def service(row: lenient_json.Row) -> Service:
    """A service; `active` says whether it can be booked online."""
    number = lenient_json.positive(row.get("id")) or lenient_json.positive(row.get("salon_service_id"))
    return Service(
        service_id=needed(number, "id"),
        title=lenient_json.text(row.get("title")) or lenient_json.text(row.get("booking_title")) or "",
        category_id=lenient_json.positive(row.get("category_id")),
        price_min=lenient_json.money(row.get("price_min")),
        price_max=lenient_json.money(row.get("price_max")),
        length=lenient_json.seconds(row.get("duration")) or lenient_json.seconds(row.get("seance_length")),
        is_online=lenient_json.flag(row.get("active"), default=lenient_json.flag(row.get("is_online"), default=True)),
        masters=service_facets.masters(row),
        parts=service_facets.parts(row),
        is_group=lenient_json.flag(row.get("is_multi")),
        is_prepaid=service_facets.is_prepaid(row),
        comment=service_facets.comment(row),
        earliest=service_facets.time_of_day(row.get("seance_search_start")),
        latest=service_facets.time_of_day(row.get("seance_search_finish")),
        raw=row,
    )


def staff_member(row: lenient_json.Row) -> StaffMember:
    """A member of staff, present or former: fired and deleted are the same to us."""
    return StaffMember(
        staff_id=needed(lenient_json.positive(row.get("id")), "id"),
        name=lenient_json.text(row.get("name")) or "",
        specialization=lenient_json.text(row.get("specialization")),
        is_fired=any(lenient_json.flag(row.get(name)) for name in ("fired", "is_fired", "status", "is_deleted")),
        is_hidden=lenient_json.flag(row.get("hidden")),
        raw=row,
    )


def work_day(row: lenient_json.Row) -> WorkDay:
    """One day of one person."""
    spans = [_span(lenient_json.row(each)) for each in lenient_json.rows(row.get("slots"))]
    return WorkDay(
        staff_id=needed(lenient_json.positive(row.get("staff_id")), "staff_id"),
        day=needed(lenient_json.day(row.get("date")), "date"),
        slots=tuple(span for span in spans if span is not None),
        raw=row,
    )


def _span(slot: lenient_json.Row) -> tuple[time, time] | None:
    start, end = lenient_json.clock(slot.get("from")), lenient_json.clock(slot.get("to"))
    return (start, end) if start is not None and end is not None and start < end else None


def client(row: lenient_json.Row, country: str) -> Client:
    """A customer, from the search, the list or a single reading: each has some of these fields."""
    return Client(
        client_id=needed(lenient_json.positive(row.get("id")), "id"),
        name=lenient_json.text(row.get("name")) or lenient_json.text(row.get("display_name")),
        phone=read_phone(row.get("phone"), country),
        email=lenient_json.text(row.get("email")),
        is_muted=lenient_json.flag(row.get("sms_not")),
        visits=max(lenient_json.whole(row.get("visits_count")) or lenient_json.whole(row.get("visits")) or 0, 0),
        last_visit_on=lenient_json.day(row.get("last_visit_date")),
        raw=row,
    )


def record(row: lenient_json.Row, zone: ZoneInfo, country: str) -> Record:
    """A booking. `date` is the salon's own time and decides; `datetime` only tells two equal hours apart."""
    staff, booked_by = lenient_json.row(row.get("staff")), lenient_json.row(row.get("client"))
    client_id = lenient_json.positive(booked_by.get("id"))
    length = lenient_json.seconds(row.get("seance_length")) or lenient_json.seconds(row.get("length")) or timedelta()
    return Record(
        record_id=needed(lenient_json.positive(row.get("id")), "id"),
        visit_id=lenient_json.positive(row.get("visit_id")),
        staff_id=lenient_json.positive(row.get("staff_id")) or lenient_json.positive(staff.get("id")),
        staff_name=lenient_json.text(staff.get("name")),
        client_id=client_id,
        client_name=lenient_json.text(booked_by.get("name")) or lenient_json.text(booked_by.get("display_name")),
        client_phone=read_phone(booked_by.get("phone"), country),
        starts_at=needed(_starts_at(row, zone), "date"),
        wall_clock=_wall_clock(row),
        is_unpaid=lenient_json.flag(row.get("prepaid")) and not lenient_json.flag(row.get("prepaid_confirmed")),
        length=length,
        services=tuple(_booked(row.get("services"))),
        attendance=_attendance(row),
        is_deleted=lenient_json.flag(row.get("deleted")),
        changed_at=lenient_json.moment(row.get("last_change_date"), zone),
        created_at=lenient_json.moment(row.get("create_date"), zone),
        comment=lenient_json.text(row.get("comment"), _COMMENT_LENGTH) or "",
        is_online=lenient_json.flag(row.get("online")),
        is_group=lenient_json.positive(row.get("activity_id")) is not None,
        api_id=lenient_json.text(row.get("api_id")),
        raw=row,
    )


def _wall_clock(row: lenient_json.Row) -> datetime | None:
    return lenient_json.wall_clock(row.get("date")) or lenient_json.wall_clock(row.get("datetime"))


def _starts_at(row: lenient_json.Row, zone: ZoneInfo) -> datetime | None:
    written, local = row.get("datetime"), _wall_clock(row)
    return lenient_json.moment(written, zone) if local is None else lenient_json.in_zone(local, zone, written)


def _booked(value: Any) -> list[BookedService]:
    found = [
        (lenient_json.positive(each.get("id")), each) for each in map(lenient_json.row, lenient_json.rows(value))
    ]
    return [
        BookedService(
            service_id=number,
            title=lenient_json.text(each.get("title")) or "",
            cost=_cost(each),
            amount=min(lenient_json.positive(each.get("amount")) or 1, _MOST_OF_ONE_SERVICE),
        )
        for number, each in found
        if number is not None
    ]


def _cost(row: lenient_json.Row) -> Any:
    to_pay = lenient_json.money(row.get("cost_to_pay"))
    return to_pay if to_pay is not None else lenient_json.money(row.get("cost"))


def _attendance(row: lenient_json.Row) -> Attendance:
    for name in ("attendance", "visit_attendance"):
        number = lenient_json.whole(row.get(name))
        if number in set(Attendance):
            return Attendance(number)
    return Attendance.WAITING


def webhook_settings(row: lenient_json.Row) -> WebhookSettings:
    """Where a salon's webhooks go, and which of them."""
    given = row.get("urls")
    urls = [
        lenient_json.text(each, 2000) for each in ([given] if isinstance(given, str) else lenient_json.rows(given))
    ]
    return WebhookSettings(
        urls=tuple(url for url in urls if url),
        is_active=lenient_json.flag(row.get("active"), default=bool(urls)),
        flags={name: lenient_json.flag(value) for name, value in row.items() if name not in _HOOK_EXTRAS},
    )


def right_flags(row: lenient_json.Row) -> Mapping[tuple[str, str], bool]:
    """What the application may do in a salon, by group and name; a flag that is neither yes nor no counts as yes."""
    flags = {
        (group, name): lenient_json.flag(value, default=True)
        for group, given in row.items()
        for name, value in lenient_json.row(given).items()
    }
    if not flags:
        raise BadRowError("no rights")
    return flags


def needed(value: T | None, name: str) -> T:
    """The value; raises BadRowError for none."""
    if value is None:
        raise BadRowError(f"no {name}")
    return value
