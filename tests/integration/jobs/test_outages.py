"""The worker and the clock as processes, cut off from Redis and from PostgreSQL."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg2
import pytest

from aiadmin.adapters.embedded import EmbeddedServer, start_valkey
from aiadmin.adapters.redis.client import make_redis
from aiadmin.container import Container
from aiadmin.domain.job import Job
from aiadmin.hosting.lease import Lease
from aiadmin.storage.engine import make_engine
from aiadmin.storage.unit_of_work import UnitOfWork
from tests.conftest import WaitUntil
from tests.fakes.yclients.client import FakeYClients
from tests.support.linked_salons import awaited, link
from tests.support.silence import SilentProxy, by_way_of
from tests.support.workers import SOON, Processes

pytestmark = pytest.mark.process

FAILOVER = 60.0
"""Twice what is promised: on a busy machine the test waits, and fails only for what never comes back."""


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
            self.again.wait(30)


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
    salon = awaited(box, yclients)
    wait_until(lambda: clock.says("nudge lost"), SOON)
    own_valkey.start_again()
    wait_until(lambda: salon.state == "sent", SOON)
    assert worker.terminate(within=30) == 0
    assert clock.terminate(within=30) == 0


def test_the_clock_finds_what_nobody_was_nudged_for_and_postgresql_away_for_a_while_stops_nobody(
    box: Container,
    yclients: FakeYClients,
    processes: Processes,
    wait_until: WaitUntil,
    postgres_server: EmbeddedServer,
) -> None:
    """What a lost nudge left, what is to be tried again, and what came while PostgreSQL was away."""
    salon = awaited(box, yclients, status=503, body="<html>down</html>")
    worker, clock = processes.start("jobs"), processes.start("clock")
    wait_until(lambda: salon.state == "sent", SOON)
    assert salon.row.attempts == 2
    assert len(yclients.callbacks()) == 1
    name = str(box.engine.url.database)
    _let_in(postgres_server.url, name, allowed=False)
    try:
        box.queue.nudge(Job.DELIVER_ACTIVATION, salon.outbox_id)
        wait_until(lambda: worker.says("job put off") and clock.says("clock waits"), SOON)
    finally:
        _let_in(postgres_server.url, name, allowed=True)
    yclients.connect([2])
    other = link(box, 2)
    wait_until(lambda: other.state == "sent", SOON)
    assert worker.terminate(within=30) == 0
    assert clock.terminate(within=30) == 0


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
            uow=lambda: UnitOfWork(engine), clock=box.clock, capacity=1, on_lost=_never, on_overslept=_never
        )
        lease.start()
        processes.start("jobs", **env)
        clock = processes.start("clock", **env)
        salon = awaited(box, yclients)
        wait_until(lambda: salon.state == "sent" and lease.host_id, SOON, "all is well")
        wait_until(lambda: clock.says("clock leads"), SOON)  # else it begins after it
        to_postgres.fall_silent()
        to_redis.fall_silent()
        began = time.monotonic()
        yclients.connect([2])
        other, known = link(box, 2), lease.host_id
        wait_until(lambda: other.state == "sent", FAILOVER, "a job is queued and done")
        wait_until(lambda: lease.may_adopt, FAILOVER, "the lease is renewed")
        print(f"a job is done {time.monotonic() - began:.1f} s after the failover")
        assert lease.host_id == known
        wait_until(lambda: clock.says("clock leads", times=2), FAILOVER, "the clock leads again")
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
