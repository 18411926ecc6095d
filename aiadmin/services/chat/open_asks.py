"""What of ours waits for an answer in a chat: each opens when its message was sent, and is bound to that message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aiadmin.domain.chat.asks import AskKind, Attend, OpenAsk
from aiadmin.domain.chat.confirmation import Question
from aiadmin.domain.chat.dialogue import Proposal
from aiadmin.domain.chat.parts.visits import AttendanceAsked
from aiadmin.domain.chat.transcript import ChatPart, Speaker, Transcript
from aiadmin.domain.chat.turn import Chat, SaidTurn
from aiadmin.domain.ids import MessageId
from aiadmin.domain.messages.message import Purpose
from aiadmin.storage.unit_of_work import UnitOfWork

RATED_WITHIN = timedelta(days=3)
"""How long after a request for a review a number is a rating."""
ANSWERED_WITHIN = timedelta(hours=24)
"""How long a question of the dialogue is open: as long as the dialogue lives."""


@dataclass(frozen=True, kw_only=True)
class AsksReader:
    """Finds the open asks of one part of a chat.

    Attributes:
        questions: of reminders, the one that was sent last first.
        zone: the salon's.
    """

    work: UnitOfWork
    chat: Chat
    part: ChatPart
    transcript: Transcript
    questions: Sequence[Question]
    zone: ZoneInfo

    def all(self) -> Sequence[OpenAsk]:
        """Those whose messages were sent before the part was written, the newest first."""
        asks = [*self._of_reminders(), *self._of_reviews(), *self._of_dialogue()]
        return sorted(asks, key=lambda one: one.sent_at, reverse=True)

    def quoted(self, asks: Sequence[OpenAsk]) -> OpenAsk | None:
        """The one that the part quotes or reacts to, by whichever of its messages."""
        ours = (one for one in self.transcript if one.speaker is Speaker.US)
        message = next((one for one in ours if one.message_id and one.message_id == self.part.quoted_id), None)
        if message is None or message.is_withdrawn:
            return None
        exact = next((one for one in asks if one.message_id == message.number), None)
        if exact is not None:
            return exact
        about = (one for one in self.questions if one.is_about(message.record_id))
        question = next(about, None)
        return self._of_former(MessageId(message.number)) if question is None else self._of_question(question)

    def _of_former(self, message_id: MessageId) -> OpenAsk | None:
        """What an earlier reply asked: it waits for nothing any more, but a client who quotes it means just that."""
        whom = self.chat.company_id, self.chat.contact_id
        said = self.work.chats.said_in(*whom, message_id, self.part.first_at)
        return None if said is None else self._of_said(said)

    def _of_reminders(self) -> Iterator[OpenAsk]:
        return (self._of_question(one) for one in self.questions)

    def _of_question(self, question: Question) -> OpenAsk:
        return OpenAsk(
            kind=AskKind.ATTENDANCE,
            sent_at=self._local(question.sent_at or question.asked_at),
            message_id=question.message_id,
            record_id=question.standing_id,
            starts=self._local(question.visit_at),
            others={number: self._local(question.starts_at + later) for number, later in question.bookings.items()},
            answered=None if question.answer is None else Attend(question.answer),
            is_overtaken=question.is_overtaken,
        )

    def _of_reviews(self) -> Iterator[OpenAsk]:
        """The last request for a review, unless it was answered."""
        since = self.part.first_at - RATED_WITHIN
        asked = [
            one
            for one in self.transcript
            if one.purpose is Purpose.REVIEW and since <= one.at <= self.part.first_at and not one.is_withdrawn
        ]
        if asked and not self.work.chats.is_rated(self.chat.company_id, self.chat.contact_id, asked[-1].at):
            last = asked[-1]
            yield OpenAsk(
                kind=AskKind.RATING,
                sent_at=self._local(last.at),
                message_id=last.number,
                record_id=last.record_id,
            )

    def _of_dialogue(self) -> Iterator[OpenAsk]:
        """What our last reply asks: of all others the client has heard something since."""
        said = self.work.chats.last_said(self.chat.company_id, self.chat.contact_id, self.part.first_at)
        ask = None if said is None else self._of_said(said)
        if ask is not None:
            yield ask

    def _of_said(self, said: SaidTurn) -> OpenAsk | None:
        """What one of our replies asks; None where it asks nothing, or where that is over."""
        proposal = said.turn.proposal
        is_old = said.sent_at < self.part.first_at - ANSWERED_WITHIN
        if is_old or (proposal is not None and self._is_told(proposal)):
            return None
        if proposal is None and (said.turn.asks is None or AttendanceAsked.__name__ in said.turn.parts):
            return None  # a reminder that was asked once more is open by itself
        return OpenAsk(
            kind=AskKind.QUESTION if proposal is None else AskKind.PROPOSAL,
            sent_at=self._local(said.sent_at),
            message_id=said.message_id,
            proposal=proposal,
        )

    def _is_told(self, proposal: Proposal) -> bool:
        return self.work.proposals.is_told(self.chat.company_id, int(proposal.proposal_id or 0))

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone).replace(tzinfo=None)
