"""What two snapshots of a record say has happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from aiadmin.domain.journal.booking_event import EventSource, Snapshot, booking_events, is_newer
from aiadmin.domain.journal.journal import Attendance, Record
from tests.support.journals import COLOURING, HAIRCUT, NOW, record

SHOWN = datetime(2026, 11, 25, 15)  # noqa: DTZ001 - what a clock on a wall shows
LATER, YESTERDAY = NOW + timedelta(days=2), NOW - timedelta(days=1)
SINCE = NOW - timedelta(hours=2)


def _kinds(
    before: Record | None, after: Record, source: EventSource = EventSource.WEBHOOK, **given: Any
) -> list[str]:
    known_since = given.get("known_since", SINCE)
    snapshot = None if before is None else Snapshot(record=before, read_at=given.get("read_at", NOW))
    found = booking_events(snapshot, after, source=source, now=NOW, known_since=known_since)
    return [event.kind.value for event in found]


@pytest.mark.parametrize(
    ("was", "becomes", "kinds"),
    [
        ({}, {}, []),
        ({}, {"starts_at": LATER}, ["moved"]),
        ({}, {"staff_id": 10}, ["changed"]),
        ({}, {"services": (COLOURING,)}, ["changed"]),
        ({}, {"services": (HAIRCUT, COLOURING)}, ["changed"]),
        ({"services": (HAIRCUT, COLOURING)}, {"services": (COLOURING, HAIRCUT)}, []),
        ({}, {"starts_at": LATER, "staff_id": 10}, ["moved", "changed"]),
        ({}, {"staff_name": "Оксана П.", "comment": "у окна"}, []),
        # a corrected number: its person has heard of nothing yet
        ({}, {"client_phone": "79000000002"}, ["created"]),
        ({}, {"client_phone": "79000000002", "starts_at": LATER, "staff_id": 10}, ["created"]),
        ({}, {"client_phone": "79000000002", "is_deleted": True}, ["cancelled"]),
        ({"starts_at": YESTERDAY}, {"client_phone": "79000000002", "attendance": Attendance.CAME}, ["came"]),
        (
            {"attendance": Attendance.CONFIRMED},
            {"client_phone": "79000000002"},
            ["created"],
        ),
        ({}, {"client_phone": None}, []),
        ({"client_phone": None, "created_at": YESTERDAY}, {"client_phone": "79000000002"}, []),
        ({"client_phone": None, "created_at": None}, {"client_phone": "79000000002"}, []),
        ({"client_phone": "5531988887777"}, {"client_phone": "553188887777"}, []),
        ({}, {"is_deleted": True}, ["cancelled"]),
        ({}, {"is_deleted": True, "starts_at": LATER}, ["cancelled"]),
        ({"is_deleted": True}, {"is_deleted": True, "starts_at": LATER}, []),
        ({"is_deleted": True}, {"is_deleted": False}, ["restored"]),
        ({}, {"attendance": Attendance.CONFIRMED}, ["confirmed"]),
        ({"attendance": Attendance.CONFIRMED}, {"attendance": Attendance.WAITING}, ["unconfirmed"]),
        ({"attendance": Attendance.CAME}, {"attendance": Attendance.WAITING}, []),
        ({}, {"starts_at": LATER, "attendance": Attendance.CONFIRMED}, ["moved", "confirmed"]),
        ({"starts_at": YESTERDAY}, {"attendance": Attendance.CAME}, ["came"]),
        ({"starts_at": YESTERDAY}, {"attendance": Attendance.NO_SHOW}, ["no_show"]),
        ({"starts_at": YESTERDAY}, {"attendance": Attendance.CONFIRMED}, []),
        ({"starts_at": YESTERDAY}, {"services": (COLOURING,), "staff_id": 10}, []),
        ({"starts_at": YESTERDAY}, {"is_deleted": True, "attendance": Attendance.CAME}, []),
        ({"client_id": None}, {"starts_at": LATER}, []),
        ({"client_id": None}, {"client_id": 5}, ["created"]),
        ({}, {"client_id": None}, ["cancelled"]),
        ({}, {"client_id": 6}, []),  # Y2: another card of the same person
        ({}, {"client_id": 6, "starts_at": LATER}, ["moved"]),
        ({"wall_clock": SHOWN}, {"wall_clock": SHOWN, "starts_at": LATER}, []),  # Y7: another timezone
        ({"is_unpaid": True}, {"is_unpaid": False}, ["changed"]),  # Y18
        ({}, {"client_id": 6, "client_phone": "79000000002"}, ["cancelled", "created"]),
    ],
)
def test_a_difference_is_told_as_what_happened(
    was: dict[str, Any], becomes: dict[str, Any], kinds: list[str]
) -> None:
    before = record(**was)
    assert _kinds(before, replace(before, **becomes)) == kinds
    for source in EventSource:
        assert _kinds(before, replace(before, **becomes), source) == kinds
    assert _kinds(before, replace(before, **becomes), read_at=SINCE - timedelta(seconds=1)) == []


@pytest.mark.parametrize("source", EventSource)
def test_a_number_that_comes_later_is_news_unless_the_whole_journal_shows_it(source: EventSource) -> None:
    """A salon types it after the booking; or it gives us the right to see the numbers that were there."""
    before = record(client_phone=None)
    told = _kinds(before, replace(before, client_phone="79000000002"), source)
    assert told == ([] if source is EventSource.SYNC else ["created"])


@pytest.mark.parametrize(
    ("facts", "kinds"),
    [
        ({}, ["created"]),
        ({"created_at": None}, ["created"]),
        ({"created_at": SINCE - timedelta(seconds=1)}, []),
        ({"client_id": None}, []),
        ({"is_deleted": True}, []),
        ({"is_deleted": True, "is_online": True}, ["cancelled"]),  # its client has made it, and knows of it
        ({"is_deleted": True, "is_online": True, "is_unpaid": True}, []),
        ({"is_deleted": True, "is_online": True, "starts_at": YESTERDAY}, []),
        ({"is_deleted": True, "is_online": True, "client_id": None}, []),
        ({"starts_at": YESTERDAY}, []),
        ({"starts_at": YESTERDAY, "attendance": Attendance.CAME}, ["came"]),
        ({"attendance": Attendance.CONFIRMED}, ["created", "confirmed"]),
    ],
)
def test_a_record_that_is_new_to_us_is_news_when_it_was_made_since_we_look(
    facts: dict[str, Any], kinds: list[str]
) -> None:
    assert _kinds(None, record(**facts)) == kinds
    assert _kinds(None, record(**facts), known_since=None) == []
    assert _kinds(None, record(**facts | {"created_at": None}), EventSource.SYNC) == []


@pytest.mark.parametrize(("source", "kinds"), [(EventSource.WEBHOOK, ["created"]), (EventSource.SYNC, [])])
def test_what_was_made_in_the_second_in_which_we_began_is_news_to_whoever_is_told(
    source: EventSource, kinds: list[str]
) -> None:
    """YClients tells the second alone."""
    began = SINCE.replace(microsecond=700_000)
    assert _kinds(None, record(created_at=SINCE.replace(microsecond=0)), source, known_since=began) == kinds


@pytest.mark.parametrize("other", ["553188887777", "5531988887777"])
def test_w8_cards_with_one_number_in_two_spellings_are_one_client(other: str) -> None:
    """W8: their exchange is no news, as that of two cards with one number is none."""
    before = record(client_phone="5531988887777")
    assert _kinds(before, replace(before, client_id=77, client_phone=other)) == []
    assert _kinds(before, replace(before, client_id=77, client_phone="5531988887778")) != []


def test_each_client_of_an_exchange_sees_only_their_own_booking() -> None:
    before = record()
    cancelled, created = booking_events(
        Snapshot(record=before, read_at=NOW),
        replace(before, client_id=6, client_name="Вера", client_phone="79000000002"),
        source=EventSource.WEBHOOK,
        now=NOW,
        known_since=SINCE,
    )
    assert (cancelled.after.client_name, cancelled.after.is_deleted) == ("Анна", True)
    assert (created.before, created.after.client_name) == (None, "Вера")


def test_an_older_change_or_an_older_reading_never_takes_the_place_of_a_newer() -> None:
    known = Snapshot(record=record(), read_at=NOW)
    second = timedelta(seconds=1)
    later_change = replace(known.record, changed_at=known.record.changed_at + second)  # type: ignore[operator]
    assert is_newer(Snapshot(record=later_change, read_at=NOW - second), known)
    assert not is_newer(known, Snapshot(record=later_change, read_at=NOW - second))
    assert is_newer(Snapshot(record=known.record, read_at=NOW), known)
    assert not is_newer(Snapshot(record=known.record, read_at=NOW - second), known)
    without = replace(known.record, changed_at=None)
    assert is_newer(Snapshot(record=without, read_at=NOW + second), known)
    assert not is_newer(Snapshot(record=without, read_at=NOW - second), known)
