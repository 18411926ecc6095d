"""A change of which nobody knew whether it was made, and that the journal turns out to have: said once, to both."""

from __future__ import annotations

from datetime import datetime

from aiadmin.domain.chat.dialogue import VisitOperation
from aiadmin.domain.chat.floor import WROTE, Holder
from aiadmin.domain.chat.notes import FoundLater
from aiadmin.domain.chat.parts.visits import FoundInJournal
from aiadmin.domain.chat.situation import Situation
from aiadmin.domain.chat.steps import Act, Reply


def found_later(operation: VisitOperation, starts: datetime | None, situation: Situation) -> Reply:
    """What is said of a change that was found in the journal.

    The salon always hears of it. The client does unless a human of the salon is writing with them, or they want no
    messages, or it is night: the salon is asked to say it then.

    Args:
        starts: when the visit is, by the salon's clock; None where that is not known.
    """
    is_over = starts is not None and starts <= situation.now
    is_theirs = situation.floor.holder is Holder.HUMAN and situation.floor.why == WROTE
    is_told = not (is_over or is_theirs or situation.is_opted_out or situation.is_quiet)
    part = FoundInJournal(operation=operation, starts=starts)
    return Reply(
        act=Act.DONE,
        parts=(part,) if is_told else (),
        dialogue=situation.dialogue,
        notes=(FoundLater(operation=operation, starts=starts, is_client_told=is_told),),
        language=situation.dialogue.language,
    )
