"""Visits that come nearer become reminders: at their times, once, and none that makes no sense."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.integration.notices.planning import DAY, HOUR, Plans
from tests.support.salon import MOSCOW, Salon

MINUTE = timedelta(minutes=1)


@pytest.fixture
def plans(read_salon: Salon) -> Plans:
    """A salon whose booking in two days, at noon, was made last week."""
    plans = Plans(read_salon)
    plans.booking = read_salon.begin("made last week", lambda: _made_last_week(plans))
    return plans


def _made_last_week(plans: Plans) -> dict[str, Any]:
    plans.booking = plans.salon.book(hour=12, days=2)
    plans.read()
    plans.planner.plan_change_notices()
    plans.salon.world.execute("DELETE FROM notices")
    _keep_one(plans)
    return plans.booking


def _keep_one(plans: Plans) -> None:
    """Of everything in the journal, that one booking, which was made last week."""
    salon = plans.salon
    salon.world.execute(
        "DELETE FROM records WHERE company_id = :id AND record_id <> :record",
        id=salon.company_id,
        record=plans.booking["id"],
    )
    plans.age(plans.booking, 7 * DAY)


def _at(plans: Plans, when: datetime) -> None:
    plans.later = when - plans.salon.world.clock()


def _clock(plans: Plans, *, days: int, hour: int) -> datetime:
    """That hour in the salon, so many days before the visit."""
    visit = plans.salon.starts_at(plans.booking).date()
    return datetime(visit.year, visit.month, visit.day, hour, tzinfo=MOSCOW) - timedelta(days=days)


def test_the_eve_and_the_last_hours_are_reminded_of_once_each(plans: Plans) -> None:
    plans.set(day_at="18:00", hours_before=3)
    for when, kinds in (
        (_clock(plans, days=1, hour=17), []),
        (_clock(plans, days=1, hour=18) - 4 * MINUTE, ["reminder_day"]),
        (_clock(plans, days=1, hour=18) + 10 * MINUTE, ["reminder_day"]),
        (_clock(plans, days=0, hour=8), ["reminder_day"]),
        (_clock(plans, days=0, hour=9), ["reminder_day", "reminder_hours"]),
        (_clock(plans, days=0, hour=10), ["reminder_day", "reminder_hours"]),
    ):
        _at(plans, when)
        plans.planner.plan_reminders()
        assert plans.kinds() == kinds
    [(due,)] = plans.salon.world.rows("SELECT due_at FROM notices WHERE kind = 'reminder_day'")
    assert due == _clock(plans, days=1, hour=18)


def test_the_salons_own_clock_counts(plans: Plans) -> None:
    plans.salon.world.change(plans.salon.company_id, "timezone", "Asia/Vladivostok")
    there = datetime(2027, 1, 1, 18, tzinfo=ZoneInfo("Asia/Vladivostok")).astimezone(MOSCOW)
    _at(plans, _clock(plans, days=1, hour=18))
    assert plans.planner.plan_reminders() == 0
    _at(plans, _clock(plans, days=1, hour=there.hour))
    assert plans.planner.plan_reminders() == 1


@pytest.mark.parametrize(
    ("change", "count"),
    [
        ("UPDATE records SET deleted_at = now()", 0),
        ("UPDATE records SET client_phone = NULL", 0),
        ("UPDATE records SET client_id = NULL", 0),
        ("UPDATE records SET is_group = true", 0),
        ("UPDATE records SET attendance = -1", 0),
        ("UPDATE records SET attendance = 2", 1),
        ("UPDATE companies SET integration_status = 'frozen'", 0),
        ("UPDATE companies SET sync_enabled = false", 0),
        ("UPDATE devices SET desired = 'off'", 0),
    ],
)
def test_only_a_visit_that_will_be_is_reminded_of(plans: Plans, change: str, count: int) -> None:
    plans.salon.world.execute(change)
    _at(plans, _clock(plans, days=1, hour=18))
    assert plans.planner.plan_reminders() == count


def test_a_visit_that_was_moved_is_reminded_of_anew(plans: Plans) -> None:
    _at(plans, _clock(plans, days=1, hour=18))
    assert plans.planner.plan_reminders() == 1
    plans.salon.world.execute("UPDATE records SET starts_at = starts_at + interval '1 hour'")
    assert plans.planner.plan_reminders() == 1
    assert plans.kinds() == ["reminder_day", "reminder_day"]


def test_a_late_booking_is_not_reminded_of(plans: Plans) -> None:
    made = plans.salon.starts_at(plans.booking) - 3 * HOUR
    plans.salon.world.execute("UPDATE records SET created_at = :made", made=made)
    _at(plans, made + MINUTE)
    assert plans.planner.plan_reminders() == 0


def _ask(plans: Plans) -> datetime:
    """The eve's reminder went out; when."""
    _at(plans, _clock(plans, days=1, hour=18))
    plans.planner.plan_reminders()
    plans.salon.world.execute("UPDATE notices SET due_at = now() - interval '1 minute'")
    plans.later = timedelta(0)
    assert len(plans.send()) == 1
    asked: datetime = plans.salon.world.rows("SELECT asked_at FROM questions")[0][0]
    return asked


@pytest.mark.parametrize(
    ("answer", "kinds"),
    [(None, ["reminder_again"]), ("yes", []), ("no", []), ("unclear", [])],
)
def test_a_question_without_an_answer_is_asked_once_more(plans: Plans, answer: str | None, kinds: list[str]) -> None:
    plans.set(again_after=2)
    asked = _ask(plans)
    plans.salon.world.execute("UPDATE questions SET answer = :answer", answer=answer)
    _at(plans, asked + HOUR)
    assert plans.planner.plan_reminders() == 0
    for _ in range(2):
        _at(plans, asked + 2 * HOUR + MINUTE)
        plans.planner.plan_reminders()
        assert plans.kinds() == ["reminder_day", *kinds]


def test_a_question_that_never_went_out_is_not_asked_once_more(plans: Plans) -> None:
    asked = _ask(plans)
    plans.salon.world.execute("UPDATE outbox_messages SET state = 'failed', reason = 'absent'")
    _at(plans, asked + 2 * HOUR + MINUTE)
    assert plans.planner.plan_reminders() == 0


def test_a_review_is_asked_for_after_a_visit_that_took_place_where_the_salon_wishes(plans: Plans) -> None:
    over = plans.salon.starts_at(plans.booking) + 5 * HOUR
    plans.salon.world.execute("UPDATE records SET attendance = 1")
    _at(plans, over)
    assert plans.planner.plan_reminders() == 0, "off by default"
    plans.set(review=True, review_after=3, review_link="https://example.org/reviews")
    for _ in range(2):
        plans.planner.plan_reminders()
        assert plans.kinds() == ["review"]


def test_a_review_that_its_client_wants_none_of_is_planned_once(plans: Plans) -> None:
    """What drops it has to keep it from coming back as well: each look of the clock would leave a notice behind."""
    plans.salon.world.execute("UPDATE clients SET is_muted = true")
    plans.salon.world.execute("UPDATE records SET attendance = 1")
    plans.salon.yclients.edit_record(plans.salon.salon_id, plans.booking["id"], attendance=1)
    plans.set(review=True, review_after=3, review_link="https://example.org/reviews")
    _at(plans, plans.salon.starts_at(plans.booking) + 5 * HOUR)
    for _ in range(3):
        plans.planner.plan_reminders()
        plans.salon.world.execute("UPDATE notices SET due_at = now() WHERE state = 'waiting'")
        assert plans.send() == []
        assert plans.rows() == [("review", "dropped", "muted")]


def test_every_salon_has_its_turn(new_salon: Callable[[], Salon], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aiadmin.services.notices.planning.SALONS_AT_ONCE", 2)
    all_plans: list[Any] = [Plans(new_salon()) for _ in range(5)]
    for plans in all_plans:
        _keep_one(plans)
    _at(all_plans[0], _clock(all_plans[0], days=0, hour=9))
    assert all_plans[0].planner.plan_reminders() == 5
    assert [plans.kinds() for plans in all_plans] == [["reminder_hours"]] * 5
