"""Status reads, registrations and webhooks: the web process as production runs it, beside bare Flask.

The two take turns, round after round; what counts is the ratio of medians. The processor time of a request is told
apart, because it hardly depends on what else the machine is doing.
"""

from __future__ import annotations

import itertools
import json
import os
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg2
import requests

from aiadmin.adapters import embedded
from aiadmin.adapters.secrets import DerivedSecrets
from aiadmin.adapters.sockets.page_events import SocketPageEvents
from aiadmin.cli.migrate import upgrade
from aiadmin.cli.procfile import read_procfile
from aiadmin.domain.ids import CompanyId
from bench.databases import make_database
from bench.load import Request, Result, at_rate, beside, get, post, throughput
from bench.tables import table
from tests.support.processes import AS_INSTALLED, kill_family
from tests.support.stack import ADMIN_KEY, APP_ID, JWT_SECRET, PARTNER_TOKEN, ROOT

HIGH = "1000000"
"""A limit that no benchmark reaches; every request is still counted."""
CONNECTIONS, ROUNDS, SECONDS = 64, 3, 4.0
QUICK_ROUNDS, QUICK_SECONDS = 1, 2.0
_READY_WITHIN = 60.0
_BARE = "exec python -m gunicorn -k gevent -w 1 --worker-connections 10000 -b 127.0.0.1:$PORT bench.bare_flask:app"
_SALON_OF_BARE = 7
_salons, _events = itertools.count(10_000_000), itertools.count(10_000_000)


@dataclass(kw_only=True)
class Served:
    """One web process under load, and what it was seen to do.

    Attributes:
        servers: whose processor time a request costs: the web process, PostgreSQL, Redis.
        requests: what is asked, by the name of its row.
        rounds: of each request, by its name; the second is the processor time of each server in microseconds.
    """

    url: str
    servers: tuple[psutil.Process, ...]
    requests: Mapping[str, Request]
    rounds: dict[str, list[tuple[Result, list[float]]]] = field(default_factory=dict)

    def measure(self, name: str, seconds: float) -> None:
        """One round of one request."""
        before = [cpu_seconds(process) for process in self.servers]
        seen = throughput(self.url, self.requests[name], connections=CONNECTIONS, seconds=seconds)
        used = [cpu_seconds(process) - start for process, start in zip(self.servers, before, strict=True)]
        costs = [1e6 * each / max(len(seen.latencies), 1) for each in used]
        self.rounds.setdefault(name, []).append((seen, costs))

    def median(self, name: str, figure: Callable[[Result, list[float]], float]) -> float:
        """The median over all rounds."""
        return statistics.median(figure(seen, costs) for seen, costs in self.rounds[name])


def measure(folder: Path, *, is_quick: bool = False) -> str:
    """The tables of the HTTP figures: some two minutes, or a third of one."""
    rounds, seconds = (QUICK_ROUNDS, QUICK_SECONDS) if is_quick else (ROUNDS, SECONDS)
    with ExitStack() as stack:
        postgres = embedded.start_postgres(folder / "http-postgres")
        stack.callback(postgres.stop)
        valkey = embedded.start_valkey(folder / "http-valkey")
        stack.callback(valkey.stop)
        ours = stack.enter_context(_ours(folder, postgres, valkey))
        bare = stack.enter_context(_bare(folder, postgres, valkey))
        for served in (ours, bare):  # nothing is cold in the first round
            for request in served.requests.values():
                throughput(served.url, request, connections=CONNECTIONS, seconds=0.5)
        others: list[list[str]] = []
        for _ in range(rounds):
            for name in ours.requests:
                ours.measure(name, seconds)
                bare.measure(name, seconds)
        others += [_beside(ours, bare, name, rounds, seconds) for name in (_STATUS, _WEBHOOK)]
        others += [_statements(ours, postgres), _steady(ours, seconds), _drawing()]
    rows = [_row(name, ours, bare) for name in ours.requests]
    title = f"HTTP: one web process, {CONNECTIONS} connections, medians of {rounds} rounds"
    return table(title, _HEADER, rows) + "\n" + table("HTTP, single figures", ["what", "figure"], others)


def _beside(ours: Served, bare: Served, busy: str, rounds: int, seconds: float) -> list[str]:
    """How long one caller waits while others ask as fast as they can."""

    def p99(served: Served) -> float:
        asked = served.requests[_HEALTH], served.requests[busy]
        seen = beside(served.url, asked[0], busy=asked[1], connections=CONNECTIONS, seconds=seconds)
        return seen.percentile(0.99)

    pairs = [(p99(ours), p99(bare)) for _ in range(rounds)]
    own, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    return [
        f"p99 of {_HEALTH} beside {CONNECTIONS} connections with {busy}; bare Flask",
        f"{own:.0f}; {other:.0f} ms",
    ]


def _statements(ours: Served, postgres: embedded.EmbeddedServer) -> list[str]:
    """What PostgreSQL logs of status reads; a ping or a SET is a statement as well."""
    alone, together = (_statements_each(ours, postgres, connections) for connections in (1, CONNECTIONS))
    return [f"statements of a status read: alone, with {CONNECTIONS - 1} others", f"{alone:.2f}, {together:.2f}"]


def _statements_each(ours: Served, postgres: embedded.EmbeddedServer, connections: int) -> float:
    with closing(psycopg2.connect(postgres.url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        for level in ("all", "none"):
            cursor.execute(f"ALTER SYSTEM SET log_statement = '{level}'")
            cursor.execute("SELECT pg_reload_conf()")
            time.sleep(_RELOAD_SECONDS)
            if level == "all":
                before = postgres.log.stat().st_size
                seen = throughput(ours.url, ours.requests[_STATUS], connections=connections, seconds=1)
    with postgres.log.open("rb") as log:
        log.seek(before)
        said = log.read().count(b"  statement: ")
    return (said - len(("ALTER", "pg_reload_conf"))) / len(seen.latencies)


def _steady(ours: Served, seconds: float) -> list[str]:
    seen = at_rate(ours.url, ours.requests[_WEBHOOK], rate=100, seconds=seconds)
    return ["webhooks at 100 a second: half, 99 %", f"{seen.percentile(0.5):.1f}, {seen.percentile(0.99):.1f} ms"]


class _Published:
    """Takes what is published in place of Redis, and notes when."""

    def __init__(self) -> None:
        self.at: list[float] = []

    def publish(self, _channel: str, _told: str) -> None:
        self.at.append(time.process_time())


def _drawing() -> list[str]:
    """What a code costs until its text has left for the pages, and until its picture has."""
    published, costs = _Published(), []
    events = SocketPageEvents(published)  # type: ignore[arg-type]
    for _ in range(100):
        code, began = f"2@{secrets.token_urlsafe(200)}", time.process_time()
        published.at.clear()
        events.qr(CompanyId(1), code=code, expires_in=20)
        costs.append([1000 * (at - began) for at in published.at])
    text, picture = (statistics.median(column) for column in zip(*costs, strict=True))
    return ["processor time until a code's text has left, and its picture", f"{text:.2f}, {picture:.1f} ms"]


_HEADER = [
    "request", "req/s", "bare Flask", "ratio", "us of web", "bare", "ratio", "us of PostgreSQL, Redis", "bare",
    "p50, p99 ms", "bare", "not 2xx",
]  # fmt: skip
_HEALTH, _STATUS, _WEBHOOK = "GET /health", "status", "webhook stored, derived key"
_RELOAD_SECONDS = 1.0
"""Until PostgreSQL's processes have read their settings again."""


def _row(name: str, ours: Served, bare: Served) -> list[str]:
    def rate(served: Served) -> float:
        return served.median(name, lambda seen, _: seen.rate)

    def cost(served: Served, place: int) -> float:
        return served.median(name, lambda _, costs: costs[place])

    def times(served: Served) -> str:
        return ", ".join(f"{served.median(name, lambda seen, _, s=s: seen.percentile(s)):.0f}" for s in (0.5, 0.99))

    refused = sum(seen.refused for seen, _ in ours.rounds[name])
    return [
        name,
        f"{rate(ours):.0f}",
        f"{rate(bare):.0f}",
        f"{rate(ours) / rate(bare):.2f}",
        f"{cost(ours, 0):.0f}",
        f"{cost(bare, 0):.0f}",
        f"{cost(bare, 0) / cost(ours, 0):.2f}",
        f"{cost(ours, 1):.0f}, {cost(ours, 2):.0f}",
        f"{cost(bare, 1):.0f}, {cost(bare, 2):.0f}",
        times(ours),
        times(bare),
        str(refused),
    ]


def cpu_seconds(process: psutil.Process) -> float:
    """The processor time of a process, and of all that it has started, up to now."""
    whole = 0.0
    for one in (process, *process.children(recursive=True)):
        try:
            times = one.cpu_times()
        except psutil.NoSuchProcess:
            continue  # its parent's `children_*` have it
        whole += times.user + times.system + times.children_user + times.children_system
    return whole


@contextmanager
def _ours(folder: Path, postgres: embedded.EmbeddedServer, valkey: embedded.EmbeddedServer) -> Iterator[Served]:
    """The Procfile's own line, with production's settings."""
    settings = {
        "APP_ENV": "production",
        "PUBLIC_URL": "https://bench.example",
        "JWT_SECRET": JWT_SECRET,
        "ADMIN_API_KEY": ADMIN_KEY,
        "YCLIENTS_APP_ID": str(APP_ID),
        "YCLIENTS_API_KEY": PARTNER_TOKEN,
        "OPEN_REGISTRATION": "1",
        "RATE_LIMIT_PER_MINUTE": HIGH,
        "WEBHOOK_LIMIT_PER_MINUTE": HIGH,
        "BIND_HOST": "127.0.0.1",
    }
    command = "exec " + read_procfile(ROOT / "Procfile")["web"]
    with _running(folder / "web.log", command, settings, postgres, valkey, "bench_http") as (url, process):
        answer = requests.post(f"{url}/marketplace/register", json={"salon_id": 20_000_000}, timeout=10)
        made = answer.json()
        company_id, api_key = made["company_id"], f"X-API-Key: {made['api_key']}"
        derived = DerivedSecrets(JWT_SECRET).webhook_key(CompanyId(company_id))
        asked = _requests(company_id, api_key, f"?key={derived}", made["salon_id"])
        yield Served(url=url, servers=(process, _server(postgres), _server(valkey)), requests=asked)


@contextmanager
def _bare(folder: Path, postgres: embedded.EmbeddedServer, valkey: embedded.EmbeddedServer) -> Iterator[Served]:
    settings = {"BARE_KEY": "bare"}
    with _running(folder / "bare.log", _BARE, settings, postgres, valkey, "bench_bare") as (url, process):
        made = requests.post(f"{url}/marketplace/register", json={"salon_id": _SALON_OF_BARE}, timeout=10).json()
        company_id = made["company_id"]
        asked = _requests(company_id, f"X-API-Key: {made['api_key']}", "?key=bare", _SALON_OF_BARE)
        header = _webhooks(f"/marketplace/webhook/{company_id}", _SALON_OF_BARE, "X-API-Key: bare")
        asked |= {name: header for name in asked if name.endswith("in the header")}
        yield Served(url=url, servers=(process, _server(postgres), _server(valkey)), requests=asked)


def _requests(company_id: int, api_key: str, query: str, salon_id: int) -> dict[str, Request]:
    hook = f"/marketplace/webhook/{company_id}"

    def register(_: int) -> bytes:
        salon = next(_salons)
        body = {"salon_id": salon, "phone": str(79_000_000_000 + salon), "email": f"salon{salon}@example.com"}
        return post("/marketplace/register", json.dumps(body).encode())

    return {
        _HEALTH: lambda _: get("/health"),
        _STATUS: lambda _: get(f"/marketplace/status/{company_id}", api_key),
        "register": register,
        _WEBHOOK: _webhooks(hook + query, salon_id),
        "webhook stored, API key in the header": _webhooks(hook, salon_id, api_key),
    }


def _webhooks(path: str, salon_id: int, *headers: str) -> Request:
    """Events of one length, so that only the number changes."""
    data = {"id": 1, "datetime": "2026-12-01T10:00:00+03:00", "services": [{"id": 1, "title": "Стрижка"}]}
    event = {"company_id": salon_id, "resource": "record", "resource_id": next(_events), "status": "create"}
    first = post(path, json.dumps(event | {"data": data}, ensure_ascii=False).encode(), *headers)
    before, after = first.split(str(event["resource_id"]).encode())
    return lambda _: b"%s%d%s" % (before, next(_events), after)


@contextmanager
def _running(
    log: Path,
    command: str,
    settings: Mapping[str, str],
    postgres: embedded.EmbeddedServer,
    valkey: embedded.EmbeddedServer,
    database: str,
) -> Iterator[tuple[str, psutil.Process]]:
    """A web process on a database of its own; its address and itself."""
    port, database_url = embedded.free_port(), make_database(postgres.url, database)
    upgrade(database_url)
    kept = {name: value for name, value in os.environ.items() if name in {"HOME", "LANG"}}
    paths = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PORT": str(port)}
    servers = {"DATABASE_URL": database_url, "REDIS_URL": valkey.url}
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["/bin/sh", "-c", command],  # the Procfile's line has variables
            cwd=ROOT,
            env=kept | AS_INSTALLED | paths | servers | dict(settings),
            stdout=output,
            stderr=output,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _until_ready(url, process, log)
        yield url, psutil.Process(process.pid)
    finally:
        kill_family(process)


def _until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _READY_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(f"{url}/health", timeout=1).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)
    sys.exit(f"the web process did not come up:\n{log.read_text(errors='replace')}")


def _server(server: embedded.EmbeddedServer) -> psutil.Process:
    return psutil.Process(server.pid)
