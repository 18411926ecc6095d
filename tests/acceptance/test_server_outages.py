"""A server that restarts in the middle of a pairing, or is away, costs nobody anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from aiadmin.adapters import embedded
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.fakes.yclients.client import FakeYClients
from tests.support.database import start_copy
from tests.support.restarting import RestartingServer
from tests.support.screen import Screen, finish_pairing
from tests.support.stack import APP_ID, PARTNER_TOKEN, Salon, Stack, activations, running
from tests.support.tabs import Tabs

Servers = Mapping[str, RestartingServer]


@pytest.fixture(scope="module")
def whatsapp() -> Iterator[FakeWhatsApp]:
    with FakeWhatsApp() as server:
        yield server


@pytest.fixture(scope="module")
def yclients_server() -> Iterator[FakeYClients]:
    with FakeYClients(app_id=APP_ID, partner_token=PARTNER_TOKEN) as server:
        yield server


@pytest.fixture
def yclients(yclients_server: FakeYClients) -> FakeYClients:
    """A YClients that knows nothing yet."""
    yclients_server.reset()
    return yclients_server


@pytest.fixture(scope="module")
def servers(server_dir: Path, cluster: Path) -> Iterator[Servers]:
    """The product's own, which may be restarted."""
    started = {
        "valkey": RestartingServer(embedded.start_valkey(server_dir / "valkey-of-outages"), lasts=True),
        "postgres": RestartingServer(start_copy(cluster, server_dir / "postgres-of-outages"), lasts=True),
    }
    yield started
    for server in started.values():
        server.leave()


@pytest.fixture(scope="module")
def product(
    servers: Servers, tmp_path_factory: pytest.TempPathFactory, whatsapp: FakeWhatsApp, yclients_server: FakeYClients
) -> Iterator[Stack]:
    """The product, which lives through all outages of this file."""
    with running(
        database_url=servers["postgres"].url,
        redis_url=servers["valkey"].url,
        port=embedded.free_port(),
        folder=tmp_path_factory.mktemp("product"),
        whatsapp=whatsapp,
        yclients=yclients_server,
    ) as stack:
        yield stack


@pytest.mark.parametrize(("number", "name"), [(1, "valkey"), (2, "postgres")], ids=["valkey", "postgres"])
def test_a_server_restarted_during_a_pairing_loses_nothing(
    number: int,
    name: str,
    product: Stack,
    servers: Servers,
    whatsapp: FakeWhatsApp,
    yclients: FakeYClients,
    tabs: Tabs,
) -> None:
    yclients.connect([number])
    salon = product.register(number)
    screen = Screen(tabs, product)
    screen.open(salon)
    screen.consent()
    screen.scan()
    servers[name].restart()
    product.until(lambda: product.get("/ready").status_code == 200, within=30, what="ready again")
    finish_pairing(product, screen, salon, whatsapp, f"7900555667{number}")
    assert len(activations(yclients)) == 1


def test_a_server_that_is_away_is_named_and_never_a_404_or_a_500(product: Stack, servers: Servers) -> None:
    salon = product.register(3)
    with servers["postgres"].away():
        _assert_says_who_is_away(product, salon)
    product.until(lambda: product.status(salon), within=30, what="the status answers again")


def _assert_says_who_is_away(product: Stack, salon: Salon) -> None:
    status = product.get(f"/marketplace/status/{salon.company_id}", **{"X-API-Key": salon.api_key})
    assert (status.status_code, status.json()["success"]) == (503, False)
    # the answer is kept for a second, so that probes cost nothing
    product.until(lambda: product.get("/ready").status_code == 503, within=30, what="not ready")
    assert "postgres" in product.get("/ready").text.lower()
    assert product.get("/health").status_code == 200
