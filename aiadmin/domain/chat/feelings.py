"""Clauses that only tell how somebody feels: "жду не дождусь", "скорее бы", "так рада", "увы, очень жаль".

They stand beside an answer and change nothing of it. A clause is one of feeling where each of its words is, or is a
small word beside one, and where it denies nothing but that the visit is missed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.hearing import Heard
from aiadmin.domain.chat.lexicon import BREAKS, Hit
from aiadmin.domain.chat.morphology import WordClass
from aiadmin.domain.chat.proposed import proposed_again
from aiadmin.domain.chat.sentences import is_picture
from aiadmin.domain.chat.words.feelings import (
    AROUND_FEELINGS,
    ARRANGED,
    DOUBTFUL_PICTURES,
    EAGER,
    GLAD,
    KEPT,
    SORRY,
    URGED,
)

_BESIDE = frozenset({"GREET", "THANK", "TRIFLE", "YES", "SOFT", "COMING", "AS_IT_IS", "PRAISE"})
"""What stands in a clause of feeling as well."""
_MORE = ("ASK_", "WANT_", "ELSEWHEN", "GUEST", "STAFF_", "DOES", "HAGGLE", "COMPLAINT", "HEALTH", "CHANGE", "WAIT")
"""What makes a clause more than a feeling, whatever else stands in it."""
_CAN = frozenset({"могу", "можем", "смогу", "сможем"})
_NOT = frozenset({"не", "ни"})
_OF_A_VISIT = frozenset({"запись", "визит", "прием", "бронь"})
_UNSURE = frozenset({"если", "но", "только", "может", "или", "бы", "пока", "хотя", "другой", "другое", "другую"})
_ACTING = frozenset({WordClass.STATEMENT, WordClass.INFINITIVE, WordClass.ORDER})


def feelings_in(heard: Heard) -> set[int]:
    """The places of clauses that tell a feeling, and of pictures."""
    found = {at for at, one in enumerate(heard.tokens) if is_picture(one.text) and one.text not in DOUBTFUL_PICTURES}
    again = proposed_again(heard)
    beside = heard.covered(_BESIDE) | found | again
    timed = heard.timed - again
    for places in _clauses(heard):
        if not timed & {*places} and _is_of_feeling(heard, places, beside):
            found.update(places)
    return found


def longs_for_it(heard: Heard, felt: Collection[int]) -> bool:
    """Whether one of its feelings says that somebody comes: "скорее бы!", "жду с нетерпением", "не забуду"."""
    lemma = heard.context.vocabulary.morphology.lemma
    return any(
        lemma(heard.word(place)) in EAGER | KEPT or _is_urged(heard, place)
        for place in felt
        if heard.word(place).isalpha()
    )


def arranged_in(heard: Heard) -> set[int]:
    """The places of clauses that tell what somebody has done so that they can come."""
    own = heard.context.vocabulary
    found: set[int] = set()
    for places in _clauses(heard):
        words = [heard.word(place) for place in places if heard.word(place).isalpha()]
        past = {own.morphology.lemma(heard.word(one)) for one in places if heard.word_class(one) is WordClass.PAST}
        is_more = any(
            word in _NOT | _UNSURE
            or word in own.kin
            or word in own.names
            or own.morphology.lemma(word) in _OF_A_VISIT
            or own.service_words(word)
            for word in words
        )
        acts = any(heard.word_class(one) in _ACTING and one not in heard.covered({"YES"}) for one in places)
        if past and past <= ARRANGED and not is_more and not acts and heard.word(places[-1] + 1) != "?":
            found.update(places)
    return found


def _clauses(heard: Heard) -> Iterator[Sequence[int]]:
    """The places of each clause without the sign before it."""
    words = ([place for place in places if heard.word(place) not in BREAKS] for places in heard.by_clause)
    yield from filter(None, words)


def _is_of_feeling(heard: Heard, places: Sequence[int], beside: set[int]) -> bool:
    if heard.word(places[-1] + 1) == "?" or any(hit.kind.startswith(_MORE) for hit in _within(heard, places)):
        return False
    words = [place for place in places if heard.word(place).isalnum()]
    felt = heard.covered({"THANK", "PRAISE"}) | {place for place in words if _tells(heard, place)}
    told = felt.intersection(words)
    others = [place for place in words if place not in beside and place not in told]
    return bool(told) and all(
        heard.word(place) in AROUND_FEELINGS or _is_never(heard, place, told) for place in others
    )


def _within(heard: Heard, places: Sequence[int]) -> Iterator[Hit]:
    return (hit for hit in heard.hits if places[0] <= hit.first <= places[-1])


def _tells(heard: Heard, place: int) -> bool:
    """Whether a word is of a feeling, or of one that is denied: "не пропущу"."""
    word, lemma = heard.word(place), heard.context.vocabulary.morphology.lemma(heard.word(place))
    is_regret = lemma in SORRY and heard.context.offers in {VisitOperation.CANCEL, VisitOperation.MOVE}
    if is_regret or _is_urged(heard, place) or _denies(heard, place):
        return True
    is_felt = {word, lemma} & GLAD and heard.word_class(place) is not WordClass.ORDER
    return bool(is_felt) and not {heard.word(place - 1), heard.word(place - 2)} & _NOT


def _is_urged(heard: Heard, place: int) -> bool:
    return heard.word(place) in URGED and heard.word(place + 1) == "бы"


def _denies(heard: Heard, place: int) -> bool:
    """Whether a word is one of "не забуду", "не могу дождаться", "дождаться не могу"."""
    return any(first <= place < end for first, end in _denials(heard, range(max(0, place - 2), place + 1)))


def _denials(heard: Heard, firsts: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Where the missing of a visit is denied, begun at some places."""
    lemma = heard.context.vocabulary.morphology.lemma
    for first in firsts:
        words = [heard.word(first + step) for step in range(3)]
        is_kept = [lemma(word) in KEPT for word in words]
        if words[0] == "не" and is_kept[1]:
            yield first, first + 2
        elif (words[0] == "не" and words[1] in _CAN and is_kept[2]) or (
            is_kept[0] and words[1] == "не" and words[2] in _CAN
        ):
            yield first, first + 3


def _is_never(heard: Heard, place: int, told: Collection[int]) -> bool:
    """Whether a "ни" only strengthens a denial: "ни за что не пропущу"."""
    return heard.word(place) == "ни" and any(heard.word(one) == "не" for one in told)
