"""What a client's yes or no to a move or a cancellation leads to, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aiadmin.domain.chat.bot_settings import Ability
from aiadmin.domain.chat.commands import Command, EveryVisit
from aiadmin.domain.chat.dialogue import PROPOSAL_LIVES, Dialogue, Proposal, VisitOperation
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.parts.visits import (
    Cancelled,
    ChangePassedOn,
    ChangeUnsure,
    Moved,
    MoveTimeGone,
    NotChanged,
    VisitGone,
    VisitKept,
)
from aiadmin.domain.chat.policy.cancelling import cancel, cancel_next
from aiadmin.domain.chat.policy.moving import move
from aiadmin.domain.chat.policy.open_asks import answered_ask, is_plain_no, is_plain_yes, open_proposal
from aiadmin.domain.chat.policy.own_visits import live_visits
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.situation import OwnVisit
from aiadmin.domain.chat.steps import Act, Part, Reply, Step, Write
from aiadmin.domain.chat.when import Span
from aiadmin.domain.chat.wishes import on
from aiadmin.domain.yclients.write_outcome import Refusal, Refused, Saved, WriteOutcome

_NOT_TO_BE_HAD = frozenset({Refusal.BUSY, Refusal.NO_STAFF, Refusal.OVERLAP})
_ABILITIES = {VisitOperation.MOVE: Ability.MOVE, VisitOperation.CANCEL: Ability.CANCEL}


def changes(turn: TurnFacts) -> Step | None:
    """The step that an answer to an offered move or cancellation leads to; None where it is none."""
    proposal = open_proposal(turn)
    if proposal is None or proposal.operation is VisitOperation.BOOK:
        return None
    if is_plain_yes(_without_all(turn)) or turn.found.written:
        return _agreed(turn, proposal)
    if is_plain_no(turn):
        return _refused(turn, proposal)
    return None


def _without_all(turn: TurnFacts) -> TurnFacts:
    """The burst without "both": beside a yes it is one to the visit that was named, and tells what comes next."""
    spans = [span for one in turn.of(EveryVisit) for span in one.spans]
    kept = [one for one in turn.commands if not isinstance(one, EveryVisit) and not _lies_in(one, spans)]
    return replace(turn, commands=kept)


def _lies_in(command: Command, spans: Sequence[Span]) -> bool:
    """Whether it was read from the same words: a service that has "all" in its title."""
    return bool(command.spans) and all(any(a <= c and d <= b for a, b in spans) for c, d in command.spans)


def passed_on(turn: TurnFacts, visit: OwnVisit, operation: VisitOperation) -> Reply | None:
    """Hands over a change that the bot may not make, or a client not so late any more; None where it may be made."""
    rules, now = turn.salon.rules, turn.situation.now
    rule = None if rules is None else rules.move if operation is VisitOperation.MOVE else rules.cancel
    may_bot = _ABILITIES[operation] in turn.salon.bot.abilities
    may_client = rule is None or rule.allows(visit.starts, now)
    if may_bot and may_client:
        return None
    is_too_late = rule is not None and rule.is_allowed and not may_client
    part = ChangePassedOn(
        operation=operation,
        visit=visit,
        rule=turn.salon.bot.rules.get("cancel", "") if is_too_late else "",
        is_too_late=is_too_late,
    )
    return _handed_over(turn, part, HandOverReason.FORBIDDEN)


def _handed_over(turn: TurnFacts, part: Part, reason: HandOverReason) -> Reply:
    return Reply(act=Act.HAND_OVER, parts=(part,), dialogue=closed(turn.dialogue), hand_over=reason)


def closed(dialogue: Dialogue) -> Dialogue:
    """A dialogue whose wish is done with; what the client is called stays known."""
    return Dialogue(name=dialogue.name, family=dialogue.family, touched_at=dialogue.touched_at)


def _agreed(turn: TurnFacts, proposal: Proposal) -> Step:
    visits = live_visits(turn)
    if not isinstance(visits, tuple):
        return visits
    visit = next((one for one in visits if one.record_id == proposal.record_id), None)
    if turn.found.written:
        return _outcome(turn, proposal, visit, turn.found.written[0])
    if visit is None:
        return _gone(turn, proposal)
    if _is_over(turn) or turn.situation.spoken:
        return _offered_again(turn, proposal, visit)
    return passed_on(turn, visit, proposal.operation) or Write(proposal)


def _is_over(turn: TurnFacts) -> bool:
    """Whether a yes comes too long after what it is to."""
    ask = answered_ask(turn)
    return ask is None or turn.situation.written_at - ask.sent_at > PROPOSAL_LIVES


def _offered_again(turn: TurnFacts, proposal: Proposal, visit: OwnVisit) -> Step:
    """An offer that is over is looked up and made anew."""
    barred = passed_on(turn, visit, proposal.operation)
    if barred or proposal.operation is VisitOperation.CANCEL:
        return barred or cancel(turn, visit)
    return move(_wishing(turn, proposal), visit)


def _wishing(turn: TurnFacts, proposal: Proposal) -> TurnFacts:
    """The turn, as if the place of a proposal had just been named."""
    slot = proposal.slots[0]
    wish = replace(
        turn.dialogue, whens=(on(slot.starts.date(), slot.starts.time()),), staff=(slot.staff_id,), is_earliest=False
    )
    return replace(turn, situation=replace(turn.situation, dialogue=wish), commands=())


def _refused(turn: TurnFacts, proposal: Proposal) -> Step:
    visits = live_visits(turn)
    if not isinstance(visits, tuple):
        return visits
    visit = next((one for one in visits if one.record_id == proposal.record_id), None)
    if visit is None:
        return _gone(turn, proposal)
    dialogue = replace(closed(turn.dialogue), record_id=visit.record_id)
    kept = Reply(act=Act.INFORM, parts=(VisitKept(visit=visit),), dialogue=dialogue)
    return _with_next(turn, kept)


def _gone(turn: TurnFacts, proposal: Proposal) -> Reply:
    known = [one for one in turn.situation.client.visits if one.record_id == proposal.record_id]
    parts = tuple(VisitGone(starts=one.starts) for one in known[:1]) or (VisitGone(),)
    return Reply(act=Act.INFORM, parts=parts, dialogue=closed(turn.dialogue))


def _outcome(turn: TurnFacts, proposal: Proposal, visit: OwnVisit | None, outcome: WriteOutcome) -> Step:
    """What is said of a change that was made, refused, or lost: success only where it is certain."""
    operation = proposal.operation
    if isinstance(outcome, Saved) and visit is not None:
        done = Reply(act=Act.DONE, parts=(_done(proposal, visit),), dialogue=closed(turn.dialogue))
        return _with_next(turn, done) if operation is VisitOperation.CANCEL else done
    if not isinstance(outcome, Refused):
        return _handed_over(turn, ChangeUnsure(operation=operation), HandOverReason.UNKNOWN_WRITE)
    if outcome.reason is Refusal.NOT_FOUND or visit is None:
        return _gone(turn, proposal)
    if outcome.reason in _NOT_TO_BE_HAD and operation is VisitOperation.MOVE:
        return _fresh(turn, proposal, visit)
    reason = HandOverReason.FORBIDDEN if outcome.reason is Refusal.FORBIDDEN else HandOverReason.UNKNOWN_WRITE
    return _handed_over(turn, NotChanged(operation=operation, visit=visit), reason)


def _with_next(turn: TurnFacts, done: Reply) -> Reply:
    """What became of a visit, and the next of those that are to be off, if there is one."""
    visits = live_visits(turn)
    coming = visits if isinstance(visits, tuple) else ()
    is_every = turn.has(EveryVisit) and not turn.dialogue.also
    left = [
        one
        for one in coming
        if (is_every or one.record_id in turn.dialogue.also) and one.record_id != turn.dialogue.record_id
    ]
    if not left:
        return done
    step = passed_on(turn, left[0], VisitOperation.CANCEL) or cancel_next(turn, left)
    off = tuple(replace(one, has_more=True) if isinstance(one, Cancelled) else one for one in done.parts)
    return replace(step, parts=(*off, *step.parts))


def _done(proposal: Proposal, visit: OwnVisit) -> Part:
    if proposal.operation is VisitOperation.CANCEL:
        return Cancelled(visit=visit)
    return Moved(visit=visit, slot=proposal.slots[0])


def _fresh(turn: TurnFacts, proposal: Proposal, visit: OwnVisit) -> Step:
    """Other times, without a reason why the agreed one cannot be had; a new yes is needed."""
    wishing = _wishing(turn, proposal)
    refused = wishing.dialogue.refused | {proposal.slots[0].starts}
    dialogue = replace(wishing.dialogue, refused=refused)
    step = move(replace(wishing, situation=replace(wishing.situation, dialogue=dialogue)), visit)
    if not isinstance(step, Reply) or step.hand_over:
        return step
    parts: Sequence[Part] = (MoveTimeGone(), *step.parts)
    return replace(step, parts=tuple(parts))
