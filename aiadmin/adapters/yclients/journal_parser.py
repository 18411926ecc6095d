"""The entities of a journal, from the rows that YClients sends. Each raises BadRowError for a row without its id."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import structlog

from aiadmin.adapters.countries import country_of
from aiadmin.adapters.phone_numbers import read_phone
from aiadmin.adapters.yclients import reading
from aiadmin.domain.ids import SalonId
from aiadmin.domain.journal import (
    DEFAULT_COUNTRY,
    Attendance,
    BookedService,
    Category,
    Client,
    HookSettings,
    Record,
    SalonFacts,
    Service,
    StaffMember,
    WorkDay,
)
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


def every(parse: Callable[[reading.Row], T], given: Sequence[Any], *, salon_id: SalonId) -> list[T]:
    """What can be read; the rest is logged by its id and left out, so that one bad row never loses a page."""
    read = []
    for each in given:
        try:
            read.append(parse(reading.row(reading.clean(each))))
        except (BadRowError, RecursionError) as error:
            number, why = reading.whole(reading.row(each).get("id")), str(error)
            log.warning("row of YClients left out", what=parse.__name__, salon_id=salon_id, row=number, why=why)
    return read


def salon(row: reading.Row) -> SalonFacts:
    """A company; its timezone by name, or by its hours when it has no name that we know."""
    timezone = _needed(_zone(row), "timezone")
    country = country_of(reading.text(row.get("country")), timezone)
    return SalonFacts(
        salon_id=_needed(reading.positive(row.get("id")), "id"),
        title=shown(reading.text(row.get("public_title")) or reading.text(row.get("title")) or ""),
        timezone=timezone,
        address=reading.text(row.get("address")),
        phone=read_phone(row.get("phone"), country or DEFAULT_COUNTRY),
        country=country,
        currency=reading.text(row.get("currency_short_title"), _CURRENCY_LENGTH),
        raw=row,
    )


def _zone(row: reading.Row) -> str | None:
    name = reading.text(row.get("timezone_name")) or ""
    try:
        if len(name) <= _ZONE_LENGTH and ZoneInfo(name):
            return name
    except (ValueError, KeyError, OSError):
        pass
    hours = reading.whole(row.get("timezone"))
    return f"Etc/GMT{-hours:+d}" if hours is not None and -12 <= hours <= 14 else None  # noqa: PLR2004


def category(row: reading.Row) -> Category:
    """A category of services."""
    number = reading.positive(row.get("id")) or reading.positive(row.get("salon_service_id"))
    return Category(category_id=_needed(number, "id"), title=reading.text(row.get("title")) or "", raw=row)


def service(row: reading.Row) -> Service:
    """A service; `active` says whether it can be booked online."""
    number = reading.positive(row.get("id")) or reading.positive(row.get("salon_service_id"))
    return Service(
        service_id=_needed(number, "id"),
        title=reading.text(row.get("title")) or reading.text(row.get("booking_title")) or "",
        category_id=reading.positive(row.get("category_id")),
        price_min=reading.money(row.get("price_min")),
        price_max=reading.money(row.get("price_max")),
        length=reading.seconds(row.get("duration")) or reading.seconds(row.get("seance_length")),
        is_online=reading.flag(row.get("active"), default=reading.flag(row.get("is_online"), default=True)),
        raw=row,
    )


def staff_member(row: reading.Row) -> StaffMember:
    """Somebody who works there, or did: fired and deleted are the same to us."""
    return StaffMember(
        staff_id=_needed(reading.positive(row.get("id")), "id"),
        name=reading.text(row.get("name")) or "",
        specialization=reading.text(row.get("specialization")),
        is_fired=any(reading.flag(row.get(name)) for name in ("fired", "is_fired", "status", "is_deleted")),
        is_hidden=reading.flag(row.get("hidden")),
        raw=row,
    )


def work_day(row: reading.Row) -> WorkDay:
    """One day of one person."""
    spans = [_span(reading.row(each)) for each in reading.rows(row.get("slots"))]
    return WorkDay(
        staff_id=_needed(reading.positive(row.get("staff_id")), "staff_id"),
        day=_needed(reading.day(row.get("date")), "date"),
        slots=tuple(span for span in spans if span is not None),
        raw=row,
    )


def _span(slot: reading.Row) -> tuple[time, time] | None:
    start, end = reading.clock(slot.get("from")), reading.clock(slot.get("to"))
    return (start, end) if start is not None and end is not None and start < end else None


def client(row: reading.Row, country: str) -> Client:
    """A customer, from the search, the list or a single reading: each has some of these fields."""
    return Client(
        client_id=_needed(reading.positive(row.get("id")), "id"),
        name=reading.text(row.get("name")) or reading.text(row.get("display_name")),
        phone=read_phone(row.get("phone"), country),
        email=reading.text(row.get("email")),
        is_muted=reading.flag(row.get("sms_not")),
        visits=max(reading.whole(row.get("visits_count")) or reading.whole(row.get("visits")) or 0, 0),
        last_visit_on=reading.day(row.get("last_visit_date")),
        raw=row,
    )


def record(row: reading.Row, zone: ZoneInfo, country: str) -> Record:
    """A booking. `date` is the salon's own time and decides; `datetime` only tells two equal hours apart."""
    staff, booked_by = reading.row(row.get("staff")), reading.row(row.get("client"))
    client_id = reading.positive(booked_by.get("id"))
    length = reading.seconds(row.get("seance_length")) or reading.seconds(row.get("length")) or timedelta()
    return Record(
        record_id=_needed(reading.positive(row.get("id")), "id"),
        visit_id=reading.positive(row.get("visit_id")),
        staff_id=reading.positive(row.get("staff_id")) or reading.positive(staff.get("id")),
        staff_name=reading.text(staff.get("name")),
        client_id=client_id,
        client_name=reading.text(booked_by.get("name")) or reading.text(booked_by.get("display_name")),
        client_phone=read_phone(booked_by.get("phone"), country),
        starts_at=_needed(_starts_at(row, zone), "date"),
        wall_clock=_wall_clock(row),
        is_unpaid=reading.flag(row.get("prepaid")) and not reading.flag(row.get("prepaid_confirmed")),
        length=length,
        services=tuple(_booked(row.get("services"))),
        attendance=_attendance(row),
        is_deleted=reading.flag(row.get("deleted")),
        changed_at=reading.moment(row.get("last_change_date"), zone),
        created_at=reading.moment(row.get("create_date"), zone),
        comment=reading.text(row.get("comment"), _COMMENT_LENGTH) or "",
        is_online=reading.flag(row.get("online")),
        is_group=reading.positive(row.get("activity_id")) is not None,
        raw=row,
    )


def _wall_clock(row: reading.Row) -> datetime | None:
    return reading.wall_clock(row.get("date")) or reading.wall_clock(row.get("datetime"))


def _starts_at(row: reading.Row, zone: ZoneInfo) -> datetime | None:
    written, local = row.get("datetime"), _wall_clock(row)
    return reading.moment(written, zone) if local is None else reading.in_zone(local, zone, written)


def _booked(value: Any) -> list[BookedService]:
    found = [(reading.positive(each.get("id")), each) for each in map(reading.row, reading.rows(value))]
    return [
        BookedService(
            service_id=number,
            title=reading.text(each.get("title")) or "",
            cost=_cost(each),
            amount=min(reading.positive(each.get("amount")) or 1, _MOST_OF_ONE_SERVICE),
        )
        for number, each in found
        if number is not None
    ]


def _cost(row: reading.Row) -> Any:
    to_pay = reading.money(row.get("cost_to_pay"))
    return to_pay if to_pay is not None else reading.money(row.get("cost"))


def _attendance(row: reading.Row) -> Attendance:
    for name in ("attendance", "visit_attendance"):
        number = reading.whole(row.get(name))
        if number in set(Attendance):
            return Attendance(number)
    return Attendance.WAITING


def hooks(row: reading.Row) -> HookSettings:
    """Where a salon's webhooks go, and which of them."""
    given = row.get("urls")
    urls = [reading.text(each, 2000) for each in ([given] if isinstance(given, str) else reading.rows(given))]
    return HookSettings(
        urls=tuple(url for url in urls if url),
        is_active=reading.flag(row.get("active"), default=bool(urls)),
        flags={name: reading.flag(value) for name, value in row.items() if name not in _HOOK_EXTRAS},
    )


def right_flags(row: reading.Row) -> Mapping[tuple[str, str], bool]:
    """What the application may do in a salon, by group and name; a flag that is neither yes nor no counts as yes."""
    flags = {
        (group, name): reading.flag(value, default=True)
        for group, given in row.items()
        for name, value in reading.row(given).items()
    }
    if not flags:
        raise BadRowError("no rights")
    return flags


def _needed(value: T | None, name: str) -> T:
    if value is None:
        raise BadRowError(f"no {name}")
    return value
