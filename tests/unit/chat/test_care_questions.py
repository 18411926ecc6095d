"""What may be before and after a service, and at which age, is asked of the owner's facts, and is no wish."""

from __future__ import annotations

import pytest

from aiadmin.domain.chat.commands import AskFact, Command, NamedService
from aiadmin.domain.chat.policy.facts import quoted
from aiadmin.domain.chat.reading import read_text
from aiadmin.domain.chat.reading_context import ReadingContext
from aiadmin.domain.chat.situation import SalonView
from aiadmin.domain.chat.vocabulary import OfferedService, OfferedStaff, vocabulary_of
from tests.support.chat_turns import salon
from tests.support.reading import MORPHOLOGY, NOW

FACTS = {
    "После пилинга": "неделю без бани, бассейна и солярия, крем SPF",
    "Подготовка к чистке": "за два дня не пользоваться скрабом",
    "Подростки": "с 14 лет, до 16 вместе с родителями",
}
TITLES = {
    "Миндальный пилинг": "Пилинги",
    "Карбокситерапия": "Пилинги",
    "Чистка лица": "Чистки",
    "Массаж лица": "Массаж",
}
VOCABULARY = vocabulary_of(
    [OfferedService(id=at, title=title, category=category) for at, (title, category) in enumerate(TITLES.items(), 1)],
    [OfferedStaff(id=1, name="Дарья")],
    MORPHOLOGY,
    FACTS,
)


def _read(text: str) -> tuple[Command, ...]:
    return read_text(text, ReadingContext(vocabulary=VOCABULARY, now=NOW))


def _told(text: str) -> tuple[list[str], bool]:
    """The topics that are quoted, and whether something is passed on."""
    asked = [one for one in _read(text) if isinstance(one, AskFact)]
    view: SalonView = salon(facts=FACTS)
    parts, unknown = quoted(asked, view)
    return [str(getattr(one, "topic", "")) for one in parts], bool(unknown)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("после карбокси краситься можно?", "После пилинга"),
        ("миндальный делала вчера, сегодня в сауну можно?", "После пилинга"),
        ("после миндального можно в бассейн?", "После пилинга"),
        ("после миндального пилинга когда в бассейн можно?", "После пилинга"),
        ("сделала пилинг, можно ли завтра в солярий", "После пилинга"),
        ("через сколько после пилинга в солярий", "После пилинга"),
        ("сколько дней после пилинга без бани?", "После пилинга"),
        ("можно загорать после пилинга?", "После пилинга"),
        ("после пилинга крем нужен?", "После пилинга"),
        ("перед чисткой лица что нельзя?", "Подготовка к чистке"),
        ("до чистки можно скраб?", "Подготовка к чистке"),
        ("дочери 15 лет, можно на чистку?", "Подростки"),
        ("сыну 12, чистку делаете таким?", "Подростки"),
        ("ребенку 10 лет можно массаж лица?", "Подростки"),
    ],
)
def test_the_fact_alone_answers_it(text: str, topic: str) -> None:
    assert _told(text) == ([topic], False)
    assert not any(isinstance(one, NamedService) for one in _read(text))


def test_an_age_is_asked_for_in_other_words() -> None:
    assert _told("с какого возраста чистка?") == (["Подростки"], False)


@pytest.mark.parametrize(
    "text",
    ["после чистки когда краситься можно?", "после массажа лица можно умываться?", "можно ли пилинг после чистки?"],
)
def test_what_no_fact_tells_is_passed_on(text: str) -> None:
    assert _told(text) == ([], True)


@pytest.mark.parametrize(
    "text",
    [
        "запишите на чистку после пилинга",
        "на чистку после работы можно?",
        "чистка лица завтра в 15 после обеда есть?",
        "можно после чистки сразу миндальный пилинг в субботу?",
        "дочке 13 лет, запишите на чистку в субботу",
        "делала пилинг месяц назад, когда можно повторить?",
        "хочу на пилинг после отпуска",
    ],
)
def test_a_wish_stays_one(text: str) -> None:
    assert any(isinstance(one, NamedService) and one.ids for one in _read(text))
