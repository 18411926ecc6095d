"""A part of the body behind a service: one that the service is for, one that it is not for, or no matter."""

from __future__ import annotations

import pytest

from aiadmin.domain.chat.commands import NamedService
from aiadmin.domain.chat.reading import read_text
from aiadmin.domain.chat.reading_context import ReadingContext
from tests.unit.chat.test_service_choice import NOW, Catalogue

FACE = Catalogue(
    [
        *("Чистка лица ультразвуковая", "Чистка лица механическая", "Миндальный пилинг", "Массаж лица"),
        *("Чистка спины", "Карбокситерапия", "Стрижка"),
    ]
)


def _read(text: str) -> list[NamedService]:
    commands = read_text(text, ReadingContext(vocabulary=FACE.vocabulary, now=NOW))
    return [one for one in commands if isinstance(one, NamedService)]


@pytest.mark.parametrize(
    ("text", "unclear"),
    [
        ("массаж рук делаете?", "массаж рук"),
        ("ищу массаж ног, есть?", "массаж ног"),
        ("хочу массаж шеи в пятницу", "массаж шеи"),
        ("массаж тела есть?", "массаж тела"),
        ("чистка ушей есть?", "чистка ушей"),
    ],
)
def test_what_is_done_for_other_parts_only_is_said_not_to_be_there(text: str, unclear: str) -> None:
    assert [one.unclear for one in _read(text) if one.unclear] == [unclear]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("массаж лица в пятницу", (4,)),
        ("чистка спины есть?", (5,)),
        ("чистка лица в пятницу", (1, 2)),
        ("пилинг лица есть в пятницу?", (3,)),
        ("карбокситерапия лица в пятницу", (6,)),
        ("стрижка головы завтра", (7,)),
        ("узи чистка лица", (1,)),
    ],
)
def test_a_part_that_it_is_for_or_that_no_title_tells_changes_nothing(text: str, ids: tuple[int, ...]) -> None:
    assert [one.ids for one in _read(text) if one.ids] == [ids]
    assert not any(one.unclear for one in _read(text))
