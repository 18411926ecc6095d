"""A salon owner in front of the connect page."""

from __future__ import annotations

import io
import time
from contextlib import ExitStack

import zxingcpp
from PIL import Image
from playwright.sync_api import Page

from tests.fakes.whatsapp.client import FakeWhatsApp
from tests.support.stack import Salon, Stack
from tests.support.tabs import Tabs

_OF_AN_OUTAGE = ("net::", "WebSocket connection", "409 (CONFLICT)")
"""What a browser notes by itself while a server is away, or where a code is asked for as the phone connects."""


_QR = zxingcpp.BarcodeFormat.QRCode
"""Half a drawing may be taken for a code of another kind."""
_STAGE = "[data-screen=qr]"


class Screen:
    """The connect page in a browser, and what can be seen on it."""

    def __init__(self, tabs: Tabs, stack: Stack, *, width: int = 390, height: int = 844, **media: str) -> None:
        self._stack, self._lent = stack, ExitStack()
        tab = tabs.lend(viewport={"width": width, "height": height}, device_scale_factor=2, **media)
        self.page: Page = self._lent.enter_context(tab)
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _note(self, kind: str, text: str) -> None:
        if kind == "error" and not any(known in text for known in _OF_AN_OUTAGE):
            self.complaints.append(text)

    def open(self, salon: Salon) -> None:
        """Open the connect link."""
        self.page.goto(self._stack.url + salon.connect_url, wait_until="load")

    def consent(self) -> None:
        """Read the risk note, agree, ask for the code."""
        self.page.check("[data-consent]")
        self.page.click("[data-show]")

    def wait_for(self, screen: str, *, seconds: float = 30) -> None:
        """Wait until the page shows `screen`."""
        self.page.wait_for_selector(f'[data-screen="{screen}"][data-current]', timeout=seconds * 1000)

    def scan(self, *, seconds: float = 30, other_than: str | None = None) -> str:
        """Read the QR code from the page's pixels, as a phone's camera does; another one than `other_than`."""
        self.wait_for("qr", seconds=seconds)
        deadline, of_the_other = time.monotonic() + seconds, ""
        while time.monotonic() < deadline:
            drawing = self.page.inner_html(_STAGE)
            if drawing != of_the_other:  # a picture takes half a second of processor time
                texts = self._read()
                if other := set(texts) - {"", other_than}:
                    return other.pop()
                of_the_other = drawing if texts else ""
            self.page.wait_for_timeout(100)
        raise TimeoutError("no QR code could be read from the page")

    def _read(self) -> list[str]:
        """The texts of the codes in a picture of the stage."""
        picture = Image.open(io.BytesIO(self.page.locator(_STAGE).screenshot())).convert("RGB")
        return [found.text for found in zxingcpp.read_barcodes(picture, _QR)]

    def close(self) -> None:
        """Leave the page, and give the tab back."""
        self._lent.close()


def finish_pairing(stack: Stack, screen: Screen, salon: Salon, whatsapp: FakeWhatsApp, phone: str) -> None:
    """Scan whatever the page shows by now: the page and YClients are told, and nothing was complained of."""

    def scanned() -> bool:
        try:
            whatsapp.scan(screen.scan(seconds=30), phone=phone)
        except Exception as error:
            if "ref" not in str(error) and "gone" not in str(error):
                raise
            return False  # the code on the page belonged to what was killed: the next one is on its way
        return True

    stack.until(scanned, within=60, what="a code that works")
    screen.wait_for("connected", seconds=30)
    stack.until(lambda: stack.status(salon).get("integration_status") == "active", within=60, what="active")
    assert screen.complaints == []
    screen.close()
