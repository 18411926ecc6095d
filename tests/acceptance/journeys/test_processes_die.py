"""Any process may die, any server may restart, in the middle of a pairing: the page recovers by itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.acceptance.conftest import Restartable, StartProduct
from tests.acceptance.screen import Screen
from tests.acceptance.stack import APP_ID, Salon, Stack
from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.fakes.yclients.client import FakeYClients

PHONE = "79005556677"


def _activations(yclients: FakeYClients) -> list[dict[str, Any]]:
    """The activations that YClients took; a refused or interrupted call is not one."""
    return [call for call in yclients.callbacks() if call["status"] in {201, None}]


def _finish(stack: Stack, screen: Screen, salon: Salon, whatsapp: FakeWhatsApp, yclients: FakeYClients) -> None:
    """Scan whatever the page shows by now; everything must come right, and YClients hear of it once."""

    def scanned() -> bool:
        try:
            whatsapp.scan(screen.scan(seconds=30), phone=PHONE)
        except Exception as error:
            if "ref" not in str(error) and "gone" not in str(error):
                raise
            return False  # the code on the page belonged to what was killed: the next one is on its way
        return True

    stack.until(scanned, within=60, what="a code that works")
    screen.wait_for("connected", seconds=30)
    stack.until(lambda: stack.status(salon).get("integration_status") == "active", within=60, what="active")
    assert len(_activations(yclients)) == 1
    assert screen.complaints == []
    screen.close()


@pytest.mark.parametrize("name", ["web", "worker", "room", "sessions"])
def test_a_process_killed_while_the_code_is_shown_comes_back_by_itself(
    name: str, product: Stack, whatsapp: FakeWhatsApp, yclients: FakeYClients, browser: Browser
) -> None:
    yclients.connect([1])
    salon = product.register(1)
    screen = Screen(browser, product)
    screen.open(salon)
    screen.consent()
    shown = screen.scan()
    product.kill(name)
    if name in {"room", "sessions"}:  # the code died with its process
        screen.scan(seconds=40, other_than=shown)
    _finish(product, screen, salon, whatsapp, yclients)


def test_the_worker_killed_during_the_callback_tells_yclients_once(
    product: Stack, whatsapp: FakeWhatsApp, yclients: FakeYClients, browser: Browser
) -> None:
    yclients.connect([1])
    yclients.fault("/marketplace/partner/callback", delay=3, times=1)
    salon = product.register(1)
    screen = Screen(browser, product)
    screen.open(salon)
    screen.consent()
    whatsapp.scan(screen.scan(), phone=PHONE)
    product.until(
        lambda: product.rows("SELECT 1 FROM outbox WHERE state = 'sending'"), within=20, what="the call is on its way"
    )
    product.kill("worker")
    product.change("UPDATE outbox SET next_attempt_at = now()")  # the dead worker's forty seconds are over
    product.until(lambda: product.status(salon).get("integration_status") == "active", within=60, what="active")
    assert len(_activations(yclients)) == 1
    screen.close()


def test_web_and_worker_killed_while_an_owner_arrives_from_yclients_install_the_salon_once(
    product: Stack, yclients: FakeYClients
) -> None:
    for path in (f"/marketplace/salon/1/application/{APP_ID}", "/marketplace/partner/callback"):
        yclients.fault(path, delay=3)
    with ThreadPoolExecutor() as browser:
        arrived = browser.submit(_press_connect, product, yclients)
        _kill_during(f"/marketplace/salon/1/application/{APP_ID}", "web", product, yclients)
    assert arrived.result() == 0  # the browser shows an error; the owner tries again
    product.until(lambda: product.get("/ready").status_code == 200, within=30, what="ready again")
    assert _press_connect(product, yclients) == 303
    _kill_during("/marketplace/partner/callback", "worker", product, yclients)
    product.change("UPDATE outbox SET next_attempt_at = now()")  # the dead worker's forty seconds are over
    active = "SELECT id FROM companies WHERE yclients_id = 1 AND integration_status = 'active'"
    (company,) = product.until(lambda: product.rows(active), within=60, what="active")
    assert len(_activations(yclients)) == 1
    told = {"X-API-Key": _activations(yclients)[0]["api_key"]}  # of however many keys we made, the one that counts
    assert product.get(f"/marketplace/status/{company['id']}", **told).status_code == 200


def _kill_during(path: str, name: str, stack: Stack, yclients: FakeYClients) -> None:
    """kill -9 while YClients is slow to answer: it has done already what it was asked."""
    stack.until(
        lambda: any(request["path"] == path for request in yclients.requests()), within=20, what=f"asked for {path}"
    )
    stack.kill(name)


def _press_connect(stack: Stack, yclients: FakeYClients) -> int:
    """The owner grants access, and YClients sends the browser to us; the status of our answer."""
    address = urlsplit(yclients.connect([1]))
    path = f"{address.path}?{address.query}"
    from_yclients = {"Accept": "text/html", "Referer": "https://yclients.com/appstore/1"}
    return stack.request("GET", path, headers=from_yclients, allow_redirects=False).status_code


def test_yclients_away_for_a_while_loses_nothing(
    product: Stack, whatsapp: FakeWhatsApp, yclients: FakeYClients, browser: Browser
) -> None:
    yclients.connect([1])
    yclients.fault("/marketplace/partner/callback", status=503, body="<html>down</html>", times=2)
    salon = product.register(1)
    screen = Screen(browser, product)
    screen.open(salon)
    screen.consent()
    whatsapp.scan(screen.scan(), phone=PHONE)
    screen.wait_for("connected", seconds=20)
    assert product.status(salon)["integration_status"] == "activating"
    product.until(lambda: product.status(salon).get("integration_status") == "active", within=60, what="active")
    (row,) = product.rows("SELECT attempts FROM outbox WHERE company_id = %s", salon.company_id)
    assert row["attempts"] >= 3
    screen.close()


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
        _finish(product, screen, salon, whatsapp, yclients)


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
