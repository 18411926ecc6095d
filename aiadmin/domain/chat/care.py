"""Questions of what may be before and after a service, and at which age: they ask for a fact, and wish for nothing.

"После пилинга можно в бассейн?" names a service, and a place that the salon has not; neither is wished for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum

from aiadmin.domain.chat.commands import AskFact
from aiadmin.domain.chat.hearing import Heard
from aiadmin.domain.chat.mentions.ages import age_in
from aiadmin.domain.chat.mentions.service_words import is_service_word
from aiadmin.domain.chat.words.intents import CHILDREN

_AGE = "возраст"
_LONGEST_TOPIC = 60
_GROWN_UP = 18
_ASKING = frozenset(
    {"можно", "нельзя", "когда", "сколько", "через", "надо", "нужно", "нужен", "нужна", "обязательно", "чем", "что"}
    | {"как", "ли", "стоит", "разрешено", "запрещено"}
)
_TAKING = frozenset({"можно", "берете", "возьмете", "принимаете", "делаете", "сделаете", "нельзя", "ли"})
_WISHING = frozenset({"хочу", "хотим", "хотела", "хотел", "хотелось", "давайте"})
_DONE = frozenset({"делала", "сделала", "делал", "сделал", "сделали", "делали", "была", "был", "прошла", "прошел"})
_AGAIN = frozenset({"еще", "опять", "снова", "повторить", "повторно", "следующий", "следующую"})
_BETWEEN = 2
"""Words that may stand between a preposition and the service: "после вчерашнего миндального пилинга"."""


class _Side(StrEnum):
    BEFORE = "before"
    AFTER = "after"


_SIDES = {"после": _Side.AFTER, "до": _Side.BEFORE, "перед": _Side.BEFORE}
_TOPICS_OF = {_Side.BEFORE: ("подготов", "перед", "до"), _Side.AFTER: ("после", "уход")}


def care_asked(heard: Heard) -> Iterator[AskFact]:
    """What is asked so; nothing where a visit is wished for."""
    is_wish = bool(heard.spans("WANT_BOOKING", "")) or any(token.text in _WISHING for token in heard.tokens)
    is_other = is_wish or heard.has("WANT_MOVE", "WANT_CANCEL", "ASK_PRICE", "COMPLAINT", "HEALTH")
    if is_other or any(when.time for when in heard.whens):
        return
    side, services = _of_service(heard)
    if side is not None and _asks(heard, _ASKING):
        yield AskFact(topic=_topic(heard, side, services), spans=((0, len(heard.text)),))
    elif not any(when.day for when in heard.whens) and _is_of_age(heard):
        yield AskFact(topic=_AGE, spans=((0, len(heard.text)),))


def _asks(heard: Heard, words: Collection[str]) -> bool:
    return "?" in heard.text or any(token.text in words for token in heard.tokens)


def _of_service(heard: Heard) -> tuple[_Side | None, Sequence[int]]:
    """On which side of a service something is asked, and the words for that service."""
    places = [place for place in range(len(heard.tokens)) if is_service_word(heard, place)]
    for place in places:
        leads = [heard.word(place - back) for back in range(1, _BETWEEN + 1)]
        side = next((_SIDES[word] for word in leads if word in _SIDES), None)
        if side is not None:
            row = [one for step, one in enumerate(places[places.index(place) :]) if one == place + step]
            is_wish = len(row) < len(places) and any(when.day for when in heard.whens)
            return (None if is_wish else side), row
    is_done = any(token.text in _DONE for token in heard.tokens)
    is_done = is_done and not heard.has("SAME_AS_LAST") and _AGAIN.isdisjoint(token.text for token in heard.tokens)
    is_asked = any(token.text in {"можно", "нельзя", "когда"} for token in heard.tokens)
    return (_Side.AFTER, places) if places and is_done and is_asked else (None, ())


def _topic(heard: Heard, side: _Side, services: Sequence[int]) -> str:
    """The owner's topic that most of the words are about, of the same side; else the question itself."""
    own = heard.context.vocabulary
    scores: dict[str, int] = {}
    for word in _words(heard, services):
        for topic in {own.topics.get(word, ""), own.told.get(word, "")} - {""}:
            if not _is_of_other_side(topic, side):
                scores[topic] = scores.get(topic, 0) + 1
    return max(scores, key=lambda one: scores[one]) if scores else heard.text.strip()[:_LONGEST_TOPIC]


def _words(heard: Heard, services: Sequence[int]) -> set[str]:
    """The words of a question, and those of the services that it names, by their titles and categories."""
    own = heard.context.vocabulary
    others = {place for place in range(len(heard.tokens)) if is_service_word(heard, place)} - {*services}
    said = {token.text for at, token in enumerate(heard.tokens) if len(token.text) > _BETWEEN and at not in others}
    for place in services:
        ids = own.fitting(own.service_words(heard.word(place)))
        named = [one for one in own.services if one.id in ids]
        said |= frozenset.union(*(one.title | one.category for one in named)) if named else frozenset()
    return said


def _is_of_other_side(topic: str, side: _Side) -> bool:
    words = topic.lower().split()
    other = next(one for one in _Side if one is not side)
    return any(word.startswith(_TOPICS_OF[other]) for word in words)


def _is_of_age(heard: Heard) -> bool:
    """Whether it is asked if somebody so young is served, where no service says itself for which ages it is."""
    own = heard.context.vocabulary
    age = age_in(heard) or _bare_age(heard)
    is_young = age is not None and age < _GROWN_UP
    if not is_young or not _asks(heard, _TAKING) or not any(token.text in _TAKING for token in heard.tokens):
        return False
    named = [own.fitting(own.service_words(token.text)) for token in heard.tokens]
    ids = frozenset[int]().union(*named)
    return not own.of_children(ids) and not any(one.ages for one in own.services if one.id in ids)


def _bare_age(heard: Heard) -> int | None:
    """An age without the word for years: "сыну 12, делаете таким?"."""
    for place, token in enumerate(heard.tokens):
        is_child = heard.context.vocabulary.kin.get(heard.word(place - 1)) in CHILDREN
        is_last = heard.word(place + 1) in {"", ",", ".", "?", "\n"}
        if token.text.isdecimal() and len(token.text) < len("100") and is_child and is_last:
            return int(token.text)
    return None
