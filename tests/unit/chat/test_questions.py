"""What an answer brings about, and what of it is written into the journal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aiadmin.domain.chat.confirmation import (
    ClientAnswer,
    JournalUpdate,
    Question,
    after_refusal,
    distinct,
    is_confirmed_by_another,
    is_open,
    is_to_write,
    standing,
    writing,
)
from aiadmin.domain.errors import DependencyDownError
from aiadmin.domain.ids import CompanyId, ContactId
from aiadmin.domain.journal.journal import Attendance, Record
from aiadmin.domain.yclients.error import ForbiddenError, InvalidError, RateLimitedError, YClientsDownError
from tests.support.journals import NOW, record

OPEN = Question(
    company_id=CompanyId(1),
    record_id=2,
    starts_at=NOW + timedelta(days=1),
    visit_id=3,
    contact_id=ContactId(4),
    asked_at=NOW,
    client_id=5,
    numbers=frozenset({"79000000001"}),
)
YES, NO, UNCLEAR = (replace(OPEN, answer=answer) for answer in ClientAnswer)
OTHER = replace(OPEN, record_id=9, visit_id=10, starts_at=OPEN.starts_at + timedelta(hours=5))
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("questions", "expected"),
    [
        ([], []),
        ([OPEN, OTHER], [2, 9]),
        ([OTHER, OPEN], [9, 2]),
        ([OPEN, replace(OTHER, visit_id=OPEN.visit_id)], [2]),
        ([OPEN, replace(OTHER, others={2: HOUR})], [2]),
        ([replace(OPEN, visit_id=None), replace(OTHER, visit_id=None)], [2, 9]),
    ],
)
def test_of_one_visit_the_newest_question_counts(questions: list[Question], expected: list[int]) -> None:
    assert [one.record_id for one in distinct(questions)] == expected


@pytest.mark.parametrize(
    ("answer", "before", "expected"),
    [
        (ClientAnswer.YES, OPEN, True),
        (ClientAnswer.YES, NO, True),
        (ClientAnswer.NO, OPEN, False),
        (ClientAnswer.NO, UNCLEAR, False),
        (ClientAnswer.NO, YES, True),
        (ClientAnswer.UNCLEAR, OPEN, False),
        (ClientAnswer.UNCLEAR, YES, True),
        (ClientAnswer.NO, replace(OPEN, written_at=NOW), True),
    ],
)
def test_a_no_by_itself_changes_nothing_in_the_journal(
    answer: ClientAnswer, before: Question, expected: bool
) -> None:
    assert is_to_write(answer, before) is expected


BOOKED = record(starts_at=OPEN.starts_at)


@pytest.mark.parametrize(
    ("question", "found", "expected"),
    [
        (YES, BOOKED, JournalUpdate(attendance=Attendance.CONFIRMED)),
        (YES, replace(BOOKED, attendance=Attendance.CONFIRMED), JournalUpdate(attendance=Attendance.CONFIRMED)),
        (NO, replace(BOOKED, attendance=Attendance.CONFIRMED), JournalUpdate(attendance=Attendance.WAITING)),
        (NO, BOOKED, JournalUpdate(attendance=Attendance.WAITING)),
        (YES, None, JournalUpdate(reason="cancelled")),
        (YES, replace(BOOKED, is_deleted=True), JournalUpdate(reason="cancelled")),
        (YES, replace(BOOKED, client_id=6, client_phone="79000000002"), JournalUpdate(reason="other_client")),
        (YES, replace(BOOKED, client_phone="79000000002"), JournalUpdate(reason="other_client")),
        (YES, replace(BOOKED, client_id=6), JournalUpdate(attendance=Attendance.CONFIRMED)),
        (YES, replace(BOOKED, client_phone=None), JournalUpdate(attendance=Attendance.CONFIRMED)),
        (YES, replace(BOOKED, client_id=None, client_phone=None), JournalUpdate(reason="other_client")),
        (YES, replace(BOOKED, starts_at=NOW), JournalUpdate(reason="moved")),
        (YES, replace(BOOKED, attendance=Attendance.CAME), JournalUpdate(reason="over")),
        (YES, replace(BOOKED, attendance=Attendance.NO_SHOW), JournalUpdate(reason="over")),
    ],
)
def test_only_the_visit_that_was_asked_about_is_confirmed(
    question: Question, found: Record | None, expected: JournalUpdate
) -> None:
    got = writing(question, [found] if found is not None else [])
    assert (got.attendance, got.reason) == (expected.attendance, expected.reason)
    assert list(got.records) == ([found] if expected.reason is None else [])


LATER = record(record_id=3, starts_at=OPEN.starts_at + timedelta(hours=1))
BOTH = replace(YES, others={3: timedelta(hours=1)})


@pytest.mark.parametrize(
    ("first", "other", "stand"),
    [
        ({}, {}, [2, 3]),
        ({"is_deleted": True}, {}, [3]),
        ({"starts_at": NOW + timedelta(days=9)}, {}, [3]),
        ({"client_id": 6, "client_phone": "79000000002"}, {}, [3]),
        ({"attendance": Attendance.NO_SHOW}, {}, [3]),
        ({"attendance": Attendance.CAME}, {}, [3]),
        ({}, {"is_deleted": True}, [2]),
        ({}, {"starts_at": LATER.starts_at + timedelta(hours=1)}, [2]),
        ({}, {"client_id": 6, "client_phone": "79000000002"}, [2]),
        ({}, {"attendance": Attendance.NO_SHOW}, [2]),
        ({}, {"visit_id": 9}, [2, 3]),
        ({}, {"record_id": 4}, [2, 4]),
        ({}, {"record_id": 4, "visit_id": 9}, [2]),
        ({}, {"record_id": 4, "starts_at": LATER.starts_at + timedelta(days=1)}, [2]),
        ({"is_deleted": True}, {"is_deleted": True}, []),
        (
            {"starts_at": BOOKED.starts_at + timedelta(hours=3)},
            {"starts_at": LATER.starts_at + timedelta(hours=3)},
            [],
        ),
    ],
)
def test_an_answer_counts_for_what_stands_of_its_visit(
    first: dict[str, Any], other: dict[str, Any], stand: list[int]
) -> None:
    records = [replace(BOOKED, **first), replace(LATER, **other)]
    assert [one.record_id for one in standing(BOTH, records)] == stand
    assert [one.record_id for one in writing(BOTH, records).records] == stand
    assert is_open(BOTH, records, NOW) is bool(stand)
    assert not is_open(BOTH, records, LATER.starts_at)


def test_of_what_is_not_known_nothing_has_changed() -> None:
    assert is_open(BOTH, [], NOW)
    assert not is_open(BOTH, [], OPEN.starts_at)
    assert is_open(BOTH, [replace(LATER, is_deleted=True)], NOW)


def test_a_confirmation_is_that_of_whoever_said_so() -> None:
    confirmed = replace(BOOKED, attendance=Attendance.CONFIRMED)
    theirs = replace(YES, written_at=NOW)
    others = replace(theirs, contact_id=ContactId(9), numbers=frozenset({"79000000002"}))
    for questions, is_others in (
        ([], False),
        ([OPEN], False),
        ([theirs], False),
        ([others], True),
        ([others, OPEN], True),
        ([others, theirs], False),
        ([replace(OPEN, written_at=NOW)], True),
        ([replace(others, written_at=None)], False),
    ):
        assert is_confirmed_by_another(confirmed, questions) is is_others
        assert not is_confirmed_by_another(BOOKED, questions)


def test_a_yclients_that_is_away_is_asked_again_until_the_visit_begins() -> None:
    waits = []
    for attempts in range(1, 10):
        retry = after_refusal(replace(YES, attempts=attempts), YClientsDownError(), now=NOW, jitter=1.0)
        assert retry.at is not None
        waits.append(retry.at - NOW)
    assert waits == sorted(waits)
    assert after_refusal(YES, YClientsDownError(), now=YES.starts_at, jitter=0.0).at is None
    assert after_refusal(YES, DependencyDownError("Redis"), now=NOW, jitter=0.0).at is not None


def test_what_yclients_asks_for_is_waited_and_what_it_forbids_is_given_up() -> None:
    busy = RateLimitedError(wait=timedelta(minutes=3))
    assert after_refusal(YES, busy, now=NOW, jitter=0.0).at == NOW + timedelta(minutes=3)
    assert after_refusal(YES, ForbiddenError(), now=NOW, jitter=0.0).at is None
    assert after_refusal(replace(YES, attempts=4), InvalidError(), now=NOW, jitter=0.0).at is not None
    assert after_refusal(replace(YES, attempts=5), InvalidError(), now=NOW, jitter=0.0).at is None
