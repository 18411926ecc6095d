"""What the whole-product tests share: the two fakes, the product, and a browser."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Protocol

import pytest

from aiadmin.adapters import embedded
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.fakes.yclients.client import FakeYClients
from tests.support.database import start_copy
from tests.support.restarting import RestartingServer
from tests.support.stack import APP_ID, PARTNER_TOKEN, Stack, running


@pytest.fixture
def whatsapp() -> Iterator[FakeWhatsApp]:
    """A WhatsApp of this test's own."""
    with FakeWhatsApp() as server:
        yield server


@pytest.fixture
def yclients() -> Iterator[FakeYClients]:
    """A YClients of this test's own, with our app in its marketplace."""
    with FakeYClients(app_id=APP_ID, partner_token=PARTNER_TOKEN) as server:
        yield server


class Restart(Protocol):
    """Stop the server, call `while_away`, and start it again on its port with its data."""

    def __call__(self, while_away: Callable[[], None] | None = None) -> None: ...


Restartable = Callable[[str], tuple[dict[str, str], Restart]]


@pytest.fixture
def restartable(server_dir: Path, cluster: Path) -> Iterator[Restartable]:
    """A server of this test's own, PostgreSQL with our schema: the setting that names it, and how to restart it."""
    started: list[Callable[[], None]] = []

    def make(name: str) -> tuple[dict[str, str], Restart]:
        start = {"valkey": embedded.start_valkey, "postgres": partial(start_copy, cluster)}[name]
        server = RestartingServer(start(server_dir / f"own-{name}-{uuid.uuid4().hex[:8]}"))
        started.append(server.leave)

        def restart(while_away: Callable[[], None] | None = None) -> None:
            server.leave()
            if while_away is not None:
                while_away()
            server.come_back()

        return {{"valkey": "redis_url", "postgres": "database_url"}[name]: server.url}, restart

    yield make
    for stop in reversed(started):
        stop()


StartProduct = Callable[..., AbstractContextManager[Stack]]


@pytest.fixture
def start_product(
    database_url: str, redis_url: str, free_port: int, tmp_path: Path, whatsapp: FakeWhatsApp, yclients: FakeYClients
) -> StartProduct:
    """Start the product with the settings given, on servers of this test's own."""

    def start(**settings: str) -> AbstractContextManager[Stack]:
        servers = {"database_url": database_url, "redis_url": redis_url, "port": free_port} | {
            name: settings.pop(name) for name in ("database_url", "redis_url") if name in settings
        }
        return running(folder=tmp_path, whatsapp=whatsapp, yclients=yclients, **servers, **settings)

    return start


@pytest.fixture
def product(start_product: StartProduct) -> Iterator[Stack]:
    """The product, running."""
    with start_product() as stack:
        yield stack
