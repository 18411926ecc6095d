"""What one machine holds: the whole product with live sessions, among the data of a thousand salons.

Idle it reads the changes of every salon in turn, as no webhook comes; in the rush every session gets a message and
sends one within a minute, which is three times the busiest hour of a salon with fifty bookings a day.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import time as time_of_day
from pathlib import Path

import psutil
from sqlalchemy import text

from aiadmin import logs
from aiadmin.adapters import embedded
from aiadmin.config import Config
from aiadmin.container import Container
from bench.hosting import percentiles
from bench.http import cpu_seconds
from bench.load import Result, at_rate, get
from bench.sending import owe
from bench.tables import table
from tests.chaos.watch import Watch
from tests.chaos.world import World, own_postgres
from tests.fakes.yclients.client import FakeYClients
from tests.support.hosted_salons import Salons
from tests.support.many_salons import analyse, book
from tests.support.stack import APP_ID, JWT_SECRET, PARTNER_TOKEN, PROCESSES, Stack, running

SIZES, QUICK_SIZES = (100, 300, 1000), (20,)
SALONS, QUICK_SALONS = 1000, 40
A_DAY, DAYS = 50, range(-3, 8)
"""Bookings of each salon on each day from today's."""
PATIENCE = 300.0
IDLE_SECONDS, RUSH_SECONDS = 60.0, 60.0
CLIENT = 79_887_000_001
READY_RATE = 10.0
SETTINGS = {
    "MESSAGE_PACING": "0",
    "SESSIONS_CAPACITY": "1100",
    "SESSIONS_MEMORY_MB": "0",
    "YCLIENTS_PER_SECOND": "5",
    "YCLIENTS_PER_MINUTE": "165",
}
"""One `sessions` process holds all; YClients is asked as much as the product dares."""
SAID = "Спасибо, до встречи!"
_READ = """
INSERT INTO sync_runs (company_id, kind, state, since, next_at, started_at, finished_at)
SELECT companies.id, kind, CASE kind WHEN 'full' THEN 'done' ELSE 'waiting' END, now() - interval '1 day',
  CASE kind WHEN 'full' THEN NULL WHEN 'changes' THEN now() + companies.yclients_id % 600 * interval '1 second'
    ELSE now() + interval '8 hours' END, now(), now()
FROM companies, unnest(ARRAY['full', 'changes', 'nightly']) AS kind
"""
_KEPT = "DELETE FROM devices WHERE id NOT IN (SELECT id FROM devices ORDER BY id LIMIT :count)"
_PLACES = "SELECT company_id, phone FROM devices ORDER BY id"
_CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
_SENT = """
SELECT 1000 * extract(epoch FROM finished_at - created_at)::float AS milliseconds FROM outbox_messages
WHERE dedup_key LIKE 'rush:%%' AND state = 'sent'
"""
_HEARD = "SELECT message_id, received_at FROM inbox_messages WHERE text = %s"


@dataclass(frozen=True, kw_only=True)
class _Product:
    """All processes, since `began`, and the database's rows."""

    world: World
    rows: Salons
    box: Container
    stack: Stack
    began: float


def measure(folder: Path, *, is_quick: bool = False) -> str:
    """The tables; ten minutes, of which linking the phones takes two."""
    sizes, salons = (QUICK_SIZES, QUICK_SALONS) if is_quick else (SIZES, SALONS)
    logs.configure_command()
    idle, rush = (10.0, 10.0) if is_quick else (IDLE_SECONDS, RUSH_SECONDS)
    with (
        own_postgres(folder) as postgres,
        World(folder, postgres.url, salons) as world,
        FakeYClients(app_id=APP_ID, partner_token=PARTNER_TOKEN) as yclients,
    ):
        for number in range(1, salons + 1):
            yclients.salon(number, clients=0, records=0)
            yclients.activate(number)
        for number in range(salons):
            world.whatsapp.phone(str(CLIENT + number))
        columns = [_column(world, yclients, folder, size, salons, idle, rush) for size in sizes]
    rows = [[name, *(column[name] for column in columns)] for name in columns[0]]
    header = [f"{salons} salons of {A_DAY} bookings a day; live sessions, one host", *map(str, sizes)]
    return table("What one machine holds", header, rows)


def _column(
    world: World, yclients: FakeYClients, folder: Path, size: int, salons: int, idle: float, rush: float
) -> Mapping[str, str]:
    with _product(world, yclients, folder, salons, size) as product:
        Watch(world.whatsapp, product.rows).until_whole(PATIENCE)
        online = time.monotonic() - product.began
        rest, talk = _Costs(product.stack), _Rush(product, rush)
        time.sleep(idle)
        rested = rest.cores()
        busy = _Costs(product.stack)
        talk.run()
        [sessions] = _parents(product.stack.processes("sessions"))
        cells = {
            "process start to all online, s": f"{online:.0f}",
            "threads, descriptors of the host": f"{sessions.num_threads()}, {sessions.num_fds()}",
            "connections to PostgreSQL": str(product.rows.rows(_CONNECTIONS)[0]["count"]),
        }
        for name, share in busy.cores().items():
            cells[f"{name}: % of a core idle, in the rush; MB"] = (
                f"{rested[name]:.1f}, {share:.1f}; {busy.megabytes(name):.0f}"
            )
        return cells | talk.cells()


@contextmanager
def _product(world: World, yclients: FakeYClients, folder: Path, salons: int, size: int) -> Iterator[_Product]:
    """Everything is running; so many of the salons have a phone."""
    own = folder / f"capacity-{size}"
    own.mkdir()
    with world.salons() as rows, closing(_container(world, rows)) as box:
        with box.engine.begin() as connection:
            connection.execute(text(_KEPT), {"count": size})
            connection.execute(text(_READ))
        today = datetime.combine(datetime.now(UTC), time_of_day(0), UTC)
        book(box.engine, 1, salons, midnight=today, days=DAYS, a_day=A_DAY)
        analyse(box.engine)
        began = time.monotonic()
        with running(
            database_url=rows.database_url,
            redis_url=world.valkey.url,
            port=embedded.free_port(),
            folder=own,
            whatsapp=world.whatsapp,
            yclients=yclients,
            YCLIENTS_USER_TOKEN=yclients.user_token,
            **SETTINGS,
        ) as stack:
            yield _Product(world=world, rows=rows, box=box, stack=stack, began=began)


def _container(world: World, rows: Salons) -> Container:
    """What owes messages as the product's own processes do: hosts are woken."""
    config = Config(
        database_url=rows.database_url,
        redis_url=world.valkey.url,
        jwt_secret=JWT_SECRET,
        public_url="https://bench.example",
    )
    return Container(config)


class _Costs:
    """What every process takes from now on; the servers are the benchmark's own."""

    def __init__(self, stack: Stack) -> None:
        self._found = {name: _parents(stack.processes(name)) for name in PROCESSES if name != "pairing"}
        servers = psutil.Process().children()
        for name, program in (("PostgreSQL", "postgres"), ("Valkey", "valkey-server")):
            self._found[name] = [one for one in servers if one.name() == program]
        self._before, self._began = self._seconds(), time.monotonic()

    def _seconds(self) -> dict[str, float]:
        return {name: sum(map(cpu_seconds, found)) for name, found in self._found.items()}

    def cores(self) -> dict[str, float]:
        """Of each kind of process, since then, in per cent of a core."""
        took = time.monotonic() - self._began
        return {name: 100 * (seconds - self._before[name]) / took for name, seconds in self._seconds().items()}

    def megabytes(self, name: str) -> float:
        """What is their own, and their shares of what they share with others."""
        whole = 0
        for one in self._found[name]:
            for process in (one, *one.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    whole += process.memory_full_info().pss
        return whole / 2**20


def _parents(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    """Without those that one of them has forked for a job."""
    known = {one.pid for one in processes}
    return [one for one in processes if one.is_running() and one.ppid() not in known]


class _Rush:
    """Every session gets a message of a client and owes one, evenly over some seconds."""

    def __init__(self, product: _Product, seconds: float) -> None:
        self._product, self._seconds = product, seconds
        self._places = product.rows.rows(_PLACES)
        self._written: dict[str, float] = {}
        self._ready: Result | None = None

    def run(self) -> None:
        """All of it, until the last has arrived."""
        asking = threading.Thread(target=self._ask)
        asking.start()
        began = time.monotonic()
        for number, place in enumerate(self._places):
            time.sleep(max(0.0, began + number * self._seconds / len(self._places) - time.monotonic()))
            written = self._product.world.whatsapp.message(str(CLIENT + number), place["phone"], SAID)
            self._written[written] = time.time()
            with self._product.box.uow() as work:
                owe(work, place["company_id"], str(CLIENT + number), dedup_key=f"rush:{number}")
                work.commit()
        asking.join()
        until, count = self._product.stack.until, len(self._places)
        until(lambda: len(self._sent()) == count, within=PATIENCE, what="all are sent")
        until(lambda: len(self._heard()) == count, within=PATIENCE, what="all are heard")

    def _ask(self) -> None:
        url, request = self._product.stack.url, get("/ready")
        self._ready = at_rate(url, lambda _: request, rate=READY_RATE, connections=4, seconds=self._seconds)

    def _sent(self) -> list[float]:
        return sorted(row["milliseconds"] for row in self._product.rows.rows(_SENT))

    def _heard(self) -> list[float]:
        rows = self._product.rows.rows(_HEARD, SAID)
        return sorted(1000 * (row["received_at"].timestamp() - self._written[row["message_id"]]) for row in rows)

    def cells(self) -> dict[str, str]:
        """How long each took."""
        assert self._ready is not None
        return {
            "rush: a client's phone to the stored row": percentiles(self._heard()),
            "rush: owed to WhatsApp's receipt": percentiles(self._sent()),
            "rush: /ready": percentiles(self._ready.latencies),
        }
