"""A chat that is remembered here and nowhere else: what a try-out keeps between two turns, where nothing is stored.

Times are the salon's wall clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aiadmin.domain.chat.asks import OF_A_TALK, AskKind, OpenAsk
from aiadmin.domain.chat.dialogue import Dialogue, Proposal
from aiadmin.domain.chat.floor import GIVES_THE_FLOOR, HELD_BY_HUMAN, Floor, Holder
from aiadmin.domain.chat.situation import ClientView, SalonView, Situation
from aiadmin.domain.chat.steps import Act, Reply

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class RememberedChat:
    """A chat between two turns.

    Attributes:
        asks: what waits for an answer, the newest first.
        replied_at: when we have replied.
        booked: how many visits were booked.
        last_words, repeats: what the client said last, and how often in a row before that.
        last_said: what we said last.
    """

    dialogue: Dialogue = field(default_factory=Dialogue)
    floor: Floor = field(default_factory=Floor)
    asks: tuple[OpenAsk, ...] = ()
    greeted_at: datetime | None = None
    media_at: datetime | None = None
    replied_at: tuple[datetime, ...] = ()
    booked: int = 0
    is_opted_out: bool = False
    last_words: str = ""
    repeats: int = 0
    last_said: str = ""

    @property
    def proposal(self) -> Proposal | None:
        """What is offered now."""
        return next((one.proposal for one in self.asks if one.proposal is not None), None)

    def hearing(self, words: str) -> RememberedChat:
        """With a burst of a client's words."""
        said = " ".join(words.lower().split())
        is_again = bool(said) and said == self.last_words
        return replace(self, last_words=said, repeats=self.repeats + 1 if is_again else 0)

    def situation(self, salon: SalonView, client: ClientView, now: datetime) -> Situation:
        """What a turn begins with, now."""
        floor = self.floor
        zone = ZoneInfo(salon.zone)
        if floor.until is not None and floor.until <= now.replace(tzinfo=zone):
            floor = Floor()
        return Situation(
            now=now,
            written_at=now,
            salon=salon,
            client=client,
            dialogue=self.dialogue,
            floor=floor,
            asks=self.asks,
            greeted_at=self.greeted_at,
            media_at=self.media_at,
            replies_of_hour=sum(now - one < _HOUR for one in self.replied_at),
            replies_of_day=sum(now - one < _DAY for one in self.replied_at),
            booked_today=self.booked,
            is_opted_out=self.is_opted_out,
            repeats=self.repeats,
        )

    def after(self, reply: Reply, situation: Situation, *, text: str, booked: int = 0) -> RememberedChat:
        """With a reply; `text` is what was sent of it, empty for nothing."""
        now = situation.now
        chat = replace(
            self,
            dialogue=replace(reply.dialogue, touched_at=now),
            floor=_floor(situation, reply),
            asks=_answered(self.asks, reply),
            booked=self.booked + booked,
            is_opted_out=self.is_opted_out if reply.opt_out is None else reply.opt_out,
        )
        return replace(chat._having_said(reply, situation), last_said=text) if text else chat

    def _having_said(self, reply: Reply, situation: Situation) -> RememberedChat:
        """A new question or proposal takes the place of the one before; whatever was said ends the old ones."""
        now, number = situation.now, len(self.replied_at) + 1
        kept = tuple(one for one in self.asks if one.kind not in OF_A_TALK)
        return replace(
            self,
            asks=(*_asked(reply, situation, number), *kept),
            greeted_at=now if reply.greets else self.greeted_at,
            replied_at=(*self.replied_at, now),
        )


def _floor(situation: Situation, reply: Reply) -> Floor:
    given, until = None, situation.now.replace(tzinfo=ZoneInfo(situation.salon.zone))
    if reply.hand_over is not None and reply.hand_over in GIVES_THE_FLOOR:
        given = Floor(holder=Holder.HUMAN, why=reply.hand_over.value, until=until + HELD_BY_HUMAN)
    elif reply.is_left:
        given = Floor(holder=Holder.HUMAN, why="left", until=until + _HOUR)
    return given or situation.floor


def _answered(asks: tuple[OpenAsk, ...], reply: Reply) -> tuple[OpenAsk, ...]:
    """Reminders keep their answer, and stay open for a change of mind; a rating is given once."""
    said = {one.record_id: one.answer for one in reply.attendance}
    open_ones = (one for one in asks if one.kind is not AskKind.RATING or reply.rating is None)
    return tuple(
        replace(one, answered=said[one.record_id])
        if one.kind is AskKind.ATTENDANCE and one.record_id is not None and one.record_id in said
        else one
        for one in open_ones
    )


def _asked(reply: Reply, situation: Situation, number: int) -> tuple[OpenAsk, ...]:
    now = situation.now
    if reply.proposal is not None and reply.act is not Act.DONE:
        made = replace(
            reply.proposal,
            made_at=now.replace(tzinfo=ZoneInfo(situation.salon.zone)),
            proposal_id=f"{number}",
        )
        return (OpenAsk(kind=AskKind.PROPOSAL, sent_at=now, message_id=number, proposal=made),)
    if reply.asks is not None:
        return (OpenAsk(kind=AskKind.QUESTION, sent_at=now, message_id=number),)
    return ()
