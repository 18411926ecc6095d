"""A client corrects or takes back a message that was handled already: what follows from it is looked at once more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from aiadmin.domain.chat.asks import AskKind, Attend, OpenAsk
from aiadmin.domain.chat.commands import Command
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.notes import UnclearAnswer
from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.steps import Act, AttendanceAnswer, Reply
from aiadmin.domain.chat.turn import TurnRecord, TurnVerdict

_WRITTEN = frozenset({TurnVerdict.BOOKED, TurnVerdict.MOVED, TurnVerdict.CANCELLED})


def says_the_same(commands: Sequence[Command], before: TurnRecord) -> bool:
    """Whether a correction changes no meaning: a slip of the pen in words that were understood."""
    return tuple(commands) == tuple(before.commands)


def read_again(situation: Situation, before: TurnRecord) -> Situation:
    """What corrected words are read against: the reminder that they answered, whatever has been asked since."""
    answered = [*_standing(situation, before)]
    return replace(situation, quoted=answered[0]) if len(answered) == 1 else situation


def taken_back(situation: Situation, before: TurnRecord) -> Reply:
    """What follows where nobody can read the words any more: an answer is unclear, and a human asks.

    Where something was written into the journal for them, that stands, and a human is told.
    """
    silent = corrected(Reply(act=Act.SILENT, dialogue=situation.dialogue), situation, before)
    if before.verdict in _WRITTEN:
        return replace(silent, act=Act.HAND_OVER, hand_over=HandOverReason.HUMAN)
    return silent


def corrected(reply: Reply, situation: Situation, before: TurnRecord) -> Reply:
    """A reply to corrected words, with what has become unclear by them: answers that they give no more."""
    given = {one.record_id for one in reply.attendance}
    lost = [one for one in _standing(situation, before) if one.record_id not in given]
    unclear = tuple(
        AttendanceAnswer(record_id=one.record_id, answer=Attend.UNCLEAR) for one in lost if one.record_id is not None
    )
    notes = tuple(UnclearAnswer(starts=one.starts) for one in lost if one.starts is not None)
    return replace(reply, attendance=reply.attendance + unclear, notes=reply.notes + notes)


def _standing(situation: Situation, before: TurnRecord) -> Iterator[OpenAsk]:
    """The reminders that the words answered, and whose answer nothing has changed since."""
    answers = {one.record_id: one.answer for one in before.attendance if one.answer is not Attend.UNCLEAR}
    for ask in situation.asks:
        if ask.kind is AskKind.ATTENDANCE and ask.record_id in answers and ask.answered == answers[ask.record_id]:
            yield ask
