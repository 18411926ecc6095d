"""What a stranger does to a socket costs the stranger the socket, and us next to nothing."""

from __future__ import annotations

import contextlib
import socket
import zlib

import pytest
import requests

from tests.conftest import WaitUntil
from tests.integration.edge.process import GET_HEALTH, KNOCK, UPGRADE, Edge, StartEdge, frame, is_closed

pytestmark = pytest.mark.process

JOIN_SECONDS = 10
FLOODS = {
    "binary frames": frame(b"x", opcode=2) * 50_000,
    "text that is no packet": frame(b"x") * 50_000,
    "empty frames": frame(b"") * 50_000,
    "numbers of no type": frame(b"9") * 50_000,
    "packets that are no JSON": frame(b"42/marketplace,[") * 20_000,
    "deep JSON": frame(b"42/marketplace," + b"[" * 15_000),
    "engine pings": frame(b"2") * 50_000,
    "engine pongs": frame(b"3") * 50_000,
    "engine upgrades": frame(b"5") * 50_000,
    "websocket pings": frame(b"x", opcode=9) * 50_000,
    "websocket pongs": frame(b"x", opcode=10) * 50_000,
    "attachments to come": frame(b"45999999999-/marketplace,[]"),
    "an acknowledgement with attachments": frame(b"46999999999-/marketplace,[]"),
    "an acknowledgement": frame(b"43/marketplace,1[]"),
    "an id of a hundred digits": frame(b"42/marketplace," + b"9" * 101 + b'["x"]'),
    "an event of the library's": frame(b'42/marketplace,["connect",{}]'),
    "an event without a name": frame(b"42/marketplace,[[]]"),
    "an event of another namespace": frame(b'42/elsewhere,["x"]'),
    "a refusal from below": frame(b"44/marketplace,{}"),
    "a message of a megabyte": frame(b"4" * 1_000_000),
    "fragments without end": frame(b"4" * 1000, fin=False) + frame(b"4" * 1000, opcode=0, fin=False) * 1000,
    "fragments of nothing": frame(b"4", fin=False) + frame(b"", opcode=0, fin=False) * 50_000,
    "an announced frame of an exabyte": b"\x81\xff" + (2**60).to_bytes(8) + bytes(4) + b"4" * 100_000,
    "reserved bits": b"\xf1\x81" + bytes(4) + b"4",
    "unmasked": b"\x81\x02" + b"40",
    "compressed": b"\xc1\x80" + bytes(4),
    "namespaces without end": frame(b"40/elsewhere,") * 20_000,
}


def open_websocket(edge: Edge) -> socket.socket:
    stranger = edge.connect(UPGRADE)
    assert b" 101 " in stranger.recv(4096)
    return stranger


def throw(stranger: socket.socket, sent: bytes) -> None:
    """Send as much as the server takes."""
    with contextlib.suppress(OSError):
        stranger.sendall(sent)


@pytest.mark.parametrize("sent", FLOODS.values(), ids=FLOODS)
def test_s2_a_flood_ends_its_socket_and_fills_no_log(edge: Edge, wait_until: WaitUntil, sent: bytes) -> None:
    before, written = sum(edge.worker.cpu_times()[:2]), edge.log.stat().st_size
    stranger = open_websocket(edge)

    throw(stranger, sent)

    wait_until(
        lambda: is_closed(stranger), timeout=JOIN_SECONDS / 2, what="the socket is closed, before its ten seconds"
    )
    assert sum(edge.worker.cpu_times()[:2]) - before < 1.0
    assert edge.log.stat().st_size - written < 4000
    assert "Traceback" not in edge.log.read_text()
    assert b" 200 " in edge.ask(GET_HEALTH)


def test_compression_is_not_agreed_to(edge: Edge) -> None:
    """A kilobyte that unpacks to a megabyte is not unpacked."""
    stranger = edge.connect(UPGRADE)

    assert b"permessage-deflate" not in stranger.recv(4096)
    assert len(zlib.compress(bytes(1_000_000))) < 2000


def test_a_socket_that_joins_nothing_is_closed_after_ten_seconds(edge: Edge, wait_until: WaitUntil) -> None:
    """A websocket, and a session that polls: the second's poll returns, and its id means nothing any more."""
    websocket, sid = open_websocket(edge), open_session(edge)
    poll = f"{edge.url}{KNOCK}polling&sid={sid}"
    assert not is_closed(websocket)

    wait_until(lambda: is_closed(websocket), timeout=JOIN_SECONDS + 10, what="closed")
    wait_until(lambda: requests.get(poll, timeout=20).status_code == 400, timeout=20, what="forgotten")


def open_session(edge: Edge) -> str:
    opened = requests.get(f"{edge.url}{KNOCK}polling", timeout=30).text
    return opened.split('"sid":"')[1].split('"')[0]


def test_a_poll_is_held_once_and_posts_are_bounded(edge: Edge, wait_until: WaitUntil) -> None:
    sid = open_session(edge)
    path = f"{KNOCK}polling&sid={sid}"
    edge.connect(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    wait_until(
        lambda: requests.get(f"{edge.url}{path}", timeout=30).status_code == 400,
        what="a second poll beside it is refused",
    )

    def post(body: bytes) -> int:
        return requests.post(f"{edge.url}{path}", data=body, timeout=30).status_code

    assert post(b"4" * 17_000) == 413
    assert post(b"\x1e".join([b"3"] * 17)) == 400
    assert post(b"3") == 400, "the session ended with what it could not mean"


@pytest.mark.parametrize("body", [b"b" + b"A" * 100, b"2probe", b"5", b"", b"\xff", b"4\x1e\x1e", b"d=4"], ids=repr)
def test_what_no_poll_says_ends_its_session(edge: Edge, body: bytes) -> None:
    url = f"{edge.url}{KNOCK}polling&sid={open_session(edge)}"

    assert requests.post(url, data=body, timeout=30).status_code == 400
    assert "Traceback" not in edge.log.read_text()


@pytest.mark.parametrize(
    "query",
    [
        "EIO=4&transport=polling&j=0",
        "EIO=4&transport=websocket",
        "EIO=3&transport=polling",
        "EIO=4&transport=x&sid=1",
        "",
        "sid=",
    ],
)
def test_odd_knocks_are_refused_without_a_line_of_error(edge: Edge, query: str) -> None:
    assert requests.get(f"{edge.url}/socket.io/?{query}", timeout=30).status_code == 400
    assert '"level": "error"' not in edge.log.read_text()


def test_s6_handshakes_of_one_address_are_counted(start_edge: StartEdge) -> None:
    """Twenty at once; another address is let in."""
    edge = start_edge(worker=None)
    url = f"{edge.url}{KNOCK}polling"
    answers = [requests.get(url, timeout=30) for _ in range(25)]

    assert [answer.status_code for answer in answers] == [200] * 20 + [429] * 5
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert b" 429 " in edge.connect(UPGRADE).recv(4096)[:20]
    assert b" 101 " in edge.connect(UPGRADE, source="127.0.0.2").recv(4096)
    assert "socket limit exceeded" in edge.log.read_text()


def test_s6_sockets_that_stand_about_have_a_sum(edge: Edge, wait_until: WaitUntil) -> None:
    """Six hundred that join nothing: the oldest hundred make room at once."""
    held = [open_websocket(edge) for _ in range(600)]

    wait_until(lambda: is_closed(held[0]), timeout=JOIN_SECONDS - 1, what="the oldest is closed")
    assert not is_closed(held[-1])
    assert b" 200 " in edge.ask(GET_HEALTH)
