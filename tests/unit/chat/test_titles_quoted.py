"""A title that is said word for word is that service, whatever its words mean by themselves."""

from __future__ import annotations

import pytest

from tests.unit.chat.test_service_choice import Catalogue

BATH = Catalogue(
    [
        "Хаммам",
        "Пилинг в хаммаме",
        "Хаммам + пилинг",
        "Спа-капсула 30 минут",
        "Спа-капсула 45 минут",
        "Массаж спины",
        "Массаж лица",
        "Программа «Релакс-супер»",
        "Супер-массаж",
        "Арома-флоатинг",
        "Флоатинг 60 минут",
        "Флоатинг 90 минут",
        "SPA-девичник",
        "Программа «День-массаж»",
    ],
    parts={3: (1, 2)},
)


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("хаммам", 1),
        ("пилинг в хаммаме завтра", 2),
        ("в хаммаме пилинг в субботу", 2),
        ("хаммам + пилинг на субботу", 3),
        ("хочу в хаммам и пилинг", 3),
        ("пилинг и хаммам в пятницу", 3),
        ("хамам с пилингом завтра", 3),
        ("хаммам плюс пилинг", 3),
        ("спа-капсула 45 минут", 5),
        ("на релакс-супер в субботу", 8),
        ("программа релакс супер сколько стоит?", 8),
        ("супер массаж завтра", 9),
        ("арома-флоатинг в субботу", 10),
        ("арома флоатинг к ольге", 10),
        ("спа-девичник в субботу", 13),
        ("spa девичник в субботу", 13),
        ("день-массаж в субботу", 14),
    ],
)
def test_a_title_wins_over_what_its_words_mean(text: str, service: int) -> None:
    assert BATH.wish(text).services == (service,)


@pytest.mark.parametrize("text", ["пилинг хаммам", "хаммам пилинг в пятницу"])
def test_titles_of_the_same_words_are_asked_about_where_nothing_tells_them_apart(text: str) -> None:
    assert [set(one) for one in BATH.wish(text).choices] == [{2, 3}]


CHILDREN = Catalogue(["Детская стрижка до 7 лет", "Детская стрижка 8-14 лет", "Первая стрижка малыша"])
LASER = Catalogue(["Лазер: всё тело", "Курс лазера: 6 сеансов, всё тело", "Лазер: подмышки"])
BROWS = Catalogue(
    ["Коррекция бровей", "Коррекция + окрашивание бровей", "Маникюр + гель-лак", "Маникюр классический"]
)


@pytest.mark.parametrize(
    ("salon", "text", "services"),
    [
        (CHILDREN, "первая стрижка малыша завтра", (3,)),
        (CHILDREN, "малышу годик, первый раз стрижёмся", (3,)),
        (CHILDREN, "сыну 5 лет, на стрижку", (1,)),
        (LASER, "лазер: всё тело завтра в 15", (1,)),
        (LASER, "курс лазера, 6 сеансов, все тело", (2,)),
        (BROWS, "коррекция бровей", (1,)),
        (BROWS, "коррекция и окрашивание бровей", (2,)),
        (BROWS, "гель-лак и маникюр классический", (3, 4)),
    ],
)
def test_a_title_that_others_hold_is_meant_where_no_more_is_said(
    salon: Catalogue, text: str, services: tuple[int, ...]
) -> None:
    assert salon.wish(text).services == services
