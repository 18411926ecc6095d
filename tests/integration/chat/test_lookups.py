"""What a decision has to know first is asked within a turn's bounds, and what is not known is said so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, get_args

import pytest

from aiadmin.domain.chat.situation import ClientView
from aiadmin.domain.chat.steps import (
    MOST_CALLS,
    Found,
    Need,
    NeedDay,
    NeedDays,
    NeedEvents,
    NeedFreeStaff,
    NeedNearest,
    NeedStarts,
    NeedVisits,
    Unavailable,
)
from aiadmin.services.chat.lookups import LookUps, TurnLookUps
from tests.support.played_salon import ANNA, FILE, IRINA, MARIA, MARIAS_PHONE, NEW_PHONE, OLGA, PlayedSalon

THURSDAY = date(2026, 3, 12)
VISIT = {"record": 9001, "services": [101], "staff": ANNA, "at": "2026-03-12T10:00"}
STARTS = NeedStarts((101,), ANNA, THURSDAY)
EACH_NEED = (
    NeedDays((101,), ANNA, THURSDAY, date(2026, 3, 20)),
    STARTS,
    NeedNearest((201,), OLGA),
    NeedEvents((402,)),
    NeedVisits(),
    NeedDay(ANNA, THURSDAY),
    NeedFreeStaff((101,), datetime.fromisoformat("2026-03-12T10:00")),
)


def _turn(played: PlayedSalon, phone: str | None = MARIAS_PHONE, **changed: Any) -> TurnLookUps:
    with played.box.uow() as work:
        salon = played.box.views.salon(work, played.company_id).salon
        client = played.box.views.client(work, played.company_id, phone=phone, zone=salon.zone)
    return played.box.look_ups.begin(salon, replace(client, **changed))


def _clocks(starts: Any) -> list[str]:
    return [f"{one.wall_clock:%H:%M}" for one in starts]


def test_every_need_is_answered(played: PlayedSalon) -> None:
    played.play(FILE, VISIT)
    found = Found()
    for need in EACH_NEED:
        found = _turn(played).answer([need], found)
    assert list(found.days.values()) == [[date(2026, 3, 12), date(2026, 3, 14), date(2026, 3, 17)]]
    assert {type(need) for need in EACH_NEED} == set(get_args(Need))
    assert _clocks(found.starts[STARTS]) == ["11:30", "16:00", "17:00"]
    assert _clocks(found.starts[NeedNearest((201,), OLGA)]) == ["10:00", "14:00"]
    (event,) = found.events[NeedEvents((402,))]  # type: ignore[misc]
    assert event.places == 2
    assert list(found.free_staff.values()) == [[]], "Anna has a visit then, and Elena does not work yet"
    day = found.day_of_staff[NeedDay(ANNA, THURSDAY)]
    assert 9001 in {span.record_id for span in day.busy}  # type: ignore[union-attr]


def test_visits_are_those_of_all_cards_with_what_was_a_month_ago(played: PlayedSalon) -> None:
    two = {"name": "Мария", "phone": MARIAS_PHONE, "cards": [777]}
    file = FILE | {"clients": FILE["clients"] | {"M2": two}}
    other = {**VISIT, "record": 9002, "staff": IRINA, "services": [202], "at": "2026-03-13T17:30", "client": "M2"}
    played.play(file, VISIT, other, {**VISIT, "record": 9003, "at": "2026-03-14T12:00", "deleted": True})
    found = _turn(played).answer([NeedVisits()], Found())
    assert [one.record_id for one in found.visits] == [9001, 9002]  # type: ignore[union-attr]
    past = [(one.starts, one.services) for one in found.past]  # type: ignore[union-attr]
    assert past == [
        (datetime.fromisoformat("2026-02-10T18:00"), (201,)),
        (datetime.fromisoformat("2026-01-28T12:00"), (101,)),
    ]


def test_one_card_that_cannot_be_read_leaves_all_visits_unknown(played: PlayedSalon) -> None:
    played.play(FILE, VISIT)
    played.yclients.method_faults(records=[None, "down"])
    found = _turn(played, cards=(MARIA, 502)).answer([NeedVisits()], Found())
    assert found.visits == found.past == Unavailable()


def test_a_client_who_is_new_to_our_copy_is_looked_for_by_phone(played: PlayedSalon) -> None:
    played.play(FILE, VISIT)
    assert [one.record_id for one in _turn(played, cards=()).answer([NeedVisits()], Found()).visits or ()] == [9001]
    nobody = _turn(played, NEW_PHONE)
    assert nobody.answer([NeedVisits()], Found()).visits == ()
    assert nobody.calls == 1
    hidden = _turn(played, None)
    assert hidden.answer([NeedVisits()], Found()).visits == ()
    assert hidden.calls == 0


def test_a_card_that_is_anothers_by_now_shows_none_of_its_visits(played: PlayedSalon) -> None:
    """Our copy of the journal is of the night; the live records say whose they are."""
    played.play(FILE, VISIT)
    turn = _turn(played, "79005554433", cards=(MARIA,))
    found = turn.answer([NeedVisits()], Found())
    assert (found.visits, found.past) == ((), ())
    known = _turn(played, "79005554433", cards=(MARIA,), also=frozenset({MARIAS_PHONE}))
    assert [one.record_id for one in known.answer([NeedVisits()], Found()).visits or ()] == [9001]


def test_whom_a_visit_is_for_is_said_of_those_that_we_have_booked(played: PlayedSalon) -> None:
    played.play(FILE, VISIT)
    turn = _turn(played)
    turn.guests = {9001: "Соня"}
    assert [one.guest for one in turn.answer([NeedVisits()], Found()).visits or ()] == ["Соня"]


def test_a_turn_makes_no_more_calls_than_it_may_and_none_twice(played: PlayedSalon) -> None:
    played.play()
    turn = _turn(played)
    days = [NeedStarts((101,), ANNA, THURSDAY + timedelta(days=ahead)) for ahead in range(6)]
    found = turn.answer([*days[:2], *days[:2]], Found())
    assert turn.calls == 2
    found = turn.answer(days, found)
    assert turn.calls == MOST_CALLS == len(played.asked("book_times"))
    assert [isinstance(found.starts[one], Unavailable) for one in days] == [False] * 4 + [True] * 2


def test_a_turn_that_lasts_too_long_asks_nothing_more(played: PlayedSalon) -> None:
    played.play()
    seconds = iter([0.0, 19.0, 20.0])
    look_ups = LookUps(api=played.box.booking_api, clock=played.box.clock, monotonic=lambda: next(seconds))
    with played.box.uow() as work:
        salon = played.box.views.salon(work, played.company_id).salon
    turn = look_ups.begin(salon, ClientView())
    found = turn.answer([STARTS, NeedDay(ANNA, THURSDAY)], Found())
    assert not isinstance(found.starts[STARTS], Unavailable)
    assert found.day_of_staff[NeedDay(ANNA, THURSDAY)] == Unavailable()


@pytest.mark.parametrize("fault", ["down", 429, 500, 403])
def test_what_yclients_does_not_answer_is_neither_free_nor_busy(played: PlayedSalon, fault: object) -> None:
    played.play(FILE, VISIT)
    methods = ("book_dates", "book_times", "book_staff", "book_staff_seances", "activity", "records", "schedule")
    played.yclients.method_faults(**{one: "down" if fault == "down" else [fault] * 9 for one in methods})
    for need in EACH_NEED:
        found = _turn(played).answer([need], Found())
        kept = (found.days, found.starts, found.events, found.day_of_staff, found.free_staff)
        answers = [*(one for table in kept for one in table.values()), found.visits]
        assert [one for one in answers if one is not None] == [Unavailable()], need
