"""What cannot be planned is called about, and what the salon has said itself does not count as untold."""

from __future__ import annotations

from typing import Any

import pytest

from aiadmin.domain.hosting.device import Observed
from aiadmin.domain.manage.salon_state import StateKind, states
from aiadmin.domain.messages.message import Direction
from tests.integration.notices.planning import DAY, HOUR
from tests.integration.notices.test_calls import MINUTE, Desk
from tests.integration.notices.test_said_and_due import desk as desk  # noqa: PLC0414 - a fixture

Booking = dict[str, Any]
READABLE, UNREADABLE = "before", "'[]'"
VERA = {"phone": "79005556677", "name": "Вера"}


def _break(desk: Desk, before: str = READABLE) -> None:
    """No event of now can be planned; `before` is what is left of what its client knew."""
    desk.read()
    desk.salon.world.execute(f"UPDATE booking_events SET after = '[]', before = {before} WHERE handled_at IS NULL")  # noqa: S608 - ours
    assert desk.planner.plan_change_notices() == 0
    desk.salon.world.execute("UPDATE quarantine SET first_at = first_at - :by", by=6 * MINUTE)


def _counted(desk: Desk) -> int:
    with desk.salon.world.uow() as work:
        facts = work.salon_facts.of([desk.salon.company_id], now=desk.now(), since=desk.salon.world.clock() - DAY)
    return sum(one.count or 0 for one in states(facts[desk.salon.company_id]) if one.kind in _UNTOLD)


_UNTOLD = {StateKind.UNTOLD, StateKind.UNCALLED}


@pytest.mark.parametrize("before", [READABLE, UNREADABLE])
def test_a_cancellation_that_cannot_be_planned_is_called_about(desk: Desk, before: str) -> None:
    booking = desk.known(20 * HOUR)
    desk.edit(booking, deleted=True)
    _break(desk, before)
    assert desk.is_due()
    desk.look()
    [call] = desk.calls()
    assert call.startswith(f"Не получилось предупредить об отмене: Анна (+{desk.salon.phone})")
    assert f"{desk.salon.starts_at(booking):%H:%M}" in call
    assert _counted(desk) == 1
    desk.look()
    assert len(desk.calls()) == 1
    assert not desk.is_due()


@pytest.mark.parametrize("before", [READABLE, UNREADABLE])
def test_a_move_that_cannot_be_planned_is_called_about(desk: Desk, before: str) -> None:
    booking = desk.known(20 * HOUR)
    was = f"{desk.salon.starts_at(booking):%H:%M}"
    desk.edit(booking, datetime=desk.at(25 * HOUR))
    _break(desk, before)
    desk.look()
    [call] = desk.calls()
    assert call.startswith("Не получилось предупредить о переносе")
    assert "теперь" in call
    assert f"{desk.salon.starts_at(desk.salon.record(booking['id'])):%H:%M}" in call
    assert (was in call, "неизвестно" in call) == (before == READABLE, before == UNREADABLE)


@pytest.mark.parametrize("before", [READABLE, UNREADABLE])
def test_who_loses_a_booking_by_what_cannot_be_planned_is_called_and_not_who_has_it_now(
    desk: Desk, before: str
) -> None:
    booking = desk.known(20 * HOUR)
    desk.edit(booking, client=VERA)
    _break(desk, before)
    desk.look()
    [call] = desk.calls()
    assert "об отмене" in call
    assert VERA["phone"] not in call
    assert (f"+{desk.salon.phone}" in call) is (before == READABLE)


def test_what_is_planned_in_the_next_try_is_told_and_not_called_about(desk: Desk) -> None:
    booking = desk.known(20 * HOUR)
    desk.edit(booking, deleted=True)
    desk.read()
    [(after,)] = desk.salon.world.rows("SELECT CAST(after AS text) FROM booking_events WHERE handled_at IS NULL")
    desk.salon.world.execute("UPDATE booking_events SET after = '[]' WHERE handled_at IS NULL")
    assert desk.planner.plan_change_notices() == 0
    assert not desk.is_due(), "it is tried again before anybody calls"
    desk.salon.world.execute(
        "UPDATE booking_events SET after = CAST(:after AS jsonb) WHERE handled_at IS NULL", after=after
    )
    desk.later = 2 * MINUTE
    assert desk.planner.plan_change_notices() == 1
    desk.later = 8 * MINUTE
    assert desk.look() == [("cancelled", "released", None)]
    assert desk.calls() == []


def test_who_was_called_about_it_is_not_written_to_once_it_can_be_planned(desk: Desk) -> None:
    booking = desk.known(20 * HOUR)
    desk.edit(booking, deleted=True)
    desk.read()
    [(after,)] = desk.salon.world.rows("SELECT CAST(after AS text) FROM booking_events WHERE handled_at IS NULL")
    _break(desk)
    assert len(desk.send()) == 1
    desk.salon.world.execute(
        "UPDATE booking_events SET after = CAST(:after AS jsonb) WHERE handled_at IS NULL", after=after
    )
    desk.later = 2 * MINUTE
    assert desk.planner.plan_change_notices() == 0
    assert desk.salon.world.rows("SELECT 1 FROM quarantine") == []


@pytest.mark.parametrize("edit", [{"comment": "у окна"}, {"attendance": 2}])
def test_what_turns_nobody_away_is_nothing_to_call_about(desk: Desk, edit: dict[str, Any]) -> None:
    desk.edit(desk.known(20 * HOUR), **edit)
    _break(desk)
    assert not desk.is_due()
    desk.look()
    assert desk.calls() == []


@pytest.mark.parametrize("is_before", [True, False])
def test_a_client_whom_the_salons_own_phone_has_written_to_since_does_not_count_as_untold(
    desk: Desk, is_before: bool
) -> None:
    """The message expired while the host was away; the salon had told her by hand."""
    booking = desk.known(3 * HOUR)
    if is_before:
        desk.salon.hear("Ждём вас!", direction=Direction.OWN_PHONE)
    desk.edit(booking, deleted=True)
    assert desk.news() == 1
    desk.salon.observe(desk.salon.device, Observed.RECONNECTING)
    desk.later = 2 * HOUR
    assert desk.look() == [("cancelled", "dropped", "late")]
    assert _counted(desk) == 1
    if not is_before:
        desk.salon.hear("Анна, сегодня не получится", direction=Direction.OWN_PHONE)
    assert _counted(desk) == is_before


def test_what_the_salon_has_written_to_somebody_else_tells_this_client_nothing(desk: Desk) -> None:
    booking = desk.known(3 * HOUR, client=VERA)
    desk.edit(booking, deleted=True)
    assert desk.news() == 1
    desk.salon.observe(desk.salon.device, Observed.RECONNECTING)
    desk.later = 2 * HOUR
    desk.look()
    desk.salon.hear("Анна, ждём вас!", direction=Direction.OWN_PHONE)
    assert _counted(desk) == 1
