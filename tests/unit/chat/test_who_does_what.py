"""Who does a service, or to whom one goes for it: the names, and no question which service is meant."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest

from aiadmin.domain.chat.commands import AskWorks, WantBooking
from aiadmin.domain.chat.dialogue import Dialogue
from aiadmin.domain.chat.steps import Act
from tests.support.chat_turns import (
    CUT,
    RUSLAN,
    TOMORROW,
    answer_to,
    client,
    said,
    salon,
    situation,
    understood,
    visit,
)


@pytest.mark.parametrize(
    "text",
    [
        "кто делает стрижки?",
        "кто у вас стрижками занимается?",
        "стрижка у кого лучше делать",
        "к кому можно на стрижку",
        "к кому записаться на стрижку?",
        "у кого можно сделать стрижку?",
        "какой мастер делает бороду",
        "кто по бородам?",
        "кто мастер по стрижкам?",
        "подскажите, кто бороду делает",
        "кто бороду моделирует?",
    ],
)
def test_who_does_a_service_is_told_by_name(text: str) -> None:
    reply, words = answer_to(text, situation()), said(text, situation())

    assert (reply.act, reply.asks) == (Act.INFORM, None)
    assert "Артём" in words
    assert "Руслан" in words


def test_who_does_it_on_a_day_are_those_who_work_then() -> None:
    words = said("к кому завтра можно на стрижку?", situation())

    assert "Артём" in words
    assert "Руслан" not in words


def test_who_will_do_it_is_asked_of_what_is_talked_about() -> None:
    assert "Артём" in said("а кто делать будет?", situation(dialogue=Dialogue(services=(CUT,))))


@pytest.mark.parametrize(
    "text",
    [
        "кто может подстричь завтра в 15?",
        "кто меня завтра стрижёт?",
        "кто стриг моего мужа?",
        "запишите на стрижку к кому угодно",
    ],
)
def test_an_hour_or_a_visit_that_was_is_no_question_who(text: str) -> None:
    commands = understood(text, situation())

    assert AskWorks() not in commands


def test_a_price_with_whom_it_is_lower_stays_one() -> None:
    words = said("у кого дешевле стрижка?", situation())

    assert "1 700" in words
    assert "Наши мастера" not in words


def test_a_wish_in_words_is_one() -> None:
    assert any(
        isinstance(one, WantBooking) for one in understood("запишите меня на стрижку к кому-нибудь", situation())
    )


@pytest.mark.parametrize(
    "text", ["когда Руслан из отпуска выходит?", "Руслан с какого числа работает?", "Руслан когда будет?"]
)
def test_when_somebody_is_back_is_told_by_the_next_working_day(text: str) -> None:
    view, back = salon(), TOMORROW + timedelta(days=9)
    schedule = {(RUSLAN, TOMORROW + timedelta(days=step)): () for step in range(-1, 9)}
    known = situation(salon=replace(view, schedule={**schedule, (RUSLAN, back): ((time(11), time(21)),)}))

    assert f"{back.day} мая" in said(text, known)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("а к какому времени завтра освобожусь?", "длится 1 ч"),
        ("во сколько я завтра освобожусь?", "длится 1 ч"),
        ("сколько я вам завтра буду должен?", "2 000 ₽"),
    ],
)
def test_the_end_and_the_price_of_an_own_visit_are_told(text: str, words: str) -> None:
    assert words in said(text, situation(client=client(visit())))
