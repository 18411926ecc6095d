"""The connect page when the network is unkind: no sockets, no library, lost events, a server that goes away."""

from __future__ import annotations

from typing import Any

from aiadmin.adapters.qr_image import svg
from tests.page.conftest import ConnectPage

QR = {"qr": "2@live", "expiresIn": 20, "svg": svg("2@live")}


def test_without_sockets_the_page_works_over_plain_http(connect_with: Any) -> None:
    connect: ConnectPage = connect_with(clock=True)
    connect.open("&socket=/nowhere").consent(link="http").shows("qr")
    assert connect.stub.consents[0] == "1"
    assert connect.page.locator("[data-qr] img").evaluate(
        "image => image.decode().then(() => image.naturalWidth > 0)"
    )
    assert "status without token 1" not in connect.stub.asked
    connect.page.click("#tab-phone")
    assert connect.page.locator("[data-phone-submit]").is_disabled()
    assert connect.page.locator(".only-http").is_visible()
    connect.stub.status |= {"whatsapp_connected": True, "whatsapp_phone": "79001234567"}
    connect.page.clock.fast_forward(3_000)
    assert "+7 900 •••-••-67" in connect.hears("подключён")


def test_without_the_client_library_the_page_still_gets_a_code(connect_with: Any) -> None:
    connect: ConnectPage = connect_with()
    connect.page.route("**/vendor/**", lambda route: route.abort())
    connect.open().consent(link="http").shows("qr")


def test_over_http_a_revoked_link_is_told(connect_with: Any) -> None:
    connect: ConnectPage = connect_with(clock=True)
    connect.stub.qr = {"success": False, "error": "Ссылка заменена.", "code": "link-revoked", "request_id": "r"}
    connect.open("&socket=/nowhere")
    connect.page.check("[data-consent]")
    connect.page.click("[data-show]")
    connect.page.clock.fast_forward(6_000)
    connect.shows("link-revoked")


def test_a_lost_success_event_is_made_good_by_asking_again(timed: ConnectPage) -> None:
    timed.open().consent()
    timed.emit("qr-update", {**QR, "expiresIn": 60})
    timed.shows("qr")
    timed.stub.status |= {
        "whatsapp_connected": True,
        "whatsapp_phone": "79001234567",
        "integration_status": "activating",
    }
    timed.page.clock.fast_forward(15_100)
    timed.hears("Включаем AI Admin")
    timed.stub.status["integration_status"] = "active"
    timed.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    timed.hears("AI Admin включён")


def test_a_salon_that_is_connected_already_sees_that_at_once_and_opens_no_socket(connect: ConnectPage) -> None:
    connect.stub.status |= {
        "whatsapp_connected": True,
        "whatsapp_phone": "79001234567",
        "integration_status": "active",
    }
    connect.open().shows("connected")
    assert connect.page.title() == "WhatsApp подключён — AI Admin"
    assert connect.stub.asked == []


def test_a_server_that_leaves_without_a_word_is_found_again(timed: ConnectPage) -> None:
    timed.open().consent()
    timed.emit("qr-update", QR)
    timed.shows("qr")
    timed.drop_sockets()
    timed.page.wait_for_selector("main[data-link=lost]")
    timed.shows("qr")
    timed.page.clock.fast_forward(2_000)
    timed.page.wait_for_selector("main[data-link=live]")
    assert sum(timed.stub.asked.count(what) for what in ("stand by", "connect")) == 2


def test_a_silent_server_is_asked_for_a_code_once_more(timed: ConnectPage) -> None:
    timed.open().consent()
    timed.until_asked("request-qr")
    timed.page.clock.fast_forward(4_100)
    timed.until_asked("request-qr", times=2)
    timed.emit("status", {"state": "exhausted"})
    timed.shows("exhausted")
    timed.page.click("[data-screen=exhausted] [data-retry]")
    timed.shows("waiting")
    timed.until_asked("request-qr", times=3)


def test_a_refused_request_is_told_beside_the_code(connect: ConnectPage) -> None:
    connect.open().consent()
    connect.emit("qr-update", QR)
    connect.shows("qr")
    height = connect.page.evaluate("document.documentElement.scrollHeight")
    connect.emit("error", {"message": "Код уже на экране."})
    connect.hears("Код уже на экране.")
    connect.shows("qr")
    assert connect.page.evaluate("document.documentElement.scrollHeight") == height


def test_the_page_works_in_a_frame(connect: ConnectPage) -> None:
    connect.page.goto(f"{connect.base}/frame")
    frame = connect.page.frame_locator("iframe")
    frame.locator("[data-consent]").check()
    frame.locator("[data-show]").click()
    frame.locator("main[data-link=live]").wait_for()
    connect.emit("qr-update", QR)
    frame.locator("[data-qr] svg").wait_for()
