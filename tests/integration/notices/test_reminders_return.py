"""What a reminder was dropped for may be undone: then it still comes, once; and a number that was wrong is no reason
not to remind whoever has the right one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from aiadmin.domain.messages.message import DeviceClaim, SendOutcome, SendResult
from aiadmin.services.messages import messages, pauses
from tests.integration.notices.planning import DAY, HOUR, Client
from tests.integration.notices.test_calls import MINUTE, Desk
from tests.integration.notices.unhurried import due, just_now, unhurried
from tests.support.salon import Salon

VERA = {"phone": "79995550101", "name": "Вера"}
RIGHT = "79995550202"
Step = Callable[[Desk], None]


@pytest.fixture
def desk(read_salon: Salon) -> Desk:
    """The eve of a visit, whose reminder is due by now."""
    made = Desk(read_salon)
    made.releaser = replace(made.releaser, policy=unhurried)
    made.booking = made.salon.begin("eve", lambda: _only_booking(made))
    made.set(day_at=just_now(made), reminder_hours=False, reminder_again=False)
    return made


def _only_booking(desk: Desk) -> dict[str, Any]:
    desk.salon.yclients.delete_record(desk.salon.salon_id, desk.salon.booking["id"])
    desk.news()
    booking = _booked_long_ago(desk, hour=20, days=1)
    desk.salon.world.execute("DELETE FROM records WHERE record_id <> :id", id=booking["id"])
    desk.salon.world.execute("DELETE FROM notices")
    return booking


def _booked_long_ago(desk: Desk, **given: Any) -> dict[str, Any]:
    [booking] = _all_booked_long_ago(desk, [given])
    return booking


def _all_booked_long_ago(desk: Desk, all_given: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Made last week, and never told of."""
    desk.salon.yclients.clock(seconds=-7 * DAY.total_seconds())
    bookings = [desk.salon.book(**given) for given in all_given]
    desk.salon.yclients.clock()
    desk.news()
    desk.salon.world.execute("DELETE FROM notices")
    return bookings


def _clients(desk: Desk, count: int) -> list[Client]:
    """So many, each with a booking of the same evening: what is done for one says nothing about the others."""
    return desk.salon.begin(f"{count} clients", lambda: _booked_clients(desk, count))


def _booked_clients(desk: Desk, count: int) -> list[Client]:
    phones = [f"7999555{number:04}" for number in range(1001, 1000 + count)]
    given = [{"hour": 20, "days": 1, "client": {"phone": phone, "name": "Анна"}} for phone in phones]
    others = [
        Client(phone=phone, lid=f"{phone}@lid", booking=booking)
        for phone, booking in zip(phones, _all_booked_long_ago(desk, given), strict=True)
    ]
    return [Client(phone=desk.salon.phone, lid=desk.salon.lid, booking=desk.booking), *others]


def _edit(**fields: Any) -> Step:
    return lambda desk: desk.edit(desk.booking, **fields)


def _on(days: int) -> Step:
    return lambda desk: desk.edit(
        desk.booking, datetime=f"{(desk.salon.starts_at(desk.booking) + days * DAY).date()} 20:00:00"
    )


def _say(words: str) -> Step:
    return lambda desk: desk.salon.say(words, sent_at=desk.now())


def _wish(**settings: Any) -> Step:
    return lambda desk: desk.set(**settings)


def _phone(phone: str) -> Step:
    def correct(desk: Desk) -> None:
        card = desk.booking["client"]["id"]
        desk.salon.yclients.edit("client", desk.salon.salon_id, client_id=card, name="Анна", phone=phone)

    return correct


def _hide_number(desk: Desk) -> None:
    _phone("")(desk)


def _show_number(desk: Desk) -> None:
    _phone(desk.salon.phone)(desk)


def _unreachable(desk: Desk) -> None:
    desk.lock("unreachable_at")


def _writes(desk: Desk) -> None:
    desk.salon.say("👍", sent_at=desk.now())


def _locked(desk: Desk) -> None:
    desk.lock("locked_until", 2 * DAY)


def _give_back(desk: Desk) -> None:
    desk.edit(desk.booking, client={"id": desk.booking["client"]["id"]})


@dataclass(frozen=True, kw_only=True)
class Undone:
    """Something for which a reminder is dropped as `why`, and what undoes it."""

    change: Step
    undo: Step
    why: str


OF_A_BOOKING = [
    Undone(change=_on(7), undo=_on(0), why="moved"),
    Undone(change=_edit(deleted=True), undo=_edit(deleted=False), why="deleted"),
    Undone(change=_edit(client=VERA), undo=_give_back, why="other_client"),
    Undone(change=_edit(attendance=-1), undo=_edit(attendance=0), why="no_show"),
    Undone(change=_edit(attendance=1), undo=_edit(attendance=2), why="came"),
    Undone(change=_say("СТОП"), undo=_say("СТАРТ"), why="opted_out"),
    Undone(change=_unreachable, undo=_writes, why="not_on_whatsapp"),
    Undone(change=_locked, undo=_writes, why="reachout_locked"),
]
OF_THE_SALON = [Undone(change=_wish(reminder_day=False), undo=_wish(reminder_day=True), why="switched_off")]
"""The first concern one booking each, and stand side by side; what concerns all of a salon stands alone."""
UNDONE = pytest.mark.parametrize("undone", [OF_A_BOOKING, OF_THE_SALON], ids=["of a booking", "of the salon"])


def _sent(desk: Desk) -> list[tuple[str, str]]:
    """To whom and why something went out, in order."""
    rows = desk.salon.world.rows(
        "SELECT c.phone, m.purpose FROM outbox_messages m JOIN contacts c ON c.id = m.contact_id"
        " WHERE m.company_id = :id AND m.state = 'sent' ORDER BY m.id",
        id=desk.salon.company_id,
    )
    return [(row[0], row[1]) for row in rows]


def _reminded(desk: Desk) -> list[str]:
    return [phone for phone, purpose in _sent(desk) if purpose == "reminder_day"]


def _rows(desk: Desk, booking: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    """Kind, state and reason of every notice about a booking, in order."""
    rows = desk.salon.world.rows(
        "SELECT kind, state, reason FROM notices WHERE record_id = :id ORDER BY id", id=booking["id"]
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _reasons(desk: Desk, booking: dict[str, Any]) -> list[str | None]:
    """For what the reminders of a booking were dropped."""
    return [why for kind, state, why in _rows(desk, booking) if (kind, state) == ("reminder_day", "dropped")]


def _later(desk: Desk, *, hours: int = 2) -> None:
    """What is owed comes within these hours, looked at every half an hour."""
    for _ in range(hours * 2):
        desk.later += HOUR / 2
        desk.planner.plan_change_notices()
        due(desk, looks=1)


@UNDONE
def test_m15_a_reminder_comes_back_once_when_what_it_was_dropped_for_is_undone(
    desk: Desk, undone: list[Undone]
) -> None:
    """Moved away for a minute, and never reminded of again."""
    clients = _clients(desk, len(undone))
    assert desk.planner.plan_reminders() == len(clients)
    for one, client in zip(undone, clients, strict=True):
        one.change(desk.of(client))
    due(desk)
    desk.news()
    assert [_reasons(desk, client.booking) for client in clients] == [[one.why] for one in undone]
    due(desk)
    assert not {client.phone for client in clients} & {*_reminded(desk)}
    for one, client in zip(undone, clients, strict=True):
        one.undo(desk.of(client))
    desk.news()
    _later(desk)
    assert {one.why: _reminded(desk).count(client.phone) for one, client in zip(undone, clients, strict=True)} == {
        one.why: 1 for one in undone
    }


@UNDONE
def test_a_reminder_that_went_out_before_is_not_said_again(desk: Desk, undone: list[Undone]) -> None:
    clients = _clients(desk, len(undone))
    assert len(due(desk)) == len(clients)
    for step in (lambda one: one.change, lambda one: one.undo):
        for one, client in zip(undone, clients, strict=True):
            step(one)(desk.of(client))
        desk.news()
        due(desk)
    _later(desk)
    assert {one.why: _reminded(desk).count(client.phone) for one, client in zip(undone, clients, strict=True)} == {
        one.why: 1 for one in undone
    }


@UNDONE
def test_nothing_is_planned_again_and_again_while_a_reason_stands(desk: Desk, undone: list[Undone]) -> None:
    clients = _clients(desk, len(undone))
    assert desk.planner.plan_reminders() == len(clients)
    for one, client in zip(undone, clients, strict=True):
        one.change(desk.of(client))
    desk.news()
    _later(desk, hours=1)
    for one, client in zip(undone, clients, strict=True):
        reasons = [why for why in _reasons(desk, client.booking) if why != "just_told"]
        assert reasons == [one.why], "whoever has the booking has read of it"
    assert not {client.phone for client in clients} & {*_reminded(desk)}


def test_a_reminder_that_whatsapp_refused_comes_back_when_its_client_writes(desk: Desk) -> None:
    """Nobody knew that the number was not on WhatsApp until the reminder itself was to be sent."""
    assert desk.planner.plan_reminders() == 1
    desk.releaser.work()
    hold = DeviceClaim(device_id=desk.salon.device.device_id, epoch=desk.salon.device.epoch)
    [message] = messages.pull([hold], uow=desk.salon.world.uow, clock=desk.now)
    refused = SendResult(outcome=SendOutcome.FAILED, reason="not_on_whatsapp")
    messages.record_result(message, refused, uow=desk.salon.world.uow, clock=desk.now, jitter=0.0)
    desk.releaser.work()
    assert desk.rows() == [("reminder_day", "done", "not_on_whatsapp")]
    _later(desk, hours=1)
    assert desk.kinds() == ["reminder_day"]
    _writes(desk)
    _later(desk)
    assert _reminded(desk) == [desk.salon.phone]


def test_a_visit_that_is_moved_to_and_fro_is_reminded_of_once(desk: Desk) -> None:
    assert desk.planner.plan_reminders() == 1
    for days in (7, 0, 9, 0, 7, 0):
        _on(days)(desk)
        desk.read()
        desk.releaser.work()
        desk.news()
        due(desk)
    _later(desk)
    assert _reminded(desk) == [desk.salon.phone]


def test_who_reads_of_the_return_is_not_reminded_in_the_same_breath(desk: Desk) -> None:
    assert desk.planner.plan_reminders() == 1
    for days in (7, 0):
        _on(days)(desk)
        desk.news()
        due(desk)
    assert [purpose for _, purpose in _sent(desk)] == ["moved", "moved"]
    desk.later = HOUR / 2
    assert due(desk) == []
    desk.later = HOUR + 2 * MINUTE
    assert ["Напоминаем" in text for text in due(desk)] == [True]


def test_the_return_is_told_of_before_the_reminder(desk: Desk) -> None:
    """News that waits for more of it speaks first, however long."""
    assert desk.planner.plan_reminders() == 1
    _on(7)(desk)
    desk.news()
    due(desk)
    desk.set(gather_seconds=600)
    _on(0)(desk)
    desk.read()
    assert due(desk) == []
    desk.planner.plan_change_notices()
    assert due(desk) == []
    _later(desk)
    assert [purpose for _, purpose in _sent(desk)] == ["moved", "moved", "reminder_day"]


def _another_service(desk: Desk) -> None:
    service = desk.salon.yclients.state(desk.salon.salon_id)["services"][1]["id"]
    _edit(services=[{"id": service}])(desk)


def _at_seven(desk: Desk) -> None:
    _edit(datetime=f"{desk.salon.starts_at(desk.booking).date()} 19:00:00")(desk)


@pytest.mark.parametrize("is_planned", [True, False], ids=["planned", "not planned yet"])
def test_no_reminder_overtakes_news(desk: Desk, is_planned: bool) -> None:
    """A desk edits a booking in the minutes around its reminder's time: news gathers, or waits for its turn."""
    steps: list[tuple[Step, str]] = [
        (_another_service, "changed"),
        (_at_seven, "moved"),
        (_edit(client=VERA), "booked"),
    ]
    clients = _clients(desk, len(steps))
    desk.set(gather_seconds=600)
    for (step, _), client in zip(steps, clients, strict=True):
        step(desk.of(client))
    desk.read()
    if is_planned:
        desk.planner.plan_change_notices()
    assert due(desk) == []
    _later(desk, hours=3)
    for (_, news), client in zip(steps, clients, strict=True):
        phone = VERA["phone"] if news == "booked" else client.phone
        assert [purpose for whom, purpose in _sent(desk) if whom == phone] == [news]


def test_news_that_cannot_be_planned_holds_no_reminder(desk: Desk) -> None:
    _another_service(desk)
    desk.read()
    desk.salon.world.execute(
        "INSERT INTO quarantine (queue, company_id, row_key, attempts, reason, first_at, last_at, next_attempt_at)"
        " SELECT 'booking_events', company_id, CAST(id AS text), 3, 'KeyError', :at, :at, :at + interval '1 day'"
        " FROM booking_events WHERE handled_at IS NULL",
        at=desk.now(),
    )
    assert ["Напоминаем" in text for text in due(desk)] == [True]


def test_a_reminder_does_not_come_back_when_there_is_no_time_left_for_it(desk: Desk) -> None:
    assert desk.planner.plan_reminders() == 1
    _edit(attendance=-1)(desk)
    due(desk)
    desk.news()
    _edit(attendance=0)(desk)
    desk.news()
    desk.later = desk.salon.starts_at(desk.booking) - 4 * HOUR - desk.salon.world.clock()
    assert due(desk) == []


def test_a_no_that_the_salon_has_talked_over_is_reminded_of(desk: Desk) -> None:
    """She said no, the salon called her, and its desk marked the visit as confirmed."""
    desk.set(hours_before=3, reminder_hours=True)
    assert len(due(desk)) == 1
    desk.salon.say("нет", sent_at=desk.now())
    desk.later = desk.salon.starts_at(desk.booking) - 3 * HOUR - desk.salon.world.clock() + MINUTE
    assert due(desk) == []
    assert desk.rows()[-1] == ("reminder_hours", "dropped", "declined")
    assert due(desk) == []
    assert desk.kinds().count("reminder_hours") == 1
    _edit(attendance=2)(desk)
    desk.news()
    [text] = due(desk)
    assert "Скоро увидимся" in text
    assert "приду" not in text, "she is not asked again"
    assert due(desk) == []


def _no_to_two(desk: Desk) -> dict[str, Any]:
    """She says no to a visit of two bookings, and the desk marks its first as confirmed; the second."""
    desk.set(hours_before=3, reminder_hours=True)
    second = _booked_long_ago(desk, hour=21, days=1, visit_id=desk.booking["visit_id"])
    _no(desk)
    _edit(attendance=2)(desk)
    return second


def _three_hours_before(desk: Desk) -> None:
    desk.later = desk.salon.starts_at(desk.booking) - 3 * HOUR - desk.salon.world.clock() + MINUTE


def test_a_no_that_was_talked_over_is_none_by_way_of_another_booking_of_the_visit(desk: Desk) -> None:
    """The second is at another time than she was asked about: her answer is not about it."""
    second = _no_to_two(desk)
    desk.edit(second, datetime=f"{desk.salon.starts_at(second).date()} 21:30:00")
    _settle(desk)
    _three_hours_before(desk)
    [text] = due(desk)
    assert "Скоро увидимся" in text


def test_a_visit_is_not_reminded_of_again_and_again_while_a_part_of_it_is_declined(desk: Desk) -> None:
    _no_to_two(desk)
    _settle(desk)
    _three_hours_before(desk)
    for _ in range(3):
        assert due(desk) == []
    assert desk.rows()[-1] == ("reminder_hours", "dropped", "declined")
    assert desk.kinds().count("reminder_hours") == 1


def _no(desk: Desk) -> None:
    """She was reminded, and does not come."""
    assert len(due(desk)) == 1
    desk.salon.say("нет", sent_at=desk.now())
    _settle(desk)


def _settle(desk: Desk) -> None:
    """What has happened is read and told, as far as anything may be."""
    for _ in range(2):
        desk.news()
        due(desk)
        desk.releaser.work()


TALKED_OVER: list[tuple[Step, ...]] = [
    (_edit(attendance=2),),
    (_on(7), _on(0)),
    (_edit(deleted=True), _edit(deleted=False)),
    (_edit(client=VERA), _give_back),
]
"""Confirmed, moved and back, called off and back, somebody else's and back."""
STANDS: list[tuple[Step, ...]] = [(), (_on(7),), (_edit(client=VERA),)]


def _all_say_no(desk: Desk) -> tuple[list[Client], list[Client]]:
    """Clients who were reminded and do not come: whom the salon has talked over, and the others."""
    clients = _clients(desk, len(TALKED_OVER) + len(STANDS))
    desk.set(hours_before=3, reminder_hours=True)
    assert len(due(desk)) == len(clients)
    for client in clients:
        desk.of(client).salon.say("нет", sent_at=desk.now())
    _settle(desk)
    talked_over, others = clients[: len(TALKED_OVER)], clients[len(TALKED_OVER) :]
    for number in range(2):
        for steps, client in zip(TALKED_OVER, talked_over, strict=True):
            for step in steps[number : number + 1]:
                step(desk.of(client))
        _settle(desk)
    return talked_over, others


def test_whose_no_was_talked_over_is_called_when_her_visit_is_off(desk: Desk) -> None:
    """She comes after all: nobody may think that she has called it off herself. Whose no stands is not called."""
    talked_over, others = desk.salon.begin("all say no", lambda: _all_say_no(desk))
    for client in (*talked_over, *others):
        desk.of(client).lock("unreachable_at")
    desk.salon.yclients.clock(seconds=5)  # two webhooks of one second that read the same are one
    for steps, client in zip(STANDS, others, strict=True):
        for step in steps:
            step(desk.of(client))
    for client in (*talked_over, *others):
        _edit(deleted=True)(desk.of(client))
    _settle(desk)
    for client in talked_over:
        assert ("cancelled", "dropped", "not_on_whatsapp") in _rows(desk, client.booking)
        assert _is_called_about(desk, client.phone)
    assert not any(_is_called_about(desk, client.phone) for client in others)


def test_whose_no_was_talked_over_is_reminded(desk: Desk) -> None:
    talked_over, _ = desk.salon.begin("all say no", lambda: _all_say_no(desk))
    desk.later = desk.salon.starts_at(desk.booking) - 3 * HOUR - desk.salon.world.clock() + MINUTE
    assert ["Скоро увидимся" in text for text in due(desk)] == [True] * len(talked_over)
    reminded = [phone for phone, purpose in _sent(desk) if purpose == "reminder_hours"]
    assert sorted(reminded) == sorted(client.phone for client in talked_over)


def test_a_no_of_who_had_the_booking_before_is_nobody_elses(desk: Desk) -> None:
    """Who has it now, was asked nothing and would come in vain, is called."""
    _no(desk)
    _edit(client=VERA)(desk)
    _settle(desk)
    assert [purpose for phone, purpose in _sent(desk) if phone == VERA["phone"]] == ["booked"]
    desk.salon.world.execute(
        "UPDATE contacts SET unreachable_at = :at WHERE phone = :phone", at=desk.now(), phone=VERA["phone"]
    )
    _edit(deleted=True)(desk)
    _settle(desk)
    assert _is_called_about(desk, VERA["phone"])


def _is_called_about(desk: Desk, phone: str) -> bool:
    """Whether the salon was asked to call this number."""
    rows = desk.salon.world.rows(
        "SELECT text FROM outbox_messages WHERE company_id = :id AND dedup_key LIKE 'call:%'",
        id=desk.salon.company_id,
    )
    return any(f"+{phone}" in row[0] for row in rows)


def test_a_no_that_became_a_yes_needs_no_reminder_beside_its_thanks(desk: Desk) -> None:
    desk.set(hours_before=3, reminder_hours=True)
    assert len(due(desk)) == 1
    desk.salon.say("нет", sent_at=desk.now())
    desk.later = desk.salon.starts_at(desk.booking) - 3 * HOUR - desk.salon.world.clock() + MINUTE
    assert due(desk) == []
    desk.salon.say("да", sent_at=desk.now())
    assert not any("Скоро увидимся" in text for text in due(desk))


def test_a_pause_loses_no_reminder(desk: Desk) -> None:
    assert desk.planner.plan_reminders() == 1
    pauses.pause(desk.salon.company_id, uow=desk.salon.world.uow, clock=desk.now)
    _later(desk)
    assert _sent(desk) == []
    pauses.resume(desk.salon.company_id, uow=desk.salon.world.uow)
    _later(desk)
    assert _reminded(desk) == [desk.salon.phone]


def test_another_master_and_back_changes_nothing_of_a_reminder(desk: Desk) -> None:
    master = desk.booking["staff_id"]
    staff = desk.salon.yclients.state(desk.salon.salon_id)["staff"]
    other = next(one["id"] for one in staff if one["id"] != master)
    assert desk.planner.plan_reminders() == 1
    for each in (other, master):
        _edit(staff_id=each)(desk)
        desk.read()
    desk.news()
    _later(desk)
    assert _reminded(desk) == [desk.salon.phone]


def test_whoever_has_the_right_number_is_reminded_when_the_wrong_one_was(desk: Desk) -> None:
    """A stranger was reminded of the visit; its client only read that it was booked, and was asked nothing."""
    assert len(due(desk)) == 1
    _phone(RIGHT)(desk)
    desk.news()
    _later(desk)
    assert _sent(desk) == [(desk.salon.phone, "reminder_day"), (RIGHT, "booked"), (RIGHT, "reminder_day")]
    desk.later = 5 * HOUR
    _show_number(desk)
    desk.news()
    due(desk)
    _phone(RIGHT)(desk)
    desk.news()
    _later(desk)
    assert _reminded(desk) == [desk.salon.phone, RIGHT]


def test_whoever_has_the_right_number_is_asked_once_more_only_if_she_was_asked(desk: Desk) -> None:
    desk.set(reminder_day=True, reminder_again=True, again_after=2, booked=False)
    assert len(due(desk)) == 1
    desk.later = HOUR + 50 * MINUTE
    _phone(RIGHT)(desk)
    desk.news()
    _later(desk, hours=1)
    assert _sent(desk) == [(desk.salon.phone, "reminder_day"), (RIGHT, "reminder_day")]
    _later(desk, hours=3)
    assert _sent(desk)[2:] == [(RIGHT, "reminder_again")]


def test_a_number_that_was_removed_after_its_reminder_and_is_back_is_reminded_once(desk: Desk) -> None:
    assert len(due(desk)) == 1
    for step in (_hide_number, _show_number):
        step(desk)
        desk.news()
        due(desk)
    _later(desk)
    assert _reminded(desk) == [desk.salon.phone]


def test_a_number_that_is_corrected_before_the_reminder_leaves_is_reminded_once(desk: Desk) -> None:
    assert desk.planner.plan_reminders() == 1
    _phone(RIGHT)(desk)
    desk.read()
    desk.releaser.work()
    due(desk)
    desk.news()
    _later(desk)
    assert _reminded(desk) == [RIGHT]


def test_a_new_number_of_somebody_whom_we_know_by_both_is_reminded_once(desk: Desk) -> None:
    """She has read it, on the phone that has her old number."""
    assert len(due(desk)) == 1
    contact = desk.salon.contact()
    desk.salon.world.execute(
        "INSERT INTO contact_addresses (company_id, address, contact_id) VALUES (:company, :address, :contact)",
        company=desk.salon.company_id,
        address=RIGHT,
        contact=contact,
    )
    _phone(RIGHT)(desk)
    desk.news()
    _later(desk)
    assert [purpose for _, purpose in _sent(desk)].count("reminder_day") == 1


def test_of_a_visit_one_booking_is_reminded_of_when_the_first_of_it_comes_back(desk: Desk) -> None:
    second = _booked_long_ago(desk, hour=21, days=1, visit_id=desk.booking["visit_id"])
    assert desk.planner.plan_reminders() == 1
    _on(7)(desk)
    desk.read()
    desk.releaser.work()
    _on(0)(desk)
    desk.news()
    desk.edit(second, deleted=True)
    desk.read()
    desk.releaser.work()
    desk.news()
    _later(desk)
    assert _reminded(desk) == [desk.salon.phone]


@pytest.mark.parametrize("is_one_number", [True, False], ids=["one visit number", "two at once"])
def test_a_visit_that_was_taken_for_begun_by_mistake_is_reminded_of(desk: Desk, is_one_number: bool) -> None:
    first = _booked_long_ago(desk, datetime=desk.at(2 * HOUR + 10 * MINUTE))
    same = {"visit_id": first["visit_id"]} if is_one_number else {}
    _booked_long_ago(desk, datetime=desk.at(2 * HOUR + 20 * MINUTE), **same)
    desk.salon.world.execute("DELETE FROM records WHERE record_id = :id", id=desk.booking["id"])
    desk.set(hours_before=2, reminder_hours=True, reminder_day=False)
    desk.edit(first, attendance=1)
    desk.read()
    desk.later = 21 * MINUTE
    for _ in range(3):
        assert due(desk) == []
    assert desk.rows() == [("reminder_hours", "dropped", "under_way")], "it is planned once"
    desk.edit(first, attendance=0)
    desk.news()
    _later(desk, hours=1)
    assert len([one for one in _sent(desk) if one[1] == "reminder_hours"]) == 1
