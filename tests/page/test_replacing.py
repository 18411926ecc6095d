"""A connected salon links another phone: asked first, left at will, and done when the phone is another."""

from __future__ import annotations

from typing import Any

import pytest

from aiadmin.adapters.qr_image import svg
from tests.page.conftest import ConnectPage

QR = {"qr": "2@new", "expiresIn": 20, "svg": svg("2@new")}
OLD, NEW = "79001234567", "79007654321"
CONNECTED = {
    "whatsapp_connected": True,
    "whatsapp_phone": OLD,
    "integration_status": "active",
    "connected_at": "2026-01-01T10:00:00Z",
}


@pytest.fixture
def connected(connect: ConnectPage) -> ConnectPage:
    """The page of a salon whose phone is linked."""
    connect.stub.status |= CONNECTED
    connect.open().shows("connected")
    return connect


def begin(connect: ConnectPage) -> None:
    connect.page.click("[data-relink]")
    assert "+7 900 •••-••-67" in connect.shows("relink")
    assert "status without token 1" not in connect.stub.asked
    connect.page.click("[data-replace]")
    connect.shows("consent")
    connect.page.check("[data-consent]")
    connect.page.click("[data-show]")


def test_the_new_phone_is_asked_for_and_shown(connected: ConnectPage) -> None:
    begin(connected)
    connected.until_asked("request-qr relink")
    connected.shows("waiting")
    connected.emit("qr-update", QR)
    connected.shows("qr")
    assert connected.page.title() == "Подключение WhatsApp — AI Admin"
    assert "Прежний номер работает" in connected.page.inner_text("[data-replacing]")
    assert connected.page.evaluate("document.documentElement.scrollWidth") == 320
    connected.emit("whatsapp-connected", {"success": True, "phone": NEW})
    assert "+7 900 •••-••-21" in connected.shows("connected")
    assert connected.page.locator("[data-replacing]").is_hidden()


def test_a_failure_that_comes_as_an_error_too_is_shown_once(connected: ConnectPage) -> None:
    """Other clients need the `error`; here it changes nothing, not even while the page asks for something else."""
    failure = {"message": "WhatsApp не отвечает.", "code": "unreachable"}
    connected.page.click("[data-relink]")
    connected.emit("error", failure)
    connected.page.click("[data-screen=relink] [data-keep]")
    begin(connected)
    connected.until_asked("request-qr relink")
    connected.emit("status", {"state": "unreachable", "text": "WhatsApp не отвечает."})
    connected.shows("unreachable")
    connected.emit("qr-update", QR)
    connected.shows("qr")
    connected.emit("error", failure)
    connected.emit("status", {"state": "code", "text": "Введите код."})
    connected.shows("qr")
    connected.drop_sockets()  # what closes a socket is no failure of a pairing: the page comes back by itself
    connected.page.wait_for_selector("main[data-link=lost]")
    connected.until_asked("request-qr relink", times=2)


def test_after_a_lost_socket_the_server_is_told_again(timed: ConnectPage) -> None:
    timed.stub.status |= CONNECTED
    timed.open().shows("connected")
    begin(timed)
    timed.until_asked("request-qr relink")
    timed.emit("qr-update", QR)
    timed.shows("qr")
    timed.drop_sockets()
    timed.page.wait_for_selector("main[data-link=lost]")
    timed.page.clock.fast_forward(2_000)
    timed.until_asked("request-qr relink", times=2)
    timed.shows("qr")


def test_the_same_number_linked_anew_is_success(connected: ConnectPage) -> None:
    begin(connected)
    connected.until_asked("request-qr relink")
    connected.emit("qr-update", QR)
    connected.shows("qr")
    connected.stub.status["connected_at"] = "2026-01-02T10:00:00Z"
    connected.emit("whatsapp-connected", {"success": True, "phone": OLD})
    connected.shows("connected")


def test_the_old_phone_can_be_kept_at_every_step(connected: ConnectPage) -> None:
    connected.page.click("[data-relink]")
    connected.page.click("[data-screen=relink] [data-keep]")
    connected.shows("connected")
    begin(connected)
    connected.until_asked("request-qr relink")
    connected.emit("qr-update", QR)
    connected.shows("qr")
    connected.page.click("[data-replacing] [data-keep]")
    assert "AI Admin включён" in connected.shows("connected")
    connected.emit("qr-update", QR)
    connected.page.click("[data-relink]")
    connected.page.click("[data-replace]")
    connected.shows("waiting")
    connected.until_asked("request-qr relink", times=2)


def test_a_code_to_type_replaces_the_phone_too(connected: ConnectPage) -> None:
    begin(connected)
    connected.page.click("#tab-phone")
    connected.page.fill("#phone", "+7 900 765-43-21")
    connected.page.click("[data-phone-submit]")
    connected.until_asked("request-pairing-code +7 900 765-43-21 relink")


def test_without_sockets_the_phone_is_replaced_over_plain_http(connect_with: Any) -> None:
    connect: ConnectPage = connect_with(clock=True)
    connect.stub.status |= CONNECTED
    connect.open("&socket=/nowhere").shows("connected")
    begin(connect)
    connect.page.clock.fast_forward(6_000)
    connect.shows("qr")
    connect.page.locator("[data-qr] img").evaluate("image => image.decode()")
    assert "qr relink" in connect.stub.asked
    connect.stub.status["whatsapp_phone"] = NEW
    connect.page.clock.fast_forward(3_000)
    assert "+7 900 •••-••-21" in connect.hears("•-21")
