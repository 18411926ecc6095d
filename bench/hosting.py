"""What a session costs, how quickly sessions start and are taken over, and how long messages take.

The engine and the bare library hold the same devices, each in a process of its own; then whole hosts do.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg2

from bench.tables import table
from tests.chaos.fleet import Fleet
from tests.chaos.scale import FULL
from tests.chaos.watch import Watch
from tests.chaos.world import World, own_postgres
from tests.support.hosted_salons import Salons
from tests.support.hosts import ROOT, settings

SIZES = (50, 100, 300)
IDLE_SECONDS = 10.0
"""How long a process is watched doing nothing."""
MESSAGES = 50
CLIENT = "79889990001"
AIMS = "aim at 300: at most 0.35 MB and 1 thread a session, under 1 % of a core, started within 20 s"


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What holding `sessions` costs a process, beyond what it needs for none."""

    seconds: float
    sessions: int
    rss_mb: float
    threads: int
    files: int
    postgres: int
    cpu_percent: float

    def row(self, name: str) -> list[str]:
        """As cells of the table."""
        return [
            name,
            str(self.sessions),
            f"{self.seconds:.1f}",
            f"{self.sessions / self.seconds:.0f}",
            f"{self.rss_mb / self.sessions:.2f}",
            f"{self.threads / self.sessions:.2f}",
            f"{self.files / self.sessions:.1f}",
            str(self.postgres),
            f"{self.cpu_percent:.2f}",
        ]


class Program:
    """`bench.hosting_programs`, running; its numbers before the first session."""

    def __init__(self, world: World, database_url: str, kind: str, jids: list[str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.hosting_programs", kind, *jids],
            cwd=ROOT,
            env=world.whatsapp.env() | settings(database_url) | {"NEONIZE_BOT_TAG": "off"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.read()
        self.info = psutil.Process(self.process.pid)
        self.rss, self.threads, self.files = _figures(self.info)

    def ask(self, line: str) -> dict[str, Any]:
        """What it says to this line."""
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.read()

    def read(self) -> dict[str, Any]:
        """The next thing it says."""
        assert self.process.stdout is not None
        said: dict[str, Any] = json.loads(self.process.stdout.readline())
        return said


@contextmanager
def program(world: World, database_url: str, kind: str, jids: list[str]) -> Iterator[Program]:
    """A program that is gone afterwards."""
    running = Program(world, database_url, kind, jids)
    try:
        yield running
    finally:
        running.process.kill()
        running.process.communicate()


def _figures(process: psutil.Process) -> tuple[float, int, int]:
    return process.memory_info().rss / 2**20, process.num_threads(), process.num_fds()


def _idle_cpu(process: psutil.Process) -> float:
    """Per cent of one core."""
    process.cpu_percent()
    return float(process.cpu_percent(IDLE_SECONDS))


def _postgres_connections(database_url: str) -> int:
    with closing(psycopg2.connect(database_url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'bench'")
        return int(cursor.fetchone()[0])  # type: ignore[index]


def _hold(world: World, salons: Salons, kind: str, jids: list[str]) -> tuple[Cost, list[float]]:
    """Hold the devices; what that costs, and how long each of some messages took to be sent, in milliseconds."""
    with program(world, salons.database_url, kind, jids) as running:
        said = running.ask("go")
        assert said["connected"] == len(jids), said
        cpu = _idle_cpu(running.info)
        rss, threads, files = _figures(running.info)
        cost = Cost(
            seconds=said["seconds"],
            sessions=len(jids),
            rss_mb=rss - running.rss,
            threads=threads - running.threads,
            files=files - running.files,
            postgres=_postgres_connections(salons.database_url),
            cpu_percent=cpu,
        )
        sent = running.ask(f"send {CLIENT} {MESSAGES}")["sent"]
    return cost, sorted(1000 * seconds for seconds in sent[1:])  # the first also fetches the client's keys


def _whole_host(world: World, folder: Path) -> list[list[str]]:
    """One host with every device; then two, one of which is killed."""
    with world.salons() as salons:
        watch = Watch(world.whatsapp, salons)
        with closing(Fleet(world, salons.database_url, FULL, folder, SESSIONS_CAPACITY="400")) as fleet:
            host, began = fleet.start(), time.monotonic()
            watch.until_whole(FULL.patience)
            started = time.monotonic() - began
            process = psutil.Process(host.pid)
            cpu, (rss, threads, files) = _idle_cpu(process), _figures(process)
            heard = _received(world, salons, watch)
            fleet.start()
            moved = _takeover(fleet, watch)
    return [
        [f"process start to all {world.linked} online, one host", f"{started:.1f} s"],
        ["... resident, threads, descriptors", f"{rss:.0f} MB, {threads}, {files}"],
        ["... idle, host and desk with their ticks", f"{cpu:.2f} % of a core"],
        [f"client's phone to stored row (p50, p99 of {MESSAGES})", percentiles(heard)],
        [f"kill -9 of that host to all {world.linked} online at another (lease 15 s)", f"{moved:.1f} s"],
    ]


def _takeover(fleet: Fleet, watch: Watch) -> float:
    fleet.hosts[0].kill()
    killed_at = time.monotonic()
    watch.until(lambda: not watch.connections(), FULL.patience, "gone")
    watch.until_whole(FULL.patience)
    return time.monotonic() - killed_at


def _received(world: World, salons: Salons, watch: Watch) -> list[float]:
    """Milliseconds from a client's phone to the row, one message after another."""
    phone = salons.rows("SELECT phone FROM devices ORDER BY id LIMIT 1")[0]["phone"]
    seconds = []
    for number in range(MESSAGES):
        sent_at = time.time()
        written = world.whatsapp.message(CLIENT, phone, f"сообщение {number}")
        watch.until(lambda written=written: _row_of(salons, written), 10, "the row")  # type: ignore[misc]
        seconds.append(_row_of(salons, written)[0]["received_at"].timestamp() - sent_at)
    return sorted(1000 * one for one in seconds)


def _row_of(salons: Salons, message_id: str) -> list[dict[str, Any]]:
    return salons.rows("SELECT received_at FROM inbox_messages WHERE message_id = %s", message_id)


def percentiles(milliseconds: Sequence[float]) -> str:
    """The middle one, and that of 99 in a hundred; they are sorted."""
    middle, late = milliseconds[len(milliseconds) // 2], milliseconds[int(len(milliseconds) * 0.99)]
    return f"{middle:.0f} ms, {late:.0f} ms"


def measure(folder: Path) -> str:
    """The tables of the hosting figures."""
    costs, sent = [], []
    with own_postgres(folder) as postgres, World(folder, postgres.url, max(SIZES)) as world:
        world.whatsapp.phone(CLIENT)
        with world.salons() as salons:
            jids = sorted(row["jid"] for row in salons.rows("SELECT jid FROM devices"))
            for size in SIZES:
                for kind, name in (("bare", "bare NewClient.connect()"), ("engine", "our engine")):
                    cost, milliseconds = _hold(world, salons, kind, jids[:size])
                    costs.append(cost.row(name))
                    if size == max(SIZES):
                        sent.append([f"send until WhatsApp's receipt, {name} (p50, p99)", percentiles(milliseconds)])
        whole = _whole_host(world, folder)
    header = [
        "in one process",
        "sessions",
        "start s",
        "per s",
        "MB each",
        "threads each",
        "fds each",
        "PG",
        "idle CPU %",
    ]
    cost_table = table("Sessions", header, costs)
    return "\n".join([cost_table, AIMS, table("Whole hosts", ["what", "figure"], [*sent, *whole])])
