"""What a salon's client is told depends on what has changed, and not on which reading has found it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from aiadmin.domain.journal.sync_run import SyncKind
from tests.integration.notices.planning import DAY, HOUR
from tests.integration.notices.test_calls import Desk
from tests.support.salon import Salon


@pytest.fixture
def desk(read_salon: Salon) -> Desk:
    return Desk(read_salon)


def _read_again(desk: Desk) -> None:
    """The button, `sync start`, and the right to see phones that comes back."""
    _start(desk, is_new=False)


def _forget(desk: Desk) -> None:
    """`sync start --forget`."""
    _start(desk, is_new=True)


def _start(desk: Desk, *, is_new: bool) -> None:
    with desk.salon.world.uow() as work:
        work.sync_runs.start(desk.salon.company_id, SyncKind.FULL, desk.now(), is_new=is_new)
        work.commit()
    desk.salon.salons.synchronise(desk.salon.installed, SyncKind.FULL)


def _read_at_night(desk: Desk) -> None:
    desk.salon.salons.make_due(desk.salon.installed, SyncKind.NIGHTLY)
    desk.salon.salons.synchronise(desk.salon.installed, SyncKind.NIGHTLY)


def _person(number: int) -> dict[str, str]:
    return {"phone": f"7999777{number:04}", "name": "Анна"}


def _kinds(desk: Desk, booking: dict[str, Any]) -> list[str]:
    """Of the notices about a booking."""
    rows = desk.salon.world.rows("SELECT kind FROM notices WHERE record_id = :id ORDER BY kind", id=booking["id"])
    return [row[0] for row in rows]


@pytest.mark.parametrize(("read", "when"), [(_read_again, 20 * HOUR), (_read_at_night, 60 * DAY)])
def test_a_change_that_a_whole_reading_finds_first_is_told(
    desk: Desk, read: Callable[[Desk], None], when: timedelta
) -> None:
    """The webhook that comes afterwards, and the next look for changes, see no difference any more."""
    edits: list[tuple[dict[str, Any], list[str]]] = [
        ({"deleted": True}, ["cancelled"]),
        ({"datetime": when + 2 * HOUR}, ["moved"]),
        ({"client": {"phone": "79005550002", "name": "Ольга"}}, ["booked", "cancelled"]),
    ]
    bookings = desk.all_known([{"when": when, "client": _person(number)} for number, _ in enumerate(edits)])
    for booking, (edit, _) in zip(bookings, edits, strict=True):
        desk.edit(booking, **edit)
    read(desk)
    desk.news()
    assert [_kinds(desk, booking) for booking in bookings] == [kinds for _, kinds in edits]
    assert len(desk.kinds()) == 4
    desk.salon.salons.make_due(desk.salon.installed, SyncKind.CHANGES)
    desk.salon.salons.synchronise(desk.salon.installed, SyncKind.CHANGES)
    assert desk.news() == 0, "once"


def test_what_has_changed_before_the_salon_wants_to_be_read_anew_is_told_to_nobody(desk: Desk) -> None:
    """And what changes from then on is told."""
    edits: list[dict[str, Any]] = [{"deleted": True}, {"datetime": 30 * HOUR}]
    people = [_person(number) for number, _ in enumerate(edits)]
    before = desk.all_known([{"when": 20 * HOUR, "client": one} for one in people])
    after = desk.all_known([{"when": 44 * HOUR, "client": one} for one in people])
    for booking, edit in zip(before, edits, strict=True):
        desk.edit(booking, **edit)
    _forget(desk)
    assert desk.news() == 0
    for booking, edit in zip(after, edits, strict=True):
        desk.edit(booking, **edit)
    assert desk.news() == len(edits)
    assert [_kinds(desk, booking) for booking in after] == [["cancelled"], ["moved"]]


def test_what_nobody_knew_before_a_whole_reading_is_told_to_nobody(desk: Desk) -> None:
    desk.salon.book(datetime=desk.at(20 * HOUR))
    _read_again(desk)
    assert desk.news() == 0


def _hide_phones(desk: Desk) -> None:
    """A salon that does not let us see its clients' numbers: only webhooks tell them, with the booking."""
    desk.salon.yclients.change_salon(desk.salon.salon_id, rights={"clients": {"client_phones_access": False}})
    _read_at_night(desk)
    desk.salon.world.execute("UPDATE clients SET phone = NULL")


def _forget_card(desk: Desk) -> None:
    """A card that no reading has brought yet."""
    desk.salon.world.execute("DELETE FROM clients WHERE phone = '79005550001'")


@pytest.mark.parametrize("hinder", [_hide_phones, _forget_card])
def test_who_loses_a_booking_is_told_by_the_number_that_she_was_told_by(
    desk: Desk, hinder: Callable[[Desk], None]
) -> None:
    """Her card knows none: the cancellation was dropped, and the salon asked to call."""
    if hinder is _hide_phones:
        hinder(desk)
    booking = desk.known(20 * HOUR, client={"phone": "79005550001", "name": "Вера"})
    hinder(desk)
    desk.edit(booking, client={"phone": "79005550002", "name": "Ольга"})
    assert desk.news() == 2
    desk.look()
    owed = {purpose: phone for phone, purpose, _ in desk.salon.owed()}
    assert owed["cancelled"] == "79005550001"
    assert desk.calls() == []


@pytest.mark.parametrize("is_told", [False, True])
def test_a_visit_that_is_dragged_into_the_past_and_back_was_not_moved(desk: Desk, is_told: bool) -> None:
    """It read as moved to where it had been all the time, where we had told nothing of it before."""
    booking = desk.known(30 * HOUR)
    if is_told:
        booking = desk.salon.book(datetime=desk.at(32 * HOUR))
        assert desk.news() == 1
        assert len(desk.send()) == 1
    was = desk.salon.record(booking["id"])["date"]
    desk.edit(booking, datetime=desk.at(-30 * HOUR))
    assert desk.news() == 0
    desk.edit(booking, datetime=was)
    assert desk.news() == 0
    assert desk.send() == []
    desk.edit(booking, datetime=desk.at(50 * HOUR))
    assert desk.news() == 1


def test_a_visit_that_is_dragged_into_the_past_and_deleted_there_is_off(desk: Desk) -> None:
    """Its client still reckons with the time that she knows."""
    booking = desk.known(30 * HOUR)
    desk.edit(booking, datetime=desk.at(-30 * HOUR))
    assert desk.news() == 0
    desk.edit(booking, deleted=True)
    assert desk.news() == 1
    [text] = desk.send()
    assert f"{desk.salon.starts_at(booking):%H:%M}, отменена" in text


def test_who_came_earlier_than_booked_is_told_nothing(desk: Desk) -> None:
    booking = desk.known(30 * HOUR)
    desk.edit(booking, datetime=desk.at(-HOUR), attendance=1)
    assert desk.news() == 0
    desk.edit(booking, deleted=True)
    assert desk.news() == 0


@pytest.mark.parametrize("when", [30 * HOUR, -HOUR])
def test_who_is_expected_again_after_a_no_show_is_told_of_the_new_time(desk: Desk, when: Any) -> None:
    """A desk drags the booking of who did not come to another day, and takes the mark off afterwards."""
    booking = desk.known(HOUR)
    desk.later = timedelta()
    if when < timedelta():
        desk.edit(booking, datetime=desk.at(when))
        desk.news()
    desk.edit(booking, attendance=-1)
    assert desk.news() == 0
    desk.edit(booking, datetime=desk.at(50 * HOUR))
    assert desk.news() == 0
    desk.edit(booking, attendance=0)
    assert desk.news() == 1
    [text] = desk.send()
    assert "перенесена" in text
    desk.edit(booking, attendance=-1)
    desk.edit(booking, attendance=0)
    assert desk.news() == 0


def test_what_a_no_show_had_is_off_where_it_is_deleted(desk: Desk) -> None:
    booking = desk.known(30 * HOUR)
    desk.edit(booking, attendance=-1)
    assert desk.news() == 0
    desk.edit(booking, deleted=True)
    assert desk.news() == 1
    assert desk.kinds() == ["cancelled"]
