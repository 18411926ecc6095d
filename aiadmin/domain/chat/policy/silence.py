"""When nothing is said: stop words, a chat that a human has, letters that were heard too late, brakes, spam."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from aiadmin.domain.chat.asks import OF_A_TALK, AskKind, Attend
from aiadmin.domain.chat.commands import (
    QUESTIONS,
    AskSlots,
    Command,
    Complaint,
    Earliest,
    HealthMatter,
    Late,
    Media,
    NamedService,
    No,
    Restart,
    SameAsLast,
    Spam,
    Stop,
    WantBooking,
    WantCancel,
    WantHuman,
    WantMove,
)
from aiadmin.domain.chat.dialogue import Dialogue
from aiadmin.domain.chat.floor import HandOverReason, Holder
from aiadmin.domain.chat.notes import HeardLate, LastWish, TalksInCircles
from aiadmin.domain.chat.parts.talk import Goodbye, LastWishPassedOn, WelcomeBack
from aiadmin.domain.chat.policy.answers_to_asks import answers_to_asks
from aiadmin.domain.chat.policy.handing_over import TO_HUMAN
from aiadmin.domain.chat.policy.open_asks import CHITCHAT, answered_ask, is_bare
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.steps import Act, AttendanceAnswer, Part, Reply, SalonNote, Step

TOO_OLD = timedelta(hours=12)
"""What was written longer ago is for a human alone."""
LATE_AT_NIGHT = timedelta(minutes=10)
"""What was written longer ago is not answered in the quiet hours."""
MOST_OF_HOUR, MOST_OF_DAY = 20, 40
"""Replies to one chat."""
MOST_REPEATS = 2
"""How often the same words may come again; then a machine is at the other end."""
_REQUESTS: tuple[type[Command], ...] = (
    WantBooking,
    WantMove,
    WantCancel,
    WantHuman,
    NamedService,
    SameAsLast,
    Earliest,
    AskSlots,
    *QUESTIONS,
    Late,
    Complaint,
    HealthMatter,
)
"""What is asked of us: it ends the silence that a stop word began, for the answer."""


def _silent(turn: TurnFacts) -> Reply:
    return Reply(act=Act.SILENT, dialogue=turn.dialogue)


def stop_words(turn: TurnFacts) -> Reply | None:
    """One confirmation, then silence; words that were heard long after they were written count without one."""
    situation = turn.situation
    if turn.has(Stop):
        is_said = situation.is_opted_out or _is_late(turn) or _is_braked(turn)
        has_wish = turn.has(WantCancel, WantMove) and bool(situation.client.visits)
        last: tuple[Part, ...] = (LastWishPassedOn(),) if has_wish else ()
        parts: tuple[Part, ...] = () if is_said else (*last, Goodbye())
        act = Act.SILENT if situation.is_opted_out else Act.OPT_OUT
        notes = (LastWish(),) if has_wish else ()
        return Reply(act=act, parts=parts, dialogue=Dialogue(name=turn.dialogue.name), opt_out=True, notes=notes)
    if turn.has(Restart):
        is_told = situation.is_opted_out and not _is_late(turn) and not _is_braked(turn)
        parts = (WelcomeBack(),) if is_told else ()
        return Reply(act=Act.INFORM if parts else Act.SILENT, parts=parts, dialogue=turn.dialogue, opt_out=False)
    return None


def _is_late(turn: TurnFacts) -> bool:
    """Whether it is too late, or too late at night, to answer what was written then."""
    situation = turn.situation
    waited = situation.now - situation.written_at
    return waited > TOO_OLD or (waited > LATE_AT_NIGHT and situation.is_quiet)


def _is_braked(turn: TurnFacts) -> bool:
    situation = turn.situation
    is_much = situation.replies_of_hour >= MOST_OF_HOUR or situation.replies_of_day >= MOST_OF_DAY
    return is_much or situation.repeats >= MOST_REPEATS


def closed_to_us(turn: TurnFacts) -> Step | None:
    """A human has the chat, or the client wants no messages: answers are kept, and nothing is said."""
    if _is_held(turn):
        quoted = answers_to_asks(turn) if turn.situation.quoted is not None else None
        return _unsaid(turn, quoted) if quoted is not None else _kept_unclear(turn)
    if _is_stopped(turn) and not _asks_something(turn):
        step = answers_to_asks(turn)
        return _unsaid(turn, step) if step is not None else _silent(turn)
    return None


def _is_held(turn: TurnFacts) -> bool:
    floor = turn.situation.floor
    now = turn.situation.now.replace(tzinfo=ZoneInfo(turn.salon.zone))
    return floor.holder is Holder.HUMAN and (floor.until is None or now < floor.until)


def _is_stopped(turn: TurnFacts) -> bool:
    return turn.situation.is_opted_out or turn.situation.floor.holder is Holder.STOPPED


def _asks_something(turn: TurnFacts) -> bool:
    """Whether something is wished of us, or a talk that was begun goes on."""
    is_in_a_talk = any(one.kind in OF_A_TALK for one in turn.situation.asks)
    return turn.has(*_REQUESTS) or is_in_a_talk


def _unsaid(turn: TurnFacts, step: Step) -> Step:
    """A step whose answers count, and whose words are not sent."""
    if not isinstance(step, Reply):
        return step
    return Reply(
        act=Act.SILENT,
        dialogue=turn.dialogue,
        notes=step.notes,
        attendance=step.attendance,
        rating=step.rating,
    )


def _kept_unclear(turn: TurnFacts) -> Reply:
    """A bare word while a human has the chat is theirs; for our question it is unclear at most."""
    ask = answered_ask(turn)
    is_answer = ask is not None and ask.kind is AskKind.ATTENDANCE and ask.answered is None and is_bare(turn)
    if ask is None or not is_answer or ask.record_id is None:
        return _silent(turn)
    unclear = AttendanceAnswer(record_id=ask.record_id, answer=Attend.UNCLEAR)
    return replace(_silent(turn), attendance=(unclear,))


def heard_late(turn: TurnFacts) -> Step | None:
    """What was written long ago goes to the salon; an answer to a reminder counts all the same."""
    if not _is_late(turn):
        return None
    if not [one for one in turn.commands if not isinstance(one, (*CHITCHAT, Spam))]:
        return _silent(turn)
    answered = answers_to_asks(turn)
    if answered is not None and not isinstance(answered, Reply):
        return answered
    if answered is not None and answered.attendance and is_bare(turn):
        return _unsaid(turn, answered)
    attendance = answered.attendance if answered is not None else ()
    notes: tuple[SalonNote, ...] = (*(answered.notes if answered is not None else ()), HeardLate())
    return Reply(act=Act.HAND_OVER, dialogue=turn.dialogue, notes=notes, attendance=attendance)


def spam(turn: TurnFacts) -> Reply | None:
    others = [one for one in turn.commands if not isinstance(one, (Spam, Media, *CHITCHAT))]
    return _silent(turn) if turn.has(Spam) and not others else None


def brakes(turn: TurnFacts) -> Reply | None:
    """Too many replies, or the same words again and again: silence, and one word to the salon."""
    if not _is_braked(turn):
        return None
    limit = HandOverReason.LIMIT
    return Reply(act=Act.HAND_OVER, dialogue=turn.dialogue, hand_over=limit, notes=(TalksInCircles(),))


def off(turn: TurnFacts) -> Step | None:
    """The bot is switched off here: answers to our questions are taken, the urgent is passed on, the rest is left."""
    if turn.situation.is_on:
        return None
    answered = answers_to_asks(_as_answer(turn))
    if answered is not None:
        return answered
    reason = next((reason for kind, reason, _ in TO_HUMAN if turn.has(kind)), None)
    if reason is not None:
        return Reply(act=Act.HAND_OVER, dialogue=turn.dialogue, hand_over=reason)
    is_chitchat = all(isinstance(one, CHITCHAT) for one in turn.commands)
    return _silent(turn) if is_chitchat else replace(_silent(turn), is_left=True, attendance=_unanswered(turn))


def _as_answer(turn: TurnFacts) -> TurnFacts:
    """A wish that the visit be off is a no to the question whether they come: nothing else is done about it here."""
    ask = answered_ask(turn)
    others = [one for one in turn.commands if not isinstance(one, WantCancel)]
    is_for_it = ask is not None and ask.kind is AskKind.ATTENDANCE and len(others) < len(turn.commands)
    return replace(turn, commands=(*others, No())) if is_for_it else turn


def _unanswered(turn: TurnFacts) -> tuple[AttendanceAnswer, ...]:
    """The reminders to which words that only a human understands may be an answer: nobody is asked once more."""
    asks = [one for one in turn.situation.asks if one.kind is AskKind.ATTENDANCE and one.answered is None]
    return tuple(
        AttendanceAnswer(record_id=one.record_id, answer=Attend.UNCLEAR)
        for one in asks
        if one.record_id is not None and not turn.situation.quotes_other
    )
