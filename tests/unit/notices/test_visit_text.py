"""What a client reads of a visit of several bookings: the text of what is told of it, and of nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aiadmin.domain.ids import CompanyId, SalonId
from aiadmin.domain.journal.journal import BookedService, Record
from aiadmin.domain.notices.notice import NoticeKind
from aiadmin.domain.notices.telling import NoticeWithBooking, VisitNotices, by_visit
from aiadmin.services.notices.rendering import render
from aiadmin.storage.journal.sync_runs import SyncedSalon
from aiadmin.storage.notices.settings import SalonMessages
from tests.support.journals import COLOURING, HAIRCUT, NOW, record, told

SALON = SyncedSalon(company_id=CompanyId(1), salon_id=SalonId(2), zone="UTC", known_since=NOW)
MANICURE = BookedService(service_id=3, title="Маникюр")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def _booked(number: int, service: BookedService, hour: int) -> Record:
    at = (NOW + 3 * DAY).replace(hour=hour)
    return record(record_id=number, visit_id=7, services=(service,), starts_at=at, staff_id=8 + number % 2)


FIRST, SECOND, THIRD = _booked(1, HAIRCUT, 15), _booked(2, COLOURING, 16), _booked(3, MANICURE, 17)
SAME, LATER, OFF = "прежнее", "теперь ждём вас", "отмен"


def _off(booked: Record, **changes: Any) -> NoticeWithBooking:
    return told(NoticeKind.CANCELLED, replace(booked, is_deleted=True, **changes), booked)


def _moved(booked: Record, by: timedelta) -> NoticeWithBooking:
    return told(NoticeKind.MOVED, replace(booked, starts_at=booked.starts_at + by), booked)


def _text(told: list[NoticeWithBooking], rest: list[Record], known: list[Record] | None = None) -> str:
    """Nothing of it is read from the database: every booking is its client's own."""
    visits = [VisitNotices(told=each, rest=rest, known=known or rest) for each in by_visit(told)]
    nothing: Any = None
    return render(visits, SALON, SalonMessages(), nothing)


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.startswith("• ")]


@pytest.mark.parametrize(
    ("told", "rest", "said", "unsaid"),
    [
        pytest.param(
            [_off(SECOND)],
            [FIRST],
            ["Время вашего визита прежнее", "в 15:00", "Услуга: Стрижка\n"],
            ["Окрашивание", OFF],
            id="the second of two is off",
        ),
        pytest.param(
            [_off(FIRST)],
            [SECOND],
            [LATER, "в 16:00", "Услуга: Окрашивание\n"],
            ["Стрижка", OFF, SAME],
            id="the first of two is off",
        ),
        pytest.param(
            [_off(SECOND)],
            [FIRST, THIRD],
            ["Стрижка", "Маникюр", SAME, "в 15:00"],
            ["Окрашивание", OFF],
            id="the second of three is off",
        ),
        pytest.param(
            [_off(THIRD)],
            [FIRST, SECOND],
            ["Стрижка", "Окрашивание", SAME, "в 15:00"],
            ["Маникюр", OFF],
            id="the last of three is off",
        ),
        pytest.param(
            [_off(FIRST), _off(SECOND), _off(THIRD)], [], ["Ваша запись", "в 15:00, отменена"], [], id="all is off"
        ),
        pytest.param(
            [_off(FIRST, starts_at=FIRST.starts_at + 3 * HOUR)],
            [],
            ["в 15:00, отменена"],
            ["18:00"],
            id="what is off was moved before, and its client knows the time before that",
        ),
        pytest.param([_off(SECOND)], [], ["в 16:00, отменена"], [], id="the rest is off for who is in the salon"),
        pytest.param(
            [
                told(NoticeKind.BOOKED, replace(THIRD, starts_at=FIRST.starts_at)),
                _off(FIRST),
            ],
            [SECOND],
            [SAME, "в 15:00", "Маникюр, Окрашивание\n"],
            ["Стрижка", OFF],
            id="another booking takes the place of the first",
        ),
        pytest.param(
            [_moved(FIRST, 3 * HOUR), _moved(SECOND, 3 * HOUR)],
            [],
            ["перенесена: теперь ждём вас", "в 18:00", "Стрижка, Окрашивание"],
            [],
            id="all is moved",
        ),
        pytest.param(
            [told(NoticeKind.CHANGED, replace(SECOND, staff_id=FIRST.staff_id), SECOND)],
            [FIRST],
            [SAME, "в 15:00", "Услуги: Стрижка, Окрашивание\n"],
            ["перенес"],
            id="one has another master",
        ),
    ],
)
def test_what_is_left_of_a_visit_istold(
    told: list[NoticeWithBooking], rest: list[Record], said: list[str], unsaid: list[str]
) -> None:
    text = _text(told, rest)
    assert [words for words in said if words not in text] == []
    assert [words for words in unsaid if words in text] == []
    assert _lines(text) == []


def test_a_booking_of_the_visit_that_is_somewhere_else_by_now_is_not_at_the_same_time_as_before() -> None:
    text = _text([_off(SECOND)], [replace(FIRST, starts_at=FIRST.starts_at - HOUR)], [FIRST])
    assert SAME not in text
    assert LATER in text
    assert "в 14:00" in text


@pytest.mark.parametrize(
    ("told", "rest", "lines"),
    [
        pytest.param(
            [_moved(SECOND, 2 * HOUR)],
            [FIRST],
            [("15:00", "Стрижка"), ("18:00", "Окрашивание")],
            id="one is moved",
        ),
        pytest.param(
            [_moved(SECOND, 4 * DAY)],
            [FIRST],
            [("15:00", "Стрижка"), ("16:00", "Окрашивание")],
            id="one leaves for another day",
        ),
        pytest.param(
            [_off(FIRST), _moved(SECOND, 2 * HOUR)],
            [THIRD],
            [("17:00", "Маникюр"), ("18:00", "Окрашивание")],
            id="something else happens to each",
        ),
        pytest.param(
            [_off(FIRST)],
            [SECOND, THIRD],
            [("16:00", "Окрашивание"), ("17:00", "Маникюр")],
            id="the first of three is off",
        ),
    ],
)
def test_a_visit_that_has_several_times_is_a_list(
    told: list[NoticeWithBooking], rest: list[Record], lines: list[tuple[str, str]]
) -> None:
    text = _text(told, rest)
    assert [words for words in ("перенес", SAME, OFF) if words in text] == []
    found = _lines(text)
    assert len(found) == len(lines)
    assert [f"в {time}" in line and title in line for (time, title), line in zip(lines, found, strict=True)] == [
        True
    ] * len(lines)


def test_a_visit_that_falls_apart_into_days_is_a_list_of_them() -> None:
    text = _text([_moved(FIRST, 2 * DAY - 4 * HOUR), _moved(SECOND, 4 * DAY - 4 * HOUR)], [])
    assert text.startswith("Здравствуйте, Анна!\nВаши записи перенесены")
    assert [("в 11:00" in line, "в 12:00" in line) for line in _lines(text)] == [(True, False), (False, True)]


def test_two_visits_that_are_off_are_one_list() -> None:
    other = replace(FIRST, record_id=9, visit_id=8, starts_at=FIRST.starts_at + 2 * DAY)
    text = _text([_off(FIRST), _off(other)], [])
    assert "отменены" in text
    assert len(_lines(text)) == 2
