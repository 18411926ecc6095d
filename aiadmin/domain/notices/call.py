"""When a salon is asked to call a client whom no message would keep from coming in vain, and about what.

A cancellation, or a move, is worth nothing once its client is on her way: what has not left us by an hour before
the earlier of the times that she may come at is dropped, and the salon, which has a telephone, is asked to call.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aiadmin.domain.grouping import grouped
from aiadmin.domain.ids import CompanyId
from aiadmin.domain.journal.booking_event import EventKind
from aiadmin.domain.journal.journal import is_same_person, is_same_time
from aiadmin.domain.messages.sending_policy import BlockReason
from aiadmin.domain.notices.change_planning import NewNotice
from aiadmin.domain.notices.notice import AnnouncedVisit, Notice, NoticeKind
from aiadmin.domain.quarantine import RowKey

SETTLES_WITHIN = timedelta(minutes=2)
"""So long what has just become due is tried, however near the visit is."""
LONGEST_TRIED = timedelta(minutes=5)
"""So long a salon that can write goes on trying in the hour before a visit: its messages leave one by one."""
STILL_ASKED = timedelta(hours=24)
"""What was given up longer ago is not asked about, even where no phone was linked that could be asked."""
AT_ONCE = 200


@dataclass(frozen=True, kw_only=True)
class GivenUp:
    """A notice that does not wait any longer, and why."""

    notice: Notice
    why: BlockReason


@dataclass(frozen=True, kw_only=True)
class UnplannedEvent:
    """Something that has happened to a booking, and whose planning raises.

    Attributes:
        before: what the client knew, as far as that can be read.
        truth: the booking as it is, without what is done in it.
    """

    event_id: int
    company_id: CompanyId
    record_id: int
    kind: EventKind
    before: AnnouncedVisit | None
    truth: AnnouncedVisit

    @property
    def row_key(self) -> RowKey:
        """What names its event in the queue."""
        return RowKey(self.company_id, str(self.event_id))


@dataclass(frozen=True, kw_only=True)
class CallReason:
    """A visit that no message told its client of, in words of the salon's clock.

    Attributes:
        kind: what became of the visit, or of the booking where the rest of its visit stands.
        is_unsure: whether the message about it may have arrived.
        was: when it was to be; None of a move where that cannot be read.
        now: when it is, if it is.
        what: what was booked, where only a part of the visit is gone.
        rest: when what stands of the visit begins; None where nothing does.
    """

    kind: NoticeKind
    is_unsure: bool
    was: str | None
    now: str
    what: str = ""
    rest: str | None = None


def given_up(one: UnplannedEvent, now: datetime) -> NewNotice | None:
    """The notice that its client is not sent, for the salon to call about; None where they would not come in vain.

    Of a booking that has changed hands whose client cannot be read, only the time is known.
    """
    known = one.before or one.truth
    is_exchanged = one.kind is EventKind.CANCELLED and not one.truth.is_deleted
    if is_exchanged and one.before is None:
        known = replace(known, client_id=None, client_phone=None)
    if one.truth.is_deleted or not is_same_person(known, one.truth):
        kind, announced = NoticeKind.CANCELLED, replace(known, is_deleted=True, was=replace(known, is_deleted=False))
    elif one.kind is EventKind.MOVED and not (one.before is not None and is_same_time(one.before, one.truth)):
        kind, announced = NoticeKind.MOVED, replace(one.truth, was=one.before)
    else:
        return None
    return NewNotice(
        company_id=one.company_id,
        record_id=one.record_id,
        kind=kind,
        dedup_key=f"unplanned:{one.event_id}",
        announced=announced,
        due_at=now,
        deadline_at=announced.starts_at,
        dropped=BlockReason.LATE,
    )


def is_of_one_call(one: Notice, other: Notice) -> bool:
    """Whether one call settles both: people are not called twice."""
    return one.company_id == other.company_id and is_same_person(one.announced, other.announced)


def calls(untold: Iterable[Notice]) -> Sequence[Sequence[Notice]]:
    """The notices of each person, for one call, in the order in which they were given up."""
    return grouped(untold, lambda notice, same: is_of_one_call(same[0], notice))
