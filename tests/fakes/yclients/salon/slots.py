"""When a master is taken, and when somebody may still come."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from tests.fakes.yclients.salon.entities import Record
from tests.fakes.yclients.salon.state import Salon

STEP = timedelta(minutes=15)


def end_of(record: Record) -> datetime:
    return record.date + timedelta(seconds=record.seance_length)


def busy(salon: Salon, staff_id: int, day: date) -> list[tuple[Record, datetime, datetime]]:
    """The visits of a master on a day, earliest first."""
    theirs = [
        one
        for one in salon.records.values()
        if one.staff_id == staff_id and one.date.date() == day and not one.deleted
    ]
    return [(one, one.date, end_of(one)) for one in sorted(theirs, key=lambda one: one.date)]


def overlaps(salon: Salon, staff_id: int, start: datetime, seconds: int, but: int | None = None) -> bool:
    """Whether another visit to this master is in the way; `but` is the one that is being moved."""
    end = start + timedelta(seconds=seconds)
    return any(
        begun < end and start < ended and record.id != but
        for record, begun, ended in busy(salon, staff_id, start.date())
    )


def works(salon: Salon, staff_id: int, start: datetime, seconds: int) -> bool:
    """Whether a visit lies within the master's hours."""
    end = start + timedelta(seconds=seconds)
    return any(opens <= start and end <= closes for opens, closes in hours(salon, staff_id, start.date()))


def hours(salon: Salon, staff_id: int, day: date) -> Iterator[tuple[datetime, datetime]]:
    """A master's hours on a day as times."""
    for opens, closes in salon.schedule.get((staff_id, day), []):
        yield _time(day, opens), _time(day, closes)


def free(salon: Salon, staff_id: int, day: date, seconds: int) -> list[datetime]:
    """Every quarter of an hour at which a visit of that length may begin, from now on."""
    taken = busy(salon, staff_id, day)
    length, now, starts = timedelta(seconds=seconds), salon.now(), []
    for opens, closes in hours(salon, staff_id, day):
        start = opens
        while start + length <= closes:
            is_taken = any(begun < start + length and start < ended for _, begun, ended in taken)
            if start > now and not is_taken:
                starts.append(start)
            start += STEP
    return starts


def _time(day: date, clock: str) -> datetime:
    """`24:00` is the end of the day."""
    hour, minute = map(int, clock.split(":"))
    return datetime(day.year, day.month, day.day) + timedelta(hours=hour, minutes=minute)  # noqa: DTZ001 - the salon's own
