"""What is left of the meanings of a burst when what is certain has ruled out what is only possible."""

from __future__ import annotations

from collections.abc import Sequence

from aiadmin.domain.chat.care import care_asked
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
    ChoosePriced,
    Command,
    Complaint,
    Earliest,
    Early,
    Elsewhen,
    Greet,
    Guest,
    Haggle,
    HealthMatter,
    ImpossibleTime,
    Injection,
    Late,
    Name,
    NamedService,
    NamedStaff,
    No,
    NotUnderstood,
    Rating,
    SameAsLast,
    Spam,
    Stop,
    Suits,
    Thank,
    Wait,
    WantBooking,
    WantCancel,
    WantHuman,
    WantMove,
    Yes,
    without,
)
from aiadmin.domain.chat.consent import NEUTRAL, PROMISED, Consent
from aiadmin.domain.chat.feedback import is_praise
from aiadmin.domain.chat.hearing import Heard
from aiadmin.domain.chat.inquiries import asks_who, is_about_service
from aiadmin.domain.chat.meanings import is_alone
from aiadmin.domain.chat.mentions.left_out import left_out_clauses
from aiadmin.domain.chat.morphology import WordClass
from aiadmin.domain.chat.when import Asked
from aiadmin.domain.chat.words.remarks import WISHES

_SHOWN = 500
"""Characters of a text that was not understood which are kept."""


HOSTILE = (Injection, Spam, Abuse, Stop)


FOR_A_HUMAN = (Complaint, HealthMatter, WantHuman)


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


def not_understood(text: str) -> NotUnderstood:
    shown = text.strip()[:_SHOWN]
    start = text.index(shown)
    return NotUnderstood(text=shown, spans=((start, start + len(shown)),))


def settled(heard: Heard, commands: Sequence[Command]) -> list[Command]:
    """What is left when what is said for certain has ruled out what may be said."""
    found = _without_spam(heard, commands)
    found = _of_master(heard, _of_choice(heard, found))
    found = _without_promises(heard, _without_yes(_without_said_again(heard, found)))
    if is_praise(heard, found):
        return [one for one in found if isinstance(one, (*_CHITCHAT, Rating))] or [Thank()]
    found = _of_care(heard, _without_asides(_of_lasting(heard, found)))
    found = without(found, WantBooking, AskSlots) if asks_who(heard) else found
    if heard.context.asked in _OFFERED and any(isinstance(one, Haggle) for one in found):
        found = without(found, AskPrice, AskSlots, AskFact, WantBooking)
        found = without(found, Haggle) if any(isinstance(one, No) and one.is_end for one in found) else found
    if _orders_cancelling(heard) or _leaves_out(heard, found) or heard.removed:
        found = without(found, No)
    found += _weak_booking(heard, found)
    hostile = {type(one) for one in found}.intersection(HOSTILE)
    if hostile:
        wishes = [one for one in found if isinstance(one, (WantCancel, WantMove)) and hostile == {Stop}]
        found = [*without(found, *LEADS_TO_A_WRITE), *wishes]
    found = _without_alarm(heard, found)
    if any(isinstance(one, FOR_A_HUMAN) for one in found):
        found = without(found, Yes, Choose)
    if any(isinstance(one, (Complaint, HealthMatter)) for one in found) and not heard.has("WANT_BOOKING"):
        found = without(found, Suits, WantCancel)
    if heard.context.asked is Asked.RATING and _is_review(heard, found):
        return [
            *without(found, NamedService, NamedStaff, Suits, ImpossibleTime, Guest, Name),
            *_thanks(heard, found),
        ]
    return _or_not_understood(heard, _asked_of_service(heard, found))


_OFFERED = frozenset({Asked.CONSENT, Asked.NAME, Asked.GUEST_NAME, Asked.TIME, Asked.STAFF})
"""Questions beside an offer: whether there is anything for less is asked of it, and of no price list."""


def _of_care(heard: Heard, commands: list[Command]) -> list[Command]:
    """What is asked of the time before or after a service, or of an age, is no wish for what is named in it."""
    asked = [*care_asked(heard)] if heard.context.asked in {None, Asked.ATTENDANCE} else []
    is_known = any(one.topic in heard.context.vocabulary.topic_words.values() for one in asked)
    is_read = any(isinstance(one, (AskFact, *FOR_A_HUMAN)) for one in commands)
    if not asked or (is_read and not is_known):
        return commands
    return [*without(commands, *_BESIDE_CARE), *asked]


_BESIDE_CARE = (NamedService, Suits, AskSlots, AskDuration, AskFact, Guest, NotUnderstood, AskHours, Elsewhen)


def _of_master(heard: Heard, commands: list[Command]) -> list[Command]:
    """Until when somebody works is no question for the salon's hours: "Анна завтра до скольки?"."""
    ids = tuple(
        one for named in commands if isinstance(named, NamedStaff) and not named.is_excluded for one in named.ids
    )
    is_of_salon = any(token.text in _OF_SALON for token in heard.tokens)
    if not ids or is_of_salon or not any(isinstance(one, AskHours) for one in commands):
        return commands
    spans = heard.spans("ASK_HOURS")
    asked = [] if any(isinstance(one, AskWorks) for one in commands) else [AskWorks(ids=ids, spans=spans)]
    return [*without(commands, AskHours), *asked]


_OF_SALON = frozenset({"вы", "салон", "салоне", "работаете", "открыты", "закрываетесь"})


def _of_choice(heard: Heard, commands: list[Command]) -> list[Command]:
    """A line of a list, or a rating, is what it is, though its words may be a time or a service elsewhere."""
    if any(isinstance(one, Choose) for one in commands):
        commands = without(commands, Elsewhen, Earliest, AskSlots)
    if any(isinstance(one, ChoosePriced) for one in commands):
        return without(commands, Haggle, AskPrice, Yes, NotUnderstood)
    is_one = any(isinstance(one, (Rating, Choose)) for one in commands)
    is_timed = is_one and (heard.context.asked in {Asked.SERVICE, Asked.STAFF} or _is_moved_line(heard, commands))
    return without(commands, *(() if is_timed else (Suits,)), Yes, NamedService) if is_one else commands


def _is_moved_line(heard: Heard, commands: Sequence[Command]) -> bool:
    """Whether a line is the own visit that is to be moved, and the day or time where it is to go: no word of both."""
    lines = heard.within([span for one in commands if isinstance(one, Choose) for span in one.spans])
    times = heard.within([span for one in commands if isinstance(one, Suits) for span in one.spans])
    is_asked_which = heard.context.asked is Asked.OPTIONS
    is_move = is_asked_which or any(isinstance(one, WantMove) for one in commands)
    is_move = is_move and heard.context.asked is not Asked.TIME
    return is_move and bool(heard.context.coming) and lines.isdisjoint(times)


def _asked_of_service(heard: Heard, commands: list[Command]) -> list[Command]:
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
    return without(commands, *weak) if is_wish and weak else list(commands)


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
    return without(commands, Spam) if is_wish else [one for one in commands if isinstance(one, (Spam, Greet))]


def _without_promises(heard: Heard, commands: list[Command]) -> list[Command]:
    """A refusal stands, whatever is promised behind it: "нет, заболела, потом сама запишусь"."""
    is_refused = any(isinstance(one, No) for one in commands) and heard.context.asked is Asked.ATTENDANCE
    if not is_refused or "?" in heard.text:
        return commands
    clauses = {heard.clauses[place] for place, one in enumerate(heard.tokens) if one.text in PROMISED}
    promised = {place for place, clause in enumerate(heard.clauses) if clause in clauses}
    wishes = (WantBooking, WantMove, Wait, Suits, Elsewhen)
    return [one for one in commands if not (isinstance(one, wishes) and heard.within(one.spans) <= promised)]


def _without_said_again(heard: Heard, commands: list[Command]) -> list[Command]:
    """What stands beside a plain yes and says nothing new is no wish: the time once more, "скорее бы"."""
    if not any(isinstance(one, Yes) and not one.but for one in commands):
        return commands
    consent = Consent(heard)
    again = consent.explained - consent.of_name - consent.late
    return [one for one in commands if not (isinstance(one, _SAID_AGAIN) and heard.within(one.spans) <= again)]


_SAID_AGAIN = (Suits, Earliest, Late, NamedService, NamedStaff, Guest, SameAsLast)
"""What may be read from words that only repeat what is proposed, or tell a feeling."""


def _without_yes(commands: list[Command]) -> list[Command]:
    """ "Записывайте" after a proposal is a yes and no new wish; no yes is plain beside another wish."""
    has_plain = any(isinstance(one, Yes) and not one.but for one in commands)
    if has_plain:
        return without(commands, WantBooking, WantMove, WantCancel, AskSlots, Elsewhen, Wait)
    kinds = {type(one) for one in commands}
    is_no_new_wish = Yes in kinds and not kinds & {Suits, NamedService, NamedStaff}
    return without(commands, WantBooking) if is_no_new_wish else commands


def _of_lasting(heard: Heard, commands: list[Command]) -> list[Command]:
    """How long an effect lasts is not how long a visit takes, and no day is wished by it."""
    is_of_lasting = heard.has("LASTS") and is_about_service(heard)
    return without(commands, AskDuration, AskSlots, Suits, AskMyVisits) if is_of_lasting else commands


def _without_asides(commands: list[Command]) -> list[Command]:
    """Words that belong to a surer meaning are none of their own."""
    kinds = {type(one) for one in commands}
    if kinds & {WantMove, WantCancel, Late}:
        commands = without(commands, AskMyVisits)
    if AskFact in kinds or AskMyVisits in kinds:
        commands = without(commands, AskSlots)
    if WantMove in kinds:
        commands = without(commands, WantCancel)
    if Wait in kinds:
        commands = without(commands, Wait if kinds - {Wait, No, Guest, *_CHITCHAT} else Guest)
    if Early in kinds:
        commands = without(commands, Suits, Elsewhen, WantMove, Late, Earliest, AskSlots, WantBooking, AskFact)
    if Late in kinds:
        commands = [one for one in commands if not isinstance(one, (Suits, WantCancel, WantMove))]
    return commands


def _weak_booking(heard: Heard, commands: Sequence[Command]) -> list[Command]:
    """A visit wished for by a word that may be a wish for anything."""
    spans = heard.spans("WANT_BOOKING", "weak")
    kinds = {type(one) for one in commands}
    is_answer = kinds & {Yes, No} or heard.context.asked not in {None, Asked.SERVICE}
    if not spans or WantBooking in kinds or is_answer or kinds & {*_NEVER_WITH, *HOSTILE, *FOR_A_HUMAN, AskPrice}:
        return []
    about = {type(one) for one in commands if not (isinstance(one, NamedService) and one.is_excluded)}
    is_all = is_alone(heard, "WANT_BOOKING")
    return [WantBooking(spans=spans)] if is_all or about & {NamedService, NamedStaff, Suits, ImpossibleTime} else []


def _or_not_understood(heard: Heard, commands: list[Command]) -> list[Command]:
    stands = _of_what_stands(heard) if all(isinstance(one, (No, *_CHITCHAT)) for one in commands) else None
    if stands is not None:
        return [*without(commands, No), stands]
    if any(not isinstance(one, _CHITCHAT) for one in commands):
        return commands
    neutral = heard.covered(NEUTRAL | {"YES", "COMING"}) | heard.farewells
    rest = [token for place, token in enumerate(heard.tokens) if place not in neutral]
    greeted = {heard.tokens[hit.end].start for hit in heard.of("GREET") if hit.end < len(heard.tokens)}
    is_all_said = all(token.text in _SIGNS or (token.text == "?" and token.start in greeted) for token in rest)
    if is_all_said:
        return commands
    return [*commands, _unread_question(heard) or not_understood(heard.text)]


def _of_what_stands(heard: Heard) -> AskMyVisits | None:
    """Who says that a visit is to stay as it is hears which one they have: "не отменяйте, я приду"."""
    is_said = any(hit.value == "stands" for hit in heard.of("HARMLESS")) or heard.has("AS_IT_IS")
    if not (is_said and heard.context.coming and heard.context.asked is None):
        return None
    return AskMyVisits(spans=heard.spans("HARMLESS", "stands") or heard.spans("AS_IT_IS"))


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
    is_done_here = any(heard.word(place).endswith(_OF_YOU) for place in telling) and any(
        heard.word_class(place) is WordClass.STRANGE for place in range(len(heard.tokens))
    )
    if len(telling) < _FEWEST_OF_A_QUESTION and not is_done_here:
        return None
    unread = not_understood(heard.text)
    return AskFact(topic=unread.text[:_LONGEST_TOPIC], spans=unread.spans)


_FEWEST_OF_A_QUESTION = 2


_LONGEST_TOPIC = 60


_SIGNS = frozenset(',.!)("\n:')
