"""News of a booking whose client's phone we see no more: its client is told, or the salon is asked to call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from aiadmin.domain.journal.sync_run import SyncKind
from tests.integration.notices.planning import HOUR
from tests.integration.notices.test_calls import Desk
from tests.integration.notices.test_said_and_due import desk as desk  # noqa: PLC0414 - a fixture

VERA = {"phone": "79005556677", "name": "Вера"}
OLGA = {"phone": "79005556688", "name": "Ольга"}


def _known(desk: Desk) -> list[dict[str, Any]]:
    """Vera's booking, and Olga's."""
    return desk.all_known([{"when": 20 * HOUR, "client": client} for client in (VERA, OLGA)])


def _edit(desk: Desk, bookings: list[dict[str, Any]]) -> None:
    """Vera's is off, and Olga's moved."""
    off, moved = bookings
    desk.edit(off, deleted=True)
    desk.edit(moved, datetime=25 * HOUR)


def _erase(desk: Desk, bookings: list[dict[str, Any]]) -> None:
    """The desk erases the numbers of both."""
    for booking in bookings:
        desk.salon.yclients.edit("client", desk.salon.salon_id, client_id=booking["client"]["id"], phone="")


def _called_about(desk: Desk) -> list[str]:
    """What the calls are about: whom, and what."""
    told = [("Вера", "об отмене"), ("Ольга", "о переносе")]
    return [who for call in desk.calls() for who, words in told if who in call and words in call]


def _look_for_changes(desk: Desk) -> int:
    """No webhook tells of them, which would bring the phone along; how many notices are new."""
    desk.salon.salons.reconcile(desk.salon.installed)
    return desk.planner.plan_change_notices()


def _hide(desk: Desk) -> None:
    """The salon takes the right to see phones away, and nobody has found out."""
    desk.salon.yclients.change_salon(desk.salon.salon_id, rights={"clients": {"client_phones_access": False}})


def _hide_and_find_out(desk: Desk) -> None:
    """The night finds out, and reads every booking once more, without its phone."""
    _hide(desk)
    desk.salon.salons.make_due(desk.salon.installed, SyncKind.NIGHTLY)
    desk.salon.salons.synchronise(desk.salon.installed, SyncKind.NIGHTLY)


def _hide_and_forget(desk: Desk) -> None:
    """And nothing of ours knows the phone any more."""
    _hide_and_find_out(desk)
    desk.salon.world.execute("UPDATE records SET client_phone = NULL")
    desk.salon.world.execute("UPDATE clients SET phone = NULL")


def _written_to(desk: Desk) -> set[str]:
    """Numbers of clients that are written to."""
    return {phone for phone, _, _ in desk.salon.owed()} - {desk.salon.own_phone}


@pytest.mark.parametrize("hide", [_hide, _hide_and_find_out, _hide_and_forget])
def test_a_known_booking_of_a_salon_that_has_hidden_its_phones_is_told_or_called_about(
    desk: Desk, hide: Callable[[Desk], None]
) -> None:
    """Nothing was planned, and nobody was asked to call: the client came in vain."""
    bookings = _known(desk)
    hide(desk)
    _edit(desk, bookings)
    assert _look_for_changes(desk) == 2
    desk.look()
    if _written_to(desk):
        assert _written_to(desk) == {VERA["phone"], OLGA["phone"]}
        assert (hide, desk.calls()) == (_hide_and_find_out, [])
        return
    assert sorted(_called_about(desk)) == ["Вера", "Ольга"]
    desk.look()
    assert len(desk.calls()) == 2
    assert _written_to(desk) == set()


def test_a_phone_that_the_desk_has_just_erased_is_not_written_to(desk: Desk) -> None:
    bookings = _known(desk)
    _erase(desk, bookings)
    _edit(desk, bookings)
    assert desk.news() == 2
    desk.look()
    assert sorted(_called_about(desk)) == ["Вера", "Ольга"]
    assert len(desk.calls()) == 2
    assert _written_to(desk) == set()


def test_a_phone_that_is_erased_once_the_news_is_planned_is_not_written_to(desk: Desk) -> None:
    bookings = _known(desk)
    _edit(desk, bookings)
    assert desk.news() == 2
    _erase(desk, bookings)
    desk.read()
    desk.look()
    assert _written_to(desk) == set()
    assert sorted(_called_about(desk)) == ["Вера", "Ольга"]
    assert len(desk.calls()) == 2


def test_a_client_without_a_phone_is_nobody_to_call(desk: Desk) -> None:
    bookings = _known(desk)
    _erase(desk, bookings)
    desk.salon.world.execute("UPDATE records SET client_phone = NULL")
    assert desk.news() == 0
    _edit(desk, bookings)
    assert desk.news() == 0
    desk.look()
    assert desk.calls() == []


@pytest.mark.parametrize("hide", [_hide, _hide_and_find_out])
def test_what_turns_nobody_away_is_nothing_to_call_about(desk: Desk, hide: Callable[[Desk], None]) -> None:
    booking = desk.known(20 * HOUR, client=VERA)
    hide(desk)
    desk.edit(booking, staff_id=desk.salon.yclients.state(desk.salon.salon_id)["staff"][1]["id"])
    assert _look_for_changes(desk) == 0
    desk.look()
    assert desk.calls() == []


def test_a_webhook_that_brings_the_hidden_phone_lets_the_client_be_told(desk: Desk) -> None:
    booking = desk.known(20 * HOUR, client=VERA)
    _hide_and_forget(desk)
    desk.edit(booking, deleted=True)
    assert desk.news() == 1
    desk.look()
    assert _written_to(desk) == {VERA["phone"]}
    assert desk.calls() == []
