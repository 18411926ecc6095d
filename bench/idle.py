"""What 300 idle sessions cost: of the bare library, of our engine alone, and of a whole host.

They hold the same devices one after the other, in rounds; what counts is the processor time of each, in per cent of
a core, which a busy machine hardly changes.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median

import psutil

from bench.hosting import program
from bench.tables import table
from tests.chaos.fleet import Fleet
from tests.chaos.scale import FULL
from tests.chaos.watch import Watch
from tests.chaos.world import World, own_postgres

SESSIONS, QUICK_SESSIONS = 300, 40
WATCHED_SECONDS, QUICK_SECONDS = 20.0, 5.0
SETTLED_SECONDS = 5.0
"""What starting leaves behind is over by then: connections that idle, the first receipts."""
ROUNDS = 3
AIMS = "aim of a whole host at 300 sessions: at most 1.0 % of a core, all online within 18 s of a start"


def measure(folder: Path, *, is_quick: bool = False) -> str:
    """The table; three minutes a round, and half a minute in the quick form, which has one."""
    sessions, seconds = (QUICK_SESSIONS, QUICK_SECONDS) if is_quick else (SESSIONS, WATCHED_SECONDS)
    shares: dict[str, list[float]] = defaultdict(list)
    starts = []
    with own_postgres(folder) as postgres, World(folder, postgres.url, sessions) as world:
        for _ in range(1 if is_quick else ROUNDS):
            for kind, name in (("bare", "bare NewClient.connect()"), ("engine", "our engine alone")):
                shares[name].append(_program(world, kind, seconds))
            with _host(world, folder) as (process, started):
                shares["the whole host"].append(share(process, seconds))
                starts.append(started)
    rows = [[f"{name}, % of a core", *_cells(found)] for name, found in shares.items()]
    rows.append(["process start to all online, s", *_cells(starts)])
    return table(f"{sessions} idle sessions", ["in one process", "median", "rounds"], rows) + f"\n{AIMS}"


def _cells(found: list[float]) -> list[str]:
    return [f"{median(found):.2f}", ", ".join(f"{one:.2f}" for one in found)]


def _program(world: World, kind: str, seconds: float) -> float:
    with world.salons() as salons:
        jids = sorted(row["jid"] for row in salons.rows("SELECT jid FROM devices"))
        with program(world, salons.database_url, kind, jids) as running:
            assert running.ask("go")["connected"] == len(jids)
            return share(running.info, seconds)


@contextmanager
def _host(world: World, folder: Path) -> Iterator[tuple[psutil.Process, float]]:
    """One host that holds every device, and the seconds from its start until all were online."""
    with world.salons() as salons:
        watch = Watch(world.whatsapp, salons)
        with closing(Fleet(world, salons.database_url, FULL, folder, SESSIONS_CAPACITY="400")) as fleet:
            host, began = fleet.start(), time.monotonic()
            watch.until_whole(FULL.patience)
            yield psutil.Process(host.pid), time.monotonic() - began


def share(process: psutil.Process, seconds: float) -> float:
    """Processor time of a process that is left alone, in per cent of a core."""
    time.sleep(SETTLED_SECONDS)
    taken: Callable[[], float] = lambda: sum(process.cpu_times()[:2])  # noqa: E731
    before, began = taken(), time.monotonic()
    time.sleep(seconds)
    return 100 * (taken() - before) / (time.monotonic() - began)
