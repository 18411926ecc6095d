"""When a planned notice becomes a message: the moment before, and what follows from what became of the message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from aiadmin.domain.backoff import Backoff
from aiadmin.domain.chat.confirmation import (
    ASKING,
    Question,
    is_agreed,
    is_confirmed_by_another,
    is_declined,
    was_declined,
)
from aiadmin.domain.errors import AiAdminError
from aiadmin.domain.ids import ContactId, MessageId
from aiadmin.domain.journal.journal import Attendance, Record, is_same_person
from aiadmin.domain.messages.message import Purpose
from aiadmin.domain.messages.sending_policy import TURNS_AWAY, Decision, Send
from aiadmin.domain.notices.notice import AnnouncedVisit, Notice, NoticeKind, StaleReason, stale_reason
from aiadmin.domain.notices.settings import MessageSettings
from aiadmin.domain.notices.telling import Announced, NoticeWithBooking, VisitNotices, is_beside, is_heir
from aiadmin.domain.yclients.error import YClientsError

CLAIM = timedelta(minutes=1)
"""How long notices stay with the worker that looks at them, longer than a few readings of records take: so late are
those of one that was killed. One that comes back after it releases nothing."""
BATCH = 10
MOST_IN_ONE = 30
"""Bookings that one message tells of; a client can read no more."""
RELEASED_FOR = timedelta(minutes=2)
"""A message that does not go out in this time is taken back: what it says has to be looked at again."""
FRESH = timedelta(minutes=2)
"""How old a look at a booking may be when a message is owed; what changes meanwhile comes by webhook."""
FEW = 3
"""More notices of one day's visits are looked at together: YClients counts calls, and a list is one call."""
_RETRIES = Backoff(first=timedelta(minutes=1), longest=timedelta(minutes=1))
_LONGEST_ASKED = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class NoticeRecipient:
    """Whom a notice is for.

    Attributes:
        is_muted: whether the salon sends them no mailings (YClients' `sms_not`).
    """

    name: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    is_muted: bool = False


@dataclass(frozen=True, kw_only=True)
class ToldOfVisit:
    """What else a client is told of a visit about now.

    Attributes:
        is_told: whether another message about it has just come, or is about to leave.
        is_coming: whether a change of it is still to be told.
    """

    is_told: bool
    is_coming: bool


@dataclass(frozen=True, kw_only=True)
class Needless:
    """A reminder that its client has no use for."""

    why: StaleReason


@dataclass(frozen=True, kw_only=True)
class AfterChanges:
    """A reminder that would overtake a change of its visit, which says the same and is to be read first."""


Outcome = Decision | Needless | AfterChanges
"""What is decided of a notice that is still true."""
AFTER_CHANGES = "news_first"


class NoticeState(StrEnum):
    """Where a notice stands."""

    WAITING = "waiting"
    RELEASED = "released"
    """It is a message now."""
    DONE = "done"
    DROPPED = "dropped"


def visit_day(notice: Notice, zone: str) -> date:
    """The salon's day of the visit that a notice promises."""
    return notice.announced.starts_at.astimezone(ZoneInfo(zone)).date()


def is_worth_a_list(notice: Notice, due: Sequence[Notice], zone: str) -> bool:
    """Whether so many are due of that day that its whole list is the cheaper look."""
    day = visit_day(notice, zone)
    return sum(visit_day(one, zone) == day for one in due) > FEW


def is_fresh(looked_at: datetime | None, now: datetime) -> bool:
    """Whether a booking that was looked at then need not be looked at again."""
    return looked_at is not None and now - looked_at < FRESH


def drop_reason(
    notice: Notice, record: Record | None, settings: MessageSettings, now: datetime
) -> StaleReason | None:
    """Why a notice about a booking is not to be told any more; None when it is.

    Args:
        record: the booking as YClients has it; None when it is not known any more.
    """
    if record is None:
        return StaleReason.GONE
    return stale_reason(notice, record, now) if settings.wants(notice.kind) else StaleReason.SWITCHED_OFF


def heirs(notice: Notice, rest: Sequence[Record], settings: MessageSettings, now: datetime) -> Sequence[Record]:
    """Of the other bookings of its visit those of which a notice would be true."""

    def is_true(one: Record) -> bool:
        same = replace(notice, record_id=one.record_id, announced=AnnouncedVisit.of(one))
        return drop_reason(same, one, settings, now) is None

    return [one for one in rest if is_heir(one, notice.announced, settings) and is_true(one)]


def card_of(told: Announced) -> int | None:
    """The client that a notice was planned for, by their number at YClients."""
    return told.announced.client_id or told.record.client_id


def recipient_of(told: Announced, card: NoticeRecipient, *, are_phones_hidden: bool) -> NoticeRecipient:
    """The client that a notice was planned for: the booking may be another's by now.

    Then the number is the one that they were told of it by, whatever their card says. So it is where phones are
    hidden from us; of a salon that lets us see them, a phone that is gone from a booking was erased, and is not
    written to.

    Args:
        card: what the salon's list says of the client.
    """
    is_theirs = is_same_person(told.announced, told.record)
    if is_theirs and (told.record.client_phone or not are_phones_hidden):
        return replace(card, phone=told.record.client_phone)
    return replace(card, phone=told.announced.client_phone or card.phone)


def purpose_of(notice: Notice, questions: Sequence[Question]) -> Purpose:
    """What a notice is for: a client who has said that they do not come does not come in vain.

    Args:
        questions: all that were asked about its booking; only a cancellation needs them.
    """
    is_known = notice.kind is NoticeKind.CANCELLED and was_declined(notice.record_id, notice.announced, questions)
    return Purpose.CHANGED if is_known else Purpose(notice.kind)


def as_answered(record: Record, questions: Sequence[Question]) -> Record:
    """A booking as confirmed where its client has said so to us, and not where a client who had it before has.

    Args:
        questions: all that were asked about it.
    """
    if record.attendance is Attendance.WAITING and is_agreed(record, questions):
        return replace(record, attendance=Attendance.CONFIRMED)
    if record.attendance is Attendance.CONFIRMED and is_confirmed_by_another(record, questions):
        return replace(record, attendance=Attendance.WAITING)
    return record


def is_confirmed(told: NoticeWithBooking) -> bool:
    """Whether a client who is asked once more has said meanwhile that they come (`as_answered`)."""
    is_again = told.notice.kind is NoticeKind.REMINDER_AGAIN
    return is_again and told.record.attendance is Attendance.CONFIRMED


def needed_by(
    told: Sequence[NoticeWithBooking], known: Sequence[Record], settings: MessageSettings, now: datetime
) -> datetime | None:
    """Until when the client has to know of the first of these notices; None where none turns them away.

    Args:
        known: bookings that may stand beside theirs.
    """
    return min(
        (
            one.notice.needed_by([each for each in known if is_beside(each, [one], settings)], now)
            for one in told
            if Purpose(one.notice.kind) in TURNS_AWAY
        ),
        default=None,
    )


def beside_changes(changes: ToldOfVisit) -> Outcome:
    """Whether a reminder goes out beside changes of its visit that its client is told of."""
    if changes.is_told:
        return Needless(why=StaleReason.JUST_TOLD)
    return AfterChanges() if changes.is_coming else Send()


def question_of(visit: VisitNotices, contact_id: ContactId, message_id: MessageId, now: datetime) -> Question:
    """The question that a reminder of a visit asks."""
    first = visit.told[0]
    others = [one for one in visit.bookings if one.record_id != first.record.record_id]
    return Question(
        company_id=first.notice.company_id,
        record_id=first.notice.record_id,
        starts_at=first.record.starts_at,
        visit_id=first.record.visit_id,
        contact_id=contact_id,
        client_id=first.record.client_id,
        others={one.record_id: one.starts_at - first.record.starts_at for one in others},
        asked_at=now,
        message_id=message_id,
    )


def visit_as_answered(visit: VisitNotices, questions: Mapping[int, Sequence[Question]]) -> VisitNotices:
    """`as_answered` for each booking of a visit that its client is reminded of.

    Args:
        questions: by the number of the booking that they were looked up for.
    """
    if Purpose(visit.told[0].notice.kind) not in ASKING:
        return visit
    told = [
        replace(one, record=as_answered(one.record, questions.get(one.record.record_id, ()))) for one in visit.told
    ]
    return replace(visit, told=told, rest=[as_answered(one, questions.get(one.record_id, ())) for one in visit.rest])


def is_part_declined(bookings: Sequence[Record], questions: Mapping[int, Sequence[Question]]) -> bool:
    """Whether the client of a visit has said of one of its bookings that they do not come.

    Each booking has questions of its own: whether an answer was talked over since is another matter for each.
    """
    return any(is_declined(one, questions[one.record_id]) for one in bookings)


def message_key(notice: Notice) -> str:
    """The dedup key of the message that this look at a notice releases, if it does: `attempts` names the look."""
    return f"notice:{notice.id}:{notice.attempts}"


def call_key(notice: Notice, at: datetime) -> str:
    """The dedup key of the message that asks the salon to call, by the first notice that it is about, and when.

    A call that was taken back may be asked for again, without what has been undone.
    """
    return f"call:{notice.id}:{at.timestamp():.6f}"


def message_deadline(notice: Notice, now: datetime) -> datetime:
    """Until when its message may go out without another look at the booking."""
    return min(notice.deadline_at, now + RELEASED_FOR)


def wait_after(error: AiAdminError, jitter: float) -> timedelta:
    """How long a salon's notices wait when its journal cannot be read."""
    asked = error.wait if isinstance(error, YClientsError) else timedelta(0)
    return max(_RETRIES.wait(1, jitter), min(asked, _LONGEST_ASKED))
