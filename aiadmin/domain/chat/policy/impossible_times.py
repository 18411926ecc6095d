"""Days and times that there are not: it is said, and asked again; none is read as another."""

from __future__ import annotations

from aiadmin.domain.chat.commands import ImpossibleTime, Suits, WantBooking, WantCancel, WantMove
from aiadmin.domain.chat.parts.booking import AnotherTime, NoSuchMoment, WhichDay
from aiadmin.domain.chat.policy.offering import asking
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.steps import Asks, Part, Reply
from aiadmin.domain.chat.when import Asked, Never
from aiadmin.domain.chat.wishes import names_day


def impossible_time(turn: TurnFacts) -> Reply | None:
    """The question for another day or time; None where none that there is not was wished for."""
    named = turn.of(ImpossibleTime)
    is_wish = turn.dialogue.operation is not None or turn.has(WantBooking, WantMove)
    if not named or not is_wish or turn.has(WantCancel):
        return None
    first = named[0]
    said = NoSuchMoment(why=first.why, said=first.said)
    if first.why is Never.NO_SUCH_TIME:
        return asking(turn, [said, AnotherTime()], Asks.TIME, Asked.TIME)
    if _names_another_day(turn):
        return None
    question: Part = WhichDay(days=first.near) if first.near else AnotherTime()
    return asking(turn, [said, question], Asks.WHICH_DAY if first.near else Asks.DAY, Asked.DAY)


def _names_another_day(turn: TurnFacts) -> bool:
    """Whether a day that there is stands beside it: "not the 31st, then the 30th"."""
    return names_day([when for one in turn.of(Suits) for when in one.whens])
