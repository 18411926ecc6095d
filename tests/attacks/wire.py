"""What no polite library sends: raw HTTP and websocket frames, over plain sockets."""

from __future__ import annotations

import base64
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress

TEXT, BINARY = 1, 2
_FINAL, _MASKED = 0x80, 0x80
_SHORT, _MEDIUM = 126, 65_536
PATIENCE_SECONDS = 15.0


def connect(port: int, *, timeout: float = PATIENCE_SECONDS) -> socket.socket:
    """A connection to a port of 127.0.0.1."""
    return socket.create_connection(("127.0.0.1", port), timeout=timeout)


@contextmanager
def many(port: int, count: int, first: bytes) -> Iterator[list[socket.socket]]:
    """So many connections, each of which has sent `first`; those that are refused are missing."""
    with ExitStack() as held:
        found = []
        for _ in range(count):
            try:
                connection = held.enter_context(closing(connect(port, timeout=2)))
                connection.sendall(first)
            except OSError:
                continue
            found.append(connection)
        yield found


def ask(port: int, request: bytes, *, timeout: float = PATIENCE_SECONDS) -> bytes:
    """Send `request` and read what comes until the answer's head is whole, or the end; empty when nothing came."""
    with closing(connect(port, timeout=timeout)) as connection:
        answer = b""
        with suppress(OSError):  # whoever refuses early stops reading; the answer may be there all the same
            connection.sendall(request)
        with suppress(OSError):
            while b"\r\n\r\n" not in answer and (piece := connection.recv(65_536)):
                answer += piece
        return answer


def status_of(answer: bytes) -> int:
    """The status of a raw answer; 0 when there is none."""
    words = answer.split(b" ", 2)
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0


def frame(payload: bytes, opcode: int, *, is_final: bool = True) -> bytes:
    """A client's frame (RFC 6455, 5.2). The mask is zero: allowed, and free of work."""
    head = bytes([(_FINAL if is_final else 0) | opcode])
    if len(payload) < _SHORT:
        size = bytes([_MASKED | len(payload)])
    elif len(payload) < _MEDIUM:
        size = bytes([_MASKED | 126]) + len(payload).to_bytes(2, "big")
    else:
        size = bytes([_MASKED | 127]) + len(payload).to_bytes(8, "big")
    return head + size + bytes(4) + payload


class WebSocket:
    """A websocket of Engine.IO; what is sent is up to its user."""

    def __init__(self, port: int, address: str = "127.0.0.1") -> None:
        self.sent = 0
        self.is_closed = False
        self._read = b""
        self._socket = connect(port)
        request = [
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
            f"Host: 127.0.0.1:{port}",
            f"X-Forwarded-For: {address}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        ]
        self._socket.sendall("\r\n".join(request).encode() + b"\r\n\r\n")
        self.read_until(b"\r\n\r\n")

    def read_until(self, wanted: bytes) -> bool:
        """Whether `wanted` comes before the end, or silence."""
        while wanted not in self._read and not self.is_closed:
            try:
                piece = self._socket.recv(65_536)
            except TimeoutError:
                return False
            except OSError:
                piece = b""
            self._read += piece
            self.is_closed = not piece
        return wanted in self._read

    def join(self, token: str) -> bool:
        """Enter the namespace of a salon's page; whether one was let in."""
        self.send([frame(b'40/marketplace,{"token":"%s"}' % token.encode(), TEXT)])
        return self.read_until(b"40/marketplace,{")

    def send(self, frames: Sequence[bytes]) -> None:
        """Send frames one after the other, until the other side has closed."""
        for one in frames:
            try:
                self._socket.sendall(one)
            except OSError:
                self.is_closed = True
                return
            self.sent += 1

    def is_ended_by_server(self) -> bool:
        """Whether the server ends the connection: a close frame counts, and so does plain silence of TCP."""
        return self.is_closed or self.read_until(b"\x88") or self.is_closed

    def close(self) -> None:
        self._socket.close()
