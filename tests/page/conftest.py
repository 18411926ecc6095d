"""The stub server, one Chromium for all page tests, and a page that fails its test on any console error."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.page.stub import TOKEN, Stub, serve
from tests.support.tabs import Tabs


class ConnectPage:
    """The page in a browser, and the server behind it."""

    def __init__(self, page: Page, stub: Stub, base: str, sockets: Any) -> None:
        self.page, self.stub, self.base, self.sockets = page, stub, base, sockets
        self.complaints: list[str] = []
        page.set_default_timeout(30_000)
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, query: str = "") -> ConnectPage:
        self.page.goto(f"{self.base}/marketplace/connect?token={TOKEN}&company=1&salon=962302{query}")
        self.page.wait_for_selector("main[data-ready]")
        return self

    def consent(self, link: str = "live") -> ConnectPage:
        self.page.check("[data-consent]")
        if link != "http":
            self.until_asked("stand by")
        self.page.click("[data-show]")
        self.page.wait_for_selector(f"main[data-link={link}]")
        return self

    def emit(self, event: str, data: dict[str, Any]) -> None:
        self.sockets.emit(event, data, namespace="/marketplace")

    def drop_sockets(self) -> None:
        """Closes every socket from the server's side, saying nothing."""
        rooms = self.sockets.server.manager.get_participants("/marketplace", None)
        for sid, _ in list(rooms):
            self.sockets.server.disconnect(sid, namespace="/marketplace")

    def until_asked(self, what: str, times: int = 1) -> None:
        """Waits until the page has asked the server this many times; fails after thirty seconds."""
        self.until(lambda: self.stub.asked.count(what) >= times, self.stub.asked)

    def until(self, predicate: Callable[[], bool], what: object) -> None:
        """Waits, while the page lives on; fails after thirty seconds."""
        deadline = time.monotonic() + 30
        while not predicate():
            assert time.monotonic() < deadline, what
            self.page.wait_for_timeout(20)

    def frames(self) -> list[str]:
        """What the page's websockets will have received."""
        found: list[str] = []
        self.page.on("websocket", lambda socket: socket.on("framereceived", lambda data: found.append(str(data))))
        return found

    def hears(self, words: str) -> str:
        """What the screen reader was told, once these words are in it."""
        self.page.locator("[data-live]", has_text=words).wait_for(state="attached")
        return self.page.locator("[data-live]").inner_text()

    def shows(self, screen: str) -> str:
        """Waits until this screen, and no other, is visible; returns what the screen reader was told."""
        self.page.wait_for_selector(f"main[data-screen-shown={screen}]")
        assert self.page.locator("[data-screen]:visible").count() == 1
        return self.page.locator("[data-live]").inner_text()


@pytest.fixture(scope="session")
def server() -> Iterator[tuple[Stub, str, Any]]:
    stub = Stub()
    app, running = serve(stub)
    yield stub, f"http://127.0.0.1:{running.port}", app.extensions["stub-sockets"]
    running.shutdown()
    running.server_close()


@pytest.fixture
def connect_with(tabs: Tabs, server: tuple[Stub, str, Any]) -> Iterator[Any]:
    """A function that makes a ConnectPage in a tab of the given kind (size, colour scheme, a clock of its own)."""
    stub, base, sockets = server
    stub.reset()
    with ExitStack() as lent:

        def make(**kind: Any) -> ConnectPage:
            page = lent.enter_context(tabs.lend(**{"viewport": {"width": 320, "height": 640}, **kind}))
            return ConnectPage(page, stub, base, sockets)

        yield make


@pytest.fixture
def connect(connect_with: Any) -> Iterator[ConnectPage]:
    """The page at 320 px; a test that ends with a console error or a CSP complaint has failed."""
    page = connect_with()
    yield page
    assert page.complaints == []


@pytest.fixture
def timed(connect_with: Any) -> Iterator[ConnectPage]:
    """The same page where the test moves its time."""
    page = connect_with(clock=True)
    yield page
    assert page.complaints == []
