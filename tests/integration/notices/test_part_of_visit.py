"""A part of a visit that is off, or elsewhere, while the rest stands, is no cancellation: at night or in a call."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from aiadmin.domain.hosting.device import Observed
from aiadmin.domain.messages.message import SendOutcome, SendResult
from aiadmin.domain.notices.telling import NoticeWithBooking
from aiadmin.services.messages import messages
from aiadmin.services.notices.visits import known_beside
from tests.integration.notices.planning import DAY, HOUR
from tests.integration.notices.test_calls import MINUTE, Desk
from tests.integration.notices.test_said_and_due import desk as desk  # noqa: PLC0414 - a fixture
from tests.integration.notices.test_said_and_due import quiet
from tests.integration.notices.unhurried import due

Booking = dict[str, Any]


def _visit(desk: Desk, *hours: float) -> list[Booking]:
    """One visit that its client knows of: a booking with each master in turn, so long from now."""
    state, bookings = desk.salon.yclients.state(desk.salon.salon_id), list[Booking]()
    for number, hour in enumerate(hours):
        visit = {"visit_id": bookings[0]["visit_id"]} if bookings else {}
        what = {"staff_id": state["staff"][number % 2]["id"], "services": [{"id": state["services"][number]["id"]}]}
        bookings.append(desk.salon.book(datetime=desk.at(hour * HOUR), seance_length=900, **what, **visit))
    desk.learn()
    return bookings


def _off(desk: Desk, *bookings: Booking) -> None:
    for booking in bookings:
        desk.edit(booking, deleted=True)
    assert desk.news() == len(bookings)


def _clock(desk: Desk, booking: Booking) -> str:
    return f"{desk.salon.starts_at(desk.salon.record(booking['id'])):%H:%M}"


def _title(booking: Booking) -> str:
    return str(booking["services"][0]["title"])


def test_m13_the_second_booking_that_is_off_at_night_waits_for_the_morning(desk: Desk) -> None:
    """She comes for the first one all the same: nobody is woken for that."""
    first, second = _visit(desk, 3, 3.25)
    quiet(desk, -HOUR, 5 * HOUR / 2)
    _off(desk, second)
    assert due(desk) == []
    assert desk.rows() == [("cancelled", "waiting", "quiet_hours")]
    [text] = due(desk, 5 * HOUR / 2 + MINUTE)
    assert "отменена" not in text
    assert _clock(desk, first) in text
    assert desk.salon.world.rows("SELECT purpose FROM outbox_messages") == [("changed",)], "in the log as well"
    assert desk.calls() == []


def test_the_second_booking_of_a_visit_before_the_morning_is_told_at_night(desk: Desk) -> None:
    """In the morning she is there, or was."""
    _, second = _visit(desk, 2, 3)
    quiet(desk, -HOUR, 5 * HOUR / 2)
    _off(desk, second)
    [text] = due(desk)
    assert "Время вашего визита прежнее" in text


def test_the_first_booking_that_is_off_at_night_is_told_at_once(desk: Desk) -> None:
    """She would come too early."""
    first, second = _visit(desk, 3, 3.25)
    quiet(desk, -HOUR, 5 * HOUR / 2)
    _off(desk, first)
    [text] = due(desk)
    assert "отменена" not in text
    assert _clock(desk, second) in text


def test_a_visit_that_is_off_as_a_whole_is_told_at_once(desk: Desk) -> None:
    quiet(desk, -HOUR, 5 * HOUR / 2)
    _off(desk, *_visit(desk, 3, 3.25))
    [text] = due(desk)
    assert "отменена" in text


@pytest.mark.parametrize(("hours", "is_told"), [(3.5, False), (2.9, True)])
def test_the_second_booking_that_is_moved_at_night_is_told_at_once_where_the_visit_begins_earlier(
    desk: Desk, hours: float, is_told: bool
) -> None:
    _, second = _visit(desk, 3, 3.25)
    quiet(desk, -HOUR, 5 * HOUR / 2)
    desk.edit(second, datetime=desk.at(hours * HOUR))
    assert desk.news() == 1
    assert len(due(desk)) == is_told
    assert len(due(desk, 5 * HOUR / 2 + MINUTE)) == (not is_told)


def test_one_booking_of_a_time_that_is_off_at_night_waits_for_the_morning(desk: Desk) -> None:
    """Two visits by number, one for their client: they are at one time."""
    desk.known(3 * HOUR, seance_length=3600)
    off = desk.known(3 * HOUR, seance_length=3600)
    quiet(desk, -HOUR, 5 * HOUR / 2)
    _off(desk, off)
    assert due(desk) == []
    assert len(due(desk, 5 * HOUR / 2 + MINUTE)) == 1


def test_a_part_that_nobody_can_send_is_called_about_before_the_visit_begins(desk: Desk) -> None:
    """Not before its own time, when she has been there for hours; and the call says what stands."""
    first, second = _visit(desk, 3, 6)
    when = _clock(desk, second)
    _off(desk, second)
    desk.salon.observe(desk.salon.device, Observed.RECONNECTING)
    desk.later = 3 * HOUR - MINUTE
    assert desk.look() == [("cancelled", "waiting", None)]
    desk.later = 3 * HOUR
    assert desk.look() == [("cancelled", "dropped", "late")]
    [call] = desk.calls()
    assert "отмен" not in call
    assert "визит изменился" in call
    assert call.index(when) < call.index(_title(second)) < call.index(_clock(desk, first))
    assert _title(first) not in call
    assert not desk.is_due()


BESIDE = [
    "seconds = 900",
    "attendance = -1",
    "attendance = 1",
    "client_id = 7, client_number = '79005556677', client_phone = '79005556677'",
    "deleted_at = now()",
    "is_unpaid = true",
    "visit_id = 7",
]
"""What a booking beside the one that is off may be."""


def test_postgresql_knows_what_stands_besides_as_we_do(desk: Desk) -> None:
    beside, off = _visit(desk, 21, 20)
    _off(desk, off)
    desk.salon.observe(desk.salon.device, Observed.RECONNECTING)
    now, world = desk.salon.world.clock(), desk.salon.world
    with world.uow() as work:
        [found] = work.calls.list_undeliverable(now + 19 * HOUR + MINUTE, limit=9)
        kept = work.records.find(desk.salon.company_id, off["id"])
        settings = work.message_settings.settings(desk.salon.company_id)
    assert kept is not None
    told, begins = NoticeWithBooking(notice=found.notice, record=kept.record), found.notice.announced.starts_at
    world.execute("CREATE TABLE as_it_was AS SELECT * FROM records WHERE record_id = :id", id=beside["id"])
    for edit, apart in itertools.product(BESIDE, [-13 * HOUR, -2 * HOUR, -10 * MINUTE, 0 * HOUR, 10 * MINUTE, DAY]):
        world.execute("DELETE FROM records WHERE record_id = :id", id=beside["id"])
        world.execute("INSERT INTO records SELECT * FROM as_it_was")
        change = f"UPDATE records SET starts_at = :at, {edit} WHERE record_id = :id"  # noqa: S608 - our own words
        world.execute(change, at=begins + apart, id=beside["id"])
        for at in {begins, begins - HOUR, begins + apart} - {begins + DAY}:
            for look in (at - MINUTE, at + MINUTE):
                with world.uow() as work:
                    hopeless = work.calls.list_undeliverable(look, limit=9)
                    stands = known_beside(work, desk.salon.company_id, [told], settings)
                    needed_by = found.notice.needed_by(stands, look)
                assert bool(hopeless) is (needed_by <= look), (edit, apart, look - begins)
    world.execute("DROP TABLE as_it_was")


@pytest.mark.parametrize("part", [0, 1])
def test_a_part_that_a_lock_holds_is_called_about_as_a_part(desk: Desk, part: int) -> None:
    bookings = _visit(desk, 20, 22)
    off, stays = bookings[part], bookings[1 - part]
    desk.lock("locked_until", 40 * HOUR)
    _off(desk, off)
    desk.look()
    [call] = desk.calls()
    assert "отмен" not in call
    assert "визит остаётся: " in call
    assert call.index(_clock(desk, off)) < call.index(_clock(desk, stays))


def test_a_part_that_is_moved_is_called_about_with_what_stays(desk: Desk) -> None:
    first, second = _visit(desk, 20, 22)
    was = _clock(desk, second)
    desk.lock("locked_until", 60 * HOUR)
    desk.edit(second, datetime=desk.at(25 * HOUR))
    assert desk.news() == 1
    desk.look()
    [call] = desk.calls()
    assert "визит изменился" in call
    assert call.index(was) < call.index(_title(second)) < call.index(_clock(desk, second))
    assert call.index(_clock(desk, second)) < call.index(_clock(desk, first))


def test_a_visit_that_is_moved_as_a_whole_is_called_about_as_moved(desk: Desk) -> None:
    first, second = _visit(desk, 20, 21)
    desk.lock("locked_until", 60 * HOUR)
    for booking, hours in ((first, 23), (second, 24)):
        desk.edit(booking, datetime=desk.at(hours * HOUR))
    assert desk.news() == 2
    desk.look()
    [call] = desk.calls()
    assert call.startswith("Не получилось предупредить о переносе")


def test_one_call_about_a_part_and_about_another_visit(desk: Desk) -> None:
    _, second = _visit(desk, 20, 22)
    other = desk.known(4 * DAY)
    desk.lock("locked_until", 9 * DAY)
    _off(desk, second, other)
    desk.look()
    [call] = desk.calls()
    assert call.count("• отменён визит") == 1
    assert call.count("• изменился визит") == 1


def test_what_stood_and_is_off_as_well_makes_the_call_about_a_part_one_about_the_visit(desk: Desk) -> None:
    first, second = _visit(desk, 20, 22)
    desk.lock("locked_until", 40 * HOUR)
    _off(desk, second)
    desk.look()
    _off(desk, first)
    desk.look()
    [call] = desk.calls()
    assert call.startswith("Не получилось предупредить об отмене")
    assert _clock(desk, first) in call


def test_a_part_that_may_not_have_arrived_is_called_about_as_a_part(desk: Desk) -> None:
    _, second = _visit(desk, 20, 22)
    _off(desk, second)
    desk.look()
    [message] = desk.salon.pull()
    lost = SendResult(outcome=SendOutcome.UNKNOWN, reason="host_lost", message_id="M1")
    messages.record_result(message, lost, uow=desk.salon.world.uow, clock=desk.now, jitter=0.0)
    desk.look()
    [call] = desk.calls()
    assert "может быть, не дошло" in call
    assert "отмен" not in call
