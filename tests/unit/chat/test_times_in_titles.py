"""A word for when in a title names that title only together with its other words."""

from __future__ import annotations

import pytest

from tests.unit.chat.test_service_choice import Catalogue

CLUB = Catalogue(
    [
        "Вечер самомассажа",
        "Миндальный пилинг",
        "Чистка лица ультразвуковая",
        "Утро йоги",
        "Вечерний макияж",
        "Дневной макияж",
        "Субботний брейдинг",
        "Программа «День-детокс»",
        "Понедельник для пар",
    ]
)


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("миндальный пилинг вечером", (2,)),
        ("миндальный пилинг, вечер пятницы есть?", (2,)),
        ("ультразвуковая чистка на вечер субботы", (3,)),
        ("пилинг миндальный в субботу утром", (2,)),
        ("на утро среды миндальный", (2,)),
        ("в понедельник днём на миндальный пилинг", (2,)),
        ("ультразвуковую чистку в вечернее время", (3,)),
        ("днём чистка ультразвуковая есть?", (3,)),
        ("вечер самомассажа в пятницу", (1,)),
        ("на самомассаж вечером", (1,)),
        ("утро йоги в субботу", (4,)),
        ("вечерний макияж в субботу", (5,)),
        ("макияж дневной на пятницу", (6,)),
        ("день-детокс в субботу", (8,)),
        ("понедельник для пар", (9,)),
    ],
)
def test_a_word_for_when_is_no_service(text: str, services: tuple[int, ...]) -> None:
    assert CLUB.wish(text).services == services


@pytest.mark.parametrize("text", ["вечером есть время?", "можно на утро?", "в понедельник днём", "на вечер субботы"])
def test_it_names_nothing_alone(text: str) -> None:
    wish = CLUB.wish(text)

    assert (wish.services, wish.choices) == ((), ())


def test_it_chooses_of_what_was_asked_about() -> None:
    assert CLUB.wish("макияж в субботу").choices
    assert CLUB.wish("миндальный пилинг", "в пятницу", "вечером").services == (2,)


def test_what_is_short_for_a_day_may_be_a_service() -> None:
    wax = Catalogue(["Воск: подмышки", "Шугаринг: подмышки", "Воск: ноги"])

    assert wax.wish("подмышки воск в четверг").services == (1,)
    assert wax.wish("ноги, воск, в субботу в 12").services == (3,)
