"""The floor of a room's fan-out: 500 websockets, and each line of the input sent to all of them by bare `send()`.

It speaks as Socket.IO does, as far as `bench.sockets` listens: the same client measures both.
"""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import sys

from aiadmin.adapters.sockets.manager import text_frame

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_OPEN = '0{"sid":"bench","upgrades":[],"pingInterval":600000,"pingTimeout":600000,"maxPayload":1000000}'


def main(count: int) -> None:
    """Let `count` clients in, then send whatever comes."""
    with socket.create_server(("127.0.0.1", 0), backlog=count) as server:
        print(server.getsockname()[1], flush=True)
        clients = [_let_in(server.accept()[0]) for _ in range(count)]
    for line in sys.stdin:
        frame = text_frame("42/marketplace," + json.dumps(["status", {"text": line.strip()}]))
        for client in clients:
            client.send(frame)


def _let_in(client: socket.socket) -> socket.socket:
    asked = b""
    while b"\r\n\r\n" not in asked:
        asked += client.recv(4096)
    [key] = [line.split(b": ")[1] for line in asked.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key")]
    accept = base64.b64encode(hashlib.sha1(key + _GUID.encode()).digest()).decode()  # noqa: S324 - RFC 6455's
    lines = "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"
    client.sendall("\r\n".join([*lines, f"Sec-WebSocket-Accept: {accept}", "", ""]).encode())
    client.sendall(text_frame(_OPEN))
    client.recv(4096)  # the namespace that it wants
    client.sendall(text_frame('40/marketplace,{"sid":"bench"}'))
    return client


if __name__ == "__main__":
    main(int(sys.argv[1]))
