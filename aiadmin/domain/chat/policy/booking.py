"""New visits: what is agreed to, and what is wished for."""

from __future__ import annotations

from dataclasses import replace

from aiadmin.domain.chat.commands import Greet, No, Suits, Thank, WantBooking
from aiadmin.domain.chat.dialogue import Dialogue, VisitOperation
from aiadmin.domain.chat.parts.booking import NotNow, WhichTime
from aiadmin.domain.chat.policy.agreeing import agreeing
from aiadmin.domain.chat.policy.open_asks import is_plain_no
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.policy.wish import look_for
from aiadmin.domain.chat.steps import Act, Asks, Reply, Step
from aiadmin.domain.chat.when import Asked


def booking(turn: TurnFacts) -> Step | None:
    """The step of this stage; None where no visit is wished for."""
    step = agreeing(turn)
    if step is not None:
        return step
    if turn.dialogue.operation is not VisitOperation.BOOK and not turn.has(WantBooking):
        return None
    if turn.commands and all(isinstance(one, (Thank, Greet)) for one in turn.commands):
        return None
    return _given_up(turn) or _asked_once_more(turn) or look_for(turn)


def _given_up(turn: TurnFacts) -> Reply | None:
    """A no where nothing is offered, or shown, refuses the visit itself."""
    dialogue = turn.dialogue
    is_goodbye = turn.has(No) and turn.has(Thank) and _names_only_days(turn)
    is_asked_of_wish = dialogue.asked in {Asked.SERVICE, Asked.MEANING}
    is_refused = is_plain_no(turn) and not dialogue.shown and not is_asked_of_wish
    if not is_goodbye and not is_refused:
        return None
    forgotten = Dialogue(name=dialogue.name, family=dialogue.family, touched_at=dialogue.touched_at)
    return Reply(act=Act.INFORM, parts=(NotNow(),), dialogue=forgotten)


def _names_only_days(turn: TurnFacts) -> bool:
    """Whether nothing is said beside a no and thanks but the day that was wished for."""
    others = [one for one in turn.commands if not isinstance(one, (No, Thank, Greet, Suits))]
    days = {one.day for wish in turn.of(Suits) for one in wish.whens}
    return not others and days <= {one.day for one in turn.dialogue.whens}


def _asked_once_more(turn: TurnFacts) -> Reply | None:
    """The open question, after words that changed nothing: what was shown is not looked up again."""
    if turn.commands or not turn.dialogue.shown or turn.dialogue.asked is not Asked.TIME:
        return None
    return Reply(act=Act.ASK, parts=(WhichTime(),), dialogue=replace(turn.dialogue, picked=None), asks=Asks.TIME)
