"""When a visit is reminded of: by the salon's clock, across both changes of it, and not when it makes no sense."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aiadmin.domain.ids import CompanyId, NoticeId
from aiadmin.domain.journal.journal import Attendance, Record
from aiadmin.domain.notices.notice import NoticeKind, StaleReason
from aiadmin.domain.notices.reminder_planning import (
    AHEAD,
    GRACE,
    SETTLED,
    Planned,
    Reminder,
    again,
    day_before,
    notice_of,
    owed,
    reminders,
    windows,
)
from aiadmin.domain.notices.settings import MessageSettings
from tests.support.journals import record

MOSCOW, BERLIN = "Europe/Moscow", "Europe/Berlin"
VISIT = datetime.fromisoformat("2026-11-27T14:30+03:00")
EVE = datetime.fromisoformat("2026-11-26T18:00+03:00")
MORNING = datetime.fromisoformat("2026-11-27T11:30+03:00")
OVER = datetime.fromisoformat("2026-11-27T18:30+03:00")
DEFAULT, HOUR = MessageSettings(), timedelta(hours=1)


def _visit(**given: Any) -> Record:
    return record(**{"starts_at": VISIT, "created_at": VISIT - timedelta(days=9)} | given)


def _kinds(now: datetime, settings: MessageSettings = DEFAULT, **given: Any) -> list[str]:
    return [one.kind.value for one in reminders(_visit(**given), settings, MOSCOW, now=now)]


def test_a_visit_is_reminded_of_on_the_eve_and_some_hours_before() -> None:
    (eve,), (last,) = (reminders(_visit(), DEFAULT, MOSCOW, now=now) for now in (EVE, MORNING))
    assert (eve.kind, eve.due_at, eve.deadline_at) == ("reminder_day", EVE, VISIT - 4 * HOUR)
    assert (last.kind, last.due_at, last.deadline_at) == ("reminder_hours", MORNING, VISIT - HOUR)


@pytest.mark.parametrize(
    ("now", "kinds"),
    [
        (EVE - AHEAD - timedelta(seconds=1), []),
        (EVE - AHEAD, ["reminder_day"]),
        (EVE + GRACE - timedelta(seconds=1), ["reminder_day"]),
        (EVE + GRACE, []),
        (MORNING - AHEAD, ["reminder_hours"]),
        (MORNING + GRACE, []),
        (VISIT, []),
        (VISIT + HOUR, []),
    ],
)
def test_a_reminder_is_planned_about_its_time_and_never_when_that_is_long_past(
    now: datetime, kinds: list[str]
) -> None:
    assert _kinds(now) == kinds


@pytest.mark.parametrize(
    "given",
    [
        {"client_id": None},
        {"client_phone": None},
        {"client_phone": ""},
        {"is_group": True},
        {"is_deleted": True},
        {"attendance": Attendance.CAME},
        {"attendance": Attendance.NO_SHOW},
        {"created_at": VISIT - 4 * HOUR + timedelta(seconds=1)},
    ],
)
def test_who_cannot_be_reminded_or_needs_no_reminder_gets_none(given: dict[str, Any]) -> None:
    assert _kinds(EVE, **given) == _kinds(MORNING, **given) == []


def test_a_confirmed_visit_and_one_of_unknown_age_are_reminded_of() -> None:
    assert _kinds(EVE, attendance=Attendance.CONFIRMED) == _kinds(EVE, created_at=None) == ["reminder_day"]


def test_who_has_just_booked_is_not_reminded_of_what_the_notice_said() -> None:
    assert _kinds(EVE, created_at=EVE - timedelta(minutes=59)) == []
    assert _kinds(EVE, created_at=EVE + timedelta(minutes=10)) == []
    assert _kinds(EVE, created_at=EVE - HOUR) == ["reminder_day"]
    assert _kinds(MORNING, created_at=VISIT - 4 * HOUR) == ["reminder_hours"]


def test_a_salon_chooses_the_times_and_whether_at_all() -> None:
    settings = MessageSettings(day_at=time(12, 15), hours_before=1)
    noon = datetime.fromisoformat("2026-11-26T12:15+03:00")
    (eve,), (last,) = (reminders(_visit(), settings, MOSCOW, now=now) for now in (noon, VISIT - HOUR))
    assert (eve.due_at, last.due_at, last.deadline_at) == (noon, VISIT - HOUR, VISIT - HOUR / 2)
    assert _kinds(EVE, MessageSettings(reminder_day=False)) == []
    assert _kinds(MORNING, MessageSettings(reminder_hours=False)) == []


def test_a_visit_in_the_small_hours_is_reminded_of_once_and_in_time() -> None:
    small = datetime.fromisoformat("2026-11-27T00:30+03:00")
    (found,) = reminders(_visit(starts_at=small), DEFAULT, MOSCOW, now=EVE)
    assert found.deadline_at == small - 4 * HOUR
    late = datetime.fromisoformat("2026-11-26T20:59+03:00")
    assert _kinds(late, MessageSettings(day_at=time(20, 59)), starts_at=small) == []


def test_a_review_is_asked_for_after_the_visit_where_the_salon_wants_it() -> None:
    wanted, came = MessageSettings(review=True), {"attendance": Attendance.CAME}
    assert _kinds(OVER, **came) == _kinds(OVER, wanted) == []
    assert _kinds(OVER, wanted, **came) == _kinds(OVER + 23 * HOUR, wanted, **came) == ["review"]
    assert _kinds(OVER + 24 * HOUR, wanted, **came) == _kinds(OVER - HOUR, wanted, **came) == []
    assert _kinds(OVER, wanted, attendance=Attendance.CAME, created_at=VISIT) == ["review"]


def test_y17_a_review_is_asked_for_after_the_last_of_a_visit() -> None:
    wanted = MessageSettings(review=True)
    first = _visit(attendance=Attendance.CAME)
    colour = _visit(record_id=3, starts_at=VISIT + 2 * HOUR, length=3 * HOUR)
    shorter = _visit(record_id=4, starts_at=VISIT + 3 * HOUR, length=HOUR)
    last = OVER + 4 * HOUR
    for visit, due_at in (((), OVER), ([colour], last), ([shorter, colour], last), ([shorter], OVER + 3 * HOUR)):
        [review] = reminders(first, wanted, MOSCOW, now=due_at, visit=visit)
        assert (review.due_at, review.deadline_at) == (due_at, due_at + 24 * HOUR)
        assert reminders(first, wanted, MOSCOW, now=due_at - 2 * AHEAD, visit=visit) == []
        found = owed(NoticeKind.REVIEW, first, wanted, MOSCOW, asked_at=None, now=due_at, visit=visit)
        assert found == review


@pytest.mark.parametrize(
    ("passed", "given", "is_asked"),
    [
        (timedelta(hours=2), {}, True),
        (timedelta(hours=2, minutes=59), {}, True),
        (timedelta(hours=1, minutes=59), {}, False),
        (timedelta(hours=3), {}, False),
        (timedelta(hours=2), {"attendance": Attendance.CONFIRMED}, False),
        (timedelta(hours=2), {"attendance": Attendance.CAME}, False),
        (timedelta(hours=2), {"is_deleted": True}, False),
    ],
)
def test_a_question_is_asked_once_more(passed: timedelta, given: dict[str, Any], is_asked: bool) -> None:
    found = again(EVE, _visit(**given), DEFAULT, now=EVE + passed)
    wanted = Reminder(kind=NoticeKind.REMINDER_AGAIN, due_at=EVE + 2 * HOUR, deadline_at=VISIT - HOUR)
    assert found == (wanted if is_asked else None)


def test_a_question_is_not_asked_again_where_the_last_reminder_does_so_or_it_is_too_late() -> None:
    asked = MORNING - 2 * HOUR
    assert again(asked, _visit(), DEFAULT, now=MORNING) is None
    assert again(asked, _visit(), MessageSettings(reminder_hours=False), now=MORNING) is not None
    assert again(MORNING, _visit(), DEFAULT, now=VISIT - HOUR) is None
    assert again(EVE, _visit(), MessageSettings(reminder_again=False), now=EVE + 2 * HOUR) is None


@pytest.mark.parametrize(
    ("starts_at", "clock", "due_at"),
    [
        # clocks go forward on 29 March at 02:00, back on 25 October at 03:00
        ("2026-03-29T14:00+02:00", time(18), "2026-03-28T18:00+01:00"),
        ("2026-03-30T14:00+02:00", time(18), "2026-03-29T18:00+02:00"),
        ("2026-03-30T14:00+02:00", time(2, 30), "2026-03-29T03:30+02:00"),
        ("2026-10-25T14:00+01:00", time(18), "2026-10-24T18:00+02:00"),
        ("2026-10-26T14:00+01:00", time(18), "2026-10-25T18:00+01:00"),
        ("2026-10-26T14:00+01:00", time(2, 30), "2026-10-25T02:30+02:00"),
    ],
)
def test_the_day_before_is_by_the_clock_when_the_clock_is_changed(starts_at: str, clock: time, due_at: str) -> None:
    assert day_before(datetime.fromisoformat(starts_at), clock, BERLIN) == datetime.fromisoformat(due_at)


def test_hours_before_a_visit_are_hours_that_pass() -> None:
    starts_at = datetime.fromisoformat("2026-03-29T04:00+02:00")
    now = datetime.fromisoformat("2026-03-29T00:00+01:00")
    visit = _visit(starts_at=starts_at, created_at=None)
    (found,) = reminders(visit, MessageSettings(reminder_day=False), BERLIN, now=now)
    assert found.due_at == now


_ZONES = st.sampled_from(
    [MOSCOW, BERLIN, "Asia/Kamchatka", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Beirut"]
)
_TIMES = st.integers(0, 2 * 366 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
_CLOCKS = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))


@given(_TIMES, _CLOCKS, _ZONES)
@example(datetime(2026, 3, 29, 23, 30, tzinfo=UTC), time(0), "Asia/Beirut")
def test_the_eve_is_the_day_before_at_that_time_or_the_hour_after_a_skipped_one(
    starts_at: datetime, clock: time, zone: str
) -> None:
    there = ZoneInfo(zone)
    due = day_before(starts_at, clock, zone).astimezone(there)
    wished = datetime.combine(starts_at.astimezone(there).date() - timedelta(days=1), clock)
    skipped = due.replace(tzinfo=None) - wished
    assert skipped in {timedelta(0), timedelta(minutes=30), HOUR}
    if skipped:
        assert wished.replace(tzinfo=there).astimezone(UTC).astimezone(there).replace(tzinfo=None) != wished
    assert due < starts_at
    assert (due - HOUR).astimezone(there).replace(tzinfo=None) != wished or due.fold == 0


_SETTINGS = st.builds(
    MessageSettings,
    day_at=_CLOCKS,
    hours_before=st.integers(1, 24),
    review=st.just(True),
    review_after=st.integers(1, 72),
)


@given(_TIMES, st.timedeltas(timedelta(hours=-3), timedelta(hours=3)), st.sampled_from([0, 1]), _SETTINGS, _ZONES)
def test_whatever_is_owed_is_found_where_it_is_looked_for(
    starts_at: datetime, off: timedelta, attendance: int, settings: MessageSettings, zone: str
) -> None:
    visit = _visit(starts_at=starts_at, created_at=None, attendance=Attendance(attendance))
    later = _visit(starts_at=starts_at + 11 * HOUR)
    for due in (
        later.starts_at + later.length + timedelta(hours=settings.review_after),
        day_before(starts_at, settings.day_at, zone),
        starts_at - timedelta(hours=settings.hours_before),
        starts_at + visit.length + timedelta(hours=settings.review_after),
    ):
        now = due + off
        looked = windows(settings, zone, now=now)
        for one in (
            *reminders(visit, settings, zone, now=now),
            *reminders(visit, settings, zone, now=now, visit=[later]),
        ):
            assert any(place.kind is one.kind and place.since <= starts_at <= place.until for place in looked)
            assert one.due_at < one.deadline_at


def test_nobody_looks_for_what_the_salon_does_not_want() -> None:
    none = MessageSettings(reminder_day=False, reminder_hours=False, reminder_again=False)
    assert windows(none, MOSCOW, now=EVE) == []
    assert {one.kind for one in windows(DEFAULT, MOSCOW, now=EVE)} == {
        "reminder_day",
        "reminder_hours",
        "reminder_again",
    }
    assert "reminder_day" not in {one.kind for one in windows(DEFAULT, MOSCOW, now=MORNING)}


def test_of_each_kind_there_is_one_for_each_time_of_a_visit() -> None:
    (one,) = reminders(_visit(), DEFAULT, MOSCOW, now=EVE)
    key = notice_of(one, _visit(), CompanyId(1)).dedup_key
    assert key == f"reminder_day:2:5:{int(VISIT.timestamp())}"
    assert notice_of(one, _visit(staff_id=10, services=()), CompanyId(1)).dedup_key == key
    assert notice_of(one, _visit(client_id=6), CompanyId(1)).dedup_key != key


def test_a_booking_owes_only_what_it_was_looked_for() -> None:
    asked = {"asked_at": None, "now": EVE}
    [eve] = reminders(_visit(), DEFAULT, MOSCOW, now=EVE)
    assert owed(NoticeKind.REMINDER_DAY, _visit(), DEFAULT, MOSCOW, **asked) == eve
    assert owed(NoticeKind.REMINDER_HOURS, _visit(), DEFAULT, MOSCOW, **asked) is None
    assert owed(NoticeKind.REMINDER_AGAIN, _visit(), DEFAULT, MOSCOW, **asked) is None
    unanswered = {"asked_at": EVE, "now": EVE + 2 * HOUR}
    again_then = owed(NoticeKind.REMINDER_AGAIN, _visit(), DEFAULT, MOSCOW, **unanswered)
    assert again_then == again(EVE, _visit(), DEFAULT, now=EVE + 2 * HOUR)
    assert again_then is not None


def _returned(now: datetime, **facts: Any) -> Reminder | None:
    planned = Planned(last=NoticeId(7), **facts)
    return owed(NoticeKind.REMINDER_DAY, _visit(), DEFAULT, MOSCOW, asked_at=None, now=now, planned=planned)


def test_a_reminder_that_was_dropped_may_come_until_it_is_too_late_to_send_it() -> None:
    [eve] = reminders(_visit(), DEFAULT, MOSCOW, now=EVE)
    late = EVE + GRACE + HOUR
    assert owed(NoticeKind.REMINDER_DAY, _visit(), DEFAULT, MOSCOW, asked_at=None, now=late) is None
    for why in (None, StaleReason.MOVED, StaleReason.DELETED, "opted_out", "switched_off"):
        assert _returned(late, dropped=why) == eve
        assert _returned(VISIT - 4 * HOUR, dropped=why) is None
    for why in (StaleReason.JUST_TOLD, StaleReason.PAST):
        assert _returned(late, dropped=why) is None


def test_a_reminder_that_comes_back_leaves_an_hour_after_other_news() -> None:
    told = _returned(EVE + 2 * HOUR, dropped="moved", told_at=EVE + HOUR)
    assert told is not None
    assert told.due_at == EVE + HOUR + SETTLED
    assert _returned(EVE, dropped="moved", told_at=VISIT - 5 * HOUR) is None


def test_a_reminder_after_another_has_a_key_of_its_own() -> None:
    (one,) = reminders(_visit(), DEFAULT, MOSCOW, now=EVE)
    after = notice_of(one, _visit(), CompanyId(1), planned=Planned(last=NoticeId(7))).dedup_key
    assert after == f"{notice_of(one, _visit(), CompanyId(1)).dedup_key}:7"
