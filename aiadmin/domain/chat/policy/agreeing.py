"""A client's answer to an offered visit, and what became of it: nothing is written without a plain yes to the newest.

Success is said only of what the journal has taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aiadmin.domain.chat.advancing import from_proposal
from aiadmin.domain.chat.bot_settings import Ability
from aiadmin.domain.chat.commands import Late, Name, No, NotUnderstood, Thank, WantBooking, Yes
from aiadmin.domain.chat.dialogue import PROPOSAL_LIVES, Dialogue, GuestWish, Proposal, Slot, VisitOperation
from aiadmin.domain.chat.floor import HandOverReason
from aiadmin.domain.chat.notes import IsLate
from aiadmin.domain.chat.parts.booking import (
    AgreeWithSalon,
    AnotherTime,
    Booked,
    NotAvailable,
    NotBooked,
    NotByChat,
    OfferIsOver,
    Unconfirmed,
    YourName,
)
from aiadmin.domain.chat.parts.questions import AskedOfSalon
from aiadmin.domain.chat.parts.visits import LateTold, WishDropped
from aiadmin.domain.chat.policy.free_times import earliest_start
from aiadmin.domain.chat.policy.limits import over_limits
from aiadmin.domain.chat.policy.offering import client_name, handing_over, offered
from aiadmin.domain.chat.policy.open_asks import CHITCHAT, answered_ask, is_plain_no, is_plain_yes
from aiadmin.domain.chat.policy.turn_facts import TurnFacts
from aiadmin.domain.chat.policy.wish import look_for
from aiadmin.domain.chat.steps import Act, Asks, Part, Reply, Step, Write
from aiadmin.domain.chat.when import Asked
from aiadmin.domain.chat.wishes import on
from aiadmin.domain.yclients.write_outcome import Refusal, Refused, Saved, Unknown, WriteOutcome

MOST_REFUSALS = 3
"""Offers that a client has refused before a human is asked."""
_TRY_OTHERS = frozenset({Refusal.BUSY, Refusal.NO_STAFF, Refusal.OVERLAP, Refusal.NO_SERVICE})


def agreeing(turn: TurnFacts) -> Step | None:
    """The step that an answer to an offered visit leads to; None where the burst is none."""
    ask = answered_ask(turn)
    proposal = ask.proposal if ask else None
    if ask is None or proposal is None or proposal.operation is not VisitOperation.BOOK or not proposal.slots:
        return None
    if turn.found.written:
        return _outcome(turn, proposal)
    is_newest = ask == turn.situation.asks[0] if turn.situation.asks else False
    if _agrees(turn, proposal) and turn.situation.spoken:
        return _repeated(turn, proposal)
    if _agrees(turn, proposal):
        is_over = turn.situation.written_at - ask.sent_at > PROPOSAL_LIVES
        is_late = any(one.starts < earliest_start(turn.situation) for one in proposal.slots)
        return _look_again(turn, proposal) if is_over or is_late or not is_newest else _agreed(turn, proposal)
    if is_plain_no(turn):
        return _refused(turn)
    return _repeated(turn, proposal) if _is_unclear(turn) else None


def _agrees(turn: TurnFacts, proposal: Proposal) -> bool:
    """A plain yes, also of one who comes some minutes late; or the name alone that was missing after one."""
    on_time = replace(turn, commands=tuple(one for one in turn.commands if not isinstance(one, Late)))
    if is_plain_yes(on_time):
        return True
    is_name = turn.has(Name) and all(isinstance(one, (Name, *CHITCHAT)) for one in turn.commands)
    return is_name and turn.dialogue.agreed == proposal.fingerprint


def _is_unclear(turn: TurnFacts) -> bool:
    """An answer that says neither yes nor another wish: a name, a yes with other words, or nothing of its own."""
    answers = all(isinstance(one, (Name, Yes, WantBooking, NotUnderstood, Late, *CHITCHAT)) for one in turn.commands)
    return answers and (turn.has(Name, Yes, WantBooking, NotUnderstood, Thank) or not turn.commands)


def _agreed(turn: TurnFacts, proposal: Proposal) -> Step:
    if Ability.BOOK not in turn.salon.bot.abilities:
        return handing_over(turn, [AgreeWithSalon()], HandOverReason.FORBIDDEN)
    limited = over_limits(turn, len(proposal.slots))
    if limited:
        return limited
    named = _with_names(turn, proposal)
    if named.name is None:
        dialogue = replace(turn.dialogue, asked=Asked.NAME, agreed=proposal.fingerprint)
        return Reply(act=Act.ASK, parts=(YourName(),), dialogue=dialogue, asks=Asks.NAME, proposal=proposal)
    return Write(named)


def _with_names(turn: TurnFacts, proposal: Proposal) -> Proposal:
    """The proposal with the names that were told since it was made."""
    name, family = client_name(turn)
    by_who = {one.who: one for one in turn.dialogue.guests}
    guests = tuple(one and by_who.get(one.who, one) for one in proposal.guests)
    name, family = (name, family) if name else (proposal.name, proposal.family)
    return replace(proposal, name=name, family=family, guests=guests)


def _repeated(turn: TurnFacts, proposal: Proposal) -> Reply:
    """The same again, by name: only a yes to it counts. What was asked beside it is for the salon to answer."""
    again = offered(turn, _with_names(turn, proposal))
    if not any("?" in one.but for one in turn.of(Yes)):
        return again
    return replace(again, act=Act.HAND_OVER, parts=(AskedOfSalon(), *again.parts), hand_over=HandOverReason.FACT)


def _refused(turn: TurnFacts) -> Reply:
    if turn.dialogue.refusals >= MOST_REFUSALS:
        return handing_over(turn, [AgreeWithSalon()], HandOverReason.LIMIT)
    whens = tuple(replace(one, time=None) for one in turn.dialogue.whens if one.day)
    dialogue = replace(turn.dialogue, asked=Asked.TIME, whens=whens, shown=(), picked=None, agreed="")
    if any(one.is_end for one in turn.of(No)):
        return Reply(act=Act.INFORM, parts=(WishDropped(),), dialogue=replace(dialogue, asked=None))
    return Reply(act=Act.ASK, parts=(NotBooked(), AnotherTime()), dialogue=dialogue, asks=Asks.TIME)


def _look_again(turn: TurnFacts, proposal: Proposal) -> Step:
    """An offer that is over is looked up and made anew; a new yes is needed."""
    return look_for(_wishing_for(turn, proposal), [OfferIsOver()])


def _wishing_for(turn: TurnFacts, proposal: Proposal) -> TurnFacts:
    """The turn, as if the client had just asked for what was proposed."""
    first = proposal.slots[0]
    wish = replace(
        from_proposal(turn.dialogue, proposal),
        choices=(),
        excluded_services=frozenset(),
        excluded_staff=frozenset(),
        whens=(on(first.starts.date(), first.starts.time()),),
        refused=turn.dialogue.refused - {one.starts for one in proposal.slots},
        picked=first if len(proposal.slots) == 1 else None,
        is_earliest=False,
    )
    return _with_dialogue(turn, wish)


def _with_dialogue(turn: TurnFacts, dialogue: Dialogue) -> TurnFacts:
    return replace(turn, situation=replace(turn.situation, dialogue=dialogue), commands=())


# --- what became of it ---


def _outcome(turn: TurnFacts, proposal: Proposal) -> Step:
    written = turn.found.written
    saved = _slots(proposal, written, Saved)
    unknown = _slots(proposal, written, Unknown)
    refused = [one for one in proposal.slots if one not in saved and one not in unknown]
    guests = tuple(guest for slot, guest in zip(proposal.slots, _guests(proposal), strict=True) if slot in saved)
    done: list[Part] = [Booked(slots=tuple(saved), guests=guests)] if saved else []
    if unknown:
        return handing_over(
            _forgetting(turn),
            [*done, *_not_so(refused), Unconfirmed(slots=tuple(unknown))],
            HandOverReason.UNKNOWN_WRITE,
        )
    if not refused and turn.has(Late):
        minutes = next((one.minutes for one in turn.of(Late)), None)
        parts, notes = (*done, LateTold(rule=turn.salon.bot.rules.get("late", ""))), (IsLate(minutes=minutes),)
        return Reply(act=Act.DONE, parts=parts, dialogue=_after(turn, saved), notes=notes)
    if not refused:
        return Reply(act=Act.DONE, parts=tuple(done), dialogue=_after(turn, saved))
    return _rest(turn, proposal, refused, done)


def _guests(proposal: Proposal) -> tuple[GuestWish | None, ...]:
    return (*proposal.guests, *([None] * len(proposal.slots)))[: len(proposal.slots)]


def _slots(proposal: Proposal, written: Sequence[WriteOutcome], kind: type[WriteOutcome]) -> list[Slot]:
    return [slot for slot, outcome in zip(proposal.slots, written, strict=False) if isinstance(outcome, kind)]


def _not_so(refused: Sequence[Slot], *, is_gone: bool = False) -> list[Part]:
    return [NotAvailable(slots=tuple(refused), is_gone=is_gone)] if refused else []


def _forgetting(turn: TurnFacts) -> TurnFacts:
    """The wish is done with; what the client is called stays known."""
    dialogue = turn.dialogue
    return _with_dialogue(
        turn,
        Dialogue(
            name=dialogue.name, family=dialogue.family, language=dialogue.language, touched_at=dialogue.touched_at
        ),
    )


def _after(turn: TurnFacts, saved: Sequence[Slot]) -> Dialogue:
    """Nothing is wished for any more; what was booked may be said to be for somebody else, too."""
    return replace(_forgetting(turn).dialogue, booked=saved[0])


def _rest(turn: TurnFacts, proposal: Proposal, refused: Sequence[Slot], done: Sequence[Part]) -> Step:
    """What YClients did not take: other times where there may be some, else a human; nothing is invented."""
    reasons = {one.reason for one in turn.found.written if isinstance(one, Refused)}
    said = [*done, *_not_so(refused, is_gone=reasons <= _TRY_OTHERS)]
    if Refusal.BLACKLISTED in reasons:
        return handing_over(_forgetting(turn), [*done, NotByChat()], HandOverReason.BLACKLIST)
    if not reasons <= _TRY_OTHERS:
        return handing_over(turn, [*said, AgreeWithSalon()], HandOverReason.FORBIDDEN)
    left = dict.fromkeys(one for slot in refused for one in slot.services)
    rest = replace(proposal, slots=tuple(refused), guests=proposal.guests[-len(refused) :])
    base = turn.dialogue if turn.dialogue.services else from_proposal(turn.dialogue, rest)
    wish = replace(
        base,
        services=tuple(left),
        choices=(),
        whens=(on(refused[0].starts.date()),),
        refused=turn.dialogue.refused | {one.starts for one in refused},
        picked=None,
        is_earliest=False,
    )
    return look_for(_with_dialogue(turn, wish), said)
