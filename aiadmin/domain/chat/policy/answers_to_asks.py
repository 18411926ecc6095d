"""Answers to what we have asked beside the dialogue: reminders, ratings, advertisements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from aiadmin.domain.chat.asks import OF_A_TALK, AskKind, Attend, OpenAsk
from aiadmin.domain.chat.bot_settings import Ability
from aiadmin.domain.chat.commands import (
    QUESTIONS,
    AskSlots,
    Choose,
    Command,
    Earliest,
    Elsewhen,
    Guest,
    Late,
    Name,
    NamedService,
    NamedStaff,
    No,
    NotUnderstood,
    Rating,
    SameAsLast,
    Suits,
    Thank,
    WantBooking,
    WantCancel,
    WantMove,
    Yes,
)
from aiadmin.domain.chat.dialogue import PROPOSAL_LIVES, Dialogue, VisitOperation
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.notes import (
    BadRating,
    ComesAfterAll,
    ConfirmsWrittenOff,
    Declined,
    UnclearAnswer,
    UnclearWhichVisit,
    WroteReview,
)
from aiadmin.domain.chat.parts.booking import AnotherTime, FreeTimes
from aiadmin.domain.chat.parts.questions import AskedOfSalon
from aiadmin.domain.chat.parts.talk import PassedOn
from aiadmin.domain.chat.parts.visits import (
    AnswerKept,
    AnswerPassedOn,
    AskNewDay,
    AttendanceAsked,
    AttendanceConfirmed,
    AttendanceDeclined,
    RatingSorry,
    RatingThanked,
    VisitGone,
    WhichIsMeantPassedOn,
)
from aiadmin.domain.chat.policy.booking import booking
from aiadmin.domain.chat.policy.moving import of_visit
from aiadmin.domain.chat.policy.offering import offered, showing
from aiadmin.domain.chat.policy.open_asks import CHITCHAT, answered_ask, is_bare, is_plain_no, is_plain_yes
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.policy.visits import visits
from aiadmin.domain.chat.policy.wished_times import is_named
from aiadmin.domain.chat.situation import OwnVisit
from aiadmin.domain.chat.steps import (
    Act,
    Asks,
    AttendanceAnswer,
    LookUp,
    NeedVisits,
    Part,
    Reply,
    Step,
    Unavailable,
)
from aiadmin.domain.chat.when import Asked

GOOD_STARS = 4
_EXPLAINS_NOTHING: tuple[type[Command], ...] = (Yes, No, NotUnderstood, Guest, Name, NamedStaff, *CHITCHAT)
"""What leaves it open what is meant beside a yes: a human reads it."""
_REVIEWED_WITHIN = timedelta(hours=24)
"""How long words may be an answer to whether a client was content."""
_WISHES: tuple[type[Command], ...] = (
    *(WantBooking, WantMove, WantCancel, AskSlots, Suits, Earliest, Elsewhen, SameAsLast, Guest, Late, Choose),
)


def answers_to_asks(turn: TurnFacts) -> Step | None:
    """The step of this stage; None where the burst is not its own."""
    ask = answered_ask(turn)
    if ask is not None and ask.kind is AskKind.ATTENDANCE and _is_before_it(turn, ask):
        return _attendance(turn, ask)
    if ask is not None and ask.kind is AskKind.RATING:
        return _rating(turn, ask)
    if turn.situation.promo is not None and is_plain_yes(turn) and not turn.situation.quotes_other:
        return _interested(turn, turn.situation.promo)
    is_for_dialogue = ask is not None and ask.kind in OF_A_TALK
    if is_bare(turn) and not is_for_dialogue and not any(one.but for one in turn.of(Yes)):
        return Reply(act=Act.SILENT, dialogue=turn.dialogue)
    return None


def _is_before_it(turn: TurnFacts, ask: OpenAsk) -> bool:
    return ask.starts is None or turn.situation.written_at < ask.starts


# --- reminders ---


def _attendance(turn: TurnFacts, ask: OpenAsk) -> Step | None:
    if turn.situation.promo is not None and turn.situation.quoted is None and is_bare(turn):
        return _interested(turn, turn.situation.promo) if is_plain_yes(turn) else None
    if is_plain_yes(turn):
        return _comes(turn, ask)
    if _is_refusal(turn, ask):
        return _does_not_come(turn, ask)
    if _has_a_rest(turn) or _wishes_another_time(turn, ask):
        is_with = turn.has(Guest) and not turn.has(*_OF_THEMSELVES, *QUESTIONS)
        return _comes_with(turn, ask) if is_with else _comes_but(turn, ask)
    if all(isinstance(one, CHITCHAT) for one in turn.commands):
        return Reply(act=Act.SILENT, dialogue=turn.dialogue)
    return None


_OF_THEMSELVES: tuple[type[Command], ...] = (WantMove, WantCancel, No)
"""What is said of the client's own visit."""


def _comes_with(turn: TurnFacts, ask: OpenAsk) -> Step:
    """Somebody else is to come as well: the salon sees to that, and a yes that stands by itself confirms."""
    if not any(one.is_first for one in turn.of(Yes)) or ask.starts is None:
        return _read_by_human(turn, ask)
    step = _comes(turn, ask)
    if not isinstance(step, Reply) or not step.attendance:
        return step
    parts = (*step.parts, PassedOn())
    return replace(step, act=Act.HAND_OVER, parts=parts, hand_over=HandOverReason.FACT)


def _is_refusal(turn: TurnFacts, ask: OpenAsk) -> bool:
    """A no, and nothing beside it but that they cannot come, or when that would be."""
    others = [one for one in turn.commands if not isinstance(one, (No, WantCancel, Suits, *CHITCHAT))]
    whens = [when for one in turn.of(Suits) for when in one.whens]
    names_another = bool(whens) and (ask.starts is None or not is_named(whens, ask.starts))
    return turn.has(No) and not others and not names_another


def _has_a_rest(turn: TurnFacts) -> bool:
    """Whether an answer has something beside it that may change it."""
    return any(one.but for one in turn.of(Yes)) or (turn.has(Yes, No) and turn.has(Suits, WantMove))


def _wishes_another_time(turn: TurnFacts, ask: OpenAsk) -> bool:
    """Whether another time or master is wished for, and nothing else: of the visit that was asked about."""
    if turn.situation.asks[:1] != (ask,) or turn.dialogue.services or turn.dialogue.choices:
        return False
    of_times = (Suits, WantMove, AskSlots, WantBooking, Earliest, Elsewhen, NamedStaff, *CHITCHAT)
    is_wish = turn.has(Suits, WantMove, Elsewhen) or _wishes_master(turn)
    return is_wish and all(isinstance(one, of_times) for one in turn.commands)


def _rivals(turn: TurnFacts, ask: OpenAsk) -> list[OpenAsk]:
    """Other visits that were asked about and not answered, where this burst quotes none of the questions."""
    if turn.situation.quoted is not None:
        return []
    return [
        one
        for one in turn.situation.asks
        if one.kind is AskKind.ATTENDANCE and one.answered is None and one.record_id != ask.record_id
    ]


def _comes(turn: TurnFacts, ask: OpenAsk) -> Step:
    """Confirmed, if the visit still stands as it was asked about: the journal is read before that is said."""
    if ask.answered is Attend.YES:
        return Reply(act=Act.SILENT, dialogue=turn.dialogue)
    if ask.is_overtaken and turn.situation.quoted is None:
        return _thanked(turn, ask)
    if turn.found.visits is None:
        return LookUp((NeedVisits(),))
    visit = _visit(turn, ask)
    if visit is None and not isinstance(turn.found.visits, Unavailable):
        return _not_there(turn, ask)
    if visit is not None and visit.is_written_off:
        return _written_off(turn, visit)
    return _confirmed(turn, ask, visit)


def _visit(turn: TurnFacts, ask: OpenAsk) -> OwnVisit | None:
    """The visit that was asked about, or what stands of it, at the time that was asked about."""
    found = turn.found.visits
    live = [] if found is None or isinstance(found, Unavailable) else found
    asked: dict[int | None, datetime | None] = dict(ask.others.items())
    asked[ask.record_id] = ask.starts
    theirs = [one for one in live if one.record_id in asked and asked[one.record_id] in (None, one.starts)]
    return min(theirs, key=lambda one: (one.is_written_off, one.starts), default=None)


def _answer(ask: OpenAsk, answer: Attend) -> tuple[AttendanceAnswer, ...]:
    return () if ask.record_id is None else (AttendanceAnswer(record_id=ask.record_id, answer=answer),)


def _thanked(turn: TurnFacts, ask: OpenAsk) -> Reply:
    """Words that may be about other news: thanks, and nothing follows from them."""
    return Reply(act=Act.INFORM, parts=(AnswerKept(),), dialogue=turn.dialogue, attendance=())


def _not_there(turn: TurnFacts, ask: OpenAsk) -> Reply:
    """The visit is gone, or at another time by now."""
    live = turn.found.visits
    known = [] if live is None or isinstance(live, Unavailable) else live
    moved = next((one for one in known if one.record_id == ask.record_id), None)
    if moved is not None:
        part: Part = AttendanceAsked(starts=moved.starts)
        return Reply(act=Act.ASK, parts=(part,), dialogue=_asking_again(turn), asks=Asks.OTHER)
    return Reply(
        act=Act.REFUSED,
        parts=(VisitGone(starts=ask.starts),),
        dialogue=turn.dialogue,
        attendance=_answer(ask, Attend.UNCLEAR),
    )


def _written_off(turn: TurnFacts, visit: OwnVisit) -> Reply:
    """The desk has it that the client does not come: a human clears that up."""
    return Reply(
        act=Act.INFORM,
        parts=(AnswerPassedOn(starts=visit.starts),),
        dialogue=turn.dialogue,
        attendance=(AttendanceAnswer(record_id=visit.record_id, answer=Attend.UNCLEAR),),
        notes=(ConfirmsWrittenOff(starts=visit.starts),),
    )


def _confirmed(turn: TurnFacts, ask: OpenAsk, visit: OwnVisit | None) -> Step:
    """Thanks for a yes; what else is open is asked again by its name."""
    starts = visit.starts if visit is not None else None
    part = AttendanceConfirmed(starts=(starts,)) if starts is not None else AnswerKept()
    notes = (ComesAfterAll(starts=starts),) if ask.answered is Attend.NO and starts is not None else ()
    reply = Reply(
        act=Act.INFORM,
        parts=(part,),
        dialogue=_answered(turn),
        attendance=_answer(ask, Attend.YES),
        notes=notes,
    )
    return _with_rest(turn, ask, reply)


def _answered(turn: TurnFacts) -> Dialogue:
    """A reminder's question is not open any more; what else was asked is."""
    return replace(turn.dialogue, asked=None) if turn.dialogue.asked is Asked.ATTENDANCE else turn.dialogue


def _asking_again(turn: TurnFacts) -> Dialogue:
    """The next short answer is to a reminder's question."""
    return replace(turn.dialogue, asked=Asked.ATTENDANCE)


def _with_rest(turn: TurnFacts, ask: OpenAsk, reply: Reply) -> Step:
    rivals = [one for one in _rivals(turn, ask) if one.starts is not None]
    if rivals and rivals[0].starts is not None:
        other = AttendanceAsked(starts=rivals[0].starts)
        parts = (*reply.parts, other)
        return replace(reply, act=Act.ASK, parts=parts, asks=Asks.OTHER, dialogue=_asking_again(turn))
    again = _offered_again(turn) if turn.situation.is_on else None
    if again is None:
        return reply
    if not isinstance(again, Reply):
        return again
    return replace(
        again,
        parts=(*reply.parts, *again.parts),
        attendance=reply.attendance,
        notes=(*reply.notes, *again.notes),
    )


def _offered_again(turn: TurnFacts) -> Step | None:
    """An earlier offer that is still open, said once more: nothing was answered to it."""
    ask = next((one for one in turn.situation.asks if one.kind is AskKind.PROPOSAL), None)
    if ask is None or ask.proposal is None or turn.situation.written_at - ask.sent_at > PROPOSAL_LIVES:
        return None
    if ask.proposal.operation is VisitOperation.BOOK:
        return offered(turn, ask.proposal)
    waiting = replace(turn.situation, asks=(ask,), quoted=None)
    return visits(replace(turn, situation=waiting, commands=()))


def _does_not_come(turn: TurnFacts, ask: OpenAsk) -> Step:
    """The salon knows and may fill the time; the visit stays in the journal until it is moved or cancelled."""
    if ask.answered is Attend.NO:
        return Reply(act=Act.SILENT, dialogue=turn.dialogue)
    rivals = _rivals(turn, ask)
    if rivals:
        return _unclear_which(turn, [ask, *rivals])
    if ask.is_overtaken and turn.situation.quoted is None:
        return _unsure(turn, ask)
    starts = ask.starts
    if starts is None:
        return _unsure(turn, ask)
    reply = Reply(
        act=Act.INFORM,
        parts=(AttendanceDeclined(starts=starts),),
        dialogue=_answered(turn),
        attendance=_answer(ask, Attend.NO),
        notes=(Declined(starts=starts),),
    )
    if _cancels_too_late(turn, starts):
        return replace(reply, act=Act.HAND_OVER, hand_over=HandOverReason.FORBIDDEN)
    return _with_new_day(turn, ask, reply)


def _cancels_too_late(turn: TurnFacts, starts: datetime) -> bool:
    """Whether a client asks for a cancellation, in so many words, that the salon's rules leave to a human by now."""
    rules = turn.salon.rules
    is_late = rules is not None and not rules.cancel.allows(starts, turn.situation.now)
    return is_late and turn.has(WantCancel)


def _with_new_day(turn: TurnFacts, ask: OpenAsk, reply: Reply) -> Reply:
    """A move is offered where the bot may move."""
    visit = next((one for one in turn.situation.client.visits if one.record_id == ask.record_id), None)
    if visit is None or not turn.situation.is_on or Ability.MOVE not in turn.salon.bot.abilities:
        return reply
    rules = turn.salon.rules
    if rules is not None and not rules.move.allows(visit.starts, turn.situation.now):
        return reply
    dialogue = of_visit(Dialogue(name=turn.dialogue.name), visit, Asked.DAY)
    return replace(reply, act=Act.ASK, parts=(*reply.parts, AskNewDay()), dialogue=dialogue, asks=Asks.DAY)


def _unclear_which(turn: TurnFacts, asks: Sequence[OpenAsk]) -> Reply:
    """One no, and several visits: none is taken for refused, a human asks."""
    return Reply(
        act=Act.HAND_OVER,
        parts=(WhichIsMeantPassedOn(),),
        dialogue=turn.dialogue,
        attendance=tuple(answer for ask in asks for answer in _answer(ask, Attend.UNCLEAR)),
        hand_over=HandOverReason.NOT_UNDERSTOOD,
        notes=(UnclearWhichVisit(starts=tuple(sorted(one.starts for one in asks if one.starts is not None))),),
    )


def _unsure(turn: TurnFacts, ask: OpenAsk) -> Reply:
    notes = () if ask.starts is None else (UnclearAnswer(starts=ask.starts),)
    return Reply(
        act=Act.HAND_OVER,
        parts=(WhichIsMeantPassedOn(),),
        dialogue=turn.dialogue,
        attendance=_answer(ask, Attend.UNCLEAR),
        hand_over=HandOverReason.NOT_UNDERSTOOD,
        notes=notes,
    )


def _wishes_master(turn: TurnFacts) -> bool:
    """Whether another master is wished for, and no other service: of the visit that was asked about."""
    is_named = any((one.ids or one.is_other) and not one.is_excluded for one in turn.of(NamedStaff))
    return is_named and not turn.has(NamedService, Guest)


def _comes_but(turn: TurnFacts, ask: OpenAsk) -> Step | None:
    """Not confirmed: what was said besides is a wish for another time, or for a human to read."""
    if not turn.situation.is_on:
        return _unsure_silently(turn, ask)
    if not turn.has(Suits, WantMove, Elsewhen) and not _wishes_master(turn):
        is_explained = any(not isinstance(one, _EXPLAINS_NOTHING) for one in turn.commands)
        return None if is_explained else _read_by_human(turn, ask)
    dialogue = replace(turn.dialogue, operation=VisitOperation.MOVE, record_id=ask.record_id)
    others: list[Command] = [one for one in turn.commands if not isinstance(one, (Yes, No, WantBooking, AskSlots))]
    wish = (*others, *(() if turn.has(WantMove) else (WantMove(),)))
    step = visits(replace(turn, situation=replace(turn.situation, dialogue=dialogue), commands=wish))
    return replace(step, attendance=_answer(ask, Attend.UNCLEAR)) if isinstance(step, Reply) else step


def _read_by_human(turn: TurnFacts, ask: OpenAsk) -> Reply:
    """An answer with words of which no rule is sure: not taken for a yes, the salon reads it."""
    if ask.starts is None:
        return _unsure(turn, ask)
    reply = _unsure(turn, ask)
    return replace(reply, parts=(AnswerPassedOn(starts=ask.starts),))


def _unsure_silently(turn: TurnFacts, ask: OpenAsk) -> Reply:
    notes = () if ask.starts is None else (UnclearAnswer(starts=ask.starts),)
    return Reply(act=Act.HAND_OVER, dialogue=turn.dialogue, attendance=_answer(ask, Attend.UNCLEAR), notes=notes)


# --- ratings and advertisements ---


def _rating(turn: TurnFacts, ask: OpenAsk) -> Reply | None:
    stars = next((one.stars for one in turn.of(Rating)), None)
    if stars is None and _is_review(turn, ask):
        return Reply(act=Act.INFORM, parts=(AnswerKept(),), dialogue=_unread_no_more(turn), notes=(WroteReview(),))
    if stars is None and not (is_plain_yes(turn) or is_plain_no(turn)):
        return Reply(act=Act.SILENT, dialogue=turn.dialogue) if is_bare(turn) else None
    is_good = stars >= GOOD_STARS if stars is not None else is_plain_yes(turn)
    dialogue = _unread_no_more(turn)
    if is_good and turn.has(*QUESTIONS):
        parts, reason = (RatingThanked(), AskedOfSalon()), HandOverReason.FACT
        return Reply(act=Act.HAND_OVER, parts=parts, dialogue=dialogue, rating=stars, hand_over=reason)
    if is_good:
        return Reply(act=Act.INFORM, parts=(RatingThanked(),), dialogue=dialogue, rating=stars)
    return Reply(
        act=Act.HAND_OVER,
        parts=(RatingSorry(),),
        dialogue=dialogue,
        hand_over=HandOverReason.COMPLAINT,
        notes=(BadRating(stars=stars),),
        rating=stars,
    )


def _is_review(turn: TurnFacts, ask: OpenAsk) -> bool:
    """Whether words on the day of the question are about the visit that was: praise, a story, and no wish."""
    is_fresh = turn.situation.written_at - ask.sent_at < _REVIEWED_WITHIN
    is_telling = turn.has(Thank, NotUnderstood) or bool(turn.dialogue.unread)
    return is_fresh and is_telling and not is_bare(turn) and not turn.has(*QUESTIONS, *_WISHES)


def _unread_no_more(turn: TurnFacts) -> Dialogue:
    """The words of a review are no wish: nothing of them is asked about, or booked."""
    dialogue = turn.dialogue
    kept = Dialogue(name=dialogue.name, family=dialogue.family, language=dialogue.language, said=dialogue.said)
    return replace(kept, question=dialogue.question, circles=dialogue.circles)


def _interested(turn: TurnFacts, services: tuple[int, ...]) -> Step | None:
    """A yes to an advertisement is interest in what it offers, and confirms no visit."""
    wish = Dialogue(
        operation=VisitOperation.BOOK,
        services=services if len(services) == 1 else (),
        choices=(services,) if len(services) > 1 else (),
        name=turn.dialogue.name,
        family=turn.dialogue.family,
    )
    waiting = replace(turn.situation, dialogue=wish, asks=(), quoted=None, promo=None)
    step = booking(replace(turn, situation=waiting, commands=(WantBooking(),)))
    return _as_times(step) if isinstance(step, Reply) else step


def _as_times(reply: Reply) -> Reply:
    """Nothing was asked for yet, so that nothing is proposed: a time that is free, and which one suits."""
    if reply.proposal is None:
        return reply
    slots = reply.proposal.slots
    dialogue = showing(reply.dialogue, slots, Asked.DAY)
    parts = (FreeTimes(slots=slots), AnotherTime())
    return replace(reply, act=Act.OPTIONS, parts=parts, dialogue=dialogue, asks=Asks.DAY, proposal=None)
