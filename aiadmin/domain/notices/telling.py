"""How notices of one client are told: what happened is told as such only where it is all that the visit is about.

A visit may be several bookings, and a desk changes one of them while the others stand. Who then reads "your booking
is cancelled" stays at home, so such a client reads what the visit is now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from aiadmin.domain.chat.confirmation import ASKING
from aiadmin.domain.grouping import grouped
from aiadmin.domain.journal.journal import (
    Attendance,
    Record,
    is_near,
    is_one_visit,
    is_overlapping,
    is_same_person,
    is_same_time,
)
from aiadmin.domain.messages.message import Purpose
from aiadmin.domain.notices.notice import CHANGE_NOTICES, AnnouncedVisit, Notice, NoticeKind, StaleReason
from aiadmin.domain.notices.reminder_planning import LEAST_AHEAD
from aiadmin.domain.notices.settings import MessageSettings

INHERITED = frozenset(
    {
        StaleReason.DELETED,
        StaleReason.MOVED,
        StaleReason.OTHER_CLIENT,
        StaleReason.NO_CLIENT,
        StaleReason.NO_SHOW,
        StaleReason.NOT_CAME,
    }
)
"""Why a reminder, or a request for a review, of one booking is dropped while its client still needs one of the other
bookings of the visit."""


class Announced(Protocol):
    """A booking, and what a notice says of it, or would say."""

    @property
    def announced(self) -> AnnouncedVisit: ...

    @property
    def record(self) -> Record: ...


@dataclass(frozen=True, kw_only=True)
class AnnouncedBooking:
    """A booking of which no notice is there yet."""

    announced: AnnouncedVisit
    record: Record

    @classmethod
    def of(cls, record: Record) -> AnnouncedBooking:
        """As a notice of the booking as it is would announce it."""
        return cls(announced=AnnouncedVisit.of(record), record=record)


@dataclass(frozen=True, kw_only=True)
class NoticeWithBooking:
    """A notice that is told now.

    Attributes:
        record: its booking, as YClients has it.
    """

    notice: Notice
    record: Record

    @property
    def announced(self) -> AnnouncedVisit:
        """What the notice says."""
        return self.notice.announced

    @property
    def believed(self) -> AnnouncedVisit | None:
        """What the client reckoned with until now; None for a booking that is new to them."""
        return self.announced.was


@dataclass(frozen=True, kw_only=True)
class VisitNotices:
    """The notices of one visit of one client, which are one message.

    Attributes:
        told: its notices; at least one.
        rest: what else stands of it (`is_rest`), as YClients has it.
        known: the same as we knew it, and its client did: what was done to it since has not come to be planned yet.
    """

    told: Sequence[NoticeWithBooking]
    rest: Sequence[Record] = ()
    known: Sequence[Record] = ()

    @property
    def words(self) -> NoticeKind | None:
        """The kind whose words are true of the whole visit; None where only what it is now can be told.

        "At the same time as before" is true where the visit begins as before and nothing that stands was moved.
        """
        kinds = {one.notice.kind for one in self.told}
        first = next(iter(kinds))
        if len(kinds) == 1 and (not self.rest or first is NoticeKind.BOOKED or first not in CHANGE_NOTICES):
            return first
        is_moved = NoticeKind.MOVED in kinds or not is_same_time(_first(self._before), _first(self._standing))
        return None if is_moved else NoticeKind.CHANGED

    @property
    def purpose(self) -> Purpose:
        """What its message is for: what it says, for the notice of a part may be of another kind."""
        return Purpose(self.words or NoticeKind.MOVED)

    @property
    def bookings(self) -> Sequence[Record]:
        """What stands of all that it speaks of, in the order of time."""
        bookings = [one.record for one in self.told] if self.words is NoticeKind.BOOKED else self._standing
        return sorted(bookings, key=lambda one: (one.starts_at, one.record_id))

    @property
    def _standing(self) -> Sequence[Record]:
        return [*(one.record for one in self.told if one.notice.kind is not NoticeKind.CANCELLED), *self.rest]

    @property
    def _before(self) -> Sequence[AnnouncedVisit | Record]:
        return [*(one.believed for one in self.told if one.believed is not None), *(self.known or self.rest)]


def by_visit(told: Sequence[NoticeWithBooking]) -> Sequence[Sequence[NoticeWithBooking]]:
    """The notices of each visit as its client knew it, in the order of their first ones.

    What overlaps is one visit, whatever numbers it has: two bookings of one time, or one that was made anew.
    """
    return grouped(told, _is_of_visit)


def _is_of_visit(one: NoticeWithBooking, visit: Sequence[NoticeWithBooking]) -> bool:
    known, first = _known_at(one), _known_at(visit[0])
    if known.visit_id is not None and known.visit_id == first.visit_id and is_near(first, known):
        return True
    is_theirs = is_same_person(one.announced, visit[0].announced)
    return is_theirs and any(is_at_once(replace(one.record, starts_at=at), visit) for at in times_of([one]))


def _both(told: Sequence[Announced]) -> Sequence[AnnouncedVisit]:
    """The visits that these bookings are announced as, and those that their client knew before."""
    return [visit for one in told for visit in (one.announced.was, one.announced) if visit is not None]


def times_of(told: Sequence[Announced]) -> Sequence[datetime]:
    """When the client comes to these bookings, or was to come."""
    return [one.starts_at for one in _both(told)]


def visits_of(told: Sequence[Announced]) -> frozenset[int]:
    """The numbers of the visits that these bookings are of, or were."""
    numbers = (*(one.visit_id for one in _both(told)), *(one.record.visit_id for one in told))
    return frozenset(number for number in numbers if number is not None)


def is_at_once(one: Record, told: Sequence[Announced]) -> bool:
    """Whether a booking is at one time with one of these, as it was or as it is."""
    return any(is_overlapping(at, each.record.length, one) for each in told for at in times_of([each]))


def is_of_visit(one: Record, told: Sequence[Announced]) -> bool:
    """Whether a booking shares the number of a visit with one of these, or their time."""
    return one.visit_id in visits_of(told) or is_at_once(one, told)


def is_rest(one: Record, told: Sequence[NoticeWithBooking], settings: MessageSettings, now: datetime) -> bool:
    """Whether a booking is told along with these notices of one visit.

    News speaks only of what is still to come; and nothing of what is still to be paid and may be taken back.
    """
    is_to_come = one.attendance is not Attendance.CAME and one.starts_at > now
    return is_beside(one, told, settings) and (is_to_come or told[0].notice.kind not in CHANGE_NOTICES)


def is_beside(one: Record, told: Sequence[Announced], settings: MessageSettings) -> bool:
    """Whether a booking stands beside these of one visit of one client, begun or not."""
    is_another = all(one.record_id != each.record.record_id for each in told)
    is_theirs = is_same_person(one, told[0].announced) and any(is_near(one, at) for at in _both(told))
    return is_another and is_theirs and is_of_visit(one, told) and _stands(one, settings)


def is_heir(one: Record, announced: AnnouncedVisit, settings: MessageSettings) -> bool:
    """Whether a booking stands for the visit of a notice whose own booking does not any more."""
    return _stands(one, settings) and is_one_visit(one, announced)


def is_asking(visit: VisitNotices) -> bool:
    """Whether a reminder asks for an answer: not where every booking is confirmed, to us or at the desk."""
    is_open = any(one.attendance is not Attendance.CONFIRMED for one in visit.bookings)
    return Purpose(visit.told[0].notice.kind) in ASKING and is_open


def has_begun(visit: VisitNotices, now: datetime) -> bool:
    """Whether the visit of a reminder is under way: another booking of it has begun, or its client is there.

    A client who is marked as there hours before a booking is not there for it.
    """
    return Purpose(visit.told[0].notice.kind) in ASKING and is_under_way(visit.rest, now)


def is_under_way(rest: Sequence[Record], now: datetime) -> bool:
    """Whether another booking of a visit has begun, or its client is there for it."""
    return any(_has_come(one, now) or one.starts_at <= now for one in rest)


def _has_come(one: Record, now: datetime) -> bool:
    return one.attendance is Attendance.CAME and one.starts_at - now < LEAST_AHEAD


def days(bookings: Sequence[Record]) -> Sequence[Sequence[Record]]:
    """Bookings in the order of time, apart where they are too far from each other to be one visit."""
    return grouped(bookings, lambda one, day: is_near(day[0], one))


def _known_at(one: NoticeWithBooking) -> AnnouncedVisit:
    return one.believed or one.notice.announced


def _stands(one: Record, settings: MessageSettings) -> bool:
    is_certain = not (one.is_unpaid and settings.wait_for_payment)
    return is_certain and not one.is_deleted and one.attendance is not Attendance.NO_SHOW


def _first(times: Iterable[AnnouncedVisit | Record]) -> AnnouncedVisit | Record:
    return min(times, key=lambda one: one.starts_at)
