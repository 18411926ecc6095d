"""How long a large salon takes to be read, how soon a webhook is an event, and what the clock's ticks cost."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import bench.ticks
from aiadmin.adapters import embedded
from bench.databases import make_database
from bench.http import cpu_seconds
from bench.load import at_rate, post
from bench.tables import table
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.fakes.yclients.client import FakeYClients
from tests.support.stack import APP_ID, PARTNER_TOKEN, Stack, running

CLIENTS, RECORDS = 10_000, 5_000
LIMITS = ((5, 1.0), (200, 60.0))
"""YClients lets so many calls through in any so many seconds."""
RATE, SECONDS = 100, 10
QUIET_SECONDS = 5
PATIENCE = 300.0
HIGH = "1000000"
LIFTED = {"YCLIENTS_PER_SECOND": "1000", "YCLIENTS_PER_MINUTE": "60000"}


def measure(folder: Path) -> str:
    """The tables of the synchronisation's figures; about two minutes."""
    postgres, valkey = (
        embedded.start_postgres(folder / "sync-postgres"),
        embedded.start_valkey(folder / "sync-valkey"),
    )
    try:
        with FakeYClients(app_id=APP_ID, partner_token=PARTNER_TOKEN) as yclients:
            with product(folder, postgres.url, valkey.url, yclients, "real") as (stack, _):
                yclients.settings(is_limited=True)
                large = _large_salon(stack, yclients)
                heard = [_heard(stack, yclients, "1 salon, YClients' limits", [_installed(stack, yclients, 2)])]
                yclients.settings(is_limited=False)
            with product(folder, postgres.url, valkey.url, yclients, "lifted", **LIFTED) as (stack, _):
                salons = [_installed(stack, yclients, number) for number in range(100, 120)]
                heard.append(_heard(stack, yclients, "20 salons, limits lifted", salons))
            ticks = bench.ticks.measure(make_database(postgres.url, "ticks"), valkey.url, yclients)
    finally:
        valkey.stop()
        postgres.stop()
    header = ["what", "events", "p50 s", "p99 s"]
    title = f"Webhook received to event stored, {RATE} a second, {QUIET_SECONDS} s of quiet among them"
    return "\n".join([large, table(title, header, heard), ticks])


@contextmanager
def product(
    folder: Path, postgres: str, valkey: str, yclients: FakeYClients, name: str, **more: str
) -> Iterator[tuple[Stack, FakeWhatsApp]]:
    """The product on a database and with a WhatsApp of its own."""
    own = folder / f"product-{name}"
    own.mkdir()
    database, port = make_database(postgres, f"product_{name}"), embedded.free_port()
    settings = {"YCLIENTS_USER_TOKEN": yclients.user_token, "WEBHOOK_LIMIT_PER_MINUTE": HIGH, **more}
    with (
        FakeWhatsApp() as whatsapp,
        running(
            database_url=database,
            redis_url=valkey,
            port=port,
            folder=own,
            whatsapp=whatsapp,
            yclients=yclients,
            **settings,
        ) as stack,
    ):
        yield stack, whatsapp


def _synchronised(stack: Stack, salon_id: int) -> float:
    """Wait until a salon was read; how many seconds that took."""
    statement = """
        SELECT extract(epoch FROM finished_at - started_at)::float AS seconds
        FROM sync_runs JOIN companies ON companies.id = sync_runs.company_id
        WHERE kind = 'full' AND state = 'done' AND yclients_id = %s
    """
    (row,) = stack.until(lambda: stack.rows(statement, salon_id), within=PATIENCE, what="synchronised")
    return float(row["seconds"])


def _installed(stack: Stack, yclients: FakeYClients, salon_id: int) -> int:
    """A small salon that came and was read."""
    yclients.salon(salon_id, clients=20, records=20, seed=salon_id)
    stack.install(yclients, salon_id)
    _synchronised(stack, salon_id)
    return salon_id


def floor(calls: int) -> float:
    """Seconds from the first of so many calls to the last, if each went as soon as YClients lets it.

    >>> floor(5), floor(6), floor(82), floor(201)
    (0.0, 1.0, 16.0, 60.0)
    """
    times: list[float] = []
    for number in range(calls):
        free = [times[number - most] + window for most, window in LIMITS if number >= most]
        times.append(max(free, default=0.0))
    return times[-1]


def _large_salon(stack: Stack, yclients: FakeYClients) -> str:
    yclients.salon(1, clients=CLIENTS, records=RECORDS, seed=1)
    (worker,) = stack.processes("worker")[:1]
    before = cpu_seconds(worker)
    stack.install(yclients, 1)
    seconds = _synchronised(stack, 1)
    worked = cpu_seconds(worker) - before
    (stored,) = stack.rows("""
        SELECT (SELECT count(*) FROM clients) AS clients, (SELECT count(*) FROM records) AS records,
            (SELECT started_at FROM sync_runs WHERE kind = 'full') AS began,
            (SELECT finished_at FROM sync_runs WHERE kind = 'full') AS ended
    """)
    began, ended = stored["began"].timestamp(), stored["ended"].timestamp()
    asked = [one for one in yclients.requests() if began <= one["at"] <= ended]
    answered = [one for one in asked if one["status"] != 429]
    least = floor(len(answered))
    rows = [
        ["rows stored", f"{stored['clients']} clients, {stored['records']} records of the days that are read"],
        ["calls, refused for being too many", f"{len(answered)}, {len(asked) - len(answered)}"],
        ["least that 5 a second and 200 a minute allow", f"{least:.1f} s"],
        ["taken", f"{seconds:.1f} s"],
        ["ratio (aim: at most 1.2)", f"{seconds / least:.2f}"],
        ["processor time of the worker: what a busy machine stretches", f"{worked:.1f} s"],
    ]
    return table(f"A salon of {CLIENTS:,} clients and {RECORDS:,} records", ["what", "figure"], rows)


def _heard(stack: Stack, yclients: FakeYClients, name: str, salons: Sequence[int]) -> list[str]:
    """Bookings at the desks of these salons; how long each webhook took to become an event."""
    day = datetime.now(UTC).date() + timedelta(days=3)
    bookings = {}
    for salon_id in salons:
        state = yclients.state(salon_id)
        staff, service = state["staff"][0]["id"], state["services"][0]["id"]
        client = {"name": "Нина", "phone": "79005550000"}
        what = {"staff_id": staff, "services": [{"id": service}], "seance_length": 900, "client": client}
        bookings[salon_id] = json.dumps({"salon_id": salon_id, "datetime": f"{day} 12:00:00", **what}).encode()
    numbers = itertools.cycle(salons)

    def book(_: int) -> bytes:
        return post("/_fake/journal/record", bookings[next(numbers)])

    booked = at_rate(yclients.url, book, rate=RATE, seconds=SECONDS)
    assert booked.refused == 0
    statement = """
        SELECT extract(epoch FROM event.at - word.first_at)::float AS seconds FROM booking_events AS event
        JOIN companies ON companies.id = event.company_id AND yclients_id = ANY(%s)
        JOIN (
            SELECT company_id, convert_from(body, 'UTF8')::jsonb ->> 'resource_id' AS number,
                min(received_at) AS first_at
            FROM webhooks WHERE resource = 'record' GROUP BY 1, 2
        ) AS word ON word.company_id = event.company_id AND word.number = event.record_id::text
        WHERE event.kind = 'created' ORDER BY 1
    """
    wanted = RATE * SECONDS
    stack.until(lambda: len(stack.rows(statement, list(salons))) >= wanted, within=PATIENCE, what="the events")
    seconds = [row["seconds"] for row in stack.rows(statement, list(salons))]
    return [name, str(len(seconds)), f"{seconds[len(seconds) // 2]:.1f}", f"{seconds[int(len(seconds) * 0.99)]:.1f}"]
