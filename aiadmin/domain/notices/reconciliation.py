"""Truth: what we believe of the coming week's visits, and what clients were told, against what YClients has.

Zero differences is the aim: whatever is found here went past webhooks, checks and the lists of changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from aiadmin.domain.grouping import grouped
from aiadmin.domain.journal.journal import Record, is_same_number, is_same_person, is_same_time
from aiadmin.domain.notices.notice import AnnouncedVisit, NoticeKind

DAYS = 7
FEW = 3
"""So many visits are looked at again one by one; more of them in one more list."""
MOST_ONE_BY_ONE = 20
"""What else differs waits for the next comparison: YClients' calls are for everybody."""
EVERY = timedelta(hours=12)
"""A salon's nights are one a day; a nightly run that a webhook brought forward does not compare again."""
_FEWEST_GONE, _SHARE_GONE = 3, 5


class Difference(StrEnum):
    """A kind of difference between us and YClients."""

    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"
    OTHER_TIME = "other_time"
    OTHER_CLIENT = "other_client"
    OTHER_PHONE = "other_phone"
    """The same client's card, with another number than we would write to."""
    OTHER_WORK = "other_work"
    """Another master, or other services."""
    OTHER_STATE = "other_state"
    """Cancelled or not, confirmed or not, paid in advance or not."""
    TOLD_OTHERWISE = "told_otherwise"
    """The client's last message says something else, and no other is planned."""


@dataclass(frozen=True, kw_only=True)
class AnnouncedNotice:
    """A notice of a booking.

    Attributes:
        is_sent: whether its message went out.
        mends: whether it is a change notice that is planned, on its way, or was dropped for a reason: then nothing
            better can be expected than what became of it.
    """

    announced: AnnouncedVisit
    is_sent: bool
    mends: bool


def week(zone: str, now: datetime) -> tuple[date, date, datetime, datetime]:
    """The first and the last day to compare, by the salon's clock, and from when until when their visits begin."""
    place = ZoneInfo(zone)
    first = now.astimezone(place).date()
    last = first + timedelta(days=DAYS - 1)
    ends = datetime.combine(last + timedelta(days=1), time(), place).astimezone(UTC)
    return first, last, now, ends


def are_phones_shown(ours: Iterable[Record], theirs: Iterable[Record]) -> bool:
    """Whether a booking without a phone has none: from a side that has none at all they are hidden."""
    return all(any(one.client_phone is not None for one in side) for side in (ours, theirs))


def record_differences(
    ours: Record | None, theirs: Record | None, *, are_phones_shown: bool
) -> frozenset[Difference]:
    """What differs in a booking; nothing in one that is gone on both sides.

    A card's number may be corrected without a word about its bookings: then a message would reach a stranger.

    Args:
        ours: what we believe; None where we know no such booking.
        theirs: what YClients has, as we would keep it; None where it does not know it.
        are_phones_shown: whether a phone that is there on one side alone differs, or may be hidden from the other.
    """
    is_ours = ours is not None and not ours.is_deleted
    is_theirs = theirs is not None and not theirs.is_deleted
    if not is_ours and not is_theirs:
        return frozenset()
    if ours is None:
        return frozenset({Difference.MISSING_HERE})
    if theirs is None:
        return frozenset({Difference.MISSING_THERE})
    found = {
        Difference.OTHER_TIME: ours.starts_at != theirs.starts_at,
        Difference.OTHER_CLIENT: ours.client_id != theirs.client_id,
        Difference.OTHER_PHONE: ours.client_id == theirs.client_id
        and _has_other_phone(ours, theirs, are_phones_shown),
        Difference.OTHER_WORK: AnnouncedVisit.of(ours).work != AnnouncedVisit.of(theirs).work,
        Difference.OTHER_STATE: _state(ours) != _state(theirs),
    }
    return frozenset(kind for kind, differs in found.items() if differs)


def _has_other_phone(ours: Record, theirs: Record, are_phones_shown: bool) -> bool:
    if ours.client_id != theirs.client_id:
        return False
    is_known = (ours.client_phone is None) == (theirs.client_phone is None)
    return not is_same_number(ours, theirs) if is_known else are_phones_shown


def _state(record: Record) -> tuple[object, ...]:
    return record.is_deleted, record.attendance, record.is_unpaid


def told_otherwise(said: Sequence[AnnouncedNotice], theirs: Record | None, wanted: Mapping[NoticeKind, bool]) -> int:
    """How many people believe something of a booking that is not so, and are not about to hear better.

    Args:
        said: all notices of the booking, oldest first; it may have been one client's before it was another's.
        theirs: the booking as YClients has it; None where it does not know it.
        wanted: which kinds of notices the salon wants sent: what it does not want told is no fault.
    """
    people = grouped(said, lambda one, mine: is_same_person(mine[-1].announced, one.announced))
    return sum(_is_told_otherwise(of_one, theirs, wanted) for of_one in people)


def _is_told_otherwise(
    said: Sequence[AnnouncedNotice], theirs: Record | None, wanted: Mapping[NoticeKind, bool]
) -> bool:
    last = max((place for place, one in enumerate(said) if one.is_sent), default=None)
    if last is None or any(one.mends for one in said[last + 1 :]):
        return False
    told = said[last].announced
    has_it = theirs is not None and not theirs.is_deleted and is_same_person(told, theirs)
    if theirs is None or told.is_deleted or not has_it:
        return told.is_deleted == has_it and wanted[NoticeKind.BOOKED if has_it else NoticeKind.CANCELLED]
    true = AnnouncedVisit.of(theirs)
    return (
        not told.reads_the_same(true) and wanted[NoticeKind.CHANGED if is_same_time(told, true) else NoticeKind.MOVED]
    )


def is_plausible(gone: int, believed: int) -> bool:
    """Whether so many of the visits that we believe in may really be gone at once.

    A list that comes back empty, because a right was taken from us for example, must not cancel a salon's week.

    >>> is_plausible(3, 4), is_plausible(20, 100), is_plausible(21, 100)
    (True, True, False)
    """
    return gone <= max(_FEWEST_GONE, believed // _SHARE_GONE)


def count(found: Iterable[Iterable[Difference]]) -> Mapping[Difference, int]:
    """How many there are of each kind, zeros included."""
    every = list(_flat(found))
    return {kind: every.count(kind) for kind in Difference}


def _flat(found: Iterable[Iterable[Difference]]) -> Iterator[Difference]:
    for kinds in found:
        yield from kinds
