"""Russian morphology by pymorphy3, likeness of words by rapidfuzz.

The dictionaries take 40 MB and a tenth of a second: they are loaded with the first word that is asked about, so that
a process that reads no chats does not pay for them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache, cached_property, lru_cache
from typing import Any

from aiadmin.domain.chat.morphology import WordClass

_LONG, _MOST_ALIKE = 7, 6
_AS_HEARD = str.maketrans("оеэяыё", "аиииии")
"""Vowels that sound alike where no stress is on them."""
_PERSONAL = ("Name", "Surn", "Patr")
_LONGEST_ENDING = 4
_RARE = 0.2
"""A reading that is less likely than this adds no forms."""

_CLASSES = {
    "NOUN": WordClass.NOUN,
    "ADJF": WordClass.ADJECTIVE,
    "ADJS": WordClass.STATEMENT,
    "PRTF": WordClass.ADJECTIVE,
    "NUMR": WordClass.NUMERAL,
    "INFN": WordClass.INFINITIVE,
    "VERB": WordClass.STATEMENT,
}
"""By the parts of speech of OpenCorpora."""

_RUSSIAN = re.compile("[а-яёіїєґ'-]+")
"""What the dictionaries are asked about; pymorphy3 raises on letters that have no name, such as those of Tangut."""
_SOFT_ENDINGS = ("и", "ью")
"""Of names that the dictionary takes for indeclinable, and people decline: Асель, к Асели."""


@cache
def morphology() -> PymorphyMorphology:
    """The one of this process, and of those that it forks."""
    return PymorphyMorphology()


class PymorphyMorphology:
    """`domain.chat.morphology.Morphology`.

    Safe to share between threads and greenlets, because nothing of it changes once loaded.
    """

    def __init__(self) -> None:
        self._parses = lru_cache(maxsize=1_000)(self._parsed)
        self.lemma = lru_cache(maxsize=20_000)(self._lemma)
        self.knows = lru_cache(maxsize=20_000)(self._knows)
        self.word_class = lru_cache(maxsize=20_000)(self._word_class)
        self.given_name = lru_cache(maxsize=20_000)(self._given_name)
        self.forms = lru_cache(maxsize=20_000)(self._forms)
        self.forms_of_name = lru_cache(maxsize=20_000)(self._forms_of_name)
        self.beginning_with = lru_cache(maxsize=1_000)(self._beginning_with)
        self.is_personal_name = lru_cache(maxsize=20_000)(self._is_personal_name)

    @cached_property
    def _analyzer(self) -> Any:
        import pymorphy3

        return pymorphy3.MorphAnalyzer(lang="ru")

    def _parsed(self, word: str) -> Sequence[Any]:
        """The readings of a word, the likeliest first; none of what is no Russian word.

        The words of one burst are asked about several times each: as a lemma, as a class, as a name.
        """
        return self._analyzer.parse(word) if _RUSSIAN.fullmatch(word) else ()

    def _lemma(self, word: str) -> str:
        return next((_plain(one.normal_form) for one in self._parses(word)), word)

    def _knows(self, word: str) -> bool:
        return bool(self._analyzer.word_is_known(word))

    def _word_class(self, word: str) -> WordClass:
        parses = self._parses(word)
        if not parses:
            return WordClass.STRANGE
        asked = [one for one in parses if "2per" in one.tag and "plur" in one.tag and one.score >= _RARE]
        tag = (asked or parses)[0].tag
        if "impr" in tag:
            return WordClass.ORDER if self._analyzer.word_is_known(word) else WordClass.STRANGE
        if "past" in tag:
            return WordClass.PAST
        is_quality = tag.POS == "ADJF" and "Qual" in tag
        found = WordClass.QUALITY if is_quality else _CLASSES.get(tag.POS, WordClass.OTHER)
        is_told = found is WordClass.STATEMENT
        return found if is_told or self._analyzer.word_is_known(word) else WordClass.STRANGE

    def _given_name(self, word: str) -> str:
        names = [one for one in self._parses(word) if "Name" in one.tag and self._analyzer.word_is_known(word)]
        return _plain(names[0].normal_form) if names else ""

    def _forms(self, word: str) -> frozenset[str]:
        parses = self._parses(word)
        likely = [one for one in parses if one.score >= _RARE] or parses[:1]
        return frozenset({word} | {_plain(form.word) for one in likely for form in one.lexeme})

    def _forms_of_name(self, name: str) -> frozenset[str]:
        parses = self._parses(name)
        named = [one for one in parses if "Name" in one.tag and one.normal_form == one.word] or parses[:1]
        forms = {_plain(form.word) for one in named for form in one.lexeme if "plur" not in form.tag}
        soft = {name[:-1] + ending for ending in _SOFT_ENDINGS} if name.endswith("ь") and len(forms) == 1 else set()
        return frozenset({name} | forms | soft)

    def _is_personal_name(self, word: str) -> bool:
        return any(kind in one.tag for one in self._parses(word)[:1] for kind in _PERSONAL)

    def _beginning_with(self, beginning: str) -> frozenset[str]:
        words = map(_plain, self._analyzer.dictionary.words.keys(beginning))
        return frozenset(one for one in words if one.isalpha() and len(one) <= len(beginning) + _LONGEST_ENDING)

    def sounding_like(self, word: str, among: Collection[str]) -> tuple[str, ...]:
        """See `Morphology.sounding_like`."""
        from rapidfuzz.distance import OSA

        heard = word.translate(_AS_HEARD)
        edits = 1 if len(word) < _LONG or self.knows(word) else 2
        found: dict[str, int] = {}
        for one in among:
            other = one.translate(_AS_HEARD)
            shorter = None if self.knows(word) else min(len(heard), len(other))
            if other[:1] == heard[:1]:
                found[one] = OSA.distance(heard[:shorter], other[:shorter], score_cutoff=edits)
        nearest = min(found.values(), default=edits + 1)
        return tuple(one for one, distance in found.items() if distance == nearest <= edits)

    def closest(self, word: str, among: Collection[str]) -> tuple[str, ...]:
        """See `Morphology.closest`."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        edits = 2 if len(word) >= _LONG else 1
        found = process.extract(word, among, scorer=OSA.distance, score_cutoff=edits, limit=_MOST_ALIKE)
        return tuple(str(one) for one, distance, _ in found if distance == found[0][1])


def _plain(word: str) -> str:
    return word.replace("ё", "е")
