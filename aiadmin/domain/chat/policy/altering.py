"""Changes within a visit that stands: more, less, something else, somebody else. A human makes them; nothing is lost.

Coming early is none: the time stays, and the salon is told.
"""

from __future__ import annotations

from collections.abc import Sequence

from aiadmin.domain.chat.commands import Early, NamedService, Suits, WantAlteration, WantBooking, WantCancel
from aiadmin.domain.chat.dialogue import Dialogue
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.parts.talk import PassedOn
from aiadmin.domain.chat.parts.visits import AlterationPassedOn, EarlyTold
from aiadmin.domain.chat.policy.catalogue import as_booked
from aiadmin.domain.chat.policy.open_asks import is_newest_of_a_talk
from aiadmin.domain.chat.policy.own_visits import live_visits, meant
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.policy.wished_times import is_named as names
from aiadmin.domain.chat.situation import OwnVisit
from aiadmin.domain.chat.steps import Act, LookUp, Part, Reply, Step


def altering(turn: TurnFacts) -> Step | None:
    """The step of a burst that alters a visit which stands; None where none does, or another is talked about."""
    known = turn.situation.client.visits
    if not known or not (turn.has(WantAlteration) or any(_alters(turn, one) for one in known)):
        return None
    found = live_visits(turn)
    if not isinstance(found, tuple):
        return found
    if not found:
        return None
    fitting = [one for one in found if _alters(turn, one)] or list(found)
    named = meant(turn, fitting).visits
    part: Part = AlterationPassedOn(visit=named[0]) if len(named) == 1 else PassedOn()
    return _handed_over(turn, part)


def _handed_over(turn: TurnFacts, part: Part) -> Reply:
    dialogue = turn.dialogue
    closed = Dialogue(name=dialogue.name, family=dialogue.family, touched_at=dialogue.touched_at)
    return Reply(act=Act.HAND_OVER, parts=(part,), dialogue=closed, hand_over=HandOverReason.FORBIDDEN)


def _alters(turn: TurnFacts, visit: OwnVisit) -> bool:
    """Whether services are named that a visit is to have as well, or not to have, where no other is talked about."""
    if is_newest_of_a_talk(turn):
        return False
    own, named = {*visit.services}, [one for one in turn.of(NamedService) if one.ids]
    more = [one for one in named if not own & _booked(turn, [one])]
    off = own & _booked(turn, [one for one in named if one.is_excluded or one.is_taken_off])
    only = own & _booked(turn, [one for one in named if one.is_only])
    cancelled = own & _booked(turn, named) if turn.has(WantCancel) else set()
    is_less = any(part and part < own for part in (off, only, cancelled))
    is_else = bool(off) and bool(more)
    return is_less or is_else or _is_added(turn, visit, more)


def _is_added(turn: TurnFacts, visit: OwnVisit, more: Sequence[NamedService]) -> bool:
    """Whether more is wished for on top of a visit that is named by its service, or by its day."""
    if not any(one.is_added for one in more):
        return False
    is_named = len(more) < len([one for one in turn.of(NamedService) if one.ids])
    whens = tuple(when for one in turn.of(Suits) for when in one.whens)
    return (is_named or (bool(whens) and not turn.has(WantBooking))) and (not whens or names(whens, visit.starts))


def _booked(turn: TurnFacts, named: Sequence[NamedService]) -> set[int]:
    """The services of mentions as visits have them: a composite one as its parts."""
    ids = [number for one in named for number in one.ids]
    return {*ids, *as_booked(turn.salon, ids)}


def early(turn: TurnFacts) -> Step | None:
    """The salon hears that somebody comes before their time; None where nobody does."""
    if not turn.has(Early):
        return None
    found = live_visits(turn)
    if isinstance(found, (LookUp, Reply)):
        return found
    if not found:
        return None
    parts = (EarlyTold(visit=found[0]),)
    return Reply(act=Act.HAND_OVER, parts=parts, dialogue=turn.dialogue, hand_over=HandOverReason.LATE)
