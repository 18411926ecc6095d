"""When a master is taken, and when somebody may still come."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from tests.fakes.yclients.salon.entities import Record
from tests.fakes.yclients.salon.script import Spans, merged, without
from tests.fakes.yclients.salon.state import Salon

_GRID = 1800
"""Seconds from one row to the next where no service is named, and the length of each: the journal's own rows."""


def end_of(record: Record) -> datetime:
    return record.date + timedelta(seconds=record.seance_length)


def length_of(salon: Salon, staff_id: int, service_ids: Sequence[int]) -> int:
    """Seconds that a master needs for these; a row of the journal when nothing is named, whatever is booked then."""
    return sum(salon.service(number).length_with(staff_id) for number in salon.expanded(service_ids)) or _GRID


def busy(salon: Salon, staff_id: int, day: date) -> list[tuple[Record, datetime, datetime]]:
    """The visits of a master on a day, earliest first, each with its technical break."""
    theirs = [
        one
        for one in salon.records.values()
        if one.staff_id == staff_id and one.date.date() == day and not one.deleted
    ]
    return [
        (one, one.date, end_of(one) + timedelta(seconds=one.technical_break))
        for one in sorted(theirs, key=lambda one: one.date)
    ]


def held(salon: Salon, staff_id: int, day: date) -> Spans:
    """Working time that is no visit's and yet not free: group events, and what a script leaves uncovered."""
    events = _events(salon, staff_id, day)
    if salon.script is None:
        return events
    visits = [(start, end) for _, start, end in busy(salon, staff_id, day)]
    uncovered = without(list(hours(salon, staff_id, day)), salon.script.open_on(staff_id, day) + visits)
    return merged([*events, *uncovered])


def is_free(salon: Salon, staff_id: int, start: datetime, seconds: int, but: int | None = None) -> bool:
    """Whether a master works then and has nothing else; `but` is the record that is being moved."""
    span, day = (start, start + timedelta(seconds=seconds)), start.date()
    if without([span], list(hours(salon, staff_id, day))):
        return False
    visits = [(record.id, begun, ended) for record, begun, ended in busy(salon, staff_id, day)]
    others = [(begun, ended) for number, begun, ended in visits if number != but] + _events(salon, staff_id, day)
    if any(begun < span[1] and span[0] < ended for begun, ended in others):
        return False
    own = [(begun, ended) for number, begun, ended in visits if number == but]
    return salon.script is None or not without([span], salon.script.open_on(staff_id, day) + own)


def hours(salon: Salon, staff_id: int, day: date) -> Iterator[tuple[datetime, datetime]]:
    """A master's hours on a day as times."""
    for opens, closes in salon.schedule.get((staff_id, day), []):
        yield time_on(day, opens), time_on(day, closes)


def free(salon: Salon, staff_id: int, day: date, service_ids: Sequence[int]) -> list[datetime]:
    """Every time at which these services of a master may begin online on a day."""
    if not _may_book_on(salon, day):
        return []
    first = salon.now() + timedelta(minutes=salon.online.lead_minutes)
    seconds = length_of(salon, staff_id, service_ids)
    return [
        start
        for start in _candidates(salon, staff_id, day, service_ids)
        if start >= first and start > salon.now() and is_free(salon, staff_id, start, seconds)
    ]


def time_on(day: date, clock: str) -> datetime:
    """The salon's own time; `24:00` is the end of the day."""
    hour, minute = map(int, clock.split(":"))
    return _midnight(day) + timedelta(hours=hour, minutes=minute)


def _candidates(salon: Salon, staff_id: int, day: date, service_ids: Sequence[int]) -> list[datetime]:
    """What a script says; else every step from the opening on, within the hours of the services."""
    wanted = salon.expanded(service_ids)
    if salon.script is not None and wanted:
        return salon.script.at(staff_id, frozenset(wanted), day)
    services = [salon.service(number) for number in wanted]
    step = timedelta(seconds=max((one.search_step for one in services), default=_GRID))
    earliest = _midnight(day) + timedelta(seconds=max((one.search_start for one in services), default=0))
    latest = _midnight(day) + timedelta(seconds=min((one.search_finish for one in services), default=86_400))
    steps = [
        opens + step * number
        for opens, closes in hours(salon, staff_id, day)
        for number in _below(closes - opens, step)
    ]
    return [start for start in steps if earliest <= start < latest]


def _below(span: timedelta, step: timedelta) -> range:
    return range(-(-span // step))


def _may_book_on(salon: Salon, day: date) -> bool:
    ahead = salon.online.horizon_days
    return salon.online.is_open and (ahead is None or day <= salon.now().date() + timedelta(days=ahead))


def _events(salon: Salon, staff_id: int, day: date) -> Spans:
    return [
        (one.date, one.date + timedelta(seconds=one.length))
        for one in salon.activities.values()
        if one.staff_id == staff_id and one.date.date() == day
    ]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the salon's own
