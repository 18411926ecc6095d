"""A server that restarts in the middle of a pairing, or is away, costs nobody anything."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.acceptance.conftest import Restartable, StartProduct
from tests.acceptance.screen import Screen, finish_pairing
from tests.acceptance.stack import Salon, Stack, activations
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.fakes.yclients.client import FakeYClients


@pytest.mark.parametrize("name", ["valkey", "postgres"])
def test_a_server_restarted_during_a_pairing_loses_nothing(
    name: str,
    start_product: StartProduct,
    restartable: Restartable,
    whatsapp: FakeWhatsApp,
    yclients: FakeYClients,
    browser: Browser,
) -> None:
    setting, restart = restartable(name)
    yclients.connect([1])
    with start_product(**setting) as product:
        salon = product.register(1)
        screen = Screen(browser, product)
        screen.open(salon)
        screen.consent()
        screen.scan()
        restart()
        product.until(lambda: product.get("/ready").status_code == 200, within=30, what="ready again")
        finish_pairing(product, screen, salon, whatsapp, "79005556677")
        assert len(activations(yclients)) == 1


def test_a_server_that_is_away_is_named_and_never_a_404_or_a_500(
    start_product: StartProduct, restartable: Restartable
) -> None:
    setting, restart = restartable("postgres")
    with start_product(**setting) as product:
        salon = product.register(1)
        restart(while_away=lambda: _assert_says_who_is_away(product, salon))
        product.until(lambda: product.status(salon), within=30, what="the status answers again")


def _assert_says_who_is_away(product: Stack, salon: Salon) -> None:
    status = product.get(f"/marketplace/status/{salon.company_id}", **{"X-API-Key": salon.api_key})
    assert (status.status_code, status.json()["success"]) == (503, False)
    # the answer is kept for a second, so that probes cost nothing
    product.until(lambda: product.get("/ready").status_code == 503, within=5, what="not ready")
    assert "postgres" in product.get("/ready").text.lower()
    assert product.get("/health").status_code == 200
