"""A salon changes its phone on the connect page: by QR code, by a code to type, and to the same number anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.fakes.yclients.client import FakeYClients
from tests.support.screen import Screen
from tests.support.stack import Salon, Stack
from tests.support.tabs import Tabs

FIRST, SECOND, THIRD = "79005550101", "79005550202", "79005550303"


@dataclass(frozen=True)
class Change:
    """A salon whose phone is changed, and what the two sides of the product know of it."""

    product: Stack
    whatsapp: FakeWhatsApp
    screen: Screen
    salon: Salon

    def begin(self) -> None:
        self.screen.page.click("[data-relink]")
        self.screen.wait_for("relink")
        self.screen.page.click("[data-replace]")

    def assert_linked(self, device: dict[str, Any], phone: str) -> None:
        """The page, the status and the rows name this phone, and a host holds its device."""
        self.screen.page.wait_for_selector(
            f"main[data-screen-shown=connected] :text('•-{phone[-2:]}')", timeout=40_000
        )
        self.screen.page.wait_for_selector('[data-on="active"] >> visible=true', timeout=40_000)
        status = self.product.status(self.salon)
        assert (status["whatsapp_phone"], status["integration_status"]) == (phone, "active")
        (current,) = self._rows("SELECT jid, phone FROM devices WHERE company_id = %s AND desired <> 'removed'")
        assert (current["jid"], current["phone"]) == (device["jid"], phone)
        online = "SELECT 1 FROM devices WHERE company_id = %s AND desired <> 'removed' AND observed = 'online'"
        self.product.until(lambda: self._rows(online), within=20, what="a host holds the new device")

    def assert_gone(self, device: dict[str, Any]) -> None:
        """WhatsApp was told, and no key of the device is left."""
        self.whatsapp.wait_for("logout", lambda entry: entry["jid"] == device["jid"], within=20)
        keys = "SELECT 1 FROM wa_store.whatsmeow_device WHERE jid = %s"
        self.product.until(lambda: not self.product.rows(keys, device["jid"]), within=20, what="the keys are gone")

    def _rows(self, statement: str) -> list[dict[str, Any]]:
        return self.product.rows(statement, self.salon.company_id)


def test_a_connected_salon_changes_its_phone_and_is_activated_once(
    product: Stack, whatsapp: FakeWhatsApp, yclients: FakeYClients, tabs: Tabs, salon_id: int
) -> None:
    yclients.connect([salon_id])
    salon = product.register(salon_id)
    screen = Screen(tabs, product)
    change = Change(product, whatsapp, screen, salon)
    screen.open(salon)
    screen.consent()
    code = screen.scan()
    first = whatsapp.scan(code, phone=FIRST)
    change.assert_linked(first, FIRST)

    screen.open(salon)  # another visit: the risk is told again
    change.begin()
    screen.consent()
    second_code = screen.scan(other_than=code)
    assert product.status(salon)["whatsapp_phone"] == FIRST
    second = whatsapp.scan(second_code, phone=SECOND)
    change.assert_linked(second, SECOND)
    change.assert_gone(first)

    change.begin()  # the same visit: it is not
    screen.wait_for("qr")
    screen.page.click("#tab-phone")
    screen.page.fill("#phone", THIRD)
    screen.page.click("[data-phone-submit]")
    screen.wait_for("code")
    third = whatsapp.type_code(THIRD, screen.page.inner_text("[data-slot=code]").replace("-", ""))
    change.assert_linked(third, THIRD)
    change.assert_gone(second)

    change.begin()
    again = whatsapp.scan(screen.scan(other_than=second_code), phone=THIRD)
    change.assert_linked(again, THIRD)
    change.assert_gone(third)

    assert len(yclients.callbacks()) == 1
    logouts = [entry["jid"] for entry in whatsapp.log("logout") if entry["jid"].startswith((FIRST, SECOND, THIRD))]
    assert logouts == [device["jid"] for device in (first, second, third)]
    assert screen.complaints == []
    screen.close()
