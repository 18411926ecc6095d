"""A burst of a client's words, cut into words and phrases, as all that reads it sees it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from aiadmin.domain.chat.dates.grammar import Context
from aiadmin.domain.chat.dates.reading import wishes_and_errors
from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.lexicon import BREAKS, Hit, intents
from aiadmin.domain.chat.morphology import WordClass
from aiadmin.domain.chat.normalising import Token, tokens_of
from aiadmin.domain.chat.vocabulary import Vocabulary
from aiadmin.domain.chat.when import Asked, DayParts, Impossible, Span, When
from aiadmin.domain.chat.words.remarks import BECAUSE, SUBORDINATING

_LATIN = re.compile("[a-zA-Z]")
_DIMENSIONS = frozenset({"д", "d"})
_LEADS = frozenset({"в", "на", "во"})
_MOST_CORRECTED = 40
"""Unknown words that are looked up: a text with more of them is in no language that is read here."""


@dataclass(frozen=True, kw_only=True)
class ReadingContext:
    """What a burst is read against.

    Attributes:
        vocabulary: the salon's own words.
        now: the salon's wall clock.
        parts: what morning and evening mean there.
        asked: what our last question was about; None when none is open.
        options: how many lines the numbered list had that was shown last.
        candidates: the services that the last question was about.
        offers: what is to be done to the journal, should the client say yes now; None where nothing is proposed.
    """

    vocabulary: Vocabulary
    now: datetime
    parts: DayParts = field(default_factory=DayParts)
    asked: Asked | None = None
    options: int = 0
    candidates: tuple[int, ...] = ()
    offers: VisitOperation | None = None


@dataclass(frozen=True)
class Heard:
    """A text as words, phrases and wishes of time.

    Attributes:
        tokens: words and signs, slips put right.
        hits: phrases of the dictionary.
    """

    text: str
    context: ReadingContext
    tokens: Sequence[Token]
    hits: Sequence[Hit]

    @cached_property
    def whens(self) -> tuple[When, ...]:
        """The days and times in it."""
        return self._dates[0]

    @property
    def errors(self) -> tuple[Impossible, ...]:
        """Days and times in it that there are not."""
        return self._dates[1]

    @cached_property
    def _dates(self) -> tuple[tuple[When, ...], tuple[Impossible, ...]]:
        known = self.context
        context = Context(now=known.now, parts=known.parts, asked=known.asked)
        return wishes_and_errors(self._without_titles, context, known.vocabulary.own_words)

    @cached_property
    def _without_titles(self) -> str:
        """The text with blanks for reasons, and for numbers that are part of a title: "в один тон", "90 минут"."""
        text = self.text
        for place in range(len(self.tokens)):
            if self.sentences[place] in self.reasons:
                start, end = self.span(place, place + 1)
                text = text[:start] + " " * (end - start) + text[end:]
        for place in range(len(self.tokens) - 1):
            if (self.word(place), self.word(place + 1)) in self.context.vocabulary.numbered:
                is_led = self.word(place - 1) in _LEADS
                start, end = self.span(place - is_led, place + 2)
                text = text[:start] + " " * (end - start) + text[end:]
        return text

    @cached_property
    def orders(self) -> tuple[Span, ...]:
        """Orders to a machine, in the words as they were written: Latin ones within Russian are spelt otherwise."""
        tokens = tokens_of(self.text, _as_written) if self.text.isascii() or _LATIN.search(self.text) else self.tokens
        hits = (hit for hit in intents().hits(tokens) if hit.kind == "INJECTION")
        found = {(tokens[hit.first].start, tokens[hit.end - 1].end) for hit in hits}
        return tuple(sorted(found | {self.span(hit.first, hit.end) for hit in self.of("INJECTION")}))

    @cached_property
    def clauses(self) -> Sequence[int]:
        """The number of the clause that each token stands in."""
        numbers, number = [], 0
        for token in self.tokens:
            number += token.text in BREAKS
            numbers.append(number)
        return numbers

    @cached_property
    def sentences(self) -> Sequence[int]:
        """The number of the simple sentence that each token stands in: "приду, если муж заберёт" is two."""
        numbers, number = [], 0
        for place, token in enumerate(self.tokens):
            is_of_before = token.text == "что" and self.word(place - 1) == "потому"
            begins = token.text in SUBORDINATING or self._is_because(place)
            number += token.text in BREAKS or (begins and not is_of_before)
            numbers.append(number)
        return numbers

    def _is_because(self, place: int) -> bool:
        pair = (self.word(place), self.word(place + 1))
        return pair[0] in BECAUSE or pair in {("а", "то"), ("так", "как")}

    @cached_property
    def reasons(self) -> frozenset[int]:
        """The sentences that tell why: nothing in them is wished."""
        return frozenset(self.sentences[place] for place in range(len(self.tokens)) if self._is_because(place))

    def sentence(self, place: int) -> Sequence[int]:
        """The places of the sentence that a word stands in."""
        own = self.sentences[place]
        return [one for one, number in enumerate(self.sentences) if number == own]

    def word_class(self, place: int) -> WordClass:
        """What a word most likely is by its form."""
        return self.context.vocabulary.morphology.word_class(self.word(place))

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


def _as_written(word: str) -> bool:
    """Knows what is spelt in one alphabet, so that no word is respelt."""
    return word.isascii()


def hear(text: str, context: ReadingContext) -> Heard:
    """A text cut up; what is misspelt is put right to a word of ours, and to nothing else."""
    written = [*_with_dimensions(tokens_of(text, context.vocabulary.knows))]
    tokens = [*_put_right(written, context.vocabulary)]
    hits = intents().hits(tokens)
    kept = _as_phrases_have_it(written, tokens, hits, context.vocabulary)
    return Heard(text, context, kept, hits if kept == tokens else intents().hits(kept))


def _as_phrases_have_it(
    written: Sequence[Token], put_right: Sequence[Token], hits: Sequence[Hit], vocabulary: Vocabulary
) -> Sequence[Token]:
    """The words put right where that makes sense: a word of no phrase stays as it was written, and is asked about."""
    of_phrases = {place for hit in hits for place in range(hit.first, hit.end)}
    return [
        new if old == new or place in of_phrases or vocabulary.is_own(new.text) else old
        for place, (old, new) in enumerate(zip(written, put_right, strict=True))
    ]


def _put_right(tokens: Sequence[Token], vocabulary: Vocabulary) -> Iterator[Token]:
    corrected: dict[str, str] = {}
    for token in tokens:
        if token.text not in corrected and len(corrected) < _MOST_CORRECTED and token.text.isalpha():
            corrected[token.text] = vocabulary.put_right(token.text)
        yield replace(token, text=corrected.get(token.text, token.text))


def _with_dimensions(tokens: Sequence[Token]) -> Iterator[Token]:
    """The tokens, a number with the letter of dimensions behind it made one: "2д", "3D"."""
    before: Token | None = None
    for token in tokens:
        if before and before.text.isdecimal() and token.is_glued and token.text in _DIMENSIONS:
            before = replace(before, text=f"{before.text}d", end=token.end)
            continue
        if before:
            yield before
        before = token
    if before:
        yield before
