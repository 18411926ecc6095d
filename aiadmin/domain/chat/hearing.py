"""A burst of a client's words, cut into words and phrases, as all that reads it sees it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import pairwise

from aiadmin.domain.chat.dates.grammar import Context
from aiadmin.domain.chat.dates.reading import wishes_and_errors
from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.lexicon import BREAKS, Hit, intents
from aiadmin.domain.chat.morphology import WordClass
from aiadmin.domain.chat.normalising import Token, tokens_of
from aiadmin.domain.chat.vocabulary import Vocabulary
from aiadmin.domain.chat.when import Asked, DayParts, Impossible, Span, When
from aiadmin.domain.chat.words.remarks import BECAUSE, COLLOQUIAL, SUBORDINATING

_LATIN, _RUSSIAN = re.compile("[a-zA-Z]"), re.compile("[а-я]+")
_DIMENSIONS = frozenset({"д", "d"})
HANDS, _FOUR = frozenset({"руки", "рук"}), frozenset({"4", "четыре", "четырех", "2", "две"})
"""Two masters at one client: "в 4 руки" is no time."""
_MAY_BE_CLOSED = frozenset({None, Asked.ATTENDANCE, Asked.CONSENT, Asked.RATING})
_LEADS = frozenset({"в", "на", "во"})
_MOST_TRIED = 3
"""Misspelt words of which each reading is tried against the phrases."""
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
        offered: the times that are proposed, by the salon's wall clock.
    """

    vocabulary: Vocabulary
    now: datetime
    parts: DayParts = field(default_factory=DayParts)
    asked: Asked | None = None
    options: int = 0
    candidates: tuple[int, ...] = ()
    offers: VisitOperation | None = None
    offered: tuple[datetime, ...] = ()


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
        """The text with blanks for what is no wish: reasons, when they write again, numbers of titles ("30 мин")."""
        text = self.text
        put_off = self.covered({"WAIT"}) | self.farewells
        for place in range(len(self.tokens)):
            if place in put_off or self.sentences[place] in self.reasons | self.kept:
                start, end = self.span(place, place + 1)
                text = text[:start] + " " * (end - start) + text[end:]
        for place in self.numbers_of_titles:
            is_led = self.word(place - 1) in _LEADS
            start, end = self.span(place - is_led, place + 1)
            text = text[:start] + " " * (end - start) + text[end:]
        return text

    @cached_property
    def farewells(self) -> frozenset[int]:
        """The places of "till Sunday" beside thanks or a yes, where no day was asked for."""
        is_closing = self.has("THANK", "YES", "COMING") and self.context.asked in _MAY_BE_CLOSED
        return frozenset(self.covered({"FAREWELL"}) if is_closing and "?" not in self.text else ())

    @cached_property
    def numbers_of_titles(self) -> frozenset[int]:
        """The places of numbers that are part of a title, and of what they count."""
        numbered = self.context.vocabulary.numbered
        places = range(len(self.tokens) - 1)
        pairs = [
            place
            for place in places
            if (self.word(place), self.word(place + 1)) in numbered
            or (self.word(place + 1) in HANDS and self.word(place) in _FOUR)
        ]
        return frozenset(one for place in pairs for one in (place, place + 1))

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
            number += token.text in BREAKS or is_picture(token.text) or (begins and not is_of_before)
            number += place in self._parted
            numbers.append(number)
        return numbers

    @cached_property
    def _parted(self) -> frozenset[int]:
        """Where what is changed and what stays are parted without a sign: "отмените брови а ресницы оставьте"."""
        hits = sorted(self.of("WANT_CANCEL", "WANT_MOVE", "KEEP"), key=lambda hit: hit.first)
        pairs = [
            (one, other)
            for one, other in pairwise(hits)
            if (one.kind == "KEEP") != (other.kind == "KEEP") and self.clauses[one.first] == self.clauses[other.first]
        ]
        return frozenset(self._border(one, other) for one, other in pairs if one.end <= other.first)

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
        kept = {self.sentences[hit.first] for hit in self.of("KEEP")}
        return frozenset(kept - changed) if changed else frozenset()

    def sentence(self, place: int) -> Sequence[int]:
        """The places of the sentence that a word stands in."""
        return self._places[self.sentences[place]]

    @cached_property
    def _places(self) -> Mapping[int, Sequence[int]]:
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


def _as_written(word: str) -> bool:
    """Knows what is spelt in one alphabet, so that no word is respelt."""
    return word.isascii()


def hear(text: str, context: ReadingContext) -> Heard:
    """A text cut up; what is misspelt is put right to a word of ours, and to nothing else."""
    spelt = _with_lengths([*_with_dimensions(tokens_of(text, context.vocabulary.knows))], context)
    written = [replace(one, text=COLLOQUIAL.get(one.text, one.text)) for one in spelt]
    slips = _slips(written, context.vocabulary)
    tokens = [replace(one, text=slips[one.text][0]) if one.text in slips else one for one in written]
    hits = intents().hits(tokens)
    odd = [
        place
        for place, (old, new) in enumerate(zip(written, tokens, strict=True))
        if old != new and not context.vocabulary.is_own(new.text) and not _is_of_phrase(place, hits)
    ]
    for tried, place in enumerate(odd):
        others = slips[written[place].text][1:] if tried < _MOST_TRIED else ()
        tokens[place] = _as_a_phrase_has_it(tokens, place, others) or written[place]
    return Heard(text, context, tokens, intents().hits(tokens) if odd else hits)


_LENGTHS: Mapping[tuple[str, ...], str] = {
    **{("полтора", hours): "90" for hours in ("часа", "часика", "ч")},
    **{("1", sign, "5", hours): "90" for sign in ".," for hours in ("часа", "ч", "час")},
    **{("на", hours): "60" for hours in ("час", "часик", "часок")},
    **{(word,): "60" for word in ("часовой", "часовую", "часовая")},
    **{(word,): "90" for word in ("полуторачасовой", "полуторачасовую")},
    **{(word,): "30" for word in ("получасовой", "получасовую")},
}
"""Lengths in words, by the minutes that titles have."""
_LONGEST_LENGTH = 4


def _with_lengths(tokens: Sequence[Token], context: ReadingContext) -> Sequence[Token]:
    """The tokens, a length in words made minutes where titles tell those: "полтора часа" is "90 минут".

    "На час" is a length only beside a service: else, and after a question for the time, it is one in the afternoon.
    """
    vocabulary = context.vocabulary
    if not vocabulary.numbered:
        return tokens
    is_of_time = context.asked in {Asked.TIME, Asked.OPTIONS, Asked.DAY} or any(one.text == "дня" for one in tokens)
    is_named = not is_of_time and any(vocabulary.meanings.get(one.text) for one in tokens)
    found: list[Token] = []
    place = 0
    while place < len(tokens):
        sizes = range(_LONGEST_LENGTH, 0, -1)
        words = (tuple(one.text for one in tokens[place : place + size]) for size in sizes)
        told = (one for one in words if (_LENGTHS.get(one), "минут") in vocabulary.numbered)
        length = next((one for one in told if is_named or one[0] != "на"), None)
        if length is None:
            found.append(tokens[place])
            place += 1
            continue
        first, last = tokens[place], tokens[place + len(length) - 1]
        found += [
            replace(first, text=_LENGTHS[length]),
            replace(last, text="минут", is_glued=False),
        ]
        place += len(length)
    return found


def _is_of_phrase(place: int, hits: Sequence[Hit]) -> bool:
    return any(hit.first <= place < hit.end for hit in hits)


def _as_a_phrase_has_it(tokens: Sequence[Token], place: int, spellings: Sequence[str]) -> Token | None:
    """A misspelt word as one of the words that it may be and that a phrase has where it stands."""
    for spelling in spellings:
        token = replace(tokens[place], text=spelling)
        if _is_of_phrase(place, intents().hits([*tokens[:place], token, *tokens[place + 1 :]])):
            return token
    return None


def _slips(tokens: Sequence[Token], vocabulary: Vocabulary) -> Mapping[str, Sequence[str]]:
    """The misspelt words, each with what it may have been."""
    words = [one for one in dict.fromkeys(token.text for token in tokens) if one.isalpha()][:_MOST_CORRECTED]
    found = {word: vocabulary.corrections(word) for word in words}
    return {word: corrections for word, corrections in found.items() if corrections}


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
