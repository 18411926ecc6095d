"""Any process may die in the middle of a pairing: the page recovers by itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.fakes.yclients.client import FakeYClients
from tests.support.screen import Screen, finish_pairing
from tests.support.stack import APP_ID, Stack, activations
from tests.support.tabs import Tabs


@pytest.mark.parametrize("name", ["web", "worker", "pairing", "sessions"])
def test_a_process_killed_while_the_code_is_shown_comes_back_by_itself(
    name: str,
    product: Stack,
    whatsapp: FakeWhatsApp,
    yclients: FakeYClients,
    tabs: Tabs,
    salon_id: int,
    phone: str,
) -> None:
    yclients.connect([salon_id])
    salon = product.register(salon_id)
    screen = Screen(tabs, product)
    screen.open(salon)
    screen.consent()
    shown = screen.scan()
    product.kill(name)
    if name in {"pairing", "sessions"}:  # the code died with its process
        screen.scan(seconds=40, other_than=shown)
    finish_pairing(product, screen, salon, whatsapp, phone)
    assert len(activations(yclients)) == 1


def test_the_worker_killed_during_the_callback_tells_yclients_once(
    product: Stack, whatsapp: FakeWhatsApp, yclients: FakeYClients, tabs: Tabs, salon_id: int, phone: str
) -> None:
    yclients.connect([salon_id])
    yclients.fault("/marketplace/partner/callback", delay=3, times=1)
    salon = product.register(salon_id)
    screen = Screen(tabs, product)
    screen.open(salon)
    screen.consent()
    whatsapp.scan(screen.scan(), phone=phone)
    product.until(
        lambda: product.rows("SELECT 1 FROM outbox WHERE state = 'sending'"), within=20, what="the call is on its way"
    )
    product.kill("worker")
    product.change("UPDATE outbox SET next_attempt_at = now()")  # the dead worker's forty seconds are over
    product.until(lambda: product.status(salon).get("integration_status") == "active", within=60, what="active")
    assert len(activations(yclients)) == 1
    screen.close()


def test_web_and_worker_killed_while_an_owner_arrives_from_yclients_install_the_salon_once(
    product: Stack, yclients: FakeYClients, salon_id: int
) -> None:
    for path in (f"/marketplace/salon/{salon_id}/application/{APP_ID}", "/marketplace/partner/callback"):
        yclients.fault(path, delay=3)
    with ThreadPoolExecutor() as browser:
        arrived = browser.submit(_press_connect, product, yclients, salon_id)
        _kill_during(f"/marketplace/salon/{salon_id}/application/{APP_ID}", "web", product, yclients)
    assert arrived.result() == 0  # the browser shows an error; the owner tries again
    product.until(lambda: product.get("/ready").status_code == 200, within=30, what="ready again")
    assert _press_connect(product, yclients, salon_id) == 303
    _kill_during("/marketplace/partner/callback", "worker", product, yclients)
    product.change("UPDATE outbox SET next_attempt_at = now()")  # the dead worker's forty seconds are over
    active = "SELECT id FROM companies WHERE yclients_id = %s AND integration_status = 'active'"
    (company,) = product.until(lambda: product.rows(active, salon_id), within=60, what="active")
    assert len(activations(yclients)) == 1
    told = {"X-API-Key": activations(yclients)[0]["api_key"]}  # of however many keys we made, the one that counts
    assert product.get(f"/marketplace/status/{company['id']}", **told).status_code == 200


def _kill_during(path: str, name: str, stack: Stack, yclients: FakeYClients) -> None:
    """kill -9 while YClients is slow to answer: it has done already what it was asked."""
    stack.until(
        lambda: any(request["path"] == path for request in yclients.requests()), within=20, what=f"asked for {path}"
    )
    stack.kill(name)


def _press_connect(stack: Stack, yclients: FakeYClients, salon_id: int) -> int:
    """The owner grants access, and YClients sends the browser to us; the status of our answer."""
    address = urlsplit(yclients.connect([salon_id]))
    path = f"{address.path}?{address.query}"
    from_yclients = {"Accept": "text/html", "Referer": "https://yclients.com/appstore/1"}
    return stack.request("GET", path, headers=from_yclients, allow_redirects=False).status_code


def test_yclients_away_for_a_while_loses_nothing(
    product: Stack, whatsapp: FakeWhatsApp, yclients: FakeYClients, tabs: Tabs, salon_id: int, phone: str
) -> None:
    yclients.connect([salon_id])
    yclients.fault("/marketplace/partner/callback", status=503, body="<html>down</html>", times=2)
    salon = product.register(salon_id)
    screen = Screen(tabs, product)
    screen.open(salon)
    screen.consent()
    whatsapp.scan(screen.scan(), phone=phone)
    screen.wait_for("connected", seconds=20)
    assert product.status(salon)["integration_status"] == "activating"
    product.until(lambda: product.status(salon).get("integration_status") == "active", within=60, what="active")
    (row,) = product.rows("SELECT attempts FROM outbox WHERE company_id = %s", salon.company_id)
    assert row["attempts"] >= 3
    screen.close()
