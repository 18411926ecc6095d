"""Questions that no rule has read beside what was understood: the salon answers them, none is dropped in silence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aiadmin.domain.chat.commands import QUESTIONS, AskFact, Command, Greet, NotUnderstood, Thank, Unread
from aiadmin.domain.chat.consent import NEUTRAL
from aiadmin.domain.chat.hearing import Heard
from aiadmin.domain.chat.lexicon import BREAKS, STOPS
from aiadmin.domain.chat.morphology import WordClass

_ASKING = frozenset(
    """
    чем где куда откуда можно нельзя есть какой какая какие какое каким какими почему зачем кого кому надо нужно
    обязательно
    """.split()  # noqa: SIM905 - a table
)
"""Words with which a question begins that has no sign at its end."""
_MODAL = frozenset({"можно", "нельзя", "ли"})
"""Words that ask wherever they stand, where nothing is wished by them."""
_OF_MANNER = frozenset({"чем", "почему", "зачем"})
"""Behind them one verb is a question: "чем вы моете"."""
_WHOM = frozenset({"мужчин", "мужчины", "мужчинам", "женщин", "женщинам", "детей", "парней", "берете", "принимаете"})
"""Whom a salon takes is answered by what it does for them."""
_FEASIBLE = frozenset(
    """
    успеете успеем успею успеет успевает успеваете успеваю получится выйдет сможете сможет возьмете примете найдете
    найдется реально возможно вариант
    """.split()  # noqa: SIM905 - a table
)
"""What asks whether the wish beside it can be: the offer is the answer."""
_JOINTS = frozenset({"и", "а", "еще"})
_ASIDE: tuple[type[Command], ...] = (Greet, Thank, NotUnderstood, Unread)
_NAMING = frozenset(
    {WordClass.NOUN, WordClass.STRANGE, WordClass.INFINITIVE, WordClass.STATEMENT, WordClass.ADJECTIVE}
)
_FEWEST = 2
LONGEST = 60
"""Of a question, as it is told to the salon."""


def questions_beside(heard: Heard, commands: Sequence[Command]) -> list[Command]:
    """The commands with what else is asked, where anything was understood; its words are no riddle then."""
    known = [one for one in commands if not isinstance(one, _ASIDE)]
    if not known:
        return list(commands)
    read = [span for one in known for span in one.spans]
    asked = []
    for places in _segments(heard):
        first, end = heard.span(places[0], places[-1] + 1)
        is_read = any(start < end and first < stop for start, stop in read)
        is_same = _is_asked_again(heard, places, known)
        if not is_read and _is_question(heard, places) and not _goes_on(heard, places, known) and not is_same:
            asked.append(AskFact(topic=_topic(heard, places), is_beside=True, spans=((first, end),)))
    spans = [span for one in asked for span in one.spans]
    left = [
        one
        for one in commands
        if not (isinstance(one, Unread) and any(a <= b < c for a, c in spans for b, _ in one.spans))
    ]
    return [*left, *asked]


def _segments(heard: Heard) -> Iterator[list[int]]:
    """The sentences, also those that "и" or "а" joins with a question."""
    segment: list[int] = []
    for place, token in enumerate(heard.tokens):
        is_joint = token.text in _JOINTS and heard.word(place + 1) in _ASKING
        if (token.text in BREAKS or is_joint) and segment:
            yield segment
            segment = []
        if token.text not in BREAKS:
            segment.append(place)
    if segment:
        yield segment


def _is_question(heard: Heard, places: Sequence[int]) -> bool:
    """Whether words ask for something that has a name; a bare "а можно?" is about what was said before."""
    words = [heard.word(place) for place in places if heard.word(place) not in _JOINTS]
    begins = words[0] if words else ""
    asks = heard.word(places[-1] + 1) == "?" or begins in _ASKING or not _MODAL.isdisjoint(words)
    neutral = heard.covered(NEUTRAL | {"YES", "SOFT", "COMING", "HARMLESS"})
    named = [place for place in places if place not in neutral and heard.word(place) not in _WHOM | _FEASIBLE]
    telling = [place for place in named if heard.word_class(place) in _NAMING]
    hits = [hit for hit in heard.of("ABOUT", "LASTS") if hit.first in places]
    fewest = 1 if begins in _OF_MANNER or "ли" in words else _FEWEST
    return asks and (len(telling) >= fewest or bool(hits))


def _is_asked_again(heard: Heard, places: Sequence[int], known: Sequence[Command]) -> bool:
    """Whether words ask in another form for what was asked already: one question in two forms is one."""
    own, asked = heard.context.vocabulary, {one.topic for one in known if isinstance(one, AskFact)}
    words = [heard.word(place) for place in places]
    return bool({topic for word in words if (topic := own.topics.get(word) or own.told.get(word))} & asked)


def _goes_on(heard: Heard, places: Sequence[int], known: Sequence[Command]) -> bool:
    """Whether words are the rest of a question that was read: "если отменю за час, штраф будет?"."""
    begins = places[0]
    while begins and heard.word(begins - 1) not in STOPS:
        begins -= 1
    if heard.word(places[0]) in _ASKING | _JOINTS or begins == places[0]:
        return False
    before = heard.span(begins, places[0])
    asked = [span for one in known if isinstance(one, QUESTIONS) for span in one.spans]
    return any(start < before[1] and before[0] < stop for start, stop in asked)


def _topic(heard: Heard, places: Sequence[int]) -> str:
    """What is asked, by the word for it where a phrase has one."""
    named = next((hit.value for hit in heard.of("ABOUT") if hit.first in places and hit.value), "")
    first = next((place for place in places if heard.word(place) not in _JOINTS), places[0])
    return named or heard.written(first, places[-1] + 1)[:LONGEST]
