"""Which of the services that a question named: by its price, by its place, with a time beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aiadmin.domain.chat.advancing import advance
from aiadmin.domain.chat.asks import AskKind, OpenAsk
from aiadmin.domain.chat.commands import ChoosePriced
from aiadmin.domain.chat.dialogue import Dialogue, VisitOperation
from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.when import Asked
from aiadmin.domain.chat.wishes import points
from tests.support.chat_turns import BEARD, CUT, NOW, situation, understood


def _asked() -> Situation:
    """We have asked whether it is the haircut (1700) or the beard (1000)."""
    wish = Dialogue(
        operation=VisitOperation.BOOK, choices=((CUT, BEARD),), candidates=(CUT, BEARD), asked=Asked.SERVICE
    )
    ask = OpenAsk(kind=AskKind.QUESTION, sent_at=NOW)
    return replace(situation(dialogue=wish), asks=(ask,))


def _chosen(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    known = _asked()
    wish = advance(known.dialogue, understood(text, known), known)
    return wish.services, tuple(at.hour for at in points(wish.whens))


@pytest.mark.parametrize(
    ("text", "service", "hours"),
    [
        ("подешевле который", BEARD, ()),
        ("тот что дешевле, на 15:00", BEARD, (15,)),
        ("самый недорогой", BEARD, ()),
        ("бюджетный вариант", BEARD, ()),
        ("самый дорогой пожалуйста", CUT, ()),
        ("первый, на 15:00", CUT, (15,)),
        ("второй, в 13:00", BEARD, (13,)),
        ("последний, в 15", BEARD, (15,)),
        ("первый вариант, на 15:00 запишите", CUT, (15,)),
        ("второй", BEARD, ()),
    ],
)
def test_one_of_the_services_is_chosen_and_its_hour_is_kept(text: str, service: int, hours: tuple[int, ...]) -> None:
    assert _chosen(text) == ((service,), hours)


@pytest.mark.parametrize("text", ["а дешевле нет?", "не дороже ли это", "сколько стоит дешёвая?"])
def test_a_question_for_the_price_chooses_nothing(text: str) -> None:
    assert not any(isinstance(one, ChoosePriced) for one in understood(text, _asked())) or "?" not in text


def test_without_our_question_nothing_is_chosen_by_price() -> None:
    assert not any(isinstance(one, ChoosePriced) for one in understood("подешевле который", situation()))
