"""What online booking answers, row by row. Each raises BadRowError for a row without what makes it one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from aiadmin.adapters.yclients import lenient_json, service_facets
from aiadmin.adapters.yclients.journal_parser import BadRowError, needed
from aiadmin.domain.journal.online_booking import (
    BookableService,
    BookableStaff,
    BookingRules,
    BusySpan,
    ChangeRule,
    DayOfStaff,
    GroupEvent,
    Start,
)
from aiadmin.domain.plain_text import shown
from aiadmin.domain.yclients.write_outcome import SavedRecord

_HASH_LENGTH = 64


def service(row: lenient_json.Row, *, is_group: bool = False) -> BookableService:
    """A service that can be booked online."""
    return BookableService(
        service_id=needed(lenient_json.positive(row.get("id")), "id"),
        title=shown(lenient_json.text(row.get("booking_title")) or lenient_json.text(row.get("title")) or ""),
        category_id=lenient_json.positive(row.get("category_id")),
        price_min=lenient_json.money(row.get("price_min")),
        price_max=lenient_json.money(row.get("price_max")),
        length=lenient_json.seconds(row.get("seance_length")) or None,
        parts=service_facets.parts(row),
        is_prepaid=service_facets.is_prepaid(row),
        is_group=is_group or lenient_json.flag(row.get("is_multi")),
        comment=service_facets.comment(row),
    )


def group_service(row: lenient_json.Row) -> BookableService:
    """A service that has events."""
    return service(row, is_group=True)


def staff(row: lenient_json.Row) -> BookableStaff:
    """A row of staff as online booking shows it: a person, or a resource."""
    return BookableStaff(
        staff_id=needed(lenient_json.positive(row.get("id")), "id"),
        name=shown(lenient_json.text(row.get("name")) or ""),
        is_bookable=lenient_json.flag(row.get("bookable")),
        specialization=lenient_json.text(row.get("specialization")),
        nearest=lenient_json.day(row.get("seance_date")),
    )


def day(value: object, zone: ZoneInfo) -> date:
    """A day with free times: a date, or as in the oldest samples the Unix seconds of its beginning."""
    written = lenient_json.day(value)
    moment = None if written else lenient_json.moment(value, zone)
    return needed(written or (moment.astimezone(zone).date() if moment else None), "date")


def start(row: lenient_json.Row, on: date) -> Start:
    """A free time of a day. Its clock is `time`; `datetime` is kept to be sent back as it came."""
    clock, token = lenient_json.clock(row.get("time")), row.get("datetime")
    length = lenient_json.seconds(row.get("sum_length")) or lenient_json.seconds(row.get("seance_length"))
    if not isinstance(token, str | int) or isinstance(token, bool) or not token:
        raise BadRowError("no datetime")
    return Start(
        wall_clock=datetime.combine(on, needed(clock, "time")),
        length=needed(length or None, "seance_length"),
        token=token,
    )


def event(row: lenient_json.Row) -> GroupEvent:
    """A group event; one without a capacity has no place that we could promise."""
    return GroupEvent(
        event_id=needed(lenient_json.positive(row.get("id")), "id"),
        service_id=lenient_json.positive(row.get("service_id")),
        staff_id=lenient_json.positive(row.get("staff_id")),
        wall_clock=needed(lenient_json.wall_clock(row.get("date")), "date"),
        capacity=max(lenient_json.whole(row.get("capacity")) or 0, 0),
        taken=max(lenient_json.whole(row.get("records_count")) or 0, 0),
    )


def day_of_staff(row: lenient_json.Row) -> DayOfStaff:
    """A master's hours, and what is taken of them."""
    slots = [lenient_json.row(each) for each in lenient_json.rows(row.get("slots"))]
    hours = [(lenient_json.clock(slot.get("from")), lenient_json.clock(slot.get("to"))) for slot in slots]
    return DayOfStaff(
        staff_id=needed(lenient_json.positive(row.get("staff_id")), "staff_id"),
        day=needed(lenient_json.day(row.get("date")), "date"),
        hours=tuple((first, last) for first, last in hours if first is not None and last is not None),
        busy=tuple(_busy(lenient_json.row(each)) for each in lenient_json.rows(row.get("busy_intervals"))),
    )


def _busy(row: lenient_json.Row) -> BusySpan:
    """What cannot be read is no free time: then all of the day is unknown."""
    is_record = lenient_json.text(row.get("entity_type")) == "record"
    return BusySpan(
        first=needed(lenient_json.clock(row.get("from")), "from"),
        last=needed(lenient_json.clock(row.get("to")), "to"),
        record_id=lenient_json.positive(row.get("entity_id")) if is_record else None,
    )


def rules(company: lenient_json.Row, online: lenient_json.Row) -> BookingRules:
    """A salon's rules: of its own page, and of its online booking. What is not said forbids nothing."""
    if "seance_delay_step" not in online and "confirm_number" not in online:
        raise BadRowError("no settings of online booking")
    minutes = min(max(lenient_json.whole(online.get("seance_delay_step")) or 0, 0), 24 * 60)
    codes = (online.get("confirm_number"), company.get("phone_confirmation"))
    return BookingRules(
        lead=timedelta(minutes=minutes),
        needs_code=any(lenient_json.flag(code) for code in codes),
        any_master=lenient_json.flag(online.get("any_master"), default=True),
        move=_change_rule(company, "change"),
        cancel=_change_rule(company, "delete"),
    )


def _change_rule(company: lenient_json.Row, action: str) -> ChangeRule:
    return ChangeRule(
        is_allowed=lenient_json.flag(company.get(f"allow_{action}_record"), default=True),
        ban=lenient_json.seconds(company.get(f"allow_{action}_record_delay_step")) or timedelta(0),
    )


def saved(value: object) -> tuple[SavedRecord, ...] | None:
    """The records that a change names, as one or as a list; None where one of them cannot be read, or none is there.

    >>> saved([{"id": 1, "record_id": "7", "record_hash": "ab"}]), saved({"id": 7}), saved([]), saved([{"id": 0}])
    ((SavedRecord(record_id=7),), (SavedRecord(record_id=7),), None, None)
    """
    rows = [lenient_json.row(each) for each in lenient_json.rows(value)]
    found = [(lenient_json.positive(row.get("record_id", row.get("id"))), row) for row in rows]
    made = tuple(
        SavedRecord(record_id=number, record_hash=lenient_json.text(row.get("record_hash"), _HASH_LENGTH))
        for number, row in found
        if number is not None
    )
    return made if made and len(made) == len(rows) else None
