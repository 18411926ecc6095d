"""What a human is told at once, and what is said then: media, abuse, harm, complaints, words not understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from aiadmin.domain.chat.asks import AskKind
from aiadmin.domain.chat.commands import (
    Abuse,
    AskFact,
    AttachmentKind,
    Command,
    Complaint,
    Foreign,
    HealthMatter,
    Media,
    NotUnderstood,
    WantHuman,
    Yes,
)
from aiadmin.domain.chat.dialogue import Dialogue
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.parts.questions import MachineWrites
from aiadmin.domain.chat.parts.talk import (
    AttachmentPassedOn,
    CalmAnswer,
    CannotListen,
    ComplaintPassedOn,
    HealthAsked,
    HealthPassedOn,
    HumanCalled,
    NotUnderstoodPassedOn,
    OneLanguage,
    OpensAt,
    WhatIsWished,
)
from aiadmin.domain.chat.parts.visits import AttendanceAsked
from aiadmin.domain.chat.policy.open_asks import CHITCHAT, answered_ask, is_newest_of_a_talk
from aiadmin.domain.chat.policy.opening import opens_at
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.steps import Act, Asks, Part, Reply, Step
from aiadmin.domain.chat.when import Asked

MEDIA_SAID = timedelta(hours=1)
"""How long we do not say again that we cannot listen."""
MOST_MISSES = 1
"""Bursts in a row that may be misunderstood before a human reads them."""
BOT = "бот"
"""The topic of the question whether a machine writes."""
TO_HUMAN: Sequence[tuple[type[Command], HandOverReason, type[Part]]] = (
    (HealthMatter, HandOverReason.HEALTH, HealthPassedOn),
    (Complaint, HandOverReason.COMPLAINT, ComplaintPassedOn),
    (WantHuman, HandOverReason.HUMAN, HumanCalled),
)
"""What goes to a human at once, the most urgent first."""


def media(turn: TurnFacts) -> Reply | None:
    """What is no text, alone: the first is passed on and answered, those of the next hour are not."""
    media = turn.of(Media)
    words = [one for one in turn.commands if not isinstance(one, (Media, NotUnderstood, *CHITCHAT))]
    if not media or words:
        return None
    if all(one.kind is AttachmentKind.STICKER for one in media):
        return None if turn.has(NotUnderstood) else Reply(act=Act.SILENT, dialogue=turn.dialogue)
    if is_media_said(turn) and not turn.has(NotUnderstood):
        return Reply(act=Act.SILENT, dialogue=turn.dialogue)
    return Reply(
        act=Act.HAND_OVER, parts=(media_part(media),), dialogue=turn.dialogue, hand_over=HandOverReason.MEDIA
    )


def is_media_said(turn: TurnFacts) -> bool:
    """Whether we have said not long ago that a human looks at what is no text."""
    said = turn.situation.media_at
    return said is not None and turn.situation.now - said < MEDIA_SAID


def media_part(media: Sequence[Media]) -> Part:
    """What is said of something that is no text."""
    return CannotListen() if any(one.kind is AttachmentKind.VOICE for one in media) else AttachmentPassedOn()


def abuse(turn: TurnFacts) -> Reply | None:
    if not turn.has(Abuse) or turn.has(HealthMatter, Complaint):
        return None
    return Reply(
        act=Act.HAND_OVER, parts=(CalmAnswer(),), dialogue=Dialogue(name=turn.dialogue.name),
        hand_over=HandOverReason.ABUSE,
    )  # fmt: skip


def to_human(turn: TurnFacts) -> Reply | None:
    """At once, with no further question; who is at work, or when somebody is."""
    for kind, reason, part in TO_HUMAN:
        if turn.has(kind):
            parts = (*_who_writes(turn), _of_health(turn) or part(), *opening(turn))
            return Reply(act=Act.HAND_OVER, parts=parts, dialogue=turn.dialogue, hand_over=reason)
    return None


def _who_writes(turn: TurnFacts) -> tuple[Part, ...]:
    """What is answered beside to who asks whether a machine writes: that one does."""
    return (MachineWrites(),) if any(one.topic == BOT for one in turn.of(AskFact)) else ()


def _of_health(turn: TurnFacts) -> Part | None:
    """What is said where an illness is asked about, and nothing has happened."""
    matters = turn.of(HealthMatter)
    return HealthAsked() if matters and all(one.is_asked for one in matters) else None


def opening(turn: TurnFacts) -> tuple[Part, ...]:
    """When the salon opens, said where it is closed now and a human is to answer."""
    at = opens_at(turn.salon, turn.situation.now)
    return () if at is None else (OpensAt(at=at),)


def misunderstood(turn: TurnFacts) -> Step | None:
    """A narrower question first, a human when that was not understood either."""
    is_yes_to_nothing = any(one.but for one in turn.of(Yes)) and answered_ask(turn) is None
    besides: tuple[type[Command], ...] = (Yes,) if is_yes_to_nothing else ()
    others = [one for one in turn.commands if not isinstance(one, (NotUnderstood, *besides, *CHITCHAT))]
    if others or not (turn.has(NotUnderstood) or is_yes_to_nothing):
        return None
    if turn.dialogue.misses > MOST_MISSES:
        return _gives_up(turn)
    ask = answered_ask(turn)
    if ask is not None and ask.kind is AskKind.RATING:
        return None
    if ask is not None and ask.kind is AskKind.ATTENDANCE and ask.answered is None and ask.starts is not None:
        return _asks_attendance(turn, ask.starts)
    if ask is not None and ask.kind is AskKind.RATING:
        return Reply(act=Act.SILENT, dialogue=turn.dialogue)
    return None if is_newest_of_a_talk(turn) and turn.dialogue.operation is not None else asks_what(turn)


def _asks_attendance(turn: TurnFacts, starts: datetime) -> Reply:
    """The question that was not answered, once more."""
    return Reply(
        act=Act.ASK,
        parts=(AttendanceAsked(starts=starts),),
        dialogue=replace(turn.dialogue, asked=Asked.ATTENDANCE),
        asks=Asks.OTHER,
    )


def _gives_up(turn: TurnFacts) -> Reply:
    return Reply(
        act=Act.HAND_OVER,
        parts=(NotUnderstoodPassedOn(), *opening(turn)),
        dialogue=replace(turn.dialogue, misses=0),
        hand_over=HandOverReason.NOT_UNDERSTOOD,
    )


def foreign(turn: TurnFacts) -> Reply | None:
    """A language that is not written here, of which nothing was understood."""
    others = [one for one in turn.commands if not isinstance(one, (Foreign, NotUnderstood, *CHITCHAT))]
    if not turn.has(Foreign) or others:
        return None
    if turn.dialogue.misses > MOST_MISSES:
        return _gives_up(turn)
    dialogue = turn.dialogue if turn.has(NotUnderstood) else _missed(turn.dialogue)
    if turn.salon.bot.english and all(one.language == "en" for one in turn.of(Foreign)):
        return replace(asks_what(turn), dialogue=dialogue)
    return Reply(act=Act.INFORM, parts=(OneLanguage(),), dialogue=dialogue)


def _missed(dialogue: Dialogue) -> Dialogue:
    return replace(dialogue, misses=dialogue.misses + 1)


def asks_what(turn: TurnFacts) -> Reply:
    return Reply(act=Act.ASK, parts=(WhatIsWished(),), dialogue=turn.dialogue, asks=Asks.OTHER)
