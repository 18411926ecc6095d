"""A notice: a message to a client about a booking, planned now and sent later if it is still true."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self, TypeVar

from aiadmin.domain.ids import CompanyId, NoticeId
from aiadmin.domain.journal.journal import (
    Attendance,
    AtTime,
    Record,
    is_same_number,
    is_same_person,
    is_same_time,
)
from aiadmin.domain.messages.contact import one_spelling
from aiadmin.domain.messages.sending_policy import TO_SET_OUT
from aiadmin.domain.quarantine import RowKey

T = TypeVar("T")


class NoticeKind(StrEnum):
    """What a notice is about; each is also a `Purpose` of a message."""

    BOOKED = "booked"
    MOVED = "moved"
    CHANGED = "changed"
    """Another master, or other services, at the same time."""
    CANCELLED = "cancelled"
    REMINDER_DAY = "reminder_day"
    REMINDER_HOURS = "reminder_hours"
    REMINDER_AGAIN = "reminder_again"
    """A question that has no answer yet, asked once more."""
    REVIEW = "review"


IMPORTED = "imported"
"""Why there is no notice of a booking of an import."""
CHANGE_NOTICES = frozenset({NoticeKind.BOOKED, NoticeKind.MOVED, NoticeKind.CHANGED, NoticeKind.CANCELLED})
"""What tells of a change; the others tell of the time that passes."""


class StaleReason(StrEnum):
    """Why a notice is not true any more, or was overtaken by another; also why it was dropped."""

    DELETED = "deleted"
    GONE = "gone"
    """YClients knows no such booking any more, not even as deleted."""
    RESTORED = "restored"
    MOVED = "moved"
    OTHER_MASTER = "other_master"
    OTHER_SERVICES = "other_services"
    OTHER_CLIENT = "other_client"
    OTHER_NUMBER = "other_number"
    """The phone of the client's card was corrected: the right number gets a notice of its own."""
    NO_CLIENT = "no_client"
    """A slot that the salon has blocked."""
    GROUP = "group"
    CAME = "came"
    NO_SHOW = "no_show"
    NOT_CAME = "not_came"
    CONFIRMED = "confirmed"
    PAST = "past"
    UNDER_WAY = "under_way"
    """Another booking of the visit has begun, or its client is there."""
    CARD_GONE = "card_gone"
    """The booking was taken off a client's card and the card deleted: cards of one person were merged."""
    JUST_TOLD = "just_told"
    """The client had another message about the visit within the hour."""
    DECLINED = "declined"
    """The client has said already that they do not come."""
    SUPERSEDED = "superseded"
    """A newer notice of the same booking was planned before this one was sent."""
    SWITCHED_OFF = "switched_off"
    """The salon wants no notices of this kind any more."""
    WITHDRAWN = "withdrawn"
    """The salon does not want this one to be sent."""


@dataclass(frozen=True, kw_only=True)
class AnnouncedVisit:
    """What a notice says of a booking.

    Attributes:
        client_id: whom it is for. In a cancellation the record may be another client's by now: then name and phone
            are those of this client, not of the record.
        client_phone: theirs, for one person may have several cards.
        visit_id: several bookings may be one visit.
        wall_clock: what the salon's clock shows at `starts_at`, naive; None for what was told before it was kept.
        services: their numbers, in order, each as often as it is booked.
        was: what the client was told before, or knew; None where she knew of no booking.
        is_first: whether nothing that we have said of this booking has reached the client before.
    """

    client_id: int | None
    starts_at: datetime
    staff_id: int | None
    services: tuple[int, ...]
    is_deleted: bool = False
    client_phone: str | None = field(default=None, repr=False)
    visit_id: int | None = None
    wall_clock: datetime | None = None
    was: AnnouncedVisit | None = field(default=None, compare=False)
    is_first: bool = field(default=False, compare=False)

    @classmethod
    def of(cls, record: Record) -> Self:
        """What is true of a record."""
        return cls(
            client_id=record.client_id,
            starts_at=record.starts_at,
            staff_id=record.staff_id,
            services=tuple(sorted(number for service in record.services for number in service.each())),
            is_deleted=record.is_deleted,
            client_phone=record.client_phone,
            visit_id=record.visit_id,
            wall_clock=record.wall_clock,
        )

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """What `to_json` wrote.

        Raises:
            ArithmeticError, AttributeError, LookupError, TypeError, ValueError: it is something else.
        """
        was = given.get("was")
        starts_at = datetime.fromisoformat(given["starts_at"])
        if starts_at.tzinfo is None:
            raise ValueError("a time without an offset")
        return cls(
            client_id=_given(given["client_id"], int),
            starts_at=starts_at,
            staff_id=_given(given["staff_id"], int),
            services=tuple(given["services"]),
            is_deleted=given["is_deleted"],
            client_phone=_given(given["client_phone"], str),
            visit_id=_given(given["visit_id"], int),
            wall_clock=None if given["wall_clock"] is None else datetime.fromisoformat(given["wall_clock"]),
            was=None if was is None else cls.from_json(was),
            is_first=given.get("is_first", False),
        )

    def to_json(self) -> Mapping[str, Any]:
        """Plain values; the time in ISO 8601. `client_number` is the phone in its one spelling, to be looked for."""
        return {
            "client_id": self.client_id,
            "starts_at": self.starts_at.isoformat(),
            "staff_id": self.staff_id,
            "services": list(self.services),
            "is_deleted": self.is_deleted,
            "client_phone": self.client_phone,
            "client_number": one_spelling(self.client_phone) if self.client_phone else None,
            "visit_id": self.visit_id,
            "wall_clock": None if self.wall_clock is None else self.wall_clock.isoformat(),
            "was": None if self.was is None else replace(self.was, was=None).to_json(),
            "is_first": self.is_first,
        }

    @property
    def work(self) -> tuple[int | None, tuple[int, ...]]:
        """Who does what."""
        return self.staff_id, self.services

    def reads_the_same(self, other: AnnouncedVisit) -> bool:
        """Whether one person reads the same of both."""
        is_of_one = is_same_person(self, other) and self.is_deleted == other.is_deleted
        return is_of_one and is_same_time(self, other) and self.work == other.work


def _given(value: Any, kind: type[T]) -> T | None:
    """What is of another kind would raise later, where many salons' notices are together."""
    if value is not None and not isinstance(value, kind):
        raise TypeError("a value of another kind")
    return value


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A row of `notices`.

    Attributes:
        due_at: not before this.
        deadline_at: after this it is not worth sending.
        attempts: how often it was claimed.
        looked_at: when a list of YClients last held its booking, or None.
    """

    id: NoticeId
    company_id: CompanyId
    record_id: int
    kind: NoticeKind
    announced: AnnouncedVisit
    due_at: datetime
    deadline_at: datetime
    attempts: int = 0
    looked_at: datetime | None = None

    def needed_by(self, beside: Iterable[AtTime], now: datetime) -> datetime:
        """Until when its client has to know of it: after that they come in vain, or at the wrong time.

        That is an hour before they set out, and who is told of a move reckons with the old time as well. Where
        something else of the visit stands and is no later they come for that, and are told before it begins.

        Args:
            beside: what stands of the visit besides the booking of this notice.
        """
        was = self.announced.was.starts_at if self.announced.was is not None else self.announced.starts_at
        first = min(was, self.announced.starts_at) if was > now else self.announced.starts_at
        stands = min((one.starts_at for one in beside), default=None)
        return stands if stands is not None and stands <= first else first - TO_SET_OUT

    @property
    def row_key(self) -> RowKey:
        """What names the row in its queue."""
        return RowKey(self.company_id, str(self.id))


def stale_reason(notice: Notice, record: Record | None, now: datetime) -> StaleReason | None:
    """None when a notice is still true; otherwise why it is not.

    Only the time matters to a reminder: who does what is written into it when it is sent.

    Args:
        record: the booking as YClients has it now; None when it knows none.
    """
    if notice.kind is NoticeKind.REVIEW:
        return _of_booking(notice.announced, record) or _of_review(record)
    if notice.announced.starts_at <= now:
        return StaleReason.PAST
    if notice.kind is NoticeKind.CANCELLED:
        return _of_cancellation(notice.announced, record)
    return (
        _of_booking(notice.announced, record)
        or (_of_news(notice.announced, record) if notice.kind in CHANGE_NOTICES else None)
        or _of_visit(notice.kind, record)
    )


def _of_cancellation(announced: AnnouncedVisit, record: Record | None) -> StaleReason | None:
    is_back = record is not None and not record.is_deleted and is_same_person(record, announced)
    return StaleReason.RESTORED if is_back else None


def _of_booking(announced: AnnouncedVisit, record: Record | None) -> StaleReason | None:
    if record is None or record.is_deleted:
        return StaleReason.DELETED
    for is_so, why in (
        (record.client_id is None, StaleReason.NO_CLIENT),
        (not is_same_person(record, announced), StaleReason.OTHER_CLIENT),
        (record.is_group, StaleReason.GROUP),
        (not is_same_time(record, announced), StaleReason.MOVED),
    ):
        if is_so:
            return why
    return None


def _of_news(announced: AnnouncedVisit, record: Record | None) -> StaleReason | None:
    if record is None:
        return None
    if not is_same_number(record, announced):
        return StaleReason.OTHER_NUMBER
    now = AnnouncedVisit.of(record)
    if now.staff_id != announced.staff_id:
        return StaleReason.OTHER_MASTER
    return StaleReason.OTHER_SERVICES if now.services != announced.services else None


_OVER = {Attendance.CAME: StaleReason.CAME, Attendance.NO_SHOW: StaleReason.NO_SHOW}


def _of_visit(kind: NoticeKind, record: Record | None) -> StaleReason | None:
    if record is None:
        return None
    if kind is NoticeKind.REMINDER_AGAIN and record.attendance is Attendance.CONFIRMED:
        return StaleReason.CONFIRMED
    return _OVER.get(record.attendance)


def _of_review(record: Record | None) -> StaleReason | None:
    return None if record is not None and record.attendance is Attendance.CAME else StaleReason.NOT_CAME
