"""One WhatsApp and one hosted salon for the tests that share them, and a salon for each that does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.acceptance.messages.salon import PHONES, Salon
from tests.conftest import WaitUntil
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.support.database import Databases
from tests.support.hosted_salons import SLOWLY, Salons
from tests.support.hosts import Pair, child, pairing


@pytest.fixture(scope="module")
def whatsapp() -> Iterator[FakeWhatsApp]:
    """One WhatsApp for all tests here; every test has clients of its own."""
    with FakeWhatsApp() as server:
        yield server


@pytest.fixture(scope="module")
def pair(whatsapp: FakeWhatsApp) -> Iterator[Pair]:
    """Links the phones of all salons here."""
    with pairing(whatsapp) as pair:
        yield pair


@pytest.fixture(scope="module")
def shared_database(databases: Databases) -> Iterator[str]:
    """A database for the tests that share one host."""
    with databases.lend() as url:
        yield url


@pytest.fixture(scope="module")
def salon(whatsapp: FakeWhatsApp, pair: Pair, shared_database: str, wait_until: WaitUntil) -> Iterator[Salon]:
    """A salon, linked and hosted."""
    database = Salons(shared_database)
    salon = Salon(whatsapp, pair, database)
    with child(whatsapp, shared_database, "host") as host:
        host.read()
        wait_until(salon.is_online, SLOWLY, "online")
        yield salon
        assert host.end() == 0
    database.close()


@pytest.fixture
def own_salon(whatsapp: FakeWhatsApp, pair: Pair, database_url: str) -> Iterator[Salon]:
    """A salon of this test's own, linked; nobody hosts it yet."""
    database = Salons(database_url)
    yield Salon(whatsapp, pair, database)
    database.close()


@pytest.fixture
def client(whatsapp: FakeWhatsApp) -> str:
    """A client's phone number, on WhatsApp."""
    return str(whatsapp.phone(str(next(PHONES)), push_name="Анна")["phone"])
