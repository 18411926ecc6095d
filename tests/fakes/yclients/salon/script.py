"""Times of visits that a test says instead of letting them follow from the journal."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

Spans = list[tuple[datetime, datetime]]
"""Stretches of time, the end not included."""


@dataclass
class Script:
    """The only starts that online booking has; all working time that no start and no gap covers is busy.

    Attributes:
        starts: by staff id, set of services and day.
        lengths: seconds that a master needs for a set of services.
        gaps: free time of a master in which no visit begins, unless one is moved there.
    """

    starts: dict[tuple[int, frozenset[int], date], list[datetime]] = field(default_factory=dict)
    lengths: dict[tuple[int, frozenset[int]], int] = field(default_factory=dict)
    gaps: dict[tuple[int, date], Spans] = field(default_factory=dict)

    def at(self, staff_id: int, services: frozenset[int], day: date) -> list[datetime]:
        """When these services of a master may begin on a day."""
        return self.starts.get((staff_id, services, day), [])

    def open_on(self, staff_id: int, day: date) -> Spans:
        """The time of a master that is not held busy."""
        covered = [
            (start, start + timedelta(seconds=self.lengths[who, services]))
            for (who, services, when), starts in self.starts.items()
            if (who, when) == (staff_id, day)
            for start in starts
        ]
        return merged([*covered, *self.gaps.get((staff_id, day), [])])

    def sets_of(self, staff_id: int | None = None) -> set[frozenset[int]]:
        """The sets of services that have a start at all, with one master or with any."""
        return {services for (who, services, _), starts in self.starts.items() if starts and staff_id in (None, who)}


def merged(spans: Spans) -> Spans:
    """The same time in stretches that neither touch nor overlap, earliest first."""
    whole: Spans = []
    for start, end in sorted(spans):
        if whole and start <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return whole


def without(spans: Spans, taken: Spans) -> Spans:
    """What is left of some time when other time is taken out of it."""
    left = merged(spans)
    for start, end in merged(taken):
        pieces = [(a, min(b, start)) for a, b in left] + [(max(a, end), b) for a, b in left]
        left = merged([(a, b) for a, b in pieces if a < b])
    return left
