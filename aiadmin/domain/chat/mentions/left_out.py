"""What is not to be: a service that is excluded, left out, taken off, or wanted without a part of it."""

from __future__ import annotations

from collections.abc import Sequence

from aiadmin.domain.chat.hearing import Heard
from aiadmin.domain.chat.mentions.service_phrases import Mention
from aiadmin.domain.chat.mentions.service_words import is_service_word
from aiadmin.domain.chat.when import Asked

_NOT = frozenset({"не", "кроме", "вместо", "ни"})
_WISHED = frozenset({"хочу", "хотим", "надо", "нужно", "хотела", "хотел"})


def places_left_out(heard: Heard) -> set[int]:
    """The places of words for what is to be left out, also of two words for one thing: "без гель-лака"."""
    own, found = heard.context.vocabulary, set[int]()
    for place in range(1, len(heard.tokens)):
        behind = place - 1 - (heard.word(place - 1) == "-")
        is_more = behind in found and own.are_of(
            own.service_words(heard.word(place)), own.service_words(heard.word(behind))
        )
        is_glued = behind in found and behind < place - 1
        if is_more or is_glued or heard.word(place - 1) == "без":
            found.add(place)
    return found


def is_taken_off(heard: Heard, mention: Mention) -> bool:
    """Whether a verb of the clause takes a service away, or refuses it: "педикюр уберите", "педикюр не буду"."""
    own = {heard.clauses[place] for place in mention.places}
    return any(
        heard.clauses[place] in own
        and (token.text in _TAKING_OFF or (token.text in _REFUSED and heard.word(place - 1) == "не"))
        for place, token in enumerate(heard.tokens)
    )


_TAKING_OFF = frozenset(
    {"уберите", "убрать", "убери", "уберем", "убираем", "вычеркните", "вычеркнуть", "откажусь", "отказываюсь"}
)
_REFUSED = frozenset({"буду", "будем", "надо", "нужно", "нужен", "нужна", "хочу"})


def is_excluded(heard: Heard, place: int) -> bool:
    wished = heard.word(place - 2) in _WISHED
    for back in (1, 2, 3)[: 3 if wished else 2]:
        if heard.word(place - back) in _NOT:
            return True
        if is_service_word(heard, place - back):
            return False  # "вместо маникюра педикюр"
    return False


def is_left_out(heard: Heard, mention: Mention, mentions: Sequence[Mention]) -> bool:
    """Whether it is said of a service, beside what is wished, that it is not to be: "стрижку, усы не трогать"."""
    is_beside = len(mentions) > 1 or (heard.context.asked is not None and heard.context.asked is not Asked.SERVICE)
    own = {heard.clauses[place] for place in mention.places}
    others = {heard.clauses[place] for one in mentions if one is not mention for place in one.places}
    return is_beside and any(clause in own - others for clause in left_out_clauses(heard))


def left_out_clauses(heard: Heard) -> set[int]:
    """The clauses that say what is not to be done: "усы не трогать", "бороду оставьте", "укладку не надо"."""
    found = set()
    for place, token in enumerate(heard.tokens):
        is_denied = heard.word(place - 1) == "не" and token.text in _TOUCHED | _NEEDED and place > 1
        if is_denied or token.text in _LEFT:
            found.add(heard.clauses[place])
    return found


_TOUCHED = frozenset({"трогать", "трогайте", "трогай", "трогаем", "делать", "делайте", "делаем", "брить", "стричь"})
_NEEDED = frozenset({"надо", "нужно", "нужна", "нужны", "нужен"})
_LEFT = frozenset({"оставьте", "оставить", "оставляем", "оставим", "оставляйте", "оставь", "отращиваю"})
