"""How long a service is to be, and how large what it is for: in words and figures, against what titles have."""

from __future__ import annotations

import pytest

from aiadmin.domain.chat.commands import NamedService
from aiadmin.domain.chat.reading import read_text
from aiadmin.domain.chat.reading_context import ReadingContext
from aiadmin.domain.chat.sizes import Bounds, bounds_of
from aiadmin.domain.chat.when import Asked
from tests.unit.chat.test_service_choice import NOW, Catalogue

BATH = Catalogue(["Сауна 1 час", "Сауна 2 часа", "Сауна 3 часа", "Стрижка женская"])
MASSAGE = Catalogue(["Общий массаж 60 минут", "Общий массаж 90 минут", "Общий массаж 120 минут", "Сауна 2 часа"])
INK = Catalogue(
    [
        *("Тату до 3 см", "Тату до 10 см", "Тату от 10 см"),
        *("Удаление тату до 5 см²", "Удаление тату до 20 см²", "Удаление тату от 20 см²"),
    ]
)


@pytest.mark.parametrize(
    ("salon", "text", "service"),
    [
        (BATH, "двухчасовая сауна в субботу в 15", 2),
        (BATH, "сауну часа на два в субботу в 15", 2),
        (BATH, "часа два сауну, нас четверо, в субботу в 15", 2),
        (BATH, "сауна примерно на два часа в субботу в 15", 2),
        (BATH, "сауна на пару часов в субботу в 15", 2),
        (BATH, "часика на три сауну в субботу в 15", 3),
        (BATH, "сауну на часок завтра в 15", 1),
        (BATH, "трёхчасовую сауну", 3),
        (BATH, "сауну где-то на 2ч в субботу в 15", 2),
        (BATH, "сауна 2ч. в сб 15:00", 2),
        (BATH, "сауна 120 минут в субботу", 2),
        (MASSAGE, "общий массаж двухчасовой в субботу в 15", 3),
        (MASSAGE, "массаж часа полтора в субботу в 15", 2),
        (MASSAGE, "массаж на час тридцать в субботу", 2),
        (MASSAGE, "массаж час с половиной", 2),
        (MASSAGE, "90-минутный массаж", 2),
        (MASSAGE, "девяностоминутный массаж завтра", 2),
        (MASSAGE, "массаж на два часа в субботу в 15", 3),
        (INK, "тату 2 на 4 см в субботу есть время?", 2),
        (INK, "тату три сантиметра в пятницу", 1),
        (INK, "тату сантиметров 8 в пятницу", 2),
        (INK, "хочу тату 15 см", 3),
        (INK, "тату 5х7 см на субботу", 2),
        (INK, "тату 2,5 см", 1),
        (INK, "тату 20 мм в пятницу", 1),
        (INK, "тату больше 10 см", 3),
        (INK, "удаление тату 2 на 4 см в пятницу", 5),
        (INK, "удалить тату 4х6 см", 6),
        (INK, "удаление тату 10 см2", 5),
        (INK, "свести тату два на два сантиметра", 4),
    ],
)
def test_a_length_or_a_size_chooses_the_service(salon: Catalogue, text: str, service: int) -> None:
    assert salon.wish(text).services == (service,)


@pytest.mark.parametrize(
    ("salon", "first", "answer", "service"),
    [
        (BATH, "сауну в субботу в 15", "двухчасовую", 2),
        (BATH, "сауну в субботу в 15", "часа на два", 2),
        (MASSAGE, "общий массаж в субботу", "два часа", 3),
        (MASSAGE, "общий массаж в субботу", "полтора часа", 2),
        (INK, "хочу тату", "сантиметров пять", 2),
        (INK, "хочу тату", "размер 5 на 6 см", 2),
        (INK, "удалить тату", "два на четыре", 5),
    ],
)
def test_it_answers_which_of_several(salon: Catalogue, first: str, answer: str, service: int) -> None:
    context = ReadingContext(
        vocabulary=salon.vocabulary, now=NOW, asked=Asked.SERVICE, candidates=salon.wish(first).choices[0]
    )

    assert [one.ids for one in read_text(answer, context) if isinstance(one, NamedService)] == [(service,)]


@pytest.mark.parametrize(
    ("salon", "text"),
    [
        (BATH, "сауну в два часа"),
        (BATH, "сауну к трём часам"),
        (BATH, "сауну завтра в 2 часа дня"),
        (MASSAGE, "общий массаж в час тридцать"),
        (INK, "удаление тату 5 см"),
    ],
)
def test_an_hour_of_the_day_or_a_side_of_an_area_chooses_none(salon: Catalogue, text: str) -> None:
    assert not salon.wish(text).services


@pytest.mark.parametrize(
    ("title", "bounds"),
    [
        ("тату до 3 см", Bounds(0, 3, is_area=False)),
        ("тату 3-10 см", Bounds(3, 10, is_area=False)),
        ("тату свыше 10 см", Bounds(10, float("inf"), is_area=False)),
        ("удаление до 5 кв. см", Bounds(0, 5, is_area=True)),
        ("удаление до 50 мм", Bounds(0, 5, is_area=False)),
        ("стрижка до 7 лет", None),
        ("наращивание 40 см", None),
    ],
)
def test_titles_tell_sizes(title: str, bounds: Bounds | None) -> None:
    assert bounds_of(title) == bounds
