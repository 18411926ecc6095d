"""The worker and the clock as processes: killed, cut off from Redis and from PostgreSQL, and told to stop."""

from __future__ import annotations

import pickle
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg2
import pytest
from rq import Queue

from aiadmin.adapters.db.engine import make_engine
from aiadmin.adapters.db.unit_of_work import SqlUnitOfWork
from aiadmin.adapters.embedded import EmbeddedServer, start_valkey
from aiadmin.adapters.queue import JOBS
from aiadmin.adapters.redis_client import make_redis
from aiadmin.container import Container
from aiadmin.hosting.lease import Lease
from tests.conftest import ROOT, WaitUntil
from tests.fakes.yclients.client import FakeYClients
from tests.integration.delivery.processes import Processes
from tests.integration.delivery.salons import Salon, link
from tests.silence import SilentProxy, by_way_of

pytestmark = pytest.mark.process

CALLBACK = "/marketplace/partner/callback"
FAILOVER = 30.0
SOON = 20.0
"""A process starts in about a second on a quiet machine, and in several on a busy one."""


def _is_called(yclients: FakeYClients) -> bool:
    return any(request["path"] == CALLBACK for request in yclients.requests())


def _salon(box: Container, yclients: FakeYClients, **fault: object) -> Salon:
    """A linked salon that YClients waits for; its activation call meets the fault."""
    yclients.connect([962302])
    if fault:
        yclients.fault(CALLBACK, **fault)
    return link(box)


def test_a_nudge_reaches_the_worker_and_the_worker_reaches_yclients(
    box: Container, yclients: FakeYClients, processes: Processes, wait_until: WaitUntil
) -> None:
    salon = _salon(box, yclients)
    worker = processes.start("jobs")
    box.queue.deliver(salon.outbox_id)
    wait_until(lambda: salon.state == "sent", SOON)
    assert len(yclients.callbacks()) == 1
    assert worker.terminate(within=5) == 0
    counted = box.redis.hgetall("aiadmin:metrics")
    assert [value for name, value in counted.items() if b"callbacks" in name and b"sent" in name] == [b"1"]  # type: ignore[union-attr]
    for secret in (salon.api_key, box.secrets.webhook_key(salon.company_id), yclients.partner_token, "79001234567"):
        assert not worker.says(secret)


@pytest.mark.parametrize("with_jobs", [True, False], ids=["and-its-job", "alone"])
def test_a_worker_killed_during_the_call_tells_yclients_once(
    box: Container, yclients: FakeYClients, processes: Processes, wait_until: WaitUntil, *, with_jobs: bool
) -> None:
    salon = _salon(box, yclients, delay=1.5)
    worker = processes.start("jobs")
    box.queue.deliver(salon.outbox_id)
    wait_until(lambda: _is_called(yclients), SOON)
    assert salon.state == "sending"
    orphans = worker.jobs()
    worker.kill(with_jobs=with_jobs)
    if with_jobs:
        salon.let_time_pass()
        processes.start("clock")
        processes.start("jobs")
    wait_until(lambda: salon.state == "sent", SOON)
    assert [heard["status"] for heard in yclients.callbacks()] == [201]
    psutil.wait_procs(orphans, 10)


def test_the_clock_finds_what_a_lost_nudge_left_and_what_is_to_be_tried_again(
    box: Container, yclients: FakeYClients, processes: Processes, wait_until: WaitUntil
) -> None:
    salon = _salon(box, yclients, status=503, body="<html>down</html>")
    processes.start("jobs")
    processes.start("clock")
    wait_until(lambda: salon.state == "sent", SOON)
    assert salon.row.attempts == 2
    assert len(yclients.callbacks()) == 1


@dataclass
class OwnValkey:
    """A Valkey that a test may stop and start again at its address."""

    server: EmbeddedServer
    again: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self._command = psutil.Process(self.server.pid).cmdline()

    def start_again(self) -> None:
        self.again = subprocess.Popen(self._command, cwd=self.server.data_dir)

    def end(self) -> None:
        self.server.stop()
        if self.again is not None:
            self.again.terminate()
            self.again.wait(10)


@pytest.fixture
def own_valkey(tmp_path: Path) -> Iterator[OwnValkey]:
    """A Valkey of this test's own."""
    valkey = OwnValkey(start_valkey(tmp_path / "valkey", durable=False))
    yield valkey
    valkey.end()


def test_a_restart_of_redis_loses_no_delivery(
    box: Container, yclients: FakeYClients, processes: Processes, own_valkey: OwnValkey, wait_until: WaitUntil
) -> None:
    url = own_valkey.server.url
    worker, clock = processes.start("jobs", REDIS_URL=url), processes.start("clock", REDIS_URL=url)
    redis = make_redis(url)
    wait_until(lambda: redis.keys("rq:worker:*") and clock.says("clock leads"), SOON)
    redis.close()
    own_valkey.server.stop()
    salon = _salon(box, yclients)
    wait_until(lambda: clock.says("nudge lost"), SOON)
    own_valkey.start_again()
    wait_until(lambda: salon.state == "sent", SOON)
    assert worker.terminate(within=5) == 0
    assert clock.terminate(within=5) == 0


def test_postgresql_away_for_a_while_stops_nobody(
    box: Container,
    yclients: FakeYClients,
    processes: Processes,
    wait_until: WaitUntil,
    postgres_server: EmbeddedServer,
) -> None:
    salon = _salon(box, yclients)
    worker, clock = processes.start("jobs"), processes.start("clock")
    wait_until(lambda: salon.state == "sent", SOON)
    name = str(box.engine.url.database)
    _let_in(postgres_server.url, name, allowed=False)
    try:
        box.queue.deliver(salon.outbox_id)
        wait_until(lambda: worker.says("job put off") and clock.says("clock waits"), SOON)
    finally:
        _let_in(postgres_server.url, name, allowed=True)
    yclients.connect([2])
    other = link(box, 2)
    wait_until(lambda: other.state == "sent", SOON)
    assert worker.terminate(within=5) == 0
    assert clock.terminate(within=5) == 0


def test_a_failover_without_a_word_costs_jobs_leadership_and_leases_half_a_minute(
    box: Container, yclients: FakeYClients, processes: Processes, wait_until: WaitUntil
) -> None:
    """All connections to PostgreSQL and Redis are silent from one moment on; new ones work (S3)."""
    database_url, redis_url = box.config.database_url, box.config.redis_url
    with (
        SilentProxy(urlsplit(database_url).port or 0) as to_postgres,
        SilentProxy(urlsplit(redis_url).port or 0) as to_redis,
    ):
        env = {"DATABASE_URL": by_way_of(to_postgres, database_url), "REDIS_URL": by_way_of(to_redis, redis_url)}
        engine = make_engine(env["DATABASE_URL"])
        lease = Lease(
            uow=lambda: SqlUnitOfWork(engine), clock=box.clock, capacity=1, on_lost=_never, on_overslept=_never
        )
        lease.start()
        processes.start("jobs", **env)
        clock = processes.start("clock", **env)
        salon = _salon(box, yclients)
        wait_until(lambda: salon.state == "sent" and lease.host_id, SOON, "all is well")
        to_postgres.fall_silent()
        to_redis.fall_silent()
        began = time.monotonic()
        yclients.connect([2])
        other, known = link(box, 2), lease.host_id
        wait_until(lambda: other.state == "sent", FAILOVER, "the clock leads, a job is queued and done")
        wait_until(lambda: lease.may_adopt, FAILOVER, "the lease is renewed")
        print(f"a job is done {time.monotonic() - began:.1f} s after the failover")
        assert lease.host_id == known
        assert clock.says("no answer from PostgreSQL within 5 s")
        lease.drain()
        engine.dispose()
        processes.kill_all()


def _never() -> None:
    raise AssertionError("the lease was lost")


def _let_in(server_url: str, database: str, *, allowed: bool) -> None:
    """Close a database to everybody, throwing out whoever is in; or open it again."""
    connection = psycopg2.connect(server_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {database} ALLOW_CONNECTIONS {allowed}")
        if not allowed:
            cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database])
    connection.close()


def test_sigterm_lets_a_short_job_end_and_takes_no_other(
    box: Container, yclients: FakeYClients, processes: Processes, wait_until: WaitUntil
) -> None:
    salon = _salon(box, yclients, delay=1)
    worker = processes.start("jobs")
    box.queue.deliver(salon.outbox_id)
    wait_until(lambda: _is_called(yclients), SOON)
    for job in worker.jobs():
        job.terminate()  # a platform tells every process
    assert worker.terminate(within=10) == 0
    assert salon.state == "sent"


def test_sigterm_ends_a_worker_within_ten_seconds_whatever_it_does(
    box: Container, yclients: FakeYClients, processes: Processes, wait_until: WaitUntil
) -> None:
    salon = _salon(box, yclients, delay=9)
    worker = processes.start("jobs")
    box.queue.deliver(salon.outbox_id)
    wait_until(lambda: _is_called(yclients), SOON)
    started = time.monotonic()
    worker.terminate(within=10)
    assert time.monotonic() - started < 10
    salon.let_time_pass()
    assert str(salon.deliver()) == "sent"
    assert len(yclients.callbacks()) == 1


def test_one_clock_leads_and_the_next_takes_over_when_it_dies(processes: Processes, wait_until: WaitUntil) -> None:
    first = processes.start("clock")
    wait_until(lambda: first.says("clock leads"), SOON)
    second = processes.start("clock")
    wait_until(lambda: second.says("clock stands by"), SOON)
    assert not second.says("clock leads")
    first.kill(with_jobs=True)
    wait_until(lambda: second.says("clock leads"), SOON)
    assert second.terminate(within=5) == 0


def test_a_pickled_job_is_never_run(
    box: Container, yclients: FakeYClients, processes: Processes, wait_until: WaitUntil, tmp_path: Path
) -> None:
    trap = tmp_path / "sprung"
    assert pickle.dumps(trap)
    Queue(JOBS, connection=box.redis, serializer="pickle").enqueue(Path.touch, trap)
    salon = _salon(box, yclients)
    processes.start("jobs")
    box.queue.deliver(salon.outbox_id)
    wait_until(lambda: salon.state == "sent", SOON)
    assert not trap.exists()


@pytest.mark.parametrize("module", ["jobs.worker", "jobs.clock"])
def test_neither_the_worker_nor_the_clock_loads_neonize(module: str) -> None:
    script = f"import {module} as m, sys; getattr(m, 'preload', int)(); print('neonize' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["jobs", "clock"], 2), (["jobs"], 1)])
def test_a_wrong_start_says_what_is_wrong_in_one_line(arguments: list[str], code: int) -> None:
    command = [sys.executable, str(ROOT / "worker.py"), *arguments]
    answer = subprocess.run(command, env={}, capture_output=True, text=True, check=False)
    assert answer.returncode == code
    assert len(answer.stderr.strip().splitlines()) == 1
