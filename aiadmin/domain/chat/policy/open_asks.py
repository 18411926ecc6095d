"""Which of our open questions a burst answers: the one that it quotes, else the newest."""

from __future__ import annotations

from collections.abc import Sequence

from aiadmin.domain.chat.asks import OF_A_TALK, AskKind, OpenAsk
from aiadmin.domain.chat.commands import Choose, Command, Foreign, Greet, Guest, Name, No, Rating, Thank, Yes
from aiadmin.domain.chat.dialogue import Proposal
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.when import Asked

CHITCHAT: tuple[type[Command], ...] = (Greet, Thank)
_BARE: tuple[type[Command], ...] = (Yes, No, Choose, Rating, *CHITCHAT)


def answered_ask(turn: TurnFacts) -> OpenAsk | None:
    """The question that an answer in this burst is to; None where it quotes something else, or none is open."""
    situation = turn.situation
    if situation.quoted is not None:
        return situation.quoted
    if situation.quotes_other or not situation.asks:
        return None
    is_asked_again = situation.asks[0].kind is AskKind.QUESTION and turn.dialogue.asked is Asked.ATTENDANCE
    return _first_unanswered(situation.asks, is_asked_again=is_asked_again)


def _first_unanswered(asks: Sequence[OpenAsk], *, is_asked_again: bool) -> OpenAsk:
    """The newest; of reminders that were asked one after the other the newest without an answer.

    Args:
        is_asked_again: whether the newest question is that of a reminder once more.
    """
    newest = asks[0]
    if not is_asked_again and (newest.kind is not AskKind.ATTENDANCE or newest.answered is None):
        return newest
    reminders = [one for one in asks if one.kind is AskKind.ATTENDANCE and one.answered is None]
    return reminders[0] if reminders else newest


def open_proposal(turn: TurnFacts) -> Proposal | None:
    """What is offered and may be agreed to by this burst."""
    ask = answered_ask(turn)
    return ask.proposal if ask is not None and ask.kind is AskKind.PROPOSAL else None


def is_newest_of_a_talk(turn: TurnFacts) -> bool:
    """Whether the last of our questions is about a visit that is talked about."""
    return any(one.kind in OF_A_TALK for one in turn.situation.asks[:1])


def standing_proposal(turn: TurnFacts) -> Proposal | None:
    """What is offered and not answered yet, whatever was asked since."""
    return next((one.proposal for one in turn.situation.asks if one.kind is AskKind.PROPOSAL), None)


def is_plain_yes(turn: TurnFacts) -> bool:
    """Whether a burst says yes and nothing that could change what is agreed to."""
    yes = turn.of(Yes)
    others = [one for one in turn.commands if not isinstance(one, (Yes, Name, *CHITCHAT)) and not _is_name(one)]
    return bool(yes) and not any(one.but for one in yes) and not others


def _is_name(command: Command) -> bool:
    """Whether it is only what a guest is called."""
    return isinstance(command, Guest) and bool(command.name) and not command.who and command.count is None


def is_plain_no(turn: TurnFacts) -> bool:
    """Whether a burst says no, in any language, and nothing else."""
    return turn.has(No) and all(isinstance(one, (No, Foreign, *CHITCHAT)) for one in turn.commands)


def is_bare(turn: TurnFacts) -> bool:
    """Whether a burst holds nothing but a short answer, or chitchat."""
    return bool(turn.commands) and all(isinstance(one, _BARE) for one in turn.commands)
