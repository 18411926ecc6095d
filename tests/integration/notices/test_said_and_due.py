"""What is under way, or has just been said, is not said again; what stands at the same time is not said to be off."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.integration.notices.planning import DAY, HOUR, Client
from tests.integration.notices.test_calls import MINUTE, Desk
from tests.integration.notices.unhurried import clock, due, just_now, long_ago, tomorrow, unhurried
from tests.support.salon import Salon


@pytest.fixture
def desk(read_salon: Salon) -> Desk:
    """Nothing waits for the bucket, and the client has no other booking than a test makes."""
    made = Desk(read_salon)
    made.releaser = replace(made.releaser, policy=unhurried)
    made.salon.begin("free", lambda: _free(made))
    return made


def _free(desk: Desk) -> None:
    desk.salon.yclients.delete_record(desk.salon.salon_id, desk.salon.booking["id"])
    desk.news()
    desk.salon.world.execute("DELETE FROM notices")


def quiet(desk: Desk, begins: timedelta, ends: timedelta) -> None:
    desk.set(quiet_from=clock(desk, begins), quiet_to=clock(desk, ends), reminder_day=False)


def _person(number: int) -> dict[str, str]:
    return {"phone": f"7999333{number:04}", "name": "Анна"}


def test_a_visit_that_has_begun_is_not_reminded_of_unless_its_first_booking_did_not_happen(desk: Desk) -> None:
    """ "See you soon" came to a client in the chair: two hours before her second booking."""
    attendances = (-1, 0, 1, 2)
    firsts = desk.all_known([{"when": 2 * HOUR, "client": _person(number)} for number, _ in enumerate(attendances)])
    desk.all_known(
        [
            {"when": 5 * HOUR, "visit_id": first["visit_id"], "client": _person(number)}
            for number, first in enumerate(firsts)
        ]
    )
    long_ago(desk)
    desk.set(hours_before=2, reminder_day=False)
    quiet(desk, -HOUR, 3 * HOUR / 2)
    for first, attendance in zip(firsts, attendances, strict=True):
        desk.edit(first, attendance=attendance)
    desk.read()
    [text] = due(desk, 3 * HOUR + MINUTE)
    assert "Скоро увидимся" in text
    assert _reached(desk) == [_person(0)["phone"]]


def _reached(desk: Desk) -> list[str]:
    """The numbers that messages went out to, in order."""
    rows = desk.salon.world.rows(
        "SELECT contacts.phone FROM outbox_messages JOIN contacts ON contacts.id = contact_id"
        " WHERE outbox_messages.state = 'sent' ORDER BY outbox_messages.id"
    )
    return [row[0] for row in rows]


def test_who_came_early_is_not_reminded(desk: Desk) -> None:
    first = desk.known(3 * HOUR)
    desk.known(4 * HOUR, visit_id=first["visit_id"])
    long_ago(desk)
    desk.set(hours_before=2, reminder_day=False)
    desk.edit(first, attendance=1)
    desk.read()
    assert due(desk, 2 * HOUR + MINUTE) == []


def answers(desk: Desk) -> dict[int, str | None]:
    rows = desk.salon.world.rows(
        "SELECT record_id, answer FROM questions WHERE company_id = :id", id=desk.salon.company_id
    )
    return {row[0]: row[1] for row in rows}


def test_an_answer_is_to_the_question_that_was_asked_last(desk: Desk) -> None:
    """Asked about both of tomorrow's visits, and hours before the first of them once more."""
    ahead = tomorrow(desk, 16 * HOUR)
    first, second = desk.all_known([ahead, ahead + 7 * HOUR])
    long_ago(desk)
    desk.set(day_at=just_now(desk), hours_before=3, reminder_again=False)
    assert len(due(desk)) == 2
    [text] = due(desk, ahead - 3 * HOUR + MINUTE)
    assert "Скоро увидимся" in text
    desk.salon.say("да", sent_at=desk.now())
    assert answers(desk) == {first["id"]: "yes", second["id"]: None}


def _ask_about_tomorrow(desk: Desk) -> dict[str, Any]:
    return desk.salon.begin("asked", lambda: _asked(desk))


def _asked(desk: Desk) -> dict[str, Any]:
    booking = desk.known(tomorrow(desk, 20 * HOUR))
    long_ago(desk)
    desk.set(day_at=just_now(desk))
    assert len(due(desk)) == 1
    return booking


def _ask_and_tell_of_another(desk: Desk, *, off: bool) -> dict[str, Any]:
    """Asked about tomorrow, she reads that a visit of next week is off, or moved."""
    return desk.salon.begin(f"asked, and told of another: {off}", lambda: _told_of_another(desk, off=off))


def _told_of_another(desk: Desk, *, off: bool) -> dict[str, Any]:
    other = desk.known(9 * DAY)
    tomorrow = _asked(desk)
    desk.edit(other, **({"deleted": True} if off else {"datetime": desk.at(10 * DAY)}))
    assert desk.news() == 1
    assert len(due(desk)) == 1
    return tomorrow


@pytest.mark.parametrize(("words", "off"), [("нет, не смогу", False), ("да", True)])
def test_words_after_news_of_another_visit_are_read_by_a_human(desk: Desk, words: str, off: bool) -> None:
    """ "OK" to a cancellation confirmed tomorrow's visit, and "no" to a move called it off."""
    tomorrow = _ask_and_tell_of_another(desk, off=off)
    desk.salon.say(words)
    assert answers(desk)[tomorrow["id"]] in {None, "unclear"}
    replies = [text for phone, _, text in desk.salon.owed() if phone == desk.salon.phone]
    if words == "да":
        assert desk.calls() == []
        assert replies == ["Спасибо, что ответили!"]
    else:
        [call] = desk.calls()
        assert f"Анна (+{desk.salon.phone})" in call
        assert "непонятно" in call
        assert ["уточнит" in reply for reply in replies] == [True]
    desk.salon.box.journal_confirmer.work()
    assert desk.salon.record(tomorrow["id"])["attendance"] == 0


def test_news_of_the_same_visit_leaves_the_answer_sure(desk: Desk) -> None:
    """Another master of the visit that she is asked about."""
    tomorrow = _ask_about_tomorrow(desk)
    staff = desk.salon.yclients.state(desk.salon.salon_id)["staff"][1]["id"]
    desk.edit(tomorrow, staff_id=staff)
    assert desk.news() == 1
    assert len(due(desk)) == 1
    desk.salon.say("да")
    assert answers(desk)[tomorrow["id"]] == "yes"


def test_a_quoted_question_is_answered_whatever_was_said_since(desk: Desk) -> None:
    tomorrow = _ask_and_tell_of_another(desk, off=True)
    [row] = desk.salon.world.rows("SELECT message_id FROM outbox_messages WHERE purpose = 'reminder_day'")
    desk.salon.say("да", quoted_id=row[0])
    assert answers(desk)[tomorrow["id"]] == "yes"
    assert desk.calls() == []


def test_a_new_question_after_the_news_is_answered(desk: Desk) -> None:
    tomorrow = _ask_and_tell_of_another(desk, off=True)
    [again] = due(desk, 2 * HOUR + MINUTE)
    assert "не знаем" in again
    desk.salon.say("да", sent_at=desk.now())
    assert answers(desk)[tomorrow["id"]] == "yes"


def _with_another_master(desk: Desk, when: timedelta) -> dict[str, Any]:
    """Under a visit number of its own."""
    staff = desk.salon.yclients.state(desk.salon.salon_id)["staff"][1]["id"]
    return desk.salon.book(datetime=desk.at(when), staff_id=staff)


def test_a_twin_that_is_off_is_no_cancellation(desk: Desk) -> None:
    """The same person stays booked at that very time; whether anything was told of the twin before or not."""
    told, untold = ({"when": 30 * HOUR, "client": _person(number)} for number in range(2))
    stays, off, _, other_off = desk.all_known([told, told, untold, untold])
    desk.edit(off, comment="дважды")
    for twin in (off, other_off):
        desk.edit(twin, deleted=True)
    assert desk.news() == 2
    texts = due(desk)
    assert sorted(_reached(desk)) == [told["client"]["phone"], untold["client"]["phone"]]
    for text in texts:
        assert "отменена" not in text
        assert "Время вашего визита прежнее" in text
        assert f"{desk.salon.starts_at(stays):%H:%M}" in text


@pytest.mark.parametrize("by_night", [True, False])
def test_a_booking_that_is_made_anew_is_no_cancellation(desk: Desk, by_night: bool) -> None:
    booking = desk.known(3 * HOUR)
    if by_night:
        quiet(desk, -HOUR, 5 * HOUR / 2)
    _with_another_master(desk, 3 * HOUR)
    desk.edit(booking, deleted=True)
    assert desk.news() == 2
    texts = due(desk), due(desk, 5 * HOUR / 2 + MINUTE)
    [text] = texts[by_night]
    assert texts[not by_night] == [], "she comes at that time anyway: nobody is woken for another master"
    assert "отменена" not in text
    assert "Время вашего визита прежнее" in text
    assert desk.calls() == []


def test_a_booking_that_is_made_anew_is_nothing_to_call_about(desk: Desk) -> None:
    booking = desk.known(20 * HOUR)
    desk.lock("locked_until", 40 * HOUR)
    _with_another_master(desk, 20 * HOUR)
    desk.edit(booking, deleted=True)
    assert desk.news() == 2
    assert due(desk) == []
    assert desk.calls() == []


@pytest.mark.parametrize("kind", ["reminder_day", "reminder_hours"])
def test_two_bookings_of_one_time_are_reminded_of_once(desk: Desk, kind: str) -> None:
    """And answered about once: both are confirmed. One client's begin together, another's half an hour apart."""
    ahead = tomorrow(desk, 20 * HOUR)
    clients = [Client(phone=f"7999333{number:04}", lid=f"333{number}@lid", booking={}) for number in range(2)]
    visits = [
        desk.all_known(
            [
                {"when": ahead, "seance_length": 3600, "client": {"phone": client.phone, "name": "Анна"}},
                {"when": ahead + apart, "seance_length": 3600, "client": {"phone": client.phone, "name": "Анна"}},
            ]
        )
        for client, apart in zip(clients, (timedelta(0), 30 * MINUTE), strict=True)
    ]
    long_ago(desk)
    is_day = kind == "reminder_day"
    desk.set(day_at=just_now(desk), reminder_day=is_day, hours_before=3, reminder_again=False)
    before = 0 * HOUR if is_day else ahead - 3 * HOUR + MINUTE
    texts = due(desk, before)
    assert sorted(_reached(desk)) == [client.phone for client in clients]
    assert all(f"{desk.salon.starts_at(visits[0][0]):%H:%M}" in text for text in texts)
    assert due(desk, before + 31 * MINUTE) == []
    for client in clients:
        desk.of(client).salon.say("да", sent_at=desk.now())
    desk.salon.box.journal_confirmer.work()
    records = {one["id"]: one for one in desk.salon.yclients.state(desk.salon.salon_id)["records"]}
    assert [records[one["id"]]["attendance"] for visit in visits for one in visit] == [2, 2, 2, 2]


def test_bookings_one_after_the_other_are_two_visits(desk: Desk) -> None:
    """What does not overlap and has numbers of its own is called off by itself."""
    desk.known(30 * HOUR, seance_length=3600)
    off = desk.known(34 * HOUR, seance_length=3600)
    desk.edit(off, deleted=True)
    assert desk.news() == 1
    [text] = due(desk)
    assert "отменена" in text


def test_a_night_booking_is_not_told_and_reminded_of_in_one_morning_minute(desk: Desk) -> None:
    quiet(desk, -HOUR, 2 * HOUR)
    desk.set(hours_before=2)
    desk.salon.book(datetime=desk.at(4 * HOUR), is_online=True)
    assert desk.news() == 1
    assert due(desk) == []
    long_ago(desk)
    [text] = due(desk, 2 * HOUR + MINUTE)
    assert "Скоро увидимся" not in text
    assert ("reminder_hours", "dropped", "just_told") in desk.rows()


@pytest.mark.parametrize(("when", "wishes"), [(21 * HOUR, {}), (3 * HOUR, {"hours_before": 3})])
def test_who_has_just_read_of_a_move_is_not_reminded(desk: Desk, when: timedelta, wishes: dict[str, Any]) -> None:
    booking = desk.known(90 * HOUR)
    long_ago(desk)
    desk.set(day_at=just_now(desk), **wishes)
    desk.edit(booking, datetime=desk.at(when if wishes else tomorrow(desk, when)))
    assert desk.news() == 1
    long_ago(desk)
    [text] = [*due(desk), *due(desk)]
    assert "перенес" in text


def test_who_was_told_of_a_move_hours_ago_is_reminded(desk: Desk) -> None:
    booking = desk.known(90 * HOUR)
    long_ago(desk)
    desk.set(reminder_day=False, hours_before=3)
    desk.edit(booking, datetime=desk.at(5 * HOUR))
    assert desk.news() == 1
    long_ago(desk)
    assert len(due(desk)) == 1
    [text] = due(desk, 2 * HOUR + MINUTE)
    assert "Скоро увидимся" in text


def test_who_is_asked_again_in_the_morning_is_not_reminded_in_the_next_look(desk: Desk) -> None:
    """The second asking waited for the end of the quiet hours, when the reminder hours before is due as well."""
    ahead = tomorrow(desk, 17 * HOUR)
    ends = ahead - 3 * HOUR
    desk.known(ahead)
    long_ago(desk)
    desk.set(day_at=just_now(desk), hours_before=3, again_after=2)
    assert len(due(desk)) == 1
    desk.set(quiet_from=clock(desk, 2 * HOUR - 5 * MINUTE), quiet_to=clock(desk, ends))
    looks = [2 * HOUR + MINUTE, ends - 2 * MINUTE, ends + MINUTE, ends + 6 * MINUTE]
    assert len([text for later in looks for text in due(desk, later)]) == 1


def test_who_does_not_come_is_not_asked_again(desk: Desk) -> None:
    booking = _ask_about_tomorrow(desk)
    shortly = desk.salon.starts_at(booking) - desk.now() - 3 * HOUR
    desk.salon.say("нет")
    assert answers(desk) == {booking["id"]: "no"}
    desk.set(hours_before=3)
    assert [text for later in (2 * HOUR, shortly) for text in due(desk, later + MINUTE) if "в силе" in text] == []
    assert ("reminder_hours", "dropped", "declined") in desk.rows()


def test_a_cancellation_that_its_client_asked_for_waits_for_the_morning(desk: Desk) -> None:
    booking = desk.known(3 * HOUR)
    desk.salon.ask(booking)
    desk.salon.say("нет")
    quiet(desk, -HOUR, 5 * HOUR / 2)
    desk.salon.world.execute("UPDATE outbox_messages SET state = 'sent'")
    desk.edit(booking, deleted=True)
    assert desk.news() == 1
    assert due(desk) == []
    assert due(desk, 2 * HOUR + 10 * MINUTE) == []


def test_a_cancellation_that_its_client_asked_for_is_nothing_to_call_about(desk: Desk) -> None:
    booking = desk.known(20 * HOUR)
    desk.salon.ask(booking)
    desk.salon.say("нет")
    desk.salon.world.execute("UPDATE outbox_messages SET state = 'sent'")
    desk.lock("locked_until", 40 * HOUR)
    desk.edit(booking, deleted=True)
    assert desk.news() == 1
    assert due(desk) == []


def test_a_cancellation_waits_for_nobody_elses_no(desk: Desk) -> None:
    """Who was given the booking since has said nothing, and would come in vain."""
    booking = desk.known(3 * HOUR)
    desk.salon.ask(booking)
    desk.salon.say("нет")
    desk.salon.world.execute("UPDATE outbox_messages SET state = 'sent'")
    desk.edit(booking, client={"phone": "79995550101", "name": "Вера"})
    assert desk.news() == 2
    assert len(due(desk)) == 2
    quiet(desk, -HOUR, 5 * HOUR / 2)
    desk.edit(booking, deleted=True)
    desk.read()
    desk.planner.plan_change_notices()
    assert ["отменена" in text for text in due(desk)] == [True]


def test_who_has_said_yes_is_not_asked_again_where_the_journal_does_not_take_it(desk: Desk) -> None:
    """Its application has no right to write, or YClients is away."""
    booking = _ask_about_tomorrow(desk)
    shortly = desk.salon.starts_at(booking) - desk.now() - 3 * HOUR
    desk.salon.say("да")
    assert answers(desk) == {booking["id"]: "yes"}
    desk.set(hours_before=3)
    [text] = due(desk, shortly + MINUTE)
    assert "Скоро увидимся" in text
    assert "приду" not in text


def test_a_yes_is_for_its_day(desk: Desk) -> None:
    """The journal keeps the mark of the day before; the visit is on another one."""
    booking = _ask_about_tomorrow(desk)
    desk.salon.say("да")
    desk.salon.box.journal_confirmer.work()
    desk.edit(booking, datetime=desk.at(tomorrow(desk, 20 * HOUR) + DAY))
    assert desk.news() == 1
    assert any("перенес" in text for text in due(desk))
    long_ago(desk)
    [text] = due(desk, DAY)
    assert "1 — приду" in text
