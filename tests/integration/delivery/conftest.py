"""The product's side of the line on a real PostgreSQL and Valkey, and the fake YClients at the other end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aiadmin.container import Container
from tests.fakes.yclients.client import FakeYClients
from tests.integration.delivery.processes import Processes
from tests.integration.delivery.salons import JWT_SECRET, make_container


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
        yclients_per_second=1000,
        yclients_per_minute=60_000,
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
