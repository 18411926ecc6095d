"""Y17: bookings that are one visit of one person are reminded of once, by the first of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.journal import Attendance, Record
from aiadmin.domain.notices.change_planning import NewNotice
from aiadmin.domain.notices.notice import AnnouncedVisit, NoticeKind
from aiadmin.domain.notices.reminder_planning import one_per_visit
from aiadmin.domain.notices.settings import MessageSettings
from aiadmin.domain.notices.telling import (
    NoticeWithBooking,
    VisitNotices,
    by_visit,
    is_asking,
    is_heir,
    is_rest,
    visits_of,
)
from tests.support.journals import COLOURING, NOW, record, told

BOOKINGS = st.lists(
    st.builds(
        lambda visit, card, hours, kind: (
            kind,
            record(
                visit_id=visit,
                client_id=card,
                client_phone=f"7900000000{card % 2}",
                starts_at=NOW + timedelta(days=1, hours=hours),
            ),
        ),
        visit=st.sampled_from([None, 1, 2]),
        card=st.integers(1, 4),
        hours=st.integers(0, 8),
        kind=st.sampled_from([NoticeKind.REMINDER_DAY, NoticeKind.REVIEW]),
    ),
    max_size=12,
)


def _new(number: int, kind: NoticeKind, booked: Record) -> NewNotice:
    return NewNotice(
        company_id=CompanyId(1),
        record_id=number,
        kind=kind,
        dedup_key=str(number),
        announced=AnnouncedVisit.of(booked),
        due_at=NOW,
        deadline_at=booked.starts_at,
    )


@given(BOOKINGS)
def test_every_visit_of_every_person_is_reminded_of_once_by_its_first_booking(
    bookings: list[tuple[NoticeKind, Record]],
) -> None:
    new = [_new(number, kind, booked) for number, (kind, booked) in enumerate(bookings, 1)]
    kept = one_per_visit(new)

    def visit(one: NewNotice) -> tuple[object, ...]:
        alone = one.record_id if one.announced.visit_id is None else None
        return one.kind, one.announced.visit_id, one.announced.client_phone, alone

    assert len({visit(one) for one in kept}) == len(kept)
    assert {visit(one) for one in kept} == {visit(one) for one in new}
    for one in kept:
        assert one.announced.starts_at == min(each.announced.starts_at for each in new if visit(each) == visit(one))


FIRST = record(visit_id=7)
LATER = record(visit_id=7, record_id=3, starts_at=FIRST.starts_at + timedelta(hours=1), services=(COLOURING,))
LAST = replace(LATER, record_id=4, starts_at=FIRST.starts_at + timedelta(hours=2), staff_id=10)
OFF = {"is_deleted": True}
MOVED = {"starts_at": LATER.starts_at + timedelta(hours=3)}
OTHERS = {"client_id": 6, "client_phone": "79000000002"}


def _off(booked: Record) -> NoticeWithBooking:
    return told(NoticeKind.CANCELLED, replace(booked, **OFF), booked)


def _moved(booked: Record, by: timedelta) -> NoticeWithBooking:
    return told(NoticeKind.MOVED, replace(booked, starts_at=booked.starts_at + by), booked)


def _changed(booked: Record) -> NoticeWithBooking:
    return told(NoticeKind.CHANGED, replace(booked, staff_id=11), booked)


HOUR, WEEK = timedelta(hours=1), timedelta(days=7)


@pytest.mark.parametrize(
    ("told", "rest", "words", "begin"),
    [
        ([_off(LATER)], [], NoticeKind.CANCELLED, []),
        ([_off(FIRST), _off(LATER)], [], NoticeKind.CANCELLED, []),
        ([_off(LATER)], [FIRST], NoticeKind.CHANGED, [0]),
        ([_off(LATER)], [FIRST, LAST], NoticeKind.CHANGED, [0, 2]),
        ([_off(FIRST)], [LATER], None, [1]),
        ([_off(FIRST), _off(LATER)], [LAST], None, [2]),
        ([_moved(LATER, HOUR)], [FIRST], None, [0, 2]),
        ([_moved(LATER, WEEK)], [FIRST], None, [0, 169]),
        ([_moved(FIRST, HOUR), _moved(LATER, HOUR)], [], NoticeKind.MOVED, [1, 2]),
        ([_moved(FIRST, HOUR), _off(LATER)], [], None, [1]),
        ([_changed(LATER)], [], NoticeKind.CHANGED, [1]),
        ([_changed(LATER)], [FIRST], NoticeKind.CHANGED, [0, 1]),
        ([_changed(FIRST), _off(LATER)], [LAST], NoticeKind.CHANGED, [0, 2]),
        ([told(NoticeKind.BOOKED, LATER)], [FIRST], NoticeKind.BOOKED, [1]),
        (
            [told(NoticeKind.BOOKED, replace(LATER, starts_at=FIRST.starts_at)), _off(FIRST)],
            [],
            NoticeKind.CHANGED,
            [0],
        ),
        ([told(NoticeKind.BOOKED, LATER), _off(FIRST)], [], None, [1]),
        ([told(NoticeKind.REMINDER_DAY, FIRST)], [LATER], NoticeKind.REMINDER_DAY, [0, 1]),
    ],
)
def test_what_is_said_of_a_visit_is_true_of_all_of_it(
    told: list[NoticeWithBooking], rest: list[Record], words: NoticeKind | None, begin: list[int]
) -> None:
    visit = VisitNotices(told=told, rest=rest)
    assert visit.words is words
    assert [(one.starts_at - FIRST.starts_at) // HOUR for one in visit.bookings] == begin


def test_notices_of_one_visit_belong_together_as_its_client_knew_it() -> None:
    elsewhere = record(record_id=9, visit_id=8)
    alone, alone_too = (
        replace(record(record_id=number, visit_id=None), starts_at=FIRST.starts_at + timedelta(days=days))
        for number, days in ((5, 1), (6, 2))
    )
    twin = replace(elsewhere, record_id=10, visit_id=None)
    next_week = replace(LAST, starts_at=FIRST.starts_at + WEEK)
    all_off = [_off(LATER), _off(elsewhere), _off(FIRST), _off(alone), _off(next_week), _off(alone_too)]
    grouped = [[one.notice.record_id for one in each] for each in by_visit(all_off)]
    assert grouped == [[3, 2], [9], [5], [4], [6]]
    assert by_visit([_off(elsewhere), _off(alone), _off(twin)]) == [[_off(elsewhere), _off(twin)], [_off(alone)]]
    left = told(NoticeKind.MOVED, replace(LATER, visit_id=9, starts_at=FIRST.starts_at + WEEK), LATER)
    assert by_visit([_off(FIRST), left]) == [[_off(FIRST), left]]
    assert visits_of([left]) == {7, 9}


@pytest.mark.parametrize(
    ("other", "reminded", "news"),
    [
        ({}, True, True),
        (OFF, False, False),
        (MOVED, True, True),
        (OTHERS, False, False),
        ({"client_id": 6}, True, True),
        ({"attendance": Attendance.NO_SHOW}, False, False),
        ({"attendance": Attendance.CAME}, True, False),
        ({"starts_at": FIRST.starts_at + timedelta(days=1)}, False, False),
        ({"starts_at": NOW}, False, False),
        ({"is_unpaid": True}, False, False),
    ],
)
def test_what_stands_of_one_visit_is_told_with_it(other: dict[str, Any], reminded: bool, news: bool) -> None:
    settings, booked = MessageSettings(), replace(LATER, **other)
    assert is_rest(booked, [told(NoticeKind.REMINDER_DAY, FIRST)], settings, NOW) is reminded
    assert is_rest(booked, [_off(FIRST)], settings, NOW) is news
    assert is_heir(booked, AnnouncedVisit.of(FIRST), settings) is reminded


def test_a_booking_that_leaves_its_visit_leaves_the_rest_behind() -> None:
    left = [_moved(LATER, WEEK)]
    assert is_rest(FIRST, left, MessageSettings(), NOW)
    assert is_rest(replace(LAST, starts_at=LATER.starts_at + WEEK), left, MessageSettings(), NOW)
    assert not is_rest(replace(FIRST, starts_at=FIRST.starts_at + WEEK / 2), left, MessageSettings(), NOW)


def test_who_comes_to_a_part_of_a_visit_is_asked_about_the_rest() -> None:
    reminder = told(NoticeKind.REMINDER_DAY, replace(FIRST, attendance=Attendance.CONFIRMED))
    assert is_asking(VisitNotices(told=[reminder], rest=[LATER]))
    assert not is_asking(VisitNotices(told=[reminder]))


def test_one_person_is_reminded_once_however_the_number_is_written_and_two_are_twice() -> None:
    for one, other in (
        ("5531988887777", "553188887777"),
        ("5491123456789", "541123456789"),
        ("5215512345678", "525512345678"),
    ):
        booked = [replace(FIRST, client_phone=one), replace(LATER, client_id=7, client_phone=other)]
        new = [_new(each.record_id, NoticeKind.REMINDER_DAY, each) for each in booked]
        assert [each.record_id for each in one_per_visit(new)] == [2]
        assert booked[0].client_phone != booked[1].client_phone
        numbers = {each.announced.to_json()["client_number"] for each in new}
        assert len(numbers) == 1
    new = [_new(each.record_id, NoticeKind.REMINDER_DAY, each) for each in (FIRST, replace(LATER, **OTHERS))]
    assert [each.record_id for each in one_per_visit(new)] == [2, 3]
