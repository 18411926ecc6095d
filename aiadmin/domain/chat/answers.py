"""Short answers to our last question: yes, no, a line of a list, a rating.

A yes may lead to a write. It is plain only where each word and sign of the burst is known to change nothing; a word
that is not known, a question mark, a "but" makes it a yes with a rest, or none at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from aiadmin.domain.chat.commands import Choose, Command, No, Rating, Yes
from aiadmin.domain.chat.dates.words import LEXICON
from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.feedback import stars_in_words
from aiadmin.domain.chat.hearing import Heard
from aiadmin.domain.chat.lexicon import BREAKS, Hit
from aiadmin.domain.chat.mentions import guests_in, names_in
from aiadmin.domain.chat.when import Asked, Day, DayRange, Span, Time, TimeRange

_MOST_STARS = 5
_STARS = frozenset("⭐★🌟")
_NUMBERS = ("NUM", "ORD")
_LAST = frozenset({"последнее", "последний", "последнюю", "последняя"})
_ANY = frozenset({"любое", "любой", "любую", "любая"})
_BESIDE_A_NUMBER = frozenset(
    {"вариант", "варианта", "варианту", "номер", "пункт", "строка", "строчка", "под", "на", "за", "это", "пусть", "и"}
    | {"выбираю", "выберу", "беру", "возьму", "берем"}
    | {"балл", "балла", "баллов", "звезда", "звезды", "звезд"}
)
NEUTRAL = frozenset({"GREET", "THANK", "TRIFLE"})
"""What changes nothing beside an answer."""
_AGREED = frozenset({Asked.CONSENT, Asked.ATTENDANCE, Asked.OPTIONS, Asked.NAME, Asked.GUEST_NAME})
"""Questions that a word of consent answers; a name is asked for beside a proposal."""
_LISTED = frozenset({Asked.TIME, Asked.SERVICE, Asked.STAFF})
"""Questions that name what there is, without numbers: "the first" is one of them, and a bare number is not."""
_HARMLESS_SIGNS = frozenset('.,!)(:"«»\n')


def answers_in(heard: Heard) -> Iterator[Command]:
    """The answers in a burst; a mixed one is never a plain yes."""
    if heard.context.asked is Asked.RATING:
        yield from _rating(heard)
    yield from _choice(heard)
    if is_plain_yes(heard):
        yield Yes(spans=_spans(heard, "YES", "SOFT", "COMING", *_ASKED_FOR.values()))
        return
    if _is_bare_number(heard, "2") or _is_bare_no(heard):
        yield No(spans=((0, len(heard.text)),))
        return
    if _says_both(heard) or comes_after_all(heard):
        return
    refusal, agreement = _last(heard, *_refusals(heard)), _last(heard, "YES")
    if refusal is not None and (agreement is None or agreement < refusal):
        yield No(spans=_spans(heard, *_refusals(heard)))
    elif agreement is not None and refusal is None and _begins_or_ends_with_yes(heard) and not heard.has("WAIT"):
        yield Yes(but=heard.text.strip(), spans=_spans(heard, "YES"))


def _of_removed(heard: Heard) -> Iterator[tuple[int, int]]:
    """The line of the visits that are listed which is to be off, and where it is said: "вторую уберите"."""
    verbs = {*heard.removed, *(hit.first for hit in heard.of("WANT_CANCEL") if not hit.value)}
    sentences = {heard.sentences[place] for place in verbs}
    for place, token in enumerate(heard.tokens):
        kinds = LEXICON.get(token.text, {})
        is_one = "ORD" in kinds and token.text.endswith(("ую", "ью", "ой", "ый", "ий"))
        if is_one and heard.sentences[place] in sentences and kinds["ORD"] <= heard.context.options:
            yield int(kinds["ORD"]), place


def is_plain_yes(heard: Heard) -> bool:
    """Whether a burst says yes, and nothing that could change what is agreed to."""
    kinds = {"YES"}
    if heard.context.asked in _AGREED:
        kinds |= {"SOFT"}
    if heard.context.asked is Asked.ATTENDANCE:
        kinds |= {"COMING", "AS_IT_IS"}
    is_one = _is_bare_number(heard, "1")
    demanded = _demanded(heard)
    promised = _promised(heard, demanded)
    refused = any(
        hit.first not in promised for hit in heard.of("NO", "REFUSE", "CHANGE", "HARMLESS", "OR_NOT", "WAIT")
    )
    if refused or not (heard.has(*kinds) or demanded or is_one):
        return False
    explained = (
        heard.covered(NEUTRAL | kinds)
        | _of_name(heard)
        | demanded
        | heard.farewells
        | offered_again(heard)
        | promised
        | _of_all(heard)
    )
    rest = [place for place in range(len(heard.tokens)) if place not in explained]
    is_bare = all(heard.word(place) in _HARMLESS_SIGNS for place in rest)
    return is_bare or is_one or _is_remark(heard, rest)


def _leading_yes(heard: Heard) -> set[int]:
    """The yes that a burst begins with, in a clause of its own."""
    neutral = heard.covered(NEUTRAL)
    for hit in sorted(heard.of("YES"), key=lambda hit: hit.first)[:1]:
        is_first = all(place in neutral or heard.word(place) in _HARMLESS_SIGNS for place in range(hit.first))
        is_whole = heard.word(hit.end) in _HARMLESS_SIGNS
        return {*range(hit.first, hit.end)} if is_first and is_whole else set()
    return set()


_PROMISING = frozenset(
    {"напишу", "отпишусь", "позвоню", "перезвоню", "сообщу", "расскажу", "запишусь", "перезапишусь", "отзвонюсь"}
    | {"маякну", "наберу", "скину", "пришлю"}
)
"""What a client will do by and by, behind a yes that stands."""
_UNDECIDED = frozenset(
    {"решу", "решим", "надумаю", "определюсь", "смогу", "сможем", "подумаю", "узнаю", "посмотрю", "спрошу", "уточню"}
    | {"пока", "точно", "сначала", "вечером", "другое", "другой"}
)
"""What makes the promise one to answer, and no yes yet."""
_LATER = frozenset({"потом", "позже", "попозже", "позднее"})
_PROMISES = frozenset({"запишусь", "запишемся", "перезапишусь", "перезапишемся"})


def _promised(heard: Heard, demanded: set[int]) -> frozenset[int]:
    """The words behind "отмените" that promise to write or to come some other time, or tell why.

    They wish for nothing and deny nothing, so that they change nothing of a cancellation that is asked for.
    """
    agreed = demanded or _leading_yes(heard)
    if not agreed or heard.context.offers is None or heard.whens or heard.errors:
        return frozenset()
    behind = [
        place
        for place in range(max(agreed) + 1, len(heard.tokens))
        if heard.clauses[place] > heard.clauses[max(agreed)]
    ]
    is_cancel = bool(demanded) and heard.context.offers is VisitOperation.CANCEL
    if not is_cancel and not _PROMISING.intersection(heard.word(place) for place in behind):
        return frozenset()
    own, words = heard.context.vocabulary, [heard.word(place) for place in behind]
    is_open = any(
        word in _DENYING
        or word in _UNDECIDED
        or word == "?"
        or word in own.kin
        or word in own.names
        or own.service_words(word)
        for word in words
    )
    asked = (
        hit
        for hit in heard.hits
        if hit.kind.startswith(("ASK_", "WANT_BOOKING", "WANT_MOVE", "WANT_HUMAN", "CHANGE")) and hit.first in behind
    )
    is_wish = any(
        not {heard.word(place) for place in range(hit.first, hit.end)} & (_LATER | _PROMISES) for hit in asked
    )
    return frozenset() if is_open or is_wish else frozenset(behind)


def _is_remark(heard: Heard, rest: Sequence[int]) -> bool:
    """Whether what stands beside "I will come" changes nothing: a remark, or a question in a message of its own."""
    said = {token.text for token in heard.tokens}
    if heard.context.asked is not Asked.ATTENDANCE or heard.whens or heard.has(*_CHANGING) or _DENYING & said:
        return False
    if not heard.has("YES", "COMING"):
        return False
    beside = _asked_beside(heard)
    asking = [place for place in rest if place in beside or _asks_apart(heard, place)]
    remarks = [place for place in rest if place not in asking]
    words = [heard.word(place) for place in remarks if heard.word(place) not in _HARMLESS_SIGNS]
    asked = {place for hit in heard.hits if hit.kind.startswith("ASK_") for place in range(hit.first, hit.end)}
    is_coming = heard.has("COMING") and "?" not in words and not asked.intersection(remarks)
    words = [word for word in words if word != "?" or not beside]
    return not words or (is_coming and not any(word in heard.context.vocabulary.kin for word in words))


_CHANGING = (
    "LATE",
    "WANT_MOVE",
    "WANT_CANCEL",
    "WANT_BOOKING",
    "ELSEWHEN",
    "GUEST",
    "WANT_HUMAN",
    "COMPLAINT",
    "HEALTH",
)
"""What no yes goes together with."""
_DENYING = frozenset(
    {"не", "нет", "ни", "без", "вместо", "если", "может", "наверное", "возможно", "постараюсь", "попробую"}
)
"""Words that make "I will come" uncertain."""


_NEUTRAL_QUESTIONS = frozenset({"ASK_ADDRESS", "ASK_DURATION", "ASK_HOURS"})
_NEUTRAL_TOPICS = frozenset({"оплата", "парковка", "wifi", "сертификат", "стерильность", "работы"})
"""What may be asked beside a yes, because no answer to it takes the yes back."""
_HOW = frozenset({"чем", "как", "где", "куда", "какой", "какая", "какие", "какую"})
"""What begins a question that no is no answer to: "картой можно?" may be a condition, "чем платить?" is none."""


def _asked_beside(heard: Heard) -> set[int]:
    """The words of clauses behind "I will come" that ask for something on which no visit depends: "а долго это?"."""
    said = {heard.clauses[hit.first] for hit in heard.of("COMING")}
    if not said:
        return set()
    open_clauses = {heard.clauses[place] for place, token in enumerate(heard.tokens) if token.text in _HOW}
    asked = {
        heard.clauses[hit.first]
        for hit in heard.hits
        if hit.kind in _NEUTRAL_QUESTIONS
        or (hit.kind == "ASK_FACT" and hit.value in _NEUTRAL_TOPICS and heard.clauses[hit.first] in open_clauses)
    }
    return {place for place, clause in enumerate(heard.clauses) if clause in asked and clause > max(said)}


def _asks_apart(heard: Heard, place: int) -> bool:
    """Whether a word is of a message that asks something and says no more."""
    texts = [token.text for token in heard.tokens]
    first = max((at + 1 for at in range(place) if texts[at] == "\n"), default=0)
    end = next((at for at in range(place, len(texts)) if texts[at] == "\n"), len(texts))
    own = range(first, end)
    said = heard.covered({"YES", "COMING"})
    return any(texts[at] == "?" for at in own) and not any(at in said for at in own)


_ASKED_FOR: Mapping[VisitOperation, str] = {
    VisitOperation.MOVE: "WANT_MOVE",
    VisitOperation.CANCEL: "WANT_CANCEL",
}


def _demanded(heard: Heard) -> set[int]:
    """The words that ask for just what is proposed: "отменяйте" after "отменить?"; nothing else may stand beside."""
    offers = heard.context.offers
    if offers is None or heard.context.asked is not Asked.CONSENT:
        return set()
    kind = _ASKED_FOR.get(offers, "")
    hits = [hit for hit in heard.of(kind) if not hit.value]
    return {place for hit in hits for place in range(hit.first, hit.end)}


def _is_bare_no(heard: Heard) -> bool:
    """Whether a no is all that is said, but for a greeting and the like that stand before it without a sign."""
    beside = heard.covered(NEUTRAL)
    rest = [token.text for place, token in enumerate(heard.tokens) if place not in beside]
    words = [word for word in rest if word not in _HARMLESS_SIGNS]
    return len(words) == 1 and words[0] in _BARE_NO


_BARE_NO = frozenset({"нет", "неа", "нее", "неет", "нету"})


def _is_bare_number(heard: Heard, number: str) -> bool:
    """Whether a 1 or a 2 answers a reminder, alone or beside words that say the same: 1 is coming, 2 is not."""
    beside = heard.covered({"YES" if number == "1" else "NO"})
    rest = [token.text for place, token in enumerate(heard.tokens) if place not in beside]
    is_it = [one for one in rest if one not in _HARMLESS_SIGNS] == [number]
    return heard.context.asked is Asked.ATTENDANCE and is_it


def _says_both(heard: Heard) -> bool:
    """Whether a bare no stands beside what may be a yes: either may be meant, as in "нет, давайте"."""
    is_bare_no = heard.has("NO") and all(hit.end - hit.first == 1 for hit in heard.of("NO"))
    is_yes = heard.context.asked is Asked.ATTENDANCE and heard.has("YES")
    return is_bare_no and (is_yes or (heard.has("SOFT") and not heard.whens))


def _of_all(heard: Heard) -> set[int]:
    """The words of "yes, both" after a cancellation was proposed: to the one that was, and to the others."""
    return heard.covered({"ALL_VISITS"}) if heard.context.offers is VisitOperation.CANCEL else set()


def _of_name(heard: Heard) -> set[int]:
    if heard.context.asked not in {Asked.NAME, Asked.GUEST_NAME}:
        return set()
    guests = [one for one in guests_in(heard) if one.name]
    spans = [span for one in (*names_in(heard), *guests) for span in one.spans]
    said = {place for place, token in enumerate(heard.tokens) if any(a <= token.start < b for a, b in spans)}
    phrases = heard.covered({"NAME"})
    joining = {
        place
        for place, token in enumerate(heard.tokens)
        if (token.text == "и" and (said | phrases) & {place - 1, place + 1})
        or (token.text in {"а", "на"} and place + 1 in said | phrases)
    }
    return (said | joining | phrases) if said else phrases


def offered_again(heard: Heard) -> set[int]:
    """The words that say the proposed time once more: "да, на 13"; another time, or a refused one, is none."""
    offered, whens = heard.context.offered, heard.whens
    if len(offered) != 1 or len(whens) != 1 or heard.errors or not heard.has("YES"):
        return set()
    when, starts = whens[0], offered[0]
    is_day = when.day in (None, Day(any_of=(DayRange.of(starts.date()),)))
    is_time = when.time in (None, Time(any_of=(TimeRange(starts.time(), starts.time()),)))
    if not (is_day and is_time) or when.is_earliest:
        return set()
    spans = [span for part in (when.day, when.time) if part for span in part.spans]
    said = {
        place for place, token in enumerate(heard.tokens) if any(a < token.end and token.start < b for a, b in spans)
    }
    return said | {place for place, token in enumerate(heard.tokens) if token.text in _AT and place + 1 in said}


_AT = frozenset({"в", "во", "на", "к"})


def _refusals(heard: Heard) -> tuple[str, ...]:
    is_of_visit = heard.context.offers in {VisitOperation.MOVE, VisitOperation.CANCEL}
    is_left = heard.context.asked in {Asked.TIME, Asked.DAY} or (is_of_visit and heard.context.asked is Asked.CONSENT)
    kept = ("AS_IT_IS",) if is_left else ()
    return ("NO", "REFUSE", *kept) if heard.context.asked is not None else ("NO",)


def _last(heard: Heard, *kinds: str) -> int | None:
    return max((hit.first for hit in heard.of(*kinds)), default=None)


def comes_after_all(heard: Heard) -> bool:
    """Whether a client takes a refusal back after a reminder: "не смогу. Ой, смогу"; which of both holds is asked."""
    comes = (hit.first for hit in heard.of("COMING") if _ends_clause(heard, hit))
    refused = [hit.end for hit in heard.of("NO", "REFUSE", "WANT_CANCEL")]
    is_asked = heard.context.asked is Asked.ATTENDANCE
    return is_asked and bool(refused) and max(refused) <= max(comes, default=-1)


def _ends_clause(heard: Heard, hit: Hit) -> bool:
    """Whether nothing follows that it may belong to, as in "не смогу, буду в отъезде"."""
    return hit.end >= len(heard.tokens) or heard.word(hit.end) in BREAKS


def _begins_or_ends_with_yes(heard: Heard) -> bool:
    """Whether a yes is an answer and no part of a sentence: it stands first, and no question ends its clause."""
    neutral = heard.covered(NEUTRAL)
    hits = sorted(heard.of("YES"), key=lambda hit: hit.first)
    before = [place for place in range(hits[0].first) if place not in neutral]
    if any(heard.word(place) not in _HARMLESS_SIGNS for place in before):
        return False
    return heard.word(hits[0].end) != "?"


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


def _choice(heard: Heard) -> Iterator[Choose]:
    for number, place in _of_removed(heard):
        yield Choose(number=number, spans=(heard.span(place, place + 1),))
    if heard.context.asked not in _LISTED | {Asked.OPTIONS}:
        return
    number = _only_number(heard, is_ordinal=heard.context.asked is Asked.TIME) or _compared(heard)
    if number and number <= heard.context.options:
        yield Choose(number=number, spans=((0, len(heard.text)),))


def _compared(heard: Heard) -> int:
    """The line of the times that is the earliest or the latest: "то что попозже", "ранний"; 0 for anything else.

    "Попозже" alone asks for other times than those.
    """
    if heard.context.asked not in {Asked.TIME, Asked.OPTIONS} or not heard.context.options:
        return 0
    known = heard.covered(NEUTRAL | {"SOFT", "YES"}) - heard.covered({"ELSEWHEN", "EARLIEST"})
    words = [token.text for place, token in enumerate(heard.tokens) if place not in known]
    way = [word for word in words if word in _EARLY or word in _LATE]
    rest = {word for word in words if word not in way} - _HARMLESS_SIGNS - {"?"}
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
    words = [word for word in rest if word not in _HARMLESS_SIGNS | _BESIDE_A_NUMBER | _STARS | {"+", "е", "й"}]
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
