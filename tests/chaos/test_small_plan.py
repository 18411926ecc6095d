"""The smallest plans that `app.json` orders (W16): 20 connections to PostgreSQL and 20 to Redis for everything."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
import requests
from redis import Redis

from tests.chaos.fleet import Fleet
from tests.chaos.scale import Scale
from tests.chaos.watch import Watch
from tests.chaos.world import World
from tests.conftest import ROOT, WaitUntil
from tests.support.hosted_salons import Salons
from tests.support.site import ADMIN, ADMIN_KEY
from tests.support.web_server import running
from tests.support.workers import Processes

PLAN = 20
MOST = 18
"""Sessions start as fast as connections are free: two of the plan are left."""
SALONS = 25
CLIENTS, QUESTIONS = 60, 180
ROLE = "small_plan"


@pytest.fixture
def own_world(server_dir: Path, postgres_url: str) -> Iterator[World]:
    """A world of 25 salons."""
    with World(server_dir, postgres_url, SALONS) as world:
        yield world
    with closing(psycopg2.connect(postgres_url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(f"DROP ROLE {ROLE}")


def _ordered() -> dict[str, str]:
    """What `app.json` sets of pools."""
    env = json.loads((ROOT / "app.json").read_text())["env"]
    return {name: env[name]["value"] for name in ("DATABASE_POOL_SIZE", "REDIS_POOL_SIZE")}


def _limit(salons: Salons) -> str:
    """The URL of the salons' database for a role of a small plan."""
    with closing(psycopg2.connect(salons.database_url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE} LOGIN PASSWORD 'small' CONNECTION LIMIT {PLAN}")
        for schema in ("public", "wa_store"):
            cursor.execute(f"GRANT USAGE ON SCHEMA {schema} TO {ROLE}")
            for kind in ("TABLES", "SEQUENCES"):
                cursor.execute(f"GRANT ALL ON ALL {kind} IN SCHEMA {schema} TO {ROLE}")
    parts = urlsplit(salons.database_url)
    return urlunsplit(parts._replace(netloc=f"{ROLE}:small@{parts.hostname}:{parts.port}"))


@dataclass
class Counts:
    """How many connections there were at most, by who opened them; a thread looks ten times a second."""

    database_url: str
    redis: Redis
    at_most: int = 0
    clients: int = 0
    by_name: Mapping[str, int] = field(default_factory=dict)
    _ended: threading.Event = field(default_factory=threading.Event)

    def look(self) -> None:
        statement = "SELECT application_name FROM pg_stat_activity WHERE usename = %s"
        with closing(psycopg2.connect(self.database_url)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            while not self._ended.wait(0.1):
                cursor.execute(statement, [ROLE])
                now = Counter(name for (name,) in cursor.fetchall())
                if now.total() > self.at_most:
                    self.at_most, self.by_name = now.total(), now
                self.clients = max(self.clients, len(self.redis.client_list()) - 1)

    def end(self) -> None:
        self._ended.set()


def test_w16_a_small_plan_serves_25_salons_and_refuses_nobody(
    own_world: World, scale: Scale, tmp_path: Path, wait_until: WaitUntil
) -> None:
    """A host is killed, and while another takes its sessions sixty pages ask at once."""
    with own_world.salons() as salons, ExitStack() as stack:
        url, redis = _limit(salons), stack.enter_context(closing(Redis.from_url(own_world.valkey.url)))
        redis.config_set("maxclients", PLAN + 1)
        env = {"DATABASE_URL": url, "REDIS_URL": own_world.valkey.url, "JWT_SECRET": "x" * 32} | _ordered()
        counts = Counts(salons.database_url, redis)
        looking = threading.Thread(target=counts.look)
        looking.start()
        stack.callback(looking.join)
        stack.callback(counts.end)
        others = Processes(env, tmp_path)
        stack.callback(others.kill_all)
        others.start("jobs"), others.start("clock")
        fleet = stack.enter_context(closing(Fleet(own_world, url, scale, tmp_path, **_ordered())))
        more = {"ADMIN_API_KEY": ADMIN_KEY, "RATE_LIMIT_PER_MINUTE": "100000"}
        web = stack.enter_context(running(wait_until, tmp_path / "web.log", env | more))
        watch = Watch(own_world.whatsapp, salons)
        first = fleet.start()
        print(f"\n{SALONS} online {watch.until_whole(scale.patience):.1f} s after the start of a host")

        first.kill()
        fleet.start()
        began = time.monotonic()
        with ThreadPoolExecutor(CLIENTS) as clients:
            answers = Counter(clients.map(lambda _: _ask(web), range(QUESTIONS)))
        asked = time.monotonic() - began
        print(f"{QUESTIONS} questions of {CLIENTS} at once: {dict(answers)} in {asked:.1f} s")
        print(f"{SALONS} online again {watch.until_whole(scale.patience) + asked:.1f} s after kill -9")
        print(f"connections at most: {counts.at_most} {dict(counts.by_name)}; to Redis {counts.clients}")
        assert answers == {200: QUESTIONS}
        assert counts.at_most <= MOST
        assert counts.clients <= PLAN
        assert not fleet.stumbles(), fleet.stumbles()


def _ask(address: str) -> int:
    return requests.get(f"{address}/marketplace/companies", headers=ADMIN, timeout=40).status_code
