"""A plain yes: one beside which nothing stands that may change what is agreed to.

A yes may lead to a write. It is plain only where each word and sign of the burst is known to change nothing: the yes
itself, chitchat, a feeling, a promise, what is proposed said once more, and what the one it is for is called. A word
that is none of these, a question mark, a "but" makes it a yes with a rest, or none at all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.feelings import arranged_in, feelings_in, longs_for_it
from aiadmin.domain.chat.hearing import Heard
from aiadmin.domain.chat.lexicon import Hit
from aiadmin.domain.chat.mentions.given_names import names_in
from aiadmin.domain.chat.mentions.guests import guests_in
from aiadmin.domain.chat.morphology import WordClass
from aiadmin.domain.chat.proposed import proposed_again, time_again
from aiadmin.domain.chat.when import Asked
from aiadmin.domain.chat.words.feelings import TAKEN, TAKING

NEUTRAL = frozenset({"GREET", "THANK", "TRIFLE"})
"""What changes nothing beside an answer."""
HARMLESS_SIGNS = frozenset('.,!)(:;"«»-*\n')
_AGREED = frozenset({Asked.CONSENT, Asked.ATTENDANCE, Asked.OPTIONS, Asked.NAME, Asked.GUEST_NAME})
"""Questions that a word of consent answers; a name is asked for beside a proposal."""
_DOUBTING = ("NO", "REFUSE", "CHANGE", "HARMLESS", "OR_NOT", "WAIT")
"""What takes a yes back, wherever it stands."""


def is_plain_yes(heard: Heard) -> bool:
    """Whether a burst says yes, and nothing that could change what is agreed to."""
    return Consent(heard).is_plain


@dataclass(frozen=True)
class Consent:
    """A burst as an answer to what is proposed or asked, and what each of its words is there."""

    heard: Heard

    @property
    def is_plain(self) -> bool:
        """Whether it is a yes and nothing beside it may change what is agreed to."""
        heard = self.heard
        is_one = is_bare_number(heard, "1")
        is_taken = any(_takes(heard, place) for place in self._taken)
        is_agreed = heard.has(*self._kinds) or bool(self.demanded) or is_taken or is_one
        is_agreed = is_agreed or self._is_longed_for
        told = self.promised | self._felt | self._arranged | self.late
        if not is_agreed or any(not _is_within(hit, told) for hit in heard.of(*_DOUBTING)):
            return False
        rest = [place for place in range(len(heard.tokens)) if place not in self.explained]
        is_bare = all(heard.word(place) in HARMLESS_SIGNS for place in rest)
        return is_bare or is_one or _is_remark(heard, rest)

    @cached_property
    def explained(self) -> frozenset[int]:
        """The words that change nothing."""
        heard = self.heard
        return frozenset(
            heard.covered(NEUTRAL | self._kinds | self._coming)
            | self.of_name
            | self.demanded
            | self._taken
            | self.late
            | heard.farewells
            | self.promised
            | self._felt
            | self._arranged
            | self._of_all
            | self._proposed
        )

    @property
    def _kinds(self) -> frozenset[str]:
        """The meanings of phrases that are a yes to what was asked."""
        asked = self.heard.context.asked
        is_only_one = asked is Asked.TIME and len(self.heard.context.listed) == 1
        soft = {"SOFT"} if asked in _AGREED or is_only_one else set()
        coming = {"COMING", "AS_IT_IS"} if asked is Asked.ATTENDANCE else set()
        return frozenset({"YES", *soft, *coming})

    @property
    def _coming(self) -> frozenset[str]:
        """Beside a yes to a visit somebody says that they come."""
        context = self.heard.context
        is_visit = context.offers in {VisitOperation.BOOK, VisitOperation.MOVE} and context.asked in _AGREED
        is_booked = context.asked is None and bool(context.coming)
        return frozenset({"COMING"} if is_visit or is_booked else ())

    @cached_property
    def _felt(self) -> frozenset[int]:
        return frozenset(feelings_in(self.heard))

    @cached_property
    def _arranged(self) -> frozenset[int]:
        is_reminded = self.heard.context.asked is Asked.ATTENDANCE
        return frozenset(arranged_in(self.heard)) if is_reminded else frozenset()

    @property
    def _is_longed_for(self) -> bool:
        return self.heard.context.asked is Asked.ATTENDANCE and longs_for_it(self.heard, self._felt)

    @cached_property
    def demanded(self) -> frozenset[int]:
        """The words that ask for just what is proposed: "отменяйте" after "отменить?", "запишите меня"."""
        heard, offers = self.heard, self.heard.context.offers
        if offers is None or heard.context.asked not in _DEMANDED_WHERE:
            return frozenset()
        hits = [hit for hit in heard.of(_DEMANDS[offers]) if not hit.value]
        if offers is VisitOperation.BOOK:
            hits = [hit for hit in hits if _orders_only(heard, hit)]
        return frozenset(place for hit in hits for place in range(hit.first, hit.end))

    @cached_property
    def late(self) -> frozenset[int]:
        """The clause that tells of coming late, which the salon has to hear, and which moves nothing."""
        heard = self.heard
        hits = [hit for hit in heard.of("LATE") if not hit.value]
        if not hits or heard.context.offers is not VisitOperation.BOOK:
            return frozenset()
        told = {place for hit in hits for place in heard.sentence(hit.first)}
        return frozenset(told) if _is_of_lateness(heard, told) else frozenset()

    @cached_property
    def _taken(self) -> set[int]:
        """The words of clauses that take what is offered, and nothing else: "фиксируй", "забираю это время"."""
        heard = self.heard
        if heard.context.offers is not VisitOperation.BOOK or heard.context.asked not in _DEMANDED_WHERE:
            return set()
        verbs = heard.covered({"SOFT"}) | {place for place in range(len(heard.tokens)) if _takes(heard, place)}
        beside = {place for place, token in enumerate(heard.tokens) if token.text in TAKEN}
        near = {place for place in beside for verb in verbs if heard.clauses[place] == heard.clauses[verb]}
        return {*verbs, *near}

    @cached_property
    def promised(self) -> frozenset[int]:
        """The words behind a yes that promise to write or to come some other time, or tell why.

        They wish for nothing and deny nothing, so that they change nothing of what is agreed to.
        """
        heard = self.heard
        agreed = self.demanded or _leading_yes(heard)
        if not agreed or heard.context.offers is None or heard.whens or heard.errors:
            return frozenset()
        behind = [
            place
            for place in range(max(agreed) + 1, len(heard.tokens))
            if heard.clauses[place] > heard.clauses[max(agreed)]
        ]
        words = {heard.word(place) for place in behind}
        is_cancel = heard.context.offers is VisitOperation.CANCEL
        is_told = bool(self.demanded) or any(heard.word_class(place) in _TELLING for place in behind)
        is_aside = bool(words & _PROMISING) or (is_cancel and is_told)
        return frozenset(behind) if is_aside and not _is_open(heard, behind) else frozenset()

    @property
    def _of_all(self) -> set[int]:
        """The words of "yes, both" after a cancellation was proposed: to the one that was, and to the others."""
        is_cancel = self.heard.context.offers is VisitOperation.CANCEL
        return self.heard.covered({"ALL_VISITS"}) if is_cancel else set()

    @cached_property
    def of_name(self) -> frozenset[int]:
        """The words that say what the client, or the guest, is called, and those that lead to it."""
        heard = self.heard
        phrases = heard.covered({"NAME"})
        if heard.context.asked not in {Asked.NAME, Asked.GUEST_NAME, Asked.CONSENT}:
            return frozenset()
        known = heard.context
        is_of_guest = known.asked is Asked.GUEST_NAME or bool(known.offered_for) or known.offers is None
        guests = [one for one in guests_in(heard) if one.name and is_of_guest]
        said = heard.within([span for one in (*names_in(heard), *guests) for span in one.spans])
        own = {place for place in range(len(heard.tokens)) if _is_own_name(heard, place)}
        if heard.context.asked is Asked.CONSENT:
            return frozenset(said | phrases | own) if own or (said and phrases) else frozenset()
        joining = {
            place
            for place, token in enumerate(heard.tokens)
            if (token.text == "и" and (said | phrases) & {place - 1, place + 1})
            or (token.text in _BEFORE_NAME and place + 1 in said | phrases)
        }
        return frozenset(said | joining | phrases) if said else frozenset(phrases)

    @cached_property
    def _proposed(self) -> set[int]:
        is_agreed = self.heard.has("YES", "SOFT", "COMING")
        return proposed_again(self.heard) if is_agreed else set()


_BEFORE_NAME = frozenset({"а", "на", "это", "просто", "можно", "как", "буду"})
_DEMANDED_WHERE = frozenset({Asked.CONSENT, Asked.NAME, Asked.GUEST_NAME})
_DEMANDS: Mapping[VisitOperation, str] = {
    VisitOperation.BOOK: "WANT_BOOKING",
    VisitOperation.MOVE: "WANT_MOVE",
    VisitOperation.CANCEL: "WANT_CANCEL",
}
_WHO = frozenset({"меня", "нас", "ее", "его", "их"})


def _is_of_lateness(heard: Heard, places: Collection[int]) -> bool:
    """Whether a sentence tells of some minutes and no more: "да, только я могу опоздать минут на пять"."""
    own = heard.context.vocabulary
    covered = heard.covered(NEUTRAL | {"LATE", "YES", "SOFT", "COMING"})
    words = [heard.word(place) for place in places if place not in covered]
    bearing = (own.service_words(word) or word in own.names or word in own.kin for word in words)
    return not any(bearing) and not any(word in _DENYING | {"но", "хотя", "?"} for word in words)


def _is_own_name(heard: Heard, place: int) -> bool:
    """Whether a word is what the client is known to be called."""
    names, word, called = heard.context.vocabulary.given_names, heard.word(place), heard.context.called
    return bool(called) and word.isalpha() and names.get(word, word) == names.get(called, called)


def _takes(heard: Heard, place: int) -> bool:
    """Whether a verb asks us to put somebody down, or says that they take it; one that is denied does not."""
    word, kind = heard.word(place), heard.word_class(place)
    lemma = heard.context.vocabulary.morphology.lemma(word)
    is_order = kind is WordClass.ORDER or (kind is WordClass.STATEMENT and word.endswith("ите"))
    is_own = kind is WordClass.STATEMENT and word.endswith(_OF_ONESELF)
    is_taken = word in TAKING or (is_order and lemma in _ORDERED) or (is_own and lemma in _SAID)
    return is_taken and heard.word(place - 1) != "не"


_OF_ONESELF = ("у", "ю", "ем", "им")
_SAID = TAKING - {"писать", "записать", "записывать", "держать", "ставить", "поставить", "внести", "вносить"}
"""What somebody says of themselves who takes it; "пишу" and "ставлю" are no such."""
_ORDERED = TAKING - {"забирать", "забрать", "брать", "взять"}
"""What is asked of us; "заберите" is of somebody or something else."""


def _orders_only(heard: Heard, hit: Hit) -> bool:
    """Whether a wish for a visit is an order and no more: "запишите меня", and not "одну запись ещё"."""
    words = [heard.word(place) for place in range(hit.first + 1, hit.end)]
    return heard.word_class(hit.first) is WordClass.ORDER and set(words) <= _WHO


def _is_within(hit: Hit, places: Collection[int]) -> bool:
    return all(place in places for place in range(hit.first, hit.end))


def _leading_yes(heard: Heard) -> set[int]:
    """The yes that a burst begins with, in a clause of its own."""
    neutral = heard.covered(NEUTRAL)
    for hit in sorted(heard.of("YES"), key=lambda hit: hit.first)[:1]:
        is_first = all(place in neutral or heard.word(place) in HARMLESS_SIGNS for place in range(hit.first))
        is_whole = heard.word(hit.end) in HARMLESS_SIGNS
        return {*range(hit.first, hit.end)} if is_first and is_whole else set()
    return set()


_PROMISING = frozenset(
    {"напишу", "отпишусь", "позвоню", "перезвоню", "сообщу", "расскажу", "запишусь", "перезапишусь", "отзвонюсь"}
    | {"маякну", "наберу", "скину", "пришлю", "спишемся", "созвонимся", "вернусь"}
)
"""What a client will do by and by, behind a yes that stands."""
_UNDECIDED = frozenset(
    {"решу", "решим", "надумаю", "определюсь", "смогу", "сможем", "подумаю", "узнаю", "посмотрю", "спрошу", "уточню"}
    | {"передумаю", "передумаем", "пока", "точно", "сначала", "вечером", "другое", "другой"}
)
"""What makes the promise one to answer, and no yes yet."""
_SOME_TIME = frozenset({"потом", "в", "другой"})
"""How phrases begin that put something off, and are a no to nothing that is to be off."""
_LATER = frozenset({"потом", "позже", "попозже", "позднее"})
_PROMISES = frozenset({"запишусь", "запишемся", "перезапишусь", "перезапишемся"})
PROMISED = _PROMISING | _PROMISES
"""What a client will do later on, in the first person: nothing is asked of us by it."""


def _not_coming(heard: Heard) -> set[int]:
    """The words of "не смогу", "не приду", where it is a cancellation that is agreed to: they say why."""
    if heard.context.offers is not VisitOperation.CANCEL:
        return set()
    hits = [hit for hit in heard.of("REFUSE", "WANT_CANCEL") if heard.word(hit.end - 1) in _COMING_VERBS]
    return {place for hit in hits for place in range(hit.first, hit.end)}


_COMING_VERBS = frozenset(
    {"смогу", "сможем", "могу", "можем", "приду", "придем", "приеду", "приедем", "получится", "получается", "успею"}
    | {"успеваю", "прийти", "приехать", "попасть", "дойти", "быть"}
)
_TELLING = frozenset({WordClass.STATEMENT, WordClass.PAST})


def _is_open(heard: Heard, places: Sequence[int]) -> bool:
    """Whether words behind a yes wish for something, deny something, or leave something to be decided."""
    own = heard.context.vocabulary
    words = [heard.word(place) for place in places if place not in _not_coming(heard)]
    is_left = any(
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
        if hit.kind.startswith(("ASK_", "WANT_BOOKING", "WANT_MOVE", "WANT_HUMAN", "CHANGE")) and hit.first in places
    )
    is_wish = any(hit.first in places and heard.word(hit.first) not in _SOME_TIME for hit in heard.of("NO"))
    is_wish = is_wish or any(
        not {heard.word(place) for place in range(hit.first, hit.end)} & (_LATER | _PROMISES) for hit in asked
    )
    return is_left or is_wish


def _is_remark(heard: Heard, rest: Sequence[int]) -> bool:
    """Whether what stands beside "I will come" changes nothing: a remark, or a question in a message of its own."""
    said = {token.text for token in heard.tokens}
    if heard.context.asked is not Asked.ATTENDANCE or heard.has(*_CHANGING) or _DENYING & said:
        return False
    if not heard.has("YES", "COMING") or (heard.whens and not time_again(heard)):
        return False
    beside = _asked_beside(heard)
    asking = [place for place in rest if place in beside or _asks_apart(heard, place)]
    remarks = [place for place in rest if place not in asking]
    words = [heard.word(place) for place in remarks if heard.word(place) not in HARMLESS_SIGNS]
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


def is_bare_number(heard: Heard, number: str) -> bool:
    """Whether a 1 or a 2 answers a reminder, alone or beside words that say the same: 1 is coming, 2 is not."""
    beside = heard.covered({"YES" if number == "1" else "NO"})
    rest = [token.text for place, token in enumerate(heard.tokens) if place not in beside]
    is_it = [one for one in rest if one not in HARMLESS_SIGNS] == [number]
    return heard.context.asked is Asked.ATTENDANCE and is_it
