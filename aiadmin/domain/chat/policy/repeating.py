"""The same words twice: who has said something new hears that it was heard; the third time a human answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from aiadmin.domain.chat.commands import (
    QUESTIONS,
    Command,
    Earliest,
    Elsewhen,
    Greet,
    Guest,
    Name,
    NamedService,
    NamedStaff,
    Suits,
    Thank,
)
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.parts.booking import FreeTimes, NotNow, OneMoreOrMove, WhatFor
from aiadmin.domain.chat.parts.talk import (
    Again,
    InOneWord,
    MoveOrMore,
    NotUnderstoodPassedOn,
    SaidAgain,
    Waiting,
    WhatIsWished,
    WhichLine,
)
from aiadmin.domain.chat.parts.visits import AnswerKept, MoveTimes, NotMoved, VisitKept, WhichVisit, WishDropped
from aiadmin.domain.chat.policy.handing_over import opening
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.steps import Act, Part, Reply

MOST_CIRCLES = 1
"""How often the same may be said again before a human answers."""
_FACTS: tuple[type[Command], ...] = (Suits, NamedStaff, NamedService, Name, Guest, Earliest, Elsewhen)
_COURTESIES: tuple[type[Part], ...] = (Waiting, AnswerKept, NotNow, VisitKept, NotMoved, WishDropped)
"""What answers no question: said once, it needs no second time."""
_NEVER = frozenset({Act.SILENT, Act.OPT_OUT, Act.DONE, Act.HAND_OVER})
"""What is said of a change, or of a human who is told, stands as it is."""


def not_again(turn: TurnFacts, reply: Reply) -> Reply:
    """The reply; where it says just what the last one said, that it does so, or a human instead."""
    before = turn.dialogue
    if not reply.parts:
        return _remembering(reply, before.said, before.question, before.circles)
    said, question = _print_of(reply.parts), _question(reply)
    is_same, is_asked_again = said == before.said, bool(question) and question == before.question
    if reply.act in _NEVER or not (is_same or is_asked_again):
        return _remembering(reply, said, question, 0)
    if turn.has(*QUESTIONS) and not is_same:
        return _remembering(reply, said, question, before.circles)
    circles = before.circles + 1
    if circles > MOST_CIRCLES:
        return _remembering(_given_up(turn, reply), said, "", 0)
    again = _once_more(turn, reply) if is_same else reply
    return _remembering(again, said, question, circles)


def _remembering(reply: Reply, said: str, question: str, circles: int) -> Reply:
    return replace(reply, dialogue=replace(reply.dialogue, said=said, question=question, circles=circles))


def _print_of(parts: Sequence[Part]) -> str:
    """A fingerprint: the same for the same words."""
    return sha256(repr(tuple(parts)).encode()).hexdigest()[:16]


def _question(reply: Reply) -> str:
    """What a reply asks, by its kind and what it is about; "what for" is one question, whatever there is."""
    last = reply.parts[-1]
    about = "" if isinstance(last, WhatFor) else _print_of(reply.parts[-1:])
    return f"{type(last).__name__}:{about}" if reply.act is Act.ASK else ""


def _once_more(turn: TurnFacts, reply: Reply) -> Reply:
    """The same in fewer words, or with a word for what was heard; nothing at all where nothing was asked."""
    last = reply.parts[-1]
    is_courtesy = isinstance(last, _COURTESIES) and not turn.has(*QUESTIONS)
    is_farewell = turn.has(Thank) and all(isinstance(one, (Thank, Greet, Suits)) for one in turn.commands)
    if is_courtesy or is_farewell:
        return replace(reply, act=Act.SILENT, parts=(), asks=None)
    if isinstance(last, WhichVisit):
        return replace(reply, parts=(WhichLine(lines=len(last.visits)),))
    if isinstance(last, OneMoreOrMove):
        return replace(reply, parts=(MoveOrMore(),))
    if isinstance(last, WhatIsWished):
        return replace(reply, parts=(InOneWord(),))
    return replace(reply, parts=(SaidAgain(why=_why(turn, reply)), *reply.parts))


def _why(turn: TurnFacts, reply: Reply) -> Again:
    if reply.act is Act.INFORM:
        return Again.REPEATED
    if not turn.has(*_FACTS):
        return Again.UNCLEAR
    is_of_times = any(isinstance(one, (FreeTimes, MoveTimes)) for one in reply.parts)
    return Again.SAME if is_of_times else Again.NOTED


def _given_up(turn: TurnFacts, reply: Reply) -> Reply:
    """A human takes up a talk that goes in circles; all that is known of the wish stays known."""
    return Reply(
        act=Act.HAND_OVER,
        parts=(NotUnderstoodPassedOn(), *opening(turn)),
        dialogue=replace(reply.dialogue, misses=0, asked=None, picked=None, agreed=""),
        hand_over=HandOverReason.NOT_UNDERSTOOD,
        notes=reply.notes,
        attendance=reply.attendance,
        language=reply.language,
    )
