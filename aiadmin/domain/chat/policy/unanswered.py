"""What no stage has answered: a client who has asked, wished or agreed to something never meets with silence."""

from __future__ import annotations

from aiadmin.domain.chat.commands import No, NotUnderstood, Yes
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.parts.booking import NotNow, OneMoreOrMove
from aiadmin.domain.chat.parts.talk import MoveOrMore, PassedOn
from aiadmin.domain.chat.policy.handing_over import MOST_MISSES, asks_what
from aiadmin.domain.chat.policy.offering import handing_over
from aiadmin.domain.chat.policy.open_asks import CHITCHAT, is_bare, is_newest_of_a_talk
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.steps import Act, Asks, Reply


def either_or(turn: TurnFacts) -> Reply | None:
    """A yes, or words that nobody has read, to "to be moved, or one more?": the same in short, once."""
    if not _is_asked(turn) or not turn.dialogue.question.startswith((OneMoreOrMove.__name__, MoveOrMore.__name__)):
        return None
    others = [one for one in turn.commands if not isinstance(one, (Yes, No, NotUnderstood, *CHITCHAT))]
    if others or not turn.has(Yes, No, NotUnderstood) or turn.dialogue.misses > MOST_MISSES:
        return None
    if turn.has(No) and not turn.has(Yes):
        return Reply(act=Act.INFORM, parts=(NotNow(),), dialogue=turn.dialogue)
    if turn.has(NotUnderstood) and turn.dialogue.operation is not None:
        return None
    if turn.dialogue.question.startswith(MoveOrMore.__name__) or turn.dialogue.circles:
        return handing_over(turn, [PassedOn()], HandOverReason.NOT_UNDERSTOOD)
    return Reply(act=Act.ASK, parts=(MoveOrMore(),), dialogue=turn.dialogue, asks=Asks.OTHER)


def unanswered(turn: TurnFacts) -> Reply | None:
    """The question what is wished for; None where nothing was said that waits for an answer."""
    meant = [one for one in turn.commands if not isinstance(one, CHITCHAT)]
    if not meant or (is_bare(turn) and not _is_asked(turn)):
        return None
    if turn.has(No) and is_bare(turn):
        return Reply(act=Act.INFORM, parts=(NotNow(),), dialogue=turn.dialogue)
    return asks_what(turn)


def _is_asked(turn: TurnFacts) -> bool:
    """Whether the last of ours was a question of the talk, and the burst answers nothing older."""
    return is_newest_of_a_talk(turn) and turn.situation.quoted is None and not turn.situation.quotes_other
