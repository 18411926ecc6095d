"""Titles of a catalogue as clients quote them: word for word, which is surer than any one of the words.

"Релакс-супер" is that programme, though "супер" praises and "релакс" begins other titles too. Small words between the
others tell titles of the same words apart: "пилинг в хаммаме" is no "хаммам + пилинг".
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from aiadmin.domain.chat.morphology import Morphology

_TOKEN = re.compile(r"[0-9]+d\b|[0-9]+|[^\W\d_]+|\S")
_BRACKETS = re.compile(r"\([^)]*\)")
_NAMED = re.compile('[«"“„]([^»"”“]+)[»"”“]')
_JOINED, _LISTED = "+", ","
_LINKS = {
    **dict.fromkeys(("и", "плюс", "+", "&", "с", "со", "вместе"), _JOINED),
    **dict.fromkeys(("в", "во"), "в"),
    **{word: word for word in ("на", "для", "по", "из", "от", "под", "за", "у", "к", "о", "до", "при")},
    ",": _LISTED,
}
"""Small words and signs between the others, and what they do there."""
_SENTENCE_ENDS = frozenset(".!?\n;")
_FEWEST = 2
"""Words of a title that is more than any word for a service."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A title in a text.

    Attributes:
        services: those that are called so.
        places: of the words that say it, small ones left out.
        is_sure: whether no other title has all of its words and more, so that it stands whatever is said beside it.
        is_in_order: whether its words stand as in the title.
    """

    services: frozenset[int]
    places: tuple[int, ...]
    is_sure: bool
    is_in_order: bool


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a title or a text, and what links it to the one before.

    Attributes:
        keys: what it may be compared by; in a title it is the first.
    """

    place: int
    keys: tuple[str, ...]
    link: str


@dataclass(frozen=True, slots=True)
class _Name:
    service: int
    words: tuple[str, ...]
    links: tuple[str, ...]
    is_sure: bool = True

    def exactness(self, said: Sequence[_Word]) -> int | None:
        """How many links are said as they stand in the title; None where it is not what is said."""
        links = [one.link for one in said[1:]]
        if self.is_in_order(said):
            fits = [_fits(title, link) for title, link in zip(self.links, links, strict=True)]
            return sum(map(str.__eq__, self.links, links)) if all(fits) else None
        return len(links) if self._is_listed(said) or self._is_turned(said) else None

    def is_in_order(self, said: Sequence[_Word]) -> bool:
        """Whether these are its words, one by one."""
        return all(word in one.keys for word, one in zip(self.words, said, strict=True))

    def _is_listed(self, said: Sequence[_Word]) -> bool:
        """Whether the parts of a title stand in another order: "пилинг и хаммам"."""
        links = {one.link for one in said[1:]}
        is_list = _JOINED in self.links and not {_JOINED, _LISTED}.isdisjoint(links)
        return is_list and links <= {*self.links, _LISTED} and self.has_all(said)

    def _is_turned(self, said: Sequence[_Word]) -> bool:
        """Whether the words stand in another order, each with its own small word: "в хаммаме пилинг"."""
        own = dict(zip(self.words, ("", *self.links), strict=True))
        is_led = not {*self.links} <= {"", _JOINED, _LISTED}
        is_each = all(any(own.get(key) == one.link for key in one.keys) for one in said)
        return is_led and is_each and self.has_all(said)

    def has_all(self, said: Sequence[_Word]) -> bool:
        """Whether these are its words, in any order."""
        left = list(self.words)
        for one in said:
            found = next((word for word in left if word in one.keys), None)
            if found is None:
                return False
            left.remove(found)
        return True


def _fits(title: str, said: str) -> bool:
    """Whether words may be linked so where a title links them otherwise: small words are left out, never changed."""
    return said in {title, ""} or (said == _LISTED and title in {"", _JOINED})


@dataclass(frozen=True)
class Titles:
    """The titles of a catalogue, by their words.

    Attributes:
        written: number and title of each service.
    """

    written: tuple[tuple[int, str], ...]
    morphology: Morphology

    def quoted(self, tokens: Sequence[Sequence[str]]) -> list[Quote]:
        """The titles in a text; where several share a word those in order, then the longest.

        Args:
            tokens: the spellings of each.
        """
        found = [one for sentence in self._sentences(tokens) for one in self._in_sentence(sentence)]
        taken: set[int] = set()
        kept = []
        for quote in sorted(found, key=lambda one: (not one.is_in_order, -len(one.places), one.places)):
            if taken.isdisjoint(quote.places):
                taken.update(quote.places)
                kept.append(quote)
        return sorted(kept, key=lambda one: one.places)

    def _sentences(self, tokens: Sequence[Sequence[str]]) -> Iterator[Sequence[_Word]]:
        words: list[_Word] = []
        link = ""
        for place, spellings in enumerate(tokens):
            if not _SENTENCE_ENDS.isdisjoint(spellings):
                yield words
                words, link = [], ""
            elif not _LINKS.keys().isdisjoint(spellings):
                link = next(_LINKS[one] for one in spellings if one in _LINKS) or link
            elif spellings[0].isalnum():
                keys = tuple(dict.fromkeys(key for one in spellings for key in self._keys(one)))
                words.append(_Word(place, keys, link))
                link = ""
        yield words

    def _in_sentence(self, words: Sequence[_Word]) -> Iterator[Quote]:
        for begins, word in enumerate(words):
            names = {id(one): one for key in word.keys for one in self._by_word.get(key, ())}
            sized: dict[int, list[_Name]] = defaultdict(list)
            for name in names.values():
                sized[len(name.words)].append(name)
            for size, of_size in sized.items():
                yield from _best_of(of_size, words[begins : begins + size])

    @cached_property
    def _by_word(self) -> Mapping[str, Sequence[_Name]]:
        """The names of services by each of their words."""
        named = [(number, name) for number, title in self.written for name in _names(title)]
        sets = {number: Counter(one.keys[0] for one in self._words(title)) for number, title in self.written}
        found: dict[str, list[_Name]] = defaultdict(list)
        for number, name in named:
            words = self._words(name)
            keys = tuple(one.keys[0] for one in words)
            if len(keys) < _FEWEST:
                continue
            whole = Counter(keys)
            is_sure = not any(whole < other for one, other in sets.items() if one != number)
            called = _Name(number, keys, tuple(one.link for one in words[1:]), is_sure)
            for key in {*keys}:
                found[key].append(called)
        return found

    def _words(self, name: str) -> Sequence[_Word]:
        sentences = self._sentences([(one,) for one in _TOKEN.findall(name)])
        return [word for sentence in sentences for word in sentence]

    def _keys(self, word: str) -> Iterator[str]:
        """A word as it is compared: by its dictionary form, else as it stands, a doubled letter made one."""
        yield _undoubled(self.morphology.lemma(word))
        yield _undoubled(word)


def _best_of(names: Sequence[_Name], said: Sequence[_Word]) -> Iterator[Quote]:
    """What these words quote: the services whose names they are most exactly.

    Where a small word is left out that tells titles of the same words apart, it is any of those.
    """
    fitting = [
        (exactness, name)
        for name in names
        if len(name.words) == len(said) and (exactness := name.exactness(said)) is not None
    ]
    if fitting:
        most = max(exactness for exactness, _ in fitting)
        best = [name for exactness, name in fitting if exactness == most]
        if most < len(said) - 1:
            best = [name for name in names if len(name.words) == len(said) and name.has_all(said)]
        yield Quote(
            services=frozenset(one.service for one in best),
            places=tuple(one.place for one in said),
            is_sure=all(one.is_sure for one in best),
            is_in_order=all(name.is_in_order(said) for name in best),
        )


def _names(title: str) -> set[str]:
    """What a service may be called: its title, with or without what stands in brackets, and its name in quotes."""
    return {title, _BRACKETS.sub(" ", title), *_NAMED.findall(title)}


def _undoubled(word: str) -> str:
    return "".join(one for one, before in zip(word, " " + word, strict=False) if one != before)
