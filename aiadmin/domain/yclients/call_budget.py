"""How fast YClients may be called, and whose turn is next: one budget for the whole fleet.

YClients counts calls by address, 5 a second and 200 a minute, so all salons share what there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum

from aiadmin.domain.backoff import Backoff


class Urgency(IntEnum):
    """How urgent a call is; the smaller goes first."""

    INTERACTIVE = 0
    """A person waits: an activation, a status, one record before a message."""
    UNKNOWN = 1
    """A visitor waits of whom nothing is known yet: a salon that is named for the first time."""
    SYNC = 2
    """No person waits: lists, page after page."""


PATIENCE = {
    Urgency.INTERACTIVE: timedelta(seconds=10),
    Urgency.UNKNOWN: timedelta(seconds=4),
    Urgency.SYNC: timedelta(minutes=2),
}
"""How long a call waits for its turn before it gives up."""
_STEP = {Urgency.INTERACTIVE: 1, Urgency.UNKNOWN: 2, Urgency.SYNC: 4}
FORGOTTEN = 16
"""A line whose last call is so many places behind the one served now may be forgotten: it begins anew."""


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What our address may call.

    The calls of a second are spread evenly. Over a minute a fifth may come at once, so that 165 a minute are
    never more than 198 in any sixty seconds: one large salon is read as quickly as YClients lets it be, and many
    at a time leave no minute in which nobody else may call.
    """

    per_second: float
    per_minute: float

    @property
    def second_step(self) -> float:
        """Seconds from one call to the next."""
        return 1 / self.per_second

    @property
    def minute_step(self) -> float:
        """The same as an average over a minute."""
        return 60 / self.per_minute

    @property
    def minute_slack(self) -> float:
        """How many seconds the calls may run ahead of that average."""
        return self.minute_step * max(self.per_minute / 5 - 1, 0)

    def share(self, parts: int) -> Budget:
        """What one of so many processes may call when they cannot ask each other."""
        return Budget(per_second=self.per_second / parts, per_minute=self.per_minute / parts)


@dataclass(frozen=True, kw_only=True)
class BudgetState:
    """When the next call may go, in seconds on any clock that only runs forward."""

    second: float = 0.0
    minute: float = 0.0
    quiet_until: float = 0.0

    def free_at(self, budget: Budget) -> float:
        """The earliest moment of the next call."""
        return max(self.second, self.minute - budget.minute_slack, self.quiet_until)

    def called(self, budget: Budget, now: float) -> BudgetState:
        """The state after a call at `now`."""
        return BudgetState(
            second=max(self.second, now) + budget.second_step,
            minute=max(self.minute, now) + budget.minute_step,
            quiet_until=self.quiet_until,
        )

    def room(self, budget: Budget, now: float) -> int:
        """How many calls may follow one another from now on without waiting for the minute's average.

        >>> budget = Budget(per_second=4.5, per_minute=165)
        >>> [BudgetState(minute=late).room(budget, now=100) for late in (0, 106, 200)]
        [33, 16, 0]
        """
        if self.quiet_until > now:
            return 0
        free = budget.minute_slack - max(self.minute - now, 0)
        return max(int(free / budget.minute_step) + 1, 0) if free >= 0 else 0


@dataclass(frozen=True, kw_only=True)
class BudgetReading:
    """What of a way's budget is left.

    Attributes:
        egress: the name of the way.
        room, burst: calls that may go at once, of the most that ever may.
        waiting: calls that wait for their turn.
        quiet_for: how long YClients has asked us to be quiet.
        is_lost: whether the way cannot be reached.
    """

    egress: str
    room: int
    burst: int
    waiting: int
    quiet_for: timedelta
    is_lost: bool = False


def queue_position(urgency: Urgency, *, now_serving: int, last: int | None) -> int:
    """The place of a new call in the one queue; the smallest is served first, equal ones in the order they came.

    Each salon has a line for each urgency, and all that are unknown have one together. A call stands one step behind
    the one before it in its own line, so that a salon with a thousand pages takes turns with a salon that has one. A
    step is twice as long for who is unknown, and four times for a synchronisation: whoever waits for an answer passes
    them, but a flood of those never stops them altogether.

    Args:
        now_serving: the place of the call that was served last.
        last: the place of the line's last call, or None.

    >>> sync = queue_position(Urgency.SYNC, now_serving=40, last=None)
    >>> sync > queue_position(Urgency.INTERACTIVE, now_serving=40, last=None)
    True
    """
    lines, step = len(Urgency), _STEP[urgency]
    behind_own = now_serving // lines if last is None else last // lines + step
    entered = now_serving // lines + (0 if urgency is Urgency.INTERACTIVE else step)
    return max(behind_own, entered) * lines + urgency


FORGET_STRIKES = timedelta(minutes=1)
_STRIKES = Backoff(first=timedelta(seconds=1), longest=timedelta(seconds=8))
_LONGEST_ASKED = 600.0


def quiet_after(strikes: int, *, asked: timedelta, jitter: float) -> timedelta:
    """How long the whole fleet is quiet after YClients said that we call too often.

    Args:
        strikes: how often it has said so in a row, from 1.
        asked: its `Retry-After`, or zero.
        jitter: a random number from 0 up to 1.

    >>> [quiet_after(n, asked=timedelta(0), jitter=0).total_seconds() for n in (1, 2, 3, 4, 9)]
    [1.0, 2.0, 4.0, 8.0, 8.0]
    """
    # never shorter than asked: the jitter comes on top
    seconds = min(asked.total_seconds(), _LONGEST_ASKED) or _STRIKES.wait(strikes, 1).total_seconds()
    return timedelta(seconds=seconds + jitter * min(seconds, 1.0) / 2)
