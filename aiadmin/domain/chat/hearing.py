"""A burst of a client's words, cut into words and phrases, as all that reads it sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from aiadmin.domain.chat.dates.grammar import Context
from aiadmin.domain.chat.dates.reading import wishes_and_errors
from aiadmin.domain.chat.dates.words import LEXICON
from aiadmin.domain.chat.lengths_said import with_lengths
from aiadmin.domain.chat.lexicon import Hit, intents
from aiadmin.domain.chat.morphology import WordClass
from aiadmin.domain.chat.normalising import Token, tokens_of
from aiadmin.domain.chat.reading_context import ReadingContext
from aiadmin.domain.chat.sentences import Sentences
from aiadmin.domain.chat.sizes import Size, size_in
from aiadmin.domain.chat.speech import SpeechAct, acts_of
from aiadmin.domain.chat.taken_back import corrections_in, services_taken_back
from aiadmin.domain.chat.titles import Quote
from aiadmin.domain.chat.vocabulary import Vocabulary, number_of, plain
from aiadmin.domain.chat.when import Asked, DayRange, Impossible, Span, Time, TimeRange, When, spans_of
from aiadmin.domain.chat.words.remarks import COLLOQUIAL, REMOVING

_LATIN = re.compile("[a-zA-Z]")
_DIMENSIONS = frozenset({"д", "d"})
HANDS, _FOUR = frozenset({"руки", "рук"}), frozenset({"4", "четыре", "четырех", "2", "две"})
"""Two masters at one client: "в 4 руки" is no time."""
_MAY_BE_CLOSED = frozenset({None, Asked.ATTENDANCE, Asked.CONSENT, Asked.RATING})
_LEADS = frozenset({"в", "на", "во"})
_BEFORE_HOURS = frozenset({"в", "во", "к", "ко", "с", "со", "до", "после", "около", "часов"})
_UNTIMED = frozenset(SpeechAct) - {SpeechAct.WISH, SpeechAct.AILMENT}
"""What sentences do that tell no time of a visit; an ailment has none of its own: "спину прихватило, завтра бы"."""
_LASTING = frozenset({"час", "часик", "полчаса", "часа", "уложиться", "успеть", "успеете", "управитесь", "успеем"})
_TALKING = frozenset({Asked.DAY, Asked.TIME, Asked.SERVICE, Asked.STAFF})
_WHICH_VISIT = frozenset(
    {"первую", "вторую", "третью", "последнюю", "обе", "первый", "второй", "третий", "последний", "первая", "вторая"}
    | {"третья", "последняя", "первой", "третьей", "последней"}
)
_NOT_NEEDED = frozenset({"надо", "нужно", "нужна", "нужен", "буду", "нада"})
_OVER = frozenset(
    {"свободна", "свободен", "свободны", "свободной", "готова", "готов", "готовы", "готово", "закончить", "закончили"}
    | {"закончим", "закончите", "освободиться", "выйти", "уйти", "убежать", "освободилась", "дома", "вокзале"}
    | {"вокзал", "аэропорту", "аэропорт", "поезд", "поезде", "самолет", "электричку"}
)
_MUST = frozenset(
    {"должна", "должен", "должны", "надо", "нужно", "чтоб", "чтобы", "закончить", "закончите", "успеть", "успею"}
    | {"успеем", "успеваю", "быть"}
)
"""What says, beside those, that it has to be so; who "will be free at five" begins then."""
_MOST_TRIED = 3
"""Misspelt words of which each reading is tried against the phrases."""
_MOST_CORRECTED = 40
"""Unknown words that are looked up: a text with more of them is in no language that is read here."""


@dataclass(frozen=True)
class Heard(Sentences):
    """A text as words, phrases and wishes of time."""

    @cached_property
    def acts(self) -> Mapping[int, SpeechAct]:
        """What each sentence does, by its number."""
        return acts_of(self)

    def act(self, place: int) -> SpeechAct:
        """What the sentence of a word does."""
        return self.acts[self.sentences[place]]

    def is_told(self, place: int) -> bool:
        """Whether a word stands where nothing is wished: in a reason, in a story, in what is to stay."""
        return self.act(place) is not SpeechAct.WISH

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
        whens, errors = self._dates_in(self._corrected(self._wished(_UNTIMED)))
        is_dated = any(when.day and when.day.any_of for when in whens)
        if not is_dated and SpeechAct.EVENT in self.acts.values():
            whens, errors = self._dates_in(self._wished(_UNTIMED - {SpeechAct.EVENT}))
        whens = _without_busy(whens, self._busy)
        for number in self._deadlines:
            whens = _over_by(whens, self._dates_in(self._only(number))[0])
        return whens, errors

    @cached_property
    def size(self) -> Size | None:
        """How large something is to be, where a service that is named or asked about has sizes."""
        own = self.context.vocabulary
        if not own.has_sizes:
            return None
        words = [token.text for token in self.tokens]
        ids = frozenset(self.context.candidates).union(*(own.fitting(own.service_words(word)) for word in words))
        return size_in(words, number_of, is_bare=True) if own.are_sized(ids) else None

    @property
    def _busy(self) -> list[DayRange]:
        """The days on which the client has something else to do."""
        told = [number for number, act in self.acts.items() if act is SpeechAct.ELSEWHERE]
        said = [when for number in told for when in self._dates_in(self._only(number))[0] if when.day]
        return [one for when in said if when.day for one in when.day.any_of]

    def _corrected(self, text: str) -> str:
        """The text with blanks for days and times whose place a later one takes: "в 5. ой нет, в 6"."""
        for mark in self.corrections:
            start = self.tokens[mark].start
            before = self._dates_in(text[:start])[0]
            is_hour = any(when.time for when in before)
            new = self._dates_in(" " * start + text[start:], Asked.TIME if is_hour else None)[0]
            is_day = any(one.day and one.day.any_of for one in new)
            is_time = any(one.time and one.time.any_of for one in new)
            days = [span for when in before if when.day and is_day for span in when.day.spans]
            hours = [span for when in before if when.time and is_time for span in when.time.spans]
            for first, end in (*days, *hours):
                text = text[:first] + " " * (end - first) + text[end:]
        return text

    def _dates_in(self, text: str, asked: Asked | None = None) -> tuple[tuple[When, ...], tuple[Impossible, ...]]:
        known = self.context
        context = Context(now=known.now, parts=known.parts, asked=asked or known.asked)
        return wishes_and_errors(text, context, known.vocabulary.own_words)

    @cached_property
    def _deadlines(self) -> Sequence[int]:
        """The sentences that say by when a visit has to be over: "к пяти должна быть свободна"."""
        found = {self.sentences[place] for place, token in enumerate(self.tokens) if token.text in _OVER}
        return [number for number in found if any(self.word(place) in _MUST for place in self.places[number])]

    def whens_within(self, first: int, end: int) -> tuple[When, ...]:
        """The days and times of some tokens, as if they were all that was said."""
        start, stop = self.tokens[first].start, self.tokens[end - 1].end
        return self._dates_in(" " * start + self.text[start:stop] + " " * (len(self.text) - stop))[0]

    def _only(self, number: int) -> str:
        """The text with blanks for all but one sentence, and for its "была", which tells of no past here."""
        kept = [place for place in self.places[number] if self.word_class(place) is not WordClass.PAST]
        text = [" "] * len(self.text)
        for start, end in (self.span(place, place + 1) for place in kept):
            text[start:end] = self.text[start:end]
        return "".join(text)

    def _wished(self, untimed: frozenset[SpeechAct]) -> str:
        """The text with blanks for what is no wish: reasons, when they write again, numbers of titles ("30 мин").

        Args:
            untimed: what sentences do whose days and times are none of the visit.
        """
        text = self.text
        put_off = self.covered({"WAIT", "OR_NOT", "AT_ONCE"}) | self.farewells | self._lengths
        put_off |= {place for one in self.quotes if one.is_sure for place in one.places}
        for place in range(len(self.tokens)):
            if place in put_off or self.act(place) in untimed or self.sentences[place] in self._deadlines:
                start, end = self.span(place, place + 1)
                text = text[:start] + " " * (end - start) + text[end:]
        for place in self.numbers_of_titles.union(self.size.places if self.size else ()):
            is_led = self.word(place - 1) in _LEADS
            start, end = self.span(place - is_led, place + 1)
            text = text[:start] + " " * (end - start) + text[end:]
        return text

    @cached_property
    def corrections(self) -> Sequence[int]:
        """The places at which the client corrects what stands before."""
        return corrections_in(self)

    @cached_property
    def services_taken_back(self) -> frozenset[int]:
        """The places of words for services whose place a later one takes."""
        own = self.context.vocabulary
        words = [at for at, one in enumerate(self.tokens) if one.text not in own.kin and own.service_words(one.text)]
        return services_taken_back(self, self.corrections, words)

    @cached_property
    def quotes(self) -> Sequence[Quote]:
        """The titles that are quoted, also in a word that was taken for a slip of another."""
        written = [plain(self.written(place, place + 1)) for place in range(len(self.tokens))]
        spelt = [(one.text, word) for one, word in zip(self.tokens, written, strict=True)]
        return self.context.vocabulary.quotes.quoted(spelt)

    @cached_property
    def taken_back(self) -> frozenset[int]:
        """The places of all that stands before a correction: none of it is left to be asked about."""
        return frozenset(range(self.corrections[-1])) if self.corrections else frozenset()

    @cached_property
    def removed(self) -> frozenset[int]:
        """The words that take a visit away, told by an ordinal, a day or a time beside them: "вторую уберите".

        Of anything else they are a service: "снимите покрытие в понедельник".
        """
        if self.context.asked in _TALKING:
            return frozenset()
        verbs = {hit.first for hit in self.of("WANT_CANCEL") if hit.value == "visit"}
        if self.context.coming:
            verbs |= {place for place in range(len(self.tokens)) if self._takes_away(place)}
        return frozenset(place for place in verbs if self._is_of_visit(place))

    def _takes_away(self, place: int) -> bool:
        """Whether a word takes away, or says that it is not needed, what stands beside it."""
        word = self.word(place)
        if word in _NOT_NEEDED:
            return self.word(place - 1) == "не"
        kinds = {WordClass.ORDER, WordClass.INFINITIVE, WordClass.STATEMENT}
        return self.context.vocabulary.morphology.lemma(word) in REMOVING and self.word_class(place) in kinds

    def _is_of_visit(self, verb: int) -> bool:
        words = [self.word(place) for place in self.sentence(verb) if place != verb]
        known = self.context.vocabulary
        is_told = any({"WD", "REL"} & set(LEXICON.get(word, ())) or word in _WHICH_VISIT for word in words)
        is_told = is_told or bool(self.context.coming and self.timed & {*self.sentence(verb)})
        is_told = is_told or any(word.isdecimal() and int(word) <= len(self.context.coming) for word in words)
        return is_told and not any(known.service_words(word) or word in known.names for word in words)

    @cached_property
    def timed(self) -> frozenset[int]:
        """The places of days and times."""
        return frozenset(self.within(spans_of(self.whens)))

    @cached_property
    def _lengths(self) -> set[int]:
        """The places of how much time there is: "за час уложиться", "у меня ровно час"; "час" is no hour there."""
        hits = (hit for hit in self.of("HARMLESS", "ASK_DURATION") if self.word(hit.end - 1) in _LASTING)
        of_hours = (range(hit.first, hit.end) for hit in hits)
        return {place for places in of_hours for place in places}

    @cached_property
    def farewells(self) -> frozenset[int]:
        """The places of "till Sunday" beside thanks or a yes, where no day was asked for."""
        is_closing = self.has("THANK", "YES", "COMING") and self.context.asked in _MAY_BE_CLOSED
        return frozenset(self.covered({"FAREWELL"}) if is_closing and "?" not in self.text else ())

    @cached_property
    def numbers_of_titles(self) -> frozenset[int]:
        """The places of numbers that are part of a title, and of what they count."""
        numbered, sized = self.context.vocabulary.numbered, self.size.places if self.size else ()
        places = [place for place in range(len(self.tokens)) if place not in sized]
        pairs = [
            (place, place + 1)
            for place in places
            if ((number_of(self.word(place)), self.word(place + 1)) in numbered and not self._is_of_day(place))
            or (self.word(place + 1) in HANDS and self.word(place) in _FOUR)
        ]
        turned = [
            (place, place + 1, place + 2)
            for place in places
            if self.word(place + 1) == "на" and (number_of(self.word(place + 2)), self.word(place)) in numbered
        ]
        return frozenset(one for found in (*pairs, *turned) for one in found)

    def _is_of_day(self, place: int) -> bool:
        """Whether a number of hours is a time of the day: "в 2 часа"; "на 2 часа" is a length."""
        is_hour = "UHOUR" in LEXICON.get(self.word(place + 1), {})
        return is_hour and self.word(place - 1) in _BEFORE_HOURS

    @cached_property
    def orders(self) -> tuple[Span, ...]:
        """Orders to a machine, in the words as they were written: Latin ones within Russian are spelt otherwise."""
        tokens = tokens_of(self.text, _as_written) if self.text.isascii() or _LATIN.search(self.text) else self.tokens
        hits = (hit for hit in intents().hits(tokens) if hit.kind == "INJECTION")
        found = {(tokens[hit.first].start, tokens[hit.end - 1].end) for hit in hits}
        return tuple(sorted(found | {self.span(hit.first, hit.end) for hit in self.of("INJECTION")}))


def _without_busy(whens: Sequence[When], busy: Sequence[DayRange]) -> tuple[When, ...]:
    """Wishes without days on which the client is elsewhere, where others are named."""
    found = []
    for when in whens:
        left = tuple(one for one in when.day.any_of if one not in busy) if when.day else ()
        found.append(replace(when, day=replace(when.day, any_of=left)) if when.day and left else when)
    return tuple(found)


def _over_by(whens: Sequence[When], said: Sequence[When]) -> tuple[When, ...]:
    """Wishes with the time by which a visit has to be over, and with its day where they have none."""
    ends = [(when, one) for when in said if when.time for one in when.time.any_of]
    if len(ends) != 1 or ends[0][1].last is None:
        return tuple(whens) or tuple(said)
    [(deadline, window)] = ends
    known = deadline.time or Time()
    found = []
    for when in whens or (When(),):
        of_day = when.time or Time(any_of=(TimeRange(None, window.last),))
        spans = tuple(sorted({*of_day.spans, *known.spans}))
        timed = replace(of_day, ends_by=window.last, spans=spans)
        found.append(replace(when, day=when.day or deadline.day, time=timed))
    return tuple(found)


def _as_written(word: str) -> bool:
    """Knows what is spelt in one alphabet, so that no word is respelt."""
    return word.isascii()


def hear(text: str, context: ReadingContext) -> Heard:
    """A text cut up; what is misspelt is put right to a word of ours, and to nothing else."""
    spelt = with_lengths([*_with_dimensions(tokens_of(text, context.vocabulary.knows))], context)
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
