"""What one client is told at once is one message; what keeps a client from coming in vain is never lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.services.notices.dispatch import own_policy
from aiadmin.texts.ru import formatting as wording
from tests.integration.notices.planning import DAY, HOUR, Plans
from tests.support.salon import Salon


@pytest.fixture
def plans(read_salon: Salon) -> Plans:
    return Plans(read_salon)


def _second_master(plans: Plans, booking: dict[str, Any], hour: int) -> dict[str, Any]:
    """The same visit goes on with somebody else."""
    state = plans.salon.yclients.state(plans.salon.salon_id)
    return plans.salon.book(
        hour=hour,
        days=3,
        staff_id=state["staff"][1]["id"],
        services=[{"id": state["services"][1]["id"]}],
        visit_id=booking["visit_id"],
    )


def _names(plans: Plans) -> tuple[str, str, str, str]:
    state = plans.salon.yclients.state(plans.salon.salon_id)
    return (*(one["name"] for one in state["staff"][:2]), *(one["title"] for one in state["services"][:2]))


def test_what_asks_nothing_keeps_all_of_its_words(plans: Plans) -> None:
    plans.salon.book(hour=15, days=3)
    assert plans.news() == 1
    [text] = plans.send()
    assert text.endswith("А чтобы не получать таких сообщений, ответьте СТОП.")


def test_many_bookings_of_one_client_are_one_message(plans: Plans) -> None:
    """Y8: a desk that repeated a visit sent one phone twelve messages."""
    for days in range(2, 14):
        plans.salon.book(hour=15, days=days)
    plans.salon.book(hour=16, days=2, client={"phone": "79005556677", "name": "Вера"})
    assert plans.news() == 13
    asked = len(plans.salon.yclients.requests())
    texts = sorted(plans.send(), key=len)
    assert len(texts) == 2
    assert len(plans.salon.yclients.requests()) - asked <= 13, "each booking is looked at once"
    assert "Вера" in texts[0]
    assert texts[1].count("• ") == 12
    assert texts[1].startswith("Здравствуйте, Анна!\nВы записаны:\n• ")
    assert {state for _, state, _ in plans.rows()} == {"done"}


def test_what_was_taken_back_meanwhile_is_not_in_the_list(plans: Plans) -> None:
    bookings = [plans.salon.book(hour=15, days=days) for days in (2, 3, 4)]
    assert plans.news() == 3
    plans.salon.yclients.delete_record(plans.salon.salon_id, bookings[1]["id"])
    [text] = plans.send()
    assert text.count("• ") == 2
    assert sorted(plans.rows())[-1] == ("booked", "dropped", "deleted")


def test_one_visit_with_two_masters_is_one_message_one_reminder_one_question_and_one_confirmation(
    plans: Plans,
) -> None:
    """Y17."""
    first = plans.salon.book(hour=15, days=3)
    second = _second_master(plans, first, 16)
    one, two, cut, colour = _names(plans)
    assert plans.news() == 2
    [text] = plans.send()
    assert f"Услуги: {cut}, {colour}\nМастера: {one}, {two}\n" in text
    assert "в 15:00" in text
    for booking in (first, second):
        plans.age(booking, 5 * DAY)
    plans.later = plans.salon.starts_at(first) - timedelta(hours=21) - plans.salon.world.clock()
    plans.planner.plan_reminders()
    reminded = plans.salon.world.rows(
        "SELECT record_id FROM notices WHERE kind = 'reminder_day' AND record_id IN (:one, :two)",
        one=first["id"],
        two=second["id"],
    )
    assert reminded == [(first["id"],)]
    plans.planner.plan_reminders()
    plans.later = timedelta(0)
    plans.salon.world.execute("UPDATE notices SET due_at = now() WHERE kind = 'reminder_day'")
    assert any(f"{cut}, {colour}" in text and "1 — приду" in text for text in plans.send())
    asked = plans.salon.world.rows("SELECT record_id FROM questions WHERE visit_id = :id", id=first["visit_id"])
    assert asked == [(first["id"],)]
    plans.salon.say("да")
    plans.salon.box.journal_confirmer.work()
    assert [plans.salon.record(each["id"])["attendance"] for each in (first, second)] == [2, 2]


def test_y17_a_review_is_asked_for_after_the_last_booking_of_a_visit(plans: Plans) -> None:
    first = plans.salon.book(hour=10, days=3)
    second = _second_master(plans, first, 15)
    plans.read()
    plans.set(review=True, review_after=3, review_link="https://example.org/reviews")
    numbers = {"id": plans.salon.company_id, "one": first["id"], "two": second["id"]}
    change = "UPDATE records SET attendance = 1, seconds = 3600 WHERE company_id = :id AND record_id IN (:one, :two)"
    plans.salon.world.execute(change, **numbers)
    for hours, reviews in ((4.1, []), (8.5, []), (9.1, [(first["id"],)]), (20, [(first["id"],)])):
        plans.later = plans.salon.starts_at(first) + hours * HOUR - plans.salon.world.clock()
        plans.planner.plan_reminders()
        found = plans.salon.world.rows(
            "SELECT record_id FROM notices WHERE kind = 'review' AND record_id IN (:one, :two)",
            one=first["id"],
            two=second["id"],
        )
        assert found == reviews


def test_y17_a_part_of_a_visit_that_did_not_take_place_puts_no_review_off(plans: Plans) -> None:
    first = plans.salon.book(hour=10, days=3)
    second = _second_master(plans, first, 15)
    plans.read()
    plans.set(review=True, review_after=3)
    change = "UPDATE records SET attendance = :came, seconds = 3600 WHERE record_id = :one"
    plans.salon.world.execute(change, came=1, one=first["id"])
    plans.salon.world.execute(change, came=-1, one=second["id"])
    plans.later = plans.salon.starts_at(first) + 4.1 * HOUR - plans.salon.world.clock()
    plans.planner.plan_reminders()
    assert plans.salon.world.rows(
        "SELECT record_id FROM notices WHERE kind = 'review' AND record_id = :one", one=first["id"]
    )


def test_who_has_said_that_they_come_is_reminded_and_not_asked(plans: Plans) -> None:
    """Y16."""
    booking = plans.salon.book(hour=15, days=3)
    plans.read()
    plans.edit(booking, attendance=2)
    plans.read()
    plans.age(booking, 5 * DAY)
    plans.later = plans.salon.starts_at(booking) - timedelta(hours=21) - plans.salon.world.clock()
    plans.planner.plan_reminders()
    plans.later = timedelta(0)
    plans.salon.world.execute("DELETE FROM notices WHERE record_id <> :id", id=booking["id"])
    plans.salon.world.execute("UPDATE notices SET due_at = now() WHERE kind = 'reminder_day'")
    [text] = plans.send()
    assert "Напоминаем: ждём вас" in text
    assert "?" not in text
    assert "1 —" not in text
    assert plans.salon.world.rows("SELECT record_id FROM questions WHERE record_id = :id", id=booking["id"]) == []


def test_y16_a_salons_own_reminder_loses_its_question_and_nothing_else(plans: Plans) -> None:
    own = (
        "Здравствуйте, {name}! Придёте {date} в {time}? Ответь 1 или 2.\n1 — приду\n2 — не смогу\n"
        "Салон «Что? Где?» на ул. Мира, д. 1 — вход со двора. Отписаться: СТОП."
    )
    with plans.salon.world.uow() as work:
        work.message_settings.set_text(plans.salon.company_id, NoticeKind.REMINDER_DAY, own, plans.now())
        work.commit()
    booking = plans.salon.book(hour=15, days=3)
    plans.read()
    plans.edit(booking, attendance=2)
    plans.read()
    plans.age(booking, 5 * DAY)
    plans.later = plans.salon.starts_at(booking) - timedelta(hours=21) - plans.salon.world.clock()
    plans.planner.plan_reminders()
    plans.later = timedelta(0)
    plans.salon.world.execute("DELETE FROM notices WHERE record_id <> :id", id=booking["id"])
    plans.salon.world.execute("UPDATE notices SET due_at = now() WHERE kind = 'reminder_day'")
    [text] = plans.send()
    when = f"{wording.day(plans.salon.starts_at(booking))}, в 15:00"
    assert text == (
        f"Здравствуйте, Анна! Ждём вас {when}.\n"
        "Салон «Что? Где?» на ул. Мира, д. 1 — вход со двора. Отписаться: СТОП."
    )


def _at_night(plans: Plans) -> None:
    """It is quiet now, for another two hours; and the salon writes at its own pace."""
    there = plans.now().astimezone(plans.salon.starts_at().tzinfo)
    plans.set(quiet_from=f"{there - HOUR:%H:%M}", quiet_to=f"{there + 2 * HOUR:%H:%M}", reminder_day=False)
    plans.releaser = replace(plans.salon.box.notice_dispatcher, policy=own_policy)


def _soon(plans: Plans, hours: float) -> str:
    there = plans.now().astimezone(plans.salon.starts_at().tzinfo) + hours * HOUR
    return f"{there:%Y-%m-%d %H:%M}:00"


def _told(plans: Plans) -> dict[str, Any]:
    plans.salon.world.execute("UPDATE notices SET claimed_until = NULL")
    plans.releaser.work()
    return {kind: (state, reason) for kind, state, reason in plans.rows()}


@pytest.mark.parametrize("edit", [{"deleted": True}, {"datetime": 2.0}])
def test_a_visit_before_the_morning_that_is_off_is_told_at_night(plans: Plans, edit: dict[str, Any]) -> None:
    """Y6: the client came to a closed door."""
    booking = plans.salon.book(datetime=_soon(plans, 1.5))
    plans.read()
    plans.planner.plan_change_notices()
    plans.salon.world.execute("DELETE FROM notices")
    _at_night(plans)
    if "datetime" in edit:
        edit = {"datetime": _soon(plans, edit["datetime"])}
    plans.edit(booking, **edit)
    assert plans.news() == 1
    [(kind, (state, reason))] = _told(plans).items()
    assert (state, reason) == ("released", None)
    assert kind in {"cancelled", "moved"}


def test_a_visit_made_at_night_waits_and_so_does_the_news_of_one_that_is_far(plans: Plans) -> None:
    far, off = plans.salon.book(hour=15, days=5), plans.salon.book(datetime=_soon(plans, 1.5))
    plans.read()
    plans.planner.plan_change_notices()
    plans.salon.world.execute("DELETE FROM notices")
    _at_night(plans)
    plans.salon.book(hour=12, days=6, client={"phone": "79005556677", "name": "Вера"})
    plans.edit(far, datetime=f"{far['date'][:10]} 18:00:00")
    plans.edit(off, deleted=True)
    assert plans.news() == 3
    assert _told(plans) == {
        "booked": ("waiting", "quiet_hours"),
        "moved": ("waiting", "quiet_hours"),
        "cancelled": ("released", None),
    }


@pytest.mark.parametrize(("column", "why"), [("opted_out_at", "opted_out"), ("unreachable_at", "not_on_whatsapp")])
def test_the_salon_is_asked_to_call_whom_we_cannot_tell(plans: Plans, column: str, why: str) -> None:
    """Y6."""
    booking = plans.salon.book(hour=15, days=3)
    plans.read()
    plans.planner.plan_change_notices()
    plans.salon.world.execute("DELETE FROM notices")
    contact_id = plans.salon.contact()
    plans.salon.world.execute(f"UPDATE contacts SET {column} = now() WHERE id = :id", id=contact_id)  # noqa: S608
    plans.edit(booking, deleted=True)
    assert plans.news() == 1
    assert _told(plans) == {"cancelled": ("dropped", why)}
    for _ in range(2):
        plans.releaser.work()
    [(phone, purpose, text)] = plans.salon.owed()
    assert (phone, purpose) == (plans.salon.own_phone, "reply")
    assert f"Анна (+{plans.salon.phone})" in text
    assert "Позвоните клиенту" in text


def test_a_salon_without_a_phone_holds_up_nobody_elses_call(plans: Plans, new_salon: Any) -> None:
    """Ten calls that could go nowhere came again each time, and no other salon was asked."""
    phoneless = Plans(new_salon())
    for each, count in ((phoneless, 10), (plans, 1)):
        bookings = [each.salon.book(hour=15, days=days) for days in range(3, 3 + count)]
        each.read()
        each.planner.plan_change_notices()
        each.salon.world.execute("DELETE FROM notices WHERE state = 'waiting'")
        contact_id = each.salon.contact()
        each.salon.world.execute("UPDATE contacts SET opted_out_at = now() WHERE id = :id", id=contact_id)
        if each is phoneless:
            each.salon.world.change(each.salon.company_id, "whatsapp_phone", None)
        for booking in bookings:
            each.edit(booking, deleted=True)
        assert each.news() == count
        _told(each)
    plans.releaser.work()
    assert "Позвоните клиенту" in plans.salon.owed()[-1][2]


def test_what_is_no_news_any_more_is_nothing_to_call_about(plans: Plans) -> None:
    booking = plans.salon.book(hour=15, days=3)
    plans.read()
    plans.planner.plan_change_notices()
    plans.salon.world.execute("DELETE FROM notices")
    for hour in (16, 17):
        plans.edit(booking, datetime=f"{booking['date'][:10]} {hour}:00:00")
        assert plans.news() == 1
    assert plans.rows() == [("moved", "dropped", "superseded"), ("moved", "waiting", None)]
    plans.set(moved=False)
    assert _told(plans) == {"moved": ("dropped", "switched_off")}
    plans.releaser.work()
    assert plans.salon.owed() == []
