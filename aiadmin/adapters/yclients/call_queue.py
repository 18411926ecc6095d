"""The queue for YClients' budget: what any is, and this process's own for the time that Redis is away."""

from __future__ import annotations

import threading
import time
from bisect import insort
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from aiadmin.domain.ids import SalonId
from aiadmin.domain.yclients.call_budget import (
    FORGET_STRIKES,
    FORGOTTEN,
    Budget,
    BudgetState,
    Urgency,
    queue_position,
    quiet_after,
)

Whose = SalonId | str
"""Whose line a call stands in: a salon's, or one with a name; a name is no number."""


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """A place in the queue; equal places are served by number."""

    number: str
    place: int


@dataclass(frozen=True, kw_only=True)
class QueueStatus:
    """What the queue says: go, or who is ahead, and in how many seconds the next call may go at all."""

    may_go: bool
    ahead: int
    free_in: float


class CallQueue(Protocol):
    """One queue."""

    @property
    def budget(self) -> Budget: ...

    def join(self, whose: Whose, urgency: Urgency) -> Ticket: ...

    def ask(self, ticket: Ticket) -> QueueStatus:
        """Whether it is this ticket's turn; if so the call is counted and the ticket is used up."""
        ...

    def leave(self, ticket: Ticket) -> None: ...

    def be_quiet(self, asked: timedelta, jitter: float) -> timedelta:
        """Stop all calls for a while after a 429 of YClients; for how long."""
        ...


class LocalCallQueue:
    """This process's queue, in memory, by the same rules."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self._lock = threading.Lock()
        self._pace = BudgetState()
        self._queue: list[tuple[int, str]] = []
        self._lines: dict[str, int] = {}
        self._serving, self._number, self._strikes, self._forget = 0, 0, 0, 0.0

    def join(self, whose: Whose, urgency: Urgency) -> Ticket:
        line = line_of(whose, urgency)
        with self._lock:
            self._number += 1
            position = queue_position(urgency, now_serving=self._serving, last=self._lines.get(line))
            self._lines[line] = position
            ticket = Ticket(number=f"{self._number:015}", place=position)
            insort(self._queue, (position, ticket.number))
        return ticket

    def ask(self, ticket: Ticket) -> QueueStatus:
        now = time.monotonic()
        with self._lock:
            ahead = self._queue.index((ticket.place, ticket.number))
            free = self._pace.free_at(self.budget)
            may_go = ahead == 0 and free <= now
            if may_go:
                self._pace = self._pace.called(self.budget, now)
                self._serving = ticket.place
                self._queue.pop(0)
                self._lines = {line: last for line, last in self._lines.items() if last > ticket.place - FORGOTTEN}
        return QueueStatus(may_go=may_go, ahead=ahead, free_in=max(free - now, 0))

    def leave(self, ticket: Ticket) -> None:
        with self._lock:
            if (ticket.place, ticket.number) in self._queue:
                self._queue.remove((ticket.place, ticket.number))

    def be_quiet(self, asked: timedelta, jitter: float) -> timedelta:
        now = time.monotonic()
        with self._lock:
            self._strikes = self._strikes + 1 if now < self._forget else 1
            quiet = quiet_after(self._strikes, asked=asked, jitter=jitter)
            until = max(self._pace.quiet_until, now + quiet.total_seconds())
            self._pace = replace(self._pace, quiet_until=until)
            self._forget = until + FORGET_STRIKES.total_seconds()
        return quiet


def line_of(whose: Whose, urgency: Urgency) -> str:
    """The name of the line in which these calls of one urgency stand."""
    return f"{whose}:{urgency.value}"
