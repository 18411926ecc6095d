"""`/ready` asks for what is needed (W15): a Redis that answers and takes nothing is not enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import Engine

from aiadmin.adapters.embedded import start_valkey
from aiadmin.adapters.metrics import page as metrics_page
from aiadmin.adapters.readiness import ReadinessProbe
from aiadmin.adapters.redis.client import make_redis
from aiadmin.storage.engine import make_engine
from aiadmin.storage.unit_of_work import UnitOfWork
from tests.conftest import WaitUntil

NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    """A Valkey of this test's own."""
    server = start_valkey(tmp_path / "valkey", durable=False)
    client = make_redis(server.url)
    yield client
    client.close()
    server.stop()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


def _fill_up(redis: Redis) -> None:
    redis.config_set("maxmemory", 1)


def _have_room(redis: Redis) -> None:
    redis.config_set("maxmemory", 0)


def _become_replica(redis: Redis) -> None:
    redis.execute_command("REPLICAOF", "127.0.0.1", "1")


def _become_primary(redis: Redis) -> None:
    redis.execute_command("REPLICAOF", "NO", "ONE")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "mend"), [(_fill_up, _have_room), (_become_replica, _become_primary)], ids=["full", "read-only"]
)
def test_w15_a_redis_that_takes_no_job_is_not_ready_and_a_gauge_says_so(
    redis: Redis,
    engine: Engine,
    wait_until: WaitUntil,
    spoil: Callable[[Redis], None],
    mend: Callable[[Redis], None],
) -> None:
    ready = ReadinessProbe(uow=lambda: UnitOfWork(engine), redis=redis, clock=lambda: NOW)
    assert ready()["redis"] is True
    spoil(redis)
    wait_until(lambda: not ready()["redis"], 5, "the next look says it")
    assert redis.ping()
    page = metrics_page.render(redis=redis, engine=engine, now=NOW).decode()
    assert 'aiadmin_up{dependency="queue"} 0.0' in page
    assert 'aiadmin_up{dependency="redis"} 1.0' in page
    mend(redis)
    wait_until(lambda: ready()["redis"], 5, "and again")
