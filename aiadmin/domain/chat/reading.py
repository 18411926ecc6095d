"""Understanding by rules: a burst of a client's words becomes commands.

Nothing is decided here and nothing is guessed: what no rule is sure of is `NotUnderstood`, which another reader, or a
human, may take up. A text that is hostile, or too long to be a wish, gives no command that leads to a write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from aiadmin.domain.chat.answers import NEUTRAL, answers_in, comes_after_all, offered_again
from aiadmin.domain.chat.commands import (
    LEADS_TO_A_WRITE,
    Abuse,
    AskAddress,
    AskDuration,
    AskFact,
    AskHours,
    AskMyVisits,
    AskPrice,
    AskSlots,
    AskWorks,
    Choose,
    Command,
    Complaint,
    Earliest,
    Elsewhen,
    EveryVisit,
    Foreign,
    Greet,
    Guest,
    Haggle,
    HealthMatter,
    ImpossibleTime,
    Injection,
    Late,
    Media,
    Name,
    NamedPrice,
    NamedService,
    NamedStaff,
    No,
    NotUnderstood,
    Rating,
    Repeatedly,
    Restart,
    SameAsLast,
    Spam,
    Stop,
    Suits,
    Thank,
    Unread,
    Wait,
    WantBooking,
    WantCancel,
    WantHuman,
    WantMove,
    WhichWay,
    Yes,
)
from aiadmin.domain.chat.coverage import unread_in
from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.feedback import dissatisfaction, is_praise
from aiadmin.domain.chat.hearing import Heard, ReadingContext, hear
from aiadmin.domain.chat.lexicon import Hit, intents
from aiadmin.domain.chat.mentions import guests_in, left_out_clauses, names_in, services_in, staff_in
from aiadmin.domain.chat.morphology import WordClass
from aiadmin.domain.chat.when import Asked, Never, Span, Time, When
from aiadmin.domain.chat.words.intents import ENGLISH
from aiadmin.domain.chat.words.remarks import WISHES
from aiadmin.domain.chat.words.trades import HINTS

LONGEST, MOST_TOKENS = 4_000, 600
"""What is longer is no wish of a client's, and a human reads it."""
_DIGITS_OF_A_PRICE = range(3, 7)
_SHOWN = 500
"""Characters of a text that was not understood which are kept."""
_MINUTES = {"полчаса": 30, "получаса": 30, "час": 60, "четверть": 15, "часик": 60, "часок": 60}
_SPOKEN: Mapping[str, type[Command]] = {
    "GREET": Greet,
    "THANK": Thank,
    "WAIT": Wait,
    "WANT_HUMAN": WantHuman,
    "SAME_AS_LAST": SameAsLast,
    "EARLIEST": Earliest,
    "ASK_PRICE": AskPrice,
    "ASK_HOURS": AskHours,
    "ASK_ADDRESS": AskAddress,
    "ASK_DURATION": AskDuration,
    "HAGGLE": Haggle,
    "ABUSE": Abuse,
    "REPEATED": Repeatedly,
}
"""Meanings that a phrase has whatever stands around it."""
_HOSTILE = (Injection, Spam, Abuse, Stop)
_FOR_A_HUMAN = (Complaint, HealthMatter, WantHuman)
_CHITCHAT = (Greet, Thank)
_NEVER_WITH = (
    WantMove,
    WantCancel,
    WantHuman,
    Late,
    AskMyVisits,
    AskFact,
    Complaint,
    HealthMatter,
    Haggle,
    AskHours,
    AskAddress,
)
"""What makes "I want" a wish for something else than a visit."""
_ENGLISH = {word: ours.strip() for word, _, ours in (line.partition(":") for line in ENGLISH.split("\n") if line)}
_IN_A_TALK = frozenset(Asked) - {Asked.ATTENDANCE}
_OF_TIMES = frozenset(
    {Asked.DAY, Asked.TIME, Asked.STAFF, Asked.NAME, Asked.GUEST_NAME, Asked.CONSENT, Asked.OPTIONS}
)
"""Questions beside which times have been named: others can be asked for."""
_ENOUGH_ENGLISH, _ENOUGH_OURS = 0.25, 0.4
_FEWEST_FOREIGN = 2
_WORD = re.compile(r"[^\W\d_]+")
_NEVER_LAST = frozenset(
    """
в во на к ко с со у о об от до из за под над при про для без после перед через между кроме вместо по около часов
не ни и или либо чтобы если когда тоже также самое самый очень больше меня мой мою моя мое
ваш вашу этот эту это все хочу могу
""".split()  # noqa: SIM905 - a table
)
"""Words behind which a phrase goes on, though a message ends there."""
_FOREIGN_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH_PHRASE = re.compile(
    "|".join(rf"\b{phrase}\b" for phrase in sorted(_ENGLISH, key=len, reverse=True)) + r"|[^\W\d_]+"
)
"""What is known of English, the longest phrase first, or any word."""
_CYRILLIC = re.compile("[а-яёіїєґ]", re.IGNORECASE)


@dataclass(frozen=True)
class Burst:
    """What a client has sent since the last turn, in order.

    Attributes:
        parts: texts, and what is no text.
    """

    parts: tuple[str | Media, ...]

    @property
    def text(self) -> str:
        """All that was written, a line a message; spans of commands are of this text.

        A message that ends in the middle of a phrase goes on in the next one.
        """
        whole = ""
        for part in (one for one in self.parts if isinstance(one, str)):
            whole += part if not whole else (" " if _goes_on(whole) else "\n") + part
        return whole


def _goes_on(text: str) -> bool:
    """Whether the last word of a text is none that anything ends with."""
    words = _WORD.findall(text.lower())
    return bool(words) and text.rstrip()[-1:].isalpha() and words[-1] in _NEVER_LAST


def read(burst: Burst, context: ReadingContext) -> tuple[Command, ...]:
    """What a burst means; any text is read, and the longest in bounded time.

    Returns:
        commands in the order in which they were said; nothing where nothing needs an answer.
    """
    media = tuple(part for part in burst.parts if isinstance(part, Media))
    return (*read_text(burst.text, context), *media)


def read_text(text: str, context: ReadingContext) -> tuple[Command, ...]:
    """What a text means."""
    if not text.strip():
        return ()
    if len(text) > LONGEST:
        return (_not_understood(text),)
    heard = hear(text, context)
    if len(heard.tokens) > MOST_TOKENS:
        return (_not_understood(text),)
    return _foreign(heard) or _ordered(_with_unread(heard, _settled(heard, [*_meanings(heard)])))


def _with_unread(heard: Heard, commands: Sequence[Command]) -> Sequence[Command]:
    """The meanings, and the words beside them that nobody has read; what a human reads anyway needs none."""
    if any(isinstance(one, (*_HOSTILE, *_FOR_A_HUMAN)) for one in commands):
        return commands
    is_reminded = heard.context.asked is Asked.ATTENDANCE and any(
        isinstance(one, (No, WantCancel)) for one in commands
    )
    if is_reminded or heard.context.asked is Asked.RATING:
        return commands
    named = any(isinstance(one, NamedService) and (one.ids or one.unclear) for one in commands)
    unread = [*unread_in(heard, commands)]
    is_wish = heard.has("DOES", "WANT_BOOKING", "ASK_PRICE") or any(isinstance(one, Suits) for one in commands)
    if named or not is_wish or heard.context.asked is not None:
        return [*commands, *unread]
    things = [_as_service(heard, one) for one in unread]
    is_understood = any(isinstance(one, NamedService) for one in things)
    return [*(_without(commands, NotUnderstood) if is_understood else commands), *things]


def _as_service(heard: Heard, unread: Unread) -> Command:
    """A thing that is asked for, where no service is: one that the salon has not."""
    place = next(at for at, token in enumerate(heard.tokens) if token.start == unread.spans[0][0])
    is_thing = heard.word_class(place) in {WordClass.NOUN, WordClass.STRANGE}
    is_asked_for = heard.word(place - 1) in {"на", "за"} or heard.has("DOES", "ASK_PRICE")
    return NamedService(unclear=unread.text, spans=unread.spans) if is_thing and is_asked_for else unread


def _not_understood(text: str) -> NotUnderstood:
    shown = text.strip()[:_SHOWN]
    start = text.index(shown)
    return NotUnderstood(text=shown, spans=((start, start + len(shown)),))


def _foreign(heard: Heard) -> tuple[Command, ...]:
    """A text in another script that is no Russian one mistyped: what is known of English is read, the rest is not."""
    text = _without_greeting(heard)
    words = _FOREIGN_WORD.findall(text.lower())
    if len(words) >= _FEWEST_FOREIGN and not _CYRILLIC.search(text) and heard.has("SPAM"):
        return (Spam(spans=_spans(heard, "SPAM")),)
    is_ours = heard.orders or heard.has("ABUSE") or any(True for _ in _stops(heard))
    is_word = len(words) == 1 and bool(_ENGLISH.get(words[0])) and words[0] not in intents().words
    if (len(words) < _FEWEST_FOREIGN and not is_word) or _CYRILLIC.search(text) or is_ours:
        return ()
    known = [
        word for phrase in _ENGLISH_PHRASE.findall(text.lower()) for word in phrase.split() if phrase in _ENGLISH
    ]
    whole = ((0, len(heard.text)),)
    if len(known) < _ENOUGH_ENGLISH * len(words):
        ours = sum(heard.context.vocabulary.is_ours(token.text) for token in heard.tokens)
        return () if ours >= _ENOUGH_OURS * len(words) else (Foreign(language="", spans=whole),)
    said = hear(_in_russian(heard.text), heard.context)
    commands = _without(_settled(said, [*_meanings(said)]), NotUnderstood, Choose)
    if len(known) < len(words):
        commands = [replace(one, but=heard.text.strip()) if isinstance(one, Yes) else one for one in commands]
    return (Foreign(language="en", spans=whole), *(replace(one, spans=whole) for one in commands))


def _without_greeting(heard: Heard) -> str:
    """The text with blanks for a greeting: it may be in one language, and the wish in another."""
    text = heard.text
    for start, end in (heard.span(hit.first, hit.end) for hit in heard.of("GREET")):
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _in_russian(text: str) -> str:
    """An English text word by word; what is not known is left out."""
    return _ENGLISH_PHRASE.sub(lambda phrase: _ENGLISH.get(phrase.group(), ""), text.lower())


def _meanings(heard: Heard) -> Iterator[Command]:
    """All that is said, before one thing rules out another."""
    for kind, command in _SPOKEN.items():
        spans = _spans(heard, kind)
        if spans:
            yield command(spans=spans)
    if heard.farewells:
        yield Thank(spans=_spans(heard, "FAREWELL"))
    yield from _health(heard)
    yield from dissatisfaction(heard)
    if heard.orders:
        yield Injection(spans=heard.orders)
    yield from _stops(heard)
    yield from answers_in(heard)
    yield from services_in(heard)
    yield from staff_in(heard)
    yield from names_in(heard)
    yield from guests_in(heard)
    yield from _price(heard)
    yield from _times(heard)
    yield from _wishes(heard)
    yield from _questions(heard)
    yield from _late(heard)
    if heard.has("SPAM"):
        yield Spam(spans=_spans(heard, "SPAM"))


_MAY = frozenset(
    {"можно", "нельзя", "льзя", "вредно", "опасно", "разрешено", "разрешается", "повредит", "навредит", "безопасно"}
    | {"противопоказано", "противопоказание", "допускается"}
)
"""Words by which it is asked whether something is harmful."""


def _health(heard: Heard) -> Iterator[HealthMatter]:
    """Harm and illness; what may be both a reason to come and a reason not to counts where it is asked of."""
    harm = [hit for hit in heard.of("HEALTH") if hit.value in {"", "self_harm"}]
    is_asked = any(token.text in _MAY for token in heard.tokens)
    asked = [
        hit
        for hit in heard.of("HEALTH")
        if hit.value == "asked" or (hit.value == "may" and is_asked and not _names_a_service(heard, hit))
    ]
    if harm or asked:
        spans = sorted(heard.span(hit.first, hit.end) for hit in (*harm, *asked))
        yield HealthMatter(is_asked=not harm, spans=tuple(spans))


def _price(heard: Heard) -> Iterator[NamedPrice]:
    """The one sum for which something is wished."""
    found = {
        int(heard.word(place)): heard.span(hit.first, hit.end)
        for hit in heard.of("HAGGLE")
        for place in range(hit.first, hit.end)
        if heard.word(place).isdecimal() and len(heard.word(place)) in _DIGITS_OF_A_PRICE
    }
    if len(found) == 1:
        [(amount, span)] = found.items()
        yield NamedPrice(amount=amount, spans=(span,))


def _times(heard: Heard) -> Iterator[Command]:
    whens = tuple(when for when in heard.whens if when.day or when.time)
    if whens:
        yield Suits(whens=whens, spans=_spans_of_whens(whens))
    yield from _past(heard)
    for error in heard.errors:
        start, end = error.span
        yield ImpossibleTime(why=error.why, said=heard.text[start:end], near=error.near, spans=(error.span,))
    yield from _elsewhen(heard, whens)
    if any(when.is_earliest for when in heard.whens) and not heard.has("EARLIEST", "HARMLESS"):
        yield Earliest()


def _past(heard: Heard) -> Iterator[ImpossibleTime]:
    """Yesterday, where nothing is told of it: a wish for it is none that can be."""
    gone = [place for place, token in enumerate(heard.tokens) if token.text in _GONE and heard.whens]
    for place in gone:
        if not any(heard.word_class(one) is WordClass.PAST for one in heard.sentence(place)):
            yield ImpossibleTime(why=Never.PAST, said=heard.word(place), spans=(heard.span(place, place + 1),))


_GONE = frozenset({"вчера", "позавчера"})


def _elsewhen(heard: Heard, whens: Sequence[When]) -> Iterator[Elsewhen]:
    """Other times than were named: where none of them is said itself, and none of a visit that there is."""
    is_said = any((when.day and when.day.any_of) or (when.time and _says_time(when.time)) for when in whens)
    hits = [*heard.of("ELSEWHEN")]
    is_of_talk = heard.context.asked in _OF_TIMES and not is_said
    if hits and (is_of_talk or _is_of_visit(heard, whens)) and not heard.has("WANT_MOVE", "ASK_FACT", "LATE"):
        yield Elsewhen(way=WhichWay(hits[-1].value), spans=_spans(heard, "ELSEWHEN"))


def _is_of_visit(heard: Heard, whens: Sequence[When]) -> bool:
    """Whether "later" may be said of a visit: nothing is talked about, and no time is named but that of the visit."""
    is_timed = any(when.time and _says_time(when.time) for when in whens)
    return heard.context.asked in {None, Asked.ATTENDANCE} and (not is_timed or heard.has("ASK_MY_VISITS"))


def _says_time(said: Time) -> bool:
    return bool(said.any_of) or said.shift is not None or said.is_same


def _spans(heard: Heard, kind: str, value: str | None = None) -> tuple[Span, ...]:
    hits = (hit for hit in heard.of(kind) if value is None or hit.value == value)
    return tuple(sorted(heard.span(hit.first, hit.end) for hit in hits))


def _spans_of_whens(whens: Sequence[When]) -> tuple[Span, ...]:
    parts = [part for when in whens for part in (when.day, when.time) if part]
    return tuple(sorted({span for part in parts for span in part.spans}))


def _stops(heard: Heard) -> Iterator[Command]:
    """A word to stop or to begin again; one that means other things elsewhere counts only alone."""
    for kind, command in (("STOP", Stop), ("START", Restart)):
        if _spans(heard, kind, "") or (_spans(heard, kind, "alone") and _is_alone(heard, kind, "NO", "YES")):
            yield command(spans=_spans(heard, kind))


def _is_alone(heard: Heard, *kinds: str) -> bool:
    said = heard.covered({*kinds, *NEUTRAL})
    return all(place in said or not token.text.isalnum() for place, token in enumerate(heard.tokens))


def _wishes(heard: Heard) -> Iterator[Command]:
    """A visit that is wished for, to be moved, or not to be."""
    is_in_a_talk = heard.context.asked in _IN_A_TALK
    if _spans(heard, "WANT_MOVE", "") or (heard.has("WANT_MOVE") and not is_in_a_talk):
        yield WantMove(spans=_spans(heard, "WANT_MOVE"))
    if comes_after_all(heard):
        return
    if _spans(heard, "WANT_CANCEL", "") or _may_cancel(heard):
        yield WantCancel(spans=_spans(heard, "WANT_CANCEL"))
    elif _may_move(heard) or _is_sooner_or_later(heard):
        yield WantMove(spans=_spans(heard, "WANT_CANCEL"))
    if _spans(heard, "WANT_BOOKING", ""):
        yield WantBooking(spans=_spans(heard, "WANT_BOOKING", ""))


def _is_sooner_or_later(heard: Heard) -> bool:
    """Whether the visit of a reminder is wished to be earlier or later, and no time is said."""
    return heard.context.asked is Asked.ATTENDANCE and heard.has("ELSEWHEN") and not heard.whens


def _may_cancel(heard: Heard) -> bool:
    """Whether "I cannot" is said of a visit, and not of a time that we talk about."""
    if not _spans(heard, "WANT_CANCEL", "maybe") or heard.context.asked in _IN_A_TALK:
        return False
    refused = any(when.time and when.time.not_in for when in heard.whens)
    return not _wishes_a_time(heard) and not refused and heard.context.asked is None


def _may_move(heard: Heard) -> bool:
    """Whether "I cannot" is said of a visit that may be at another time: that time is named with it."""
    if not _spans(heard, "WANT_CANCEL", "maybe") or heard.context.asked is not None or heard.has("WANT_BOOKING"):
        return False
    return _wishes_a_time(heard) and not any(True for _ in services_in(heard))


def _wishes_a_time(heard: Heard) -> bool:
    return any((when.day and when.day.any_of) or (when.time and when.time.any_of) for when in heard.whens)


def _questions(heard: Heard) -> Iterator[Command]:
    yield from _facts(heard)
    if heard.has("ASK_SLOTS") and not _thing(heard):
        yield AskSlots(spans=_spans(heard, "ASK_SLOTS"))
    yield from _of_visits(heard)
    if heard.has("ASK_WORKS"):
        ids = tuple(one for staff in staff_in(heard) for one in staff.ids)
        yield AskWorks(ids=ids, spans=_spans(heard, "ASK_WORKS"))


def _facts(heard: Heard) -> Iterator[AskFact]:
    """What the owner may have told, and is asked for: by a phrase, by the owner's word, by the word of a thing."""
    of_services = {hit.value for hit in heard.of("ASK_FACT") if _names_a_service(heard, hit)}
    asked = [hit for hit in heard.of("ASK_FACT") if hit.value not in of_services and _is_asked(heard, hit.first)]
    topics = dict.fromkeys(hit.value for hit in asked)
    for topic in topics:
        yield AskFact(topic=topic, spans=_spans(heard, "ASK_FACT", topic))
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


def _of_visits(heard: Heard) -> Iterator[Command]:
    """Visits that are asked about: the client's own, or when somebody else comes, which is for nobody to be told."""
    is_theirs = any(token.text in heard.context.vocabulary.kin for token in heard.tokens)
    if _spans(heard, "ASK_MY_VISITS", "") or (is_theirs and heard.has("ASK_THEIR_VISITS")):
        yield AskMyVisits(spans=_spans(heard, "ASK_MY_VISITS"))
    elif heard.has("ASK_MY_VISITS"):
        is_of_time = heard.context.asked in {None, Asked.ATTENDANCE}
        yield (AskMyVisits if is_of_time else AskDuration)(spans=_spans(heard, "ASK_MY_VISITS"))
    values = {hit.value for hit in heard.of("ALL_VISITS")}
    is_cancel = heard.has("WANT_CANCEL") or heard.context.offers is VisitOperation.CANCEL
    if "" in values or (values and is_cancel) or ("bare" in values and heard.context.asked is Asked.OPTIONS):
        yield EveryVisit(spans=_spans(heard, "ALL_VISITS"))


_LASTING, _TERMS = "стойкость", "состав"


def _about_services(heard: Heard) -> Mapping[str, tuple[Span, ...]]:
    """What is asked about a service, and the words: how long it lasts, what it is, or what a phrase says."""
    found: dict[str, tuple[Span, ...]] = {}
    for hit in heard.of("LASTS", "ABOUT") if _is_about_service(heard) else ():
        topic = hit.value or (_LASTING if hit.kind == "LASTS" else _TERMS)
        found[topic] = (*found.get(topic, ()), heard.span(hit.first, hit.end))
    return found


def _is_about_service(heard: Heard) -> bool:
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


_WAS = frozenset({"был", "была", "было", "были"})
_ASKING = frozenset({"есть", "ли", "можно", "как", "где", "какие", "какая", "какой", "сколько", "подскажите"})
_ASKING_OF_FACTS = _ASKING | {"чем", "что", "нельзя", "надо", "нужно"}


def _own_topics(heard: Heard) -> Iterator[tuple[int, str]]:
    """What the owner has told, asked by its name; a word of a service that is wished for asks for nothing."""
    vocabulary = heard.context.vocabulary
    if not vocabulary.topics or not ("?" in heard.text or any(one.text in _ASKING_OF_FACTS for one in heard.tokens)):
        return
    is_wish = bool(heard.whens) or heard.has("WANT_BOOKING", "ASK_SLOTS", "EARLIEST")
    said = {place for hit in heard.hits for place in range(hit.first, hit.end)}
    for place, token in enumerate(heard.tokens):
        topic = vocabulary.topics.get(token.text)
        if topic is None and not is_wish and place not in said:
            topic = vocabulary.topic_of(token.text)
        if not topic or token.text in vocabulary.titled:
            continue
        if not (is_wish and vocabulary.service_words(token.text)):
            yield place, topic


def _names_a_service(heard: Heard, hit: Hit) -> bool:
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


def _late(heard: Heard) -> Iterator[Late | WantMove]:
    if _is_moved(heard):
        yield WantMove(spans=_spans(heard, "LATE"))
    elif heard.has("LATE"):
        yield Late(minutes=_minutes(heard), spans=_spans(heard, "LATE"))


def _is_moved(heard: Heard) -> bool:
    """Whether "I do not make it" is followed by another time, so that nobody comes late."""
    is_weak = heard.has("LATE") and all(hit.value == "weak" for hit in heard.of("LATE"))
    return is_weak and heard.context.asked in {None, Asked.ATTENDANCE} and _wishes_a_time(heard)


def _minutes(heard: Heard) -> int | None:
    words = [token.text for token in heard.tokens]
    for place, word in enumerate(words):
        if word.isascii() and word.isdecimal() and len(word) <= len("99"):
            around = words[max(0, place - 2) : place + 2]
            if any(one.startswith("мин") for one in around) or "на" in around[:2]:
                return int(word)
    return next((_MINUTES[word] for word in words if word in _MINUTES), None)


def _settled(heard: Heard, commands: Sequence[Command]) -> list[Command]:
    """What is left when what is said for certain has ruled out what may be said."""
    found = _without_spam(heard, commands)
    if any(isinstance(one, (Rating, Choose)) for one in found):
        found = _without(found, Suits, Yes, NamedService)
    found = _without_yes(_without_offered(heard, found))
    if is_praise(heard, found):
        return [one for one in found if isinstance(one, (*_CHITCHAT, Rating))] or [Thank()]
    found = _without_asides(_of_lasting(heard, found))
    if _orders_cancelling(heard) or _leaves_out(heard, found):
        found = _without(found, No)
    found += _weak_booking(heard, found)
    if any(isinstance(one, _HOSTILE) for one in found):
        found = _without(found, *LEADS_TO_A_WRITE)
    found = _without_alarm(heard, found)
    if any(isinstance(one, _FOR_A_HUMAN) for one in found):
        found = _without(found, Yes, Choose)
    if any(isinstance(one, (Complaint, HealthMatter)) for one in found) and not heard.has("WANT_BOOKING"):
        found = _without(found, Suits, WantCancel)
    if heard.context.asked is Asked.RATING and _is_review(heard, found):
        return [
            *_without(found, NamedService, NamedStaff, Suits, ImpossibleTime, Guest, Name),
            *_thanks(heard, found),
        ]
    return _or_not_understood(heard, _about_service(heard, found))


def _about_service(heard: Heard, commands: list[Command]) -> list[Command]:
    """A question about a service that is no wish for it: "какой ботокс лучше?", "ноготь потом врастёт?"."""
    kinds = {type(one) for one in commands}
    services = [one for one in commands if isinstance(one, NamedService) and one.ids and not one.is_excluded]
    is_other = not kinds <= {NamedService, *_CHITCHAT} or bool(heard.whens) or heard.has("DOES", "WANT_BOOKING")
    if not services or is_other or not ("?" in heard.text or heard.word(0) in _ASKING_HOW):
        return commands
    spans = [heard.span(place, place + 1) for place in range(len(heard.tokens)) if _is_predicate(heard, place)]
    return [*commands, AskFact(topic=heard.text.strip()[:_LONGEST_TOPIC], spans=tuple(spans))] if spans else commands


def _is_predicate(heard: Heard, place: int) -> bool:
    """Whether a word says of a service how it is, or what it does; a verb of coming and booking wishes for it."""
    word, morphology = heard.word(place), heard.context.vocabulary.morphology
    if word in _HOW_IT_IS:
        return True
    is_told = heard.word_class(place) is WordClass.STATEMENT and not word.endswith(_OF_YOU)
    is_verb = is_told and not heard.context.vocabulary.service_words(word)
    return (
        is_verb
        and not any(hit.first <= place < hit.end for hit in heard.hits)
        and morphology.lemma(word) not in WISHES
    )


_OF_YOU = ("ете", "ите")
"""How verbs end that ask what we do: "кариес лечите?" asks for a service."""
_ASKING_HOW = frozenset({"чем", "какой", "какая", "какое", "какие", "что", "зачем", "почему", "как", "сколько"})
_HOW_IT_IS = frozenset(
    {"лучше", "хуже", "вредно", "полезно", "опасно", "безопасно", "страшно", "эффективно", "разница", "различие"}
)


def _is_review(heard: Heard, commands: Sequence[Command]) -> bool:
    """Whether an answer to "how was it" tells how it was, and wishes, asks and reproaches nothing."""
    said = {token.text for token in heard.tokens}
    is_other = any(isinstance(one, _NO_REVIEW) for one in commands) or heard.has("WANT_BOOKING", "ASK_SLOTS")
    is_told = any(one.isalpha() for one in said) or any(isinstance(one, Rating) for one in commands)
    return is_told and not is_other and "?" not in said and not said & _REPROACHING


def _thanks(heard: Heard, commands: Sequence[Command]) -> list[Command]:
    is_said = any(isinstance(one, (Rating, Thank, Yes, No)) for one in commands)
    return [] if is_said else [Thank(spans=((0, len(heard.text)),))]


_NO_REVIEW = (
    Complaint,
    HealthMatter,
    WantHuman,
    WantMove,
    WantCancel,
    AskFact,
    AskPrice,
    AskHours,
    Haggle,
    Stop,
    Abuse,
)
_REPROACHING = frozenset(
    """
не нет ни но плохо ужасно ужас долго жаль хуже только однако если зря больно дорого грубо грязно так неплохо
""".split()  # noqa: SIM905 - a table
)
"""Words beside which a rating in words may be a bad one: a human reads it."""


def _without_alarm(heard: Heard, commands: Sequence[Command]) -> list[Command]:
    """Strong words beside a wish are no call for a human: "ужасно хочу", "трубку не берёте, запишите"."""
    is_wish = heard.has("WANT_BOOKING") or bool(
        heard.whens and any(isinstance(one, NamedService) for one in commands)
    )
    kinds = {"COMPLAINT": Complaint, "WANT_HUMAN": WantHuman}
    weak = [
        command
        for kind, command in kinds.items()
        if heard.has(kind) and all(hit.value == "weak" for hit in heard.of(kind))
    ]
    return _without(commands, *weak) if is_wish and weak else list(commands)


def _orders_cancelling(heard: Heard) -> bool:
    """Whether it is asked for that a visit be off, and not only said that nobody comes: "нет, снимайте запись"."""
    hits = [hit for hit in heard.of("WANT_CANCEL") if not hit.value]
    return any(heard.word_class(hit.first) is WordClass.ORDER and heard.word(hit.first - 1) != "не" for hit in hits)


def _leaves_out(heard: Heard, commands: Sequence[Command]) -> bool:
    """Whether a no is said of a service that is left out, and of nothing else: "стрижку, укладку не надо"."""
    clauses = left_out_clauses(heard)
    said = {heard.clauses[hit.first] for hit in heard.of("NO", "REFUSE")}
    return any(isinstance(one, NamedService) and one.is_excluded for one in commands) and said <= clauses


def _without_spam(heard: Heard, commands: Sequence[Command]) -> list[Command]:
    """Words of sellers are no offer where a visit is wished for, and else the whole of it."""
    kinds = {type(one) for one in commands}
    if Spam not in kinds or Injection in kinds:
        return list(commands)
    is_wish = heard.has("WANT_BOOKING") or kinds & {NamedService, NamedStaff, WantMove, WantCancel, AskSlots}
    return _without(commands, Spam) if is_wish else [one for one in commands if isinstance(one, (Spam, Greet))]


def _without(commands: Sequence[Command], *kinds: type[Command]) -> list[Command]:
    return [one for one in commands if not isinstance(one, kinds)]


def _without_offered(heard: Heard, commands: list[Command]) -> list[Command]:
    """The proposed time, said once more beside a plain yes, is no wish for a time."""
    is_agreed = any(isinstance(one, Yes) and not one.but for one in commands)
    return _without(commands, Suits) if is_agreed and offered_again(heard) else commands


def _without_yes(commands: list[Command]) -> list[Command]:
    """ "Записывайте" after a proposal is a yes and no new wish; no yes is plain beside another wish."""
    has_plain = any(isinstance(one, Yes) and not one.but for one in commands)
    if has_plain:
        return _without(commands, WantBooking, WantMove, WantCancel, AskSlots, Elsewhen, Wait)
    kinds = {type(one) for one in commands}
    is_no_new_wish = Yes in kinds and not kinds & {Suits, NamedService, NamedStaff}
    return _without(commands, WantBooking) if is_no_new_wish else commands


def _of_lasting(heard: Heard, commands: list[Command]) -> list[Command]:
    """How long an effect lasts is not how long a visit takes, and no day is wished by it."""
    is_of_lasting = heard.has("LASTS") and _is_about_service(heard)
    return _without(commands, AskDuration, AskSlots, Suits, AskMyVisits) if is_of_lasting else commands


def _without_asides(commands: list[Command]) -> list[Command]:
    """Words that belong to a surer meaning are none of their own."""
    kinds = {type(one) for one in commands}
    if kinds & {WantMove, WantCancel, Late}:
        commands = _without(commands, AskMyVisits)
    if AskFact in kinds or AskMyVisits in kinds:
        commands = _without(commands, AskSlots)
    if WantMove in kinds:
        commands = _without(commands, WantCancel)
    if Wait in kinds:
        commands = _without(commands, Wait if kinds - {Wait, No, Guest, *_CHITCHAT} else Guest)
    if Late in kinds:
        commands = [one for one in commands if not isinstance(one, (Suits, WantCancel, WantMove))]
    return commands


def _weak_booking(heard: Heard, commands: Sequence[Command]) -> list[Command]:
    """A visit wished for by a word that may be a wish for anything."""
    spans = _spans(heard, "WANT_BOOKING", "weak")
    kinds = {type(one) for one in commands}
    is_answer = kinds & {Yes, No} or heard.context.asked not in {None, Asked.SERVICE}
    if not spans or WantBooking in kinds or is_answer or kinds & {*_NEVER_WITH, *_HOSTILE, *_FOR_A_HUMAN, AskPrice}:
        return []
    about = {type(one) for one in commands if not (isinstance(one, NamedService) and one.is_excluded)}
    is_all = _is_alone(heard, "WANT_BOOKING")
    return [WantBooking(spans=spans)] if is_all or about & {NamedService, NamedStaff, Suits, ImpossibleTime} else []


def _or_not_understood(heard: Heard, commands: list[Command]) -> list[Command]:
    if any(not isinstance(one, _CHITCHAT) for one in commands):
        return commands
    neutral = heard.covered(NEUTRAL | {"YES", "COMING"}) | heard.farewells
    rest = [token for place, token in enumerate(heard.tokens) if place not in neutral]
    greeted = {heard.tokens[hit.end].start for hit in heard.of("GREET") if hit.end < len(heard.tokens)}
    is_all_said = all(token.text in _SIGNS or (token.text == "?" and token.start in greeted) for token in rest)
    if is_all_said:
        return commands
    return [*commands, _unread_question(heard) or _not_understood(heard.text)]


def _unread_question(heard: Heard) -> AskFact | None:
    """A whole question in words that a dictionary has, of which no rule knows the answer: the salon may.

    A word or two, such as "а можно?", are about what was said before, and no question of their own.
    """
    if not heard.text.rstrip(" )!.").endswith("?") or heard.whens or heard.has("DOES"):
        return None
    neutral = heard.covered(NEUTRAL | {"YES", "SOFT", "COMING"})
    telling = [
        place
        for place in range(len(heard.tokens))
        if place not in neutral and heard.word_class(place) not in {WordClass.OTHER, WordClass.STRANGE}
    ]
    if len(telling) < _FEWEST_OF_A_QUESTION:
        return None
    unread = _not_understood(heard.text)
    return AskFact(topic=unread.text[:_LONGEST_TOPIC], spans=unread.spans)


_FEWEST_OF_A_QUESTION = 2
_LONGEST_TOPIC = 60


_SIGNS = frozenset(',.!)("\n:')


def _ordered(commands: Sequence[Command]) -> tuple[Command, ...]:
    return tuple(sorted(commands, key=lambda one: one.spans[:1] or ((0, 0),)))
