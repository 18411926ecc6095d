"""What is no HTTP is answered in one line, never with a traceback; what is unusual and right is served."""

from __future__ import annotations

import pytest

from tests.conftest import WaitUntil
from tests.integration.edge.process import GET_HEALTH, Edge, StartEdge, is_closed, read_answer

pytestmark = pytest.mark.process

POST = b"POST /marketplace/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
BAD = {
    "hexadecimal prefix in a chunk size": CHUNKED + b"0x2\r\n{}\r\n0\r\n\r\n",
    "sign in a chunk size": CHUNKED + b"+2\r\n{}\r\n0\r\n\r\n",
    "no chunk size": CHUNKED + b"\r\n{}\r\n0\r\n\r\n",
    "chunk longer than announced": CHUNKED + b"1\r\n{}\r\n0\r\n\r\n",
    "endless chunk size": CHUNKED + b"0" * 10_000,
    "bad trailer": CHUNKED + b"2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n",
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "length and chunks": POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
    "negative length": POST + b"Content-Length: -2\r\n\r\n{}",
    "length of a letter": POST + b"Content-Length: x\r\n\r\n{}",
    "bare line feeds": b"GET /health HTTP/1.1\nHost: x\n\n",
    "no version": b"GET /health\r\n\r\n",
    "version two": b"GET /health HTTP/2.0\r\n\r\n",
    "space in a header's name": b"GET /health HTTP/1.1\r\nHo st: x\r\n\r\n",
    "null in a header": b"GET /health HTTP/1.1\r\nX: a\x00b\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "nothing but noise": bytes(range(128, 256)),
}
TOO_MUCH = {
    "a request line of 9,000 bytes": (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n", b" 414 "),
    "a header of 9,000 bytes": (b"GET /health HTTP/1.1\r\nX: " + b"a" * 9000 + b"\r\n\r\n", b" 431 "),
    "a thousand headers": (b"GET /health HTTP/1.1\r\n" + b"X: a\r\n" * 1000 + b"\r\n", b" 431 "),
    "headers without end": (b"GET /health HTTP/1.1\r\n" + b"X: a\r\n" * 10_000, b" 431 "),
}


@pytest.mark.parametrize("sent", BAD.values(), ids=BAD)
def test_malformed_requests_are_answered_400(edge: Edge, wait_until: WaitUntil, sent: bytes) -> None:
    stranger = edge.connect(sent)
    answer = read_answer(stranger)

    assert answer.startswith(b"HTTP/1.1 400 "), answer[:300]
    assert b'"success": false' in answer
    wait_until(lambda: is_closed(stranger), what="closed")
    assert not [line for line in edge.lines() if "Traceback" in line or '"level": "error"' in line]


@pytest.mark.parametrize(("sent", "status"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_heads_are_bounded(edge: Edge, sent: bytes, status: bytes) -> None:
    answer = edge.ask(sent)

    assert status in answer[:20]
    assert not [line for line in edge.lines() if "Traceback" in line]


@pytest.mark.parametrize(
    ("path", "length"),
    [
        ("/marketplace/lifecycle", 17_000),
        ("/marketplace/webhook/1?key=x", 300_000),
        ("/marketplace/operator", 1_100_000),
    ],
)
def test_a_body_that_is_too_long_is_refused_before_it_is_sent(edge: Edge, path: str, length: int) -> None:
    """A client that waits for `100 Continue` is told at once; one that does not is not read."""
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n"
    answer = edge.ask(head.encode() + b"Expect: 100-continue\r\n\r\n")

    assert answer.startswith((b"HTTP/1.1 413 ", b"HTTP/1.1 401 ")), answer[:200]


def test_a_client_that_waits_is_told_to_go_on(edge: Edge) -> None:
    stranger = edge.connect(POST + b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n")
    assert stranger.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"

    stranger.sendall(b"{}")

    assert b" 403 " in read_answer(stranger)[:20]


def test_requests_that_come_at_once_are_answered_in_turn(edge: Edge) -> None:
    stranger = edge.connect(GET_HEALTH * 3 + b"GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    answers = b""
    while piece := stranger.recv(65536):
        answers += piece

    assert [part[:3] for part in answers.split(b"HTTP/1.1 ")[1:]] == [b"200", b"200", b"200", b"404"]


def test_http_1_0_is_served_and_closed(edge: Edge) -> None:
    stranger = edge.connect(b"GET /health HTTP/1.0\r\n\r\n")

    assert b" 200 " in read_answer(stranger)[:20]
    assert stranger.recv(10) == b""


def test_a_client_that_closes_its_side_is_answered(edge: Edge) -> None:
    """Half closed: it has said all it wanted, and still listens."""
    stranger = edge.connect(GET_HEALTH)
    stranger.shutdown(1)

    assert b" 200 " in read_answer(stranger)[:20]


def test_a_body_that_breaks_off_is_not_worked_on(start_edge: StartEdge, wait_until: WaitUntil) -> None:
    edge = start_edge()
    stranger = edge.connect(POST + b'Content-Length: 100\r\n\r\n{"salon_id": 5}')
    stranger.shutdown(1)

    wait_until(lambda: is_closed(stranger), what="closed")
    assert not [line for line in edge.lines() if "/marketplace/register" in line]


def test_lines_that_one_peer_causes_are_counted(start_edge: StartEdge) -> None:
    """Three hundred malformed requests of one address leave sixty lines; another address has its own."""
    edge = start_edge(worker=None)
    for _ in range(300):
        assert b" 400 " in edge.ask(b"bad\r\n\r\n")
    edge.connect(b"bad\r\n\r\n", source="127.0.0.9").recv(100)

    refused = [line for line in edge.lines() if "not a request" in line]
    assert 60 <= len(refused) <= 80
