"""A room's events reach quick pages at once, and a page that reads slowly whole and in order."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, Event, Request, TextMessage

from tests.conftest import WaitUntil
from tests.support.live_site import LiveSite, Salon

pytestmark = pytest.mark.process

EVENTS, LENGTH = 60, 8_000
"""Much more than the buffers of both ends hold, and fewer packets than wait for a page that reads nothing."""
SMALL_BUFFER = 4096
PATIENCE = 30.0


class SlowPage:
    """A page over a websocket, which reads when it is told to."""

    def __init__(self, site: LiveSite, salon: Salon) -> None:
        parts = urlsplit(site.url)
        self._line = socket.socket()
        self._line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        self._line.settimeout(PATIENCE)
        self._line.connect((parts.hostname, parts.port))
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._texts = self._whole_texts()
        self._send(Request(host=parts.netloc, target="/socket.io/?EIO=4&transport=websocket"))
        assert self.read().startswith("0")
        self._send(TextMessage(data="40/marketplace," + json.dumps({"token": salon.token})))
        while not self.read().startswith("42/marketplace"):
            pass  # it is let into the room after its connection is confirmed, and before its first event

    def read(self) -> str:
        """The next text, whole, within half a minute; the server's pings are answered."""
        deadline = time.monotonic() + PATIENCE
        while (text := next(self._texts)) == "2":
            assert time.monotonic() < deadline, "no text but pings"
            self._send(TextMessage(data="3"))
        return text

    def hurry(self) -> None:
        """Read as quickly as anybody from now on."""
        self._line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**20)

    def close(self) -> None:
        self._line.close()

    def _whole_texts(self) -> Iterator[str]:
        text = ""
        for event in self._events():
            if isinstance(event, TextMessage):
                text += event.data
                if event.message_finished:
                    yield text
                    text = ""
            else:
                assert isinstance(event, AcceptConnection), event

    def _events(self) -> Iterator[Event]:
        while data := self._line.recv(SMALL_BUFFER):
            self._protocol.receive_data(data)
            yield from self._protocol.events()

    def _send(self, event: Event) -> None:
        self._line.sendall(self._protocol.send(event))


def _said(text: str) -> str:
    """The event that a text of the page holds, or nothing."""
    return json.loads(text.split(",", 1)[1])[1].get("text", "") if text.startswith("42/marketplace,") else ""


def test_a_page_that_reads_slowly_gets_every_event_whole_and_in_order(
    live_site: LiveSite, wait_until: WaitUntil
) -> None:
    salon = live_site.register()
    quick = live_site.open(salon)
    quick.wait_for("status")
    with closing(SlowPage(live_site, salon)) as slow:
        for number in range(EVENTS):
            text = f"{number:04} " + "я" * LENGTH
            live_site.container.page_events.status(salon.company_id, state=f"s{number}", text=text)
        quick.wait_for_state(f"s{EVENTS - 1}")
        slow.hurry()
        read: list[str] = []
        while len(read) < EVENTS:
            said = _said(slow.read())
            read += [said] if "яя" in said else []
    assert [one[:4] for one in read] == [f"{number:04}" for number in range(EVENTS)]
    assert {len(one) for one in read} == {LENGTH + 5}
    quick.close()
