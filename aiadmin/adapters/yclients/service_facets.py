"""What a service says of itself, wherever YClients lists it: its parts, its payment, its masters, its hours."""

from __future__ import annotations

from datetime import time, timedelta

from aiadmin.adapters.yclients import lenient_json
from aiadmin.domain.journal.journal import MasterTerms

_INVOICED_BEFORE = 2
"""`online_invoicing_status`: to be paid before the visit."""
_COMMENT_LENGTH = 1000
_DAY = timedelta(days=1)


def parts(row: lenient_json.Row) -> tuple[int, ...]:
    """What a composite service is made of, by position; as listed where one of the positions cannot be read."""
    details = lenient_json.row(row.get("composite_details"))
    links = [lenient_json.row(each) for each in lenient_json.rows(details.get("links"))]
    places = [lenient_json.whole(link.get("position")) for link in links]
    if None not in places:
        links = sorted(links, key=lambda link: lenient_json.whole(link.get("position")) or 0)
    found = [lenient_json.positive(link.get("service_id")) for link in links]
    return tuple(part for part in found if part is not None)


def is_prepaid(row: lenient_json.Row) -> bool:
    """Whether it must be paid for before the visit."""
    is_invoiced = lenient_json.whole(row.get("online_invoicing_status")) == _INVOICED_BEFORE
    return is_invoiced or lenient_json.text(row.get("prepaid")) == "required"


def comment(row: lenient_json.Row) -> str:
    """What the salon says of it."""
    return lenient_json.text(row.get("comment"), _COMMENT_LENGTH) or ""


def masters(row: lenient_json.Row) -> tuple[MasterTerms, ...]:
    """Who does it and on which terms; a price of nothing at all is the service's own."""
    links = [lenient_json.row(each) for each in lenient_json.rows(row.get("staff"))]
    found = [
        (lenient_json.positive(link.get("id")), lenient_json.money(link.get("price")), link.get("seance_length"))
        for link in links
    ]
    return tuple(
        MasterTerms(staff_id=number, price=price, length=lenient_json.seconds(length) or None)
        for number, price, length in found
        if number is not None
    )


def time_of_day(value: object) -> time | None:
    """Seconds of a day as a time; the first and the last of a day set no limit."""
    since = lenient_json.seconds(value)
    if not since or since >= _DAY:
        return None
    minutes = int(since.total_seconds()) // 60
    return time(minutes // 60, minutes % 60)
