"""What is wished without a thing, what is taken off, and ways of doing that are no synonyms, in several trades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import pytest

from aiadmin.domain.chat.commands import NamedService, Unread
from aiadmin.domain.chat.reading import read_text
from aiadmin.domain.chat.reading_context import ReadingContext
from aiadmin.domain.chat.vocabulary import OfferedService, Vocabulary, vocabulary_of
from tests.support.reading import MORPHOLOGY

NOW = datetime(2026, 5, 21, 10, 0)  # noqa: DTZ001 - a salon's wall clock


def _salon(*titles: str, parts: Mapping[int, tuple[int, ...]] | None = None) -> Vocabulary:
    """A catalogue whose services are numbered from 1."""
    offered = [
        OfferedService(id=number, title=title, parts=(parts or {}).get(number, ()))
        for number, title in enumerate(titles, 1)
    ]
    return vocabulary_of(offered, [], MORPHOLOGY)


def _named(salon: Vocabulary, text: str, candidates: Sequence[int] = ()) -> Sequence[NamedService]:
    context = ReadingContext(now=NOW, vocabulary=salon, candidates=tuple(candidates))
    commands = read_text(text, context)
    assert not [one for one in commands if isinstance(one, Unread)]
    return [one for one in commands if isinstance(one, NamedService)]


def _wished(salon: Vocabulary, text: str, candidates: Sequence[int] = ()) -> list[tuple[int, ...]]:
    return [one.ids for one in _named(salon, text, candidates) if not one.is_excluded and not one.unclear]


NAILS = _salon("Маникюр классический", "Маникюр с гель-лаком", "Педикюр с гель-лаком", "Снятие гель-лака")
BRAND = _salon("Маникюр + Luxio", "Маникюр без покрытия", "Педикюр с шеллаком", "Снятие шеллака")
BIOGEL = _salon("Гигиенический маникюр", "Маникюр с биогелем", "Педикюр с биогелем", "Снятие биогеля")
HAIR = _salon("Стрижка", "Стрижка с укладкой", "Укладка", "Окрашивание волос")


@pytest.mark.parametrize(
    ("salon", "text", "service"),
    [
        (NAILS, "маникюр без гель-лака", 1),
        (NAILS, "маникюр без гель лака", 1),
        (NAILS, "маникюр без покрытия", 1),
        (NAILS, "маникюр без шеллака завтра", 1),
        (NAILS, "маникюр классический без гель-лака", 1),
        (BRAND, "маникюр без luxio", 2),
        (BRAND, "маникюр без шеллака", 2),
        (BRAND, "маникюр без покрытия", 2),
        (BIOGEL, "маникюр без биогеля", 1),
        (HAIR, "стрижка без укладки", 1),
    ],
)
def test_without_a_thing_leaves_what_has_none_of_it(salon: Vocabulary, text: str, service: int) -> None:
    assert [(one.ids, one.is_added) for one in _named(salon, text)] == [((service,), False)]


@pytest.mark.parametrize(
    ("salon", "text"),
    [
        (NAILS, "без гель-лака"),
        (NAILS, "без гель лака"),
        (NAILS, "без геля"),
        (BIOGEL, "без биогеля"),
        (BIOGEL, "лучше без биогеля"),
        (HAIR, "без укладки"),
    ],
)
def test_without_a_thing_alone_wishes_for_nothing(salon: Vocabulary, text: str) -> None:
    named = _named(salon, text)

    assert named
    assert all(one.is_excluded for one in named)


@pytest.mark.parametrize(
    ("salon", "text", "said", "service"),
    [
        (NAILS, "педикюр без лака", "педикюр без лака", 3),
        (NAILS, "а педикюр без гель-лака есть?", "педикюр без гель-лака", 3),
        (BIOGEL, "педикюр без биогеля", "педикюр без биогеля", 3),
    ],
)
def test_what_is_only_done_with_a_thing_is_said_so(salon: Vocabulary, text: str, said: str, service: int) -> None:
    named = _named(salon, text)

    assert [one.ids for one in named if one.ids] == [(service,)]
    assert [one.unclear for one in named if one.unclear] == [said]


@pytest.mark.parametrize(
    ("salon", "text", "services"),
    [
        (NAILS, "гель-лак", (2, 3)),
        (NAILS, "шеллак к ирине завтра", (2, 3)),
        (BIOGEL, "биогель", (2, 3)),
        (BIOGEL, "на биогель завтра", (2, 3)),
        (BIOGEL, "снять биогель", (4,)),
        (NAILS, "снятие", (4,)),
        (_salon("Перманент бровей", "Удаление перманента"), "перманент", (1,)),
        (_salon("Ресницы 2D", "Снятие ресниц"), "ресницы", (1, 2)),
        (_salon("Наращивание ресниц", "Снятие наращивания"), "наращивание", (1,)),
        (_salon("Лечение зуба", "Удаление зуба"), "зуб", (1, 2)),
    ],
)
def test_taking_off_is_named_by_a_word_for_it(salon: Vocabulary, text: str, services: tuple[int, ...]) -> None:
    assert _wished(salon, text) == [services]


TWO_WAYS = _salon(
    "Лазерная эпиляция: подмышки",
    "Лазерная эпиляция: голени",
    "Шугаринг: подмышки",
    "Шугаринг: голени",
    "Воск: подмышки",
    "Воск: голени",
)
BY_LASER = _salon("Подмышки лазером", "Голени лазером", "Подмышки шугаринг", "Голени шугаринг")
COLOUR = _salon("Окрашивание волос", "Тонирование волос", "Мелирование", "Балаяж")
COSMETOLOGY = _salon("Биоревитализация лица", "Мезотерапия лица", "Чистка лица")


@pytest.mark.parametrize(
    ("salon", "text", "services"),
    [
        (TWO_WAYS, "лазерная эпиляция подмышки", (1,)),
        (TWO_WAYS, "подмышки лазером", (1,)),
        (TWO_WAYS, "голени лазер завтра", (2,)),
        (TWO_WAYS, "шугаринг подмышки", (3,)),
        (TWO_WAYS, "подмышки шугарингом", (3,)),
        (TWO_WAYS, "голени сахаром", (4,)),
        (TWO_WAYS, "воск подмышки", (5,)),
        (TWO_WAYS, "подмышки воском", (5,)),
        (TWO_WAYS, "восковая депиляция голени", (6,)),
        (TWO_WAYS, "подмышки", (1, 3, 5)),
        (BY_LASER, "лазерная эпиляция подмышек", (1,)),
        (BY_LASER, "подмышки шугаринг", (3,)),
        (BY_LASER, "эпиляция голеней", (2, 4)),
        (COLOUR, "тонирование волос", (2,)),
        (COLOUR, "мелирование", (3,)),
        (COLOUR, "балаяж", (4,)),
        (COSMETOLOGY, "мезотерапия лица", (2,)),
        (COSMETOLOGY, "биоревитализация", (1,)),
    ],
)
def test_a_way_that_the_catalogue_has_is_no_other(salon: Vocabulary, text: str, services: tuple[int, ...]) -> None:
    assert _wished(salon, text) == [services]


def test_a_way_that_the_catalogue_has_not_is_the_one_that_it_has() -> None:
    assert _wished(_salon("Шугаринг: голени", "Стрижка"), "воск голени") == [(1,)]
