"""What is to stay, what is to be left out, and who is only a reason: none of it is wished."""

from __future__ import annotations

import pytest

from aiadmin.domain.chat.commands import Command, Guest, Late, NamedService, NamedStaff, No, WantCancel, WantMove
from aiadmin.domain.chat.reading import read_text
from aiadmin.domain.chat.reading_context import ReadingContext
from aiadmin.domain.chat.vocabulary import OfferedService, OfferedStaff, vocabulary_of
from tests.support.reading import MORPHOLOGY, NOW

BROWS, LASHES, CUT, BEARD = 1, 2, 3, 4
SALON = vocabulary_of(
    [
        OfferedService(id=BROWS, title="Коррекция бровей"),
        OfferedService(id=LASHES, title="Ламинирование ресниц"),
        OfferedService(id=CUT, title="Мужская стрижка"),
        OfferedService(id=BEARD, title="Оформление бороды"),
    ],
    [OfferedStaff(id=1, name="Данил"), OfferedStaff(id=2, name="Кристина"), OfferedStaff(id=3, name="Александр")],
    MORPHOLOGY,
)


def _read(text: str) -> tuple[Command, ...]:
    return read_text(text, ReadingContext(vocabulary=SALON, now=NOW))


def _services(text: str) -> list[tuple[int, ...]]:
    return [one.ids for one in _read(text) if isinstance(one, NamedService) and not one.is_excluded]


@pytest.mark.parametrize(
    "text",
    [
        "отмените брови, а ресницы оставьте",
        "отмените брови пожалуйста а ресницы оставьте",
        "брови отмените ресницы оставьте",
        "отмените брови оставьте ресницы",
        "брови отменяем, на ресницы приду",
        "перенесите брови на субботу а ресницы без изменений",
        "брови отмените, ресницы как договаривались",
    ],
)
def test_the_visit_that_is_to_stay_is_not_the_one_to_be_changed(text: str) -> None:
    assert _services(text) == [(BROWS,)]
    assert any(isinstance(one, (WantCancel, WantMove)) for one in _read(text))


@pytest.mark.parametrize(
    "text",
    [
        "мужскую стрижку завтра, усы не трогать",
        "мужскую стрижку завтра, бороду оставьте",
        "мужская стрижка, бороду не надо",
        "бороду не трогайте, мужскую стрижку",
    ],
)
def test_what_is_not_to_be_touched_is_left_out(text: str) -> None:
    assert _services(text) == [(CUT,)]
    assert not any(isinstance(one, No) for one in _read(text))


@pytest.mark.parametrize(
    "text",
    [
        "перенесите на вторник, свадьба у брата",
        "свадьба у брата 😅 перенесите на вторник",
        "муж заболел, отмените мою запись",
        "отмените запись, жена против",
        "уезжаю к маме, отмените запись",
    ],
)
def test_a_relative_in_a_reason_is_no_guest(text: str) -> None:
    assert not any(isinstance(one, Guest) for one in _read(text))


@pytest.mark.parametrize("text", ["отмените запись мужа", "перенесите маму на субботу", "сын не придёт завтра"])
def test_a_relative_whose_visit_it_is_is_named(text: str) -> None:
    assert any(isinstance(one, Guest) for one in _read(text))


def test_who_does_not_make_it_and_names_another_day_moves() -> None:
    kinds = {type(one) for one in _read("не успеваю завтра на ресницы, можно в воскресенье после шести?")}

    assert WantMove in kinds
    assert Late not in kinds


@pytest.mark.parametrize(
    ("text", "master"),
    [
        ("к Данилке завтра", 1),
        ("к даниле на стрижку", 1),
        ("к Кристюхе", 2),
        ("Кристинка завтра работает?", 2),
        ("к Санечке", 3),
        ("к Сашку на бороду", 3),
    ],
)
def test_a_master_is_known_by_what_people_call_them(text: str, master: int) -> None:
    assert [one.ids for one in _read(text) if isinstance(one, NamedStaff)] == [(master,)]


@pytest.mark.parametrize("text", ["к Мише на стрижку", "к Рустаму завтра"])
def test_a_name_of_nobody_here_is_nobodys(text: str) -> None:
    assert [one.ids for one in _read(text) if isinstance(one, NamedStaff)] == [()]
