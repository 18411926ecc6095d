"""Holidays are told by the owner or the schedule alone; a question goes on in a few words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.steps import Act
from aiadmin.texts.chat import render
from tests.support.chat_turns import ARTEM, answer_to, said, salon, situation

HOLIDAY = "12 июня и 4 ноября не работаем, 31 декабря до 16:00"


def _second(first: str, text: str, known: Situation | None = None) -> str:
    known = known or situation()
    after = replace(known, dialogue=answer_to(first, known).dialogue)
    return render(answer_to(text, after), after)


@pytest.mark.parametrize(
    "text",
    [
        "12 июня работаете?",
        "4 ноября вы открыты?",
        "31 декабря до скольки?",
        "1 января работаете?",
        "с 1 по 8 января как вы работаете?",
        "как работаете на майские?",
        "в праздники вы открыты?",
        "на новогодних работаете?",
    ],
)
def test_the_hours_of_a_week_say_nothing_of_a_holiday(text: str) -> None:
    reply = answer_to(text, situation())

    assert reply.tells_salon
    assert "11:00" not in render(reply, situation())


@pytest.mark.parametrize("text", ["12 июня работаете?", "4 ноября вы открыты?", "12 июня и 4 ноября работаете?"])
def test_an_owner_s_word_about_a_day_stands_alone_and_once(text: str) -> None:
    known = situation(salon=salon(facts={"режим": HOLIDAY}))
    answer = said(text, known)

    assert answer.count(HOLIDAY) == 1
    assert "11:00" not in answer


def test_an_owner_s_word_about_something_else_is_none_about_a_day() -> None:
    known = situation(salon=salon(facts={"скидки": "12 июня скидка 10 % на стрижку"}))

    assert "скидка" not in said("12 июня работаете?", known)


def test_who_is_planned_on_a_holiday_works_then() -> None:
    planned = {(ARTEM, date(2026, 6, 12)): ((time(12), time(18)),)}
    known = situation(salon=replace(salon(), schedule=planned))
    answer = said("12 июня работаете?", known)

    assert [one for one in ("12:00", "18:00", "Артём") if one not in answer] == []


@pytest.mark.parametrize(
    ("first", "text", "words"),
    [
        ("в субботу до скольки работаете?", "а в понедельник?", ["закрыт"]),
        ("в субботу до скольки работаете?", "а 24го", ["24 мая", "21:00"]),
        ("сколько стоит мужская стрижка?", "а борода?", ["1 000"]),
        ("сколько длится мужская стрижка?", "а борода?", ["30 мин"]),
        ("сколько стоит мужская стрижка?", "а мужу?", ["1 700"]),
        ("артём завтра работает?", "а руслан?", ["Руслан", "не работает"]),
        ("руслан завтра работает?", "а артём?", ["Артём", "11:00"]),
        ("кто сегодня работает?", "а завтра?", ["Артём"]),
    ],
)
def test_a_few_words_ask_the_last_question_again(first: str, text: str, words: list[str]) -> None:
    answer = _second(first, text)

    assert [one for one in words if one not in answer] == []


@pytest.mark.parametrize(
    ("first", "text"),
    [
        ("сколько стоит мужская стрижка?", "завтра к Артёму"),
        ("сколько стоит мужская стрижка?", "запишите на бороду"),
        ("во сколько завтра открываетесь?", "завтра в 15 на стрижку"),
    ],
)
def test_a_wish_after_a_question_is_no_question(first: str, text: str) -> None:
    known = situation()
    after = replace(known, dialogue=answer_to(first, known).dialogue)

    assert answer_to(text, after).act is not Act.INFORM
