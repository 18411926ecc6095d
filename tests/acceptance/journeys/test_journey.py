"""The main job, end to end: a salon registers, opens the page, scans, is connected, and YClients is told."""

from __future__ import annotations

from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.fakes.yclients.client import FakeYClients
from tests.support.screen import Screen
from tests.support.stack import APP_ID, Stack
from tests.support.tabs import Tabs


def test_a_salon_connects_from_registration_to_active(
    product: Stack, whatsapp: FakeWhatsApp, yclients: FakeYClients, tabs: Tabs, salon_id: int, phone: str
) -> None:
    yclients.connect([salon_id])
    salon = product.register(salon_id)
    assert product.status(salon)["integration_status"] == "pending"

    screen = Screen(tabs, product, reduced_motion="no-preference")
    screen.open(salon)
    assert salon.token not in screen.page.url
    assert product.status(salon)["integration_status"] == "pending"  # nothing starts before consent
    screen.consent()
    device = whatsapp.scan(screen.scan(), phone=phone, push_name="Салон")
    screen.wait_for("connected", seconds=20)
    assert "+7 900" in screen.page.inner_text("[data-slot=phone]")
    assert phone not in screen.page.inner_text("body")

    product.until(lambda: product.status(salon).get("integration_status") == "active", within=20, what="active")
    screen.page.wait_for_selector('[data-on="active"] >> visible=true', timeout=40_000)
    assert screen.complaints == []
    screen.close()

    status = product.status(salon)
    assert status["whatsapp_connected"] is True
    assert status["whatsapp_phone"] == phone
    (row,) = product.rows("SELECT * FROM companies WHERE id = %s", salon.company_id)
    assert row["whatsapp_phone"] == phone
    assert row["whatsapp_connected_at"] is not None
    (linked,) = product.rows("SELECT jid, lid, phone FROM devices WHERE company_id = %s", salon.company_id)
    assert (linked["jid"], linked["phone"]) == (device["jid"], phone)
    assert linked["lid"]

    callbacks = yclients.callbacks()
    assert len(callbacks) == 1
    assert callbacks[0]["salon_id"] == salon_id
    assert callbacks[0]["application_id"] == APP_ID
    assert callbacks[0]["api_key"] == salon.api_key
    (owed,) = product.rows("SELECT state, secret FROM outbox WHERE company_id = %s", salon.company_id)
    assert (owed["state"], owed["secret"]) == ("sent", None)

    held = "SELECT 1 FROM devices WHERE company_id = %s AND observed = 'online' AND host_id IS NOT NULL"
    product.until(lambda: product.rows(held, salon.company_id), within=20, what="a host holds the device")
    product.until(lambda: not product.processes("pairing"), within=20, what="the pairing process is gone")


def test_nothing_secret_is_in_the_logs(
    product: Stack, whatsapp: FakeWhatsApp, yclients: FakeYClients, tabs: Tabs, salon_id: int, phone: str
) -> None:
    yclients.connect([salon_id])
    salon = product.register(salon_id)
    screen = Screen(tabs, product, width=1280, height=900)
    screen.open(salon)
    screen.consent()
    code = screen.scan()
    product.get(f"/marketplace/qr/{salon.token}")
    whatsapp.scan(code, phone=phone)
    screen.wait_for("connected", seconds=20)
    screen.close()
    product.until(lambda: product.status(salon).get("integration_status") == "active", within=20)
    said = product.log.read_text()
    for secret in (salon.token, salon.api_key, phone, "79001234567", code, code.split("#")[-1].split(",")[0]):
        assert secret not in said
