"""When a client wants to come, as far as they have said: values of understanding.

A phrase gives parts, never an instant: whether there was a day in it, or a time, or what does not suit. Which visit
is meant and what is free is decided later, by others. All times are the salon's wall clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from enum import StrEnum

Span = tuple[int, int]
"""The characters of a message from which something was understood."""


class Asked(StrEnum):
    """What our last question was about, so that a bare number or a short answer answers it."""

    DAY = "day"
    TIME = "time"
    SERVICE = "service"
    STAFF = "staff"
    NAME = "name"
    """What the client is called."""
    GUEST_NAME = "guest_name"
    OPTIONS = "options"
    """Which line of a numbered list."""
    CONSENT = "consent"
    """Whether a proposal suits."""
    ATTENDANCE = "attendance"
    """Whether they come, in a reminder."""
    RATING = "rating"
    MEANING = "meaning"
    """What words mean that nobody has read."""


class PartOfDay(StrEnum):
    """A part of the day that has a word."""

    MORNING = "morning"
    EVENING = "evening"


@dataclass(frozen=True, slots=True, order=True)
class DayRange:
    """Days from `first` to `last`, both of them; None has no end."""

    first: date
    last: date | None

    @classmethod
    def of(cls, day: date) -> DayRange:
        """One day."""
        return cls(day, day)

    @property
    def is_one_day(self) -> bool:
        """Whether it is a single day."""
        return self.first == self.last

    def has(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class TimeRange:
    """Times from `first` to `last`; None is an open end, and two equal ones are a point."""

    first: time | None
    last: time | None

    @property
    def is_point(self) -> bool:
        """Whether it is one time."""
        return self.first is not None and self.first == self.last

    def has(self, at: time) -> bool:
        """Whether a time lies in it."""
        return (self.first is None or self.first <= at) and (self.last is None or at <= self.last)

    def common(self, other: TimeRange) -> TimeRange | None:
        """What lies in both; None when nothing does."""
        first = max((one for one in (self.first, other.first) if one is not None), default=None)
        last = min((one for one in (self.last, other.last) if one is not None), default=None)
        return None if first is not None and last is not None and first > last else TimeRange(first, last)


@dataclass(frozen=True, kw_only=True)
class Day:
    """Days that a client named.

    Attributes:
        any_of: each of these suits; empty when they only said what does not.
        or_else: a second reading of the same words: to be asked about, never guessed.
        weekdays: days of the week that suit, Monday is 0; empty for all.
        not_on: days that do not suit.
        not_weekdays: days of the week that do not suit.
        moved_from: days of the visit that is to be moved.
        is_rough: said of about these days: the beginning of a month.
        spans: where in the message that was said.
    """

    any_of: tuple[DayRange, ...] = ()
    or_else: tuple[DayRange, ...] = ()
    weekdays: frozenset[int] = frozenset()
    not_on: tuple[DayRange, ...] = ()
    not_weekdays: frozenset[int] = frozenset()
    moved_from: tuple[DayRange, ...] = ()
    is_rough: bool = False
    spans: tuple[Span, ...] = field(default=(), compare=False)


@dataclass(frozen=True, kw_only=True)
class Time:
    """Times of day that a client named.

    Attributes:
        any_of: each of these suits; empty when they only said what does not.
        is_around: whether a point was said of about that time.
        is_reckoned: whether they were said from now on, "через час": nobody has named the minute.
        not_in: times that do not suit.
        moved_from: times of the visit that is to be moved.
        is_same: the time that the visit has.
        shift: so much later than the visit is; earlier when negative.
        ends_by: when the visit has to be over.
        spans: where in the message that was said.
    """

    any_of: tuple[TimeRange, ...] = ()
    is_around: bool = False
    is_reckoned: bool = False
    not_in: tuple[TimeRange, ...] = ()
    moved_from: tuple[TimeRange, ...] = ()
    is_same: bool = False
    shift: timedelta | None = None
    ends_by: time | None = None
    spans: tuple[Span, ...] = field(default=(), compare=False)


@dataclass(frozen=True, kw_only=True)
class When:
    """A day, a time, or both; `is_earliest` is as soon as possible."""

    day: Day | None = None
    time: Time | None = None
    is_earliest: bool = False


def spans_of(whens: Iterable[When]) -> tuple[Span, ...]:
    """The characters of all days and times, in order."""
    parts = [part for when in whens for part in (when.day, when.time) if part]
    return tuple(sorted({span for part in parts for span in part.spans}))


class Never(StrEnum):
    """Why there is no such day, or no such time."""

    NO_SUCH_DAY = "no_such_day"
    NO_SUCH_TIME = "no_such_time"
    PAST = "past"
    TOO_FAR = "too_far"


@dataclass(frozen=True, slots=True)
class Impossible:
    """A day or a time that was named, and that there is not: it is said so, and never read as another.

    Attributes:
        near: days that may have been meant.
    """

    why: Never
    span: Span
    near: tuple[date, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DayParts:
    """What a salon's clients mean by the parts of a day.

    Attributes:
        opens, closes: the bounds of a working day as clients think of it.
        noon: the end of the morning.
        evening: when the evening begins.
        lunch: the hours of lunch; it is over an hour before their end.
        after_work: when those who work are free.
    """

    opens: time = time(9)
    closes: time = time(21)
    noon: time = time(12)
    evening: time = time(17)
    lunch: TimeRange = TimeRange(time(12), time(14))
    lunch_is_over: time = time(13)
    after_work: time = time(18)

    @property
    def morning(self) -> TimeRange:
        """From opening to noon."""
        return TimeRange(min(self.opens, self.noon), self.noon)

    @property
    def afternoon(self) -> TimeRange:
        """From noon to the evening."""
        return TimeRange(self.noon, self.evening)

    @property
    def night(self) -> TimeRange:
        """From the evening to closing."""
        return TimeRange(self.evening, max(self.closes, self.evening))
