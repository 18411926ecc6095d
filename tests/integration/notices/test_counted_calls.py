"""What the page says of clients who could not be warned: whom the salon was asked to call, and whom it was not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from aiadmin.domain.hosting.device import Observed
from aiadmin.domain.manage.salon_state import StateKind
from aiadmin.domain.messages.message import SendOutcome, SendResult
from aiadmin.services.manage.salon_states import SalonStateReader
from aiadmin.services.messages import messages, pauses
from tests.integration.notices.planning import DAY, HOUR
from tests.integration.notices.test_calls import Desk
from tests.integration.notices.test_said_and_due import desk as desk  # noqa: PLC0414 - a fixture

VERA = {"phone": "79005556677", "name": "Вера"}
WEEK = 7 * DAY


def counts(desk: Desk) -> dict[StateKind, int | None]:
    """Of clients who could not be warned, as the page, the command line and doctor count them."""
    reader = SalonStateReader(uow=desk.salon.world.uow, clock=desk.now)
    found = reader.of([desk.salon.company_id])[desk.salon.company_id]
    return {one.kind: one.count for one in found if one.kind in (StateKind.UNTOLD, StateKind.UNCALLED)}


def _pause(desk: Desk) -> None:
    pauses.pause(desk.salon.company_id, uow=desk.salon.world.uow, clock=desk.salon.world.clock)


def _disconnect(desk: Desk) -> None:
    desk.salon.observe(desk.salon.device, Observed.RECONNECTING)


def _silences(desk: Desk) -> Iterator[None]:
    """The phone works, then the salon has paused its messages, and then its phone is away."""
    yield
    _pause(desk)
    yield
    pauses.resume(desk.salon.company_id, uow=desk.salon.world.uow)
    _disconnect(desk)
    yield


def _cannot_be_told(desk: Desk, **edit: Any) -> dict[str, Any]:
    """A booking of tomorrow that is off, or moved, while its client is locked."""
    booking = desk.known(20 * HOUR)
    desk.lock("locked_until", 60 * HOUR)
    desk.edit(booking, **(edit or {"deleted": True}))
    assert desk.news() == 1
    return booking


def test_a_cancellation_that_its_client_asked_for_is_no_call_to_count(desk: Desk) -> None:
    booking = desk.known(20 * HOUR)
    desk.salon.ask(booking)
    desk.salon.say("нет")
    desk.salon.world.execute("UPDATE outbox_messages SET state = 'sent'")
    desk.lock("locked_until", 40 * HOUR)
    desk.edit(booking, deleted=True)
    assert desk.news() == 1
    desk.look()
    assert desk.rows()[-1] == ("cancelled", "dropped", "reachout_locked")
    for _ in _silences(desk):
        assert (desk.calls(), counts(desk)) == ([], {})


def test_whom_the_salon_was_asked_to_call_stays_so_whatever_becomes_of_its_phone(desk: Desk) -> None:
    _cannot_be_told(desk)
    [call] = desk.send()
    assert "Позвоните" in call
    for _ in _silences(desk):
        desk.later = timedelta(0)
        assert counts(desk) == {StateKind.UNTOLD: 1}
        desk.later = 2 * DAY
        assert counts(desk) == {StateKind.UNTOLD: 1}, "it is what has happened in a week"
        desk.later = WEEK + HOUR
        assert counts(desk) == {}


def test_a_call_that_has_not_left_is_one_that_the_salon_has_to_make_by_itself(desk: Desk) -> None:
    _cannot_be_told(desk)
    desk.look()
    for _ in _silences(desk):
        assert len(desk.calls()) == 1
        assert counts(desk) == {StateKind.UNCALLED: 1}


@pytest.mark.parametrize("outcome", [SendOutcome.FAILED, SendOutcome.UNKNOWN])
def test_a_call_that_may_not_have_arrived_has_asked_for_nothing(desk: Desk, outcome: SendOutcome) -> None:
    _cannot_be_told(desk)
    desk.look()
    [call] = desk.salon.pull()
    lost = SendResult(outcome=outcome, reason="host_lost", message_id="M1")
    messages.record_result(call, lost, uow=desk.salon.world.uow, clock=desk.now, jitter=0.0)
    desk.look()
    assert counts(desk) == {StateKind.UNCALLED: 1}


def test_nobody_is_to_be_called_once_the_visit_is_over(desk: Desk) -> None:
    """One is off, and another elsewhere."""
    off, moved = desk.all_known([20 * HOUR, {"when": 20 * HOUR, "client": VERA}])
    desk.edit(off, deleted=True)
    desk.edit(moved, datetime=25 * HOUR)
    assert desk.news() == 2
    _pause(desk)
    desk.later = 19 * HOUR + HOUR / 2
    desk.look()
    assert counts(desk) == {StateKind.UNCALLED: 2}
    desk.later = 24 * HOUR
    assert counts(desk) == {StateKind.UNCALLED: 1}
    desk.later = 26 * HOUR
    assert counts(desk) == {}


def test_nobody_is_to_be_called_about_what_was_undone(desk: Desk) -> None:
    booking = desk.known(20 * HOUR)
    was = desk.salon.record(booking["id"])["date"]
    desk.lock("locked_until", 60 * HOUR)
    desk.edit(booking, datetime=desk.at(25 * HOUR))
    assert desk.news() == 1
    desk.look()
    _pause(desk)
    assert counts(desk) == {StateKind.UNCALLED: 1}
    desk.edit(booking, datetime=was)
    desk.news()
    assert counts(desk) == {}


def test_nobody_is_to_be_called_about_what_the_salon_does_not_want_told(desk: Desk) -> None:
    _cannot_be_told(desk)
    desk.look()
    _disconnect(desk)
    assert counts(desk) == {StateKind.UNCALLED: 1}
    desk.set(cancelled=False)
    assert counts(desk) == {}


def test_each_client_is_counted_by_whether_the_call_about_them_has_left(desk: Desk) -> None:
    """Two calls of one moment, of which one has left."""
    bookings = desk.all_known([20 * HOUR, {"when": 20 * HOUR, "client": VERA}])
    for booking in bookings:
        desk.edit(booking, deleted=True)
    assert desk.news() == 2
    _disconnect(desk)
    desk.later = 19 * HOUR + HOUR / 2
    desk.look()
    assert counts(desk) == {StateKind.UNCALLED: 2}
    desk.salon.world.execute(
        "UPDATE outbox_messages SET state = 'sent', sent_at = now()"
        " WHERE dedup_key LIKE 'call:%' AND text LIKE '%Вера%'"
    )
    assert counts(desk) == {StateKind.UNTOLD: 1, StateKind.UNCALLED: 1}


def test_a_salon_that_is_frozen_reads_what_it_was_asked_and_what_it_was_not(desk: Desk) -> None:
    vera = desk.known(20 * HOUR, client=VERA)
    _cannot_be_told(desk)
    assert len(desk.send()) == 1
    _pause(desk)
    desk.edit(vera, deleted=True)
    assert desk.news() == 1
    desk.later = 19 * HOUR + HOUR / 2
    desk.look()
    desk.salon.world.change(desk.salon.company_id, "integration_status", "frozen")
    assert counts(desk) == {StateKind.UNTOLD: 1, StateKind.UNCALLED: 1}
