"""What a human has to hear at once: harm that was done, and illness that is asked about."""

from __future__ import annotations

from collections.abc import Iterator

from aiadmin.domain.chat.commands import HealthMatter
from aiadmin.domain.chat.hearing import Heard
from aiadmin.domain.chat.inquiries import names_a_service
from aiadmin.domain.chat.lexicon import Hit
from aiadmin.domain.chat.mentions.service_words import is_service_word
from aiadmin.domain.chat.morphology import WordClass
from aiadmin.domain.chat.words.ailments import ACUTE, CHRONIC, NO_SIGNS

_MAY = frozenset(
    {"можно", "нельзя", "льзя", "вредно", "опасно", "разрешено", "разрешается", "повредит", "навредит", "безопасно"}
    | {"противопоказано", "противопоказание", "допускается"}
)
"""Words by which it is asked whether something is harmful."""


def harm_in(heard: Heard) -> Iterator[HealthMatter]:
    """Harm and illness; what may be both a reason to come and a reason not to counts where it is asked of."""
    harm = [
        hit for hit in heard.of("HEALTH") if hit.value in {"", "self_harm"} and not _is_reason_to_come(heard, hit)
    ]
    is_asked = any(token.text in _MAY for token in heard.tokens)
    asked = [
        hit
        for hit in heard.of("HEALTH")
        if hit.value == "asked" or (hit.value == "may" and is_asked and not names_a_service(heard, hit))
    ]
    spans = {heard.span(hit.first, hit.end) for hit in (*harm, *asked)}
    told = [heard.span(place, place + 1) for place in _told_after(heard)]
    if spans or told:
        yield HealthMatter(is_asked=not (harm or told), spans=tuple(sorted({*spans, *told})))


def _is_reason_to_come(heard: Heard, hit: Hit) -> bool:
    """Whether an ailment is told as why somebody comes, and nothing says that it is of our work.

    "Волосы сыпятся, к трихологу бы в субботу" wishes; "сыпятся после вас", or without any wish, is for a human.
    """
    is_ailment = any(heard.word(place).startswith(_AILMENTS) for place in range(hit.first, hit.end))
    is_wished = heard.has("WANT_BOOKING") or bool(heard.whens)
    return is_ailment and is_wished and _is_named_beside(heard, hit) and not _is_blamed(heard)


def _is_blamed(heard: Heard) -> bool:
    """Whether it is said that we did something: "после вашей краски", "делала у вас", "покрасили"."""
    own = heard.context.vocabulary
    for place, token in enumerate(heard.tokens):
        is_done = token.text in _DONE or (heard.word_class(place) is WordClass.PAST and own.service_words(token.text))
        is_us = token.text.startswith("ваш") or (token.text == "вас" and heard.word(place - 1) in _BY_US)
        if is_us or is_done:
            return True
    return False


_AILMENTS = ("чеш", "бол", "ноет", "ноют", "лез", "сып", "посып", "выпада", "отвал")
_BY_US = frozenset({"после", "у", "от"})
_DONE = frozenset(
    {"делала", "делал", "делали", "сделали", "сделала", "сделал", "была", "был", "были", "ходила", "ходил"}
)


def _is_named_beside(heard: Heard, hit: Hit) -> bool:
    """Whether a service is named in another sentence than a phrase stands in."""
    named = (place for place in range(len(heard.tokens)) if is_service_word(heard, place))
    return any(heard.sentences[place] != heard.sentences[hit.first] for place in named)


def _told_after(heard: Heard) -> list[int]:
    """The words of a bad state of the body that is told beside what was done to it, whoever is named, and when.

    "Вчера делала у Кристины, сегодня вздулось": nobody is looked for on any day.
    """
    is_other = heard.has("WANT_BOOKING", "ASK_SLOTS", "COMPLAINT")
    signs = ACUTE if is_other else (*ACUTE, *CHRONIC)
    told = [place for place in range(len(heard.tokens)) if _is_sign(heard, place, signs)]
    return told if told and _is_told_of_work(heard) else []


def _is_sign(heard: Heard, place: int, signs: tuple[str, ...]) -> bool:
    """Whether a word tells of a bad state: it begins so, or says that the skin is red with something."""
    word, after = heard.word(place), heard.word(place + 1)
    is_red = word.startswith("красн") and after.startswith(("точ", "пятн", "полос", "круг"))
    is_one = word.startswith(signs) and word not in NO_SIGNS
    return (is_one or is_red) and heard.word(place - 1) != "не"


def _is_told_of_work(heard: Heard) -> bool:
    """Whether it is told that a client has been served: by a verb of what was, or behind "после"."""
    own, words = heard.context.vocabulary, [token.text for token in heard.tokens]
    after = {words[place + 1] for place, word in enumerate(words[:-1]) if word == "после"}
    if any(word.startswith(_WORK) or own.service_words(word) or own.resembles(word) for word in after):
        return True
    past = [place for place in range(len(words)) if heard.word_class(place) is WordClass.PAST]
    named = any(word in own.names or own.service_words(word) for word in words)
    return any(
        own.service_words(words[place])
        or (words[place] in _DONE and (named or "вас" in words))
        or (words[place].endswith(_DONE_BY_US) and (named or not _ANOTHER.intersection(words)))
        for place in past
    )


_ANOTHER = frozenset({"они", "другие", "другом", "другой", "дома", "сама", "сам", "больнице", "врача", "врач"})
"""Who has done it, where it was not we."""
_WORK = ("вас", "ваш", "процедур", "сеанс", "посещен", "визит", "прием")
_DONE_BY_US = tuple(
    "делали сделали делал делала бил била били кололи колола колол брила брил стриг красили удалили".split()  # noqa: SIM905
)
