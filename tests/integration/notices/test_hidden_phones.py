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
EDITS = pytest.mark.parametrize(
    ("edit", "words"), [({"deleted": True}, "об отмене"), ({"datetime": 25 * HOUR}, "о переносе")]
)


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


@EDITS
@pytest.mark.parametrize("hide", [_hide, _hide_and_find_out, _hide_and_forget])
def test_a_known_booking_of_a_salon_that_has_hidden_its_phones_is_told_or_called_about(
    desk: Desk, hide: Callable[[Desk], None], edit: dict[str, Any], words: str
) -> None:
    """Nothing was planned, and nobody was asked to call: the client came in vain."""
    booking = desk.known(20 * HOUR, client=VERA)
    hide(desk)
    desk.edit(booking, **edit)
    assert _look_for_changes(desk) == 1
    desk.look()
    if _written_to(desk) == {VERA["phone"]}:
        assert (hide, desk.calls()) == (_hide_and_find_out, [])
        return
    [call] = desk.calls()
    assert words in call
    assert "Вера" in call
    assert _written_to(desk) == set()
    desk.look()
    assert len(desk.calls()) == 1


@EDITS
def test_a_phone_that_the_desk_has_just_erased_is_not_written_to(
    desk: Desk, edit: dict[str, Any], words: str
) -> None:
    booking = desk.known(20 * HOUR, client=VERA)
    desk.salon.yclients.edit("client", desk.salon.salon_id, client_id=booking["client"]["id"], phone="")
    desk.edit(booking, **edit)
    assert desk.news() == 1
    desk.look()
    [call] = desk.calls()
    assert words in call
    assert _written_to(desk) == set()


@EDITS
def test_a_phone_that_is_erased_once_the_news_is_planned_is_not_written_to(
    desk: Desk, edit: dict[str, Any], words: str
) -> None:
    booking = desk.known(20 * HOUR, client=VERA)
    desk.edit(booking, **edit)
    assert desk.news() == 1
    desk.salon.yclients.edit("client", desk.salon.salon_id, client_id=booking["client"]["id"], phone="")
    desk.read()
    desk.look()
    assert _written_to(desk) == set()
    assert ["Вера" in call for call in desk.calls()] == [True]
    assert words in desk.calls()[0]


@EDITS
def test_a_client_without_a_phone_is_nobody_to_call(desk: Desk, edit: dict[str, Any], words: str) -> None:
    booking = desk.known(20 * HOUR, client=VERA)
    desk.salon.yclients.edit("client", desk.salon.salon_id, client_id=booking["client"]["id"], phone="")
    desk.salon.world.execute("UPDATE records SET client_phone = NULL")
    assert desk.news() == 0
    desk.edit(booking, **edit)
    assert desk.news() == 0
    desk.look()
    assert [call for call in desk.calls() if words in call] == []


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
