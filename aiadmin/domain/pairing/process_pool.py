"""A pairing process is short-lived and pairs several companies at once.

With ten attempts a process measures about 50 MB, hardly more than with one: so attempts share processes. And an
abandoned attempt leaves a thread of the library behind for ever: so a process takes only so many before it must end.

A process takes a third of a second to start, most of a first code's time. So one is started when a page opens, and
waits warm while its reader makes up their mind.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MAX_LIVE = 10
MAX_TAKEN = 20
MAX_PROCESSES = 12
"""Far below 1 GiB together, also where a process grows to 80 MB."""


@dataclass(frozen=True, kw_only=True)
class ProcessLoad:
    """How busy one pairing process is.

    Attributes:
        live: series that run in it now.
        taken: series it was ever given.
    """

    process_id: int
    live: int
    taken: int


class StartProcess:
    """Start another process."""


class NoCapacity:
    """Every place is taken: wait."""


Placement = int | type[StartProcess] | type[NoCapacity]


def placement(processes: Iterable[ProcessLoad], capacity: int) -> Placement:
    """Where the next series runs: the id of the fullest process with a free place, a new process, or nowhere.

    The fullest first, so that the others empty and end. At most `capacity` series run in all processes together.
    """
    known = list(processes)
    if sum(process.live for process in known) >= capacity:
        return NoCapacity
    free = [process for process in known if process.live < MAX_LIVE and process.taken < MAX_TAKEN]
    if free:
        return max(free, key=lambda process: (process.live, -process.process_id)).process_id
    return StartProcess if len(known) < MAX_PROCESSES else NoCapacity


def should_warm(processes: Iterable[ProcessLoad], capacity: int, *, expected: bool) -> bool:
    """Whether to start a process ahead of its first attempt: one is expected, and would find no process with a
    place."""
    return expected and placement(processes, capacity) is StartProcess


def is_done(process: ProcessLoad, *, expected: bool) -> bool:
    """Whether the process may end: it has worked and has nothing left, or waits for an attempt that nobody
    expects."""
    return process.live == 0 and (process.taken > 0 or not expected)
