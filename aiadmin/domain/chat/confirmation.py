"""Whether a client comes: the question that a reminder asks, what an answer to it brings about, and its writing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from aiadmin.domain.chat.intent import Intent
from aiadmin.domain.errors import AiAdminError
from aiadmin.domain.ids import CompanyId, ContactId, DeviceId
from aiadmin.domain.journal.journal import ONE_VISIT, Attendance, OfClient, OfVisit, Record
from aiadmin.domain.journal.sync_retry import after_failure, failure_of
from aiadmin.domain.journal.sync_run import RunState
from aiadmin.domain.messages.message import Direction, MessageKind, Purpose
from aiadmin.domain.quarantine import RowKey
from aiadmin.domain.yclients.error import YClientsError

ASKING = frozenset({Purpose.REMINDER_DAY, Purpose.REMINDER_HOURS, Purpose.REMINDER_AGAIN})
"""What asks."""
HANDED_OVER = timedelta(hours=2)
"""How long automation leaves a chat alone after the salon itself has written there."""
TO_BE_READ = timedelta(hours=1)
"""The same after words that only a human understands."""
ASKED_TOGETHER = timedelta(hours=1)
"""Words behind questions that were asked so shortly after one another may be about any of them."""
OLD = timedelta(hours=12)
"""What a client wrote longer ago (we were away) still counts, but nobody is answered so late."""


class ClientAnswer(StrEnum):
    """What a client said to the question."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


@dataclass(frozen=True, kw_only=True)
class Question:
    """Asked of one person about one visit at one time; when it is moved, that is another question.

    Attributes:
        contact_id: who was asked.
        client_id: whose card the booking was on then.
        numbers: every number by which that person is known, in every spelling.
        others: the other bookings of the visit that were asked about, and how long after this one each begins.
        written_at: when YClients was last told, or None; also of what was said by whoever had the booking before.
        attempts: how often the present answer was tried to be written.
        first: the first of its bookings that stands, where that is known.
        is_overtaken: whether its client has since been told of another visit, so that words which quote nothing may
            be about either.
        rivals: other visits that were asked about together with this one, so that words which quote nothing may be
            about any of them, or all.
        is_settled: whether the salon has since marked the booking that it was looked up for as confirmed and not
            taken that back, or given it to the same client at that time once more: what was talked over counts for
            more than the answer.
    """

    company_id: CompanyId
    record_id: int
    starts_at: datetime
    visit_id: int | None
    contact_id: ContactId
    asked_at: datetime
    answer: ClientAnswer | None = None
    written_at: datetime | None = None
    attempts: int = 0
    client_id: int | None = None
    numbers: frozenset[str] = field(default=frozenset(), repr=False)
    others: Mapping[int, timedelta] = field(default_factory=dict)
    first: Record | None = None
    is_overtaken: bool = False
    is_settled: bool = False
    rivals: Sequence[Question] = ()

    @property
    def is_answered(self) -> bool:
        """Whether its client has said in clear words whether they come."""
        return self.answer in {ClientAnswer.YES, ClientAnswer.NO}

    @property
    def visit_at(self) -> datetime:
        """When what stands of the visit begins."""
        return self.first.starts_at if self.first is not None else self.starts_at

    @property
    def row_key(self) -> RowKey:
        """What names the row in its queue."""
        return RowKey(self.company_id, f"{self.record_id}:{self.starts_at.timestamp():.6f}")


@dataclass(frozen=True, kw_only=True)
class InboxMessage:
    """A message of the inbox that nobody has looked at yet."""

    inbox_id: int
    company_id: CompanyId
    contact_id: ContactId
    device_id: DeviceId | None
    direction: Direction
    kind: MessageKind
    text: str | None = field(repr=False)
    quoted_id: str | None
    sent_at: datetime


class ReplyKind(StrEnum):
    """What we say to a client who has just written."""

    CONFIRMED = "confirmed"
    DECLINED = "declined"
    GOODBYE = "goodbye"
    WELCOME = "welcome"
    THANKS = "thanks"
    """For words that may be about something else: nothing follows from them."""


@dataclass(frozen=True, kw_only=True)
class ReplyEffects:
    """What a message brings about.

    Attributes:
        answer: to be kept, and what follows from it.
        tells_salon: whether the salon has to know: it may wish to fill the time.
        is_unsure: whether the words may be about another visit: then the salon is told that, and nothing follows.
        silence: for how long automation leaves the chat alone.
        opt: True for one who wants messages again, False for one who wants none.
    """

    reply: ReplyKind | None = None
    answer: ClientAnswer | None = None
    tells_salon: bool = False
    is_unsure: bool = False
    silence: timedelta | None = None
    opt: bool | None = None


NONE = ReplyEffects()
_ANSWERS = {Intent.YES: ClientAnswer.YES, Intent.NO: ClientAnswer.NO}
_REPLIES = {ClientAnswer.YES: ReplyKind.CONFIRMED, ClientAnswer.NO: ReplyKind.DECLINED}


def react(said: Intent, question: Question | None, *, is_out: bool, is_old: bool) -> ReplyEffects:
    """What a client's words bring about.

    Args:
        question: the one that they would answer, or None.
        is_out: whether this client wants no messages: even an answer to theirs is then only kept.
        is_old: whether they were written long ago.
    """
    if said is Intent.STOP:
        return ReplyEffects(opt=False, reply=None if is_out or is_old else ReplyKind.GOODBYE)
    if said is Intent.START:
        return ReplyEffects(opt=True, reply=ReplyKind.WELCOME if is_out and not is_old else None)
    if said is Intent.UNCLEAR:
        is_first = question is not None and question.answer is None
        return ReplyEffects(silence=TO_BE_READ, answer=ClientAnswer.UNCLEAR if is_first else None)
    answer = _ANSWERS.get(said)
    changed = [] if question is None else [one for one in (question, *question.rivals) if one.answer is not answer]
    if answer is None or question is None or not changed:
        return NONE
    is_turn = answer is ClientAnswer.NO or any(one.answer is ClientAnswer.NO for one in changed)
    if question.is_overtaken or question.rivals:
        return _unsure(question, is_turn=is_turn, is_silent=is_out or is_old)
    return ReplyEffects(answer=answer, tells_salon=is_turn, reply=None if is_out or is_old else _REPLIES[answer])


def _unsure(question: Question, *, is_turn: bool, is_silent: bool) -> ReplyEffects:
    """Words that may be about another visit: a human asks back where somebody may not come, and a yes is only thanked
    for. After news of another visit it may be no answer at all, so that the question stays open; where several visits
    were asked about it is one, and the salon has to know that none of them is confirmed."""
    answer = None if question.is_answered else ClientAnswer.UNCLEAR
    if is_turn:
        return ReplyEffects(answer=answer, tells_salon=True, is_unsure=True, silence=TO_BE_READ)
    reply = None if is_silent else ReplyKind.THANKS
    if not question.rivals:
        return ReplyEffects(reply=reply)
    return ReplyEffects(reply=reply, answer=answer, tells_salon=True, is_unsure=True)


def react_to_salon(sent_at: datetime, now: datetime) -> ReplyEffects:
    """The salon wrote to the client itself: the chat is theirs for a while."""
    left = sent_at + HANDED_OVER - now
    return ReplyEffects(silence=left) if left > timedelta(0) else NONE


def answered(questions: Sequence[Question], said_at: datetime) -> Question | None:
    """The question that words which quote nothing answer: the one that was asked last, with its rivals.

    Who has answered one of several that were asked together, by quoting it, means the others next.

    Args:
        questions: those of one person that are open.
    """
    asked = [one for one in questions if one.asked_at <= said_at] or questions
    if not asked:
        return None
    last = max(one.asked_at for one in asked)
    together = [one for one in asked if last - one.asked_at < ASKED_TOGETHER]
    waiting = [one for one in together if not one.is_answered] or together
    first, *rest = sorted(waiting, key=lambda one: (-one.asked_at.timestamp(), one.starts_at))
    return replace(first, rivals=tuple(one for one in rest if not _is_of_same_visit(one, first)))


def _is_of_same_visit(one: Question, other: Question) -> bool:
    if {one.record_id, *one.others} & {other.record_id, *other.others}:
        return True
    is_same = one.visit_id is not None and one.visit_id == other.visit_id
    return is_same and abs(one.starts_at - other.starts_at) < ONE_VISIT


def is_to_write(answer: ClientAnswer, before: Question) -> bool:
    """Whether YClients has to hear of an answer: of a yes, and of what takes back a yes that it knows.

    A no by itself changes nothing in the journal: only the salon cancels. The yes may be that of whoever had the
    booking before.
    """
    is_known = before.answer is ClientAnswer.YES or (before.answer is None and before.written_at is not None)
    return answer is ClientAnswer.YES or (answer is ClientAnswer.NO and is_known)


def is_held(question: Question, record: OfClient) -> bool:
    """Whether a booking is still that of the person who was asked: by the number that they were asked at.

    By the card only where the booking has no number: the number on a card may be corrected, and whoever has the wrong
    one answers for nobody.
    """
    if record.client_id is None:
        return False
    return record.client_phone in question.numbers if record.client_phone else record.client_id == question.client_id


def standing(question: Question, records: Sequence[Record]) -> Sequence[Record]:
    """Of the bookings of a visit those that the question is still about, in the order of time."""
    return sorted((one for one in records if _flaw(question, one) is None), key=lambda one: one.starts_at)


def is_open(question: Question, records: Sequence[Record], at: datetime) -> bool:
    """Whether an answer of that time answers it: something that was asked about stands, and has not begun.

    Args:
        records: what is known of the bookings of its visit; of a booking that is not known nothing has changed.
    """
    is_known = any(one.record_id == question.record_id for one in records)
    begins = [one.starts_at for one in standing(question, records)]
    return any(one > at for one in (begins if is_known else [question.starts_at, *begins]))


def is_confirmed_by_another(record: Record, questions: Sequence[Question]) -> bool:
    """Whether a booking is confirmed in the journal because somebody said so who had it before, or of another day.

    Args:
        questions: all that were asked about its visit.
    """
    theirs = [one for one in questions if is_held(one, record) and abs(one.starts_at - record.starts_at) < ONE_VISIT]
    is_theirs = any(one.answer is ClientAnswer.YES for one in theirs)
    is_others = any(one.written_at is not None and (one not in theirs or one.answer is None) for one in questions)
    return record.attendance is Attendance.CONFIRMED and is_others and not is_theirs


def is_agreed(record: Record, questions: Sequence[Question]) -> bool:
    """Whether its client has said that they come, and the journal was not told of it, or does not take it."""
    yes = (one for one in questions if one.answer is ClientAnswer.YES and one.written_at is None)
    return any(standing(one, [record]) for one in yes)


def is_declined(record: Record, questions: Sequence[Question]) -> bool:
    """Whether its client has said that they do not come then.

    Args:
        questions: all that were asked about its visit.
    """
    return any(one.answer is ClientAnswer.NO and not one.is_settled and standing(one, [record]) for one in questions)


def was_declined(record_id: int, visit: OfVisit, questions: Sequence[Question]) -> bool:
    """Whether a client has said that they do not come then, whatever has become of the booking since.

    Args:
        visit: what the client knows of it: it may be somebody else's by now.
    """
    return any(
        one.answer is ClientAnswer.NO
        and not one.is_settled
        and is_held(one, visit)
        and (record_id == one.record_id or record_id in one.others)
        and visit.starts_at == one.starts_at + one.others.get(record_id, timedelta(0))
        for one in questions
    )


@dataclass(frozen=True, kw_only=True)
class JournalUpdate:
    """What is to be done about an answer in the journal: `attendance` is written to `records`, or it is over for this
    `reason`."""

    attendance: Attendance | None = None
    records: Sequence[Record] = ()
    reason: str | None = None


def writing(question: Question, records: Sequence[Record]) -> JournalUpdate:
    """What the journal is to say of a visit, given its bookings as YClients has them now: that, or why nothing."""
    stand = standing(question, records)
    if stand:
        attendance = Attendance.CONFIRMED if question.answer is ClientAnswer.YES else Attendance.WAITING
        return JournalUpdate(attendance=attendance, records=stand)
    asked = next((one for one in records if one.record_id == question.record_id), None)
    return JournalUpdate(reason="cancelled" if asked is None else _flaw(question, asked))


def _flaw(question: Question, record: Record) -> str | None:
    """Why the question is not about a booking any more; None when it is."""
    return next((why for is_so, why in _flaws(question, record) if is_so), None)


def _flaws(question: Question, record: Record) -> Iterator[tuple[bool, str]]:
    yield record.is_deleted, "cancelled"
    yield not is_held(question, record), "other_client"
    yield not _is_as_asked(question, record), "moved"
    yield record.attendance in {Attendance.CAME, Attendance.NO_SHOW}, "over"


def _is_as_asked(question: Question, record: Record) -> bool:
    """Whether a booking begins when it did; of one that came to the visit since, whether it is of this visit."""
    after = timedelta(0) if record.record_id == question.record_id else question.others.get(record.record_id)
    if after is not None:
        return record.starts_at == question.starts_at + after
    is_of_visit = record.visit_id is not None and record.visit_id == question.visit_id
    return is_of_visit and abs(record.starts_at - question.starts_at) < ONE_VISIT


@dataclass(frozen=True, kw_only=True)
class JournalRetry:
    """When to try again; None when it is no use. `reason` says what stood in the way."""

    at: datetime | None
    reason: str


def after_refusal(question: Question, error: AiAdminError, *, now: datetime, jitter: float) -> JournalRetry:
    """What follows when YClients did not take an answer. It may have been done: the record is read first."""
    failure = failure_of(error)
    asked = error.wait if isinstance(error, YClientsError) else timedelta(0)
    after = after_failure(failure, attempts=question.attempts, asked=asked, jitter=jitter)
    if after.state is not RunState.WAITING or after.wait is None or now + after.wait >= question.starts_at:
        return JournalRetry(at=None, reason=failure)
    return JournalRetry(at=now + after.wait, reason=failure)
