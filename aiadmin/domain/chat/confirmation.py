"""Whether a client comes: the question that a reminder asks, what an answer to it brings about, and its writing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from aiadmin.domain.errors import AiAdminError
from aiadmin.domain.ids import CompanyId, ContactId, MessageId
from aiadmin.domain.journal.journal import ONE_VISIT, Attendance, OfClient, OfVisit, Record
from aiadmin.domain.journal.sync_retry import after_failure, failure_of
from aiadmin.domain.journal.sync_run import RunState
from aiadmin.domain.messages.message import Purpose
from aiadmin.domain.quarantine import RowKey
from aiadmin.domain.yclients.error import YClientsError

ASKING = frozenset({Purpose.REMINDER_DAY, Purpose.REMINDER_HOURS, Purpose.REMINDER_AGAIN})
"""What asks."""


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
        sent_at: when the newest message that asks it reached the server, `message_id` its number in the outbox.
        attempts: how often the present answer was tried to be written.
        first: the first of its bookings that stands, where that is known.
        is_overtaken: whether its client has since been told of another visit, so that words which quote nothing may
            be about either.
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
    sent_at: datetime | None = None
    message_id: MessageId | None = None

    @property
    def is_answered(self) -> bool:
        """Whether its client has said in clear words whether they come."""
        return self.answer in {ClientAnswer.YES, ClientAnswer.NO}

    @property
    def visit_at(self) -> datetime:
        """When what stands of the visit begins."""
        return self.first.starts_at if self.first is not None else self.starts_at

    @property
    def bookings(self) -> Mapping[int, timedelta]:
        """All bookings that were asked about, and how long after the question's time each begins."""
        return {self.record_id: timedelta(0), **self.others}

    @property
    def standing_id(self) -> int:
        """The first booking of the visit that stands, as far as that is known."""
        return self.first.record_id if self.first is not None else self.record_id

    def is_about(self, record_id: int | None) -> bool:
        """Whether a booking was asked about, or has come to the visit since."""
        return record_id is not None and record_id in {self.record_id, self.standing_id, *self.others}

    @property
    def row_key(self) -> RowKey:
        """What names the row in its queue."""
        return RowKey(self.company_id, f"{self.record_id}:{self.starts_at.timestamp():.6f}")


def distinct(questions: Sequence[Question]) -> Sequence[Question]:
    """Of questions, the newest first, one for each visit."""
    found: list[Question] = []
    for one in questions:
        if not any(_is_of_same_visit(one, other) for other in found):
            found.append(one)
    return found


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
    return answer is ClientAnswer.YES or is_known


def is_held(question: Question, record: OfClient) -> bool:
    """Whether a booking is still that of the person who was asked: by the number that they were asked at.

    By the card only where the booking has no number: the number on a card may be corrected, and whoever has the wrong
    one answers for nobody.
    """
    if record.client_id is None:
        return False
    return record.client_phone in question.numbers if record.client_phone else record.client_id == question.client_id


def standing(question: Question, records: Iterable[Record]) -> Sequence[Record]:
    """Of the bookings of a visit those that the question is still about, in the order of time."""
    return sorted((one for one in records if _flaw(question, one) is None), key=lambda one: one.starts_at)


def is_open(question: Question, records: Sequence[Record], at: datetime) -> bool:
    """Whether an answer of that time answers it: something that was asked about stands, and has not begun.

    Args:
        records: what is known of the bookings of its visit; of a booking that is not known nothing has changed.
    """
    is_known = any(one.record_id == question.record_id for one in records)
    begins = [one.starts_at for one in standing(question, map(_not_written_off, records))]
    return any(one > at for one in (begins if is_known else [question.starts_at, *begins]))


def _not_written_off(record: Record) -> Record:
    """What the desk has marked as missed before it began is still to be talked about."""
    is_no_show = record.attendance is Attendance.NO_SHOW
    return replace(record, attendance=Attendance.WAITING) if is_no_show else record


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
