"""Short answers to our last question: yes, no, a line of a list, a rating."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aiadmin.domain.chat.commands import Choose, ChoosePriced, Command, No, Rating, Yes
from aiadmin.domain.chat.consent import HARMLESS_SIGNS, NEUTRAL, is_bare_number, is_plain_yes
from aiadmin.domain.chat.dates.words import LEXICON
from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.feedback import stars_in_words
from aiadmin.domain.chat.hearing import Heard, hear
from aiadmin.domain.chat.lexicon import BREAKS, Hit
from aiadmin.domain.chat.mentions.given_names import names_in
from aiadmin.domain.chat.when import Asked, Span

_MOST_STARS = 5
_STARS = frozenset("⭐★🌟")
_NUMBERS = ("NUM", "ORD")
_LAST = frozenset({"последнее", "последний", "последнюю", "последняя", "последней"})
_ANY = frozenset({"любое", "любой", "любую", "любая"})
_BESIDE_A_NUMBER = frozenset(
    {"вариант", "варианта", "варианту", "номер", "пункт", "строка", "строчка", "под", "на", "за", "это", "пусть", "и"}
    | {"выбираю", "выберу", "беру", "возьму", "берем"}
    | {"балл", "балла", "баллов", "звезда", "звезды", "звезд"}
)
_LISTED = frozenset({Asked.TIME, Asked.SERVICE, Asked.STAFF})
"""Questions that name what there is, without numbers: "the first" is one of them, and a bare number is not."""


def answers_in(heard: Heard) -> Iterator[Command]:
    """The answers in a burst; a mixed one is never a plain yes."""
    if heard.context.asked is Asked.RATING:
        yield from _rating(heard)
    yield from _choice(heard)
    if is_plain_yes(heard):
        yield Yes(spans=_spans(heard, "YES", "SOFT", "COMING", "WANT_BOOKING", "WANT_MOVE", "WANT_CANCEL"))
        return
    if is_bare_number(heard, "2") or _is_bare_no(heard):
        yield No(is_end=_is_end(heard), spans=((0, len(heard.text)),))
        return
    if _says_both(heard) or comes_after_all(heard):
        return
    refusal, agreement = _last_refusal(heard), _last(heard, *_agreements(heard))
    if (refusal is not None and (agreement is None or agreement < refusal)) or _begins_with_no(heard):
        yield No(is_end=_is_end(heard), spans=_spans(heard, *_refusals(heard)))
    elif agreement is not None and refusal is None and _begins_or_ends_with_yes(heard) and not heard.has("WAIT"):
        yield Yes(
            but=heard.text.strip(),
            is_first=_stands_first(heard),
            is_leading=_leads_a_question(heard),
            spans=_spans(heard, *_agreements(heard)),
        )


def _agreements(heard: Heard) -> tuple[str, ...]:
    """The meanings of phrases that agree: who comes has answered a reminder, whatever else is said."""
    return ("YES", "COMING") if heard.context.asked is Asked.ATTENDANCE else ("YES",)


def _stands_first(heard: Heard) -> bool:
    """Whether a plain yes is a sentence of its own, and nothing behind it denies, doubts or limits it."""
    end = _first_break(heard)
    is_asked = any(token.text == "?" for token in heard.tokens[end:])
    return not (heard.word(end) == "," and is_asked) and _is_plain_until(heard, end)


def _leads_a_question(heard: Heard) -> bool:
    """Whether a plain yes comes first, and what is behind it only asks: "да, а парковка у вас есть?"."""
    end = _first_break(heard)
    behind = [token.text for token in heard.tokens[end:]]
    return "?" in behind and _LIMITING.isdisjoint(behind) and _is_plain_until(heard, end)


_LIMITING = frozenset({"если", "только", "но", "лишь", "или", "либо", "при", "тогда", "иначе", "пока"})


def _first_break(heard: Heard) -> int:
    return next((place for place, token in enumerate(heard.tokens) if token.text in BREAKS), len(heard.tokens))


def _is_plain_until(heard: Heard, end: int) -> bool:
    """Whether the words before a sign are a plain yes, and nothing behind it denies or doubts it."""
    if not end or heard.word(end) == "?":
        return False
    doubts = any(hit.first >= end for hit in heard.of("NO", "REFUSE", "CHANGE", "OR_NOT", "WAIT"))
    start, stop = heard.span(0, end)
    return not doubts and is_plain_yes(hear(heard.text[start:stop], heard.context))


def _begins_with_no(heard: Heard) -> bool:
    """Whether the first clause is a bare no, but for chitchat: "увы нет, заболел ребёнок"."""
    neutral, end = heard.covered(NEUTRAL), len(heard.tokens)
    end = next((place for place, token in enumerate(heard.tokens) if token.text in BREAKS), end)
    words = [heard.word(place) for place in range(end) if place not in neutral]
    return heard.context.asked is Asked.ATTENDANCE and len(words) == 1 and words[0] in _BARE_NO


def _of_changed(heard: Heard) -> Iterator[tuple[int, int]]:
    """The line of the visits that are listed which is to be changed, and where it is said: "вторую уберите"."""
    verbs = {*heard.removed, *(hit.first for hit in heard.of("WANT_CANCEL", "WANT_MOVE") if not hit.value)}
    sentences = {heard.sentences[place] for place in verbs}
    lines = heard.context.options or len(heard.context.coming)
    for place, token in enumerate(heard.tokens):
        number = _line(heard, place) if heard.sentences[place] in sentences else 0
        if 0 < number <= lines:
            yield number, place
        elif nearest_of_visits(heard, place) and heard.sentences[place] in sentences:
            yield 1, place
        elif token.text in _LAST and heard.sentences[place] in sentences and lines:
            yield lines, place


def nearest_of_visits(heard: Heard, place: int) -> bool:
    """Whether a word means the visit that comes next: "ближайшую запись", and no "ближайшую субботу"."""
    is_of_visit = heard.word(place + 1) in {"запись", "визит", "бронь", "из"} or place + 1 == len(heard.tokens)
    is_changed = heard.has("WANT_CANCEL", "WANT_MOVE") and bool(heard.context.coming)
    return is_changed and heard.word(place) in _NEXT and is_of_visit


_NEXT = frozenset({"ближайшую", "ближайший"})


def _line(heard: Heard, place: int) -> int:
    """The number of a line that a word is: an ordinal, or a bare number beside a verb that takes it away."""
    word, kinds = heard.word(place), LEXICON.get(heard.word(place), {})
    if "ORD" in kinds and word.endswith(("ую", "ью", "ой", "ый", "ий", "ая", "ья", "ей")):
        return int(kinds["ORD"])
    is_bare = word.isdecimal() and word.isascii() and len(word) == 1 and {place - 1, place + 1} & heard.removed
    return int(word) if is_bare else 0


def _is_bare_no(heard: Heard) -> bool:
    """Whether a no is all that is said, but for a greeting and the like that stand before it without a sign."""
    beside = heard.covered(NEUTRAL)
    rest = [token.text for place, token in enumerate(heard.tokens) if place not in beside]
    words = [word for word in rest if word not in HARMLESS_SIGNS]
    return len(words) == 1 and words[0] in _BARE_NO


_BARE_NO = frozenset({"нет", "неа", "нее", "неет", "нету"})


def _says_both(heard: Heard) -> bool:
    """Whether a bare no stands beside what may be a yes: either may be meant, as in "нет, давайте"."""
    is_bare_no = heard.has("NO") and all(hit.end - hit.first == 1 for hit in heard.of("NO"))
    is_yes = heard.context.asked is Asked.ATTENDANCE and heard.has("YES")
    return is_bare_no and (is_yes or (heard.has("SOFT") and not heard.whens))


def _is_end(heard: Heard) -> bool:
    """Whether it is a thank-you, or a change of mind, with which a talk of a new visit ends: "нет, спасибо"."""
    words = {heard.word(place) for hit in heard.of("NO", "REFUSE") for place in range(hit.first, hit.end)}
    return heard.has("THANK") or not words.isdisjoint(_ENDING)


_ENDING = frozenset({"передумал", "передумала", "передумали", "отбой", "надо", "нужно", "потом"})


def _last_refusal(heard: Heard) -> int | None:
    """Where it is refused last; that a visit is to stand refuses its change: "не надо отменять"."""
    said = _last(heard, *_refusals(heard))
    stands = [hit.first for hit in heard.of("HARMLESS") if hit.value == "stands" and _is_of_change(heard)]
    return max([*stands, *([] if said is None else [said])], default=None)


def _is_of_change(heard: Heard) -> bool:
    """Whether it is asked for consent to move a visit, or to cancel it."""
    is_of_visit = heard.context.offers in {VisitOperation.MOVE, VisitOperation.CANCEL}
    return is_of_visit and heard.context.asked is Asked.CONSENT


def _refusals(heard: Heard) -> tuple[str, ...]:
    is_of_visit = heard.context.offers in {VisitOperation.MOVE, VisitOperation.CANCEL}
    is_left = heard.context.asked in {Asked.TIME, Asked.DAY} or (is_of_visit and heard.context.asked is Asked.CONSENT)
    kept = ("AS_IT_IS",) if is_left else ()
    return ("NO", "REFUSE", *kept) if heard.context.asked is not None else ("NO",)


def _last(heard: Heard, *kinds: str) -> int | None:
    return max((hit.first for hit in heard.of(*kinds)), default=None)


def comes_after_all(heard: Heard) -> bool:
    """Whether a client takes a refusal back after a reminder: "не смогу. Ой, смогу"; which of both holds is asked."""
    comes = (hit.first for hit in heard.of("COMING") if _ends_clause(heard, hit) and not _is_open(heard, hit))
    refused = [hit.end for hit in heard.of("NO", "REFUSE", "WANT_CANCEL")]
    is_asked = heard.context.asked is Asked.ATTENDANCE
    return is_asked and bool(refused) and max(refused) <= max(comes, default=-1)


def _is_open(heard: Heard, hit: Hit) -> bool:
    """Whether it is left open that somebody comes: "напишу, как смогу"."""
    return heard.word(hit.first - 1) in {"как", "когда", "если"}


def _ends_clause(heard: Heard, hit: Hit) -> bool:
    """Whether nothing follows that it may belong to, as in "не смогу, буду в отъезде"."""
    return hit.end >= len(heard.tokens) or heard.word(hit.end) in BREAKS


def _begins_or_ends_with_yes(heard: Heard) -> bool:
    """Whether a yes is an answer and no part of a sentence: it stands first, and no question ends its clause."""
    neutral = heard.covered(NEUTRAL)
    first = min(heard.of(*_agreements(heard)), key=lambda hit: hit.first)
    before = [place for place in range(first.first) if place not in neutral]
    if any(heard.word(place) not in HARMLESS_SIGNS for place in before):
        return False
    return heard.word(first.end) != "?"


def _rating(heard: Heard) -> Iterator[Rating]:
    stars = sum(token.text in _STARS for token in heard.tokens)
    number = _only_number(heard) or _leading_stars(heard) or stars_in_words(heard) or stars
    if 1 <= number <= _MOST_STARS:
        yield Rating(stars=number, spans=((0, len(heard.text)),))


def _leading_stars(heard: Heard) -> int:
    """The stars that an answer begins with: "5! Маша супер", "пять, спасибо"; 0 where a time or a count begins so."""
    first, behind = heard.word(0), heard.word(1)
    number = _number([first])
    return number if number and (behind in BREAKS or behind == "+") else 0


def _choice(heard: Heard) -> Iterator[Choose | ChoosePriced]:
    for number, place in _of_changed(heard):
        yield Choose(number=number, spans=(heard.span(place, place + 1),))
    yield from _priced(heard)
    if heard.context.asked not in _LISTED | {Asked.OPTIONS}:
        return
    number = _only_number(heard, is_ordinal=heard.context.asked is Asked.TIME) or _compared(heard)
    beside = 0 if number else _ordinal_beside_time(heard)
    if number and number <= heard.context.options:
        yield Choose(number=number, spans=((0, len(heard.text)),))
    for place, token in enumerate(heard.tokens):
        if beside and place not in heard.timed and _ordinal([token.text], heard.context.options) == beside:
            yield Choose(number=beside, spans=(heard.span(place, place + 1),))
            return


def _priced(heard: Heard) -> Iterator[ChoosePriced]:
    """The one of the services that were named which costs least, or most: "тот, что подешевле, на 14:00".

    By us, or beside it: "самый дешёвый педикюр".
    """
    places = [place for place, token in enumerate(heard.tokens) if token.text in _CHEAP | _DEAR]
    for place in (one for one in places if heard.word(one - 1) in _MOST and not heard.is_told(one)):
        is_of_service = any(heard.context.vocabulary.service_words(heard.word(one)) for one in (place + 1, place - 2))
        if is_of_service and "?" not in heard.text:
            yield ChoosePriced(is_dearest=heard.word(place) in _DEAR, spans=(heard.span(place - 1, place + 1),))
            return
    if heard.context.asked is not Asked.SERVICE or not heard.context.candidates:
        return
    others = any(heard.context.vocabulary.service_words(token.text) for token in heard.tokens)
    if places and not others and "?" not in heard.text and not heard.has("NO", "REFUSE"):
        is_dearest = heard.word(places[-1]) in _DEAR and heard.word(places[-1] - 1) != "не"
        yield ChoosePriced(is_dearest=is_dearest, spans=(heard.span(places[-1], places[-1] + 1),))


_CHEAP = frozenset(
    {"дешевле", "подешевле", "дешевый", "дешевую", "дешевая", "дешевое", "недорогой", "недорогую", "недорогая"}
    | {"бюджетный", "бюджетную", "бюджетнее", "экономный"}
)
_MOST = frozenset({"самый", "самую", "самая", "самое", "самого", "самой"})
_DEAR = frozenset({"дороже", "подороже", "дорогой", "дорогую", "дорогая"})


def _ordinal_beside_time(heard: Heard) -> int:
    """The line that an ordinal names beside a day or a time: "первый, на 14:00"; 0 without one."""
    if heard.context.asked not in {Asked.SERVICE, Asked.STAFF, Asked.OPTIONS} or not heard.whens:
        return 0
    known = heard.timed | heard.covered(NEUTRAL | {"YES", "SOFT", "WANT_BOOKING"})
    words = [token.text for place, token in enumerate(heard.tokens) if place not in known and token.text.isalpha()]
    return _ordinal([word for word in words if word not in _BESIDE_A_NUMBER | {"в", "к"}], heard.context.options)


def _compared(heard: Heard) -> int:
    """The line of the times that is the earliest or the latest: "то что попозже", "ранний"; 0 for anything else.

    "Попозже" alone asks for other times than those.
    """
    if heard.context.asked not in {Asked.TIME, Asked.OPTIONS} or not heard.context.options:
        return 0
    known = heard.covered(NEUTRAL | {"SOFT", "YES"}) - heard.covered({"ELSEWHEN", "EARLIEST"})
    words = [token.text for place, token in enumerate(heard.tokens) if place not in known]
    way = [word for word in words if word in _EARLY or word in _LATE]
    rest = {word for word in words if word not in way} - HARMLESS_SIGNS - {"?"}
    is_pointed_at = bool(rest & _POINTING) or (len(way) == 1 and way[0] in _ADJECTIVES)
    if len(way) != 1 or not is_pointed_at or not rest <= _POINTING | _BESIDE_A_CHOICE:
        return 0
    lines = [*heard.context.listed]
    if not lines:
        return heard.context.options if way[0] in _LATE else 1
    return lines.index(max(lines) if way[0] in _LATE else min(lines)) + 1


_EARLY = frozenset({"раньше", "пораньше", "раннее", "ранний", "раннюю", "ранняя", "утреннее"})
_LATE = frozenset(
    {"позже", "попозже", "позднее", "попозднее", "поздний", "позднюю", "поздняя", "крайнее", "крайний", "крайнюю"}
)
_ADJECTIVES = (_EARLY | _LATE) - {"раньше", "пораньше", "позже", "попозже", "позднее", "попозднее", "утреннее"}
_POINTING = frozenset(
    {"то", "тот", "та", "ту", "что", "которое", "который", "которая", "которую", "самое", "самый", "самую", "вариант"}
)
"""What points at one of a list."""
_BESIDE_A_CHOICE = frozenset(
    {"давайте", "давай", "можно", "лучше", "время", "окошко", "окно", "запись", "на", "в", "я", "выбираю", "выберу"}
    | {"беру", "хочу", "подойдет", "подходит", "пусть", "будет", "это", "записывайте", "запишите", "меня", "мне"}
)


def _only_number(heard: Heard, *, is_ordinal: bool = False) -> int:
    """The one small number of a burst that says nothing else; 0 without one."""
    if heard.has("NO", "REFUSE", "CHANGE", "HARMLESS", "OR_NOT"):
        return 0
    named = {span for one in names_in(heard) for span in one.spans} if heard.context.asked is Asked.TIME else set()
    said = {place for place, token in enumerate(heard.tokens) if (token.start, token.end) in named}
    neutral = heard.covered(NEUTRAL | {"YES", "SOFT"}) | (said and said | heard.covered({"NAME"}))
    rest = [token.text for place, token in enumerate(heard.tokens) if place not in neutral]
    words = [word for word in rest if word not in HARMLESS_SIGNS | _BESIDE_A_NUMBER | _STARS | {"+", "е", "й"}]
    ordinal = _ordinal(words, heard.context.options) if heard.context.asked in _LISTED else 0
    return ordinal if is_ordinal else ordinal or _number(words)


def _ordinal(words: Sequence[str], options: int) -> int:
    """The place of what was named: "the second", "the last", "any"; 0 for anything else."""
    if len(words) != 1:
        return 0
    if words[0] in _LAST:
        return options
    kinds = LEXICON.get(words[0], {})
    return 1 if words[0] in _ANY else int(kinds["ORD"]) if "ORD" in kinds else 0


def _number(words: Sequence[str]) -> int:
    if words[1:2] == ["-"]:
        words = [*words[:1], *(word for word in words[2:] if word not in {"й", "я", "е", "го", "ый", "ое"})]
    if len(words) != 1:
        return 0
    word = words[0]
    if word.isascii() and word.isdecimal():
        return int(word) if len(word) == 1 else 0
    kinds = LEXICON.get(word, {})
    return next((int(kinds[kind]) for kind in _NUMBERS if kind in kinds), 0)


def _spans(heard: Heard, *kinds: str) -> tuple[Span, ...]:
    return tuple(sorted({heard.span(hit.first, hit.end) for hit in heard.of(*kinds)}))
