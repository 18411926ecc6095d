"""A row that cannot be read keeps no other salon from calling, nor its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from tests.integration.notices.planning import HOUR
from tests.integration.notices.test_calls import MINUTE, Desk
from tests.integration.notices.test_said_and_due import desk as desk  # noqa: PLC0414 - a fixture
from tests.support.salon import Salon

VERA = {"phone": "79005556677", "name": "Вера"}


class Two:
    """A salon with a bad row, and one whose client is locked and whose booking is off."""

    def __init__(self, bad: Salon, good: Salon) -> None:
        self.bad, self.good = Desk(bad), Desk(good)
        self.booking = bad.begin("two", self._told)

    def _told(self) -> dict[str, Any]:
        booking = self.bad.known(3 * HOUR)
        _hold(self.good)
        return booking

    def spoil(self, statement: str) -> None:
        self.bad.salon.world.execute(f"{statement} AND company_id = :id", id=self.bad.salon.company_id)

    def look(self, *minutes: int) -> None:
        for minute in minutes:
            self.good.later = minute * MINUTE
            self.good.look()


def _hold(desk: Desk) -> None:
    """A cancellation that a lock keeps from its client."""
    booking = desk.known(6 * HOUR)
    desk.lock("locked_until", 20 * HOUR)
    desk.edit(booking, deleted=True)
    assert desk.news() == 1


@pytest.fixture
def two(read_salons: Callable[..., list[Salon]]) -> Two:
    return Two(*read_salons(2))


@pytest.mark.parametrize("announced", ["announced - 'wall_clock'", "jsonb_set(announced, '{was}', '7')", "'[]'"])
@pytest.mark.parametrize("is_dropped", [False, True])
def test_a_promise_that_nobody_can_read_is_called_about_by_its_booking(
    two: Two, announced: str, is_dropped: bool
) -> None:
    """Once it was given up and left the quarantine, it was read with those of all salons."""
    two.bad.edit(two.booking, deleted=True)
    assert two.bad.news() == 1
    if is_dropped:
        two.spoil("UPDATE notices SET state = 'dropped', reason = 'late', finished_at = now() WHERE true")
    two.spoil(f"UPDATE notices SET announced = {announced} WHERE kind = 'cancelled'")  # noqa: S608 - ours
    two.look(0, 1, 30, 128, 135, 140)
    [call] = two.bad.calls()
    assert call.startswith(f"Не получилось предупредить об отмене: Анна (+{two.bad.salon.phone})")
    assert f"{two.bad.salon.starts_at(two.booking):%H:%M}" in call
    assert len(two.good.calls()) == 1
    assert not two.good.is_due()


@pytest.mark.parametrize("path", ["{starts_at}", "{client_id}", "{visit_id}", "{was,starts_at}"])
def test_a_promise_that_no_statement_can_read_is_not_stored(two: Two, path: str) -> None:
    """A cast of it is a part of what all salons are looked at by."""
    two.bad.edit(two.booking, deleted=True)
    assert two.bad.news() == 1
    with pytest.raises(DBAPIError):
        two.spoil(f"UPDATE notices SET announced = jsonb_set(announced, '{path}', '\"junk\"') WHERE true")  # noqa: S608


def test_an_answer_about_no_time_is_not_stored(two: Two) -> None:
    two.bad.salon.ask()
    with pytest.raises(DBAPIError):
        two.spoil('UPDATE questions SET others = \'{"5": "soon"}\' WHERE true')


JUNK = [
    "jsonb_set(before, '{client_phone}', '79991112233')",
    "jsonb_set(before, '{starts_at}', 'null')",
    "jsonb_set(before, '{starts_at}', '\"2026-12-05T12:00:00\"')",
    "jsonb_set(before, '{starts_at}', '\"9999-12-31T23:59:59+00:00\"')",
    "jsonb_set(before, '{client_id}', '\"x\"')",
    "jsonb_set(before, '{visit_id}', '\"x\"')",
]


@pytest.mark.parametrize(
    ("edit", "about"),
    [({"deleted": True}, "об отмене"), ({"datetime": 4 * HOUR}, "о переносе")],
    ids=["off", "moved"],
)
def test_an_event_whose_past_is_junk_is_called_about(two: Two, edit: dict[str, Any], about: str) -> None:
    """It was read for all salons together."""
    clients = [{"phone": f"7999444{number:04}", "name": "Анна"} for number, _ in enumerate(JUNK)]
    bookings = two.bad.all_known([{"when": 3 * HOUR, "client": client} for client in clients])
    for booking in bookings:
        two.bad.edit(booking, **edit)
    two.bad.read()
    for booking, before in zip(bookings, JUNK, strict=True):
        _spoil_past(two, booking, before)
    _look_at_events(two)
    calls = two.bad.calls()
    assert [call.startswith(f"Не получилось предупредить {about}") for call in calls] == [True] * len(JUNK)
    assert [sum(f"+{client['phone']}" in call for call in calls) for client in clients] == [1] * len(JUNK)
    assert len(two.good.calls()) == 1


@pytest.mark.parametrize("before", JUNK)
def test_who_loses_a_booking_whose_past_is_junk_is_called(two: Two, before: str) -> None:
    """What was told to who has the booking now counted for who lost it."""
    two.bad.edit(two.booking, client=VERA)
    two.bad.read()
    _spoil_past(two, two.booking, before)
    _look_at_events(two)
    [call] = two.bad.calls()
    assert call.startswith("Не получилось предупредить об отмене")
    assert len(two.good.calls()) == 1


def _spoil_past(two: Two, booking: dict[str, Any], before: str) -> None:
    two.spoil(
        f"UPDATE booking_events SET after = '[]', before = {before}"  # noqa: S608 - ours
        f" WHERE handled_at IS NULL AND kind IN ('moved', 'cancelled') AND record_id = {booking['id']}"
    )


def _look_at_events(two: Two) -> None:
    two.bad.planner.plan_change_notices()
    two.bad.salon.world.execute("UPDATE quarantine SET first_at = first_at - :by", by=6 * MINUTE)
    two.look(0, 1, 10)


def test_a_visit_that_nobody_can_read_is_called_about_in_fewer_words(desk: Desk) -> None:
    """What else stands of it cannot be told: the call raised, and was not made."""
    booking = desk.known(20 * HOUR)
    desk.known(23 * HOUR, visit_id=booking["visit_id"])
    desk.lock("locked_until", 60 * HOUR)
    desk.edit(booking, deleted=True)
    assert desk.news() == 1
    desk.salon.world.execute("UPDATE notices SET state = 'dropped', reason = 'late', finished_at = now()")
    desk.salon.world.execute("UPDATE records SET services = '\"x\"'")
    desk.look()
    [call] = desk.calls()
    assert f"{desk.salon.starts_at(booking):%H:%M}" in call
    assert desk.salon.world.rows("SELECT 1 FROM quarantine") == []
