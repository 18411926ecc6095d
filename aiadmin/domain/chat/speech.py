"""What each sentence of a burst does: most wish or ask, and some only tell, so that nothing in them is wished.

A service, a master, a day or a time counts where it is wished. The same words in a reason, in a story of what was, or
in what the client has to do elsewhere, say nothing of the visit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from aiadmin.domain.chat.dates.words import LEXICON
from aiadmin.domain.chat.morphology import WordClass
from aiadmin.domain.chat.sentences import Sentences
from aiadmin.domain.chat.words.circumstances import AILING, BODY, ELSEWHERE, FESTIVE, LEAVING, MINDED, PURPOSE
from aiadmin.domain.chat.words.remarks import PLACES_OF_BODY


class SpeechAct(StrEnum):
    """What a sentence does."""

    WISH = "wish"
    """It wishes, asks or answers: what is not known to be anything else."""
    REASON = "reason"
    """It tells why."""
    KEPT = "kept"
    """It says what is to stay as it is, where something else is to be changed."""
    STORY = "story"
    """It tells what was."""
    ELSEWHERE = "elsewhere"
    """It tells what the client has to do, and when."""
    EVENT = "event"
    """It tells of a feast, on whose day the visit may be."""
    AILMENT = "ailment"
    """It tells what is wrong with a part of the body."""


TELLING = frozenset({SpeechAct.STORY, SpeechAct.ELSEWHERE, SpeechAct.EVENT, SpeechAct.AILMENT})
"""What a sentence only does beside one that wishes."""
_WISHING = ("WANT_", "ASK_", "DOES", "EARLIEST", "SAME_AS_LAST", "LATE", "COMPLAINT", "HARMLESS")
"""Meanings of phrases that make a sentence more than a telling."""
_OF_WISHES = ("WANT_", "ASK_SLOTS", "ASK_PRICE", "ASK_DURATION", "ASK_WORKS", "DOES", "EARLIEST", "SAME_AS_LAST")
_VERBS = frozenset({WordClass.STATEMENT, WordClass.PAST})


def acts_of(said: Sentences) -> Mapping[int, SpeechAct]:
    """What each sentence of a text does, by its number."""
    acts = {number: _act(said, number, places) for number, places in said.places.items()}
    if not TELLING & {*acts.values()}:
        return acts
    is_wished = any(act is SpeechAct.WISH and _carries(said, said.places[number]) for number, act in acts.items())
    return {number: SpeechAct.WISH if act in TELLING and not is_wished else act for number, act in acts.items()}


def _act(said: Sentences, number: int, places: Sequence[int]) -> SpeechAct:
    if number in said.kept:
        return SpeechAct.KEPT
    if number in said.reasons:
        return SpeechAct.REASON
    if said.word(places[-1] + 1) == "?" or _has(said, places, _WISHING):
        return SpeechAct.WISH
    return next(_tellings(said, places), SpeechAct.WISH)


def _tellings(said: Sentences, places: Sequence[int]) -> Iterator[SpeechAct]:
    """What a sentence without a wish may tell, the surest first."""
    morphology = said.context.vocabulary.morphology
    lemmas = {place: morphology.lemma(said.word(place)) for place in places if said.word(place).isalpha()}
    body = [place for place, lemma in lemmas.items() if lemma in BODY | PLACES_OF_BODY]
    if body and any(lemma in AILING for lemma in lemmas.values()):
        yield SpeechAct.AILMENT
    past = [place for place in lemmas if said.word_class(place) is WordClass.PAST]
    if past and not any(lemmas[place] in MINDED for place in past):
        yield SpeechAct.STORY
    if any(_names_service(said, place) for place in places if place not in body):
        return
    if any(lemma in LEAVING for lemma in lemmas.values()) or _is_event(said, lemmas, ELSEWHERE):
        yield SpeechAct.ELSEWHERE
    if _is_event(said, lemmas, FESTIVE):
        yield SpeechAct.EVENT


def _is_event(said: Sentences, lemmas: dict[int, str], events: frozenset[str]) -> bool:
    """Whether something is told of, and not that a visit is for it, before it or after it."""
    return any(
        lemma in events and not (said.word(place - 1) in PURPOSE and _is_led(said, place))
        for place, lemma in lemmas.items()
    )


def _is_led(said: Sentences, place: int) -> bool:
    """Whether a preposition makes an event a purpose: "на свадьбу"; "на работе" is where somebody is."""
    return not (said.word(place - 1) in {"на", "с"} and said.word(place).endswith(("е", "и")))


def _carries(said: Sentences, places: Sequence[int]) -> bool:
    """Whether a sentence says something of a visit that is wished: by a phrase, a service, or a day in a talk."""
    if _has(said, places, _OF_WISHES) or any(_names_service(said, place) for place in places):
        return True
    return said.context.asked is not None and any(_may_be_time(said.word(place)) for place in places)


def _may_be_time(word: str) -> bool:
    return word.isdecimal() or bool({"WD", "REL", "PARTI", "MONTHG"} & set(LEXICON.get(word, ())))


def _has(said: Sentences, places: Sequence[int], kinds: tuple[str, ...]) -> bool:
    first, end = places[0], places[-1] + 1
    return any(hit.kind.startswith(kinds) and hit.first < end and first < hit.end for hit in said.hits)


def _names_service(said: Sentences, place: int) -> bool:
    own, word = said.context.vocabulary, said.word(place)
    return word not in own.kin and bool(own.service_words(word))
