"""Visits that a client has: which they are, moving and cancelling them, being late."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from aiadmin.domain.chat.asks import Attend
from aiadmin.domain.chat.commands import (
    AskMyVisits,
    AskSlots,
    AskWorks,
    Choose,
    Command,
    Earliest,
    Elsewhen,
    EveryVisit,
    Guest,
    Late,
    Name,
    NamedService,
    NamedStaff,
    NotUnderstood,
    Suits,
    Thank,
    WantBooking,
    WantCancel,
    WantMove,
    Yes,
)
from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.notes import IsLate
from aiadmin.domain.chat.parts.booking import OneMoreOrMove
from aiadmin.domain.chat.parts.talk import PassedOn
from aiadmin.domain.chat.parts.visits import (
    AlreadyBooked,
    LateTold,
    MyVisits,
    NotMoved,
    NoVisits,
    OnlyOwnVisits,
    VisitKept,
    WhichVisit,
    WishDropped,
)
from aiadmin.domain.chat.policy.altering import altering, early
from aiadmin.domain.chat.policy.booking import booking
from aiadmin.domain.chat.policy.cancelling import cancel, cancel_each
from aiadmin.domain.chat.policy.changes import changes, closed, passed_on
from aiadmin.domain.chat.policy.moving import move
from aiadmin.domain.chat.policy.offering import handing_over
from aiadmin.domain.chat.policy.open_asks import is_newest_of_a_talk, is_plain_no, open_proposal
from aiadmin.domain.chat.policy.own_visits import MOST_NAMED, composites, is_for, live_visits, meant
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.policy.wished_times import is_named, moved_from, named_days, wished_days, wished_point
from aiadmin.domain.chat.situation import OwnVisit
from aiadmin.domain.chat.steps import Act, Asks, LookUp, Part, Reply, Step
from aiadmin.domain.chat.when import Asked, When
from aiadmin.domain.chat.wishes import names_day, names_time, on, some_day_suits, suits

_CHANGING = frozenset({VisitOperation.MOVE, VisitOperation.CANCEL})
_GOES_ON: tuple[type[Command], ...] = (
    Choose,
    Suits,
    NamedStaff,
    NamedService,
    Earliest,
    Elsewhen,
    Yes,
    Guest,
    NotUnderstood,
    EveryVisit,
    Late,
    AskMyVisits,
)
"""What says more of a change that is talked about."""


def visits(turn: TurnFacts) -> Step | None:
    """The step of this stage; None where the burst is not its own."""
    stages: Sequence[Callable[[TurnFacts], Step | None]] = (
        altering,
        of_others,
        changes,
        early,
        _late,
        _asked_for,
        _kept,
        _to_be_changed,
        _booked_already,
        _time_alone,
    )
    return next((step for step in (stage(turn) for stage in stages) if step is not None), None)


def of_others(turn: TurnFacts) -> Reply | None:
    """Other people's visits: nothing is said of them, not even whether there are any."""
    if not turn.has(AskMyVisits, WantMove, WantCancel):
        return None
    others = [one for one in turn.of(Guest) if (one.who or one.name) and not _is_client(turn, one.name)]
    is_named = any(not _is_client(turn, one.given) for one in turn.of(Name))
    if not is_named and (not others or all(one.is_child for one in others)):
        return None
    if others and is_for(turn.situation.client.visits, others):
        return None
    return Reply(act=Act.REFUSED, parts=(OnlyOwnVisits(),), dialogue=closed(turn.dialogue))


def _is_client(turn: TurnFacts, name: str) -> bool:
    """Whether a name is what the one who writes is called."""
    own = turn.situation.client.name or turn.dialogue.name
    return bool(name) and own is not None and own.lower()[:3] == name.lower()[:3]


def _is_of_its_time(turn: TurnFacts) -> bool:
    """Whether it was said of the time of a visit that it does not suit: a move, with no word for one."""
    return turn.dialogue.operation is VisitOperation.MOVE and turn.has(Elsewhen, Late, Suits)


def _late(turn: TurnFacts) -> Step | None:
    """The salon hears at once; the rule is quoted to who has a visit, and nothing is moved."""
    proposal = open_proposal(turn)
    is_of_offer = proposal is not None and proposal.operation is VisitOperation.BOOK and turn.has(Yes)
    if not turn.has(Late) or _is_of_its_time(turn) or is_of_offer:
        return None
    found = turn.situation.client.visits or live_visits(turn)
    if isinstance(found, LookUp):
        return found
    minutes = next((one.minutes for one in turn.of(Late)), None)
    today = [one for one in turn.situation.client.visits if one.starts.date() == turn.situation.now.date()]
    if found == ():
        notes = (IsLate(minutes=minutes, visit=None),)
        return Reply(act=Act.INFORM, parts=(NoVisits(),), dialogue=turn.dialogue, notes=notes)
    return Reply(
        act=Act.HAND_OVER,
        parts=(LateTold(rule=turn.salon.bot.rules.get("late", "")),),
        dialogue=turn.dialogue,
        hand_over=HandOverReason.LATE,
        notes=(IsLate(minutes=minutes, visit=today[0] if today else None),),
    )


def _whens(turn: TurnFacts) -> tuple[When, ...]:
    return tuple(when for one in turn.of(Suits) for when in one.whens)


def _named_day(turn: TurnFacts) -> date | None:
    """The one day that was named."""
    days = named_days(_whens(turn))
    return days[0].first if len(days) == 1 and days[0].is_one_day else None


def _asked_for(turn: TurnFacts) -> Step | None:
    """When, or whether, the client is booked: as the journal has it now, never from memory."""
    if not turn.has(AskMyVisits) or turn.has(WantMove, WantCancel) or _is_of_its_time(turn):
        return None
    found = live_visits(turn)
    if not isinstance(found, tuple):
        return found
    named = meant(turn, found)
    if found and not named.is_missed:
        return _listed(turn, named.visits)
    day = _named_day(turn)
    if named.is_missed and found:
        is_on_it = any(one.starts.date() == day for one in found)
        said = (NoVisits(day=day),) if day and not is_on_it else ()
        parts = (*said, *_listed(turn, found).parts)
        return Reply(act=Act.INFORM, parts=parts, dialogue=turn.dialogue)
    return _none_to_come(turn, day)


def _listed(turn: TurnFacts, visits: Sequence[OwnVisit]) -> Reply:
    part = MyVisits(visits=tuple(visits[:MOST_NAMED]), more=max(len(visits) - MOST_NAMED, 0))
    return Reply(act=Act.INFORM, parts=(part,), dialogue=turn.dialogue)


def _none_to_come(turn: TurnFacts, day: date | None) -> Step:
    """No visit: that is said, and times are offered for what the client thought they had booked."""
    lost = [one for one in turn.situation.client.deleted if day is None or one.starts.date() == day]
    services = composites(lost[0], turn.salon)[:1] or lost[0].services if lost else ()
    whens = _whens(turn) or ((on(lost[0].starts.date()),) if lost else ())
    wish = replace(
        turn.dialogue,
        operation=VisitOperation.BOOK,
        services=turn.dialogue.services or services,
        whens=whens,
        record_id=None,
    )
    wishing = replace(turn, situation=replace(turn.situation, dialogue=wish), commands=(WantBooking(),))
    step = booking(wishing)
    if step is None:
        return Reply(act=Act.REFUSED, parts=(NoVisits(day=day),), dialogue=closed(turn.dialogue))
    return with_parts((NoVisits(day=day),), step)


def with_parts(parts: tuple[Part, ...], step: Step) -> Step:
    """A step whose reply, if it is one, says something else before."""
    return replace(step, parts=(*parts, *step.parts)) if isinstance(step, Reply) else step


def _operation(turn: TurnFacts) -> VisitOperation | None:
    """Which change is talked about; None where it is none."""
    if turn.has(WantCancel):
        return VisitOperation.MOVE if _names_another_day(turn) else VisitOperation.CANCEL
    if _takes_off(turn):
        return VisitOperation.CANCEL
    if (
        turn.has(WantMove)
        or _is_relative(turn)
        or _is_instead(turn)
        or _gives_a_visit_another_day(turn)
        or _is_to_another(turn)
    ):
        return VisitOperation.MOVE
    operation = turn.dialogue.operation
    if operation not in _CHANGING or turn.has(WantBooking):
        return None
    if turn.commands and not turn.has(*_GOES_ON):
        return None
    is_other_day = operation is VisitOperation.CANCEL and turn.has(Suits) and open_proposal(turn) is not None
    return VisitOperation.MOVE if is_other_day else operation


def _takes_off(turn: TurnFacts) -> bool:
    """Whether a service is not to be which is all of a visit that stands, where nothing else is talked about."""
    named = turn.of(NamedService)
    off = {number for one in named if one.is_taken_off for number in one.ids}
    is_all = all(one.is_taken_off for one in named)
    visits = turn.situation.client.visits
    return not is_newest_of_a_talk(turn) and bool(off) and is_all and any({*one.services} <= off for one in visits)


def _names_another_day(turn: TurnFacts) -> bool:
    """Whether who cannot come then has said when they can."""
    days = [when.day for when in _whens(turn) if when.day]
    return any(one.any_of for one in days) and any(one.not_on or one.moved_from for one in days)


def _gives_a_visit_another_day(turn: TurnFacts) -> bool:
    """Whether a day of a visit does not suit and another does, where nothing else is talked about."""
    if _is_talked_about(turn) or not _names_another_day(turn):
        return False
    refused = tuple(When(day=replace(when.day, any_of=())) for when in _whens(turn) if when.day)
    return any(is_named(refused, one.starts) for one in turn.situation.client.visits)


def _is_talked_about(turn: TurnFacts) -> bool:
    """Whether a new visit is: by what we have asked or proposed, or by a service that is named."""
    return is_newest_of_a_talk(turn) or bool(turn.dialogue.services or turn.dialogue.choices)


def _is_to_another(turn: TurnFacts) -> bool:
    """Whether another master is wished for, where no other visit is talked about: for the visit that stands.

    Or just its master, on a day that it is not on: "Вика в пятницу свободна?".
    """
    visits = turn.situation.client.visits
    if _is_talked_about(turn) or not visits:
        return False
    named = turn.of(NamedStaff)
    is_other = any(one.is_other for one in named)
    left = {number for one in named if one.is_excluded for number in one.ids}
    asked = {number for one in named if not one.is_excluded for number in one.ids}
    own = {one.staff_id for one in visits}
    day = _named_day(turn)
    is_another_day = (
        turn.has(AskSlots, AskWorks) and day is not None and all(day != one.starts.date() for one in visits)
    )
    return is_other or bool(left & own) or (is_another_day and bool(asked) and asked <= own)


def _is_relative(turn: TurnFacts) -> bool:
    """Whether a time was said by that of a visit: later than it is, or away from it."""
    proposal, whens = open_proposal(turn), _whens(turn)
    if proposal is not None and proposal.operation is VisitOperation.BOOK:
        return False
    is_by_time = any(one.time and (one.time.shift is not None or one.time.moved_from) for one in whens)
    return (is_by_time or any(one.day and one.day.moved_from for one in whens)) and not turn.has(WantBooking)


def _is_instead(turn: TurnFacts) -> bool:
    """Whether another time is wished for instead of that of a visit that stands: "запишите на 12 вместо 14:30"."""
    whens, dialogue = _whens(turn), turn.dialogue
    is_talk = dialogue.operation is VisitOperation.MOVE and dialogue.record_id is not None
    if is_talk and whens and not turn.has(NamedService):
        return True
    return any(moved_from(whens, one.starts) for one in turn.situation.client.visits)


def _kept(turn: TurnFacts) -> Step | None:
    """A no while a move is talked about: the visit stays."""
    dialogue = turn.dialogue
    if dialogue.operation is not VisitOperation.MOVE or dialogue.record_id is None or not is_plain_no(turn):
        return None
    asks = turn.situation.asks
    is_declined = any(one.record_id == dialogue.record_id and one.answered is Attend.NO for one in asks)
    if is_declined:
        return Reply(act=Act.INFORM, parts=(NotMoved(),), dialogue=closed(dialogue))
    found = live_visits(turn)
    if not isinstance(found, tuple):
        return found
    kept = tuple(VisitKept(visit=one) for one in found if one.record_id == dialogue.record_id) or (NotMoved(),)
    return Reply(act=Act.INFORM, parts=kept, dialogue=closed(dialogue))


def _to_be_changed(turn: TurnFacts) -> Step | None:
    operation = _operation(turn)
    if operation is None:
        return None
    if _drops_a_wish(turn, operation):
        return Reply(act=Act.INFORM, parts=(WishDropped(),), dialogue=closed(turn.dialogue))
    found = live_visits(turn)
    if not isinstance(found, tuple):
        return found
    return _change(turn, operation, found) if found else _nothing_to_change(turn, operation)


def _nothing_to_change(turn: TurnFacts, operation: VisitOperation) -> Step:
    """Who wants another time and has no visit is asked what for."""
    if operation is VisitOperation.MOVE:
        return _none_to_come(turn, None)
    return Reply(act=Act.REFUSED, parts=(NoVisits(),), dialogue=closed(turn.dialogue))


def _change(turn: TurnFacts, operation: VisitOperation, found: tuple[OwnVisit, ...]) -> Step:
    """The step that changes the one visit that is meant, or asks which it is."""
    is_answer = bool(turn.dialogue.options)
    if turn.has(EveryVisit) and len(found) > 1:
        return _every(turn, operation, found)
    named = meant(turn, found, is_move=operation is VisitOperation.MOVE and not is_answer)
    if is_answer and turn.has(Suits) and not turn.has(Choose):
        turn = replace(turn, situation=replace(turn.situation, dialogue=replace(turn.dialogue, whens=())))
    if operation is VisitOperation.CANCEL and _is_each_named(turn, named.visits):
        return _every(turn, operation, named.visits)
    if len(named.visits) > 1:
        return _which(turn, operation, named.visits)
    visit = named.visits[0]
    step = passed_on(turn, visit, operation) or _changed(turn, visit, operation)
    day = _named_day(turn)
    is_on_it = any(one.starts.date() == day for one in found)
    is_of_another = turn.has(AskSlots, WantBooking)
    is_other_day = (
        named.is_missed
        and not is_of_another
        and operation is VisitOperation.CANCEL
        and day is not None
        and not is_on_it
    )
    return with_parts((NoVisits(day=day),), step) if is_other_day else step


def _is_each_named(turn: TurnFacts, visits: Sequence[OwnVisit]) -> bool:
    """Whether several visits are named each by a day of its own: "neither on Friday nor on Monday"."""
    days = [when.day for when in _whens(turn) if when.day]
    dates = {each.first for day in days for each in (*day.any_of, *day.not_on) if each.is_one_day}
    weekdays = {each for day in days for each in day.weekdays | day.not_weekdays}
    own = {one.starts.date() for one in visits if one.starts.date() in dates or one.starts.weekday() in weekdays}
    return 1 < len(visits) == len(own) == len(dates) + len(weekdays)


def _every(turn: TurnFacts, operation: VisitOperation, found: Sequence[OwnVisit]) -> Step:
    """All visits: a human moves them; they are cancelled one after the other, those that the bot may cancel first."""
    if operation is VisitOperation.MOVE:
        return handing_over(turn, [PassedOn()], HandOverReason.LIMIT)
    free = [one for one in found if passed_on(turn, one, operation) is None]
    if not free:
        return handing_over(turn, [PassedOn()], HandOverReason.LIMIT)
    ordered = [*free, *(one for one in found if one not in free)]
    return cancel_each(turn, ordered)


def _changed(turn: TurnFacts, visit: OwnVisit, operation: VisitOperation) -> Step:
    return move(turn, visit) if operation is VisitOperation.MOVE else cancel(turn, visit)


def _drops_a_wish(turn: TurnFacts, operation: VisitOperation) -> bool:
    """Whether it is a new visit's offer that is not wanted any more, and no visit that is to be off."""
    proposal = open_proposal(turn)
    is_new = proposal is not None and proposal.operation is VisitOperation.BOOK
    return operation is VisitOperation.CANCEL and is_new and not turn.situation.client.visits


def _which(turn: TurnFacts, operation: VisitOperation, visits: Sequence[OwnVisit]) -> Reply:
    shown = tuple(visits[:MOST_NAMED])
    dialogue = replace(
        turn.dialogue,
        operation=operation,
        record_id=None,
        asked=Asked.OPTIONS,
        options=tuple(one.record_id for one in shown),
        shown=(),
    )
    part = WhichVisit(operation=operation, visits=shown, more=len(visits) - len(shown))
    return Reply(act=Act.ASK, parts=(part,), dialogue=dialogue, asks=Asks.WHICH_VISIT)


def _booked_already(turn: TurnFacts) -> Step | None:
    """A visit that is wished for and stands already: no second one is made."""
    if turn.dialogue.operation is not VisitOperation.BOOK or not turn.has(WantBooking, NamedService, Suits):
        return None
    if not _same(turn, turn.situation.client.visits):
        return None
    found = live_visits(turn)
    if not isinstance(found, tuple):
        return found
    same = _same(turn, found)
    if not same:
        return None
    return Reply(act=Act.INFORM, parts=(AlreadyBooked(visit=same[0]),), dialogue=closed(turn.dialogue))


def _same(turn: TurnFacts, visits: Sequence[OwnVisit]) -> list[OwnVisit]:
    """The visits that are for just these services at just the time that was named."""
    wished, whens = sorted(turn.dialogue.services), turn.dialogue.whens
    if not wished or wished_point(whens) is None or turn.dialogue.guests:
        return []
    return [
        one
        for one in visits
        if suits(whens, one.starts)
        and wished_days(whens)
        and (sorted(one.services) == wished or wished == sorted(composites(one, turn.salon)[:1]))
    ]


def _time_alone(turn: TurnFacts) -> Step | None:
    """A day or a time without a word for what: a visit that stands is to be moved, or another one is wished for."""
    if turn.dialogue.operation is not None or not turn.has(Suits) or turn.has(WantBooking):
        return None
    found = live_visits(turn) if turn.situation.client.visits else ()
    if not isinstance(found, tuple):
        return found
    if not found:
        return booking(_wishing(turn))
    own = [one for one in found if is_named(_whens(turn), one.starts)]
    if own:
        return Reply(act=Act.SILENT, dialogue=turn.dialogue) if turn.has(Thank) else _listed(turn, own)
    same_day = [one for one in found if some_day_suits(_whens(turn), one.starts.date())]
    if (names_day(_whens(turn)) or names_time(_whens(turn))) and len(same_day) == 1:
        return passed_on(turn, same_day[0], VisitOperation.MOVE) or move(turn, same_day[0])
    dialogue = replace(turn.dialogue, asked=None, is_extra=True)
    return Reply(act=Act.ASK, parts=(OneMoreOrMove(visit=found[0]),), dialogue=dialogue, asks=Asks.OTHER)


def _wishing(turn: TurnFacts) -> TurnFacts:
    """The turn, as if a visit had been asked for."""
    wish = replace(turn.dialogue, operation=VisitOperation.BOOK)
    return replace(turn, situation=replace(turn.situation, dialogue=wish), commands=(*turn.commands, WantBooking()))
