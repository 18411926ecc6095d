"""Words after we have asked whether a client was content: stars, praise, reproach; and no wish for a visit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aiadmin.domain.chat.asks import AskKind, OpenAsk
from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.parts.visits import RatingThanked
from aiadmin.domain.chat.steps import Act
from aiadmin.texts.chat import render
from tests.support.chat_turns import NOW, answer_to, situation

ASKED = OpenAsk(kind=AskKind.RATING, sent_at=NOW - timedelta(hours=1), record_id=7, starts=NOW - timedelta(hours=3))
KNOWN = situation(asks=(ASKED,))


@pytest.mark.parametrize(
    "text",
    [
        "5",
        "5, Артём супер",
        "5! Руслан золотые руки",
        "пять, стрижка огонь",
        "Здравствуйте! 5",
        "5\nспасибо Артёму",
    ],
)
def test_good_stars_are_taken_whatever_praise_stands_behind(text: str) -> None:
    reply = answer_to(text, KNOWN)

    assert reply.rating == 5
    assert reply.parts == (RatingThanked(),)
    assert reply.asks is None


@pytest.mark.parametrize("text", ["2, стрижка кривая", "3! долго ждал Артёма"])
def test_bad_stars_are_for_a_human(text: str) -> None:
    reply = answer_to(text, KNOWN)

    assert reply.hand_over is HandOverReason.COMPLAINT
    assert reply.rating in {1, 2, 3}


@pytest.mark.parametrize("text", ["5! а сколько стоит у вас бритьё?", "5, а борода долго держится?"])
def test_a_question_beside_stars_goes_to_the_salon(text: str) -> None:
    reply = answer_to(text, KNOWN)

    assert reply.rating == 5
    assert reply.hand_over in {HandOverReason.FACT, None}
    assert reply.proposal is None
    assert reply.asks is None


@pytest.mark.parametrize(
    "text", ["просто космос спасибо", "стрижка бомба", "не ожидал что так красиво получится", "борода пушка!!"]
)
def test_praise_in_words_is_thanked_for_and_asks_nothing(text: str) -> None:
    reply = answer_to(text, KNOWN)

    assert reply.act in {Act.INFORM, Act.SILENT}
    assert "?" not in render(reply, KNOWN)
    assert reply.dialogue.operation is None


@pytest.mark.parametrize("text", ["запишите на стрижку завтра", "хочу снова на бороду"])
def test_a_wish_is_a_wish_all_the_same(text: str) -> None:
    assert answer_to(text, KNOWN).dialogue.operation is VisitOperation.BOOK


@pytest.mark.parametrize("text", ["5 июня можно на стрижку?", "в 5 можно?", "5 минут и буду"])
def test_a_number_of_something_else_is_no_rating(text: str) -> None:
    assert answer_to(text, KNOWN).rating is None
