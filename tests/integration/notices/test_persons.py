"""A client is a person, not a card: cards of one number that change or merge are no news. Nor is a timezone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from aiadmin.domain.journal.sync_run import SyncKind
from tests.integration.notices.planning import DAY, Plans
from tests.support.salon import Salon


@pytest.fixture
def plans(read_salon: Salon) -> Plans:
    return Plans(read_salon)


def _other_card(plans: Plans, phone: str) -> int:
    """A second card, typed by somebody else at the desk."""
    return int(plans.salon.yclients.edit("client", plans.salon.salon_id, name="Аня", phone=phone)["id"])


def _merge_into(plans: Plans, booking: dict[str, Any], card: int) -> None:
    """The booking goes to the other card and the first is deleted."""
    plans.edit(booking, client={"id": card})
    plans.salon.yclients.edit("client", plans.salon.salon_id, client_id=booking["client"]["id"], deleted=True)


def test_another_card_of_the_same_number_is_no_news(plans: Plans) -> None:
    """Y2: the same phone read «Вы записаны» and then, last, «отменена»."""
    booking = plans.salon.book(hour=15, days=3)
    assert plans.news() == 1
    [told] = plans.send()
    assert "Вы записаны" in told
    plans.edit(booking, client={"id": _other_card(plans, f"8{plans.salon.phone[1:]}")})
    assert plans.news() == 0
    plans.edit(booking, datetime=f"{booking['date'][:10]} 17:00:00")
    assert plans.news() == 1
    [moved] = plans.send()
    assert "перенесена" in moved
    assert plans.kinds() == ["booked", "moved"]


def test_a_card_that_was_merged_into_one_with_another_number_is_told_nothing(plans: Plans) -> None:
    """Y2: the old number must not read that a visit is off which stands."""
    booking = plans.salon.book(hour=15, days=3)
    assert plans.news() == 1
    plans.send()
    _merge_into(plans, booking, _other_card(plans, "79995550000"))
    assert plans.news() == 2
    [told] = plans.send()
    assert "Вы записаны" in told
    assert sorted(plans.rows()[1:]) == [("booked", "done", None), ("cancelled", "dropped", "card_gone")]


def test_a_person_is_reminded_once_whatever_card_the_visit_is_on(plans: Plans) -> None:
    """Y2: two reminders of one visit went to one number."""
    booking = plans.salon.book(hour=20, days=1)
    plans.read()
    plans.age(booking, 2 * DAY)
    plans.later = plans.salon.starts_at(booking) - timedelta(hours=26) - plans.salon.world.clock()
    assert plans.planner.plan_reminders() >= 1
    before = plans.kinds().count("reminder_day")
    plans.edit(booking, client={"id": _other_card(plans, f"8{plans.salon.phone[1:]}")})
    plans.read()
    plans.planner.plan_reminders()
    assert plans.kinds().count("reminder_day") == before


RIGHT, WRONG = "79995550000", "79995551111"


def _mistyped(plans: Plans) -> dict[str, Any]:
    return plans.salon.book(hour=15, days=3, client={"phone": WRONG, "name": "Анна"})


def _correct(plans: Plans, booking: dict[str, Any]) -> None:
    """The desk mends the phone in the client's card; YClients tells of the card, and of no booking."""
    card = booking["client"]["id"]
    plans.salon.yclients.edit("client", plans.salon.salon_id, client_id=card, name="Анна", phone=RIGHT)


def _sent_to(plans: Plans) -> list[tuple[str, str]]:
    """What went out: the number and the kind, in order."""
    rows = plans.salon.world.rows(
        "SELECT c.phone, m.purpose FROM outbox_messages m JOIN contacts c ON c.id = m.contact_id"
        " WHERE m.company_id = :id AND m.state = 'sent' ORDER BY m.id",
        id=plans.salon.company_id,
    )
    return [(phone, purpose) for phone, purpose in rows]


def test_a_corrected_number_is_told_of_the_booking_and_reminded_and_the_wrong_one_is_left_alone(plans: Plans) -> None:
    """A typo in a client's card: whoever has the right number had never heard of her booking."""
    booking = _mistyped(plans)
    assert plans.news() == 1
    assert len(plans.send()) == 1
    _correct(plans, booking)
    assert plans.news() == 1
    [told] = plans.send()
    assert "Вы записаны" in told
    plans.edit(booking, datetime=f"{booking['date'][:10]} 17:00:00")
    assert plans.news() == 1
    plans.send()
    plans.age(booking, 5 * DAY)
    plans.later = plans.salon.starts_at(plans.salon.record(booking["id"])) - timedelta(hours=23) - plans.now()
    assert plans.planner.plan_reminders() >= 1
    plans.later = timedelta(0)
    plans.salon.world.execute("DELETE FROM notices WHERE record_id <> :id", id=booking["id"])
    plans.salon.world.execute("UPDATE notices SET due_at = now() WHERE state = 'waiting'")
    plans.send()
    plans.edit(booking, deleted=True)
    assert plans.news() == 1
    plans.send()
    assert _sent_to(plans) == [
        (WRONG, "booked"),
        (RIGHT, "booked"),
        (RIGHT, "moved"),
        (RIGHT, "reminder_day"),
        (RIGHT, "cancelled"),
    ]


def test_a_number_that_is_corrected_before_anybody_was_told_is_told_once(plans: Plans) -> None:
    booking = _mistyped(plans)
    assert plans.news() == 1
    _correct(plans, booking)
    plans.read()
    plans.send()
    plans.planner.plan_change_notices()
    plans.send()
    assert _sent_to(plans) == [(RIGHT, "booked")]


def test_a_number_that_is_corrected_there_and_back_is_told_nothing_twice(plans: Plans) -> None:
    booking = _mistyped(plans)
    plans.news()
    plans.send()
    _correct(plans, booking)
    assert plans.news() == 1
    card = booking["client"]["id"]
    plans.salon.yclients.edit("client", plans.salon.salon_id, client_id=card, name="Анна", phone=WRONG)
    assert plans.news() == 0
    assert plans.send() == []
    assert plans.rows()[-1] == ("booked", "dropped", "other_number")


def test_a_corrected_timezone_moves_no_visit_and_tells_nobody(plans: Plans) -> None:
    """Y7."""
    booking = plans.salon.book(hour=15, days=3)
    assert plans.news() == 1
    plans.send()
    plans.salon.yclients.edit(
        "company", plans.salon.salon_id, facts={"timezone_name": "Asia/Vladivostok", "timezone": 10}
    )
    plans.salon.salons.make_due(plans.salon.installed, SyncKind.FULL)
    plans.salon.salons.synchronise(plans.salon.installed)
    [(starts_at, wall_clock, promised)] = plans.salon.world.rows(
        "SELECT records.starts_at, wall_clock, CAST(announced ->> 'starts_at' AS timestamptz)"
        " FROM records JOIN notices USING (company_id, record_id) WHERE record_id = :id",
        id=booking["id"],
    )
    assert starts_at == promised == plans.salon.starts_at(booking) - timedelta(hours=7)
    assert f"{wall_clock:%H:%M}" == "15:00"
    plans.edit(booking, comment="у окна")
    assert plans.news() == 0
    plans.age(booking, 5 * DAY)
    plans.later = starts_at - timedelta(hours=21) - plans.salon.world.clock()
    assert plans.planner.plan_reminders() >= 1
    rows = plans.salon.world.rows("SELECT kind FROM notices WHERE record_id = :id ORDER BY id", id=booking["id"])
    assert [kind for (kind,) in rows] == ["booked", "reminder_day"]


def test_a_zone_in_which_two_questions_fall_together_keeps_the_newer(plans: Plans) -> None:
    """Asked at 15:00, moved to 16:00 and asked again: in Samara 16:00 is what 15:00 was in Moscow."""
    booking = plans.salon.book(hour=15, days=3)
    plans.read()
    plans.salon.ask(booking)
    plans.edit(booking, datetime=f"{booking['date'][:10]} 16:00:00")
    plans.read()
    later = plans.salon.record(booking["id"])
    plans.salon.ask(later)
    plans.salon.yclients.edit(
        "company", plans.salon.salon_id, facts={"timezone_name": "Europe/Samara", "timezone": 4}
    )
    plans.salon.salons.make_due(plans.salon.installed, SyncKind.FULL)
    plans.salon.salons.synchronise(plans.salon.installed)
    asked = plans.salon.world.rows("SELECT starts_at FROM questions WHERE record_id = :id", id=booking["id"])
    assert asked == [(plans.salon.starts_at(later) - timedelta(hours=1),)]


def test_a_timezone_with_new_rules_moves_no_visit_and_tells_nobody(plans: Plans) -> None:
    """Y7: as if our tzdata had been an hour off when the visit was read, as everybody's was for Almaty in 2024."""
    booking = plans.salon.book(hour=15, days=3)
    assert plans.news() == 1
    plans.send()
    plans.salon.world.execute(
        "UPDATE records SET starts_at = starts_at - interval '1 hour' WHERE record_id = :id", id=booking["id"]
    )
    plans.salon.world.execute(
        "UPDATE notices SET announced = jsonb_set(announced, '{starts_at}',"
        " to_jsonb(CAST(announced ->> 'starts_at' AS timestamptz) - interval '1 hour')) WHERE record_id = :id",
        id=booking["id"],
    )
    plans.edit(booking, comment="у окна")
    assert plans.news() == 0
    [(starts_at, promised)] = plans.salon.world.rows(
        "SELECT records.starts_at, CAST(announced ->> 'starts_at' AS timestamptz)"
        " FROM records JOIN notices USING (company_id, record_id) WHERE record_id = :id",
        id=booking["id"],
    )
    assert starts_at == promised == plans.salon.starts_at(booking)
