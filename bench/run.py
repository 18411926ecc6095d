"""`make bench`: starts the whole product against the fakes and prints what it measures.

`python -m bench.run http pairing` measures these parts only; `--quick` has one short round where there are several.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import bench.capacity
import bench.chat
import bench.hosting
import bench.http
import bench.idle
import bench.notices
import bench.pages
import bench.pairing
import bench.sending
import bench.sockets
import bench.starts
import bench.sync
import bench.understanding
from aiadmin.adapters import embedded
from aiadmin.adapters.redis.client import make_redis
from aiadmin.adapters.sockets.page_events import SocketPageEvents
from aiadmin.domain.ids import CompanyId
from bench.databases import make_database
from bench.tables import table
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.fakes.yclients.client import FakeYClients
from tests.support.chromium import chromium
from tests.support.stack import APP_ID, PARTNER_TOKEN, PROCESSES, Stack, running

HIGH = "1000000"
"""A limit that no benchmark reaches; the limiter still counts every request."""


ALONE = {
    "http": bench.http.measure,
    "idle": bench.idle.measure,
    "sending": bench.sending.measure,
    "hosting": bench.hosting.measure,
    "sync": bench.sync.measure,
    "notices": bench.notices.measure,
    "understanding": bench.understanding.measure,
    "chat": bench.chat.measure,
    "starts": bench.starts.measure,
    "pages": bench.pages.measure,
    "capacity": bench.capacity.measure,
}
"""Parts that start what they need themselves."""
PARTS = ("pairing", "sockets", *ALONE)
QUICK = {
    "http": partial(bench.http.measure, is_quick=True),
    "idle": partial(bench.idle.measure, is_quick=True),
    "sending": partial(bench.sending.measure, is_quick=True),
    "notices": partial(bench.notices.measure, is_quick=True),
    "pages": partial(bench.pages.measure, is_quick=True),
    "capacity": partial(bench.capacity.measure, is_quick=True),
}
"""Those that have a quick form."""


def main(words: Sequence[str]) -> None:
    """Measure the parts that are named, or everything, which takes some minutes."""
    parts = [word for word in words if word != "--quick"]
    alone = ALONE | QUICK if "--quick" in words else ALONE
    unknown = set(parts) - set(PARTS)
    if unknown:
        sys.exit(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    folder = Path(tempfile.mkdtemp(prefix="aiadmin-bench-"))
    folder.chmod(0o755)
    wanted = parts or PARTS
    try:
        if set(wanted) - set(ALONE):
            _with_product(wanted, folder)
        for part, measure in alone.items():
            if part in wanted:
                print(measure(folder))
    finally:
        shutil.rmtree(folder)


def _with_product(parts: Sequence[str], folder: Path) -> None:
    postgres, valkey = embedded.start_postgres(folder / "postgres"), embedded.start_valkey(folder / "valkey")
    try:
        with FakeWhatsApp() as whatsapp, FakeYClients(app_id=APP_ID, partner_token=PARTNER_TOKEN) as yclients:
            database_url = make_database(postgres.url, "bench")
            port = embedded.free_port()
            started = time.monotonic()
            with running(
                database_url=database_url,
                redis_url=valkey.url,
                port=port,
                folder=folder,
                whatsapp=whatsapp,
                yclients=yclients,
                APP_ENV="production",
                PUBLIC_URL="https://bench.example",
                ALLOWED_ORIGINS=f"http://127.0.0.1:{port}",
                OPEN_REGISTRATION="1",
                RATE_LIMIT_PER_MINUTE=HIGH,
                WEBHOOK_LIMIT_PER_MINUTE=HIGH,
                SOCKET_LIMIT_PER_MINUTE=HIGH,
            ) as stack:
                _measure(parts, stack, whatsapp, valkey.url, folder, time.monotonic() - started)
    finally:
        valkey.stop()
        postgres.stop()


def _measure(
    parts: Sequence[str], stack: Stack, whatsapp: FakeWhatsApp, redis_url: str, folder: Path, ready: float
) -> None:
    print(table("Start", ["what", "figure"], [["command to ready, empty database", f"{ready:.1f} s"]]))
    print(_memory(stack))
    if "pairing" in parts:
        with chromium() as browser:
            print(bench.pairing.measure(stack, whatsapp, browser, redis_url, folder))
    if "sockets" in parts:
        print(_fan_out(stack, redis_url))


def _fan_out(stack: Stack, redis_url: str) -> str:
    rooms, watched = SocketPageEvents(make_redis(redis_url)), stack.register(40_000_000)

    def emit(text: str) -> None:
        rooms.status(CompanyId(watched.company_id), state="waiting", text=text)

    return bench.sockets.measure(stack, watched, emit)


def _memory(stack: Stack) -> str:
    rows = [
        [name, str(len(found)), f"{sum(process.memory_info().rss for process in found) / 2**20:.0f}"]
        for name in PROCESSES
        if (found := stack.processes(name))
    ]
    return table("Memory of each process, idle", ["process", "count", "RSS MB"], rows)


if __name__ == "__main__":
    main(sys.argv[1:])
