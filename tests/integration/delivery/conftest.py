"""The product's side of the line on a real PostgreSQL and Valkey, and the fake YClients at the other end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from aiadmin.adapters.embedded import EmbeddedServer
from aiadmin.container import Container
from tests.fakes.yclients.client import FakeYClients
from tests.integration.delivery.processes import Processes
from tests.integration.delivery.salons import JWT_SECRET, make_container


@pytest.fixture(scope="session")
def yclients_server() -> Iterator[FakeYClients]:
    """One process for all tests of this folder."""
    with FakeYClients() as server:
        yield server


@pytest.fixture(scope="session")
def shared_database_url(postgres_server: EmbeddedServer, template_database: str) -> Iterator[str]:
    """One database for all tests of this folder."""
    name = "test_delivery"
    _administer(postgres_server.url, f"CREATE DATABASE {name} TEMPLATE {template_database}")
    yield postgres_server.url.rsplit("/", 1)[0] + f"/{name}"
    _administer(postgres_server.url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(shared_database_url: str) -> str:
    """The shared database, emptied: quicker than a database for each test."""
    _administer(shared_database_url, "TRUNCATE companies, session_hosts CASCADE")
    return shared_database_url


def _administer(url: str, statement: str) -> None:
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


@pytest.fixture
def yclients(yclients_server: FakeYClients) -> FakeYClients:
    """A YClients that knows nothing yet."""
    yclients_server.reset()
    return yclients_server


@pytest.fixture
def box(database_url: str, redis_url: str, yclients: FakeYClients) -> Iterator[Container]:
    """The product's adapters, wired to the fake."""
    with make_container(
        database_url=database_url,
        redis_url=redis_url,
        yclients_marketplace_url=yclients.url,
        yclients_api_key=yclients.partner_token,
        yclients_app_id=yclients.app_id,
    ) as container:
        yield container


@pytest.fixture
def processes(database_url: str, redis_url: str, yclients: FakeYClients, tmp_path: Path) -> Iterator[Processes]:
    """Real processes on the same servers; all are gone afterwards."""
    env = {
        **yclients.env(),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "JWT_SECRET": JWT_SECRET,
        "PUBLIC_URL": "https://bot.example",
    }
    running = Processes(env, tmp_path)
    yield running
    running.kill_all()
