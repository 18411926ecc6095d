"""Those who are to come beside the client or instead of them."""

from __future__ import annotations

from collections.abc import Iterator

from aiadmin.domain.chat.commands import SELF, Guest
from aiadmin.domain.chat.hearing import Heard
from aiadmin.domain.chat.lexicon import BREAKS
from aiadmin.domain.chat.lines import SOMEBODY
from aiadmin.domain.chat.mentions.ages import is_adult
from aiadmin.domain.chat.mentions.given_names import (
    BEFORE_MASTER,
    RUSSIAN,
    TOWARDS,
    given_name,
    is_addressed,
    name_at,
    names_in,
    nominative,
    places_of,
)
from aiadmin.domain.chat.mentions.of_each_person import whose_masters, whose_services
from aiadmin.domain.chat.mentions.relatives import VERBS, is_beside, is_kin, is_wished_in, kin_of_titles
from aiadmin.domain.chat.mentions.service_words import is_service_word
from aiadmin.domain.chat.morphology import WordClass
from aiadmin.domain.chat.when import Asked
from aiadmin.domain.chat.words.intents import CHILDREN
from aiadmin.domain.chat.words.remarks import OWN

_REQUESTS = frozenset({WordClass.INFINITIVE, WordClass.ORDER})
_OF_ONESELF = frozenset({"я", "мы", "меня", "мне", "мной", "нас", "нам", "мой", "моя", "мое", "мои", "мою", "моих"})


def guests_in(heard: Heard) -> Iterator[Guest]:
    """Those who are to come beside the client or instead of them."""
    titled = kin_of_titles(heard)
    counts = {int(hit.value) for hit in heard.of("GUEST")} if not titled else set()
    count = max(counts, default=None)
    found = [place for place in range(len(heard.tokens)) if place not in titled and is_kin(heard, place)]
    if heard.context.asked in {Asked.NAME, Asked.GUEST_NAME}:
        yield from _named_guests(heard)
    lines = {*whose_services(heard).values()} | {*whose_masters(heard).values()}
    for place in found:
        who = heard.context.vocabulary.kin[heard.word(place)]
        is_child = who in CHILDREN and not is_adult(heard)
        yield Guest(
            who=who,
            count=count,
            is_child=is_child,
            is_beside=is_beside(heard, place) or SELF in lines,
            spans=(heard.span(place, place + 1),),
        )
    if SOMEBODY in lines:
        yield Guest(count=2, spans=())
    if not found and heard.context.asked not in {Asked.NAME, Asked.GUEST_NAME}:
        yield from _in_a_few_words(heard) or _served_by_name(heard)
    if heard.has("ASK_MY_VISITS", "WANT_CANCEL", "WANT_MOVE") and not found:
        yield from _of_another_person(heard)
    if count and not found:
        yield Guest(count=count, spans=tuple(heard.span(hit.first, hit.end) for hit in heard.of("GUEST")))


def _served_by_name(heard: Heard) -> Iterator[Guest]:
    """Who is named as the one to be served: "Камиля подстричь", "запишите Свету"."""
    vocabulary = heard.context.vocabulary
    for place, token in enumerate(heard.tokens):
        name = given_name(heard, place)
        is_object = bool(name) and name != token.text and token.text not in vocabulary.names
        if not is_object or heard.word(place - 1) in BEFORE_MASTER or not heard.is_capital(place):
            continue
        is_served = any(
            heard.word_class(one) in _REQUESTS
            and (is_wished_in(heard, [one]) or (is_service_word(heard, one) and abs(one - place) == 1))
            for one in heard.sentence(place)
        )
        if is_served:
            yield Guest(
                name=(nominative(heard, place) or name).capitalize(),
                spans=(heard.span(place, place + 1),),
            )
            return


def _in_a_few_words(heard: Heard) -> list[Guest]:
    """Somebody of a name for whom the same is asked: "а Лене на то же время?"."""
    first = 1 if heard.word(0) in {"а", "и", "теперь", "еще"} else 0
    word, own = heard.word(first), heard.context.vocabulary
    name = given_name(heard, first) if first < len(heard.tokens) else ""
    is_led = first > 0 and heard.context.asked is None and bool(name) and heard.is_capital(first)
    is_other = own.morphology.given_name(word) != word and word not in own.names
    is_bare = all(heard.word_class(at) not in VERBS for at in range(len(heard.tokens)))
    if not (is_led and is_other and is_bare) or word in own.given_names.values():
        return []
    called = own.morphology.given_name(word) or name
    return [Guest(name=called.capitalize(), spans=(heard.span(first, first + 1),))]


def _of_another_person(heard: Heard) -> Iterator[Guest]:
    """Somebody of a name whose visit is asked about, where nothing is said of the client's own."""
    if _is_of_oneself(heard):
        return
    own = {place for name in names_in(heard) for place in places_of(heard, name)}
    for place in range(len(heard.tokens)):
        if (
            _may_be_a_name(heard, place)
            and place not in own
            and heard.word(place) not in heard.context.vocabulary.names
            and heard.word(place - 1) not in BEFORE_MASTER
            and not (is_addressed(heard, place) and heard.word(place + 1) in BREAKS)
        ):
            yield Guest(name=heard.written(place, place + 1).capitalize(), spans=(heard.span(place, place + 1),))
            return


def _is_of_oneself(heard: Heard) -> bool:
    """Whether it is the client whose visit is spoken of: "я записана", "мою запись", and no "моя сестра"."""
    spoken = {heard.sentences[hit.first] for hit in heard.of("ASK_MY_VISITS", "WANT_CANCEL", "WANT_MOVE")}
    return any(
        token.text in _OF_ONESELF
        and heard.sentences[place] in spoken
        and not (token.text in OWN and _is_person(heard, place + 1))
        for place, token in enumerate(heard.tokens)
    )


def _is_person(heard: Heard, place: int) -> bool:
    return heard.word(place) in heard.context.vocabulary.kin or _may_be_a_name(heard, place)


def _may_be_a_name(heard: Heard, place: int) -> bool:
    """Whether a word with a capital letter is a given name, or one that no dictionary has."""
    word, vocabulary = heard.word(place), heard.context.vocabulary
    if not RUSSIAN.fullmatch(word) or heard.written(place, place + 1).islower():
        return False
    return word in vocabulary.given_names or not vocabulary.knows(word)


def _named_guests(heard: Heard) -> Iterator[Guest]:
    """The name of a guest; where the client's own was asked for too, the one behind it."""
    neutral = heard.covered({"GREET", "THANK", "TRIFLE", "YES"})
    places = [
        place
        for place in range(len(heard.tokens))
        if place not in neutral and given_name(heard, place) and heard.word(place - 1) not in TOWARDS
    ]
    own = {place for name in names_in(heard) for place in places_of(heard, name)}
    for place in [place for place in places if place not in own][:1]:
        if own or heard.context.asked is Asked.GUEST_NAME:
            said = name_at(heard, place)
            yield Guest(name=f"{said.given} {said.family}".rstrip(), spans=said.spans)
