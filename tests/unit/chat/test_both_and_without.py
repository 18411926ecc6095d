"""Both of two services, one without what the other has, and what several cost."""

from __future__ import annotations

import pytest

from aiadmin.domain.chat.advancing import advance
from aiadmin.domain.chat.dialogue import Dialogue
from aiadmin.domain.chat.reading import read_text
from aiadmin.domain.chat.reading_context import ReadingContext
from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.when import Asked
from tests.support.chat_turns import said, situation
from tests.unit.chat.test_service_choice import NOW, Catalogue

BROWS = Catalogue(["Коррекция бровей", "Окрашивание бровей", "Женская стрижка", "Мужская стрижка"])
NAILS = Catalogue(["Маникюр с шеллаком", "Маникюр без покрытия", "Педикюр с шеллаком", "Педикюр без покрытия"])


def _answered(salon: Catalogue, first: str, answer: str) -> Dialogue:
    wish = salon.wish(first)
    context = ReadingContext(
        vocabulary=salon.vocabulary, now=NOW, asked=Asked.SERVICE, candidates=wish.choices[0] if wish.choices else ()
    )
    known = Situation(now=NOW, written_at=NOW, salon=salon.salon, client=salon.client, dialogue=wish)
    return advance(wish, read_text(answer, context), known)


@pytest.mark.parametrize(
    "answer",
    [
        *("обе", "оба", "и то и другое", "и то, и другое", "давайте обе", "обе процедуры", "оба варианта"),
        *("и то и то", "можно всё сразу?", "всё вместе"),
    ],
)
def test_both_of_two_are_one_after_the_other(answer: str) -> None:
    assert _answered(BROWS, "брови в пятницу", answer).services == (1, 2)


def test_both_for_others_are_no_two_services() -> None:
    assert _answered(BROWS, "стрижка в четверг", "обе, мне и мужу").services != (3, 4)


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("педикюр с шеллаком в субботу, нет, без шеллака", 4),
        ("маникюр с шеллаком, ой, без шеллака", 2),
        ("есть маникюр без гель-лака?", 2),
        ("маникюр без шеллака", 2),
    ],
)
def test_without_means_the_plain_one(text: str, service: int) -> None:
    assert NAILS.wish(text).services == (service,)


def test_several_have_a_sum_and_what_is_open_has_none() -> None:
    both = said("сколько стоит стрижка и борода?", situation())

    assert "1 000" in both
    assert "Вместе от 2 700 до 3 000 ₽" in both
    assert "Вместе" not in said("сколько стоит стрижка?", situation())


@pytest.mark.parametrize(
    "text",
    ["сколько стрижка и моделирование бороды?", "стрижка плюс борода, сколько вместе?", "почём стрижка и бороду"],
)
def test_a_price_of_several_tells_each(text: str) -> None:
    words = said(text, situation())

    assert "мужская стрижка" in words
    assert "моделирование бороды" in words
