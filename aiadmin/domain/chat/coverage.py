"""Which words of a burst its meanings took, and which nobody has read: the one place that keeps that account.

Every meaning tells the characters that say it. What no meaning took, and what is neither a small word nor a remark,
may change what is wished: nothing is proposed over it, it is asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from aiadmin.domain.chat.commands import (
    AskDuration,
    AskPrice,
    AskSlots,
    Command,
    Earliest,
    NamedService,
    NamedStaff,
    NotUnderstood,
    SameAsLast,
    Suits,
    Unread,
    WantBooking,
    WantCancel,
    WantMove,
)
from aiadmin.domain.chat.dates.words import LEXICON
from aiadmin.domain.chat.hearing import Heard
from aiadmin.domain.chat.lexicon import STOPS
from aiadmin.domain.chat.mentions.left_out import left_out_clauses
from aiadmin.domain.chat.morphology import WordClass
from aiadmin.domain.chat.words.remarks import (
    CAUSES,
    MEASURES,
    OWN,
    OWN_GENITIVE,
    PLACES_OF_BODY,
    TIMES,
    YEARS,
)
from aiadmin.domain.chat.words.trades import WEAK

_OF_A_VISIT = (WantMove, WantCancel)
"""Wishes for a visit that there is: a thing beside them changes nothing, unless it is to be added."""
_OF_A_WISH = (NamedService, NamedStaff, Suits, WantBooking, WantMove, WantCancel, AskSlots, Earliest, SameAsLast)
_MAY_LEAD_TO_A_PROPOSAL = (*_OF_A_WISH, AskPrice, AskDuration)
_ADDED = frozenset({"добавьте", "добавить", "добавим"})
_ADDING = frozenset({"и", "плюс", "еще", "также"}) | _ADDED
_DEEDS = frozenset({WordClass.INFINITIVE, WordClass.ORDER})
_JOINTS = frozenset({"и", "плюс", "еще", "также", "заодно"})
_BEFORE_WISHED = _JOINTS | {"на", "к", "ко", "с", "со", "без", "кроме", "или", "не", "вместо", "+", "за"} | _ADDED
"""Words behind which a service stands, or a person, or what is left out."""
_LAUGHTER = frozenset("хаеиы")
_SHORTEST_STRANGE = 4
_LONGEST_NUMBER = 12
"""Longer ones are no numbers of persons or things."""


def unread_in(heard: Heard, commands: Sequence[Command]) -> Iterator[Unread]:
    """The words of a wish that may change it and that no meaning took."""
    if heard.has("DOES") or any(isinstance(one, _MAY_LEAD_TO_A_PROPOSAL) for one in commands):
        coverage = Coverage(heard, commands)
        named = {one for said in commands if isinstance(said, NamedService) for one in said.ids}
        for place in filter(coverage.is_unread, range(len(heard.tokens))):
            near = heard.context.vocabulary.near(heard.word(place))
            yield Unread(
                text=heard.written(place, place + 1),
                near=tuple(sorted(near & named or near)),
                spans=(heard.span(place, place + 1),),
            )


@dataclass(frozen=True)
class Coverage:
    """A burst, and which of its words its meanings took."""

    heard: Heard
    commands: Sequence[Command]

    @cached_property
    def read(self) -> frozenset[int]:
        """The words that a meaning took: a phrase of the dictionary, a day or a time, a name, a service."""
        phrases = {place for hit in self.heard.hits for place in range(hit.first, hit.end)}
        said = self._said_by(self.commands) | self._of_times | self.heard.numbers_of_titles
        sized = frozenset(self.heard.size.places if self.heard.size else ())
        return frozenset(phrases | said | sized | self._addressed | self.heard.taken_back)

    @cached_property
    def _addressed(self) -> frozenset[int]:
        """The name behind a greeting, of the one who is greeted."""
        names, greeted = self.heard.context.vocabulary.given_names, self.heard.of("GREET")
        ends = [hit.end + (self.heard.word(hit.end) == ",") for hit in greeted]
        return frozenset(place for place in ends if self.heard.word(place) in names)

    def is_unread(self, place: int) -> bool:
        """Whether a word may change the wish, and nobody has read it."""
        word = self.heard.word(place)
        if place in self.read:
            return False
        if word.isdecimal() or self.heard.word_class(place) is WordClass.NUMERAL:
            is_counted = self._is_of_years(place) or self.heard.word(place + 1) in TIMES or self._is_measure(place)
            is_told = self.heard.sentences[place] in self._told
            is_near = word.isalpha() or self.heard.sentences[place] in self._of_wishes
            return len(word) <= _LONGEST_NUMBER and is_near and not (is_told or is_counted)
        if word in LEXICON or word in WEAK:
            return False
        return word.isalpha() and not word.isascii() and self._counts(place, word)

    def _counts(self, place: int, word: str) -> bool:
        """Whether a word of its class, where it stands, says something of the wish."""
        kind = self.heard.word_class(place)
        if kind in {WordClass.OTHER, WordClass.QUALITY} or self._is_small(place, word):
            return False
        if kind is WordClass.ADJECTIVE:
            return self._is_beside_service(place)
        if kind in _DEEDS:
            is_done_there = bool({place - 1, place + 1} & self._services)
            is_another = not is_done_there and self.heard.context.vocabulary.resembles(word)
            return self.heard.word(place - 1) in _JOINTS or is_another
        is_thing = kind is WordClass.NOUN or (kind is WordClass.STRANGE and len(word) >= _SHORTEST_STRANGE)
        is_left_out = self.heard.clauses[place] in left_out_clauses(self.heard)
        is_told = self._is_remark(place) or place in self._tails or self._is_beside_change(place) or is_left_out
        return is_thing and not is_told and self.heard.word(place - 1) not in OWN and self._may_be_wished(place)

    def _may_be_wished(self, place: int) -> bool:
        """Whether a thing stands where a service or a person does, or is like a word of the catalogue."""
        is_open = not self._services and self.heard.has("DOES", "ASK_PRICE", "WANT_BOOKING")
        if is_open or self.heard.context.vocabulary.resembles(self.heard.word(place)):
            return True
        lead = place - 1
        while self.heard.word_class(lead) in {WordClass.ADJECTIVE, WordClass.QUALITY}:
            lead -= 1
        is_listed = self.heard.word(lead) == "," and lead - 1 in self._services
        is_beside = bool({lead, place + 1} & self._services) or lead in self._wishing
        return self.heard.word(lead) in _BEFORE_WISHED or is_beside or is_listed

    @cached_property
    def _services(self) -> set[int]:
        """The words that name services."""
        return self._said_by([one for one in self.commands if isinstance(one, NamedService)])

    @cached_property
    def _wishing(self) -> set[int]:
        """The words that wish for a visit, or ask what is done here: what stands behind them is wished."""
        return self.heard.covered({"WANT_BOOKING", "DOES"})

    def _is_of_years(self, place: int) -> bool:
        """Whether a number is an age, or one of several: "5 и 7 лет"."""
        while self.heard.word(place + 1) in {"и", ","} and self.heard.word(place + 2).isdecimal():
            place += 2
        return self.heard.word(place + 1) in YEARS

    def _is_measure(self, place: int) -> bool:
        """Whether a number says how large something is: "сантиметра 3", "по пять см"."""
        near = [self.heard.word(place + step) for step in (-2, -1, 1)]
        return any(self.heard.context.vocabulary.morphology.lemma(word) in MEASURES for word in near if word)

    def _is_small(self, place: int, word: str) -> bool:
        """Whether a word changes nothing wherever it stands: a remark, a reason, a person who is spoken to."""
        vocabulary = self.heard.context.vocabulary
        if vocabulary.is_remark(word) or self.heard.word(place - 1) in CAUSES or set(word) <= _LAUGHTER:
            return True
        is_called = vocabulary.given_names.get(word, vocabulary.morphology.given_name(word)) == word
        lemma = vocabulary.morphology.lemma(word)
        return is_called or lemma in MEASURES or (lemma in PLACES_OF_BODY and not self._is_of_places)

    @cached_property
    def _is_of_places(self) -> bool:
        """Whether a service that is meant has a place of the body in its title, so that another is another one."""
        meant = {one for said in self.commands if isinstance(said, NamedService) for one in said.ids}
        titles = [one.title for one in self.heard.context.vocabulary.services if one.id in meant]
        return not titles or any(title & PLACES_OF_BODY for title in titles)

    def _is_beside_change(self, place: int) -> bool:
        """Whether a visit is only to be moved or to be off, and the word adds nothing to it."""
        kinds = {type(one) for one in self.commands}
        is_of_visit = bool(kinds & {*_OF_A_VISIT}) and not kinds & {NamedService, WantBooking}
        return is_of_visit and self.heard.word(place - 1) not in _ADDING

    @cached_property
    def _tails(self) -> frozenset[int]:
        """The words from a verb that tells something to the end of its sentence, where nothing more is wished."""
        wished = self._said_by([one for one in self.commands if isinstance(one, _OF_A_WISH)]) | self._of_times
        found: set[int] = set()
        for place in self._telling:
            tail = [one for one in self.heard.sentence(place) if one >= place]
            if not wished & {*tail}:
                found.update(tail)
        return frozenset(found)

    def _is_remark(self, place: int) -> bool:
        """Whether a word stands in a sentence of its own that tells something: "у меня совещание", "она звонила"."""
        sentence = self.heard.sentences[place]
        if self.heard.is_told(place):
            return True
        return sentence not in self._of_wishes and (sentence in self._told or self._is_of_story(place))

    def _is_of_story(self, place: int) -> bool:
        """Whether a word is part of a longer sentence that tells something and wishes nothing."""
        whole = self._stories[place]
        own = {self.heard.sentences[one] for one, number in enumerate(self._stories) if number == whole}
        return not own & self._of_wishes and bool(own & self._told)

    @cached_property
    def _stories(self) -> Sequence[int]:
        """The number of the sentence, from full stop to full stop, that each token stands in."""
        numbers, number = [], 0
        for token in self.heard.tokens:
            number += token.text in STOPS
            numbers.append(number)
        return numbers

    def _is_beside_service(self, place: int) -> bool:
        """Whether a word tells of what kind a service is; where several fit, it is asked which is meant anyway."""
        services = self._said_by(
            [one for one in self.commands if isinstance(one, NamedService) and len(one.ids) == 1]
        )
        return bool(services & {place + 1, place - 1})

    @cached_property
    def _of_wishes(self) -> frozenset[int]:
        """The sentences that say something of the wish."""
        wished = self._said_by([one for one in self.commands if isinstance(one, _OF_A_WISH)]) | self._of_times
        asked = {hit.first for hit in self.heard.of("DOES")}
        return frozenset(self.heard.sentences[place] for place in wished | asked)

    @cached_property
    def _told(self) -> frozenset[int]:
        """The sentences that tell something: by a verb, or by "у меня"."""
        return frozenset(self.heard.sentences[place] for place in self._telling)

    @cached_property
    def _telling(self) -> Sequence[int]:
        """The words that tell something: verbs, and "у меня"."""
        return [
            place
            for place in range(len(self.heard.tokens))
            if self.heard.word_class(place) in {WordClass.STATEMENT, WordClass.PAST}
            or (self.heard.word(place) == "у" and self.heard.word(place + 1) in OWN_GENITIVE)
        ]

    @cached_property
    def _of_times(self) -> frozenset[int]:
        return self.heard.timed | self.heard.within([one.span for one in self.heard.errors])

    def _said_by(self, commands: Sequence[Command]) -> set[int]:
        meant = [one for one in commands if not isinstance(one, NotUnderstood)]
        return self.heard.within([span for one in meant for span in one.spans])
