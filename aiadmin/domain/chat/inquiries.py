"""What a burst asks: of the salon, of its services, of visits, of what is free."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from aiadmin.domain.chat.commands import AskDuration, AskFact, AskMyVisits, AskSlots, AskWorks, Command, EveryVisit
from aiadmin.domain.chat.consent import NEUTRAL
from aiadmin.domain.chat.dates.words import LEXICON
from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.hearing import Heard
from aiadmin.domain.chat.lexicon import BREAKS, Hit
from aiadmin.domain.chat.mentions.masters import staff_in
from aiadmin.domain.chat.mentions.service_words import is_service_word
from aiadmin.domain.chat.morphology import WordClass
from aiadmin.domain.chat.when import Asked, Span
from aiadmin.domain.chat.words.trades import HINTS


def inquiries_in(heard: Heard) -> Iterator[Command]:
    yield from _facts(heard)
    asking = asks_who(heard)
    if heard.has("ASK_SLOTS") and not _thing(heard) and not asking:
        yield AskSlots(spans=heard.spans("ASK_SLOTS"))
    yield from _of_visits(heard)
    if asking:
        yield AskWorks(spans=tuple(heard.span(place, place + 1) for place in asking))
    elif heard.has("ASK_WORKS", "WHEN_BACK"):
        ids = tuple(one for staff in staff_in(heard) for one in staff.ids)
        if ids or heard.has("ASK_WORKS"):
            yield AskWorks(ids=ids, spans=heard.spans("ASK_WORKS") or heard.spans("WHEN_BACK"))


def _facts(heard: Heard) -> Iterator[AskFact]:
    """What the owner may have told, and is asked for: by a phrase, by the owner's word, by the word of a thing."""
    of_services = {hit.value for hit in heard.of("ASK_FACT") if names_a_service(heard, hit)}
    asked = [
        hit
        for hit in heard.of("ASK_FACT")
        if hit.value not in of_services and _is_asked(heard, hit.first) and not _is_only_told(heard, hit)
    ]
    topics = dict.fromkeys(hit.value for hit in asked)
    for topic in topics:
        yield AskFact(topic=topic, spans=heard.spans("ASK_FACT", topic))
    for topic, spans in _about_services(heard).items():
        if topic not in topics:
            topics[topic] = None
            yield AskFact(topic=topic, spans=spans)
    for place, topic in _own_topics(heard):
        if topic not in topics:
            topics[topic] = None
            yield AskFact(topic=topic, spans=(heard.span(place, place + 1),))
    thing = _thing(heard)
    if thing:
        yield AskFact(
            topic=" ".join(heard.word(place) for place in thing), spans=(heard.span(thing[0], thing[-1] + 1),)
        )


def asks_who(heard: Heard) -> Sequence[int]:
    """The words that ask who does a service, or to whom one goes for it: "кто по бровям?", "к кому на стрижку?".

    An hour beside them, or a wish that is put into words, is for a time with whomever.
    """
    is_of_another = heard.has("STAFF_ANY", "COMPLAINT") or any(
        hit.value in {"мастера", "бот"} for hit in heard.of("ASK_FACT")
    )
    if is_of_another or any(when.time for when in heard.whens):
        return ()
    own = heard.context.vocabulary
    for places in heard.places.values():
        words = [heard.word(place) for place in places]
        begins = next((at for at, word in enumerate(words) if _is_who(words, at, word)), None)
        is_past = any(heard.word_class(place) is WordClass.PAST for place in places)
        if begins is None or is_past or not _NOT_WHO.isdisjoint(words):
            continue
        services = [place for place in places if own.service_words(heard.word(place))]
        if any(heard.word(place) not in own.kin and not heard.is_told(place) for place in services):
            return [place for place in places[begins:] if place not in services]
    return ()


def _is_who(words: Sequence[str], at: int, word: str) -> bool:
    before = words[at - 1] if at else ""
    if word == "кто":
        return before not in {"тот", "тому", "тех", "те"}
    is_asked = word == "кому" and before == "к"
    is_master = word in {"мастер", "специалист", "врач"} and before in {"какой", "какая", "который"}
    return is_asked or is_master or (word == "кого" and before == "у")


_NOT_WHO = frozenset({"меня", "записана", "записан", "запишите", "запиши", "дешевле", "дороже"})
"""What makes a question who one about the client's own visit, a wish, or one for the price."""


def _of_visits(heard: Heard) -> Iterator[Command]:
    """Visits that are asked about: the client's own, or when somebody else comes, which is for nobody to be told."""
    is_theirs = any(token.text in heard.context.vocabulary.kin for token in heard.tokens)
    own = [place for places in heard.places.values() if _asks_of_own_visit(heard, places) for place in places]
    if own or heard.spans("ASK_MY_VISITS", "") or (is_theirs and heard.has("ASK_THEIR_VISITS")):
        yield AskMyVisits(spans=tuple(heard.span(place, place + 1) for place in own) or heard.spans("ASK_MY_VISITS"))
    elif heard.has("ASK_MY_VISITS"):
        is_of_time = heard.context.asked in {None, Asked.ATTENDANCE}
        yield (AskMyVisits if is_of_time else AskDuration)(spans=heard.spans("ASK_MY_VISITS"))
    values = {hit.value for hit in heard.of("ALL_VISITS")}
    is_cancel = heard.has("WANT_CANCEL") or heard.context.offers is VisitOperation.CANCEL
    if "" in values or (values and is_cancel) or ("bare" in values and heard.context.asked is Asked.OPTIONS):
        yield EveryVisit(spans=heard.spans("ALL_VISITS"))


def _asks_of_own_visit(heard: Heard, places: Sequence[int]) -> bool:
    """Whether a sentence asks of the client's own visit, and says nothing but whose it is, and when or with whom.

    "Я в субботу на 10 или на 11?" and "мне к скольки завтра": no verb wishes for anything.
    """
    if heard.context.asked not in {None, Asked.ATTENDANCE}:
        return False
    said = [heard.word(place) for place in places if heard.word(place) not in BREAKS]
    words = {*said}
    is_mine = bool(words & {"я", "мы"}) or any(pair in _AT_MINE for pair in pairwise(said))
    is_for_me = bool(words & {"мне", "нам"}) and bool(words & _TO_WHICH_HOUR)
    is_question = heard.word(places[-1] + 1) == "?" or bool(words & (_TO_WHICH_HOUR | _UNSURE))
    vocabulary = heard.context.vocabulary
    return (
        (is_mine or is_for_me)
        and is_question
        and len(words) > len(_AT_MINE)
        and all(
            word in _OF_OWN_VISIT
            or word.isdecimal()
            or not _KINDS_OF_TIME.isdisjoint(LEXICON.get(word, ()))
            or word in vocabulary.names
            or (vocabulary.service_words(word) and any(pair in _AT_MINE for pair in pairwise(said)))
            for word in words
        )
    )


_AT_MINE = frozenset({("у", "меня"), ("у", "нас")})
_TO_WHICH_HOUR = frozenset({"скольки", "сколько", "какое", "какой", "какую", "который", "когда"})
_UNSURE = frozenset({"или", "либо", "точно", "что", "забыла", "забыл", "напомните"})
_KINDS_OF_TIME = frozenset({"WD", "REL", "PARTI", "MONTHG", "NUM", "DOM_WORD", "UHOUR", "ORD", "NEXT", "THIS"})
_OF_OWN_VISIT = (
    _TO_WHICH_HOUR
    | _UNSURE
    | {"я", "мы", "мне", "нам", "у", "меня", "нас", "на", "в", "во", "к", "ко", "с", "а", "и", "же", "ж", "то", "там"}
    | {"вам", "вас", "что", "ли", "вроде", "без", "время", "число", "день", "мастеру", "кому", "слушайте", "записано"}
    | {"записана", "записан", "записаны", "прийти", "приходить", "быть", "подходить", "подскажите", "часов", "часам"}
)


_LASTING, _TERMS = "стойкость", "состав"


def _about_services(heard: Heard) -> Mapping[str, tuple[Span, ...]]:
    """What is asked about a service, and the words: how long it lasts, what it is, or what a phrase says."""
    found: dict[str, tuple[Span, ...]] = {}
    for hit in heard.of("LASTS", "ABOUT") if is_about_service(heard) else ():
        topic = hit.value or (_LASTING if hit.kind == "LASTS" else _TERMS)
        found[topic] = (*found.get(topic, ()), heard.span(hit.first, hit.end))
    return found


def is_about_service(heard: Heard) -> bool:
    """Whether it is asked how a service is, and no time for it is wished: whether it hurts, how long it lasts."""
    hits = [hit for hit in heard.of("LASTS", "ABOUT") if _is_asked(heard, hit.first)]
    is_question = "?" in heard.text or any(token.text in _ASKING_OF_FACTS for token in heard.tokens)
    is_harm = any(hit.value in {"", "self_harm"} for hit in heard.of("HEALTH"))
    is_wish = is_harm or heard.has("WANT_BOOKING", "COMPLAINT") or bool(heard.whens and not heard.has("LASTS"))
    return bool(hits) and is_question and not is_wish


def _is_asked(heard: Heard, place: int) -> bool:
    """Whether a thing is asked about, and not told: "собаку возили" asks for nothing."""
    sentence = heard.sentence(place)
    is_told = any(heard.word_class(one) is WordClass.PAST and heard.word(one) not in _WAS for one in sentence)
    return not is_told or heard.word(sentence[-1] + 1) == "?" or any(heard.word(one) in _ASKING for one in sentence)


def _is_only_told(heard: Heard, hit: Hit) -> bool:
    """Whether somebody is only told of beside a wish, and not asked whether they may come: "собачка вся в репьях"."""
    if hit.value not in _WHO_MAY_COME or "?" in heard.text or not heard.whens:
        return False
    sentence = heard.sentence(hit.first)
    services = [place for place in range(len(heard.tokens)) if is_service_word(heard, place)]
    is_asked = any(heard.word(one) in _ASKING_OF_FACTS | _COMING_WITH for one in sentence)
    return bool(services) and not is_asked and heard.timed.union(services).isdisjoint(sentence)


_WHO_MAY_COME = frozenset({"животные", "дети"})
_COMING_WITH = frozenset(
    {
        "буду",
        "будем",
        "приду",
        "придем",
        "приеду",
        "приедем",
        "зайду",
        "зайдем",
        "заеду",
        "возьму",
        "прийти",
        "приехать",
    }
    | {"прихватить", "взять", "не", "посидит", "подождет", "побудет"}
)


_WAS = frozenset({"был", "была", "было", "были"})


_ASKING = frozenset({"есть", "ли", "можно", "как", "где", "какие", "какая", "какой", "сколько", "подскажите"})


_ASKING_OF_FACTS = _ASKING | {"чем", "что", "нельзя", "надо", "нужно"}


def _own_topics(heard: Heard) -> Iterator[tuple[int, str]]:
    """What the owner has told, asked by its name; a word of a service that is wished for asks for nothing."""
    vocabulary = heard.context.vocabulary
    if not vocabulary.topics:
        return
    is_wish = bool(heard.whens) or heard.has("WANT_BOOKING", "ASK_SLOTS", "EARLIEST")
    said = {place for hit in heard.hits for place in range(hit.first, hit.end)}
    for place, token in enumerate(heard.tokens):
        topic = vocabulary.topics.get(token.text)
        if topic is None and not is_wish and place not in said:
            topic = vocabulary.topic_of(token.text)
        is_day = "MONTH" in LEXICON.get(token.text, {}) and heard.word(place - 1) != "в"
        if not topic or token.text in vocabulary.titled or is_day or not _asks(heard, place):
            continue
        if _is_of_anything(heard, place, topic):
            continue
        if not (is_wish and vocabulary.service_words(token.text)):
            yield place, topic


def _is_of_anything(heard: Heard, place: int, topic: str) -> bool:
    """Whether a word is of a deed that is done with anything, and no other word of its topic is said.

    "Что взять с собой" is not what is asked by "подарок можно взять?".
    """
    lemma = heard.context.vocabulary.morphology.lemma
    deed = lemma(heard.word(place))
    others = {lemma(word) for word in topic.lower().split() if len(word) > _LONGEST_SMALL} - {deed}
    said = {lemma(heard.word(one)) for one in heard.sentence(place)}
    return deed in _OF_ANYTHING and bool(others) and others.isdisjoint(said)


_LONGEST_SMALL = 3
_OF_ANYTHING = frozenset({"взять", "брать", "сделать", "делать", "прийти", "получить", "принести"})


def _asks(heard: Heard, place: int) -> bool:
    """Whether the sentence of a word asks for something, by its sign or its words."""
    sentence = heard.sentence(place)
    return heard.word(sentence[-1] + 1) == "?" or any(heard.word(one) in _ASKING_OF_FACTS for one in sentence)


def names_a_service(heard: Heard, hit: Hit) -> bool:
    """Whether all that a phrase says of a topic is the title of a service: grooming of cats is no fact about cats."""
    words = [heard.word(place) for place in range(hit.first, hit.end)]
    telling = [word for word in words if word.isalpha() and word not in _BESIDE_A_TOPIC]
    own = heard.context.vocabulary
    return bool(telling) and all(word in own.titled or own.service_words(word) - HINTS for word in telling)


_BESIDE_A_TOPIC = frozenset({"с", "со", "можно", "есть", "какие", "у", "вас", "на", "где", "а"})


_THERE_IS = frozenset({"есть", "ли", "у", "вас", "еще", "там", "а", "и", "в", "салоне", "салон", "или", "имеется"})


def _thing(heard: Heard) -> list[int]:
    """The words for something that the salon may have or not: "есть ли у вас душ", and no free time is meant."""
    covered = heard.covered({"ASK_SLOTS"})
    is_bare = covered and all(heard.word(place) in _THERE_IS for place in covered)
    if not is_bare or heard.whens or heard.has("ASK_FACT", "WANT_BOOKING", "EARLIEST", "ASK_PRICE"):
        return []
    known = covered | heard.covered(NEUTRAL)
    rest = [
        place
        for place, token in enumerate(heard.tokens)
        if place not in known and token.text.isalpha() and token.text not in _THERE_IS
    ]
    return [] if any(heard.context.vocabulary.is_ours(heard.word(place)) for place in rest) else rest[:3]
