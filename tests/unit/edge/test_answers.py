"""In how many pieces an answer leaves, and what is in them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from types import SimpleNamespace

import pytest
from gunicorn.config import Config
from gunicorn.http.wsgi import FileWrapper

from aiadmin.edge.answers import EdgeAnswer


class Wire:
    """Stands for a socket: keeps each piece that is sent."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def sendall(self, piece: bytes) -> None:
        self.sent.append(piece)


def started(wire: Wire, headers: Sequence[tuple[str, str]], *, method: str = "GET") -> EdgeAnswer:
    request = SimpleNamespace(version=(1, 1), method=method, should_close=lambda: False)
    answer = EdgeAnswer(request, wire, Config())
    answer.start_response("200 OK", [("Content-Type", "text/plain"), *headers])
    return answer


def test_a_body_of_one_piece_leaves_with_its_head() -> None:
    wire = Wire()
    started(wire, [("Content-Length", "4"), ("X-Name", "caf\xe9")]).write_all([b"Good"])

    (piece,) = wire.sent
    head, _, body = piece.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert body == b"Good"
    assert lines[0] == b"HTTP/1.1 200 OK"
    assert {b"Connection: keep-alive", b"Content-Length: 4", b"X-Name: caf\xe9"} < set(lines)
    assert sum(line.startswith((b"Date: ", b"Server: ")) for line in lines) == 2


@pytest.mark.parametrize(
    ("headers", "parts", "body"),
    [
        pytest.param([("Content-Length", "4")], [b"Go", b"od"], b"Good", id="in-parts"),
        pytest.param([("Content-Length", "4")], [b"Goodbye"], b"Good", id="longer-than-it-said"),
        pytest.param([], [b"Good", b""], b"4\r\nGood\r\n0\r\n\r\n", id="of-no-known-length"),
        pytest.param([("Content-Length", "0")], [], b"", id="empty"),
        pytest.param([("Content-Length", "0")], [b""], b"", id="an-empty-part"),
        pytest.param([("Content-Length", "4")], FileWrapper(io.BytesIO(b"Good")), b"Good", id="a-file"),
    ],
)
def test_other_bodies_leave_whole(headers: Sequence[tuple[str, str]], parts: Sequence[bytes], body: bytes) -> None:
    wire = Wire()
    started(wire, headers).write_all(parts)

    head, _, sent = b"".join(wire.sent).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert sent == body
    assert (b"Transfer-Encoding: chunked" in head) == (not headers)


def test_a_head_alone_has_no_body() -> None:
    wire = Wire()
    started(wire, [("Content-Length", "4")], method="HEAD").write_all([b"Good"])

    assert b"".join(wire.sent).partition(b"\r\n\r\n")[2] == b""
    assert b"Content-Length: 4" in wire.sent[0]
