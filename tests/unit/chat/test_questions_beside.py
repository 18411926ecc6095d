"""A question beside another, or beside a wish, is answered or handed on, never dropped."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest

from aiadmin.domain.chat.commands import AskFact, Media
from aiadmin.domain.chat.commands import AttachmentKind as Kind
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.steps import Act, NeedDays, NeedStarts
from aiadmin.domain.journal.online_booking import Start
from aiadmin.texts.chat import render
from tests.support.chat_turns import (
    ARTEM,
    BEARD,
    CUT,
    NOW,
    TOMORROW,
    answer_to,
    client,
    said,
    situation,
    understood,
    visit,
)

FREE = {
    NeedStarts((CUT,), ARTEM, TOMORROW): [
        Start(wall_clock=datetime.combine(TOMORROW, time(15)), token="t", length=timedelta(hours=1))
    ],
    NeedDays((CUT,), ARTEM, NOW.date(), TOMORROW): [TOMORROW],
}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("сколько стоит мужская стрижка? а со своим шампунем можно прийти", "1 700"),
        ("почём стрижка, и чем вы моете?", "1 700"),
        ("где вы находитесь? а туалет для клиентов?", "Образцовый, 14"),
        ("во сколько завтра открываетесь? и можно ли прийти с велосипедом", "11:00"),
        ("стрижка долго? а музыку выключить можно?", "1 ч"),
        ("до скольки вы завтра, можно ли у вас покурить?", "21:00"),
    ],
)
def test_an_unread_question_beside_an_answered_one_goes_to_the_salon(text: str, word: str) -> None:
    reply = answer_to(text, situation())
    answer = render(reply, situation())

    assert reply.hand_over is HandOverReason.FACT
    assert word in answer
    assert "администратору" in answer


@pytest.mark.parametrize(
    "text",
    [
        "запишите на стрижку к Артёму завтра в 15, а музыку выключить можно?",
        "стрижка завтра в 15 к Артёму. туалет для клиентов имеется?",
    ],
)
def test_an_unread_question_beside_a_wish_leaves_the_wish(text: str) -> None:
    reply = answer_to(text, situation(), journal=FREE)

    assert reply.proposal is not None
    assert reply.tells_salon


@pytest.mark.parametrize(
    "text",
    [
        "запишите на стрижку завтра, можно?",
        "стрижка завтра в 15, получится?",
        "мужская стрижка долго? мне в 3 надо быть на работе",
        "как освобожусь напишу, сколько стоит стрижка?",
        "мужчин принимаете? мне стрижку",
    ],
)
def test_a_tail_of_a_wish_is_no_question_of_its_own(text: str) -> None:
    assert not any(isinstance(one, AskFact) for one in understood(text, situation()))


@pytest.mark.parametrize(
    "text", ["маникюр делаете? и сколько стоит стрижка", "сколько стоит стрижка и делаете ли эпиляцию"]
)
def test_what_there_is_none_of_is_said_beside_a_price(text: str) -> None:
    answer = said(text, situation())

    assert "нет" in answer
    assert "1 700" in answer


@pytest.mark.parametrize(
    "text",
    [
        "барбер у вас мужчина или женщина?",
        "кого посоветуете на стрижку?",
        "кто лучше Артём или Руслан?",
        "Артём давно работает?",
        "мастер опытный?",
        "сколько лет стажа у Руслана?",
    ],
)
def test_what_masters_are_like_is_for_the_salon_to_tell(text: str) -> None:
    reply = answer_to(text, situation())

    assert (reply.act, reply.hand_over) == (Act.HAND_OVER, HandOverReason.FACT)
    assert reply.proposal is None


def test_who_does_a_service_is_told_beside() -> None:
    assert "Артём (барбер)" in said("кого посоветуете на мужскую стрижку?", situation())


def test_a_photo_and_a_price_of_nothing_named_ask_nothing() -> None:
    commands = (*understood("хочу так же, сколько стоит", situation()), Media(kind=Kind.PHOTO))
    reply = answer_to(commands, situation())

    assert (reply.act, reply.asks) == (Act.HAND_OVER, None)
    assert "от 1 000" not in render(reply, situation())


@pytest.mark.parametrize(
    "text", ["сколько сеансов надо на бороду?", "сколько процедур потребуется, борода?", "за сколько сеансов борода?"]
)
def test_how_many_times_it_takes_is_told_by_the_description_or_the_salon(text: str) -> None:
    known = situation()
    told = replace(known.salon.services[BEARD], comment="курс из трёх процедур")
    described = replace(known, salon=replace(known.salon, services={**known.salon.services, BEARD: told}))

    assert answer_to(text, known).hand_over is HandOverReason.FACT
    assert "курс из трёх процедур" in said(text, described)


def test_a_visit_to_a_composite_service_costs_what_the_whole_does() -> None:
    whole, parts = 13, (CUT, BEARD)
    known = situation(client=client(visit(services=parts, titles=("Мужская стрижка", "Моделирование бороды"))))
    both = replace(known.salon.services[CUT], service_id=whole, title="Стрижка и борода", parts=parts)
    both = replace(both, masters=(replace(both.masters[0], price=Decimal(2600)),))
    services = {**known.salon.services, whole: both}
    answer = said("сколько с меня завтра будет?", replace(known, salon=replace(known.salon, services=services)))

    assert "2 600" in answer
    assert "1 000" not in answer


@pytest.mark.parametrize(
    "text",
    [
        "на стрижку завтра, к пяти надо освободиться, успеете?",
        "можно мужскую стрижку завтра до 18, получится?",
        "стрижку завтра днём. успеем до вечера?",
        "хочу стрижку на завтра. реально?",
    ],
)
def test_whether_it_can_be_is_answered_by_the_offer(text: str) -> None:
    commands = understood(text, situation())

    assert not [one for one in commands if isinstance(one, AskFact)]
