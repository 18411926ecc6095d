"""What follows from what has happened: one notice that sets the client right, or none."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from aiadmin.domain.booking_event import BookingEvent, EventKind, EventSource, Snapshot, booking_events
from aiadmin.domain.ids import CompanyId, NoticeId
from aiadmin.domain.journal import Attendance, Record
from aiadmin.domain.message_settings import MessageSettings
from aiadmin.domain.notice import NoticeKind, Promise
from aiadmin.domain.plan import IMPORTED, MOST_AT_ONCE, TOO_EARLY, LastNews, Plan, StoredEvent, by_booking, plan
from tests.unit.sync.journals import COLOURING, HAIRCUT, NOW, record

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
            found.append(_stored(event, next(numbers), source=source, at=at))
    return found


def _stored(event: BookingEvent, number: int = 1, **given: Any) -> StoredEvent:
    values: dict[str, Any] = {"source": EventSource.WEBHOOK, "at": NOW} | given
    return StoredEvent(event_id=number, company_id=CompanyId(1), event=event, **values)


def _plan(events: Sequence[StoredEvent], last: LastNews | None = None, **given: Any) -> Plan:
    return plan(events, last, given.get("settings", DEFAULT), now=given.get("now", NOW))


def _kind(*states: Record | None, last: LastNews | None = None, **given: Any) -> str | None:
    new = _plan(_events(*states), last, **given).new
    return None if new is None else new.kind.value


def _last(kind: NoticeKind, promise: Promise, state: str, number: int = 7) -> LastNews:
    return LastNews(
        notice_id=NoticeId(number),
        kind=kind,
        promise=promise,
        is_waiting=state == "waiting",
        is_said=state == "said",
    )


def _told(*states: Record | None, state: str) -> LastNews:
    """The notice that was planned when these states were seen."""
    new = _plan(_events(*states)).new
    assert new is not None
    return _last(new.kind, new.promise, state)


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
    assert (new.promise.starts_at, new.promise.is_deleted, new.promise.was) == (
        BOOKED.starts_at,
        True,
        Promise.of(BOOKED),
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
    assert (for_one.kind, for_one.promise.client_id) == ("cancelled", 5)
    assert (for_other.kind, for_other.promise.client_id) == ("booked", 6)
    assert for_one.dedup_key != for_other.dedup_key


def test_a_kind_that_is_switched_off_takes_back_what_it_makes_untrue() -> None:
    last = _told(BOOKED, MOVED, state="waiting")
    found = _plan(_events(MOVED, DELETED), last, settings=MessageSettings(cancelled=False))
    assert (found.superseded, found.new) == (last.notice_id, None)
    assert _kind(None, BOOKED, settings=MessageSettings(booked=False)) is None


@pytest.mark.parametrize("source", EventSource)
def test_what_a_reading_of_the_whole_journal_finds_is_no_news(source: EventSource) -> None:
    found = _plan(_events(BOOKED, MOVED, source=source)).new
    assert (found is None) == (source is EventSource.SYNC)


def test_what_happened_a_day_ago_is_no_news() -> None:
    events = _events(BOOKED, MOVED, at=NOW - timedelta(hours=24))
    assert _plan(events, now=NOW - SECOND).new is not None
    assert _plan(events, now=NOW).new is None


def test_news_waits_for_more_of_it_and_is_told_while_it_is_of_use() -> None:
    first = replace(_events(BOOKED, MOVED)[0], at=NOW - timedelta(minutes=1))
    second = replace(_events(MOVED, MOVED_AGAIN)[0], at=NOW - SECOND)
    new = _plan([first, second], settings=MessageSettings(gather_seconds=45)).new
    assert new is not None
    assert (new.due_at, new.deadline_at) == (second.at + timedelta(seconds=45), second.at + timedelta(hours=24))
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
        source=EventSource.WEBHOOK,
        at=NOW,
    )
    assert _plan([came]) == Plan()
    assert _plan([*_events(None, BOOKED), came]).new is None


def test_while_the_last_notice_is_on_its_way_nobody_knows_what_the_client_believes() -> None:
    last = replace(_told(None, BOOKED, state="gone"), is_leaving=True)
    assert _plan(_events(BOOKED, MOVED), last) == TOO_EARLY
    assert _plan(_events(BOOKED, replace(BOOKED, attendance=Attendance.CONFIRMED)), last) == Plan()


def test_an_import_is_no_news_and_what_happens_to_its_bookings_later_is() -> None:
    [made] = _events(None, BOOKED)
    assert _plan([replace(made, made_together=MOST_AT_ONCE)]).new is not None
    imported = replace(made, made_together=MOST_AT_ONCE + 1)
    kept = _plan([imported]).new
    assert kept is not None
    assert kept.dropped == IMPORTED
    assert _plan([imported, *_events(BOOKED, MOVED)]).new is not None
    of_it = LastNews(notice_id=NoticeId(1), kind=kept.kind, promise=kept.promise, is_waiting=False, is_said=False)
    assert _kind(BOOKED, MOVED, last=of_it) == "moved"


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
    told = _last(NoticeKind.BOOKED, Promise.of(BOOKED), "said")
    other_card = replace(BOOKED, client_id=6)
    assert _kind(BOOKED, other_card, last=told) is None
    assert _kind(other_card, replace(other_card, starts_at=LATER), last=told) == "moved"
    assert _kind(other_card, replace(other_card, is_deleted=True), last=told) == "cancelled"
    [booking] = by_booking(_events(BOOKED, replace(other_card, starts_at=LATER), replace(BOOKED, starts_at=LATEST)))
    assert (booking.client_id, booking.client_phone) == (5, BOOKED.client_phone)
