"""Which reminders a booking owes, and when; all by the salon's clock, also on the days when that is changed.

An hour that the clock skips in spring becomes the one after; of one that comes twice in autumn the first counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from aiadmin.domain.ids import CompanyId, NoticeId
from aiadmin.domain.journal.journal import Attendance, Record, is_one_visit
from aiadmin.domain.notices.change_planning import NewNotice
from aiadmin.domain.notices.notice import AnnouncedVisit, Notice, NoticeKind, StaleReason
from aiadmin.domain.notices.settings import MessageSettings

LEAST_AHEAD = timedelta(hours=4)
"""A booking that is made later than this before its visit has no reminder."""
SETTLED = timedelta(hours=1)
"""So soon after a booking, or a change of it, its client needs no reminder: the notice of that said everything."""
GRACE = timedelta(hours=1)
"""A reminder is still planned so long after its time: we may have been away."""
AHEAD = timedelta(minutes=5)
"""How long before its time a reminder is planned: late, so that little can change in between."""
TOO_LATE = timedelta(hours=1)
"""So shortly before a visit no reminder is sent any more."""
REVIEW_FOR = timedelta(hours=24)
"""A visit is often marked as over in the evening only."""
LONGEST_VISIT = timedelta(hours=12)
"""One booking of it; so much later its last one may begin."""
LONGEST_ASKED = timedelta(days=2)
"""No question about a visit is older: the eve's is the first."""
_FINAL = frozenset({StaleReason.PAST, StaleReason.JUST_TOLD, StaleReason.SUPERSEDED, StaleReason.WITHDRAWN})


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """Something to say at a time, unless it has become too late."""

    kind: NoticeKind
    due_at: datetime
    deadline_at: datetime


@dataclass(frozen=True, kw_only=True)
class Planned:
    """What has become of the reminders of one kind that a client's visit was given before, for one time.

    Attributes:
        last: the newest of them.
        dropped: why the newest for the number that the client has now was not sent, or not taken by WhatsApp; None
            where there was none.
        told_at: when the client last had a notice of a change of the booking.
    """

    last: NoticeId
    dropped: str | None = None
    told_at: datetime | None = None

    @property
    def is_final(self) -> bool:
        """Whether nothing can undo what the newest was dropped for."""
        return self.dropped in _FINAL


@dataclass(frozen=True, kw_only=True)
class Window:
    """Visits that begin from `since` to `until`, both included, may owe something of this kind now.

    For `REMINDER_AGAIN` it is the time when the question was asked.
    """

    kind: NoticeKind
    since: datetime
    until: datetime


def reminders(
    record: Record, settings: MessageSettings, zone: str, *, now: datetime, visit: Sequence[Record] = ()
) -> Sequence[Reminder]:
    """What a booking owes about now: from shortly before its time until it is too late to plan it.

    Args:
        visit: what else is booked for the same visit: a review is asked for when all of it is over.
    """
    return [one for one in _all(record, settings, zone, visit) if _is_now(one, now)]


def coming(record: Record, settings: MessageSettings, zone: str) -> Sequence[Reminder]:
    """What a booking will owe by and by; of a visit that is over, a review that its salon may ask for."""
    return [*_all(record, settings, zone, ())]


def windows(settings: MessageSettings, zone: str, *, now: datetime) -> Sequence[Window]:
    """Where to look for bookings that owe something: every one that does is in a window of that kind."""
    return [one for one in _windows(settings, zone, now) if settings.wants(one.kind)]


def owed(
    kind: NoticeKind,
    record: Record,
    settings: MessageSettings,
    zone: str,
    *,
    asked_at: datetime | None,
    now: datetime,
    visit: Sequence[Record] = (),
    planned: Planned | None = None,
) -> Reminder | None:
    """What a booking that was found in a window of this kind owes of it now, with the rest of its `visit`.

    Args:
        planned: what has become of such reminders before. One that was dropped, or went to a number that was wrong,
            was planned in time: it may come until it is too late to send it, and an hour after another notice.
    """
    if kind is NoticeKind.REMINDER_AGAIN:
        found = None if asked_at is None else _again(asked_at, record, settings)
    else:
        found = next(iter(_all(record, settings, zone, visit, kind)), None)
    if found is None or planned is None:
        return found if found is not None and _is_now(found, now) else None
    if planned.is_final or not found.due_at - AHEAD <= now < found.deadline_at:
        return None
    due_at = found.due_at if planned.told_at is None else max(found.due_at, planned.told_at + SETTLED)
    return replace(found, due_at=due_at) if due_at < found.deadline_at else None


def again(asked_at: datetime, record: Record, settings: MessageSettings, *, now: datetime) -> Reminder | None:
    """The same question once more, where it has no answer and there is still time.

    A reminder that comes about then anyway is the same question.
    """
    found = _again(asked_at, record, settings)
    return found if found is not None and _is_now(found, now) else None


def _again(asked_at: datetime, record: Record, settings: MessageSettings) -> Reminder | None:
    due_at, deadline_at = asked_at + timedelta(hours=settings.again_after), record.starts_at - TOO_LATE
    is_open = record.attendance is Attendance.WAITING and _has_client(record)
    if not settings.reminder_again or not is_open:
        return None
    last = record.starts_at - timedelta(hours=settings.hours_before)
    if settings.reminder_hours and asked_at < last <= due_at + SETTLED:
        return None
    return Reminder(kind=NoticeKind.REMINDER_AGAIN, due_at=due_at, deadline_at=deadline_at)


def notice_of(
    reminder: Reminder, record: Record, company_id: CompanyId, *, planned: Planned | None = None
) -> NewNotice:
    """The notice to plan: of each kind one for each time that a client's visit is at, and one after each that was
    `planned` before and has told the client nothing."""
    begins = int(record.starts_at.timestamp())
    after = "" if planned is None else f":{planned.last}"
    return NewNotice(
        company_id=company_id,
        record_id=record.record_id,
        kind=reminder.kind,
        dedup_key=f"{reminder.kind}:{record.record_id}:{record.client_id}:{begins}{after}",
        announced=AnnouncedVisit.of(record),
        due_at=reminder.due_at,
        deadline_at=reminder.deadline_at,
    )


def inherited(notice: Notice, heir: Record) -> NewNotice:
    """A reminder, or a request for a review, whose booking is off, as one of another booking of the same visit."""
    later = heir.starts_at - notice.announced.starts_at
    reminder = Reminder(kind=notice.kind, due_at=notice.due_at, deadline_at=notice.deadline_at + later)
    return notice_of(reminder, heir, notice.company_id)


def one_per_visit(new: Sequence[NewNotice]) -> Sequence[NewNotice]:
    """Of the bookings that are one visit of one person the first, which speaks for all of them."""
    kept: dict[tuple[CompanyId, NoticeKind, str, int], list[NewNotice]] = {}
    for one in sorted(new, key=lambda each: each.announced.starts_at):
        visit, record = ("visit", one.announced.visit_id), ("record", one.record_id)
        what, number = record if one.announced.visit_id is None else visit
        firsts = kept.setdefault((one.company_id, one.kind, what, number or 0), [])
        if not any(is_one_visit(one.announced, first.announced) for first in firsts):
            firsts.append(one)
    return [one for firsts in kept.values() for one in firsts]


def day_before(starts_at: datetime, clock: time, zone: str) -> datetime:
    """When the salon's clock shows `clock` on the day before a visit; in UTC's terms, whatever the zone does."""
    there = ZoneInfo(zone)
    return _at(starts_at.astimezone(there).date() - timedelta(days=1), clock, there, starts_at)


def _all(
    record: Record, settings: MessageSettings, zone: str, visit: Sequence[Record], only: NoticeKind | None = None
) -> Iterator[Reminder]:
    if not _has_client(record) or (record.is_unpaid and settings.wait_for_payment):
        return
    if record.attendance is Attendance.CAME:
        if settings.review and only in (None, NoticeKind.REVIEW):
            yield _review(record, settings, visit)
        return
    if record.attendance is Attendance.NO_SHOW or not _is_known_for(record, LEAST_AHEAD, record.starts_at):
        return
    for kind in (NoticeKind.REMINDER_DAY, NoticeKind.REMINDER_HOURS):
        if only in (None, kind) and settings.wants(kind):
            one = _reminder(kind, record, settings, zone)
            if one.due_at < one.deadline_at and _is_known_for(record, SETTLED, one.due_at):
                yield one


def _reminder(kind: NoticeKind, record: Record, settings: MessageSettings, zone: str) -> Reminder:
    """Of the day before, or of some hours before."""
    if kind is NoticeKind.REMINDER_DAY:
        due_at = day_before(record.starts_at, settings.day_at, zone)
        return Reminder(kind=kind, due_at=due_at, deadline_at=record.starts_at - LEAST_AHEAD)
    hours = timedelta(hours=settings.hours_before)
    latest = min(TOO_LATE, hours / 2)
    return Reminder(kind=kind, due_at=record.starts_at - hours, deadline_at=record.starts_at - latest)


def _review(record: Record, settings: MessageSettings, visit: Sequence[Record]) -> Reminder:
    over = max(one.starts_at + one.length for one in (record, *visit))
    due_at = over + timedelta(hours=settings.review_after)
    return Reminder(kind=NoticeKind.REVIEW, due_at=due_at, deadline_at=due_at + REVIEW_FOR)


def _is_now(one: Reminder, now: datetime) -> bool:
    is_planned_late = one.kind is NoticeKind.REVIEW
    latest = one.deadline_at if is_planned_late else min(one.due_at + GRACE, one.deadline_at)
    ahead = timedelta(0) if one.kind is NoticeKind.REMINDER_AGAIN else AHEAD
    return one.due_at - ahead <= now < latest


def _has_client(record: Record) -> bool:
    return record.client_id is not None and bool(record.client_phone) and not (record.is_group or record.is_deleted)


def _is_known_for(record: Record, least: timedelta, at: datetime) -> bool:
    """Whether the booking was made so long before `at`; one of unknown age was."""
    return record.created_at is None or at - record.created_at >= least


def _windows(settings: MessageSettings, zone: str, now: datetime) -> Iterator[Window]:
    there = ZoneInfo(zone)
    today = now.astimezone(there).date()
    for day in (today - timedelta(days=1), today, today + timedelta(days=1)):
        due_at = _at(day, settings.day_at, there, now)
        if due_at - AHEAD <= now < due_at + GRACE:
            first, last = (_at(day + timedelta(days=ahead), time(0), there, now) for ahead in (1, 2))
            yield Window(kind=NoticeKind.REMINDER_DAY, since=first, until=last)
    hours = timedelta(hours=settings.hours_before)
    yield Window(kind=NoticeKind.REMINDER_HOURS, since=now + hours - GRACE, until=now + hours + AHEAD)
    asked = now - timedelta(hours=settings.again_after)
    yield Window(kind=NoticeKind.REMINDER_AGAIN, since=asked - LONGEST_ASKED, until=asked)
    over = now - timedelta(hours=settings.review_after)
    yield Window(kind=NoticeKind.REVIEW, since=over - REVIEW_FOR - 2 * LONGEST_VISIT, until=over + AHEAD)


def _at(day: date, clock: time, there: ZoneInfo, like: datetime) -> datetime:
    return _moment(day, clock, there, like.tzinfo)


@lru_cache(maxsize=10_000)
def _moment(day: date, clock: time, there: ZoneInfo, here: tzinfo | None) -> datetime:
    """The same for all visits of a salon's day."""
    return datetime.combine(day, clock, tzinfo=there).astimezone(here)
