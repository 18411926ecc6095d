"""What a salon's clients will be sent in the next two days, as far as it is known now.

Changes of bookings are planned at once and wait as rows; what the time alone brings about is planned five minutes
before it is due, so until then it is foretold from the bookings, by the same rules. Questions that are asked again
and requests for reviews depend on what clients and masters do, and are not foretold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.journal import Record, is_one_visit
from aiadmin.domain.messages.message import Purpose
from aiadmin.domain.messages.sending_policy import (
    TURNS_AWAY,
    BlockReason,
    Recipient,
    Sender,
    daily_cap,
    day_began,
    when_to_send,
)
from aiadmin.domain.notices.change_planning import NewNotice
from aiadmin.domain.notices.notice import AnnouncedVisit, NoticeKind
from aiadmin.domain.notices.reminder_planning import LONGEST_VISIT, coming, notice_of, one_per_visit
from aiadmin.domain.notices.settings import MessageSettings

DAYS = 2
"""How many days are foretold, the present one among them."""
FORETOLD = frozenset({NoticeKind.REMINDER_DAY, NoticeKind.REMINDER_HOURS})


@dataclass(frozen=True, kw_only=True)
class UpcomingBooking:
    """A booking of the next days, with the kinds of notices that its time has been given already."""

    record: Record
    planned: frozenset[NoticeKind]


@dataclass(frozen=True, kw_only=True)
class WaitingNotice:
    """A notice that waits, or will.

    Attributes:
        due_at: when it is next looked at.
        visit_at: when the visit begins that it speaks of.
    """

    record_id: int
    kind: NoticeKind
    due_at: datetime
    deadline_at: datetime
    visit_at: datetime
    name: str | None = field(repr=False)
    phone: str | None = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class UpcomingNotice(WaitingNotice):
    """The same, and what will become of it.

    Attributes:
        goes: when it will be sent as far as the salon's hours go, or why it will not be.
    """

    goes: datetime | BlockReason

    @property
    def at(self) -> datetime:
        """Where it stands in the plan."""
        return self.due_at if isinstance(self.goes, BlockReason) else self.goes


@dataclass(frozen=True, kw_only=True)
class UpcomingGroup:
    """Notices of one kind that go in the same quarter of an hour."""

    at: datetime
    kind: NoticeKind
    count: int
    names: Sequence[str] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class DroppedNotice:
    """A notice that was not sent, and why; a slug."""

    record_id: int
    kind: NoticeKind
    at: datetime
    reason: str
    name: str | None = field(repr=False)
    phone: str | None = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class HourLoad:
    """An hour of the plan: how many are sent in it, and whether it is quiet."""

    at: datetime
    count: int
    is_quiet: bool


@dataclass(frozen=True, kw_only=True)
class DayLoad:
    """A day of the plan against its cap."""

    day: date
    sent: int
    planned: int
    cap: int


@dataclass(frozen=True, kw_only=True)
class SendingPlan:
    """The next days of a salon.

    Attributes:
        now, zone: when it was made, and by whose clock it is read.
        upcoming: in the order in which they go.
        is_held: whether a pause holds all of it.
        is_sending: whether the salon's journal is read and its phone linked: else nothing is planned at all.
    """

    now: datetime
    zone: str
    settings: MessageSettings
    upcoming: Sequence[UpcomingNotice]
    hours: Sequence[HourLoad]
    days: Sequence[DayLoad]
    dropped: Sequence[DroppedNotice]
    is_held: bool
    is_sending: bool


def ends_at(now: datetime, zone: str) -> datetime:
    """When the last day that is foretold is over, by the salon's clock."""
    there = ZoneInfo(zone)
    return datetime.combine(now.astimezone(there).date() + timedelta(days=DAYS), time(0), there).astimezone(
        now.tzinfo
    )


def bookings_until(ends: datetime) -> datetime:
    """Whatever is foretold before then is about a visit that begins before this."""
    return ends + timedelta(days=1) + LONGEST_VISIT


def forecast(
    bookings: Sequence[UpcomingBooking],
    settings: MessageSettings,
    zone: str,
    company_id: CompanyId,
    *,
    since: datetime,
    until: datetime,
) -> Sequence[NewNotice]:
    """What time will bring about of these bookings from `since` to `until`: one of each kind for a visit."""
    found = [
        notice_of(one, booking.record, company_id)
        for booking in bookings
        for one in coming(booking.record, settings, zone)
        if one.kind not in booking.planned and since <= one.due_at < until
    ]
    return one_per_visit(found)


def of_visit(
    record: Record,
    others: Sequence[Record],
    kind: NoticeKind,
    settings: MessageSettings,
    zone: str,
    company: CompanyId,
) -> Sequence[NewNotice]:
    """The reminder of this kind of every booking that is one visit with a booking, itself among them."""
    announced = AnnouncedVisit.of(record)
    visit = [record] + [
        one
        for one in others
        if one.record_id != record.record_id
        and one.visit_id is not None
        and one.visit_id == record.visit_id
        and is_one_visit(AnnouncedVisit.of(one), announced)
    ]
    return [
        notice_of(reminder, one, company)
        for one in visit
        for reminder in coming(one, settings, zone)
        if reminder.kind is kind
    ]


def goes(
    kind: NoticeKind,
    due_at: datetime,
    deadline_at: datetime,
    *,
    settings: MessageSettings,
    sender: Sender,
    recipient: Recipient,
    now: datetime,
) -> datetime | BlockReason:
    """When a notice will be sent by the salon's hours and what is known of its client, or why it will not be.

    How many go before it is not foretold: gaps are seconds, and a day's cap is seldom met.
    """
    begins = max(due_at, now)
    if Purpose(kind) in TURNS_AWAY:
        settings = replace(settings, quiet_from=settings.quiet_to)  # they give way where a client would come in vain
    return when_to_send(
        Purpose(kind),
        deadline_at=deadline_at,
        sender=replace(sender, recent=(), replies_today=0, is_paused=False),
        recipient=recipient,
        policy=replace(settings.policy, bucket=None, most_a_day=None),
        now=begins,
    )


def hours_of(
    upcoming: Sequence[UpcomingNotice], settings: MessageSettings, zone: str, now: datetime
) -> Sequence[HourLoad]:
    """Every hour that is left of the days that are foretold, the present one first."""
    there = ZoneInfo(zone)
    counts = Counter(_hour(one.at, there) for one in upcoming if not isinstance(one.goes, BlockReason))
    first, end = _hour(now, there), ends_at(now, zone).astimezone(there)
    return [
        HourLoad(at=hour, count=counts[hour], is_quiet=settings.quiet.holds(hour.time()))
        for hour in _each_hour(first, end)
    ]


def days_of(
    upcoming: Sequence[UpcomingNotice], sender: Sender, settings: MessageSettings, now: datetime
) -> Sequence[DayLoad]:
    """Each day with what it has sent, what is planned, and how many it may send."""
    there = ZoneInfo(sender.zone)
    today, began = now.astimezone(there).date(), day_began(now, sender.zone)
    sent = sum(at >= began for at in sender.recent) + sender.replies_today
    planned = Counter(one.at.astimezone(there).date() for one in upcoming if not isinstance(one.goes, BlockReason))
    return [
        DayLoad(
            day=day,
            sent=sent if day == today else 0,
            planned=planned[day],
            cap=daily_cap(sender.linked_at, now + timedelta(days=ahead), most=settings.most_a_day),
        )
        for ahead in range(DAYS)
        for day in [today + timedelta(days=ahead)]
    ]


def together(upcoming: Sequence[UpcomingNotice], *, most: int) -> Sequence[UpcomingGroup]:
    """What goes next, `most` groups of it."""
    groups: dict[tuple[int, NoticeKind], list[UpcomingNotice]] = {}
    for one in upcoming:
        if not isinstance(one.goes, BlockReason):
            groups.setdefault((int(one.at.timestamp() // _QUARTER), one.kind), []).append(one)
    first = sorted(groups.values(), key=lambda group: group[0].at)[:most]
    return [
        UpcomingGroup(
            at=group[0].at,
            kind=group[0].kind,
            count=len(group),
            names=tuple(dict.fromkeys(one.name for one in group if one.name))[:_NAMES],
        )
        for group in first
    ]


_QUARTER, _NAMES = 900, 3


def _hour(at: datetime, there: ZoneInfo) -> datetime:
    return at.astimezone(there).replace(minute=0, second=0, microsecond=0)


def _each_hour(first: datetime, end: datetime) -> Iterator[datetime]:
    """Every hour that passes, whatever clocks are turned meanwhile."""
    at = first
    while at < end:
        yield at
        at = (at.astimezone(tz=None) + timedelta(hours=1)).astimezone(first.tzinfo)
