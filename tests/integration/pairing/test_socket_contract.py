"""The contract that is written down is the one that is kept: events, fields, and the client in the documentation."""

from __future__ import annotations

import inspect
import json
import queue
import re
import subprocess
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs
import pytest

from aiadmin.adapters.redis import keys
from aiadmin.adapters.sockets import page_events
from aiadmin.adapters.sockets.page_events import Payload, SocketPageEvents
from aiadmin.domain.ids import CompanyId, ContactId
from aiadmin.domain.journal.sync_run import RunState, Stage, SyncKind, SyncRun
from aiadmin.web.openapi import socket_contract
from aiadmin.web.pairing import sockets
from tests.conftest import ROOT, WaitUntil
from tests.support.live_site import LiveSite, Salon

pytestmark = pytest.mark.process

RUN = SyncRun(company_id=CompanyId(1), kind=SyncKind.FULL, state=RunState.RUNNING, stage=Stage.CLIENTS, page=1)
SAID: Mapping[str, Payload] = {
    "qr-update": page_events.qr_update("2@code", 20),
    "whatsapp-connected": page_events.connected(CompanyId(1), "79001234567"),
    "error": page_events.error("failed", "Не получилось."),
    "status": page_events.status("queued", "Очередь.", place=3),
    "pairing-code": page_events.pairing_code("ABCD-1234", 100),
    "sync": page_events.sync(RUN),
    "messages": page_events.messages([ContactId(120)]),
}
"""What each event holds, as it is made."""


def test_every_event_is_in_the_contract() -> None:
    written = {event.name for event in socket_contract.FROM_SERVER}
    emitted = set(re.findall(r'self\._emit\([\w.]+, "([a-z-]+)"', inspect.getsource(SocketPageEvents)))
    assert emitted == set(SAID) == written
    asked = {event.name for event in socket_contract.FROM_CLIENT}
    assert asked == set(sockets._HANDLERS) - {"connect", "disconnect"}


@pytest.mark.parametrize("event", socket_contract.FROM_SERVER, ids=lambda event: event.name)
def test_what_is_sent_is_as_the_contract_says(event: socket_contract.Event) -> None:
    schema = event.described()["schema"]
    jsonschema_rs.validate(schema, json.loads(json.dumps(SAID[event.name])))
    for name in set(SAID[event.name]) - event.optional:
        with pytest.raises(jsonschema_rs.ValidationError):
            jsonschema_rs.validate(schema, {key: SAID[event.name][key] for key in SAID[event.name] if key != name})


@pytest.mark.parametrize("event", socket_contract.FROM_CLIENT, ids=lambda event: event.name)
def test_what_a_client_sends_is_as_the_handlers_read_it(event: socket_contract.Event) -> None:
    read = set(re.findall(r'fields\.get\("(\w+)"\)', inspect.getsource(sockets.MarketplaceNamespace)))
    assert set(event.fields) <= read


def documented_client() -> str:
    """The one in docs/websocket.md."""
    [found] = re.findall(r"```js\n(.*?)```", (ROOT / "docs" / "websocket.md").read_text(), re.DOTALL)
    return found


def test_both_documents_show_one_client() -> None:
    assert documented_client() == (ROOT / "templates" / "docs" / "socket-client.js").read_text()


class Client:
    """The documentation's client, running on the official library; `heard` is each call of its three functions."""

    def __init__(self, url: str, token: str, company_id: int) -> None:
        call = "(...data) => process.stdout.write(JSON.stringify([name, ...data]) + '\\n')"
        functions = ", ".join(
            f"{name}: ((name) => {call})('{name}')" for name in ("displayQR", "showSuccess", "handleError")
        )
        run = (
            f"{documented_client()}\n"
            f"const socket = connectWhatsApp({url!r}, {token!r}, {company_id}, {{ {functions} }});\n"
            "process.stdin.on('data', () => socket.emit('request-qr')).on('end', () => process.exit(0));\n"
        )
        self._process = subprocess.Popen(
            ["node", "--input-type=module", "--eval", run],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.heard: queue.SimpleQueue[list[Any]] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.heard.put(json.loads(line))

    def request_qr(self) -> None:
        """What the button does."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def close(self) -> None:
        """The page is left."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._reader.join(10)
        self._process.stdout.close()


@pytest.fixture
def salon(live_site: LiveSite) -> Salon:
    """A salon that is not connected."""
    return live_site.register()


@pytest.fixture
def client(live_site: LiveSite, salon: Salon) -> Iterator[Client]:
    """The documentation's client on its page."""
    running = Client(live_site.url, salon.token, salon.company_id)
    yield running
    running.close()


def test_the_documented_client_shows_codes_success_and_errors(
    live_site: LiveSite, salon: Salon, client: Client, wait_until: WaitUntil
) -> None:
    wait_until(lambda: live_site.container.redis.exists(keys.watch(salon.company_id)), what="it is let in")
    said = live_site.container.page_events
    said.qr(salon.company_id, code="2@one", expires_in=60)
    for _ in ("its text", "its picture"):
        assert client.heard.get(timeout=10) == ["displayQR", "2@one", 60]
    said.error(salon.company_id, code="already-linked", text="Номер занят.")
    assert client.heard.get(timeout=10) == ["handleError", "Номер занят.", "already-linked"]
    said.connected(salon.company_id, phone="79001234567")
    assert client.heard.get(timeout=10) == ["showSuccess", "79001234567"]


def test_the_documented_client_hears_why_it_is_refused(live_site: LiveSite, salon: Salon) -> None:
    refused = Client(live_site.url, "no.to.ken", salon.company_id)
    try:
        assert refused.heard.get(timeout=10)[::2] == ["handleError", "link-invalid"]
    finally:
        refused.close()
