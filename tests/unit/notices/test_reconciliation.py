"""What differs in a booking, and who was told otherwise: a booking may go from one client to another."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aiadmin.domain.journal.journal import Attendance, BookedService, Record
from aiadmin.domain.notices.notice import AnnouncedVisit, NoticeKind
from aiadmin.domain.notices.reconciliation import (
    AnnouncedNotice,
    Difference,
    are_phones_shown,
    count,
    record_differences,
    told_otherwise,
    week,
)

AT = datetime(2026, 12, 3, 11, tzinfo=UTC)
WANTED = dict.fromkeys(NoticeKind, True)


def _record(**changes: Any) -> Record:
    given: dict[str, Any] = {
        "record_id": 1,
        "visit_id": 1,
        "staff_id": 5,
        "staff_name": "Ольга",
        "client_id": 7,
        "client_name": "Анна",
        "client_phone": "79005550000",
        "starts_at": AT,
        "length": timedelta(hours=1),
        "services": (BookedService(service_id=9, title="Стрижка"),),
        "attendance": Attendance.WAITING,
        "is_deleted": False,
    }
    return Record(**given | changes)


def _said(record: Record, *, is_sent: bool = True, mends: bool = True) -> AnnouncedNotice:
    return AnnouncedNotice(announced=AnnouncedVisit.of(record), is_sent=is_sent, mends=mends)


@pytest.mark.parametrize(
    ("ours", "theirs", "found"),
    [
        (_record(), _record(comment="другой"), set()),
        (_record(), _record(client_phone="79005550001"), {Difference.OTHER_PHONE}),
        (_record(), _record(client_phone=None), {Difference.OTHER_PHONE}),
        (_record(client_phone=None), _record(), {Difference.OTHER_PHONE}),
        (_record(client_phone=None), _record(client_phone=None), set()),
        (_record(client_phone="525512345678"), _record(client_phone="5215512345678"), set()),
        (_record(), _record(client_id=8, client_phone="79005550001"), {Difference.OTHER_CLIENT}),
        (_record(is_deleted=True), _record(is_deleted=True, client_phone="79005550001"), set()),
        (_record(is_unpaid=True), _record(), {Difference.OTHER_STATE}),
        (None, _record(), {Difference.MISSING_HERE}),
        (None, _record(is_deleted=True), set()),
        (_record(), None, {Difference.MISSING_THERE}),
        (_record(is_deleted=True), None, set()),
        (_record(is_deleted=True), _record(is_deleted=True, starts_at=AT + timedelta(days=1)), set()),
        (_record(is_deleted=True), _record(), {Difference.OTHER_STATE}),
        (_record(), _record(attendance=Attendance.CONFIRMED), {Difference.OTHER_STATE}),
        (_record(), _record(client_id=None), {Difference.OTHER_CLIENT}),
        (
            _record(),
            _record(starts_at=AT + timedelta(hours=1), services=()),
            {Difference.OTHER_TIME, Difference.OTHER_WORK},
        ),
    ],
)
def test_what_differs_in_a_booking(ours: Record | None, theirs: Record | None, found: set[Difference]) -> None:
    assert record_differences(ours, theirs, are_phones_shown=True) == found


def test_m2_phones_that_are_hidden_from_one_side_do_not_differ() -> None:
    known, hidden, other = _record(), _record(client_phone=None), _record(client_phone="79005550001")
    assert are_phones_shown([known, hidden], [hidden, other])
    assert not are_phones_shown([known], [hidden, hidden])
    assert not are_phones_shown([hidden], [known])
    assert not are_phones_shown([], [known])
    for ours, theirs, found in [(known, hidden, set()), (hidden, known, set()), (known, other, {"other_phone"})]:
        assert record_differences(ours, theirs, are_phones_shown=False) == found


MOVED = _record(starts_at=AT + timedelta(hours=3))
OTHERS = _record(client_id=8, client_phone="79005550001")
SAME_PERSON = _record(client_id=8)


@pytest.mark.parametrize(
    ("said", "theirs", "people"),
    [
        ([], MOVED, 0),
        ([_said(_record(), is_sent=False)], MOVED, 0),
        ([_said(_record())], _record(), 0),
        ([_said(_record())], MOVED, 1),
        ([_said(_record())], None, 1),
        ([_said(_record())], _record(is_deleted=True), 1),
        ([_said(_record(is_deleted=True))], _record(is_deleted=True), 0),
        ([_said(_record(is_deleted=True))], _record(), 1),
        ([_said(_record()), _said(MOVED, is_sent=False)], MOVED, 0),
        ([_said(_record()), _said(MOVED, is_sent=False, mends=False)], MOVED, 1),
        ([_said(_record()), _said(MOVED)], MOVED, 0),
        ([_said(MOVED), _said(_record(), mends=False)], MOVED, 1),
        ([_said(_record()), _said(OTHERS), _said(_record(is_deleted=True))], OTHERS, 0),
        ([_said(_record()), _said(_record(is_deleted=True)), _said(OTHERS)], OTHERS, 0),
        ([_said(_record()), _said(OTHERS)], OTHERS, 1),
        ([_said(_record()), _said(OTHERS)], None, 2),
        ([_said(_record())], SAME_PERSON, 0),
        ([_said(_record()), _said(replace(MOVED, client_id=8))], replace(MOVED, client_id=8), 0),
    ],
)
def test_each_person_is_held_to_the_last_word_they_were_sent(
    said: list[AnnouncedNotice], theirs: Record | None, people: int
) -> None:
    assert told_otherwise(said, theirs, WANTED) == people


@pytest.mark.parametrize(
    ("kind", "theirs"),
    [
        (NoticeKind.MOVED, MOVED),
        (NoticeKind.CHANGED, _record(staff_id=6)),
        (NoticeKind.CANCELLED, None),
    ],
)
def test_what_the_salon_does_not_want_told_is_no_fault(kind: NoticeKind, theirs: Record | None) -> None:
    assert told_otherwise([_said(_record())], theirs, WANTED) == 1
    assert told_otherwise([_said(_record())], theirs, WANTED | {kind: False}) == 0


def test_a_week_is_seven_days_of_the_salons_clock() -> None:
    first, last, begins, ends = week("Asia/Novosibirsk", datetime(2026, 11, 30, 20, tzinfo=UTC))
    assert (f"{first}", f"{last}") == ("2026-12-01", "2026-12-07")
    assert (begins.hour, ends) == (20, datetime(2026, 12, 7, 17, tzinfo=UTC))


def test_kinds_that_were_not_found_are_counted_as_zero() -> None:
    found = count([{Difference.OTHER_TIME, Difference.OTHER_WORK}, {Difference.OTHER_TIME}])
    assert found == dict.fromkeys(Difference, 0) | {Difference.OTHER_TIME: 2, Difference.OTHER_WORK: 1}
