"""What follows from what has happened: one notice that sets the client right, or none."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from aiadmin.domain.ids import CompanyId, NoticeId
from aiadmin.domain.journal.booking_event import BookingEvent, EventKind, EventSource, Snapshot, booking_events
from aiadmin.domain.journal.journal import Attendance, Record
from aiadmin.domain.notices.change_planning import (
    IMPORT_SETTLES,
    MOST_AT_ONCE,
    SLIP,
    TOO_EARLY,
    LastNotice,
    NewNotice,
    Plan,
    StoredEvent,
    by_booking,
    plan,
)
from aiadmin.domain.notices.notice import IMPORTED, AnnouncedVisit, NoticeKind, StaleReason
from aiadmin.domain.notices.settings import MessageSettings
from tests.support.journals import COLOURING, HAIRCUT, NOW, record

DEFAULT, SECOND = MessageSettings(), timedelta(seconds=1)
LATER, LATEST = NOW + timedelta(days=2), NOW + timedelta(days=3)
BOOKED = record()


def _events(
    *states: Record | None, source: EventSource = EventSource.WEBHOOK, at: datetime = NOW
) -> list[StoredEvent]:
    """What the synchronisation stores when it sees these states one after the other."""
    numbers, found = itertools.count(1), []
    for before, after in itertools.pairwise(states):
        assert after is not None
        snapshot = None if before is None else Snapshot(record=before, read_at=at)
        for event in booking_events(snapshot, after, source=source, now=at, known_since=at - timedelta(hours=2)):
            found.append(_stored(event, next(numbers), at=at))
    return found


def _stored(event: BookingEvent, number: int = 1, **given: Any) -> StoredEvent:
    values: dict[str, Any] = {"at": NOW} | given
    return StoredEvent(event_id=number, company_id=CompanyId(1), event=event, **values)


def _plan(events: Sequence[StoredEvent], last: LastNotice | None = None, **given: Any) -> Plan:
    return plan(events, last, given.get("settings", DEFAULT), now=given.get("now", NOW))


def _kind(*states: Record | None, last: LastNotice | None = None, **given: Any) -> str | None:
    new = _plan(_events(*states), last, **given).new
    return None if new is None or new.dropped == StaleReason.PAST else new.kind.value


def _last(kind: NoticeKind, announced: AnnouncedVisit, state: str, number: int = 7, at: datetime = NOW) -> LastNotice:
    return LastNotice(
        notice_id=NoticeId(number),
        kind=kind,
        announced=announced,
        planned_at=at,
        is_waiting=state == "waiting",
        is_said=state == "said",
    )


def _told(*states: Record | None, state: str) -> LastNotice:
    """The notice that was planned when these states were seen."""
    new = _plan(_events(*states)).new
    assert new is not None
    return _last(new.kind, new.announced, state)


MOVED, MOVED_AGAIN, DELETED = (
    replace(BOOKED, starts_at=LATER),
    replace(BOOKED, starts_at=LATEST),
    record(is_deleted=True),
)
RECOLOURED = replace(BOOKED, services=(COLOURING,))


@pytest.mark.parametrize(
    ("states", "kind"),
    [
        ((None, BOOKED), "booked"),
        ((BOOKED, MOVED), "moved"),
        ((BOOKED, replace(MOVED, services=(COLOURING,), staff_id=10)), "moved"),
        ((BOOKED, RECOLOURED), "changed"),
        ((BOOKED, replace(BOOKED, staff_id=10)), "changed"),
        ((BOOKED, DELETED), "cancelled"),
        ((DELETED, BOOKED), "booked"),
        ((BOOKED, replace(BOOKED, attendance=Attendance.CONFIRMED)), None),
        ((BOOKED, replace(BOOKED, services=(replace(HAIRCUT, title="Стрижка модная"),))), None),
        ((None, record(client_id=None)), None),
        ((None, record(client_phone=None)), None),
        ((None, record(is_group=True)), None),
        ((None, record(attendance=Attendance.CAME)), None),
        ((None, record(starts_at=NOW)), None),
        ((BOOKED, replace(BOOKED, starts_at=NOW - SECOND)), None),
        ((None, BOOKED, MOVED), "booked"),
        ((None, BOOKED, DELETED), None),
        ((BOOKED, MOVED, BOOKED), None),
        ((BOOKED, MOVED, RECOLOURED), "changed"),
        ((BOOKED, RECOLOURED, MOVED), "moved"),
        ((BOOKED, DELETED, MOVED), "moved"),
        ((BOOKED, MOVED, replace(MOVED, is_deleted=True)), "cancelled"),
    ],
)
def test_a_client_is_told_what_they_do_not_know(states: tuple[Record | None, ...], kind: str | None) -> None:
    assert _kind(*states) == kind


def test_a_cancellation_names_the_booking_that_the_client_knows() -> None:
    new = _plan(_events(BOOKED, MOVED, replace(MOVED, is_deleted=True))).new
    assert new is not None
    assert (new.announced.starts_at, new.announced.is_deleted, new.announced.was) == (
        BOOKED.starts_at,
        True,
        AnnouncedVisit.of(BOOKED),
    )


@pytest.mark.parametrize(
    ("states", "state", "then", "superseded", "kind"),
    [
        # not told yet of the booking: it is still news, as it is now
        ((None, BOOKED), "waiting", (BOOKED, MOVED), True, "booked"),
        ((None, BOOKED), "dropped", (BOOKED, MOVED), False, "booked"),
        ((None, BOOKED), "waiting", (BOOKED, DELETED), True, None),
        ((None, BOOKED), "dropped", (BOOKED, DELETED), False, None),
        ((None, BOOKED), "said", (BOOKED, MOVED), False, "moved"),
        ((None, BOOKED), "said", (BOOKED, DELETED), False, "cancelled"),
        # told, or to be told, of a move
        ((BOOKED, MOVED), "waiting", (MOVED, BOOKED), True, None),
        ((BOOKED, MOVED), "said", (MOVED, BOOKED), False, "moved"),
        ((BOOKED, MOVED), "waiting", (MOVED, MOVED_AGAIN), True, "moved"),
        ((BOOKED, MOVED), "waiting", (MOVED, RECOLOURED), True, "changed"),
        ((BOOKED, MOVED), "waiting", (BOOKED, MOVED), False, None),
        ((BOOKED, MOVED), "said", (BOOKED, MOVED), False, None),
        # told of a cancellation
        ((BOOKED, DELETED), "said", (DELETED, BOOKED), False, "booked"),
        ((BOOKED, DELETED), "waiting", (DELETED, BOOKED), True, None),
        ((BOOKED, DELETED), "waiting", (DELETED, MOVED), True, "moved"),
        ((BOOKED, DELETED), "said", (BOOKED, DELETED), False, None),
        # what was never told, because somebody else did or nobody wanted
        ((None, BOOKED), "said", (MOVED, replace(MOVED, staff_id=10)), False, "moved"),
        ((None, BOOKED), "said", (MOVED, BOOKED), False, None),
    ],
)
def test_what_was_said_before_decides_what_is_news(
    states: tuple[Record | None, ...],
    state: str,
    then: tuple[Record, ...],
    superseded: bool,
    kind: str | None,
) -> None:
    last = _told(*states, state=state)
    found = _plan(_events(*then), last)
    assert found.superseded == (last.notice_id if superseded else None)
    assert (found.new.kind.value if found.new else None) == kind


def test_a_booking_that_goes_to_somebody_else_is_cancelled_for_one_and_new_for_the_other() -> None:
    cancelled, booked = _events(BOOKED, replace(BOOKED, client_id=6, client_name="Вера", client_phone="79000000002"))
    for_one, for_other = _plan([cancelled]).new, _plan([booked]).new
    assert for_one is not None
    assert for_other is not None
    assert (for_one.kind, for_one.announced.client_id) == ("cancelled", 5)
    assert (for_other.kind, for_other.announced.client_id) == ("booked", 6)
    assert for_one.dedup_key != for_other.dedup_key


def test_a_kind_that_is_switched_off_takes_back_what_it_makes_untrue() -> None:
    last = _told(BOOKED, MOVED, state="waiting")
    found = _plan(_events(MOVED, DELETED), last, settings=MessageSettings(cancelled=False))
    assert (found.superseded, found.new) == (last.notice_id, None)
    assert _kind(None, BOOKED, settings=MessageSettings(booked=False)) is None


@pytest.mark.parametrize("source", EventSource)
@pytest.mark.parametrize(
    ("states", "kind"), [((BOOKED, MOVED), "moved"), ((BOOKED, DELETED), "cancelled"), ((None, BOOKED), "booked")]
)
def test_a_difference_is_news_whoever_finds_it_and_what_a_whole_reading_brings_is_none(
    source: EventSource, states: tuple[Record | None, ...], kind: str
) -> None:
    is_brought = source is EventSource.SYNC and states[0] is None
    found = _plan(_events(*states, source=source)).new
    assert (found and found.kind) == (None if is_brought else kind)


@pytest.mark.parametrize(("becomes", "is_news"), [(RECOLOURED, False), (MOVED, True), (DELETED, True)])
def test_what_happened_a_day_ago_is_no_news_unless_its_client_would_come_in_vain(
    becomes: Record, is_news: bool
) -> None:
    events = _events(BOOKED, becomes, at=NOW - timedelta(hours=24))
    assert _plan(events, now=NOW - SECOND).new is not None
    assert (_plan(events, now=NOW).new is not None) is is_news


def test_news_waits_for_more_of_it_and_is_told_while_it_is_of_use() -> None:
    first = replace(_events(BOOKED, MOVED)[0], at=NOW - timedelta(minutes=1))
    second = replace(_events(MOVED, MOVED_AGAIN)[0], at=NOW - SECOND)
    new = _plan([first, second], settings=MessageSettings(gather_seconds=45)).new
    assert new is not None
    assert (new.due_at, new.deadline_at) == (second.at + timedelta(seconds=45), MOVED_AGAIN.starts_at)
    far = _plan(_events(None, replace(BOOKED, starts_at=LATEST))).new
    assert far is not None
    assert far.deadline_at == NOW + timedelta(hours=24), "that a visit is off is of use for longer"
    soon = replace(BOOKED, starts_at=NOW + timedelta(hours=1))
    new = _plan(_events(None, soon)).new
    assert new is not None
    assert new.deadline_at == soon.starts_at


def test_one_step_has_one_key_and_another_step_another() -> None:
    keys = [
        _plan(_events(*states), last).new.dedup_key  # type: ignore[union-attr]
        for states, last in [
            ((BOOKED, MOVED), None),
            ((BOOKED, MOVED), None),
            ((BOOKED, MOVED_AGAIN), None),
            ((BOOKED, MOVED), _told(None, BOOKED, state="said")),
        ]
    ]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3
    assert all(len(key) <= 200 for key in keys)


def test_a_visit_that_is_over_meanwhile_takes_back_nothing_and_adds_nothing() -> None:
    came = StoredEvent(
        event_id=2,
        company_id=CompanyId(1),
        event=BookingEvent(kind=EventKind.CAME, before=BOOKED, after=replace(BOOKED, attendance=Attendance.CAME)),
        at=NOW,
    )
    assert _plan([came]) == Plan()
    assert _plan([*_events(None, BOOKED), came]).new is None


def test_while_the_last_notice_is_on_its_way_nobody_knows_what_the_client_believes() -> None:
    last = replace(_told(None, BOOKED, state="gone"), is_leaving=True)
    assert _plan(_events(BOOKED, MOVED), last) == TOO_EARLY
    assert _plan(_events(BOOKED, replace(BOOKED, attendance=Attendance.CONFIRMED)), last) == Plan()


def _imported(kept: NewNotice, at: datetime = NOW) -> LastNotice:
    last = _last(kept.kind, kept.announced, "dropped", at=at)
    return replace(last, is_imported=True)


def test_an_import_is_no_news_and_what_happens_to_its_bookings_later_is() -> None:
    [made] = _events(None, BOOKED)
    new = _plan([replace(made, made_together=MOST_AT_ONCE)]).new
    assert new is not None
    assert new.dropped is None
    imported = replace(made, made_together=MOST_AT_ONCE + 1)
    kept = _plan([imported]).new
    assert kept is not None
    assert kept.dropped == IMPORTED
    assert _kind(BOOKED, MOVED, last=_imported(kept, NOW - timedelta(days=2))) == "moved"
    assert _kind(BOOKED, DELETED, last=_imported(kept, NOW - timedelta(days=2))) == "cancelled"


@pytest.mark.parametrize("edited", [MOVED, RECOLOURED, replace(BOOKED, staff_id=10)])
def test_what_mends_an_import_right_after_it_is_import(edited: Record) -> None:
    """24 imported bookings that were edited at once were told as changed to clients who had heard of nothing."""
    [made] = _events(None, BOOKED)
    imported = replace(made, made_together=MOST_AT_ONCE + 4)
    kept = _plan([imported]).new
    assert kept is not None
    last = _imported(kept, NOW - IMPORT_SETTLES + SECOND)
    for found in (_plan([imported, *_events(BOOKED, edited)]), _plan(_events(BOOKED, edited), last)):
        assert found.new is not None
        assert (found.new.kind, found.new.dropped) == ("booked", IMPORTED)
        assert found.new.announced.was == AnnouncedVisit.of(edited), "that is what the client knows now"
        after = _imported(found.new, NOW - IMPORT_SETTLES)
        assert _kind(edited, replace(edited, starts_at=LATEST), last=after) == "moved"
        assert _kind(edited, BOOKED, last=after) == ("moved" if edited is MOVED else "changed")
    assert _plan(_events(BOOKED, DELETED), last) == Plan(), "the whole import is taken back"
    assert _plan(_events(BOOKED, edited), replace(last, planned_at=NOW - IMPORT_SETTLES)).new is not None
    assert _kind(BOOKED, edited, last=replace(last, planned_at=NOW - IMPORT_SETTLES)) in {"moved", "changed"}


def test_who_is_given_a_booking_of_an_import_later_is_told_of_it() -> None:
    """However many were made together with it: that was days ago."""
    given = replace(BOOKED, client_id=6, client_phone="79000000002", changed_at=NOW)
    given = replace(given, created_at=NOW - timedelta(days=3))
    [corrected] = _events(BOOKED, CORRECTED)
    for created in (_events(BOOKED, given)[1], corrected):
        new = _plan([replace(created, made_together=MOST_AT_ONCE + 4)]).new
        assert new is not None
        assert new.dropped is None


def test_an_import_whose_cards_get_their_numbers_right_after_it_is_import() -> None:
    made = replace(BOOKED, created_at=NOW - timedelta(minutes=5), client_phone=None)
    [numbered] = _events(made, replace(made, client_phone=RIGHT))
    kept = _plan([replace(numbered, made_together=MOST_AT_ONCE + 4)]).new
    assert kept is not None
    assert kept.dropped == IMPORTED
    new = _plan([replace(numbered, made_together=MOST_AT_ONCE)]).new
    assert new is not None
    assert (new.kind, new.dropped) == ("booked", None)


ONLINE = replace(BOOKED, is_online=True)
ONLINE_MOVED, ONLINE_OFF = replace(ONLINE, starts_at=LATER), replace(ONLINE, is_deleted=True)


@pytest.mark.parametrize("state", ["waiting", "dropped", "failed"])
@pytest.mark.parametrize(
    ("then", "kind"),
    [
        (ONLINE_OFF, "cancelled"),
        (ONLINE_MOVED, "moved"),
        (replace(ONLINE, staff_id=10), "changed"),
    ],
)
def test_who_booked_online_knows_it_whatever_became_of_our_word(state: str, then: Record, kind: str) -> None:
    """A booking that waited for the morning was called off at night, and its client came to a closed door."""
    last = _told(None, ONLINE, state=state)
    found = _plan(_events(ONLINE, then), last)
    assert found.superseded == (last.notice_id if state == "waiting" else None)
    assert found.new is not None
    assert found.new.kind == kind
    assert found.new.announced.was == AnnouncedVisit.of(ONLINE)
    assert _kind(None, ONLINE, then) == kind, "nobody has looked in between"


def test_who_booked_online_has_a_first_word_of_ours_in_the_end() -> None:
    booked = _told(None, ONLINE, state="waiting")
    moved = _plan(_events(ONLINE, ONLINE_MOVED), booked).new
    assert moved is not None
    again = _plan(_events(ONLINE_MOVED, ONLINE), _last(moved.kind, moved.announced, "waiting")).new
    assert again is not None
    assert again.kind == "booked"
    assert _kind(ONLINE_MOVED, ONLINE, last=_last(moved.kind, moved.announced, "said")) == "moved"
    assert _kind(None, ONLINE, ONLINE_MOVED, ONLINE) == "booked"
    assert _kind(None, ONLINE, ONLINE_OFF, ONLINE) == "booked"
    quiet = replace(DEFAULT, moved=False)
    assert _kind(ONLINE, ONLINE_MOVED, last=booked, settings=quiet) == "booked", "as it is now"


def test_who_has_booked_and_paid_online_is_told_that_it_is_off() -> None:
    unpaid = replace(ONLINE, is_unpaid=True)
    paid = _told(unpaid, ONLINE, state="waiting")
    assert _kind(ONLINE, ONLINE_OFF, last=paid) == "cancelled"
    assert _kind(None, unpaid, ONLINE, ONLINE_OFF) == "cancelled"
    assert _kind(None, unpaid, replace(unpaid, is_deleted=True)) is None


@pytest.mark.parametrize("state", ["waiting", "dropped", "failed"])
@pytest.mark.parametrize(("then", "kind"), [(DELETED, "cancelled"), (MOVED, "moved")])
def test_a_booking_of_the_desk_is_known_once_it_has_stood(state: str, then: Record, kind: str) -> None:
    """Mostly its client was on the line. What is taken back at once was mistyped, and nobody has heard of it."""
    told = _told(None, BOOKED, state=state)
    for stood, expected in ((SLIP - SECOND, {"cancelled": None, "moved": "booked"}[kind]), (SLIP, kind)):
        assert _kind(BOOKED, then, last=replace(told, planned_at=NOW - stood)) == expected
        made = [replace(one, at=NOW - stood) for one in _events(None, BOOKED)]
        found = _plan([*made, *_events(BOOKED, then)]).new
        assert (None if found is None else found.kind) == expected, "nobody has looked in between"


def test_a_first_word_that_comes_late_tells_of_the_whole_booking() -> None:
    """«Время вашего визита прежнее» says nothing to whoever was not on the line after all."""
    told = replace(_told(None, BOOKED, state="waiting"), planned_at=NOW - SLIP)
    assert _kind(BOOKED, RECOLOURED, last=told) == "booked"
    assert _kind(BOOKED, RECOLOURED, last=replace(told, is_said=True, is_waiting=False)) == "changed"


def test_who_is_given_somebody_elses_booking_has_not_made_it_online() -> None:
    """The desk picked a wrong card and took it back: a stranger is not told that anything of theirs is off."""
    given = replace(ONLINE, client_id=6, client_phone="79000000002", changed_at=NOW)
    created = _events(ONLINE, given)[1:]
    off = _events(given, replace(given, is_deleted=True))
    assert _plan([*created, *off]).new is None


RIGHT = "79000000002"
CORRECTED = replace(BOOKED, client_phone=RIGHT)


@pytest.mark.parametrize("state", ["waiting", "dropped", "said"])
def test_a_corrected_number_is_told_of_the_booking_and_the_wrong_one_of_nothing_more(state: str) -> None:
    last = _told(None, BOOKED, state=state)
    found = _plan(_events(BOOKED, CORRECTED), last)
    assert found.new is not None
    assert (found.new.kind, found.new.announced.client_phone) == ("booked", RIGHT)
    assert found.superseded == (last.notice_id if state == "waiting" else None)
    moved = _plan(_events(BOOKED, replace(CORRECTED, starts_at=LATER)), last).new
    assert moved is not None
    assert (moved.kind, moved.announced.starts_at, moved.announced.client_phone) == ("moved", LATER, RIGHT)
    off = _plan(_events(BOOKED, replace(CORRECTED, is_deleted=True)), last).new
    assert off is not None
    assert (off.kind, off.announced.client_phone) == ("cancelled", RIGHT)
    assert _kind(BOOKED, CORRECTED, replace(CORRECTED, is_deleted=True), last=last) == "cancelled"


def test_a_number_that_is_corrected_at_once_was_mistyped_with_the_rest() -> None:
    typed = replace(BOOKED, created_at=NOW - SLIP + SECOND)
    right = replace(typed, client_phone=RIGHT)
    last = _told(None, typed, state="waiting")
    assert _kind(typed, right, last=last) == "booked"
    assert _kind(typed, replace(right, starts_at=LATER), last=last) == "booked"
    assert _kind(typed, right, replace(right, is_deleted=True), last=last) is None
    online = replace(typed, is_online=True)
    theirs = replace(online, client_phone=RIGHT)
    assert _kind(online, theirs, replace(theirs, is_deleted=True), last=last) == "cancelled"


def test_what_is_told_of_a_corrected_card_is_reckoned_by_what_its_number_heard() -> None:
    told = _last(NoticeKind.BOOKED, AnnouncedVisit.of(BOOKED), "said")
    both = _plan([*_events(None, BOOKED), *_events(BOOKED, CORRECTED)]).new
    assert both is not None
    assert both.announced.client_phone == RIGHT
    assert _plan([*_events(BOOKED, CORRECTED), *_events(CORRECTED, BOOKED)], told).new is None, "there and back"
    right = _last(NoticeKind.BOOKED, AnnouncedVisit.of(CORRECTED), "said")
    assert _kind(CORRECTED, replace(CORRECTED, is_deleted=True), last=right) == "cancelled"
    assert _kind(CORRECTED, replace(CORRECTED, starts_at=LATER), last=right) == "moved"


def test_what_clients_book_online_is_no_import_however_many_do() -> None:
    """Y8: 22 people booked within a minute, and none was told."""
    [made] = _events(None, replace(BOOKED, is_online=True))
    new = _plan([replace(made, made_together=MOST_AT_ONCE + 5)]).new
    assert new is not None
    assert new.dropped is None


def test_events_are_sorted_by_the_booking_as_each_client_sees_it() -> None:
    other = replace(MOVED, client_id=6, client_phone="79000000002")
    events = _events(None, BOOKED, MOVED, other)
    found = {
        booking.client_id: [one.event.kind.value for one in those] for booking, those in by_booking(events).items()
    }
    assert found == {5: ["created", "moved", "cancelled"], 6: ["created"]}


def test_who_has_yet_to_pay_is_told_when_they_have() -> None:
    """Y18: YClients takes a booking back that is not paid for, and its client has never heard of it from us."""
    unpaid = record(is_unpaid=True)
    assert _kind(None, unpaid) is None
    assert _kind(unpaid, replace(unpaid, is_deleted=True)) is None
    assert _kind(unpaid, replace(unpaid, starts_at=LATER)) is None
    assert _kind(unpaid, BOOKED) == "booked"
    assert _kind(None, unpaid, BOOKED) == "booked"
    assert _kind(None, unpaid, settings=replace(DEFAULT, wait_for_payment=False)) == "booked"
    assert _kind(unpaid, BOOKED, settings=replace(DEFAULT, wait_for_payment=False)) is None


def test_another_card_of_the_same_person_is_no_news() -> None:
    """Y2."""
    told = _last(NoticeKind.BOOKED, AnnouncedVisit.of(BOOKED), "said")
    other_card = replace(BOOKED, client_id=6)
    assert _kind(BOOKED, other_card, last=told) is None
    assert _kind(other_card, replace(other_card, starts_at=LATER), last=told) == "moved"
    assert _kind(other_card, replace(other_card, is_deleted=True), last=told) == "cancelled"
    [booking] = by_booking(_events(BOOKED, replace(other_card, starts_at=LATER), replace(BOOKED, starts_at=LATEST)))
    assert (booking.client_id, booking.client_phone) == (5, BOOKED.client_phone)
