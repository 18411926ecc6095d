"""How much of each day of the last month a salon's WhatsApp was connected, by what its hosts have noted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from aiadmin.domain.hosting.device import Device, Observed, SessionChange

DAYS = 30
LEAST_KNOWN = timedelta(hours=1)
"""A share of less says nothing."""

Span = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True)
class UptimeDay:
    """A day by the salon's clock.

    Attributes:
        known: how much of it we know something of: a phone was linked, and the notes are not deleted.
        online: how much of that it was connected.
    """

    day: date
    known: timedelta
    online: timedelta

    @property
    def share(self) -> float | None:
        """From 0 to 1; None where nothing is known."""
        return self.online / self.known if self.known else None


def uptime(
    changes: Sequence[SessionChange], current: Device | None, *, now: datetime, zone: str
) -> Sequence[UptimeDay]:
    """The last `DAYS` days, the present one last.

    Args:
        changes: of all devices that the salon has had; in any order.
        current: its linked phone: what it is in now has lasted since then, however long ago that was noted.
    """
    known, online = _spans(changes, current, now)
    there = ZoneInfo(zone)
    today = now.astimezone(there).date()
    return [
        UptimeDay(day=day, known=_within(known, begins, ends), online=_within(online, begins, ends))
        for ago in range(DAYS - 1, -1, -1)
        for day in [today - timedelta(days=ago)]
        for begins, ends in [(_midnight(day, there), min(_midnight(day + timedelta(days=1), there), now))]
    ]


def total(days: Sequence[UptimeDay]) -> float | None:
    """The share of all that is known of these days; None where that is next to nothing."""
    known = sum((one.known for one in days), timedelta())
    return sum((one.online for one in days), timedelta()) / known if known >= LEAST_KNOWN else None


def _spans(
    changes: Sequence[SessionChange], current: Device | None, now: datetime
) -> tuple[Sequence[Span], Sequence[Span]]:
    """What is known, and where a device was online: each put together, so that two devices at once count once."""
    by_device: dict[int, list[tuple[datetime, Observed]]] = {}
    for change in sorted(changes, key=lambda one: one.at):
        by_device.setdefault(change.device_id, []).append((change.at, change.observed))
    if current is not None:
        mine = by_device.setdefault(current.device_id, [])
        mine.append((current.state_since, current.observed))
        mine.sort(key=lambda one: one[0])
        mine.append((now, current.observed))
    spans = [
        (begins, ends, state) for states in by_device.values() for (begins, state), (ends, _) in pairwise(states)
    ]
    known = [(begins, ends) for begins, ends, _ in spans]
    return _joined(known), _joined([(begins, ends) for begins, ends, state in spans if state is Observed.ONLINE])


def _joined(spans: Sequence[Span]) -> Sequence[Span]:
    """Without overlaps.

    >>> from datetime import UTC
    >>> at = [datetime(2026, 1, 1, hour, tzinfo=UTC) for hour in range(4)]
    >>> _joined([(at[2], at[3]), (at[0], at[2])]) == [(at[0], at[3])]
    True
    """
    joined: list[Span] = []
    for begins, ends in sorted(spans):
        if joined and begins <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], ends)
        else:
            joined.append((begins, ends))
    return joined


def _within(spans: Sequence[Span], begins: datetime, ends: datetime) -> timedelta:
    return sum(_overlaps(spans, begins, ends), timedelta())


def _overlaps(spans: Sequence[Span], begins: datetime, ends: datetime) -> Iterator[timedelta]:
    for first, last in spans:
        if first < ends and last > begins:
            yield min(last, ends) - max(first, begins)


def _midnight(day: date, there: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), there).astimezone(ZoneInfo("UTC"))
