"""One answer behind questions about several visits: a yes is to the last of them, and the other is asked by its time.

A no calls nothing off, and the salon knows of it.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.notices.planning import DAY, HOUR
from tests.integration.notices.test_calls import MINUTE, Desk
from tests.integration.notices.test_said_and_due import answers
from tests.integration.notices.test_said_and_due import desk as desk  # noqa: PLC0414 - a fixture
from tests.integration.notices.unhurried import due, just_now, long_ago, tomorrow
from tests.support.salon import MOSCOW

Booking = dict[str, Any]


def _asked(desk: Desk, *hours: int, **client: Any) -> list[Booking]:
    """Tomorrow's visits, each of which a reminder of its own has just asked about."""
    now = desk.now().astimezone(MOSCOW)
    bookings = [desk.known((now + DAY).replace(hour=hour, minute=0) - now, **client) for hour in hours]
    long_ago(desk)
    desk.set(day_at=just_now(desk), reminder_again=True, again_after=2)
    assert len(due(desk)) == len(bookings)
    return bookings


def _attendance(desk: Desk, *bookings: Booking) -> list[int]:
    desk.salon.box.journal_confirmer.work()
    return [desk.salon.record(one["id"])["attendance"] for one in bookings]


def _replies(desk: Desk) -> list[str]:
    return [text for phone, _, text in desk.salon.owed() if phone == desk.salon.phone]


def _quoted(desk: Desk, booking: Booking) -> str:
    [(name,)] = desk.salon.world.rows(
        "SELECT message_id FROM outbox_messages WHERE record_id = :id AND purpose = 'reminder_day'", id=booking["id"]
    )
    return str(name)


def _in_order(desk: Desk, *bookings: Booking) -> list[Booking]:
    """By when they were asked about."""
    statement = "SELECT record_id, sent_at FROM outbox_messages WHERE purpose = 'reminder_day'"
    sent = {row[0]: row[1] for row in desk.salon.world.rows(statement)}
    return sorted(bookings, key=lambda one: sent[one["id"]])


@pytest.mark.parametrize("words", ["нет, не смогу", "2"])
def test_a3_a_no_behind_two_questions_is_to_neither_and_the_salon_reads_of_both(desk: Desk, words: str) -> None:
    first, second = _asked(desk, 18, 22)
    desk.salon.say(words)
    assert answers(desk) == {first["id"]: "unclear", second["id"]: "unclear"}
    assert _attendance(desk, first, second) == [0, 0]
    [told] = desk.calls()
    for booking in (first, second):
        assert f"{desk.salon.starts_at(booking):%H:%M}" in told
    assert f"Анна (+{desk.salon.phone})" in told
    [reply] = _replies(desk)
    assert "уточнит" in reply
    assert not any("1 — приду" in text for text in due(desk, 3 * HOUR + MINUTE)), "a human asks, if anybody does"


@pytest.mark.parametrize("words", ["да", "1"])
def test_y9_a_yes_is_to_the_last_question_and_the_other_is_asked_by_its_time(desk: Desk, words: str) -> None:
    """Y9: what is confirmed is said, and what is not is asked."""
    other, last = _in_order(desk, *_asked(desk, 18, 22))
    desk.salon.say(words)
    assert _attendance(desk, other, last) == [0, 2]
    [reply] = _replies(desk)
    confirmed, _, question = reply.partition(".")
    assert f"{desk.salon.starts_at(last):%H:%M}" in confirmed
    assert f"{desk.salon.starts_at(other):%H:%M}" in question
    assert desk.calls() == []
    due(desk)
    desk.salon.say(words)
    assert _attendance(desk, other, last) == [2, 2]


@pytest.mark.parametrize("quoted", [0, 1])
def test_who_quotes_one_question_means_the_other_next(desk: Desk, quoted: int) -> None:
    bookings = _asked(desk, 18, 22)
    desk.salon.say("да", quoted_id=_quoted(desk, bookings[quoted]))
    assert _attendance(desk, *bookings)[quoted] == 2
    desk.salon.say("да")
    assert _attendance(desk, *bookings) == [2, 2]
    assert desk.calls() == []


def test_a_visit_that_is_off_is_no_rival(desk: Desk) -> None:
    first, second = _asked(desk, 18, 22)
    desk.edit(second, deleted=True)
    desk.read()
    desk.salon.say("да")
    assert _attendance(desk, first) == [2]


def test_two_bookings_of_one_visit_are_one_question(desk: Desk) -> None:
    ahead = tomorrow(desk, 20 * HOUR)
    first = desk.known(ahead)
    second = desk.known(ahead + 2 * HOUR, visit_id=first["visit_id"])
    long_ago(desk)
    desk.set(day_at=just_now(desk))
    assert len(due(desk)) == 1
    desk.salon.say("да")
    assert _attendance(desk, first, second) == [2, 2]


def test_words_that_only_a_human_understands_are_about_both(desk: Desk) -> None:
    first, second = _asked(desk, 18, 22)
    desk.salon.say("А можно с собакой?")
    assert answers(desk) == {first["id"]: "unclear", second["id"]: "unclear"}
    assert not any("1 — приду" in text for text in due(desk, 3 * HOUR + MINUTE))


def test_a_question_that_was_asked_after_the_words_is_not_meant(desk: Desk) -> None:
    """They were read late: the second question was asked meanwhile."""
    before, after = desk.all_known([20 * HOUR, 26 * HOUR])
    desk.read()
    now = desk.now()
    desk.salon.ask(before, asked_at=now - 10 * MINUTE)
    desk.salon.ask(after, asked_at=now - MINUTE)
    desk.salon.say("да", sent_at=now - 5 * MINUTE)
    assert answers(desk) == {before["id"]: "yes", after["id"]: None}
