"""What a burst is read against, of all that is known before it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import TypedDict

from aiadmin.domain.chat.asks import AskKind, OpenAsk
from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.reading_context import ReadingContext
from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.vocabulary import Vocabulary, plain
from aiadmin.domain.chat.when import Asked, DayParts

_ASKED: Mapping[AskKind, Asked] = {
    AskKind.ATTENDANCE: Asked.ATTENDANCE,
    AskKind.RATING: Asked.RATING,
    AskKind.PROPOSAL: Asked.CONSENT,
}


def reading_context(situation: Situation, vocabulary: Vocabulary) -> ReadingContext:
    """The context of a burst: a bare number or a yes answers what was asked last, or what it quotes."""
    ask = situation.quoted or next(iter(situation.asks), None)
    dialogue = situation.dialogue
    is_over = dialogue.is_over(situation.now)
    return ReadingContext(
        vocabulary=vocabulary,
        now=situation.written_at,
        parts=_parts(situation),
        asked=_asked(ask, None if is_over else dialogue.asked, has_name=bool(situation.client.name or dialogue.name)),
        options=0 if is_over else len(dialogue.shown) or len(dialogue.options) or len(dialogue.candidates),
        listed=() if is_over else tuple(one.starts for one in dialogue.shown),
        candidates=() if is_over else dialogue.candidates,
        offers=ask.proposal.operation if ask is not None and ask.proposal is not None else None,
        called=plain(situation.client.name or dialogue.name or "").partition(" ")[0],
        coming=tuple(one.starts for one in situation.client.visits),
        **_offered(ask, situation),
    )


class _Offered(TypedDict, total=False):
    offered: tuple[datetime, ...]
    offered_staff: frozenset[int]
    offered_services: frozenset[int]
    offered_for: frozenset[str]


def _offered(ask: OpenAsk | None, situation: Situation) -> _Offered:
    """When, with whom, for what and for whom a visit is that is proposed, or that a reminder asks about."""
    if ask is not None and ask.kind is AskKind.ATTENDANCE:
        visit = next((one for one in situation.client.visits if one.record_id == ask.record_id), None)
        if visit is None:
            return _Offered()
        return _Offered(
            offered=(visit.starts,),
            offered_staff=frozenset() if visit.staff_id is None else frozenset({visit.staff_id}),
            offered_services=frozenset(visit.services),
        )
    if ask is None or ask.proposal is None:
        return _Offered()
    slots = ask.proposal.slots
    single = slots if len(slots) == 1 else ()
    return _Offered(
        offered=tuple(one.starts for one in slots),
        offered_staff=frozenset(one.staff_id for one in single),
        offered_services=frozenset(number for one in single for number in one.services),
        offered_for=frozenset(one.who for one in ask.proposal.guests if one is not None),
    )


def _asked(ask: OpenAsk | None, of_dialogue: Asked | None, *, has_name: bool) -> Asked | None:
    """A proposal may ask for a name, too, and a guest's may be told unasked: an answer is one, a yes, or both."""
    if ask is None or ask.kind is AskKind.QUESTION:
        return of_dialogue
    proposal = ask.proposal
    if proposal is not None and any(one is not None and not one.name for one in proposal.guests):
        return Asked.GUEST_NAME
    is_nameless = proposal is not None and proposal.operation is VisitOperation.BOOK and proposal.name is None
    is_for_name = proposal is not None and of_dialogue in {Asked.NAME, Asked.GUEST_NAME}
    if is_nameless and not has_name and not is_for_name:
        return Asked.NAME
    return of_dialogue if is_for_name else _ASKED[ask.kind]


def _parts(situation: Situation) -> DayParts:
    """Morning begins when the salon opens, and the evening ends when it closes."""
    hours = situation.salon.hours.values()
    opens = min((one[0] for one in hours), default=time(9))
    closes = max((one[1] for one in hours), default=time(21))
    return DayParts(opens=opens, closes=closes)
