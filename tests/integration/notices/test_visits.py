"""A visit of several bookings of which one is changed, and a booking that somebody else takes over: what clients read
is true of the whole visit, and an answer counts for whoever gave it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from aiadmin.domain.journal.journal import Attendance
from aiadmin.domain.messages.message import MessageKind
from aiadmin.domain.notices.notice import NoticeKind
from tests.integration.notices.planning import DAY, Plans
from tests.support.salon import Salon

VERA = {"phone": "79005556677", "name": "Вера"}
Booking = dict[str, Any]


@pytest.fixture
def plans(read_salon: Salon) -> Plans:
    return Plans(read_salon)


def _visit(plans: Plans, *hours: int, days: int = 3) -> list[Booking]:
    """One visit that was told: a booking at each hour, each with another master and another service."""
    return plans.salon.begin(f"told {hours} {days}", lambda: _told(plans, *hours, days=days))


def _told(plans: Plans, *hours: int, days: int) -> list[Booking]:
    state = plans.salon.yclients.state(plans.salon.salon_id)
    bookings: list[Booking] = []
    for number, hour in enumerate(hours):
        visit = {"visit_id": bookings[0]["visit_id"]} if bookings else {}
        staff, service = state["staff"][number % 2]["id"], state["services"][number]["id"]
        bookings.append(plans.salon.book(hour=hour, days=days, staff_id=staff, services=[{"id": service}], **visit))
    assert plans.news() == len(hours)
    assert len(plans.send()) == 1
    return bookings


def _names(plans: Plans, booking: Booking) -> str:
    return str(booking["services"][0]["title"])


def _planned(plans: Plans, *bookings: Booking, kind: str = "reminder_day", ahead: int = 21) -> None:
    """It is time to remind of these, and the reminder of nothing else is due."""
    for booking in bookings:
        plans.age(booking, 5 * DAY)
    plans.later = plans.salon.starts_at(bookings[0]) - timedelta(hours=ahead) - plans.salon.world.clock()
    plans.planner.plan_reminders()
    plans.later = timedelta(0)
    plans.salon.world.execute("UPDATE notices SET due_at = now() WHERE kind = :kind", kind=kind)
    ours = [booking["id"] for booking in bookings]
    plans.salon.world.execute(
        "DELETE FROM notices WHERE kind = :kind AND record_id <> ALL(:ours)", kind=kind, ours=ours
    )


def _reminded(plans: Plans, *bookings: Booking) -> str:
    _planned(plans, *bookings)
    [text] = plans.send()
    assert "1 — приду" in text
    return text


def _attendance(plans: Plans, *bookings: Booking) -> list[int]:
    plans.salon.box.journal_confirmer.work()
    return [plans.salon.record(each["id"])["attendance"] for each in bookings]


def _replies(plans: Plans, to: str) -> list[str]:
    return [text for phone, _, text in plans.salon.owed() if phone == to]


def _off(plans: Plans, booking: Booking) -> None:
    plans.salon.yclients.delete_record(plans.salon.salon_id, booking["id"])


def _at(booking: Booking, hour: int, days: int = 0) -> str:
    day = (Salon.starts_at(None, booking) + timedelta(days=days)).date()  # type: ignore[arg-type]
    return f"{day} {hour}:00:00"


@pytest.mark.parametrize("words", ["да", "нет"])
def test_who_gave_a_booking_up_does_not_answer_for_whoever_took_it_over(plans: Plans, words: str) -> None:
    [booking] = _visit(plans, 15)
    _reminded(plans, booking)
    plans.edit(booking, client=VERA)
    plans.read()
    plans.salon.say(words)
    assert _attendance(plans, booking) == [Attendance.WAITING]
    assert plans.salon.owed() == [], "neither thanked, nor told to the salon"


@pytest.mark.parametrize("words", ["да", "нет"])
def test_a_number_that_was_wrong_does_not_answer_for_the_right_one(plans: Plans, words: str) -> None:
    [booking] = _visit(plans, 15)
    _reminded(plans, booking)
    card = booking["client"]["id"]
    plans.salon.yclients.edit("client", plans.salon.salon_id, client_id=card, phone=VERA["phone"])
    plans.edit(booking, comment="номер исправлен")
    plans.read()
    plans.salon.say(words)
    assert _attendance(plans, booking) == [Attendance.WAITING]
    assert plans.salon.owed() == []


def test_a_yes_that_waits_to_be_written_is_not_written_for_somebody_else(plans: Plans) -> None:
    """The exchange is not even known to us yet."""
    [booking] = _visit(plans, 15)
    _reminded(plans, booking)
    plans.salon.say("да")
    plans.edit(booking, client=VERA)
    assert _attendance(plans, booking) == [Attendance.WAITING]
    [(error,)] = plans.salon.world.rows("SELECT error FROM questions WHERE record_id = :id", id=booking["id"])
    assert error == "other_client"


@pytest.mark.parametrize("is_written", [False, True])
def test_whoever_took_a_booking_over_is_asked_afresh(plans: Plans, is_written: bool) -> None:
    [booking] = _visit(plans, 15)
    _reminded(plans, booking)
    plans.salon.say("да")
    if is_written:
        assert _attendance(plans, booking) == [Attendance.CONFIRMED]
    plans.edit(booking, client=VERA)
    plans.news()
    plans.send()
    text = _reminded(plans, booking)
    assert "Вера" in text
    plans.salon.say("нет")
    before = plans.salon.record(booking["id"])["attendance"]
    assert _attendance(plans, booking) == [before], "Anna has no say in it any more"
    plans.salon.lid, plans.salon.phone = "777000@lid", VERA["phone"]
    plans.salon.say("да")
    assert _attendance(plans, booking) == [Attendance.CONFIRMED]
    plans.salon.say("нет")
    assert _attendance(plans, booking) == [Attendance.WAITING]
    assert len(_replies(plans, VERA["phone"])) == 2


def test_the_card_of_the_same_number_still_answers(plans: Plans) -> None:
    [booking] = _visit(plans, 15)
    _reminded(plans, booking)
    other = plans.salon.yclients.edit("client", plans.salon.salon_id, name="Аня", phone=f"8{plans.salon.phone[1:]}")
    plans.edit(booking, client={"id": other["id"]})
    plans.read()
    plans.salon.say("да")
    assert _attendance(plans, booking) == [Attendance.CONFIRMED]


def test_one_booking_of_a_visit_that_is_off_leaves_the_visit_as_it_is_now(plans: Plans) -> None:
    first, second = _visit(plans, 15, 16)
    _off(plans, second)
    assert plans.news() == 1
    [text] = plans.send()
    assert "отменена" not in text
    assert "Время вашего визита прежнее" in text
    assert "в 15:00" in text
    assert f"Услуга: {_names(plans, first)}\n" in text
    assert _names(plans, second) not in text
    _off(plans, first)
    assert plans.news() == 1
    [text] = plans.send()
    assert "Ваша запись" in text
    assert "в 15:00, отменена" in text


def test_the_first_booking_of_a_visit_that_is_off_leaves_one_that_begins_later(plans: Plans) -> None:
    first, second = _visit(plans, 15, 16)
    _off(plans, first)
    assert plans.news() == 1
    [text] = plans.send()
    assert "отменена" not in text
    assert "прежнее" not in text
    assert "теперь ждём вас" in text
    assert "в 16:00" in text
    assert f"Услуга: {_names(plans, second)}\n" in text
    assert _names(plans, first) not in text


def test_a_booking_that_was_moved_a_moment_ago_is_not_at_the_same_time_as_before(plans: Plans) -> None:
    """YClients has told us of the one edit and not yet of the other."""
    first, second = _visit(plans, 15, 16)
    _off(plans, second)
    assert plans.news() == 1
    plans.edit(first, datetime=_at(first, 14))
    [text] = plans.send()
    assert "прежнее" not in text
    assert "теперь ждём вас" in text
    assert "в 14:00" in text


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_one_of_three_that_is_off_leaves_two(plans: Plans, gone: int) -> None:
    bookings = _visit(plans, 15, 16, 17)
    _off(plans, bookings[gone])
    assert plans.news() == 1
    [text] = plans.send()
    assert "отмен" not in text
    assert ("прежнее" in text) is (gone != 0)
    for number, booking in enumerate(bookings):
        assert (_names(plans, booking) in text) is (number != gone)
    assert ("в 15:00" in text) is (gone != 0)


def test_a_visit_that_is_off_as_a_whole_is_told_once(plans: Plans) -> None:
    for booking in _visit(plans, 15, 16, 17):
        _off(plans, booking)
    assert plans.news() == 3
    [text] = plans.send()
    assert "в 15:00, отменена" in text


def test_two_visits_that_are_off_are_one_list_and_a_part_of_a_third_is_told_apart(plans: Plans) -> None:
    whole, other = _visit(plans, 15, days=5), _visit(plans, 15, days=6)
    _, second = _visit(plans, 15, 16)
    for booking in (*whole, second, *other):
        _off(plans, booking)
    assert plans.news() == 3
    texts = plans.send() + plans.send()
    assert len(texts) == 2
    [off] = [text for text in texts if "отменены" in text]
    [left] = [text for text in texts if "прежнее" in text]
    assert off.count("• ") == 2
    assert "отмен" not in left
    assert {state for _, state, _ in plans.rows()} == {"done"}


def test_one_booking_of_a_visit_that_is_moved_is_told_with_the_others(plans: Plans) -> None:
    first, second = _visit(plans, 15, 16)
    plans.edit(second, datetime=_at(second, 18))
    assert plans.news() == 1
    [text] = plans.send()
    assert "перенес" not in text
    assert "прежнее" not in text
    lines = [line for line in text.split("\n") if line.startswith("• ")]
    assert [("в 15:00" in line, "в 18:00" in line) for line in lines] == [(True, False), (False, True)]
    assert _names(plans, first) in lines[0]
    assert _names(plans, second) in lines[1]


def test_a_booking_that_leaves_its_visit_to_another_day_takes_nothing_along(plans: Plans) -> None:
    first, second = _visit(plans, 15, 16)
    plans.edit(second, datetime=_at(second, 16, days=4))
    assert plans.news() == 1
    [text] = plans.send()
    assert "перенес" not in text
    lines = [line for line in text.split("\n") if line.startswith("• ")]
    assert len(lines) == 2
    assert _names(plans, first) in lines[0]
    assert "в 15:00" in lines[0]


def test_a_visit_that_is_moved_as_a_whole_is_told_as_moved(plans: Plans) -> None:
    bookings = _visit(plans, 15, 16)
    for booking, hour in zip(bookings, (18, 19), strict=True):
        plans.edit(booking, datetime=_at(booking, hour))
    assert plans.news() == 2
    [text] = plans.send()
    assert "перенесена: теперь ждём вас" in text
    assert "в 18:00" in text
    assert ", ".join(_names(plans, each) for each in bookings) in text


def test_another_master_for_one_booking_is_told_with_the_others(plans: Plans) -> None:
    first, second = _visit(plans, 15, 16)
    plans.edit(second, staff_id=first["staff"]["id"])
    assert plans.news() == 1
    [text] = plans.send()
    assert "прежнее" in text
    assert "в 15:00" in text
    assert f"Услуги: {_names(plans, first)}, {_names(plans, second)}\n" in text


def test_what_happens_to_several_bookings_of_a_visit_is_one_message(plans: Plans) -> None:
    first, second, third = _visit(plans, 15, 16, 17)
    _off(plans, first)
    plans.edit(second, datetime=_at(second, 18))
    assert plans.news() == 2
    [text] = plans.send()
    lines = [line for line in text.split("\n") if line.startswith("• ")]
    assert "отмен" not in text
    assert [_names(plans, third) in lines[0], _names(plans, second) in lines[1], len(lines)] == [True, True, 2]
    assert {state for _, state, _ in plans.rows()} == {"done"}


def test_a_booking_that_goes_to_somebody_else_leaves_the_rest_of_the_visit(plans: Plans) -> None:
    """One visit, two persons."""
    first, second = _visit(plans, 15, 16)
    plans.edit(second, client=VERA)
    assert plans.news() == 2
    texts = plans.send()
    [anna] = [text for text in texts if "Анна" in text]
    [vera] = [text for text in texts if "Вера" in text]
    assert "прежнее" in anna
    assert "в 15:00" in anna
    assert _names(plans, second) not in anna
    assert "Вы записаны" in vera
    assert "в 16:00" in vera
    assert _names(plans, first) not in vera
    text = _reminded_each(plans, first, second)
    assert ["Анна" in text[0], "Вера" in text[1]] == [True, True]
    plans.salon.say("да")
    assert _attendance(plans, first, second) == [Attendance.CONFIRMED, Attendance.WAITING]


def _reminded_each(plans: Plans, *bookings: Booking) -> list[str]:
    _planned(plans, *bookings)
    return sorted(plans.send())


def test_a_cancelled_booking_is_named_at_the_time_that_its_client_knows(plans: Plans) -> None:
    [booking] = _visit(plans, 15)
    plans.edit(booking, datetime=_at(booking, 18))
    plans.read()
    _off(plans, booking)
    assert plans.news() == 1
    [text] = plans.send()
    assert "в 15:00, отменена" in text


@pytest.mark.parametrize("change", ["off", "moved", "others", "no_show"])
def test_an_answer_counts_for_what_stands_of_a_visit(plans: Plans, change: str) -> None:
    first, second, third = _visit(plans, 15, 16, 17)
    _reminded(plans, first, second, third)
    if change == "off":
        _off(plans, first)
    elif change == "moved":
        plans.edit(first, datetime=_at(first, 15, days=5))
    elif change == "others":
        plans.edit(first, client=VERA)
    else:
        plans.edit(first, attendance=-1)
    plans.read()
    before = plans.salon.record(first["id"])["attendance"]
    plans.salon.say("да")
    [thanks] = _replies(plans, plans.salon.phone)
    assert "в 16:00" in thanks
    assert _attendance(plans, first, second, third) == [before, 2, 2]
    plans.salon.say("нет")
    assert _attendance(plans, first, second, third) == [before, 0, 0]
    [told] = _replies(plans, plans.salon.own_phone)
    assert told.startswith(f"Анна (+{plans.salon.phone}): не сможет прийти")
    assert "в 16:00" in told


def test_an_answer_about_a_visit_that_is_gone_or_elsewhere_is_none(plans: Plans) -> None:
    first, second = _visit(plans, 15, 16)
    _reminded(plans, first, second)
    for booking, hour in ((first, 17), (second, 18)):
        plans.edit(booking, datetime=_at(booking, hour))
    plans.read()
    plans.salon.say("да")
    assert plans.salon.owed() == []
    assert _attendance(plans, first, second) == [0, 0]


def test_an_answer_counts_for_what_came_to_the_visit_before_it_and_not_for_another_day(plans: Plans) -> None:
    first, second = _visit(plans, 15, 16)
    _reminded(plans, first, second)
    added = plans.salon.book(hour=17, days=3, visit_id=first["visit_id"])
    elsewhere = plans.salon.book(hour=17, days=5, visit_id=first["visit_id"])
    plans.read()
    plans.salon.say("да")
    assert _attendance(plans, first, second, added, elsewhere) == [2, 2, 2, 0]


@pytest.mark.parametrize("change", [{"deleted": True}, {"client": VERA}, {"attendance": -1}])
def test_the_reminder_that_asks_once_more_speaks_for_what_stands(plans: Plans, change: dict[str, Any]) -> None:
    plans.set(reminder_again=True, reminder_hours=False, again_after=2)
    first, second = _visit(plans, 15, 16)
    _reminded(plans, first, second)
    plans.edit(first, **change)
    plans.news()
    plans.send()
    plans.salon.world.execute("UPDATE questions SET asked_at = now() - interval '130 minutes'")
    assert plans.planner.plan_reminders() == 1
    [text] = plans.send()
    assert "Мы пока не знаем" in text
    assert "в 16:00" in text
    plans.salon.say("да")
    assert _attendance(plans, second) == [Attendance.CONFIRMED]


@pytest.mark.parametrize("change", ["off", "moved", "others", "no_show"])
def test_the_other_booking_of_a_visit_is_reminded_of_where_the_first_is_not(plans: Plans, change: str) -> None:
    first, second = _visit(plans, 15, 16)
    _planned(plans, first, second)
    assert plans.kinds().count("reminder_day") == 1
    changes: dict[str, dict[str, Any]] = {
        "off": {"deleted": True},
        "moved": {"datetime": _at(first, 15, days=5)},
        "others": {"client": VERA},
        "no_show": {"attendance": -1},
    }
    plans.edit(first, **changes[change])
    texts = plans.send() + plans.send()
    [text] = [one for one in texts if "Напоминаем" in one]
    assert "в 16:00" in text
    assert _names(plans, second) in text
    assert _names(plans, first) not in text
    plans.salon.say("да")
    assert _attendance(plans, second) == [Attendance.CONFIRMED]


def test_a_visit_of_which_nothing_stands_is_not_reminded_of(plans: Plans) -> None:
    first, second = _visit(plans, 15, 16)
    _planned(plans, first, second)
    for booking in (first, second):
        _off(plans, booking)
    assert plans.send() + plans.send() == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+55 31 98888-7777", "+55 31 8888-7777"),
        ("+54 9 11 2345-6789", "+54 11 2345-6789"),
        ("5215512345678", "525512345678"),
    ],
)
def test_a_number_that_is_written_in_two_ways_is_one_person(plans: Plans, one: str, other: str) -> None:
    first = plans.salon.book(hour=15, days=3, client={"phone": one, "name": "Ana"})
    second = plans.salon.book(hour=16, days=3, client={"phone": other, "name": "Ana"}, visit_id=first["visit_id"])
    assert plans.news() == 2
    assert len(plans.send()) == 1
    plans.edit(first, client={"phone": other, "name": "Ana"})
    assert plans.news() == 0
    _planned(plans, first, second)
    plans.edit(first, client={"phone": one, "name": "Ana"})
    plans.read()
    _planned(plans, first, second)
    assert plans.kinds().count("reminder_day") == 1
    assert len(plans.send()) == 1
    _off(plans, second)
    _off(plans, first)
    assert plans.news() == 2
    assert len(plans.send()) == 1


def test_a_reminder_goes_over_to_the_first_of_a_visit_that_is_still_to_come(plans: Plans) -> None:
    """The second has come early."""
    first, second, third = _visit(plans, 15, 16, 17)
    _planned(plans, first, second, third)
    plans.edit(first, deleted=True)
    plans.edit(second, attendance=1)
    [text] = [one for one in plans.send() + plans.send() if "Напоминаем" in one]
    assert _names(plans, third) in text
    assert _names(plans, first) not in text


def test_a_review_is_asked_for_by_what_came_of_a_visit(plans: Plans) -> None:
    plans.set(review=True, review_link="https://example.com/review")
    first, second, third = _visit(plans, 15, 16, 17)
    for booking in (first, third):
        plans.edit(booking, attendance=1)
    plans.edit(second, attendance=-1)
    plans.read()
    plans.later = plans.salon.starts_at(first) + timedelta(hours=8) - plans.salon.world.clock()
    plans.planner.plan_reminders()
    plans.later = timedelta(0)
    numbers = [each["id"] for each in (first, second, third)]
    reviews = "SELECT record_id FROM notices WHERE kind = 'review' AND record_id = ANY(:numbers) ORDER BY id"
    assert plans.salon.world.rows(reviews, numbers=numbers) == [(first["id"],)]
    plans.edit(first, attendance=-1)
    plans.salon.world.execute("UPDATE notices SET due_at = now() WHERE kind = 'review'")
    assert len([one for one in plans.send() + plans.send() if "https://example.com/review" in one]) >= 1
    assert plans.salon.world.rows(reviews, numbers=numbers) == [(first["id"],), (third["id"],)]


def test_who_is_asked_about_more_than_before_answers_anew(plans: Plans) -> None:
    plans.set(reminder_hours=True, hours_before=3)
    first, second = _visit(plans, 15, 16)
    _reminded(plans, first, second)
    plans.salon.say("да")
    assert _attendance(plans, first, second) == [2, 2]
    added = plans.salon.book(hour=17, days=3, visit_id=first["visit_id"])
    plans.news()
    plans.send()
    _planned(plans, first, second, added, kind="reminder_hours", ahead=3)
    [text] = plans.send()
    assert "Всё в силе?" in text
    plans.salon.say("да")
    assert _attendance(plans, first, second, added) == [2, 2, 2]
    assert len(_replies(plans, plans.salon.phone)) == 1, "thanked anew"


def test_a_quoted_reminder_is_answered_for_what_stands_and_by_its_person(plans: Plans) -> None:
    first, second = _visit(plans, 15, 16)
    _reminded(plans, first, second)
    [(quoted,)] = plans.salon.world.rows(
        "SELECT message_id FROM outbox_messages WHERE record_id = :id AND purpose = 'reminder_day'", id=first["id"]
    )
    _off(plans, first)
    plans.news()
    plans.send()
    plans.salon.say("👍", kind=MessageKind.REACTION, quoted_id=quoted)
    assert _attendance(plans, second) == [Attendance.CONFIRMED]
    [(news,)] = plans.salon.world.rows("SELECT message_id FROM outbox_messages WHERE purpose = 'moved'")
    plans.salon.say("нет", quoted_id=news)
    assert _attendance(plans, second) == [Attendance.WAITING]
    plans.edit(second, client=VERA, attendance=0)
    plans.read()
    plans.salon.say("да", quoted_id=quoted)
    assert _attendance(plans, second) == [Attendance.WAITING]


def test_the_salon_is_told_of_what_stands_where_yclients_takes_no_answer(plans: Plans) -> None:
    first, second = _visit(plans, 15, 16)
    _reminded(plans, first, second)
    plans.edit(first, client=VERA)
    plans.read()
    plans.salon.say("да")
    plans.salon.yclients.fault("/api/v1/visits/*", status=403, body='{"success": false, "meta": {"message": "Нет"}}')
    assert plans.salon.box.journal_confirmer.work() == 1
    text = _replies(plans, plans.salon.own_phone)[-1]
    assert text.startswith(f"Анна (+{plans.salon.phone}) подтверждает визит")
    assert "в 16:00" in text


def test_the_news_of_another_booking_of_the_visit_is_quoted_for_all_of_it(plans: Plans) -> None:
    first, second = _visit(plans, 15, 16)
    _reminded(plans, first, second)
    plans.edit(second, staff_id=first["staff"]["id"])
    plans.news()
    plans.send()
    [(news,)] = plans.salon.world.rows("SELECT message_id FROM outbox_messages WHERE purpose = 'changed'")
    plans.salon.say("да", quoted_id=news)
    assert _attendance(plans, first, second) == [2, 2]


def test_a_visit_that_falls_apart_into_days_is_a_list_of_them(plans: Plans) -> None:
    first, second = _visit(plans, 15, 16)
    plans.edit(first, datetime=_at(first, 11, days=2))
    plans.edit(second, datetime=_at(second, 12, days=4))
    assert plans.news() == 2
    [text] = plans.send()
    assert text.startswith("Здравствуйте, Анна!\nВаши записи перенесены")
    lines = [line for line in text.split("\n") if line.startswith("• ")]
    assert [("в 11:00" in line, "в 12:00" in line) for line in lines] == [(True, False), (False, True)]


def test_a_visit_that_goes_to_somebody_else_is_off_for_one_and_booked_for_the_other(plans: Plans) -> None:
    bookings = _visit(plans, 15, 16)
    for booking in bookings:
        plans.edit(booking, client=VERA)
    assert plans.news() == 4
    [anna, vera] = sorted(plans.send())
    assert "Анна" in anna
    assert "в 15:00, отменена" in anna
    assert "Вера" in vera
    assert "Вы записаны" in vera
    assert ", ".join(_names(plans, each) for each in bookings) in vera


def test_a_booking_that_takes_the_place_of_another_is_told_with_the_visit(plans: Plans) -> None:
    first, second = _visit(plans, 15, 16)
    third = plans.salon.book(hour=15, days=3, visit_id=first["visit_id"], staff_id=second["staff"]["id"])
    _off(plans, first)
    plans.news()
    [text] = plans.send()
    assert "отмен" not in text
    assert "прежнее" in text
    assert "в 15:00" in text
    assert f"{_names(plans, third)}, {_names(plans, second)}\n" in text


def test_the_salons_own_words_tell_what_is_left_of_a_visit(plans: Plans) -> None:
    first, second = _visit(plans, 15, 16)
    with plans.salon.world.uow() as work:
        now = plans.salon.world.clock()
        work.message_settings.set_text(
            plans.salon.company_id, NoticeKind.CHANGED, "Теперь так: {services}, {time}.", now
        )
        work.commit()
    _off(plans, second)
    assert plans.news() == 1
    assert plans.send() == [f"Теперь так: {_names(plans, first)}, 15:00."]


def test_who_is_in_the_salon_reads_that_the_rest_of_the_visit_is_off(plans: Plans) -> None:
    first, second = _visit(plans, 15, 16)
    plans.edit(first, attendance=1)
    _off(plans, second)
    assert plans.news() == 1
    [text] = plans.send()
    assert "в 16:00, отменена" in text
