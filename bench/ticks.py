"""What the clock's ticks and their jobs cost: milliseconds and statements, by the number of salons."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any

from sqlalchemy import Engine, event

from aiadmin import logs
from aiadmin.cli.migrate import upgrade
from aiadmin.config import Config
from aiadmin.container import Container
from aiadmin.domain.journal.refetch import RefetchRequest, Subject
from aiadmin.domain.journal.sync_run import SyncKind
from aiadmin.services import maintenance
from aiadmin.storage.engine import make_engine
from bench.tables import table
from tests.fakes.yclients.client import FakeYClients
from tests.support.world import JWT_SECRET, PUBLIC_URL, Installed, Salons, World

SIZES = (10, 100, 1000)
READ = 5
"""So many salons are also at YClients, to be read there."""
REPEATS = 20


@dataclass
class Cost:
    """What some code took."""

    seconds: float = 0.0
    statements: int = 0


@contextmanager
def counted(engine: Engine) -> Iterator[Cost]:
    """What the code inside costs."""
    cost, began = Cost(), time.perf_counter()

    def count(*_: Any) -> None:
        cost.statements += 1

    event.listen(engine, "before_cursor_execute", count)
    try:
        yield cost
    finally:
        event.remove(engine, "before_cursor_execute", count)
        cost.seconds = time.perf_counter() - began


class _Clockwork:
    """Everything that is due again and again, each to be called by itself."""

    def __init__(self, salons: Salons, read: list[Installed]) -> None:
        self.salons, self.read, self.box = salons, read, salons.box

    def tasks(self) -> dict[str, tuple[Callable[[], None], Callable[[], None]]]:
        """What makes each due, and what does it."""
        nothing = lambda: None  # noqa: E731
        return {
            "clock, every 2 s, nothing due: sweep": (self._settle, self._sweep),
            "clock, every 2 s, all due: sweep": (self._all_due, self._sweep),
            "clock, every 10 s, nothing due: compare": (self._looked_at, self._compare),
            "clock, every 60 s, nothing old: tidy": (nothing, self._tidy),
            f"job: compare {READ} installations": (self._unlooked, self._look),
            "job: changes of a salon, none": (self._changes_due, self._changes),
            f"job: check {READ} records of {READ} salons": (self._spoken_of, self._check),
        }

    def _settle(self) -> None:
        self.salons.world.execute("UPDATE sync_runs SET next_at = now() + interval '5 minutes'")

    def _all_due(self) -> None:
        self.salons.world.execute("UPDATE sync_runs SET next_at = now() - interval '1 second' WHERE kind = 'changes'")

    def _sweep(self) -> None:
        maintenance.sweep(
            uow=self.box.uow, queue=self.box.queue, clock=self.box.clock, window=self.box.config.activation_window
        )

    def _looked_at(self) -> None:
        self.salons.world.execute("UPDATE companies SET yclients_checked_at = now()")

    def _unlooked(self) -> None:
        self._looked_at()
        numbers = [salon.company_id for salon in self.read]
        self.salons.world.execute("UPDATE companies SET yclients_checked_at = NULL WHERE id = ANY(:ids)", ids=numbers)

    def _compare(self) -> None:
        maintenance.compare(uow=self.box.uow, queue=self.box.queue, clock=self.box.clock)

    def _tidy(self) -> None:
        maintenance.tidy(uow=self.box.uow, clock=self.box.clock, erase_after=self.box.config.erase_after)

    def _look(self) -> None:
        assert self.box.lifecycle_service.compare(limit=READ, pause=lambda: True).asked == READ

    def _changes_due(self) -> None:
        self._settle()
        self.salons.make_due(self.read[0], SyncKind.CHANGES)

    def _changes(self) -> None:
        self.salons.synchronise(self.read[0], SyncKind.CHANGES)

    def _spoken_of(self) -> None:
        now = self.box.clock()
        with self.box.uow() as work:
            work.refetches.request([self._word(salon, now - timedelta(minutes=1)) for salon in self.read])
            work.commit()

    def _word(self, salon: Installed, at: Any) -> RefetchRequest:
        number = min(self.salons.numbers(salon, "records", "record_id"))
        return RefetchRequest(
            company_id=salon.company_id, subject=Subject.RECORD, number=number, first_at=at, last_at=at
        )

    def _check(self) -> None:
        assert self.box.refetcher.work() == READ


def measure(database_url: str, redis_url: str, yclients: FakeYClients) -> str:
    """The table of the ticks."""
    logs.configure_command()
    upgrade(database_url)
    settings: dict[str, Any] = {
        "database_url": database_url,
        "redis_url": redis_url,
        "jwt_secret": JWT_SECRET,
        "public_url": PUBLIC_URL,
        **yclients.config(),
    }
    yclients.settings(hooks_are_held=True)
    with closing(Container(Config(**settings))) as box:
        world = World(make_engine(database_url))
        salons = Salons(box, world, yclients)
        read = [salons.install(clients=20, records=20, seed=number) for number in range(READ)]
        for salon in read:
            salons.listen(salon)
            salons.synchronise(salon, SyncKind.CHANGES)
        columns = []
        for size in SIZES:
            _grow(world, size)
            columns.append(
                {name: _cost(world, box, *task) for name, task in _Clockwork(salons, read).tasks().items()}
            )
        world.engine.dispose()
    rows = [[name, *(column[name] for column in columns)] for name in columns[0]]
    header = ["ms (median of 20) and statements, at so many salons", *map(str, SIZES)]
    return table("Ticks and jobs", header, rows)


def _cost(world: World, box: Container, prepare: Callable[[], None], work: Callable[[], None]) -> str:
    seconds, statements = [], 0
    for _ in range(REPEATS):
        prepare()
        for key in box.redis.scan_iter("aiadmin:nudge:*"):
            box.redis.delete(key)
        with counted(box.engine) as cost:
            work()
        seconds.append(cost.seconds)
        statements = cost.statements
    return f"{1000 * median(seconds):.1f} ms, {statements}"


def _grow(world: World, size: int) -> None:
    """Active companies up to `size`, each read once, with changes and a night to come."""
    (present,) = world.rows("SELECT count(*) FROM companies")[0]
    for _ in range(size - present):
        world.know(world.company())
    world.execute("""
        INSERT INTO sync_runs (company_id, kind, state, since, next_at)
        SELECT companies.id, kind, 'waiting', now(), now() + interval '5 minutes'
        FROM companies, unnest(ARRAY['changes', 'nightly']) AS kind ON CONFLICT DO NOTHING
    """)
    world.execute("ANALYZE")
