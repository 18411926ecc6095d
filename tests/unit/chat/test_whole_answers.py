"""Each question of a burst has its answer, and none loses the wish beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from aiadmin.domain.chat.asks import AskKind, OpenAsk
from aiadmin.domain.chat.dialogue import Dialogue
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.situation import ClientView, Situation
from aiadmin.domain.chat.steps import Act, Asks, Need, NeedDays, NeedStarts
from aiadmin.domain.journal.online_booking import Start
from aiadmin.texts.chat import render
from tests.support.chat_turns import ARTEM, BEARD, CUT, NOW, RUSLAN, TOMORROW, answer_to, salon, situation


def _starts(day: date, *clocks: str) -> list[Start]:
    moments = [datetime.combine(day, time.fromisoformat(one)) for one in clocks]
    return [Start(wall_clock=one, length=timedelta(hours=1), token=f"{one}") for one in moments]


def _journal() -> Mapping[Need, Any]:
    days = [TOMORROW + timedelta(days=step) for step in range(60)]
    return {
        **{NeedStarts((one,), ARTEM, TOMORROW): _starts(TOMORROW, "15:00", "19:00") for one in (CUT, BEARD)},
        **{NeedStarts((one,), RUSLAN, TOMORROW): [] for one in (CUT, BEARD)},
        **{NeedStarts((one,), 0, TOMORROW): _starts(TOMORROW, "15:00", "19:00") for one in (CUT, BEARD)},
        **{NeedDays((one,), ARTEM, NOW.date(), last): [TOMORROW] for last in days for one in (CUT, BEARD)},
    }


def _said(text: str, known: Situation | None = None) -> str:
    known = known or situation()
    return render(answer_to(text, known, journal=_journal()), known)


@pytest.mark.parametrize(
    "text",
    [
        "стрижка к Артёму завтра и сколько стоит?",
        "сколько стоит стрижка у Артёма и можно ли завтра?",
        "сколько будет стрижка у Артёма завтра вечером?",
        "хочу завтра на стрижку к Артёму, какая цена?",
    ],
)
def test_a_price_beside_a_day_loses_neither(text: str) -> None:
    said = _said(text)

    assert "2 000" in said
    assert "19:00" in said


@pytest.mark.parametrize(
    "text", ["сколько стоит?", "какие у вас цены?", "сколько стоит рукав?", "почём татуаж бровей?"]
)
def test_a_price_of_no_service_that_there_is_says_what_there_is(text: str) -> None:
    said = _said(text)

    assert "стрижки от 1 000" in said.lower()


def test_who_is_cheaper_is_asked_of_what_is_talked_about() -> None:
    known = situation(dialogue=Dialogue(services=(CUT,)))
    said = _said("у кого дешевле", known)

    assert "1 700" in said
    assert "борода" not in said.lower()


@pytest.mark.parametrize(
    "text", ["это бот? позовите администратора", "вы робот?\nдайте человека", "я с ботом говорю? хочу оператора"]
)
def test_who_asks_for_a_machine_and_for_a_human_has_both_answers(text: str) -> None:
    reply = answer_to(text, situation())
    said = render(reply, situation())

    assert reply.hand_over is HandOverReason.HUMAN
    assert "виртуальный помощник" in said
    assert "администратор" in said


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("парковка есть? а кофе наливаете?", "напитки"),
        ("где парковка и есть ли у вас детский уголок?", "дети"),
    ],
)
def test_of_a_known_fact_and_an_unknown_one_it_is_said_which(text: str, unknown: str) -> None:
    known = situation(salon=salon(facts={"парковка": "во дворе"}))
    reply = answer_to(text, known)
    said = render(reply, known)

    assert reply.hand_over is HandOverReason.FACT
    assert "во дворе" in said
    assert f"«{unknown}»" in said


def test_an_unknown_fact_alone_needs_no_name() -> None:
    assert "«" not in _said("кофе наливаете?").replace("«Топор»", "")


@pytest.mark.parametrize("text", ["сколько стоит стрижка и где вы находитесь?", "какой адрес и почём стрижка?"])
def test_a_price_and_an_address_are_both_answered(text: str) -> None:
    reply = answer_to(text, situation())
    said = render(reply, situation())

    assert reply.act is Act.INFORM
    assert reply.asks in {None, Asks.OTHER}
    assert "1 700" in said
    assert "Образцовый" in said


@pytest.mark.parametrize(
    "text",
    [
        "мы с сыном хотим завтра, мне стрижку ему бороду",
        "запишите меня и друга завтра: мне стрижку, ему бороду",
    ],
)
def test_who_comes_with_a_guest_and_wishes_something_else_for_him_is_offered_both(text: str) -> None:
    known = situation()
    reply = answer_to(text, known, journal=_journal())

    assert reply.proposal is not None
    whose = {slot.services: guest for slot, guest in zip(reply.proposal.slots, reply.proposal.guests, strict=True)}
    assert whose[(CUT,)] is None
    assert whose[(BEARD,)] is not None


@pytest.mark.parametrize("text", ["тогда вечером. Марина", "в 19, Олег", "на 19:00\nИгорь"])
def test_a_name_beside_the_choice_of_a_time_is_not_asked_for_again(text: str) -> None:
    stranger = situation(client=ClientView())
    shown = answer_to("на стрижку к Артёму завтра", stranger, journal=_journal())
    asked = OpenAsk(kind=AskKind.QUESTION, sent_at=NOW)
    reply = answer_to(text, replace(stranger, dialogue=shown.dialogue, asks=(asked,)), journal=_journal())

    assert reply.proposal is not None
    assert reply.proposal.name in {"Марина", "Олег", "Игорь"}
    assert "ваше имя" not in render(reply, stranger)


@pytest.mark.parametrize(
    "text", ["когда принимает Артём?", "Артём по каким дням работает?", "Артём какие дни работает"]
)
def test_on_which_days_a_master_works_is_said_by_the_plan(text: str) -> None:
    reply = answer_to(text, situation())
    said = render(reply, situation())

    assert reply.act is Act.INFORM
    assert "22.05 11:00–21:00" in said
    assert "услугу" not in said


@pytest.mark.parametrize("fact", ["23 мая не работаем", "23.05 санитарный день"])
@pytest.mark.parametrize("text", ["23 мая работаете?", "до скольки вы 23 мая?", "в субботу вы открыты?"])
def test_what_the_owner_told_of_a_day_stands_over_the_hours_of_the_week(text: str, fact: str) -> None:
    known = situation(salon=salon(facts={"праздники": fact}))
    said = render(answer_to(text, known), known)

    assert fact in said
    assert "с 11:00" not in said


def test_another_day_has_the_hours_of_the_week() -> None:
    known = situation(salon=salon(facts={"праздники": "23 мая не работаем"}))

    assert "с 11:00" in render(answer_to("22 мая работаете?", known), known)
