"""All that a burst says, before one meaning rules out another: wishes, times, what a human has to hear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from aiadmin.domain.chat.answers import answers_in, comes_after_all, nearest_of_visits
from aiadmin.domain.chat.commands import (
    SELF,
    Abuse,
    AskAddress,
    AskDuration,
    AskHours,
    AskMyVisits,
    AskPrice,
    Command,
    Earliest,
    Early,
    Elsewhen,
    Greet,
    Haggle,
    ImpossibleTime,
    Injection,
    Late,
    NamedPrice,
    Repeatedly,
    Restart,
    SameAsLast,
    Spam,
    Stop,
    Suits,
    Thank,
    Wait,
    WantAlteration,
    WantBooking,
    WantCancel,
    WantHuman,
    WantMove,
    WhichWay,
)
from aiadmin.domain.chat.consent import NEUTRAL
from aiadmin.domain.chat.dates.words import LEXICON
from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.feedback import dissatisfaction
from aiadmin.domain.chat.harm import harm_in
from aiadmin.domain.chat.hearing import Heard
from aiadmin.domain.chat.inquiries import inquiries_in
from aiadmin.domain.chat.lexicon import Hit
from aiadmin.domain.chat.mentions.given_names import names_in
from aiadmin.domain.chat.mentions.guests import guests_in
from aiadmin.domain.chat.mentions.masters import staff_in
from aiadmin.domain.chat.mentions.of_each_person import whose_times
from aiadmin.domain.chat.mentions.service_words import is_service_word
from aiadmin.domain.chat.mentions.services import services_in
from aiadmin.domain.chat.morphology import WordClass
from aiadmin.domain.chat.when import Asked, Never, Time, When, spans_of
from aiadmin.domain.chat.words.remarks import OWN

_DIGITS_OF_A_PRICE = range(3, 7)


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
    "ABUSE": Abuse,
    "REPEATED": Repeatedly,
}
"""Meanings that a phrase has whatever stands around it."""


_IN_A_TALK = frozenset(Asked) - {Asked.ATTENDANCE}


_OF_TIMES = frozenset(
    {Asked.DAY, Asked.TIME, Asked.STAFF, Asked.NAME, Asked.GUEST_NAME, Asked.CONSENT, Asked.OPTIONS}
)
"""Questions beside which times have been named: others can be asked for."""


def meanings_in(heard: Heard) -> Iterator[Command]:
    """All that is said, before one thing rules out another."""
    for kind, command in _SPOKEN.items():
        spans = heard.spans(kind)
        is_other = {"SAME_AS_LAST": _is_as_offered, "EARLIEST": _is_nearest_of_visits}.get(kind)
        if spans and not (is_other and is_other(heard)):
            yield command(spans=spans)
    if heard.farewells:
        yield Thank(spans=heard.spans("FAREWELL"))
    yield from harm_in(heard)
    yield from dissatisfaction(heard)
    if heard.orders:
        yield Injection(spans=heard.orders)
    yield from stops_in(heard)
    yield from answers_in(heard)
    yield from services_in(heard)
    yield from staff_in(heard)
    yield from names_in(heard)
    yield from guests_in(heard)
    yield from _price(heard)
    if haggling := _haggling(heard):
        yield Haggle(spans=tuple(heard.span(hit.first, hit.end) for hit in haggling))
    yield from _too_dear(heard)
    yield from _times(heard)
    yield from _wishes(heard)
    yield from inquiries_in(heard)
    yield from _alterations(heard)
    yield from _late(heard)
    if heard.has("SPAM"):
        yield Spam(spans=heard.spans("SPAM"))


def _is_as_offered(heard: Heard) -> bool:
    """Whether "the same" is what is offered, which something else is said of: "то же самое, но к Ольге"."""
    is_offer = heard.context.offers is VisitOperation.BOOK and heard.context.asked in _OF_TIMES
    return is_offer and all(heard.word(hit.first) in _THE_SAME for hit in heard.of("SAME_AS_LAST"))


_THE_SAME = frozenset({"то", "тоже"})


def _is_nearest_of_visits(heard: Heard) -> bool:
    """Whether "the next one" is said of the visits that the client has: "отмените ближайшую запись"."""
    return any(nearest_of_visits(heard, hit.first) for hit in heard.of("EARLIEST"))


def _price(heard: Heard) -> Iterator[NamedPrice | AskPrice]:
    """The one sum for which something is wished; "сколько" before a service asks for its price."""
    for place, token in enumerate(heard.tokens):
        is_price = token.text == "сколько" and is_service_word(heard, place + 1) and not heard.has("ASK_PRICE")
        if is_price and not heard.has("ASK_DURATION", "LASTS", "ASK_FACT"):
            yield AskPrice(spans=(heard.span(place, place + 1),))
    found = {
        int(heard.word(place)): heard.span(hit.first, hit.end)
        for hit in _haggling(heard)
        for place in range(hit.first, hit.end)
        if heard.word(place).isdecimal() and len(heard.word(place)) in _DIGITS_OF_A_PRICE
    }
    if len(found) == 1:
        [(amount, span)] = found.items()
        yield NamedPrice(amount=amount, spans=(span,))


def _haggling(heard: Heard) -> list[Hit]:
    """The phrases that wish for a lower price; "не раньше 18" is an hour, and no price that was."""
    return [hit for hit in heard.of("HAGGLE") if not heard.timed.issuperset(range(hit.first, hit.end))]


def _too_dear(heard: Heard) -> Iterator[Haggle]:
    """Beside an offer: that it was less before, or whether there is anything for less."""
    if heard.context.asked not in _OF_TIMES or _haggling(heard):
        return
    is_why = any(token.text in _WHY for token in heard.tokens)
    words = _CHEAPER | {"дороже"} if is_why else _CHEAPER
    cheaper = [place for place, token in enumerate(heard.tokens) if token.text in words]
    paid = [
        place
        for place, token in enumerate(heard.tokens)
        if token.text.isdecimal()
        and len(token.text) in _DIGITS_OF_A_PRICE
        and any(heard.word(one) in _PAID for one in heard.sentence(place))
    ]
    for place in (*cheaper, *paid)[:1]:
        sentence = heard.sentence(place)
        yield Haggle(spans=(heard.span(sentence[0], sentence[-1] + 1),))


_WHY = frozenset({"почему", "чего", "отчего", "зачем", "что"})
_CHEAPER = frozenset({"дешевле", "подешевле", "бюджетнее", "недорогой", "дешевый"})
_PAID = frozenset(
    {
        "кого",
        "было",
        "был",
        "стоило",
        "стоила",
        "стоил",
        "платила",
        "платил",
        "платили",
        "брали",
        "отдавала",
        "отдала",
    }
    | {"обошлось", "выходило", "вышло", "делала", "делали"}
)


def _times(heard: Heard) -> Iterator[Command]:
    whens = tuple(when for when in heard.whens if when.day or when.time)
    lines = whose_times(heard) if whens else {}
    if whens:
        own = lines.get(SELF) or next(iter(lines.values()), whens)
        yield Suits(whens=own, spans=spans_of(whens))
    for whom, theirs in lines.items():
        if whom != SELF:
            yield Suits(whens=theirs, whom=whom, spans=spans_of(theirs))
    yield from _past(heard)
    for error in heard.errors:
        start, end = error.span
        yield ImpossibleTime(why=error.why, said=heard.text[start:end], near=error.near, spans=(error.span,))
    yield from _elsewhen(heard, whens)
    is_early = any(when.is_earliest for when in heard.whens) and not heard.has("EARLIEST", "HARMLESS")
    if is_early or _is_early_that_day(heard, whens):
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
    hits = [hit for hit in heard.of("ELSEWHEN") if not heard.is_told(hit.first)]
    is_of_talk = heard.context.asked in _OF_TIMES and not is_said
    if _is_early_that_day(heard, whens):
        return
    if hits and (is_of_talk or _is_of_visit(heard, whens)) and not heard.has(*_NO_OTHER_TIME):
        yield Elsewhen(way=WhichWay(hits[-1].value), spans=heard.spans("ELSEWHEN"))


_NO_OTHER_TIME = ("WANT_MOVE", "ASK_FACT", "LATE", "AS_IT_IS")


def _is_early_that_day(heard: Heard, whens: Sequence[When]) -> bool:
    """Whether the first time of a day is wished for: "стрижку в пятницу пораньше"."""
    is_early = any(hit.value == WhichWay.EARLIER and not heard.is_told(hit.first) for hit in heard.of("ELSEWHEN"))
    is_day = any(when.day and when.day.any_of for when in whens) and not any(when.time for when in whens)
    is_new = heard.context.asked is None and any(is_service_word(heard, place) for place in range(len(heard.tokens)))
    return is_early and is_day and is_new and not heard.has("WANT_MOVE", "ASK_MY_VISITS", "LATE", "WANT_CANCEL")


def _is_of_visit(heard: Heard, whens: Sequence[When]) -> bool:
    """Whether "later" may be said of a visit: nothing is talked about, and no time is named but that of the visit."""
    is_timed = any(when.time and _says_time(when.time) for when in whens)
    return heard.context.asked in {None, Asked.ATTENDANCE} and (not is_timed or heard.has("ASK_MY_VISITS"))


def _says_time(said: Time) -> bool:
    return bool(said.any_of) or said.shift is not None or said.is_same


def stops_in(heard: Heard) -> Iterator[Command]:
    """A word to stop or to begin again; one that means other things elsewhere counts only alone."""
    for kind, command in (("STOP", Stop), ("START", Restart)):
        if heard.spans(kind, "") or (heard.spans(kind, "alone") and is_alone(heard, kind, "NO", "YES")):
            yield command(spans=heard.spans(kind))


def is_alone(heard: Heard, *kinds: str) -> bool:
    said = heard.covered({*kinds, *NEUTRAL})
    return all(place in said or not token.text.isalnum() for place, token in enumerate(heard.tokens))


def _wishes(heard: Heard) -> Iterator[Command]:
    """A visit that is wished for, to be moved, or not to be."""
    is_in_a_talk = heard.context.asked in _IN_A_TALK
    if heard.spans("WANT_MOVE", "") or (heard.has("WANT_MOVE") and not is_in_a_talk):
        yield WantMove(spans=heard.spans("WANT_MOVE"))
    elif _gives_another_day(heard):
        yield WantMove()
    if comes_after_all(heard) or _is_to_stand_after_all(heard):
        return
    if heard.spans("WANT_CANCEL", "") or heard.removed or _may_cancel(heard):
        yield WantCancel(spans=heard.spans("WANT_CANCEL"))
    elif _may_move(heard) or _is_sooner_or_later(heard):
        yield WantMove(spans=heard.spans("WANT_CANCEL"))
    if heard.spans("WANT_BOOKING", ""):
        yield WantBooking(spans=heard.spans("WANT_BOOKING", ""))


def _is_to_stand_after_all(heard: Heard) -> bool:
    """Whether a wish to cancel is taken back behind it, and no other visit is named: "отмена. Ой, не отменяйте"."""
    stands = max((hit.first for hit in heard.of("HARMLESS") if hit.value == "stands"), default=-1)
    wished = max((hit.first for hit in heard.of("WANT_CANCEL")), default=stands)
    return wished < stands and not heard.whens and not any(True for _ in services_in(heard))


def _gives_another_day(heard: Heard) -> bool:
    """Whether who has a visit names a day that does not suit, and one that does: "не завтра, а в пятницу"."""
    if not heard.context.coming or heard.context.asked is not None or heard.has("WANT_BOOKING", "WANT_CANCEL"):
        return False
    days = [place for place, token in enumerate(heard.tokens) if {"WD", "REL"} & LEXICON.get(token.text, {}).keys()]
    refused = [place for place in days if _is_refused(heard, place)]
    is_named = any(True for _ in services_in(heard))
    return bool(refused) and not is_named and any(when.day and when.day.any_of for when in heard.whens)


def _is_refused(heard: Heard, place: int) -> bool:
    lead = place - 1 - (heard.word(place - 1) in {"в", "во", "на"})
    return heard.word(lead) == "не" or heard.word(place + 1) in {"никак", "мимо"}


def _is_sooner_or_later(heard: Heard) -> bool:
    """Whether the visit of a reminder is wished to be earlier or later, and no time is said."""
    return heard.context.asked is Asked.ATTENDANCE and heard.has("ELSEWHEN") and not heard.whens


def _may_cancel(heard: Heard) -> bool:
    """Whether "I cannot" is said of a visit, and not of a time that we talk about."""
    if not heard.spans("WANT_CANCEL", "maybe") or heard.context.asked in _IN_A_TALK:
        return False
    refused = any(when.time and when.time.not_in for when in heard.whens)
    return not _wishes_a_time(heard) and not refused and heard.context.asked is None


def _may_move(heard: Heard) -> bool:
    """Whether "I cannot" is said of a visit that may be at another time: that time is named with it."""
    if not heard.spans("WANT_CANCEL", "maybe") or heard.context.asked is not None or heard.has("WANT_BOOKING"):
        return False
    return _wishes_a_time(heard) and not any(True for _ in services_in(heard))


def _wishes_a_time(heard: Heard) -> bool:
    return any((when.day and when.day.any_of) or (when.time and when.time.any_of) for when in heard.whens)


def _alterations(heard: Heard) -> Iterator[WantAlteration]:
    """What says that a visit is to be for more, for something else, or for somebody else."""
    places = range(len(heard.tokens))
    if (
        heard.has("ALTER")
        or _adds_to_visit(heard)
        or any(_is_for_kin(heard, place) or _is_replaced(heard, place) for place in places)
    ):
        yield WantAlteration(spans=heard.spans("ALTER"))


def _adds_to_visit(heard: Heard) -> bool:
    """Whether something is to be added where only a visit that stands can be meant: "добавьте ещё укладку"."""
    is_asked = heard.context.asked not in {None, Asked.ATTENDANCE}
    is_visit = bool(heard.context.coming) and not heard.has("WANT_BOOKING")
    verbs = [place for place, token in enumerate(heard.tokens) if token.text in _ADDED_BY]
    return is_visit and not is_asked and any(heard.word(place + 1) not in _ADDED_ANEW for place in verbs)


_ADDED_ANEW = frozenset({"меня", "нас", "запись", "визит", "в", "его", "ее"})
"""What is added to the journal, and to no visit: "добавьте меня на пятницу"."""
_ADDED_BY = frozenset({"добавьте", "добавь", "добавить", "добавим", "допишите", "допиши", "дописать", "приплюсуйте"})


def _is_replaced(heard: Heard, place: int) -> bool:
    """Whether a verb gives something else for a service: "поменяйте чистку на пилинг"."""
    near = (heard.word(place + 1), heard.word(place + 2))
    services = [word for word in near if heard.context.vocabulary.service_words(word)]
    return heard.word(place) in _REPLACING and bool(services)


_REPLACING = frozenset({"поменяйте", "поменять", "поменяем", "замените", "заменить", "сменить", "смените"})


def _is_for_kin(heard: Heard, place: int) -> bool:
    """Whether a visit is to be put down to a relative: "запись на сестру"."""
    lead = place - 1 - (heard.word(place - 1) in OWN)
    is_led = heard.word(lead) == "на" and heard.word(lead - 1) in {"запись", "визит", "бронь", "перепишите"}
    return is_led and heard.word(place) in heard.context.vocabulary.kin


def _late(heard: Heard) -> Iterator[Late | Early | AskMyVisits | WantMove]:
    early = _comes_early(heard)
    by_clock = _comes_by_clock(heard)
    if by_clock:
        yield by_clock
    elif early:
        yield Early(minutes=_minutes(heard), spans=tuple(heard.span(place, place + 1) for place in early))
    elif _is_moved(heard):
        yield WantMove(spans=heard.spans("LATE"))
    elif heard.has("LATE"):
        yield Late(minutes=_minutes(heard), spans=heard.spans("LATE"))


def _comes_by_clock(heard: Heard) -> Late | Early | AskMyVisits | None:
    """Whether somebody says by a time of day that they are late or early for a visit: "буду в 15:10", of 15:00.

    Who names just the time that the visit has asks whether it stands.
    """
    comes = [place for place, token in enumerate(heard.tokens) if token.text in _COMES_THERE]
    is_wish = heard.has("WANT_BOOKING", "WANT_MOVE", "WANT_CANCEL", "LATE")
    times = [window for when in heard.whens if when.time for window in when.time.any_of]
    if not comes or is_wish or len(times) != 1 or not times[0].is_point or times[0].first is None:
        return None
    if heard.context.asked not in {None, Asked.ATTENDANCE} or heard.has("NO", "REFUSE"):
        return None
    said = heard.whens[0]
    visits = [one for one in heard.context.coming if _may_be_on(said, one, heard.context.now)]
    if len(visits) != 1:
        return None
    spans = tuple(heard.span(place, place + 1) for place in comes)
    late = (datetime.combine(visits[0].date(), times[0].first) - visits[0]) // timedelta(minutes=1)
    if late == 0:
        return AskMyVisits(spans=spans) if heard.context.asked is None and "?" in heard.text else None
    if abs(late) > _MOST_LATE:
        return None
    return Late(minutes=late, spans=spans) if late > 0 else Early(minutes=-late, spans=spans)


_MOST_LATE = 40
"""Minutes: who comes later than that is not late, but wishes for another time."""


def _may_be_on(said: When, visit: datetime, now: datetime) -> bool:
    """Whether a visit is on the day that is said; where none is, on this day or the next."""
    if said.day and said.day.any_of:
        return any(one.has(visit.date()) for one in said.day.any_of)
    return said.day is None and visit.date() - now.date() <= timedelta(days=1)


def _comes_early(heard: Heard) -> Sequence[int]:
    """The words that tell that somebody will be there before their time: "приду минут на 10 раньше, ничего?".

    It is told by a verb of coming in the first person; a visit that "can be earlier" is one to be moved.
    """
    waits = any(token.text in _WAITS for token in heard.tokens)
    is_moved = heard.spans("WANT_MOVE", "") or (heard.has("WANT_MOVE") and not waits)
    if is_moved or heard.has("WANT_BOOKING") or heard.context.asked not in {None, Asked.ATTENDANCE}:
        return ()
    early = [place for place, token in enumerate(heard.tokens) if token.text in _BEFORE_TIME]
    comes = [place for place, token in enumerate(heard.tokens) if token.text in _COMES_THERE]
    told = [place for place in early if any(heard.sentences[place] == heard.sentences[one] for one in comes)]
    is_minutes = any(token.text.startswith("мин") for token in heard.tokens)
    is_there = any(heard.word_class(place) is WordClass.PAST for place in comes)
    told = told or (early if comes and (is_minutes or is_there) else [])
    is_asked = any(heard.word(place) in {"бы", "ли"} for place in range(len(heard.tokens)))
    return [*told, *comes] if told and not is_asked else early if early and waits else ()


_BEFORE_TIME = frozenset({"раньше", "пораньше", "заранее", "рано", "рановато"})
_COMES_THERE = frozenset(
    {
        "приду",
        "придем",
        "буду",
        "будем",
        "приеду",
        "приедем",
        "подойду",
        "подойдем",
        "подъеду",
        "подъедем",
        "подъехала",
    }
    | {"подъехал", "приехала", "приехал", "пришла", "пришел"}
)
_WAITS = frozenset({"подожду", "подождем", "подождать", "посижу", "посидеть", "посидим"})


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
