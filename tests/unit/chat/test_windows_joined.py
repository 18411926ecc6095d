"""Two windows joined by "or", questions whether there is anything, and days on which nothing is free."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from aiadmin.domain.chat.dates.reading import read_when
from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.steps import Need, NeedDays, NeedNearest, NeedStarts
from aiadmin.domain.chat.wishes import suits
from aiadmin.domain.journal.online_booking import Start
from aiadmin.texts.chat import render
from tests.support.chat_turns import ARTEM, CUT, NOW, RUSLAN, answer_to, salon, situation

FRIDAY, SATURDAY, MONDAY = (NOW.date() + timedelta(days=days) for days in (1, 2, 4))


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour))


@pytest.mark.parametrize(
    ("text", "fitting", "unfitting"),
    [
        (
            "в будни после шести или в выходные в любое время",
            (_at(FRIDAY, 19), _at(SATURDAY, 11)),
            (_at(FRIDAY, 15),),
        ),
        ("в выходные или в будни после шести", (_at(FRIDAY, 19), _at(SATURDAY, 11)), (_at(FRIDAY, 15),)),
        ("вечером в будни либо в субботу с утра", (_at(FRIDAY, 18), _at(SATURDAY, 10)), (_at(SATURDAY, 18),)),
        ("завтра вечером или в субботу утром", (_at(FRIDAY, 18), _at(SATURDAY, 10)), (_at(FRIDAY, 10),)),
        ("в субботу в любое время или в будни после 18", (_at(SATURDAY, 11), _at(FRIDAY, 19)), (_at(FRIDAY, 11),)),
        ("завтра после 17 или в понедельник до обеда", (_at(FRIDAY, 18), _at(MONDAY, 11)), (_at(MONDAY, 18),)),
        ("в пятницу вечером или в субботу", (_at(FRIDAY, 18), _at(SATURDAY, 18)), (_at(SATURDAY, 11),)),
        ("после работы ничего нет?", (_at(FRIDAY, 19),), (_at(FRIDAY, 12),)),
        ("завтра мест нет?", (_at(FRIDAY, 12),), (_at(SATURDAY, 12),)),
        ("до обеда времени нет?", (_at(FRIDAY, 10),), (_at(FRIDAY, 18),)),
        ("завтра нет, лучше в субботу", (_at(SATURDAY, 12),), (_at(FRIDAY, 12),)),
    ],
)
def test_each_side_keeps_its_own(text: str, fitting: tuple[datetime, ...], unfitting: tuple[datetime, ...]) -> None:
    whens = read_when(text, now=NOW)

    assert all(suits(whens, one) for one in fitting)
    assert not any(suits(whens, one) for one in unfitting)


def _starts(day: date, *hours: int) -> list[Start]:
    return [Start(wall_clock=_at(day, hour), length=timedelta(hours=1), token=f"{hour}") for hour in hours]


def _known(**bot: Any) -> Situation:
    days = [NOW.date() + timedelta(days=step) for step in range(40)]
    schedule = {(ARTEM, day): ((time(11), time(21)),) for day in days} | {(RUSLAN, day): () for day in days}
    return situation(salon=replace(salon(**bot), schedule=schedule))


def _said(text: str, journal: dict[Need, Any], **bot: Any) -> str:
    known = _known(**bot)
    return render(answer_to(text, known, journal=journal), known)


def test_both_sides_are_shown() -> None:
    journal: dict[Need, Any] = {
        NeedStarts((CUT,), ARTEM, NOW.date()): _starts(NOW.date(), 19),
        NeedStarts((CUT,), ARTEM, SATURDAY): _starts(SATURDAY, 12, 15),
    }
    words = _said("стрижка к Артёму в будни после шести или в выходные в любое время", journal)

    assert "19:00" in words
    assert "12:00" in words
    assert "свободных мест нет" not in words


def test_any_day_but_one_shows_more_than_one_day() -> None:
    journal: dict[Need, Any] = {
        NeedNearest((CUT,), ARTEM): _starts(NOW.date(), 18, 19),
        NeedStarts((CUT,), ARTEM, SATURDAY): _starts(SATURDAY, 18),
    }
    words = _said("стрижка к Артёму в любой день после пяти кроме пятницы", journal)

    assert "21 мая" in words
    assert "23 мая" in words


def test_of_a_far_day_without_a_free_time_the_nearest_is_named() -> None:
    far, near = NOW.date() + timedelta(days=20), NOW.date() + timedelta(days=18)
    journal: dict[Need, Any] = {
        NeedStarts((CUT,), ARTEM, far): [],
        NeedDays((CUT,), ARTEM, NOW.date(), far + timedelta(days=14)): [FRIDAY, near],
        NeedStarts((CUT,), ARTEM, near): _starts(near, 15),
    }
    words = _said(f"стрижка к Артёму {far:%d.%m}", journal)

    assert "15:00" in words
    assert f"{near.day} июня" in words


def test_a_holiday_in_a_wish_has_the_fact_of_the_owner_once() -> None:
    words = _said("стрижка 12 июня можно?", {}, facts={"Праздники": "12 июня закрыто"})

    assert words.count("12 июня закрыто") == 1
