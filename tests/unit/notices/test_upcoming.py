"""The sending plan foretells what will be planned, by the hours in which it goes, and no visit twice."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.ids import CompanyId, NoticeId
from aiadmin.domain.messages.sending_policy import BlockReason, Recipient, Sender
from aiadmin.domain.notices.notice import NoticeKind, StaleReason
from aiadmin.domain.notices.reminder_planning import Planned, owed, reminders
from aiadmin.domain.notices.settings import MessageSettings
from aiadmin.domain.notices.upcoming import (
    UpcomingBooking,
    UpcomingNotice,
    bookings_until,
    days_of,
    ends_at,
    forecast,
    goes,
    hours_of,
    of_visit,
    together,
)
from tests.support.journals import record

MOSCOW, COMPANY = "Europe/Moscow", CompanyId(1)
NOW = datetime.fromisoformat("2026-11-26T12:00+03:00")
NOON = datetime.fromisoformat("2026-11-27T14:30+03:00")
DEFAULT, HOUR = MessageSettings(), timedelta(hours=1)
SENDER = Sender(zone=MOSCOW, linked_at=NOW - timedelta(days=2))


def booked(*planned: NoticeKind, **given: Any) -> UpcomingBooking:
    made = {"starts_at": NOON, "created_at": NOON - timedelta(days=9), **given}
    return UpcomingBooking(record=record(**made), planned=frozenset(planned))


def foretold(*bookings: UpcomingBooking, settings: MessageSettings = DEFAULT) -> list[tuple[str, datetime]]:
    new = forecast(bookings, settings, MOSCOW, COMPANY, since=NOW, until=ends_at(NOW, MOSCOW))
    return sorted((one.kind.value, one.due_at) for one in new)


def test_a_visit_is_foretold_its_reminders_and_not_those_that_it_has() -> None:
    eve, last = NOON.replace(day=26, hour=18, minute=0), NOON - 3 * HOUR
    assert foretold(booked()) == [("reminder_day", eve), ("reminder_hours", last)]
    assert foretold(booked(NoticeKind.REMINDER_DAY)) == [("reminder_hours", last)]
    assert foretold(booked(), settings=MessageSettings(reminder_hours=False)) == [("reminder_day", eve)]
    assert foretold(booked(client_id=None), booked(is_deleted=True), booked(is_group=True)) == []


def test_bookings_of_one_visit_are_one_message() -> None:
    both = [booked(record_id=2), booked(record_id=4, starts_at=NOON + HOUR)]
    assert [kind for kind, _ in foretold(*both)] == ["reminder_day", "reminder_hours"]
    [first, second] = [one.record for one in both]
    other = record(record_id=9, visit_id=8, starts_at=NOON)
    held = of_visit(second, [first, second, other], NoticeKind.REMINDER_DAY, DEFAULT, MOSCOW, COMPANY)
    assert sorted(one.record_id for one in held) == [2, 4]


@given(
    st.integers(0, 71).map(lambda hours: NOW + hours * HOUR),
    st.sampled_from([MOSCOW, "Asia/Vladivostok", "Europe/Berlin"]),
    st.times(min_value=time(9), max_value=time(20)),
)
def test_what_is_foretold_is_what_will_be_planned(starts_at: datetime, zone: str, day_at: time) -> None:
    settings, ends = MessageSettings(day_at=day_at), ends_at(NOW, zone)
    visit = booked(starts_at=starts_at)
    for one in forecast([visit], settings, zone, COMPANY, since=NOW, until=ends):
        planned = reminders(visit.record, settings, zone, now=one.due_at)
        assert (one.kind, one.due_at, one.deadline_at) in [(p.kind, p.due_at, p.deadline_at) for p in planned]
        assert starts_at < bookings_until(ends)


def test_one_that_was_withdrawn_is_never_planned_again() -> None:
    withdrawn = Planned(last=NoticeId(1), dropped=StaleReason.WITHDRAWN)
    eve = NOON.replace(day=26, hour=18, minute=0)
    found = booked().record
    kind = NoticeKind.REMINDER_DAY
    assert owed(kind, found, DEFAULT, MOSCOW, asked_at=None, now=eve, planned=withdrawn) is None
    assert owed(kind, found, DEFAULT, MOSCOW, asked_at=None, now=eve) is not None


@pytest.mark.parametrize(
    ("kind", "due_at", "deadline_at", "recipient", "expected"),
    [
        ("reminder_hours", "10:00", "12:00", Recipient(), "10:00"),
        ("reminder_hours", "07:00", "12:00", Recipient(), "09:00"),
        ("reminder_hours", "07:00", "09:00", Recipient(), BlockReason.QUIET_HOURS),
        ("moved", "07:00", "09:00", Recipient(), "07:00"),  # a client who would come in vain is told in quiet hours
        ("reminder_hours", "10:00", "12:00", Recipient(opted_out_at=NOW), BlockReason.OPTED_OUT),
        ("reminder_hours", "10:00", "12:00", Recipient(unreachable_at=NOW), BlockReason.ABSENT),
    ],
)
def test_it_is_said_when_a_notice_goes_or_why_it_will_not(
    kind: str, due_at: str, deadline_at: str, recipient: Recipient, expected: str | BlockReason
) -> None:
    def at(clock: str) -> datetime:
        return datetime.fromisoformat(f"2026-11-27T{clock}+03:00")

    found = goes(
        NoticeKind(kind),
        at(due_at),
        at(deadline_at),
        settings=DEFAULT,
        sender=SENDER,
        recipient=recipient,
        now=NOW,
    )
    assert found == (expected if isinstance(expected, BlockReason) else at(expected))


def waits(at: datetime, name: str = "Анна", why: BlockReason | None = None) -> UpcomingNotice:
    return UpcomingNotice(
        record_id=1,
        kind=NoticeKind.REMINDER_DAY,
        due_at=at,
        deadline_at=at + HOUR,
        visit_at=NOON,
        name=name,
        phone=None,
        goes=why or at,
    )


def test_hours_and_days_of_the_plan_are_those_of_the_salons_clock() -> None:
    plan = [waits(NOW + 6 * HOUR), waits(NOW + 6 * HOUR + timedelta(minutes=59)), waits(NOW + 23 * HOUR)]
    plan.append(waits(NOW + 6 * HOUR, why=BlockReason.OPTED_OUT))
    hours = hours_of(plan, DEFAULT, MOSCOW, NOW)
    assert (len(hours), hours[0].at.hour, hours[-1].at.hour) == (36, 12, 23)
    assert [(one.at.day, one.at.hour, one.count) for one in hours if one.count] == [(26, 18, 2), (27, 11, 1)]
    assert [one.at.hour for one in hours if one.is_quiet][:3] == [21, 22, 23]
    sender = Sender(zone=MOSCOW, linked_at=SENDER.linked_at, recent=[NOW - HOUR, NOW - 20 * HOUR], replies_today=3)
    days = days_of(plan, sender, DEFAULT, NOW)
    assert [(one.day.day, one.sent, one.planned, one.cap) for one in days] == [(26, 4, 2, 80), (27, 0, 1, 100)]


@pytest.mark.parametrize(("begins", "hours"), [("2026-03-28T00:30+01:00", 47), ("2026-10-24T00:30+02:00", 49)])
def test_a_day_on_which_clocks_are_turned_has_its_own_number_of_hours(begins: str, hours: int) -> None:
    found = hours_of([], DEFAULT, "Europe/Berlin", datetime.fromisoformat(begins))
    assert len({one.at.timestamp() for one in found}) == len(found) == hours


def test_what_goes_together_is_one_line() -> None:
    plan = [waits(NOW, "Анна"), waits(NOW + timedelta(minutes=5), "Вера"), waits(NOW + HOUR, "Анна")]
    groups = together([*plan, waits(NOW, why=BlockReason.ABSENT)], most=1)
    assert [(one.at, one.count, one.names) for one in groups] == [(NOW, 2, ("Анна", "Вера"))]
