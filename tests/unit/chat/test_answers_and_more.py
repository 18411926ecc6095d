"""An answer with something else behind it: the answer counts, and the rest is not lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

import pytest

from aiadmin.domain.chat.asks import Attend
from aiadmin.domain.chat.commands import Guest, Late, NamedService, Suits, WantBooking, WantMove, Yes
from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.steps import Act
from tests.support.chat_turns import (
    BEARD,
    TOMORROW,
    answer_to,
    client,
    offered,
    reminder,
    said,
    situation,
    step_of,
    understood,
    visit,
)

SIX = visit()
_REMINDED = situation(asks=(reminder(SIX),), client=client(SIX))
_MOVE = offered(VisitOperation.MOVE, SIX, datetime.combine(TOMORROW, time(15)))


def _booking() -> Situation:
    """A visit tomorrow at three is offered."""
    proposal = _MOVE.proposal
    assert proposal is not None
    booking = replace(proposal, operation=VisitOperation.BOOK, record_id=None, guests=(None,))
    return situation(asks=(replace(_MOVE, proposal=booking),))


@pytest.mark.parametrize(
    "text",
    [
        "нет, заболел. потом сам запишусь",
        "не смогу, позже напишу",
        "нет, уезжаю, вернусь запишусь",
        "увы нет, заболел ребёнок",
        "не приду, потом перезапишусь сам",
        "нет(( форс-мажор на работе, напишу как смогу",
        "не получится, запишусь на следующей неделе сам",
    ],
)
def test_a_refusal_stands_whatever_is_promised_behind_it(text: str) -> None:
    reply = answer_to(text, _REMINDED)

    assert [one.answer for one in reply.attendance] == [Attend.NO]


@pytest.mark.parametrize(
    "text", ["не смогу, перенесите на субботу", "нет, запишите на субботу", "нет, а в субботу можно?"]
)
def test_what_is_asked_of_us_behind_it_is_no_promise(text: str) -> None:
    assert any(isinstance(one, (WantMove, WantBooking, Suits)) for one in understood(text, _REMINDED))


@pytest.mark.parametrize(
    "text",
    [
        "придем! я с братом, его тоже надо, можно после меня?",
        "приду вместе с братом, ему тоже стрижку",
        "подтверждаю, но с другом, его можно тоже записать?",
        "да приду, а можно со мной друг на стрижку?",
        "да, и друга на стрижку в это же время",
    ],
)
def test_somebody_who_comes_along_is_told_to_the_salon(text: str) -> None:
    reply = answer_to(text, _REMINDED)

    assert reply.act is Act.HAND_OVER
    assert reply.proposal is None
    assert "18:00" in said(text, _REMINDED)


def test_a_yes_that_stands_first_confirms_whatever_is_asked_behind_it() -> None:
    alone = answer_to("да. а мыть голову дома надо?", _REMINDED)
    with_brother = answer_to("приду! и брата запишите", _REMINDED)

    assert [one.answer for one in (*alone.attendance, *with_brother.attendance)] == [Attend.YES, Attend.YES]
    assert alone.hand_over is not None


@pytest.mark.parametrize("text", ["да, а сколько это стоит?", "приду, если не заболею", "да приду, а картой можно?"])
def test_a_yes_with_a_condition_behind_it_does_not(text: str) -> None:
    assert Attend.YES not in [one.answer for one in answer_to(text, _REMINDED).attendance]


@pytest.mark.parametrize("text", ["приду, только опоздаю чуть", "буду, но опоздаю минут на 10"])
def test_who_comes_late_is_late_and_moves_nothing(text: str) -> None:
    reply = answer_to(text, _REMINDED)

    assert reply.proposal is None
    assert reply.notes


def test_who_agrees_and_comes_late_is_booked() -> None:
    commands = understood("да только я могу опоздать минут на пять", _booking())

    assert [one.but for one in commands if isinstance(one, Yes)] == [""]
    assert any(isinstance(one, Late) for one in commands)
    assert type(step_of(commands, _booking())).__name__ == "Write"
    assert type(step_of("да, опоздаю если что на бороду", _booking())).__name__ != "Write"


@pytest.mark.parametrize("text", ["да, и брата тоже", "давайте, и друга моего тоже следом", "запишите, и брата"])
def test_one_more_person_is_added_to_what_is_offered(text: str) -> None:
    guests = [one for one in understood(text, _booking()) if isinstance(one, Guest)]

    assert [one.is_beside for one in guests] == [True]


def test_the_service_of_one_more_person_is_added_too() -> None:
    named = [one for one in understood("да, и брата на бороду", _booking()) if isinstance(one, NamedService)]

    assert [(one.ids, one.whom, one.is_added) for one in named] == [((BEARD,), "брат", True)]
