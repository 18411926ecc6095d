"""What a burst is read against, of all that is known before it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time

from aiadmin.domain.chat.asks import AskKind, OpenAsk
from aiadmin.domain.chat.reading_context import ReadingContext
from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.vocabulary import Vocabulary
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
        asked=_asked(ask, None if is_over else dialogue.asked),
        options=0 if is_over else len(dialogue.shown) or len(dialogue.options) or len(dialogue.candidates),
        listed=() if is_over else tuple(one.starts for one in dialogue.shown),
        candidates=() if is_over else dialogue.candidates,
        offers=ask.proposal.operation if ask is not None and ask.proposal is not None else None,
        offered=tuple(one.starts for one in ask.proposal.slots)
        if ask is not None and ask.proposal is not None
        else (),
    )


def _asked(ask: OpenAsk | None, of_dialogue: Asked | None) -> Asked | None:
    """A proposal may ask for a name, too, and a guest's may be told unasked: an answer is one, a yes, or both."""
    if ask is None or ask.kind is AskKind.QUESTION:
        return of_dialogue
    is_for_name = ask.kind is AskKind.PROPOSAL and of_dialogue in {Asked.NAME, Asked.GUEST_NAME}
    if ask.proposal is not None and any(one is not None and not one.name for one in ask.proposal.guests):
        return Asked.GUEST_NAME
    return of_dialogue if is_for_name else _ASKED[ask.kind]


def _parts(situation: Situation) -> DayParts:
    """Morning begins when the salon opens, and the evening ends when it closes."""
    hours = situation.salon.hours.values()
    opens = min((one[0] for one in hours), default=time(9))
    closes = max((one[1] for one in hours), default=time(21))
    return DayParts(opens=opens, closes=closes)
