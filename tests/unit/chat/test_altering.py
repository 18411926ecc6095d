"""Changes within a visit that stands, coming early, and which of several visits is to be off."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from aiadmin.domain.chat.commands import Early, WantMove
from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.parts.visits import AlterationPassedOn, EarlyTold
from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.steps import Act
from tests.support.chat_turns import (
    BEARD,
    CUT,
    NOW,
    TOMORROW,
    answer_to,
    client,
    reminder,
    said,
    situation,
    understood,
    visit,
)

SIX = visit()
BOTH = visit(services=(CUT, BEARD), titles=("Мужская стрижка", "Моделирование бороды"))
TODAY = visit(at=datetime.combine(NOW.date(), time(18)))
LATER = visit(
    record_id=8, at=datetime.combine(TOMORROW + timedelta(days=3), time(17)), services=(BEARD,), titles=("Борода",)
)


def _of(*visits: object) -> Situation:
    return situation(client=client(*visits))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "добавьте бороду к моей записи",
        "можно к стрижке добавить бороду?",
        "хочу к своей записи завтра добавить ещё бороду",
        "у меня завтра стрижка, можно ещё и бороду сразу?",
        "и бороду к завтрашней стрижке добавьте",
        "поменяйте стрижку на бороду, время то же",
        "добавьте ещё бороду",
        "к той стрижке добавьте бороду",
        "у меня завтра в 18 стрижка, можно после неё бороду",
        "вместо стрижки хочу бороду",
        "вместо меня придёт брат, можно?",
        "можно брат придёт вместо меня?",
        "я не могу, вместо меня придёт папа",
        "отдам свою запись другу, можно?",
        "перепишите мою запись на брата",
    ],
)
def test_a_change_within_a_visit_is_passed_on_with_the_visit_named(text: str) -> None:
    reply = answer_to(text, _of(SIX))

    assert reply.act is Act.HAND_OVER
    assert reply.parts == (AlterationPassedOn(visit=SIX),)


@pytest.mark.parametrize(
    "text",
    [
        "бороду уберите, стрижку оставьте",
        "оставьте только стрижку, без бороды",
        "бороду не буду, только стрижка",
        "от бороды откажусь",
        "отмените бороду, стрижку оставьте",
        "я приду только на стрижку",
    ],
)
def test_of_two_services_one_is_not_to_be(text: str) -> None:
    assert answer_to(text, _of(BOTH)).parts == (AlterationPassedOn(visit=BOTH),)


@pytest.mark.parametrize("text", ["добавьте бороду к моей записи", "вместо меня придёт брат", "бороду уберите"])
def test_without_a_visit_nothing_is_altered(text: str) -> None:
    assert not any(isinstance(one, AlterationPassedOn) for one in answer_to(text, _of()).parts)


def test_the_visit_is_named_to_the_client() -> None:
    assert "22 мая, в 18:00" in said("добавьте бороду к моей записи", _of(SIX))


@pytest.mark.parametrize(
    "text",
    [
        "приду на 10 минут раньше, ничего?",
        "буду пораньше минут на 15, можно?",
        "ничего если я приду пораньше?",
        "приеду минут на 20 раньше",
        "если я пораньше подойду, подожду внутри можно?",
        "я уже подъехал, рановато",
    ],
)
def test_who_comes_early_moves_nothing(text: str) -> None:
    reply = answer_to(text, _of(TODAY))

    assert reply.parts == (EarlyTold(visit=TODAY),)
    assert reply.proposal is None


@pytest.mark.parametrize("text", ["можно раньше?", "перенесите на час раньше", "а пораньше есть что-нибудь?"])
def test_who_wishes_an_earlier_visit_is_not_early(text: str) -> None:
    assert not any(isinstance(one, Early) for one in understood(text, _of(SIX)))


@pytest.mark.parametrize(
    "text", ["не завтра, а в субботу", "завтра никак, можно через неделю?", "давайте не завтра а в среду"]
)
def test_a_day_that_does_not_suit_beside_one_that_does_is_a_move(text: str) -> None:
    assert any(isinstance(one, WantMove) for one in understood(text, _of(SIX)))
    assert not any(isinstance(one, WantMove) for one in understood(text, _of()))


@pytest.mark.parametrize(
    "text",
    [
        "вторую уберите пожалуйста",
        "уберите вторую",
        "последнюю удалите",
        "вторая не нужна",
        "вторую не надо",
        "от второй откажусь",
        "2 уберите",
        "вторую скиньте",
        "вторую выкиньте",
        "вторую можно убрать?",
        "понедельник уберите",
        "бороду уберите",
        "в понедельник не надо",
    ],
)
def test_one_of_the_visits_as_they_were_told_is_to_be_off(text: str) -> None:
    reply = answer_to(text, _of(SIX, LATER))

    assert reply.proposal is not None
    assert (reply.proposal.operation, reply.proposal.record_id) == (VisitOperation.CANCEL, LATER.record_id)


def test_a_reminder_is_answered_and_not_altered() -> None:
    reply = answer_to("да, приду минут на 10 раньше", situation(client=client(SIX), asks=(reminder(SIX),)))

    assert reply.proposal is None


@pytest.mark.parametrize("text", ["добавьте меня на бороду в субботу", "я завтра в 18 на стрижку или на бороду?"])
def test_another_visit_and_a_question_alter_nothing(text: str) -> None:
    assert not any(isinstance(one, AlterationPassedOn) for one in answer_to(text, _of(SIX)).parts)
