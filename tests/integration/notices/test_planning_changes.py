"""What happens in a journal becomes notices: each once, and only the newest, whoever crashes or comes twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aiadmin.domain.journal.sync_run import SyncKind
from aiadmin.domain.notices.change_planning import MOST_AT_ONCE, SLIP
from tests.integration.notices.planning import DAY, HOUR, Plans
from tests.support.salon import Salon


@pytest.fixture
def plans(read_salon: Salon) -> Plans:
    return Plans(read_salon)


def _somebody(number: int) -> dict[str, str]:
    return {"phone": f"7900777{number:04}", "name": f"Клиент {number}"}


def _at(booking: dict[str, Any], hour: int) -> str:
    return f"{booking['date'][:10]} {hour:02}:00:00"


def test_a_booking_made_moved_changed_and_cancelled_is_told_of_each_time(plans: Plans) -> None:
    booking = plans.salon.book(hour=15, days=3)
    services = plans.salon.yclients.state(plans.salon.salon_id)["services"]
    edits: list[dict[str, Any]] = [
        {},
        {"datetime": _at(booking, 17)},
        {"services": [{"id": services[1]["id"]}]},
        {"deleted": True},
    ]
    for edit, kind, words in zip(
        edits,
        ("booked", "moved", "changed", "cancelled"),
        ("Вы записаны", "перенесена", "прежнее", "отменена"),
        strict=True,
    ):
        if edit:
            plans.edit(booking, **edit)
        assert plans.news() == 1
        [text] = plans.send()
        assert words in text
        assert plans.rows()[-1] == (kind, "done", None)


def test_what_is_read_twice_and_planned_twice_is_told_once(plans: Plans) -> None:
    plans.salon.book(hour=15)
    assert plans.news() == 1
    plans.salon.salons.reconcile(plans.salon.installed)
    plans.salon.world.execute("UPDATE booking_events SET handled_at = NULL")  # as if the commit had been lost
    assert plans.news() == 0
    assert plans.kinds() == ["booked"]
    assert len(plans.send()) == 1


def test_several_edits_before_anybody_was_told_are_one_notice(plans: Plans) -> None:
    booking = plans.salon.book(hour=15, days=3)
    assert plans.news() == 1
    for hour in (16, 17):
        plans.edit(booking, datetime=_at(booking, hour))
        assert plans.news() == 1
    assert plans.rows() == [
        ("booked", "dropped", "superseded"),
        ("booked", "dropped", "superseded"),
        ("booked", "waiting", None),
    ]
    [text] = plans.send()
    assert "17:00" in text


def test_a_booking_that_is_taken_back_before_anybody_was_told_is_no_news(plans: Plans) -> None:
    booking = plans.salon.book(hour=15, days=3)
    assert plans.news() == 1
    plans.edit(booking, deleted=True)
    assert plans.news() == 0
    assert plans.rows() == [("booked", "dropped", "superseded")]
    assert plans.send() == []


def test_while_a_notice_is_on_its_way_the_next_one_waits_for_what_becomes_of_it(plans: Plans) -> None:
    booking = plans.salon.book(hour=15, days=3)
    plans.news()
    plans.releaser.work()
    plans.edit(booking, datetime=_at(booking, 18))
    assert plans.news() == 0
    with plans.salon.world.uow() as work:
        assert not work.unhandled_events.has_due(), "nobody is asked to look again and again"
    assert "15:00" in plans.send()[0]
    assert plans.planner.plan_change_notices() == 1
    assert "перенесена" in plans.send()[0]


def test_a_message_that_never_arrived_has_told_nothing(plans: Plans) -> None:
    booking = plans.salon.book(hour=15, days=3)
    plans.news()
    plans.releaser.work()
    plans.salon.world.execute("UPDATE outbox_messages SET state = 'failed', reason = 'absent'")
    plans.releaser.work()
    plans.edit(booking, datetime=_at(booking, 18))
    assert plans.news() == 1
    assert plans.rows() == [("booked", "done", "absent"), ("booked", "waiting", None)]


def test_a_client_who_gives_up_the_place_and_the_one_who_takes_it_are_both_told(plans: Plans) -> None:
    booking = plans.salon.book(hour=15, days=3)
    plans.news()
    plans.send()
    plans.edit(booking, client={"phone": "79005551234", "name": "Мария"})
    assert plans.news() == 2
    assert sorted(plans.kinds()[1:]) == ["booked", "cancelled"]


def test_what_concerns_nobody_is_told_to_nobody(plans: Plans) -> None:
    """A blocked slot, and a visit that is over."""
    plans.salon.book(hour=15, client=None)
    plans.salon.book(hour=15, days=-1)
    assert plans.news() == 0
    assert plans.kinds() == []


def test_an_import_is_told_to_nobody_and_the_bookings_after_it_are(plans: Plans) -> None:
    for number in range(MOST_AT_ONCE + 1):
        plans.salon.book(hour=9 + number % 10, days=2 + number // 10, client=_somebody(number))
    assert plans.news() == 0
    assert plans.rows() == [("booked", "dropped", "imported")] * (MOST_AT_ONCE + 1)
    plans.salon.world.execute("UPDATE records SET created_at = created_at - interval '10 minutes'")
    plans.salon.book(hour=20, days=9)
    assert plans.news() == 1


def test_an_import_that_is_mended_right_away_is_told_to_nobody_and_a_move_of_it_later_is(plans: Plans) -> None:
    """24 imported bookings that were edited at once were told as changed to clients who had heard of nothing."""
    services = plans.salon.yclients.state(plans.salon.salon_id)["services"]
    made = [
        plans.salon.book(hour=9 + number % 10, days=2 + number // 10, client=_somebody(number))
        for number in range(MOST_AT_ONCE + 4)
    ]
    assert plans.news() == 0
    for booking in made:
        plans.edit(booking, services=[{"id": services[1]["id"]}])
    assert plans.news() == 0
    assert set(plans.rows()) == {("booked", "dropped", "imported")}
    plans.salon.world.execute("UPDATE notices SET created_at = created_at - interval '2 days'")
    plans.edit(made[0], datetime=_at(made[0], 20))
    plans.edit(made[1], deleted=True)
    assert plans.news() == 2
    assert sorted(plans.kinds())[-2:] == ["cancelled", "moved"]


@pytest.mark.parametrize(
    ("fields", "edit", "kinds", "reason"),
    [
        ({"online": True}, {"deleted": True}, ["booked", "cancelled"], None),
        ({}, {"datetime": "12:00"}, ["booked", "booked"], "quiet_hours"),
    ],
)
def test_a_booking_that_waits_and_is_called_off_is_told_to_whoever_made_it(
    plans: Plans, fields: dict[str, Any], edit: dict[str, Any], kinds: list[str], reason: str | None
) -> None:
    """A booking made in the evening waited for the morning, was called off at night, and nobody heard of it."""
    booking = plans.salon.book(hour=15, days=3, **fields)
    assert plans.news() == 1
    if reason is not None:
        plans.salon.world.execute(
            "UPDATE notices SET state = 'dropped', reason = :why, finished_at = now()", why=reason
        )
    plans.edit(booking, **{name: _at(booking, 12) if name == "datetime" else value for name, value in edit.items()})
    plans.news()
    assert plans.kinds() == kinds
    assert len(plans.send()) == len(kinds) - 1


def test_a_booking_of_the_desk_that_has_stood_for_a_while_is_known_to_its_client(plans: Plans) -> None:
    """She was on the line."""
    booking = plans.salon.book(hour=15, days=3)
    assert plans.news() == 1
    plans.salon.world.execute("UPDATE notices SET created_at = created_at - :by", by=SLIP)
    plans.edit(booking, deleted=True)
    assert plans.news() == 1
    assert plans.kinds() == ["booked", "cancelled"]


def test_what_was_booked_online_and_called_off_before_we_looked_is_told(plans: Plans) -> None:
    booking = plans.salon.book(hour=15, days=3, online=True)
    plans.edit(booking, deleted=True)
    assert plans.news() == 1
    [text] = plans.send()
    assert "отменена" in text


def test_what_the_first_reading_finds_is_told_to_nobody(plans: Plans) -> None:
    plans.salon.book(hour=15)
    with plans.salon.world.uow() as work:
        work.sync_runs.start(plans.salon.company_id, SyncKind.FULL, plans.now(), is_new=True)
        work.commit()
    plans.salon.salons.synchronise(plans.salon.installed)
    assert plans.planner.plan_change_notices() == 0


def test_a_kind_that_is_switched_off_is_not_planned(plans: Plans) -> None:
    plans.set(booked=False)
    booking = plans.salon.book(hour=15, days=3)
    assert plans.news() == 0
    plans.edit(booking, datetime=_at(booking, 18))
    assert plans.news() == 1
    assert plans.kinds() == ["moved"]


@pytest.mark.parametrize("what", ["left", "frozen", "unlinked"])
def test_a_salon_that_does_not_write_plans_nothing(plans: Plans, what: str) -> None:
    plans.salon.book(hour=15)
    plans.read()
    world, company_id = plans.salon.world, plans.salon.company_id
    if what == "unlinked":
        world.execute("UPDATE devices SET desired = 'removed' WHERE company_id = :id", id=company_id)
    else:
        status = "uninstalled" if what == "left" else "frozen"
        world.change(company_id, "integration_status", status)
    assert plans.planner.plan_change_notices() == 0
    assert plans.kinds() == []
    with world.uow() as work:
        assert not work.unhandled_events.has_due()


@pytest.mark.parametrize("desired", ["removed", "off"])
def test_a_salon_without_a_phone_plans_what_turns_clients_away_and_nothing_else(plans: Plans, desired: str) -> None:
    """It was lost for good; somebody has to call, or the phone comes back in time."""
    kept, off, moved = (plans.salon.book(hour=hour, days=3) for hour in (12, 15, 18))
    plans.read()
    plans.planner.plan_change_notices()
    plans.send()
    plans.salon.world.execute("DELETE FROM notices")
    device = "UPDATE devices SET desired = :desired WHERE company_id = :id"
    plans.salon.world.execute(device, id=plans.salon.company_id, desired=desired)
    plans.salon.book(hour=20, days=3)
    plans.edit(kept, staff_id=plans.salon.yclients.state(plans.salon.salon_id)["staff"][1]["id"])
    plans.edit(off, deleted=True)
    plans.edit(moved, datetime=_at(moved, 20))
    assert plans.news() == 2
    assert sorted(plans.kinds()) == ["cancelled", "moved"]
    plans.salon.world.execute(device, id=plans.salon.company_id, desired="on")
    assert len(plans.send()) == 2


def test_what_happened_long_ago_is_no_news(plans: Plans) -> None:
    plans.salon.book(hour=15, days=5)
    plans.read()
    plans.later = DAY + HOUR
    assert plans.planner.plan_change_notices() == 0


def test_news_wait_for_more_of_it_as_long_as_the_salon_wishes(plans: Plans) -> None:
    plans.set(gather_seconds=120)
    plans.salon.book(hour=15, days=3)
    assert plans.news() == 1
    assert plans.send() == []
    [(wait,)] = plans.salon.world.rows("SELECT due_at - created_at FROM notices")
    assert timedelta(seconds=100) < wait <= timedelta(seconds=120)


def test_where_nothing_is_paced_news_waits_for_nothing(plans: Plans) -> None:
    plans.set(gather_seconds=120)
    plans.salon.book(hour=15, days=3)
    plans.read()
    assert replace(plans.planner, is_paced=False).plan_change_notices() == 1
    assert len(plans.send()) == 1


def test_two_planners_at_once_plan_each_thing_once(plans: Plans) -> None:
    for hour in range(9, 19):
        plans.salon.book(hour=hour, days=3, client=_somebody(hour))
    plans.read()
    threads = [threading.Thread(target=plans.planner.plan_change_notices) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    plans.planner.plan_change_notices()
    assert plans.kinds() == ["booked"] * 10


def test_a_salon_hears_nothing_of_another(new_salon: Callable[[], Salon]) -> None:
    ours, theirs = Plans(new_salon()), Plans(new_salon())
    ours.salon.book(hour=15)
    theirs.set(booked=False)
    theirs.salon.book(hour=15)
    theirs.read()
    assert ours.news() == 1
    assert (ours.kinds(), theirs.kinds()) == (["booked"], [])


def test_an_erased_client_is_told_nothing_more(plans: Plans) -> None:
    booking = plans.salon.book(hour=15, days=3)
    plans.news()
    plans.salon.box.privacy_service.erase(plans.salon.company_id, plans.salon.phone, actor="test")
    plans.edit(booking, datetime=_at(booking, 18))
    assert plans.news() == 0
    assert plans.send() == []
