"""Whether a client comes: the question that a reminder asks, what an answer to it brings about, and its writing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from aiadmin.domain.answer import Meaning
from aiadmin.domain.errors import AiAdminError
from aiadmin.domain.ids import CompanyId, ContactId, DeviceId
from aiadmin.domain.journal import Attendance, Record
from aiadmin.domain.message import Direction, MessageKind, Purpose
from aiadmin.domain.quarantine import RowKey
from aiadmin.domain.sync import RunState
from aiadmin.domain.sync_failure import after_failure, failure_of
from aiadmin.domain.yclients_error import YClientsError

ASKING = frozenset({Purpose.REMINDER_DAY, Purpose.REMINDER_HOURS, Purpose.REMINDER_AGAIN})
"""What asks."""
HANDED_OVER = timedelta(hours=2)
"""How long automation leaves a chat alone after the salon itself has written there."""
TO_BE_READ = timedelta(hours=1)
"""The same after words that only a human understands."""
OLD = timedelta(hours=12)
"""What a client wrote longer ago (we were away) still counts, but nobody is answered so late."""


class Answer(StrEnum):
    """What a client said to the question."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


@dataclass(frozen=True, kw_only=True)
class Question:
    """Asked about one visit at one time; when it is moved, that is another question.

    Attributes:
        written_at: when YClients was last told, or None.
        attempts: how often the present answer was tried to be written.
    """

    company_id: CompanyId
    record_id: int
    starts_at: datetime
    visit_id: int | None
    contact_id: ContactId
    asked_at: datetime
    answer: Answer | None = None
    written_at: datetime | None = None
    attempts: int = 0

    @property
    def row_key(self) -> RowKey:
        """What names the row in its queue."""
        return RowKey(self.company_id, f"{self.record_id}:{self.starts_at.timestamp():.6f}")


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message of the inbox that nobody has looked at yet."""

    letter_id: int
    company_id: CompanyId
    contact_id: ContactId
    device_id: DeviceId | None
    direction: Direction
    kind: MessageKind
    text: str | None = field(repr=False)
    quoted_id: str | None
    sent_at: datetime


class Reply(StrEnum):
    """What we say to a client who has just written."""

    GLAD = "glad"
    PITY = "pity"
    GOODBYE = "goodbye"
    WELCOME = "welcome"


@dataclass(frozen=True, kw_only=True)
class Reaction:
    """What a message brings about.

    Attributes:
        answer: to be kept, and what follows from it.
        tells_salon: whether the salon has to know: it may wish to fill the time.
        silence: for how long automation leaves the chat alone.
        opt: True for one who wants messages again, False for one who wants none.
    """

    reply: Reply | None = None
    answer: Answer | None = None
    tells_salon: bool = False
    silence: timedelta | None = None
    opt: bool | None = None


NONE = Reaction()
_ANSWERS = {Meaning.YES: Answer.YES, Meaning.NO: Answer.NO}
_REPLIES = {Answer.YES: Reply.GLAD, Answer.NO: Reply.PITY}


def react(said: Meaning, question: Question | None, *, is_out: bool, is_old: bool) -> Reaction:
    """What a client's words bring about.

    Args:
        question: the one that they would answer, or None.
        is_out: whether this client wants no messages: even an answer to theirs is then only kept.
        is_old: whether they were written long ago.
    """
    if said is Meaning.STOP:
        return Reaction(opt=False, reply=None if is_out or is_old else Reply.GOODBYE)
    if said is Meaning.START:
        return Reaction(opt=True, reply=Reply.WELCOME if is_out and not is_old else None)
    if said is Meaning.UNCLEAR:
        is_first = question is not None and question.answer is None
        return Reaction(silence=TO_BE_READ, answer=Answer.UNCLEAR if is_first else None)
    answer = _ANSWERS.get(said)
    if answer is None or question is None or question.answer is answer:
        return NONE
    is_turn = answer is Answer.NO or question.answer is Answer.NO
    return Reaction(answer=answer, tells_salon=is_turn, reply=None if is_out or is_old else _REPLIES[answer])


def react_to_salon(sent_at: datetime, now: datetime) -> Reaction:
    """The salon wrote to the client itself: the chat is theirs for a while."""
    left = sent_at + HANDED_OVER - now
    return Reaction(silence=left) if left > timedelta(0) else NONE


def is_to_write(answer: Answer, before: Question) -> bool:
    """Whether YClients has to hear of an answer: of a yes, and of what takes back a yes that it knows.

    A no by itself changes nothing in the journal: only the salon cancels.
    """
    return answer is Answer.YES or (answer is Answer.NO and before.answer is Answer.YES)


@dataclass(frozen=True, kw_only=True)
class Writing:
    """What is to be done about an answer in the journal: `attendance` is written, or it is over for this `reason`."""

    attendance: Attendance | None = None
    reason: str | None = None


def writing(question: Question, record: Record | None) -> Writing:
    """What the journal is to say, given the record as YClients has it now: that, or why nothing."""
    if record is None or record.is_deleted:
        return Writing(reason="cancelled")
    if record.starts_at != question.starts_at:
        return Writing(reason="moved")
    if record.attendance in {Attendance.CAME, Attendance.NO_SHOW}:
        return Writing(reason="over")
    return Writing(attendance=Attendance.CONFIRMED if question.answer is Answer.YES else Attendance.WAITING)


@dataclass(frozen=True, kw_only=True)
class Retry:
    """When to try again; None when it is no use. `reason` says what stood in the way."""

    at: datetime | None
    reason: str


def after_refusal(question: Question, error: AiAdminError, *, now: datetime, chance: float) -> Retry:
    """What follows when YClients did not take an answer. It may have been done: the record is read first."""
    failure = failure_of(error)
    asked = error.wait if isinstance(error, YClientsError) else timedelta(0)
    after = after_failure(failure, attempts=question.attempts, asked=asked, chance=chance)
    if after.state is not RunState.WAITING or after.wait is None or now + after.wait >= question.starts_at:
        return Retry(at=None, reason=failure)
    return Retry(at=now + after.wait, reason=failure)
