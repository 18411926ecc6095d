"""A chat as it is claimed, and a turn as it is kept: one burst that was handled, with why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from aiadmin.domain.chat.commands import Command
from aiadmin.domain.chat.dialogue import Dialogue, Proposal, VisitOperation
from aiadmin.domain.chat.floor import Floor, HandOverReason
from aiadmin.domain.chat.steps import Act, Asks, AttendanceAnswer, Need, Reply
from aiadmin.domain.ids import CompanyId, ContactId, MessageId
from aiadmin.domain.quarantine import RowKey
from aiadmin.domain.yclients.write_outcome import Saved, WriteOutcome


class TurnVerdict(StrEnum):
    """What became of a burst, as the salon reads it."""

    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    ANSWERED = "answered"
    HANDED_OVER = "handed_over"
    DECLINED = "declined"
    """Not now, not here, not so: the client was told."""
    SILENT = "silent"


_WRITTEN = {
    VisitOperation.BOOK: TurnVerdict.BOOKED,
    VisitOperation.MOVE: TurnVerdict.MOVED,
    VisitOperation.CANCEL: TurnVerdict.CANCELLED,
}


def verdict_of(reply: Reply, operation: VisitOperation | None, written: Sequence[WriteOutcome]) -> TurnVerdict:
    """What became of a burst.

    Args:
        operation: what was agreed to in this turn; None where nothing was.
        written: what became of each write.
    """
    if operation is not None and any(isinstance(one, Saved) for one in written):
        return _WRITTEN[operation]
    if reply.hand_over is not None or reply.act is Act.HAND_OVER:
        return TurnVerdict.HANDED_OVER
    if reply.act is Act.REFUSED:
        return TurnVerdict.DECLINED
    is_heard = bool(reply.parts) or bool(reply.attendance) or reply.opt_out is not None or reply.rating is not None
    return TurnVerdict.ANSWERED if is_heard else TurnVerdict.SILENT


@dataclass(frozen=True, kw_only=True)
class Chat:
    """A chat whose burst is due, claimed by one worker.

    Attributes:
        version: grows with all that is heard: a turn that knows a smaller one does not know all.
        run: grows with each claim: a worker whose claim was taken over finishes nothing.
        waits_since: when the first of what waits came; None where nothing does.
        floor: who has it; a client who wants no messages is not among what it knows.
        greeted_at: when we last greeted; aware, like all times here.
        media_at: when we last said that we cannot listen.
    """

    company_id: CompanyId
    contact_id: ContactId
    version: int
    run: int
    waits_since: datetime | None
    dialogue: Dialogue = field(default_factory=Dialogue)
    floor: Floor = field(default_factory=Floor)
    greeted_at: datetime | None = None
    media_at: datetime | None = None

    @property
    def row_key(self) -> RowKey:
        """What names the row in its queue."""
        return RowKey(self.company_id, str(self.contact_id))


@dataclass(frozen=True, kw_only=True)
class TurnRecord:
    """A burst that was handled.

    Attributes:
        inbox_ids: its messages.
        heard: what it said, message by message; the name of its kind for what is no text.
        needs: what was asked of YClients.
        written_at: when the last of it was written.
        proposal: what was offered, or what stayed offered.
        parts: the kinds of what was said, by the names of `domain.chat.parts`.
        reply: what the client was sent; None for nothing.
    """

    company_id: CompanyId
    contact_id: ContactId
    inbox_ids: Sequence[int]
    heard: Sequence[str] = field(repr=False)
    written_at: datetime
    began_at: datetime
    finished_at: datetime
    commands: Sequence[Command] = ()
    needs: Sequence[Need] = ()
    proposal: Proposal | None = None
    written: Sequence[WriteOutcome] = ()
    attendance: Sequence[AttendanceAnswer] = ()
    act: Act = Act.SILENT
    asks: Asks | None = None
    hand_over: HandOverReason | None = None
    rating: int | None = None
    parts: Sequence[str] = ()
    reply: str | None = field(default=None, repr=False)
    outbox_message_id: MessageId | None = None
    verdict: TurnVerdict = TurnVerdict.SILENT


@dataclass(frozen=True, kw_only=True)
class SaidTurn:
    """A turn whose reply has reached the server: what it asks is open.

    Attributes:
        message_id: of the outbox: what a quote of it points to.
    """

    turn: TurnRecord
    message_id: MessageId
    sent_at: datetime
