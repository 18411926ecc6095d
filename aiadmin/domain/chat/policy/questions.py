"""Questions: prices, lengths, hours, the address, facts, who works when.

A question inside a wish is answered, and then the wish goes on: the open question, or the offer, comes again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from aiadmin.domain.chat.asks import AskKind
from aiadmin.domain.chat.bot_settings import Ability
from aiadmin.domain.chat.commands import (
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
    Earliest,
    Elsewhen,
    Late,
    Name,
    NamedService,
    NamedStaff,
    No,
    SameAsLast,
    Suits,
    WantBooking,
    WantCancel,
    WantMove,
    Yes,
)
from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.holidays import is_holiday
from aiadmin.domain.chat.parts.booking import Booked, MasterAway
from aiadmin.domain.chat.parts.questions import (
    Address,
    AskedOfSalon,
    EarlierWished,
    IsMachine,
    NotInCatalogue,
    OpenHours,
    OpenOn,
    OurMasters,
    OurServices,
    ServiceDescribed,
    StaffOn,
    StaffWeek,
    WhichPrice,
    WhoWorks,
)
from aiadmin.domain.chat.parts.visits import AttendanceAsked
from aiadmin.domain.chat.policy.answers_to_asks import answers_to_asks
from aiadmin.domain.chat.policy.booking import booking
from aiadmin.domain.chat.policy.catalogue import next_day_of
from aiadmin.domain.chat.policy.facts import quoted, told_of_day
from aiadmin.domain.chat.policy.handing_over import BOT
from aiadmin.domain.chat.policy.open_asks import CHITCHAT, answered_ask, is_newest_of_a_talk
from aiadmin.domain.chat.policy.prices import asked_services, category_prices, lengths, masters_of, prices
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.policy.visits import of_others, visits
from aiadmin.domain.chat.policy.wished_times import named_days
from aiadmin.domain.chat.steps import Act, Asks, Part, Reply, Step
from aiadmin.domain.chat.when import Asked
from aiadmin.domain.chat.wishes import names_day, names_time

_QUESTIONS: tuple[type[Command], ...] = (AskPrice, AskDuration, AskWorks, AskHours, AskAddress, AskFact)
_WISHES: tuple[type[Command], ...] = (
    WantBooking,
    WantMove,
    WantCancel,
    AskMyVisits,
    AskSlots,
    SameAsLast,
    Earliest,
    Elsewhen,
    Choose,
    Yes,
    No,
    Name,
    Late,
)
"""What is more than a question: it is answered with it."""
_SERVICES, _ABOUT, _WAITING, _LASTS = "услуги", "описание", "лист ожидания", "стойкость"
_HOLIDAYS, _PEOPLE = "праздники", "мастера"
_WEEK, _FORTNIGHT = 7, 14
MOST_DAYS, _MOST_MASTERS = 3, 6
"""Days whose hours are told one by one."""
_HARM = "противопоказания"
"""A topic whose very word would be an answer about health."""
_OWN_TOPICS = frozenset({BOT, _SERVICES, _ABOUT, _WAITING, _PEOPLE})
_DESCRIBED = {
    _LASTS: ("держ", "хват", "нос", "сохран", "недел", "месяц", "дней", "стойк", "раз в"),
    "сеансы": ("курс", "сеанс", "процедур"),
}
"""What descriptions have that tell how long something lasts, how often it is done, how many times it takes."""


@dataclass
class _Answers:
    """What a burst's questions are answered with.

    Attributes:
        asks: what has to be known first, where the question leaves it open.
        is_unknown: whether the salon has to answer some of them.
        unknown: what the salon has to answer, by its topic.
        is_more_unknown: whether there is more that it has to answer, which has no short word.
        is_told: whether the salon has to know, and that is said already.
    """

    parts: list[Part] = field(default_factory=list)
    asks: Asks | None = None
    is_unknown: bool = False
    unknown: list[str] = field(default_factory=list)
    is_more_unknown: bool = False
    is_told: bool = False


def questions(turn: TurnFacts) -> Step | None:
    """The step of this stage; None where the burst is not its own."""
    if not turn.has(*_QUESTIONS) or of_others(turn) is not None:
        return None
    answers = _answered(turn)
    following = _following(turn)
    if following is None:
        return _alone(turn, answers)
    if not isinstance(following, Reply):
        return following
    return _together(following, answers)


def _answered(turn: TurnFacts) -> _Answers:
    if Ability.ANSWER not in turn.salon.bot.abilities:
        return _Answers(parts=[AskedOfSalon()], is_unknown=True)
    answers = _Answers()
    _of_unknown(turn, answers)
    for answer in (_of_prices, _of_lengths, _of_hours, _of_address, _of_work, _of_facts):
        answer(turn, answers)
    if answers.is_unknown:
        about = () if answers.is_more_unknown or not answers.parts else tuple(answers.unknown)
        answers.parts.append(AskedOfSalon(about=about, is_rest=answers.is_more_unknown and bool(answers.parts)))
    return answers


def _of_unknown(turn: TurnFacts, answers: _Answers) -> None:
    """That there is no such service, said beside another that is asked about; alone it is said with what there is."""
    unclear = [one.unclear for one in turn.of(NamedService) if one.unclear]
    is_beside = bool(asked_services(turn)) or not turn.has(AskPrice, AskDuration)
    if unclear and is_beside and not turn.has(WantBooking):
        answers.parts.append(NotInCatalogue(words=", ".join(dict.fromkeys(unclear))))


def _alone(turn: TurnFacts, answers: _Answers) -> Reply:
    """Answers that no wish stands beside."""
    reply = Reply(act=Act.INFORM, parts=tuple(answers.parts), dialogue=turn.dialogue)
    if answers.asks is not None:
        reply = replace(reply, act=Act.ASK, asks=answers.asks)
    reminder = _reminder(turn)
    if reminder is not None and answers.asks is None:
        dialogue = replace(turn.dialogue, asked=Asked.ATTENDANCE)
        reply = replace(reply, act=Act.ASK, parts=(*reply.parts, reminder), asks=Asks.OTHER, dialogue=dialogue)
    return _told(reply, answers)


def _told(reply: Reply, answers: _Answers) -> Reply:
    """The salon hears of what is not known; the bot goes on."""
    if not (answers.is_unknown or answers.is_told) or reply.hand_over is not None:
        return reply
    return replace(reply, act=Act.HAND_OVER, hand_over=HandOverReason.FACT)


def _together(following: Reply, answers: _Answers) -> Reply:
    parts = [one for one in answers.parts if not isinstance(one, WhichPrice)]
    off = {one.day for one in parts if isinstance(one, StaffOn) and not one.hours}
    left = [one for one in following.parts if not (isinstance(one, MasterAway) and set(one.days) <= off)]
    left = [one for one in left if one not in parts]
    following = replace(following, parts=tuple(left))
    if not following.parts and following.act is Act.SILENT:
        following = replace(following, act=Act.INFORM)
    if any(isinstance(one, Booked) for one in following.parts):
        told = [one for one in parts if not isinstance(one, Address)]  # which is said with what was booked
        return _told(replace(following, parts=(*following.parts, *told)), answers)
    return _told(replace(following, parts=(*parts, *following.parts)), answers)


def _reminder(turn: TurnFacts) -> Part | None:
    """The question of a reminder, once more: a yes with a question beside it was none yet."""
    ask = answered_ask(turn)
    is_open = ask is not None and ask.kind is AskKind.ATTENDANCE and ask.answered is None
    if ask is None or not is_open or ask.starts is None or not turn.has(Yes):
        return None
    return AttendanceAsked(starts=ask.starts)


def _following(turn: TurnFacts) -> Step | None:
    """What the rest of the burst leads to, or the wish that was talked about before the question."""
    if _reminder(turn) is not None:
        return _confirming(turn)
    is_open = is_newest_of_a_talk(turn)
    is_wish = turn.has(*_WISHES) or _names_when(turn) or _is_beside_service(turn)
    if turn.has(AskWorks) and not is_open and not turn.has(WantMove, WantCancel, AskMyVisits, Yes, No, Late):
        return _booking_of(turn)
    if not is_open and not is_wish:
        return None
    agreed = _yes_beside_neutral(turn)
    rest = tuple(_answered_yes(one) for one in turn.commands if not isinstance(one, (*_QUESTIONS, *CHITCHAT)))
    rest = (Yes(),) if agreed else rest
    going_on = replace(turn, commands=rest)
    return visits(going_on) or booking(going_on)


def _yes_beside_neutral(turn: TurnFacts) -> bool:
    """Whether a plain yes leads questions that are answered here, and whose answers change no visit: parking."""
    yes = turn.of(Yes)
    asked = [one for one in turn.commands if not isinstance(one, (Yes, *CHITCHAT))]
    is_neutral = all(isinstance(one, (AskAddress, AskFact)) for one in asked)
    facts = [one for one in asked if isinstance(one, AskFact)]
    is_known = all(one.topic in _NEUTRAL for one in facts) and not quoted(facts, turn.salon)[1]
    is_answered = Ability.ANSWER in turn.salon.bot.abilities and (bool(facts) or bool(turn.salon.address))
    return (
        bool(asked) and is_neutral and is_known and is_answered and all(one.is_leading for one in yes) and bool(yes)
    )


_NEUTRAL = frozenset({"парковка", "оплата", "wifi", "напитки", "сертификат", "абонемент"})
"""Topics whose answers are told to who comes, and keep nobody from coming."""


def _answered_yes(command: Command) -> Command:
    """A yes with a question beside it that is answered here: it is asked again, and the question is not."""
    return replace(command, but=command.but.replace("?", "")) if isinstance(command, Yes) else command


def _names_when(turn: TurnFacts) -> bool:
    """Whether a day or a time is named for a service: then a price beside it is asked within a wish."""
    whens = [when for one in turn.of(Suits) for when in one.whens]
    return turn.has(NamedService) and (names_time(whens) or names_day(whens))


def _is_beside_service(turn: TurnFacts) -> bool:
    """Whether a service is named, and all that is asked stands in sentences of their own."""
    asked = [one for one in turn.commands if isinstance(one, _QUESTIONS)]
    return turn.has(NamedService) and all(isinstance(one, AskFact) and one.is_beside for one in asked)


def _confirming(turn: TurnFacts) -> Step | None:
    """A yes that is a message of its own confirms, whatever is asked in another; one that is not is no yet."""
    if any(one.but and not one.is_first for one in turn.of(Yes)):
        return None
    rest = tuple(Yes() if isinstance(one, Yes) else one for one in turn.commands)
    rest = tuple(one for one in rest if not isinstance(one, (*_QUESTIONS, *CHITCHAT)))
    return answers_to_asks(replace(turn, commands=rest))


def _booking_of(turn: TurnFacts) -> Step | None:
    """Who asks whether a master works on a day may wish to come: which service is asked, if just that is missing."""
    is_unknown = any(one.unknown for one in turn.of(NamedStaff))
    if not is_unknown and _day(turn) is None:
        return None
    if not is_unknown and (turn.dialogue.services or not turn.dialogue.staff):
        return None
    wish = replace(turn.dialogue, operation=turn.dialogue.operation or VisitOperation.BOOK)
    going_on = replace(turn, situation=replace(turn.situation, dialogue=wish), commands=(WantBooking(),))
    step = booking(going_on)
    return step if isinstance(step, Reply) and step.act is Act.ASK else None


# --- what it costs, how long it takes ---


def _of_prices(turn: TurnFacts, answers: _Answers) -> None:
    if turn.has(AskPrice):
        _of_catalogue(turn, answers, prices)


def _of_lengths(turn: TurnFacts, answers: _Answers) -> None:
    if turn.has(AskDuration):
        _of_catalogue(turn, answers, lengths)


def _of_catalogue(turn: TurnFacts, answers: _Answers, said: Callable[[TurnFacts, Sequence[int]], Part]) -> None:
    asked = asked_services(turn)
    unclear = [one.unclear for one in turn.of(NamedService) if one.unclear]
    if asked:
        answers.parts.append(said(turn, asked))
    elif unclear:
        answers.parts += [NotInCatalogue(words=unclear[0]), *_by_category(turn)]
    elif answers.asks is None:
        answers.parts += [*_by_category(turn), WhichPrice()]
        answers.asks = Asks.SERVICE


def _by_category(turn: TurnFacts) -> list[Part]:
    """What the categories begin at, where a price is asked and no service is meant."""
    by_category = category_prices(turn.salon) if turn.has(AskPrice) else None
    return [by_category] if by_category else []


# --- when and where ---


def _day(turn: TurnFacts) -> date | None:
    """The one day that was named."""
    days = named_days([when for one in turn.of(Suits) for when in one.whens])
    return days[0].first if len(days) == 1 and days[0].is_one_day else None


def _of_hours(turn: TurnFacts, answers: _Answers) -> None:
    if not turn.has(AskHours) or any(one.topic == _HOLIDAYS for one in turn.of(AskFact)):
        return  # of holidays only what the owner has told is known
    days = _days_asked(turn)
    by_day = [told_of_day(turn.salon, day) or _hours_of(turn, day) for day in days] or [_hours_of_week(turn)]
    found = dict.fromkeys(part for parts in by_day for part in parts)
    answers.is_unknown = answers.is_unknown or not all(by_day)
    if len(days) > MOST_DAYS:
        special = [one for one in found if not isinstance(one, OpenOn)]
        answers.parts += special or (_hours_of_week(turn) if all(by_day) else [])
    else:
        answers.parts += found


def _days_asked(turn: TurnFacts) -> Sequence[date]:
    """The days that were named, in their order."""
    days = [when.day for one in turn.of(Suits) for when in one.whens if when.day]
    ranges = [one for day in days for one in (*day.any_of, *day.or_else) if one.last is not None]
    found = {
        one.first + timedelta(days=step)
        for one in ranges
        if one.last is not None
        for step in range(min((one.last - one.first).days, _FORTNIGHT) + 1)
    }
    return sorted(found)


def _hours_of_week(turn: TurnFacts) -> list[Part]:
    return [OpenHours(hours=tuple(sorted(turn.salon.hours.items())))] if turn.salon.hours else []


def _hours_of(turn: TurnFacts, day: date) -> list[Part]:
    """When the salon is open on a day; on a holiday who works then, where that is planned: its week tells nothing."""
    if is_holiday(day):
        working = [one for one in _offered(turn) if _works_still(turn, one, day)]
        planned = [span for one in working for span in turn.salon.schedule[(one, day)]]
        names = tuple(turn.salon.staff[one].name for one in working)
        hours = (min(begins for begins, _ in planned), max(ends for _, ends in planned)) if planned else None
        return [WhoWorks(day=day, names=names, hours=hours)] if working else []
    return [OpenOn(day=day, hours=turn.salon.hours.get(day.weekday()))] if turn.salon.hours else []


def _of_address(turn: TurnFacts, answers: _Answers) -> None:
    if not turn.has(AskAddress):
        return
    if turn.salon.address:
        answers.parts.append(Address(address=turn.salon.address))
    else:
        answers.is_unknown = True


# --- who works when ---


def _of_work(turn: TurnFacts, answers: _Answers) -> None:
    if not turn.has(AskWorks):
        return
    asked = tuple(number for one in turn.of(AskWorks) for number in one.ids)
    day = _day(turn)
    if asked:
        for number in dict.fromkeys(asked):
            _of_one(turn, answers, number, day) if day else _of_week(turn, answers, number)
    elif any(one.unknown for one in turn.of(NamedStaff)):
        return  # that nobody is called so is said with what is offered instead
    elif day is not None:
        _of_all(turn, answers, day)
    else:
        answers.parts.append(OurMasters(masters=tuple(_masters(turn))))


def _of_one(turn: TurnFacts, answers: _Answers, number: int, day: date) -> None:
    """Off, from when to when, or not known: never busy."""
    known, hours = turn.salon.staff.get(number), turn.salon.schedule.get((number, day))
    if known is None or hours is None:
        answers.is_unknown = True
        return
    ahead = (when for (who, when), slots in turn.salon.schedule.items() if who == number and slots and when > day)
    next_day = None if hours else min(ahead, default=None)
    answers.parts.append(StaffOn(name=known.name, day=day, hours=tuple(hours), next_day=next_day))


def _of_week(turn: TurnFacts, answers: _Answers, number: int) -> None:
    """On which days somebody works, where no day was named: those of the coming week that are planned."""
    known, today = turn.salon.staff.get(number), turn.situation.now.date()
    days = [today + timedelta(days=step) for step in range(_WEEK)]
    planned = [(day, turn.salon.schedule[(number, day)]) for day in days if (number, day) in turn.salon.schedule]
    if known is None or not planned:
        answers.is_unknown = True
        return
    working = tuple((day, tuple(hours)) for day, hours in planned if hours)
    next_day = None if working else next_day_of(turn.salon, number, today)
    answers.parts.append(StaffWeek(name=known.name, days=working, next_day=next_day))
    answers.is_unknown = answers.is_unknown or not (working or next_day)


def _of_all(turn: TurnFacts, answers: _Answers, day: date) -> None:
    working = [one for one in _offered(turn) if _works_still(turn, one, day)]
    if working:
        answers.parts.append(WhoWorks(day=day, names=tuple(turn.salon.staff[one].name for one in working)))
    elif turn.salon.hours and day.weekday() not in turn.salon.hours:
        answers.parts.append(OpenOn(day=day, hours=None))
    else:
        answers.is_unknown = True


def _works_still(turn: TurnFacts, number: int, day: date) -> bool:
    """Whether a master works on a day; of today only what is left of it counts."""
    hours = turn.salon.schedule.get((number, day)) or ()
    now = turn.situation.now
    return any(day != now.date() or ends > now.time() for _, ends in hours)


def _offered(turn: TurnFacts) -> Iterator[int]:
    """Those who may be offered, and who do what was named."""
    named = asked_services(turn)
    doing = {one for number in named for one in masters_of(turn.salon.services[number], turn.salon)}
    everybody = {one for service in turn.salon.services.values() for one in masters_of(service, turn.salon)}
    return (number for number in turn.salon.staff if number in (doing or everybody))


def _masters(turn: TurnFacts) -> Iterator[tuple[str, str]]:
    for number in _offered(turn):
        person = turn.salon.staff[number]
        yield person.name, person.specialization or ""


# --- facts ---


def _of_facts(turn: TurnFacts, answers: _Answers) -> None:
    asked = turn.of(AskFact)
    topics = {one.topic for one in asked}
    if BOT in topics:
        answers.parts.append(IsMachine())
    if _SERVICES in topics:
        answers.parts.append(OurServices(categories=tuple(turn.salon.categories.values())))
    if _ABOUT in topics:
        _of_service(turn, answers)
    if _PEOPLE in topics:
        _of_people(turn, answers)
    if _WAITING in topics:
        answers.parts.append(EarlierWished())
        answers.is_told = True
    described = {topic for topic in _DESCRIBED if topic in topics and _is_described(turn, answers, topic)}
    own = _OWN_TOPICS | described
    told, unknown = quoted([one for one in asked if one.topic not in own], turn.salon)
    answers.parts += told
    answers.is_unknown = answers.is_unknown or bool(unknown)
    beside = {one.topic for one in asked if one.is_beside}
    answers.unknown += dict.fromkeys(one for one in unknown if one != _HARM and one not in beside)
    answers.is_more_unknown = any(one in beside for one in unknown)


def _of_people(turn: TurnFacts, answers: _Answers) -> None:
    """What the masters are like: who they are is known, whom to take the salon tells."""
    asked = {number for one in turn.of(NamedStaff) for number in one.ids}
    masters = [(turn.salon.staff[one].name, turn.salon.staff[one].specialization or "") for one in _offered(turn)]
    if asked_services(turn) and not asked and len(masters) <= _MOST_MASTERS:
        answers.parts.append(OurMasters(masters=tuple(masters)))
    answers.is_unknown = True
    answers.unknown.append(_PEOPLE)


def _of_service(turn: TurnFacts, answers: _Answers) -> None:
    """What the salon says of a service itself."""
    services = [turn.salon.services[one] for one in asked_services(turn)]
    said = [one for one in services if one.comment]
    answers.parts += [ServiceDescribed(title=one.title, comment=one.comment) for one in said]
    answers.is_unknown = answers.is_unknown or not said


def _is_described(turn: TurnFacts, answers: _Answers, topic: str) -> bool:
    """Whether descriptions of the services tell something, such as how long they last; they are quoted then."""
    services = [turn.salon.services[one] for one in asked_services(turn)]
    said = [one for one in services if any(word in one.comment.lower() for word in _DESCRIBED[topic])]
    answers.parts += [ServiceDescribed(title=one.title, comment=one.comment) for one in said]
    return bool(said)
