"""The connect page in a real browser: every state is seen, heard, and fits a small phone."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlsplit

import pytest
import zxingcpp
from PIL import Image

from aiadmin.adapters.qr_image import svg
from aiadmin.web.pairing.connect_page import MODULES
from tests.page.conftest import ConnectPage
from tests.page.stub import TOKEN

TEXT = "2@" + "AbCdEf123/+=," * 18  # as long as WhatsApp's own
QR = {"qr": TEXT, "expiresIn": 20, "svg": svg(TEXT)}
LINKED = {"success": True, "phone": "79001234567", "companyId": 1, "message": "WhatsApp успешно подключен!"}

# One page is led through all of this in order: what arrives, the screen it brings, and words that are announced.
WALK = [
    ("status", {"state": "queued", "place": 7}, "queued", "Ваше место: 7"),
    ("status", {"state": "waiting"}, "waiting", "Готовим код"),
    ("qr-update", QR, "qr", "Наведите камеру"),
    ("status", {"state": "unreachable"}, "unreachable", "WhatsApp не отвечает"),
    ("status", {"state": "exhausted"}, "exhausted", "пауз"),
    ("status", {"state": "passkey"}, "passkey", "ключ доступа"),
    ("status", {"state": "already-linked"}, "already-linked", "другим салоном"),
    ("status", {"state": "queue-full"}, "queue-full", "Очередь заполнена"),
    ("status", {"state": "failed", "text": "WhatsApp отказал в подключении."}, "failed", "WhatsApp отказал"),
    ("pairing-code", {"code": "ABCDEFGH", "expiresIn": 60}, "code", "ABCD-EFGH"),
    ("status", {"state": "confirming"}, "confirming", "Код принят"),
    ("whatsapp-connected", LINKED, "connected", "+7 900 •••-••-67"),
    ("status", {"state": "activating"}, "connected", "Включаем AI Admin"),
    ("status", {"state": "activation_failed", "text": "Нет ответа."}, "connected", "Нет ответа."),
    ("status", {"state": "active"}, "connected", "AI Admin включён"),
]


@pytest.mark.parametrize("width", [320, 1280])
def test_every_state_is_shown_and_announced_without_moving_the_page(connect_with: Any, width: int) -> None:
    connect = connect_with(viewport={"width": width, "height": 720}).open().consent()
    measure = "() => [document.documentElement.scrollWidth, document.querySelector('.stage').offsetHeight]"
    before = connect.page.evaluate(measure)
    assert before[0] == width
    for event, data, screen, words in WALK:
        connect.emit(event, data)
        assert words in connect.hears(words)
        connect.shows(screen)
        assert connect.page.evaluate(measure) == before, screen
    assert connect.complaints == []


@pytest.mark.parametrize("code", ["link-expired", "link-revoked", "link-invalid", "too-many-attempts"])
def test_a_refusal_is_shown_and_the_page_does_not_knock_again(timed: ConnectPage, code: str) -> None:
    timed.stub.refusal = {"code": code, "message": "Отказано."}
    timed.open().consent(link="idle").shows(code)
    knocks = [what for what in timed.stub.asked if what in {"stand by", "connect"}]
    timed.page.clock.fast_forward(50_000)
    timed.page.wait_for_load_state("networkidle")
    assert [what for what in timed.stub.asked if what in {"stand by", "connect"}] == knocks != []


def test_a_refusal_that_came_before_the_consent_is_shown_when_the_socket_closes_after_it(
    connect: ConnectPage,
) -> None:
    connect.stub.refusal = {"code": "link-expired", "message": "Отказано."}
    connect.stub.parting.clear()
    heard = connect.frames()
    connect.open().page.check("[data-consent]")
    connect.until(lambda: any("link-expired" in frame for frame in heard), "the page was refused")
    connect.page.click("[data-show]")
    connect.until_asked("request-qr")
    connect.stub.parting.set()
    connect.shows("link-expired")


def test_after_too_many_attempts_a_minute_passes_before_the_next(timed: ConnectPage) -> None:
    timed.stub.refusal = {"code": "too-many-attempts", "message": ""}
    timed.open().consent(link="idle").shows("too-many-attempts")
    again = timed.page.locator("[data-retry-later]")
    assert again.is_disabled()
    timed.stub.refusal = None
    timed.page.clock.fast_forward(61_000)
    again.click()
    timed.shows("waiting")
    timed.page.wait_for_selector("main[data-link=live]")


@pytest.mark.parametrize("state", ["link-expired", "link-revoked", "link-invalid"])
def test_a_link_that_cannot_serve_is_explained_and_asks_for_nothing(connect: ConnectPage, state: str) -> None:
    connect.open(f"&state={state}").shows(state)
    assert connect.page.locator("[role=tablist]:visible").count() == 0
    assert connect.stub.asked == []


def test_nothing_is_asked_before_consent(connect: ConnectPage) -> None:
    connect.open().shows("consent")
    assert connect.page.locator("[data-show]").is_disabled()
    assert connect.stub.asked == []
    connect.consent()
    connect.until_asked("request-qr")


def test_the_socket_stands_by_once_the_box_is_ticked_and_nothing_it_says_is_shown(connect: ConnectPage) -> None:
    """Another page of the salon may have a code already; this one's reader has yet to agree."""
    connect.open()
    connect.page.check("[data-consent]")
    connect.until_asked("stand by")
    connect.emit("qr-update", QR)
    connect.emit("error", {"message": "Слишком много попыток.", "code": "too-many-attempts"})
    connect.page.uncheck("[data-consent]")
    connect.shows("consent")
    assert connect.stub.asked == ["stand by"]
    connect.consent()
    connect.until_asked("request-qr")
    connect.emit("qr-update", QR)
    connect.shows("qr")
    assert connect.stub.asked.count("stand by") == 1


def test_whoever_ticks_and_clicks_at_once_is_served_by_the_one_socket(connect: ConnectPage) -> None:
    """The click may find the socket at any point of its coming; asking it to connect again would break it."""
    quickly = """async (pause) => {
      document.querySelector('[data-consent]').click();
      await new Promise((go) => setTimeout(go, pause));
      document.querySelector('[data-show]').click();
    }"""
    for pause in range(0, 48, 8):
        connect.stub.reset()
        connect.open()
        connect.page.evaluate(quickly, pause)
        connect.page.wait_for_selector("main[data-link=live]")
        if "connect" not in connect.stub.asked:
            connect.until_asked("request-qr")
        connect.emit("qr-update", QR)
        connect.shows("qr")
        assert len({"stand by", "connect"} & set(connect.stub.asked)) == 1, pause


def test_every_module_is_fetched_at_once_and_none_twice(connect: ConnectPage) -> None:
    """One that the page does not name would be found only behind the one that imports it."""
    fetched: list[str] = []
    connect.page.context.new_cdp_session(connect.page).send("Network.clearBrowserCache")
    connect.page.on("request", lambda request: fetched.append(urlsplit(request.url).path))
    connect.open()
    connect.page.wait_for_load_state("networkidle")
    before = sorted(path for path in fetched if path.endswith(".js"))
    connect.consent()
    connect.page.wait_for_load_state("networkidle")
    assert sorted(path for path in fetched if path.endswith(".js")) == before
    assert len(before) == len(set(before)) == len(MODULES) + 1


def test_the_token_leaves_the_address_and_a_reload_still_works(connect: ConnectPage) -> None:
    connect.open()
    assert connect.page.url == f"{connect.base}/marketplace/connect?company=1&salon=962302"
    connect.page.reload()
    connect.page.wait_for_selector("main[data-ready]")
    connect.shows("consent")
    assert TOKEN not in connect.page.url


def test_without_storage_a_reload_asks_for_the_link_again(connect: ConnectPage) -> None:
    denied = "Object.defineProperty(window, 'sessionStorage', {get() { throw new DOMException('denied') }})"
    with connect.page.add_init_script(denied):
        connect.open().shows("consent")
        assert TOKEN not in connect.page.url
        connect.page.reload()
        connect.page.wait_for_selector("main[data-ready]")
        connect.shows("link-invalid")
        connect.page.goto("about:blank")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_camera_reads_the_code_in_both_colour_schemes(connect_with: Any, scheme: str) -> None:
    connect = connect_with(color_scheme=scheme, device_scale_factor=2, reduced_motion="reduce")
    connect.open().consent()
    connect.emit("qr-update", QR)
    connect.shows("qr")
    shot = Image.open(io.BytesIO(connect.page.locator(".stage").screenshot())).convert("RGB")
    assert [found.text for found in zxingcpp.read_barcodes(shot)] == [TEXT]


def test_a_new_code_takes_the_old_ones_place_and_its_time_is_the_real_one(timed: ConnectPage) -> None:
    timed.open().consent()
    timed.emit("qr-update", {**QR, "expiresIn": 60})
    timed.shows("qr")
    first = timed.page.locator("[data-qr] svg path").last.get_attribute("d")
    timed.page.wait_for_selector("[data-ring=qr][aria-label='Новый код через 60 с']")
    timed.page.clock.fast_forward(59_500)
    timed.page.wait_for_selector("[data-qr][data-stale]")
    timed.emit("qr-update", {"qr": "2@next", "expiresIn": 20, "svg": svg("2@next")})
    timed.page.wait_for_selector("[data-qr]:not([data-stale])")
    assert timed.page.locator("[data-qr] svg path").last.get_attribute("d") != first
    timed.page.wait_for_selector("[data-ring=qr][aria-label='Новый код через 20 с']")


def test_a_drawing_that_could_act_is_not_taken_in(connect: ConnectPage) -> None:
    connect.open().consent()
    bad = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><a href="javascript:1"><path d="M0 0"/></a></svg>'
    )
    connect.emit("qr-update", {**QR, "svg": bad})
    connect.shows("qr")
    assert connect.page.locator("[data-qr] svg").count() == 0
    assert connect.page.locator("[data-qr] img").get_attribute("src").startswith(f"/marketplace/qr/{TOKEN}.svg")


def test_a_phone_number_brings_a_code(connect: ConnectPage) -> None:
    connect.open().consent()
    connect.page.click("#tab-phone")
    connect.shows("phone")
    connect.page.fill("#phone", "12345")
    connect.page.click("[data-phone-submit]")
    assert "11 цифр" in connect.page.inner_text("[data-phone-problem]")
    assert connect.page.evaluate("document.activeElement.id") == "phone"
    connect.page.fill("#phone", "8 (900) 123-45-67")
    connect.page.click("[data-phone-submit]")
    connect.shows("waiting")
    connect.emit("pairing-code", {"code": "WXYZ2345", "expiresIn": 140})
    assert "WXYZ-2345" in connect.shows("code")
    assert "request-pairing-code +7 900 123-45-67" in connect.stub.asked
    connect.page.wait_for_selector("[data-ring=code][aria-label='Код действует ещё 140 с']")


def test_a_refused_number_is_told_at_the_field(connect: ConnectPage) -> None:
    connect.open().consent()
    connect.page.click("#tab-phone")
    connect.page.fill("#phone", "+7 900 123-45-67")
    connect.page.click("[data-phone-submit]")
    connect.emit("error", {"message": "WhatsApp не принял этот номер."})
    connect.shows("phone")
    assert connect.page.inner_text("[data-phone-problem]") == "WhatsApp не принял этот номер."


def test_copying_puts_the_code_on_the_clipboard(connect_with: Any) -> None:
    connect = connect_with()
    connect.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    connect.open().consent()
    connect.emit("pairing-code", {"code": "ABCDEFGH", "expiresIn": 60})
    connect.shows("code")
    connect.page.click("[data-copy]")
    connect.page.wait_for_selector("text=Скопировано")
    assert connect.page.evaluate("navigator.clipboard.readText()") == "ABCD-EFGH"


def test_the_whole_way_can_be_walked_by_keyboard(connect: ConnectPage) -> None:
    keyboard = connect.open().page.keyboard
    focused = "document.activeElement.id || document.activeElement.textContent.trim()"
    connect.page.focus("[data-consent]")
    keyboard.press("Space")
    keyboard.press("Tab")
    assert connect.page.evaluate(focused) == "Показать код"
    keyboard.press("Enter")
    connect.page.wait_for_selector("main[data-link=live]")
    assert connect.page.evaluate(focused) == "Готовим код"
    keyboard.press("Shift+Tab")
    keyboard.press("ArrowRight")
    connect.shows("phone")
    assert connect.page.evaluate(focused) == "tab-phone"
    keyboard.press("Tab")
    keyboard.type("9001234567")
    keyboard.press("Enter")
    connect.shows("waiting")
    assert connect.page.evaluate(focused) == "Готовим код"
