"""How the web process ends."""

from __future__ import annotations

import threading
import time

import pytest
import requests

from tests.conftest import WaitUntil
from tests.integration.edge.process import GET_HEALTH, KNOCK, UPGRADE, StartEdge, end, read_answer

pytestmark = pytest.mark.process

SOON_SECONDS = 20.0
"""One second on a machine that does nothing else."""
PATIENT = ("--graceful-timeout", "40")
"""What it must not wait for."""


def test_sigterm_ends_it_at_once_when_only_idle_connections_are_left(start_edge: StartEdge) -> None:
    """Kept-alive connections, websockets, polls, and one that has never said anything."""
    edge = start_edge(*PATIENT, worker=None)
    idle, silent = edge.connect(GET_HEALTH), edge.connect()
    assert b" 200 " in read_answer(idle)
    page = edge.connect(UPGRADE)
    assert b" 101 " in page.recv(4096)
    opened = requests.get(f"{edge.url}{KNOCK}polling", timeout=30).text
    sid = opened.split('"sid":"')[1].split('"')[0]
    edge.connect(f"GET {KNOCK}polling&sid={sid} HTTP/1.1\r\nHost: x\r\n\r\n".encode())

    started = time.monotonic()
    edge.process.terminate()
    assert edge.process.wait(60) == 0
    assert time.monotonic() - started < SOON_SECONDS

    said = page.recv(65536)
    assert said.endswith(b"\x88\x02\x03\xe9"), "a browser is told to come back: going away, 1001"
    assert (silent.recv(10), idle.recv(10)) == (b"", b"")


def test_a_request_in_hand_is_answered_before_the_end(start_edge: StartEdge, wait_until: WaitUntil) -> None:
    """Its body is half there when SIGTERM comes; nobody else is let in any more."""
    edge = start_edge(worker=None)
    body = b'{"salon_id": 0}'
    head = "POST /marketplace/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    head += f"X-API-Key: {'a' * 32}\r\nContent-Length: {len(body)}\r\n\r\n"
    slow = edge.connect(head.encode() + body[:5])
    assert b" 200 " in edge.ask(GET_HEALTH)  # what came before has been read by now

    ending = threading.Thread(target=end, args=[edge.process])
    ending.start()
    wait_until(lambda: "Handling signal: term" in edge.log.read_text(), what="it knows")
    slow.sendall(body[5:])

    assert read_answer(slow).startswith(b"HTTP/1.1 400 "), "answered, though there is no salon 0"
    ending.join(20)
    assert edge.process.returncode == 0
