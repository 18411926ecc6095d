"""What an answer brings about, and what of it is written into the journal."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aiadmin.domain.chat.confirmation import (
    HANDED_OVER,
    NONE,
    TO_BE_READ,
    ClientAnswer,
    JournalUpdate,
    Question,
    ReplyEffects,
    ReplyKind,
    after_refusal,
    answered,
    is_confirmed_by_another,
    is_open,
    is_to_write,
    react,
    react_to_salon,
    standing,
    writing,
)
from aiadmin.domain.chat.intent import Intent
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
GLAD = ReplyEffects(answer=ClientAnswer.YES, reply=ReplyKind.CONFIRMED)
PITY = ReplyEffects(answer=ClientAnswer.NO, reply=ReplyKind.DECLINED, tells_salon=True)

REACTIONS = [
    (Intent.YES, OPEN, GLAD),
    (Intent.NO, OPEN, PITY),
    (Intent.YES, UNCLEAR, GLAD),
    (Intent.YES, YES, NONE),
    (Intent.NO, NO, NONE),
    (Intent.NO, YES, PITY),
    (Intent.YES, NO, replace(GLAD, tells_salon=True)),
    (Intent.YES, None, NONE),
    (Intent.NO, None, NONE),
    (Intent.NOTHING, OPEN, NONE),
    (Intent.UNCLEAR, OPEN, ReplyEffects(silence=TO_BE_READ, answer=ClientAnswer.UNCLEAR)),
    (Intent.UNCLEAR, YES, ReplyEffects(silence=TO_BE_READ)),
    (Intent.UNCLEAR, None, ReplyEffects(silence=TO_BE_READ)),
    (Intent.STOP, OPEN, ReplyEffects(opt=False, reply=ReplyKind.GOODBYE)),
    (Intent.START, OPEN, ReplyEffects(opt=True)),
]


@pytest.mark.parametrize(("said", "question", "reaction"), REACTIONS)
def test_what_words_bring_about(said: Intent, question: Question | None, reaction: ReplyEffects) -> None:
    assert react(said, question, is_out=False, is_old=False) == reaction


def test_who_said_stop_is_answered_nothing_but_to_start() -> None:
    for said, question in itertools.product(Intent, [None, OPEN, YES, NO]):
        reaction = react(said, question, is_out=True, is_old=False)
        assert reaction.reply == (ReplyKind.WELCOME if said is Intent.START else None)
    assert react(Intent.NO, OPEN, is_out=True, is_old=False) == replace(PITY, reply=None), "it counts all the same"


def test_what_was_written_long_ago_counts_and_is_not_answered() -> None:
    for said, question, is_out in itertools.product(Intent, [None, OPEN], [False, True]):
        old, fresh = (react(said, question, is_out=is_out, is_old=is_old) for is_old in (True, False))
        assert old == replace(fresh, reply=None)


OTHER = replace(OPEN, record_id=9, visit_id=10, starts_at=OPEN.starts_at + timedelta(hours=5))
UNSURE = ReplyEffects(tells_salon=True, is_unsure=True, answer=ClientAnswer.UNCLEAR)


@pytest.mark.parametrize(
    ("said", "answers", "expected"),
    [
        (Intent.YES, (None, None), replace(UNSURE, reply=ReplyKind.THANKS)),
        (Intent.YES, (ClientAnswer.UNCLEAR, None), replace(UNSURE, reply=ReplyKind.THANKS)),
        (Intent.NO, (None, None), replace(UNSURE, silence=TO_BE_READ)),
        (Intent.NO, (ClientAnswer.YES, ClientAnswer.YES), replace(UNSURE, silence=TO_BE_READ, answer=None)),
        (Intent.YES, (ClientAnswer.YES, ClientAnswer.NO), replace(UNSURE, silence=TO_BE_READ, answer=None)),
        (Intent.YES, (ClientAnswer.YES, ClientAnswer.YES), NONE),
    ],
)
def test_a3_one_word_about_several_visits_is_about_none(
    said: Intent, answers: tuple[ClientAnswer | None, ClientAnswer | None], expected: ReplyEffects
) -> None:
    first, other = (replace(one, answer=answer) for one, answer in zip((OPEN, OTHER), answers, strict=True))
    assert react(said, replace(first, rivals=(other,)), is_out=False, is_old=False) == expected


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("questions", "expected"),
    [
        ([], None),
        ([OPEN], (2, [])),
        ([OPEN, OTHER], (2, [9])),
        ([OPEN, replace(OTHER, asked_at=NOW - HOUR)], (2, [])),
        ([OPEN, replace(OTHER, asked_at=NOW - HOUR / 2)], (2, [9])),
        ([OPEN, replace(OTHER, asked_at=NOW + HOUR / 2)], (2, [])),
        ([replace(OPEN, asked_at=NOW + HOUR / 2)], (2, [])),
        ([YES, OTHER], (9, [])),
        ([UNCLEAR, OTHER], (2, [9])),
        ([YES, replace(OTHER, answer=ClientAnswer.NO)], (2, [9])),
        ([OPEN, replace(OTHER, visit_id=OPEN.visit_id)], (2, [])),
        ([OPEN, replace(OTHER, others={2: HOUR})], (2, [])),
        ([replace(OPEN, visit_id=None), replace(OTHER, visit_id=None)], (2, [9])),
    ],
)
def test_which_question_words_answer_and_what_else_they_may_be_about(
    questions: list[Question], expected: tuple[int, list[int]] | None
) -> None:
    found = answered(questions, NOW + timedelta(minutes=5))
    assert (found and (found.record_id, [one.record_id for one in found.rivals])) == expected


def test_the_salons_own_message_silences_the_chat_from_when_it_was_written() -> None:
    assert react_to_salon(NOW, NOW) == ReplyEffects(silence=HANDED_OVER)
    assert react_to_salon(NOW - HANDED_OVER / 2, NOW) == ReplyEffects(silence=HANDED_OVER / 2)
    assert react_to_salon(NOW - HANDED_OVER, NOW) == NONE


@pytest.mark.parametrize(
    ("answer", "before", "expected"),
    [
        (ClientAnswer.YES, OPEN, True),
        (ClientAnswer.YES, NO, True),
        (ClientAnswer.NO, OPEN, False),
        (ClientAnswer.NO, UNCLEAR, False),
        (ClientAnswer.NO, YES, True),
        (ClientAnswer.UNCLEAR, OPEN, False),
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
