"""A call says what is so when it is read: of visits, of who has them, and of what stands of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from aiadmin.domain.hosting.device import LinkedAccount, Observed
from aiadmin.domain.journal.sync_run import SyncKind
from aiadmin.domain.notices.notice import StaleReason, stale_reason
from aiadmin.services.pairing import pairings
from tests.integration.notices.planning import HOUR
from tests.integration.notices.test_calls import MINUTE, Desk
from tests.integration.notices.test_part_of_visit import _clock, _off, _visit
from tests.integration.notices.test_said_and_due import desk as desk  # noqa: PLC0414 - a fixture

VERA = {"phone": "79005556677", "name": "Вера"}


def _lock(desk: Desk) -> None:
    desk.lock("locked_until", 60 * HOUR)


def _unlock(desk: Desk) -> None:
    desk.lock("locked_until", -HOUR)


def _say_stop(desk: Desk) -> None:
    desk.lock("opted_out_at")


def _disconnect(desk: Desk) -> None:
    desk.salon.observe(desk.salon.device, Observed.RECONNECTING)


def _moved(desk: Desk, **fields: Any) -> dict[str, Any]:
    """A booking whose move is to be called about."""
    booking = desk.known(20 * HOUR, **fields)
    _lock(desk)
    desk.edit(booking, datetime=desk.at(22 * HOUR))
    assert desk.news() == 1
    desk.look()
    assert len(desk.calls()) == 1
    return booking


@pytest.mark.parametrize("hinder", [_lock, _say_stop, _disconnect])
def test_cards_that_are_merged_are_nothing_to_call_about(desk: Desk, hinder: Callable[[Desk], None]) -> None:
    """Where nothing could be sent, nobody looked whether the card is gone: the salon called that the visit is off."""
    booking = desk.known(20 * HOUR)
    hinder(desk)
    edit, salon_id = desk.salon.yclients.edit, desk.salon.salon_id
    card = int(edit("client", salon_id, name="Аня", phone="79995550000")["id"])
    desk.edit(booking, client={"id": card})
    edit("client", salon_id, client_id=booking["client"]["id"], deleted=True)
    assert desk.news() == 2
    for later in (0.0, 19.2, 19.5):
        desk.later = later * HOUR
        desk.look()
    assert desk.calls() == []


def test_who_loses_a_booking_that_was_moved_is_called_about_that_alone(desk: Desk) -> None:
    """The same call said that it is moved and that it is off."""
    booking = _moved(desk)
    desk.edit(booking, client=VERA)
    assert desk.news() == 2
    desk.look()
    [call] = desk.calls()
    assert call.startswith("Не получилось предупредить об отмене: Анна")


def test_a_wrong_number_is_not_called(desk: Desk) -> None:
    """Who has the right one reads of the visit."""
    booking = _moved(desk)
    right = "79998887766"
    card = booking["client"]["id"]
    desk.salon.yclients.edit("client", desk.salon.salon_id, client_id=card, name="Анна", phone=right)
    assert desk.news() >= 1
    desk.look()
    assert desk.calls() == []
    assert (right, "booked") in [(phone, purpose) for phone, purpose, _ in desk.salon.owed()]


@pytest.mark.parametrize("edit", ["deleted", "datetime"])
def test_what_a_call_says_that_stands_of_a_visit_stands(desk: Desk, edit: str) -> None:
    """The rest was off, or elsewhere, before the salon read that it stays."""
    first, second = _visit(desk, 20, 21)
    stood, off = _clock(desk, first), _clock(desk, second)
    _lock(desk)
    _off(desk, second)
    desk.look()
    assert f"визит остаётся: {_day(desk, first)}" in desk.calls()[0]
    _unlock(desk)
    desk.edit(first, **{edit: True if edit == "deleted" else desk.at(25 * HOUR)})
    assert desk.news() == 1
    desk.look()
    [call] = desk.calls()
    assert off in call
    assert stood not in call
    assert ("остаётся" in call) is (edit == "datetime")
    assert not desk.is_due()


def _day(desk: Desk, booking: dict[str, Any]) -> str:
    return {0: "в понедельник", 1: "во вторник", 2: "в среду", 3: "в четверг", 4: "в пятницу", 5: "в субботу"}.get(
        desk.salon.starts_at(booking).weekday(), "в воскресенье"
    )


def test_another_clients_call_that_was_read_is_not_this_ones(desk: Desk) -> None:
    """Both were asked for at one moment; she read that her visit had been moved to where it always was."""
    hers, other = desk.all_known([20 * HOUR, {"when": 20 * HOUR, "client": VERA}])
    was = desk.salon.record(hers["id"])["date"]
    desk.salon.world.execute("UPDATE devices SET locked_until = now() + interval '60 hours'")
    desk.edit(hers, datetime=desk.at(22 * HOUR))
    desk.edit(other, datetime=desk.at(23 * HOUR))
    assert desk.news() == 2
    desk.look()
    assert len(desk.calls()) == 2
    desk.salon.world.execute("UPDATE outbox_messages SET state = 'sent', sent_at = now() WHERE text LIKE '%Вера%'")
    desk.edit(hers, datetime=was)
    assert desk.news() == 0
    desk.look()
    assert desk.calls() == []


@pytest.mark.parametrize("edit", [{"deleted": True}, {"datetime": 100 * HOUR}])
def test_a_zone_that_is_corrected_leaves_a_far_cancellation_its_days(desk: Desk, edit: dict[str, Any]) -> None:
    """It was called about a day later, though the phone had come back."""
    booking = desk.known(80 * HOUR)
    _disconnect(desk)
    desk.edit(booking, **edit)
    assert desk.news() == 1
    facts = {"timezone_name": "Europe/Samara", "timezone": 4}
    desk.salon.yclients.edit("company", desk.salon.salon_id, facts=facts)
    desk.salon.salons.make_due(desk.salon.installed, SyncKind.FULL)
    desk.salon.salons.synchronise(desk.salon.installed)
    [(deadline_at, starts_at)] = desk.salon.world.rows(
        "SELECT deadline_at, CAST(announced ->> 'starts_at' AS timestamptz) FROM notices"
    )
    assert deadline_at == starts_at


@pytest.mark.parametrize("edit", [{"deleted": True}, {"datetime": 100 * HOUR}])
def test_that_a_far_visit_is_off_is_planned_after_days_without_a_worker(desk: Desk, edit: dict[str, Any]) -> None:
    """What was found and not looked at for a day was no news any more."""
    booking = desk.known(80 * HOUR)
    desk.edit(booking, **edit)
    desk.read()
    desk.salon.world.execute("UPDATE booking_events SET at = at - interval '25 hours'")
    assert desk.planner.plan_change_notices() == 1
    assert [purpose for _, purpose, _ in desk.salon.owed()] == []
    desk.look()
    assert len(desk.salon.owed()) == 1


def test_a_call_goes_to_the_number_that_the_salon_has_when_it_is_read(desk: Desk) -> None:
    """The former one may be somebody else's: it read a client's name and number, and the salon did not."""
    desk.edit(desk.known(3 * HOUR), deleted=True)
    assert desk.news() == 1
    _disconnect(desk)
    desk.later = 2.2 * HOUR
    desk.look()
    [call] = desk.calls()
    world, company_id = desk.salon.world, desk.salon.company_id
    account = LinkedAccount(jid="79990009999:1@s.whatsapp.net", lid=None)
    pairings.complete(company_id, account, uow=world.uow, clock=world.clock, window=HOUR)
    assert desk.salon.owed() == [("79990009999", "reply", call)]


STATES = [
    "comment = 'as it was'",
    "deleted_at = now()",
    "deleted_at = NULL",
    "starts_at = starts_at + interval '1 hour', wall_clock = wall_clock + interval '1 hour'",
    "client_id = 7, client_number = '79005556677', client_phone = '79005556677'",
    "client_number = '79005556677', client_phone = '79005556677'",
    "client_id = 7",
    "attendance = -1",
    "attendance = 1",
    "is_group = true",
    "staff_id = 77",
    "services = '[]'",
]
"""What may have become of a booking since its client was to be told of it."""
NO_MATTER = {
    StaleReason.GROUP,
    StaleReason.OTHER_MASTER,
    StaleReason.OTHER_SERVICES,
    StaleReason.CAME,
    StaleReason.NO_SHOW,
}
"""No message says it any more, but a client who believes the old time still comes then."""


@pytest.mark.parametrize("edit", [{"deleted": True}, {"datetime": 25 * HOUR}, {"datetime": 15 * HOUR}])
def test_postgresql_knows_what_is_still_to_be_told_as_we_do(desk: Desk, edit: dict[str, Any]) -> None:
    """The sweep asks PostgreSQL alone whether a call is due (`calls.IS_SO`), and a message asks `stale_reason`."""
    booking = desk.known(20 * HOUR)
    desk.lock("locked_until", 80 * HOUR)
    desk.edit(booking, **edit)
    assert desk.news() == 1
    desk.look()
    world, company_id = desk.salon.world, desk.salon.company_id
    world.execute("UPDATE notices SET called_at = NULL")
    world.execute("CREATE TABLE as_it_was AS SELECT * FROM records WHERE record_id = :id", id=booking["id"])
    with world.uow() as work:
        [notice] = work.calls.list_undelivered(desk.now(), limit=9)
    looks = [desk.now() + hours * HOUR for hours in (0, 14.9, 15.1, 19.9, 20.1, 23)]
    seen = set()
    for state, now in itertools.product(STATES, looks):
        world.execute("DELETE FROM records WHERE record_id = :id", id=booking["id"])
        world.execute("INSERT INTO records SELECT * FROM as_it_was")
        world.execute(f"UPDATE records SET {state} WHERE record_id = :id", id=booking["id"])  # noqa: S608
        world.execute("UPDATE notices SET finished_at = :now", now=now)
        with world.uow() as work:
            listed = work.calls.list_undelivered(now, limit=9)
            known = work.records.find(company_id, booking["id"])
        assert known is not None
        believed = max(one.starts_at for one in (notice.announced, notice.announced.was) if one is not None)
        why = stale_reason(notice, known.record, min(now, notice.announced.starts_at - MINUTE))
        is_so = believed > now and (why is None or why in NO_MATTER)
        assert bool(listed) is is_so, (state, now - looks[0], why)
        seen.add(is_so)
    world.execute("DROP TABLE as_it_was")
    assert seen == {True, False}
