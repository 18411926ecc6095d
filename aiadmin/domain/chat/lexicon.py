"""Phrases of a dictionary, found in a message: what each means, how long it is and where it stands.

The dictionary is data (`aiadmin.domain.chat.words.intents` tells its notation). A phrase is looked for only where its
first word stands, so that a message takes a time in proportion to its length.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from aiadmin.domain.chat.normalising import Token
from aiadmin.domain.chat.words.feedback import FEEDBACK
from aiadmin.domain.chat.words.intents import CORRECTABLE, INTENTS
from aiadmin.domain.chat.words.questions import QUESTIONS

_GAP = 3
BREAKS = frozenset(".,!?;\n:)(")
"""Signs that end a clause."""
STOPS = frozenset(".!?\n")
"""Signs that end a sentence."""
_ENDS = frozenset(".!?;")
_EDGES = frozenset("^$")
_NEXT_MESSAGE = "\n"
"""People send a sentence in pieces: a phrase goes on in the next message."""
_SHORTEST_BEGINNING = 2
HARMLESS = "HARMLESS"
"""The meaning of phrases that are written out to hide words in them."""
_WISH = "WANT_"
_URGENT = frozenset({"HEALTH", "COMPLAINT", "WANT_HUMAN", "LATE"})
_NOT = frozenset({"не", "ни", "нельзя"})
_INFINITIVE = ("ть", "ти", "чь", "ться", "тись", "ца")
"""What stands behind a modal verb: "не надо переносить"; "не смогу, отмените" denies nothing."""
_POLITE = frozenset({"могли", "могла", "мог", "можете", "сможете", "можно", "можешь", "против", "подскажете"})
"""Behind a "not" a request all the same: "не могли бы перенести"."""


class _Element(NamedTuple):
    words: frozenset[str] = frozenset()
    beginnings: tuple[str, ...] = ()
    sign: str = ""
    """`^`, `$`, `..` or `N`."""
    is_optional: bool = False

    def fits(self, word: str) -> bool:
        if self.sign == "N":
            return word.isdecimal()
        return word in self.words or word.startswith(self.beginnings)


class Phrase(NamedTuple):
    """A phrase of the dictionary.

    Attributes:
        kind: what it means.
        value: which of that kind, such as the topic of a question.
    """

    kind: str
    value: str
    elements: tuple[_Element, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase that was found in tokens `first` to `end`, that one left out."""

    kind: str
    value: str
    first: int
    end: int


class Lexicon:
    """The phrases by their first words.

    Attributes:
        words: all that are spelt out in phrases.
        wishes: those of phrases that wish for a visit, its move or its end.
        urgent: beginnings of words for what a human has to hear, which is to be heard in spite of a slip.
    """

    def __init__(self, written: str) -> None:
        self._by_word: dict[str, list[Phrase]] = defaultdict(list)
        self._by_beginning: dict[str, list[Phrase]] = defaultdict(list)
        self._numbers: list[Phrase] = []
        self.words: set[str] = set()
        self.wishes: set[str] = set()
        self.urgent: set[str] = set()
        for phrase in _phrases(written):
            self._add(phrase)

    def _add(self, phrase: Phrase) -> None:
        spelt = {word for element in phrase.elements for word in element.words}
        self.words |= spelt
        if phrase.kind.startswith(_WISH):
            self.wishes |= spelt
        if phrase.kind in _URGENT:
            self.urgent.update(*(element.beginnings for element in phrase.elements))
        for element in phrase.elements:
            for word in element.words:
                self._by_word[word].append(phrase)
            for beginning in element.beginnings:
                self._by_beginning[beginning].append(phrase)
            if element.sign == "N":
                self._numbers.append(phrase)
            if not element.is_optional and element.sign != "^":
                return

    def hits(self, tokens: Sequence[Token]) -> list[Hit]:
        """All phrases that stand in a message, without those that lie within a longer one of another meaning."""
        found = {hit for place in range(len(tokens)) for hit in self._at(tokens, place)}
        ordered = sorted(found, key=lambda hit: (hit.first - hit.end, hit.first, hit.kind, hit.value))
        return _longest(_without_hidden(ordered, tokens))

    def _at(self, tokens: Sequence[Token], place: int) -> Iterator[Hit]:
        for phrase in {id(one): one for one in self._candidates(tokens[place].text)}.values():
            end = _end(phrase.elements, tokens, place, place)
            if end is not None and end > place and tokens[end - 1].text == _NEXT_MESSAGE:
                end -= 1  # a word that may be missing was looked for behind it
            if end is not None and end > place:
                yield Hit(phrase.kind, phrase.value, place, end)

    def _candidates(self, word: str) -> Iterator[Phrase]:
        yield from self._by_word.get(word, ())
        for length in range(_SHORTEST_BEGINNING, len(word) + 1):
            yield from self._by_beginning.get(word[:length], ())
        if word.isdecimal():
            yield from self._numbers


def _without_hidden(hits: Sequence[Hit], tokens: Sequence[Token]) -> list[Hit]:
    """The phrases without those that a harmless one hides, and without wishes behind a "not"."""
    harmless = [hit for hit in hits if hit.kind == HARMLESS]
    return [hit for hit in hits if hit.kind == HARMLESS or not (_is_hidden(hit, harmless) or _is_denied(hit, tokens))]


def _is_hidden(hit: Hit, harmless: Sequence[Hit]) -> bool:
    """Whether a phrase shares words with a harmless one that it does not hold as a whole."""
    near = [one for one in harmless if one.first < hit.end and hit.first < one.end]
    return any(not (hit.first <= one.first and one.end <= hit.end and _length(one) < _length(hit)) for one in near)


def _length(hit: Hit) -> int:
    return hit.end - hit.first


def _is_denied(hit: Hit, tokens: Sequence[Token]) -> bool:
    """Whether a wish is said not to be one: "не надо переносить"."""
    if not hit.kind.startswith(_WISH) or not hit.first:
        return False
    before = tokens[hit.first - 1].text
    is_polite = before in _POLITE or before in BREAKS
    may_be_of_modal = tokens[hit.first].text.endswith(_INFINITIVE) and not is_polite and hit.first > 1
    return before in _NOT or (may_be_of_modal and tokens[hit.first - 2].text in _NOT)


def _longest(hits: Sequence[Hit]) -> list[Hit]:
    kept: list[Hit] = []
    owner: dict[int, int] = {}
    for hit in hits:
        owners = {owner.get(place) for place in range(hit.first, hit.end)}
        if None in owners or any(_same(kept[one], hit) for one in owners if one is not None):
            kept.append(hit)
            for place in range(hit.first, hit.end):
                owner.setdefault(place, len(kept) - 1)
    return kept


def _same(one: Hit, other: Hit) -> bool:
    return (one.first, one.end) == (other.first, other.end)


def _end(elements: Sequence[_Element], tokens: Sequence[Token], place: int, first: int, begun: int = 0) -> int | None:
    """Where the phrase that begins at a place ends, its longest reading; None when it does not stand there.

    Args:
        begun: so many of its elements stand before `place`.
    """
    for number, element in enumerate(elements[begun:], begun + 1):
        if element.sign == "..":
            return _behind_gap(elements, tokens, place, first, number)
        if first < place < len(tokens) and tokens[place].text == _NEXT_MESSAGE and element.sign not in _EDGES:
            place += 1
        width = _width(element, tokens, place)
        if element.is_optional:
            if width is not None and (end := _end(elements, tokens, place + width, first, number)) is not None:
                return end
        elif width is None:
            return None
        else:
            place += width
    return place


def _width(element: _Element, tokens: Sequence[Token], place: int) -> int | None:
    """How many tokens an element is at a place: an edge is none; None when it does not stand there."""
    if element.sign in _EDGES:
        return 0 if _is_edge(element.sign, tokens, place) else None
    return 1 if place < len(tokens) and element.fits(tokens[place].text) else None


def _behind_gap(
    elements: Sequence[_Element], tokens: Sequence[Token], place: int, first: int, begun: int
) -> int | None:
    for skipped in range(_GAP + 1):
        end = _end(elements, tokens, place + skipped, first, begun)
        if end is not None:
            return end
        if place + skipped >= len(tokens) or tokens[place + skipped].text in _ENDS:
            return None
    return None


def _is_edge(sign: str, tokens: Sequence[Token], place: int) -> bool:
    beside = place - 1 if sign == "^" else place
    return not 0 <= beside < len(tokens) or tokens[beside].text in BREAKS


def _phrases(written: str) -> Iterator[Phrase]:
    for line in written.splitlines():
        if line and not line.startswith("#"):
            kind, _, phrases = line.partition(":")
            name, _, value = kind.partition("=")
            for phrase in phrases.split(";"):
                if phrase.strip():
                    yield Phrase(name, value, tuple(_element(one) for one in phrase.split()))


@cache
def _element(written: str) -> _Element:
    """Most words stand in several phrases."""
    is_optional = written.startswith("(") and written.endswith(")") and len(written) > len("()")
    plain = (written[1:-1] if is_optional else written).replace("ё", "е")
    if plain in {"^", "$", "..", "N"}:
        return _Element(sign=plain, is_optional=is_optional)
    words = plain.split("/")
    beginnings = tuple(word[:-1] for word in words if word.endswith("*"))
    whole = frozenset(word for word in words if not word.endswith("*"))
    return _Element(words=whole, beginnings=beginnings, is_optional=is_optional)


@cache
def intents() -> Lexicon:
    """The dictionary of intents, read once."""
    return Lexicon("\n".join((INTENTS, FEEDBACK, QUESTIONS)).replace("^", "^ "))


CORRECTABLE_WORDS = frozenset(CORRECTABLE.split())
