"""Given names in a burst, their forms, and what the client says they are called."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aiadmin.domain.chat.commands import Name
from aiadmin.domain.chat.feelings import feelings_in
from aiadmin.domain.chat.hearing import Heard
from aiadmin.domain.chat.lexicon import BREAKS, Hit
from aiadmin.domain.chat.mentions.service_words import is_service_word
from aiadmin.domain.chat.morphology import WordClass
from aiadmin.domain.chat.when import Asked

TOWARDS = frozenset({"к", "ко", "у"})
BEFORE_MASTER = TOWARDS | {"с", "от", "мастер", "мастера", "мастеру", "на", "не"}
WORDS_TOO = frozenset(
    {"вера", "веры", "вере", "веру", "верой", "надежда", "надежды", "надежде", "надежду", "любовь", "любви", "роза"}
    | {"розы", "лев", "слава", "славы", "света", "мира", "мир", "поля", "тома", "тема", "теме", "темы", "пашу"}
    | {"тому", "томы", "лика", "лара", "сон", "соне", "май", "мая", "маи", "март", "ким"}
)
"""Forms of names that are common words: they are names where a capital letter or a preposition says so."""
_OF_OTHERS = frozenset({"ее", "его", "их"})
RUSSIAN = re.compile("[а-яё]{2,40}")


def places_of(heard: Heard, name: Name) -> Iterator[int]:
    """The places of the words of a name."""
    for place, token in enumerate(heard.tokens):
        if any(start <= token.start < end for start, end in name.spans):
            yield place


def is_addressed(heard: Heard, place: int) -> bool:
    """Whether a greeting goes to that name."""
    greeted = heard.covered({"GREET"})
    is_behind = place - 1 in greeted or (heard.word(place - 1) == "," and place - 2 in greeted)
    is_before = heard.word(place + 1) == "," and (place + 2 in greeted) and place == 0
    return is_behind or is_before


def given_name(heard: Heard, place: int) -> str:
    """The nominative of the given name that a word is a form of; empty where it is none."""
    vocabulary, word = heard.context.vocabulary, heard.word(place)
    if not RUSSIAN.fullmatch(word):
        return ""
    return vocabulary.given_names.get(word) or vocabulary.morphology.given_name(word)


def names_in(heard: Heard) -> list[Name]:
    """What the client says they are called; at most one name."""
    for hit in heard.of("NAME"):
        place = hit.end
        is_strange = heard.word(place).isalpha() and heard.is_capital(place) if place < len(heard.tokens) else False
        is_sure = heard.word(hit.first) in {"меня", "зовут", "мое", "имя", "на"} and is_strange
        if place < len(heard.tokens) and (given_name(heard, place) or is_sure) and not _is_of_another(heard, hit.end):
            return [name_at(heard, place)]
        before = _named_before(heard, hit)
        if before is not None:
            return [name_at(heard, before)]
    if heard.context.asked is Asked.NAME:
        return _answered_name(heard) or _signed(heard)
    if heard.context.asked in {Asked.TIME, Asked.DAY}:
        return _signed(heard) or ([] if heard.context.called else _beside_time(heard))
    is_of_wish = heard.context.asked in {None, Asked.SERVICE} and bool(heard.whens) and not heard.context.called
    return _signed(heard) if is_of_wish else []


def _named_before(heard: Heard, hit: Hit) -> int | None:
    """Where a name begins that stands before its words: "Марина меня зовут", "Ольга Викторовна я"."""
    is_over = hit.end == len(heard.tokens) or heard.word(hit.end) in BREAKS
    first = hit.first - 1 - _is_patronymic(heard, hit.first - 1)
    is_own = is_over and heard.word(hit.first) in {"меня", "я", "зовут"}
    is_name = is_own and is_nominative(heard, first) and not _is_of_another(heard, first)
    return first if is_name else None


def is_nominative(heard: Heard, place: int) -> bool:
    """Whether a word is a given name as somebody says it of themselves."""
    word, vocabulary = heard.word(place), heard.context.vocabulary
    is_name = bool(word) and bool(given_name(heard, place)) and word not in WORDS_TOO
    return is_name and word in {vocabulary.morphology.given_name(word), vocabulary.morphology.lemma(word)}


def _signed(heard: Heard) -> list[Name]:
    """A name in a clause of its own behind a choice of time: "then at twelve. Marina", "on Friday, Olga Petrova"."""
    last = len(heard.tokens) - 1
    first = next((at for at in range(last, 0, -1) if heard.word(at - 1) in {".", "!", "\n", ","}), 0)
    is_given = first > 0 and (given_name(heard, first) if heard.is_capital(first) else is_nominative(heard, first))
    is_whole = all(_is_patronymic(heard, at) or _may_be_family(heard, at) for at in range(first + 1, last + 1))
    is_name = (
        is_given
        and is_whole
        and not is_addressed(heard, first)
        and heard.word(first) not in heard.context.vocabulary.names
    )
    return [name_at(heard, first)] if is_name else []


def _beside_time(heard: Heard) -> list[Name]:
    """A name beside a choice of time, or alone: "Света", "Света, на 10", "Олю на 15"; no order is given to it."""
    neutral = heard.covered({"GREET", "THANK", "TRIFLE"})
    said = [place for place, token in enumerate(heard.tokens) if token.text.isalpha() and place not in neutral]
    if not said or any(heard.word_class(place) is WordClass.ORDER for place in said):
        return []
    first = said[0]
    is_ours = heard.word(first) in heard.context.vocabulary.names or heard.word(first - 1) in BEFORE_MASTER
    is_apart = len(said) == 1 or heard.word(first + 1) == ","
    is_own = heard.is_capital(first) and given_name(heard, first) and not nominative(heard, first)
    is_name = is_apart and (is_own or is_nominative(heard, first))
    is_name = is_name or (bool(heard.whens) and bool(nominative(heard, first)))
    return [name_at(heard, first)] if is_name and not is_ours else []


def _is_of_another(heard: Heard, place: int) -> bool:
    """Whether a name is somebody else's: "это к Анне", "подругу зовут Катя"."""
    before = (heard.word(place - 2), heard.word(place - 3))
    if before[0] in _OF_OTHERS:
        return True
    return heard.word(place) in TOWARDS or any(word in heard.context.vocabulary.kin for word in before if word)


def _answered_name(heard: Heard) -> list[Name]:
    """The name that an answer to "what is your name" tells, beside a yes, a feeling and words that lead to it."""
    neutral = heard.covered({"GREET", "THANK", "TRIFLE", "NAME", "YES", "SOFT", "COMING"}) | feelings_in(heard)
    places = [
        place
        for place, token in enumerate(heard.tokens)
        if place not in neutral and token.text.isalpha() and token.text not in _BEFORE_OWN_NAME
    ]
    if not places or heard.word(places[0] - 1) in TOWARDS:
        return []
    first = places[0]
    if is_service_word(heard, first) and not heard.is_capital(first):
        return []
    if given_name(heard, first) and (
        heard.is_capital(first) or heard.word(first) not in WORDS_TOO or len(places) == 1
    ):
        return [name_at(heard, first)]
    clause = [place for place in places if heard.clauses[place] == heard.clauses[first]]
    is_unknown = not heard.context.vocabulary.is_ours(heard.word(first))
    if (
        len(clause) <= len(("given", "family"))
        and is_unknown
        and heard.is_capital(first)
        and len(places) == len(clause)
    ):
        family_first = len(clause) == 2 and given_name(heard, clause[1])  # noqa: PLR2004
        return [name_at(heard, clause[1], family=clause[0])] if family_first else [name_at(heard, first)]
    return []


_BEFORE_OWN_NAME = frozenset({"и", "а", "на", "это", "просто", "можно", "как", "будет", "пусть"})
"""Words that lead to a name."""


def name_at(heard: Heard, place: int, family: int | None = None) -> Name:
    """The name that begins with a word: given name, patronymic and, behind them or where it is told, the family's."""
    given, behind = [place], place + 1
    if family is None:
        if _is_patronymic(heard, behind):
            given.append(behind)
            behind += 1
        is_family = behind < len(heard.tokens) and _may_be_family(heard, behind)
        family = behind if is_family and not heard.context.vocabulary.is_ours(heard.word(behind)) else None
    spans = [heard.span(one, one + 1) for one in (*given, family) if one is not None]
    written = _called(heard, family).capitalize() if family is not None else ""
    called = " ".join(_called(heard, one).capitalize() for one in given)
    return Name(given=called, family=written, spans=tuple(sorted(spans)))


def _is_patronymic(heard: Heard, place: int) -> bool:
    """Whether a word behind a given name is whose child somebody is: "Тамара Ивановна"."""
    return heard.context.vocabulary.morphology.lemma(heard.word(place)).endswith(_OF_FATHERS)


_OF_FATHERS = ("овна", "евна", "инична", "ична", "ович", "евич", "ильич")


def _may_be_family(heard: Heard, place: int) -> bool:
    word = heard.word(place)
    is_name = heard.context.vocabulary.morphology.is_personal_name(word) and not given_name(heard, place)
    return word.isalpha() and (heard.is_capital(place) or (is_name and heard.context.asked is Asked.NAME))


def _called(heard: Heard, place: int) -> str:
    """A name as it is written, or its nominative where it is whom somebody is put down as: "запишите Марину"."""
    return nominative(heard, place) or heard.written(place, place + 1)


def nominative(heard: Heard, place: int) -> str:
    """What somebody is called whose name stands in another case; empty where it is the nominative, or no name."""
    word, vocabulary = heard.word(place), heard.context.vocabulary
    is_object = heard.word(place - 1) in _PUTTING_DOWN or heard.word(place + 1) in _PUTTING_DOWN
    for ending, own in _ACCUSATIVE.items():
        woman = word.removesuffix(ending) + own
        is_known = woman in vocabulary.given_names or woman.endswith(_OF_FATHERS)
        if word.endswith(ending) and (is_known or (is_object and vocabulary.morphology.is_personal_name(word))):
            return woman
    return vocabulary.morphology.given_name(word) if is_object else ""


_ACCUSATIVE = {"у": "а", "ю": "я"}
"""Endings of women's names, and those of their nominatives."""
_PUTTING_DOWN = frozenset({"на", "запишите", "записывайте", "запиши", "пишите", "пиши", "записать"})
