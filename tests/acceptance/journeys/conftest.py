"""One running product for the tests that leave it running: each brings a salon and a phone of its own.

A product takes six seconds of processor time to start. Where a test needs other settings, or takes a server away,
it starts its own: see `start_product` one folder up.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from aiadmin.adapters import embedded
from tests.conftest import WaitUntil
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.fakes.yclients.client import FakeYClients
from tests.support.database import Databases
from tests.support.stack import APP_ID, PARTNER_TOKEN, Stack, running

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def whatsapp() -> Iterator[FakeWhatsApp]:
    """One WhatsApp for all tests here."""
    with FakeWhatsApp() as server:
        yield server


@pytest.fixture(scope="session")
def yclients_server() -> Iterator[FakeYClients]:
    """One YClients for all tests here, with our app in its marketplace."""
    with FakeYClients(app_id=APP_ID, partner_token=PARTNER_TOKEN) as server:
        yield server


@pytest.fixture
def yclients(yclients_server: FakeYClients) -> FakeYClients:
    """A YClients that knows nothing yet."""
    yclients_server.reset()
    return yclients_server


@pytest.fixture(scope="session")
def shared_product(
    databases: Databases,
    tmp_path_factory: pytest.TempPathFactory,
    whatsapp: FakeWhatsApp,
    yclients_server: FakeYClients,
) -> Iterator[Stack]:
    """Runs as long as the tests; on a Valkey of its own, which no other test empties."""
    folder = tmp_path_factory.mktemp("product")
    valkey = embedded.start_valkey(folder / "valkey", durable=False)
    with (
        databases.lend() as database_url,
        running(
            database_url=database_url,
            redis_url=valkey.url,
            port=embedded.free_port(),
            folder=folder,
            whatsapp=whatsapp,
            yclients=yclients_server,
            PROVIDER_CALLBACK_ORIGINS=yclients_server.url,
        ) as stack,
    ):
        yield stack
    valkey.stop()


@pytest.fixture
def product(shared_product: Stack, yclients: FakeYClients, wait_until: WaitUntil) -> Stack:
    """The product, whole again after whatever the test before has done to it."""
    wait_until(lambda: shared_product.get("/ready").status_code == 200, 60, "ready")
    return shared_product


@pytest.fixture
def salon_id() -> int:
    """A salon that no other test has."""
    return 555000 + next(_NUMBERS)


@pytest.fixture
def phone() -> str:
    """A salon's phone that no other test has."""
    return f"7900555{next(_NUMBERS):04}"
