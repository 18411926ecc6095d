"""Relatives who are to be served, and those of whom only something is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.hearing import Heard
from aiadmin.domain.chat.lines import persons_in
from aiadmin.domain.chat.mentions.service_words import ADDING, JOINTS, TOO, is_service_word
from aiadmin.domain.chat.morphology import WordClass
from aiadmin.domain.chat.speech import TELLING, SpeechAct
from aiadmin.domain.chat.words.circumstances import ELSEWHERE, FESTIVE, LEAVING
from aiadmin.domain.chat.words.remarks import OWN

_WITH = frozenset({"с", "со"})
ONESELF = frozenset({"я", "меня", "мне", "мы", "нас", "нам", "себя", "себе"})
_MAY_BE_ADDRESSED = frozenset({"девочка", "мальчик"})
"""Words for children by which those are addressed, too, who read this."""
_FOR_WHOM = frozenset({"для", "с", "со", "за"})
_ACCOMPANYING = frozenset({"посидит", "посидят", "подождет", "подождут", "проводит", "привезет", "заберет"})
"""What those do who come along and are not served."""
_OF_REASONS = frozenset({"у", "к", "ко", "с", "со", "от", "из-за", "ради"})
_OF_WHOM = frozenset({"у", "от"})
_COMES = frozenset(
    {"хочет", "хотят", "придет", "придут", "будет", "будут", "пойдет", "желает", "собирается", "приедет", "просит"}
    | {"может", "сможет", "нужна", "нужен", "нужно", "надо"}
)
"""What one who is to be served does."""
_CALLED = frozenset({"зовут", "звать"})
VERBS = frozenset({WordClass.STATEMENT, WordClass.PAST, WordClass.INFINITIVE})
_FOR = frozenset({"для", "мою", "моего", "моей", "моему"})
_ABBREVIATIONS = frozenset({"муж", "жен", "дет"})


def persons_to_serve(heard: Heard) -> Mapping[int, str]:
    """Who is to be served, by the places at which they are named."""
    titled = kin_of_titles(heard)
    kin = {place for place in range(len(heard.tokens)) if place not in titled and is_kin(heard, place)}
    return persons_in(heard, kin)


def kin_of_titles(heard: Heard) -> set[int]:
    """The words for kin by which a service is called: "Папа + сын" is a title, and no two guests."""
    vocabulary = heard.context.vocabulary
    kin = {
        place: vocabulary.morphology.lemma(token.text)
        for place, token in enumerate(heard.tokens)
        if token.text in vocabulary.kin
    }
    titles = [one.title for one in vocabulary.services if len(one.title) > 1]
    return set(kin) if len(kin) > 1 and any(title <= set(kin.values()) for title in titles) else set()


def is_beside(heard: Heard, place: int) -> bool:
    """Whether somebody comes with the client, or on top."""
    return _comes_along(heard, place) or is_on_top(heard, place)


def _comes_along(heard: Heard, place: int) -> bool:
    """Whether somebody comes with the client: "мы с подругой", "меня, мужа и сына", "мужа и меня"."""
    before, at = heard.word(place - 1), place - 2
    if heard.word(place + 1) in {"и", "со"} and heard.word(place + 2) in ONESELF | {"мной"}:
        return True
    if before not in {"и", ","}:
        return before in _WITH
    is_joined = heard.word(at) in heard.context.vocabulary.kin and _comes_along(heard, at)
    return is_joined or heard.word(at) in ONESELF


def is_company(heard: Heard, place: int) -> bool:
    """Whether a word is somebody who is served with others: it says nothing of what those have."""
    kin = heard.context.vocabulary.kin
    if heard.word(place) not in kin:
        return False
    beside = [place + 2 * way for way in (-1, 1) if heard.word(place + way) in {"и", ","}]
    is_in_row = any(kin.get(heard.word(one), kin[heard.word(place)]) != kin[heard.word(place)] for one in beside)
    return (is_in_row or _comes_along(heard, place)) and is_kin(heard, place)


def is_on_top(heard: Heard, place: int) -> bool:
    """Whether somebody is to come on top of the one for whom a visit is proposed: "да, и маму тоже"."""
    if heard.context.offers is not VisitOperation.BOOK or heard.context.offered_for:
        return False
    lead = place - 1 - (heard.word(place - 1) in OWN)
    behind = {heard.word(at) for at in range(place + 1, place + 4)}
    is_asked = heard.word(lead) == "а" and lead == 0
    return is_asked or heard.word(lead) in JOINTS | ADDING or bool(behind & TOO)


def is_kin(heard: Heard, place: int) -> bool:
    """Whether a word is a relative who is to be served, or whose visit is spoken of."""
    word = heard.word(place)
    if word not in heard.context.vocabulary.kin or _is_each_other(heard, place):
        return False
    if heard.context.vocabulary.kin[word] in _MAY_BE_ADDRESSED and heard.word(place - 1) not in _FOR:
        return False
    is_beside_service = is_service_word(heard, place - 1) or is_service_word(heard, place + 1)
    if word in _ABBREVIATIONS and is_beside_service:
        return False
    return _is_to_come(heard, place) or _is_of_their_visit(heard, place)


def _is_each_other(heard: Heard, place: int) -> bool:
    """Whether a word is half of "друг другу", "друг с дружкой": those who were named already."""
    near = range(max(0, place - 2), place + 3)
    return heard.word(place).startswith(_EACH) and any(
        one != place and heard.word(one).startswith(_EACH) and "друг" in {heard.word(one), heard.word(place)}
        for one in near
    )


_EACH = ("друг", "дружк")


def _is_of_their_visit(heard: Heard, place: int) -> bool:
    """Whether the visit that is spoken of is somebody's: "запись мужа", "сын не придёт", "маму перенесите".

    A relative in a reason ("свадьба у брата", "муж заболел", "уезжаю к маме") has none.
    """
    if heard.has("ASK_MY_VISITS", "ASK_THEIR_VISITS"):
        return True
    spoken = {heard.sentences[hit.first] for hit in heard.of("WANT_CANCEL", "WANT_MOVE")}
    sentence = heard.sentence(place)
    before = heard.word(place - 1 - (heard.word(place - 1) in OWN))
    if heard.sentences[place] not in spoken or heard.sentences[place] in heard.reasons or before in _OF_REASONS:
        return False
    word = heard.word(place)
    is_subject = heard.context.vocabulary.morphology.lemma(word) == word
    told = [heard.word(one) for one in sentence if heard.word_class(one) in {WordClass.STATEMENT, WordClass.PAST}]
    return not is_subject or any(verb in _COMES for verb in told)


def _is_to_come(heard: Heard, place: int) -> bool:
    """Whether grammar says of somebody that they are to be served: "для дочки", "мужу", "сын хочет".

    Who does something else ("муж забирает"), or is asked or was somewhere, is no guest.
    """
    sentence = heard.sentence(place)
    if heard.is_told(place) and heard.act(place) is not SpeechAct.AILMENT:
        return heard.act(place) in TELLING and _is_meant_later(heard, place)
    before = heard.word(place - 1 - (heard.word(place - 1) in OWN))
    if before in _WITH and _are_elsewhere(heard, sentence):
        return False
    if before in _FOR_WHOM or _is_joined_to_guest(heard, place):
        return True
    is_wish = _says_a_wish(heard, sentence)
    if before in _OF_WHOM or any(heard.word_class(one) is WordClass.PAST for one in sentence):
        return is_wish and is_wished_in(heard, sentence)
    is_subject = heard.context.vocabulary.morphology.lemma(heard.word(place)) == heard.word(place)
    if is_subject:
        told = [heard.word(one) for one in sentence if heard.word_class(one) is WordClass.STATEMENT]
        is_of_visit = heard.has("WANT_CANCEL", "WANT_MOVE") and not _says_a_wish(heard, sentence)
        return all(verb in _COMES for verb in told) and bool(told or not is_of_visit)
    verbs = [one for one in sentence if heard.word_class(one) in VERBS]
    return is_wish or all(heard.word(one) in _CALLED for one in verbs)


def _are_elsewhere(heard: Heard, sentence: Sequence[int]) -> bool:
    """Whether those who come along only accompany, or it is told where else they go: "едем на море с детьми"."""
    if any(token.text in _ACCOMPANYING for token in heard.tokens):
        return True
    lemma = heard.context.vocabulary.morphology.lemma
    words = {lemma(heard.word(place)) for place in sentence}
    is_away = bool(words & (ELSEWHERE | FESTIVE)) and bool(words & _GOING)
    return is_away and not _says_a_wish(heard, sentence)


_GOING = LEAVING | {"ехать", "поехать", "лететь", "полететь", "идти", "пойти", "собираться", "отправляться"}


def _is_meant_later(heard: Heard, place: int) -> bool:
    """Whether who was told of is to be served: "муж был у вас, хочет ещё", "сын занят, его в среду"."""
    if heard.context.vocabulary.morphology.lemma(heard.word(place)) != heard.word(place):
        return False
    wishes = [one for one in range(place, len(heard.tokens)) if not heard.is_told(one)]
    own = {heard.sentences[one] for one in wishes if heard.word(one) in ONESELF}
    return any(
        heard.word(one) in _THEIRS or (heard.word(one) in _WISHES_OF_OTHERS and heard.sentences[one] not in own)
        for one in wishes
    )


_THEIRS = frozenset({"его", "ему", "ей", "ее", "им"})
_WISHES_OF_OTHERS = frozenset({"хочет", "хотят", "просит", "просится", "желает", "собирается", "придет"})


def _is_joined_to_guest(heard: Heard, place: int) -> bool:
    """Whether somebody is named beside one who is to be served: "для мужа и сына"."""
    is_second = heard.word(place - 1) in {"и", ","} and heard.word(place - 2) in heard.context.vocabulary.kin
    return is_second and _is_to_come(heard, place - 2)


def is_wished_in(heard: Heard, sentence: Sequence[int]) -> bool:
    """Whether a sentence has a word that wishes: "хотел бы", "запишите"."""
    return any(hit.first in sentence for hit in heard.of("WANT_BOOKING"))


def _says_a_wish(heard: Heard, sentence: Sequence[int]) -> bool:
    """Whether a sentence names a service, or a wish for one."""
    return is_wished_in(heard, sentence) or any(is_service_word(heard, one) for one in sentence)
