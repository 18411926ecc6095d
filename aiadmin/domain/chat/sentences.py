"""A text as words and phrases, cut into clauses and simple sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from aiadmin.domain.chat.lexicon import BREAKS, Hit
from aiadmin.domain.chat.morphology import WordClass
from aiadmin.domain.chat.normalising import Token
from aiadmin.domain.chat.reading_context import ReadingContext
from aiadmin.domain.chat.when import Span
from aiadmin.domain.chat.words.remarks import BECAUSE, SUBORDINATING

_KEEPING = ("KEEP", "HARMLESS")
_RUSSIAN = re.compile("[а-я]+")


@dataclass(frozen=True)
class Sentences:
    """A text as words and phrases, and the simple sentences that they stand in.

    Attributes:
        tokens: words and signs, slips put right.
        hits: phrases of the dictionary.
    """

    text: str
    context: ReadingContext
    tokens: Sequence[Token]
    hits: Sequence[Hit]

    @cached_property
    def clauses(self) -> Sequence[int]:
        """The number of the clause that each token stands in."""
        numbers, number = [], 0
        for token in self.tokens:
            number += token.text in BREAKS
            numbers.append(number)
        return numbers

    @cached_property
    def by_clause(self) -> Sequence[Sequence[int]]:
        """The places of each clause; the sign that ends one begins the next."""
        places: dict[int, list[int]] = {}
        for place, number in enumerate(self.clauses):
            places.setdefault(number, []).append(place)
        return [*places.values()]

    @cached_property
    def sentences(self) -> Sequence[int]:
        """The number of the simple sentence that each token stands in: "приду, если муж заберёт" is two."""
        numbers, number = [], 0
        for place, token in enumerate(self.tokens):
            is_of_before = token.text == "что" and self.word(place - 1) == "потому"
            begins = token.text in SUBORDINATING or self._is_because(place)
            number += token.text in BREAKS or is_picture(token.text) or (begins and not is_of_before)
            number += place in self._parted
            numbers.append(number)
        return numbers

    @cached_property
    def _parted(self) -> frozenset[int]:
        """Where what is changed and what stays are parted without a sign: "отмените брови а ресницы оставьте"."""
        hits = sorted((*self.of("WANT_CANCEL", "WANT_MOVE"), *self._keeping), key=lambda hit: hit.first)
        pairs = [
            (one, other)
            for one, other in pairwise(hits)
            if (one.kind in _KEEPING) != (other.kind in _KEEPING)
            and self.clauses[one.first] == self.clauses[other.first]
        ]
        return frozenset(self._border(one, other) for one, other in pairs if one.end <= other.first)

    @property
    def _keeping(self) -> Sequence[Hit]:
        """The phrases that say of a visit that it is to stay: "оставьте", "не отменяйте"."""
        return [hit for hit in self.of(*_KEEPING) if hit.kind == "KEEP" or hit.value == "stands"]

    def _border(self, one: Hit, other: Hit) -> int:
        """The first word of the second of two sentences that follow each other without a sign.

        At "а" or "но" if there is one; else the verbs tell: "X отмените Y оставьте", "отмените X оставьте Y".
        """
        between = range(one.end, other.first)
        joints = [place for place in between if self.word(place) in {"а", "но", "зато"}]
        if joints:
            return joints[0]
        begins = next(
            (place for place in range(one.first - 1, -1, -1) if self.clauses[place] != self.clauses[one.first]), -1
        )
        covered = self.covered({"GREET", "THANK", "TRIFLE", "YES", "NO"})
        is_behind = any(place not in covered for place in range(begins + 1, one.first))
        if is_behind:
            return one.end
        ends = other.end < len(self.tokens) and self.clauses[other.end] == self.clauses[other.first]
        return other.first if ends or not between else between[-1]

    def _is_because(self, place: int) -> bool:
        pair = (self.word(place), self.word(place + 1))
        return pair[0] in BECAUSE or pair in {("а", "то"), ("так", "как")}

    @cached_property
    def reasons(self) -> frozenset[int]:
        """The sentences that tell why: nothing in them is wished."""
        return frozenset(self.sentences[place] for place in range(len(self.tokens)) if self._is_because(place))

    @cached_property
    def kept(self) -> frozenset[int]:
        """The sentences about visits that are to stay, where another is to be off: "понедельник оставьте"."""
        changed = {self.sentences[hit.first] for hit in self.of("WANT_CANCEL", "WANT_MOVE")}
        kept = {self.sentences[hit.first] for hit in self._keeping}
        return frozenset(kept - changed) if changed else frozenset()

    def sentence(self, place: int) -> Sequence[int]:
        """The places of the sentence that a word stands in."""
        return self.places[self.sentences[place]]

    @cached_property
    def places(self) -> Mapping[int, Sequence[int]]:
        """The places of each sentence: a long burst is walked through once."""
        places: dict[int, list[int]] = {}
        for place, number in enumerate(self.sentences):
            places.setdefault(number, []).append(place)
        return places

    def word_class(self, place: int) -> WordClass:
        """What a word most likely is by its form."""
        word = self.word(place)
        is_russian = _RUSSIAN.fullmatch(word) is not None
        return self.context.vocabulary.morphology.word_class(word) if is_russian else WordClass.OTHER

    def of(self, *kinds: str) -> Iterator[Hit]:
        """The phrases of some meanings."""
        return (hit for hit in self.hits if hit.kind in kinds)

    def has(self, *kinds: str) -> bool:
        """Whether there is a phrase of some meanings."""
        return any(True for _ in self.of(*kinds))

    def covered(self, kinds: Collection[str]) -> set[int]:
        """The tokens of all phrases of some meanings."""
        return {place for hit in self.of(*kinds) for place in range(hit.first, hit.end)}

    def span(self, first: int, end: int) -> Span:
        """The characters of some tokens."""
        return self.tokens[first].start, self.tokens[end - 1].end

    def spans(self, kind: str, value: str | None = None) -> tuple[Span, ...]:
        """The characters of all phrases of a meaning, or of one value of it."""
        hits = (hit for hit in self.of(kind) if value is None or hit.value == value)
        return tuple(sorted(self.span(hit.first, hit.end) for hit in hits))

    def within(self, spans: Collection[Span]) -> set[int]:
        """The places of the tokens that some characters reach into."""
        return {
            place for place, one in enumerate(self.tokens) if any(a < one.end and one.start < b for a, b in spans)
        }

    def written(self, first: int, end: int) -> str:
        """Some tokens as they were written."""
        start, stop = self.span(first, end)
        return self.text[start:stop]

    def word(self, place: int) -> str:
        """A token's text; empty beside the message."""
        return self.tokens[place].text if 0 <= place < len(self.tokens) else ""

    def is_capital(self, place: int) -> bool:
        """Whether a word was written with a capital letter."""
        return self.text[self.tokens[place].start].isupper()


def is_picture(text: str) -> bool:
    """Whether a token is an emoji or the like, which people set where a sentence ends."""
    return unicodedata.category(text[0]) in {"So", "Sk"}
