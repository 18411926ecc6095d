"""Words of clients and the catalogue's own: methods, coatings, what is left out, lengths, and the owner's facts."""

from __future__ import annotations

import pytest

from aiadmin.domain.chat.burst import Burst
from aiadmin.domain.chat.commands import AskFact
from aiadmin.domain.chat.context import reading_context
from aiadmin.domain.chat.reading import read
from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.vocabulary import OfferedService, OfferedStaff, vocabulary_of
from tests.support.reading import MORPHOLOGY
from tests.unit.chat.test_service_choice import NOW, Catalogue

HAIRLESS = Catalogue(
    [
        "Шугаринг: глубокое бикини",
        "Шугаринг: подмышки",
        "Шугаринг: ноги полностью",
        "Воск: глубокое бикини",
        "Воск: подмышки",
        "Воск: руки до локтя",
        "Лазерная эпиляция: подмышки",
        "Лазерная эпиляция: бикини",
        "Комплекс шугаринг: подмышки + глубокое бикини",
    ],
    parts={9: (2, 1)},
)
SUGAR_ALONE = Catalogue(["Шугаринг подмышки", "Шугаринг ноги"])
NAILS = Catalogue(
    [
        "Маникюр классический",
        "Маникюр + гель-лак",
        "Педикюр + гель-лак",
        "Снятие гель-лака",
        "Маникюр мужской",
        "Педикюр классический",
        "Наращивание ногтей",
    ]
)
SHELLAC = Catalogue(
    ["Маникюр с покрытием шеллак", "Педикюр с покрытием шеллак", "Снятие шеллака", "Маникюр без покрытия"]
)
SAUNA = Catalogue(["Сауна 1 час", "Сауна 2 часа", "Сауна 3 часа", "Стрижка женская"])
MASSAGE = Catalogue(["Массаж тела 30 минут", "Массаж тела 60 минут", "Массаж тела 90 минут"])
TATTOO = Catalogue(["Татуировка малая", "Удаление тату", "Пирсинг"])
TONES = Catalogue(["Окрашивание корней", "Тонирование", "Женская стрижка"])


@pytest.mark.parametrize(
    ("salon", "text", "services"),
    [
        (HAIRLESS, "воск подмышки", (5,)),
        (HAIRLESS, "подмышки воском", (5,)),
        (HAIRLESS, "сколько стоит воск глубокое бикини", (4,)),
        (HAIRLESS, "шугаринг подмышки в субботу", (2,)),
        (HAIRLESS, "подмышки шугарингом", (2,)),
        (HAIRLESS, "лазер подмышки", (7,)),
        (HAIRLESS, "лазером подмышки", (7,)),
        (HAIRLESS, "подмышки и глубокое бикини шугаринг", (9,)),
        (HAIRLESS, "подмышки + бикини воском", (5, 4)),
        (SUGAR_ALONE, "эпиляция подмышек", (1,)),
        (TONES, "тонирование в субботу", (2,)),
        (TONES, "затонировать", (2,)),
    ],
)
def test_a_method_that_the_catalogue_names_means_no_other(
    salon: Catalogue, text: str, services: tuple[int, ...]
) -> None:
    assert salon.wish(text).services == services


@pytest.mark.parametrize("text", ["эпиляция подмышек", "депиляция подмышки завтра"])
def test_a_word_for_all_methods_leaves_the_choice(text: str) -> None:
    assert HAIRLESS.wish(text).choices == ((2, 5, 7),)


@pytest.mark.parametrize(
    ("salon", "bursts", "choice"),
    [
        (NAILS, ["маникюр без гель-лака завтра в 12"], (1, 5)),
        (NAILS, ["маникюр завтра в 12", "без гель-лака"], (1, 5)),
        (NAILS, ["маникюр завтра", "без гель лака"], (1, 5)),
        (NAILS, ["маникюр завтра\nбез гель-лака"], (1, 5)),
        (NAILS, ["без гель-лака маникюр завтра"], (1, 5)),
        (NAILS, ["маникюр без покрытия"], (1, 5)),
        (NAILS, ["маникюр без лака"], (1, 5)),
    ],
)
def test_what_is_left_out_is_neither_wished_nor_taken_off(
    salon: Catalogue, bursts: list[str], choice: tuple[int, ...]
) -> None:
    wish = salon.wish(*bursts)

    assert (wish.services, wish.choices) == ((), (choice,))


@pytest.mark.parametrize(
    ("salon", "text", "choice"),
    [
        (NAILS, "гель-лак завтра", (2, 3)),
        (NAILS, "на гельлак", (2, 3)),
        (NAILS, "гель лак", (2, 3)),
        (SHELLAC, "шеллак в субботу", (1, 2)),
    ],
)
def test_a_coating_is_put_on_where_nobody_speaks_of_taking_off(
    salon: Catalogue, text: str, choice: tuple[int, ...]
) -> None:
    wish = salon.wish(text)

    assert (wish.services, wish.choices) == ((), (choice,))


@pytest.mark.parametrize(
    ("salon", "text", "services"),
    [
        (NAILS, "снять гель-лак", (4,)),
        (NAILS, "снятие гель лака", (4,)),
        (NAILS, "снимите гель-лак и маникюр классический", (4, 1)),
        (SHELLAC, "снять шеллак", (3,)),
        (SHELLAC, "маник и шеллак", (1,)),
        (SHELLAC, "педикюр и шеллак", (2,)),
        (SHELLAC, "маникюр без шеллака", (4,)),
        (TATTOO, "удалить тату", (2,)),
    ],
)
def test_a_coating_goes_with_its_service_and_comes_off_by_a_word_for_that(
    salon: Catalogue, text: str, services: tuple[int, ...]
) -> None:
    assert salon.wish(text).services == services


@pytest.mark.parametrize(
    ("salon", "text", "service"),
    [
        (SAUNA, "сауна на два часа", 2),
        (SAUNA, "сауну часа на два", 2),
        (SAUNA, "сауна на 2 часа", 2),
        (SAUNA, "сауна на пару часов", 2),
        (SAUNA, "сауну на три часа в субботу в 18", 3),
        (SAUNA, "нам бы сауну часа на три", 3),
        (MASSAGE, "массаж тела тридцать минут", 1),
        (MASSAGE, "массаж тела минут на 90", 3),
        (MASSAGE, "массаж тела полтора часа", 3),
    ],
)
def test_a_length_names_the_service_in_digits_and_in_words(salon: Catalogue, text: str, service: int) -> None:
    assert salon.wish(text).services == (service,)


@pytest.mark.parametrize("text", ["сауна завтра в 3 часа", "сауну с 2 часов", "завтра после двух часов сауну"])
def test_an_hour_of_the_day_is_no_length(text: str) -> None:
    assert SAUNA.wish(text).choices == ((1, 2, 3),)


FACTS = {
    "Что взять с собой": "тапочки",
    "Режим в декабре": "31 декабря до 16",
    "Дети": "есть уголок",
    "Можно ли с собакой": "да",
    "Есть ли парковка": "во дворе",
}


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("есть что на 25-е на маникюр?", None),
        ("вы на обеде или что?", None),
        ("25 декабря на маникюр есть?", None),
        ("21 декабря работаете?", None),
        ("можно на завтра?", None),
        ("мне можно на маникюр завтра?", None),
        ("есть ли время в пятницу?", None),
        ("когда закончим? мне ребенка забирать", None),
        ("что взять с собой?", "Что взять с собой"),
        ("а собаку можно?", "Можно ли с собакой"),
        ("детей берете?", "Дети"),
        ("как работаете в декабре?", "Режим в декабре"),
        ("парковка есть?", "Есть ли парковка"),
    ],
)
def test_a_fact_is_quoted_for_what_its_topic_is_about(text: str, topic: str | None) -> None:
    vocabulary = vocabulary_of(
        [OfferedService(id=1, title="Маникюр"), OfferedService(id=2, title="Стрижка женская")],
        [OfferedStaff(id=1, name="Ольга")],
        MORPHOLOGY,
        FACTS,
    )
    known = Situation(now=NOW, written_at=NOW, salon=NAILS.salon, client=NAILS.client)
    commands = read(Burst((text,)), reading_context(known, vocabulary))
    asked = {one.topic for one in commands if isinstance(one, AskFact) and one.topic in FACTS}

    assert asked == ({topic} if topic else set())
