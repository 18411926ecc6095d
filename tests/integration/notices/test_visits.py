"""A visit of several bookings of which one is changed, and a booking that somebody else takes over: what clients read
is true of the whole visit, and an answer counts for whoever gave it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aiadmin.domain.journal.journal import Attendance
from aiadmin.domain.messages.message import MessageKind
from aiadmin.domain.notices.notice import NoticeKind
from tests.integration.notices import stories
from tests.integration.notices.planning import Plans
from tests.integration.notices.stories import Booking, Story, Told, plan_reminders, tell, vera
from tests.support.salon import Salon

VERA = {"phone": "79005556677", "name": "Вера"}


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


def _reminded(plans: Plans, *bookings: Booking) -> str:
    plan_reminders(plans, *bookings)
    [text] = plans.send()
    assert "1 — приду" in text
    return text


def _attendance(plans: Plans, *bookings: Booking) -> list[int]:
    plans.salon.box.journal_confirmer.work()
    records = {one["id"]: one for one in plans.salon.yclients.state(plans.salon.salon_id)["records"]}
    return [records[each["id"]]["attendance"] for each in bookings]


def _replies(plans: Plans, to: str) -> list[str]:
    return [text for phone, _, text in _owed(plans) if phone == to]


def _owed(plans: Plans) -> list[tuple[str, str, str]]:
    """What we owe the client, and the salon about the client."""
    phone = plans.salon.phone
    return [one for one in plans.salon.owed() if phone == one[0] or f"+{phone}" in one[2]]


def _off(plans: Plans, booking: Booking) -> None:
    plans.salon.yclients.delete_record(plans.salon.salon_id, booking["id"])


def _at(booking: Booking, hour: int, days: int = 0) -> str:
    day = (Salon.starts_at(None, booking) + timedelta(days=days)).date()  # type: ignore[arg-type]
    return f"{day} {hour}:00:00"


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.startswith("• ")]


def _one_booking_is_off(plans: Plans, first: Booking, second: Booking) -> Story:
    """The visit is as it is now; when the other is off as well, so is the visit."""
    _off(plans, second)
    told = yield stories.news
    assert told.news == 1
    [text] = told.texts
    assert "отменена" not in text
    assert "Время вашего визита прежнее" in text
    assert "в 15:00" in text
    assert f"Услуга: {_names(plans, first)}\n" in text
    assert _names(plans, second) not in text
    _off(plans, first)
    told = yield stories.news
    assert told.news == 1
    [text] = told.texts
    assert "Ваша запись" in text
    assert "в 15:00, отменена" in text


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


def _something_else_happens_to_each(plans: Plans, first: Booking, second: Booking, third: Booking) -> Story:
    """It is one message."""
    _off(plans, first)
    plans.edit(second, datetime=_at(second, 18))
    told = yield stories.news
    assert told.news == 2
    [text] = told.texts
    lines = _lines(text)
    assert "отмен" not in text
    assert [_names(plans, third) in lines[0], _names(plans, second) in lines[1], len(lines)] == [True, True, 2]


def _all_goes_to_somebody_else(plans: Plans, *bookings: Booking) -> Story:
    """It is off for one and booked for the other."""
    for booking in bookings:
        plans.edit(booking, client=vera(plans))
    told = yield stories.news
    assert told.news == 4
    [anna], [other] = told.texts, told.others
    assert "Анна" in anna
    assert "в 15:00, отменена" in anna
    assert "Вера" in other
    assert "Вы записаны" in other
    assert ", ".join(_names(plans, each) for each in bookings) in other


def test_a_visit_of_which_something_has_changed_is_told_as_it_is_now(plans: Plans) -> None:
    tell(
        plans,
        {
            _one_booking_is_off: (15, 16),
            _something_else_happens_to_each: (15, 16, 17),
            _all_goes_to_somebody_else: (15, 16),
        },
    )
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
    plan_reminders(plans, first, second)
    text = sorted(plans.send())
    assert ["Анна" in text[0], "Вера" in text[1]] == [True, True]
    plans.salon.say("да")
    assert _attendance(plans, first, second) == [Attendance.CONFIRMED, Attendance.WAITING]


def _is_asked(told: Told) -> None:
    [text] = told.texts
    assert "1 — приду" in text


def _who_gave_it_up_answers(plans: Plans, booking: Booking) -> Story:
    """Not for whoever took it over: neither thanked, nor told to the salon."""
    _is_asked((yield stories.reminded))
    plans.edit(booking, client=vera(plans))
    yield stories.read
    plans.salon.say("да")
    assert _attendance(plans, booking) == [Attendance.WAITING]
    assert _owed(plans) == []


def _a_wrong_number_answers(plans: Plans, booking: Booking) -> Story:
    """Not for the right one."""
    _is_asked((yield stories.reminded))
    card = booking["client"]["id"]
    plans.salon.yclients.edit("client", plans.salon.salon_id, client_id=card, phone=vera(plans)["phone"])
    plans.edit(booking, comment="номер исправлен")
    yield stories.read
    plans.salon.say("нет")
    assert _attendance(plans, booking) == [Attendance.WAITING]
    assert _owed(plans) == []


def _a_yes_waits_while_the_booking_goes_to_somebody_else(plans: Plans, booking: Booking) -> Story:
    """The exchange is not even known to us yet, and the yes is not written for somebody else."""
    _is_asked((yield stories.reminded))
    plans.salon.say("да")
    plans.edit(booking, client=vera(plans))
    assert _attendance(plans, booking) == [Attendance.WAITING]
    [(error,)] = plans.salon.world.rows("SELECT error FROM questions WHERE record_id = :id", id=booking["id"])
    assert error == "other_client"


def _the_card_of_the_same_number_answers(plans: Plans, booking: Booking) -> Story:
    _is_asked((yield stories.reminded))
    other = plans.salon.yclients.edit("client", plans.salon.salon_id, name="Аня", phone=f"8{plans.salon.phone[1:]}")
    plans.edit(booking, client={"id": other["id"]})
    yield stories.read
    plans.salon.say("да")
    assert _attendance(plans, booking) == [Attendance.CONFIRMED]


def test_an_answer_counts_for_whoever_gave_it(plans: Plans) -> None:
    tell(
        plans,
        {
            _who_gave_it_up_answers: (15,),
            _a_wrong_number_answers: (15,),
            _a_yes_waits_while_the_booking_goes_to_somebody_else: (15,),
            _the_card_of_the_same_number_answers: (15,),
        },
    )


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


def _one_is_moved_and_she_answers(plans: Plans, first: Booking, second: Booking, third: Booking) -> Story:
    _is_asked((yield stories.reminded))
    plans.edit(first, datetime=_at(first, 15, days=5))
    yield stories.read
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


def _all_is_elsewhere_and_she_answers(plans: Plans, first: Booking, second: Booking) -> Story:
    _is_asked((yield stories.reminded))
    for booking, hour in ((first, 17), (second, 18)):
        plans.edit(booking, datetime=_at(booking, hour))
    yield stories.read
    plans.salon.say("да")
    assert _owed(plans) == []
    assert _attendance(plans, first, second) == [0, 0]


def _more_is_booked_and_she_answers(plans: Plans, first: Booking, second: Booking) -> Story:
    """For what came to the visit before the answer, and not for another day."""
    _is_asked((yield stories.reminded))
    added = plans.salon.book(hour=17, days=3, visit_id=first["visit_id"])
    elsewhere = plans.salon.book(hour=17, days=5, visit_id=first["visit_id"])
    yield stories.read
    plans.salon.say("да")
    assert _attendance(plans, first, second, added, elsewhere) == [2, 2, 2, 0]


def _yclients_takes_no_answer(plans: Plans, first: Booking, second: Booking) -> Story:
    """The salon is told of what stands."""
    _is_asked((yield stories.reminded))
    plans.edit(first, client=vera(plans))
    yield stories.read
    plans.salon.say("да")
    plans.salon.yclients.fault("/api/v1/visits/*", status=403, body='{"success": false, "meta": {"message": "Нет"}}')
    assert plans.salon.box.journal_confirmer.work() == 1
    text = _replies(plans, plans.salon.own_phone)[-1]
    assert text.startswith(f"Анна (+{plans.salon.phone}) подтверждает визит")
    assert "в 16:00" in text


def test_an_answer_counts_for_what_stands_of_a_visit(plans: Plans) -> None:
    tell(
        plans,
        {
            _one_is_moved_and_she_answers: (15, 16, 17),
            _all_is_elsewhere_and_she_answers: (15, 16),
            _more_is_booked_and_she_answers: (15, 16),
            _yclients_takes_no_answer: (15, 16),
        },
    )


def _is_asked_once_more(plans: Plans, change: Booking, first: Booking, second: Booking) -> Story:
    _is_asked((yield stories.reminded))
    plans.edit(first, **change)
    yield stories.news
    [text] = (yield _asked_again).texts
    assert "Мы пока не знаем" in text
    assert "в 16:00" in text
    if "deleted" in change:
        plans.salon.say("да")
        assert _attendance(plans, second) == [Attendance.CONFIRMED]


def _asked_again(plans: Plans, _bookings: object) -> None:
    plans.salon.world.execute("UPDATE questions SET asked_at = now() - interval '130 minutes'")
    plans.planner.plan_reminders()
    plans.send()


def _one_is_off_and_she_is_asked_again(plans: Plans, *bookings: Booking) -> Story:
    return _is_asked_once_more(plans, {"deleted": True}, *bookings)


def _one_is_somebody_elses_and_she_is_asked_again(plans: Plans, *bookings: Booking) -> Story:
    return _is_asked_once_more(plans, {"client": vera(plans)}, *bookings)


def _one_is_missed_and_she_is_asked_again(plans: Plans, *bookings: Booking) -> Story:
    return _is_asked_once_more(plans, {"attendance": -1}, *bookings)


def test_the_reminder_that_asks_once_more_speaks_for_what_stands(plans: Plans) -> None:
    plans.set(reminder_again=True, reminder_hours=False, again_after=2)
    tell(
        plans,
        {
            _one_is_off_and_she_is_asked_again: (15, 16),
            _one_is_somebody_elses_and_she_is_asked_again: (15, 16),
            _one_is_missed_and_she_is_asked_again: (15, 16),
        },
    )


def _another_is_reminded_of(plans: Plans, change: Booking, first: Booking, second: Booking) -> Story:
    yield stories.planned
    plans.edit(first, **change)
    [text] = [one for one in (yield stories.sent).texts if "Напоминаем" in one]
    assert "в 16:00" in text
    assert _names(plans, second) in text
    assert _names(plans, first) not in text
    if "deleted" in change:
        plans.salon.say("да")
        assert _attendance(plans, second) == [Attendance.CONFIRMED]


def _the_first_is_off(plans: Plans, *bookings: Booking) -> Story:
    return _another_is_reminded_of(plans, {"deleted": True}, *bookings)


def _the_first_is_moved(plans: Plans, *bookings: Booking) -> Story:
    return _another_is_reminded_of(plans, {"datetime": _at(bookings[0], 15, days=5)}, *bookings)


def _the_first_is_somebody_elses(plans: Plans, *bookings: Booking) -> Story:
    return _another_is_reminded_of(plans, {"client": vera(plans)}, *bookings)


def _the_first_is_missed(plans: Plans, *bookings: Booking) -> Story:
    return _another_is_reminded_of(plans, {"attendance": -1}, *bookings)


def _nothing_stands(plans: Plans, *bookings: Booking) -> Story:
    yield stories.planned
    for booking in bookings:
        _off(plans, booking)
    assert (yield stories.sent).texts == []


def _the_second_has_come_early(plans: Plans, first: Booking, second: Booking, third: Booking) -> Story:
    """The reminder goes over to the first that is still to come."""
    yield stories.planned
    plans.edit(first, deleted=True)
    plans.edit(second, attendance=1)
    [text] = [one for one in (yield stories.sent).texts if "Напоминаем" in one]
    assert _names(plans, third) in text
    assert _names(plans, first) not in text


def test_another_booking_of_a_visit_is_reminded_of_where_the_first_is_not(plans: Plans) -> None:
    together = {
        _the_first_is_off: (15, 16),
        _the_first_is_moved: (15, 16),
        _the_first_is_somebody_elses: (15, 16),
        _the_first_is_missed: (15, 16),
        _nothing_stands: (15, 16),
        _the_second_has_come_early: (15, 16, 17),
    }
    tell(plans, together)
    assert plans.kinds().count("reminder_day") > len(together), "one for each visit, and those that were handed on"


def test_a_number_that_is_written_in_two_ways_is_one_person(plans: Plans) -> None:
    one, other = "+55 31 98888-7777", "+55 31 8888-7777"
    first = plans.salon.book(hour=15, days=3, client={"phone": one, "name": "Ana"})
    second = plans.salon.book(hour=16, days=3, client={"phone": other, "name": "Ana"}, visit_id=first["visit_id"])
    assert plans.news() == 2
    assert len(plans.send()) == 1
    plans.edit(first, client={"phone": other, "name": "Ana"})
    assert plans.news() == 0
    plan_reminders(plans, first, second)
    plans.edit(first, client={"phone": one, "name": "Ana"})
    plans.read()
    plan_reminders(plans, first, second)
    assert plans.kinds().count("reminder_day") == 1
    assert len(plans.send()) == 1
    _off(plans, second)
    _off(plans, first)
    assert plans.news() == 2
    assert len(plans.send()) == 1


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
    plan_reminders(plans, first, second, added, kind="reminder_hours", ahead=3)
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


def test_the_news_of_another_booking_of_the_visit_is_quoted_for_all_of_it(plans: Plans) -> None:
    first, second = _visit(plans, 15, 16)
    _reminded(plans, first, second)
    plans.edit(second, staff_id=first["staff"]["id"])
    plans.news()
    plans.send()
    [(news,)] = plans.salon.world.rows("SELECT message_id FROM outbox_messages WHERE purpose = 'changed'")
    plans.salon.say("да", quoted_id=news)
    assert _attendance(plans, first, second) == [2, 2]


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
