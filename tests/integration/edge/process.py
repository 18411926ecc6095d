"""A web process as the Procfile starts it, and strangers who speak to it in raw bytes."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import requests

from aiadmin.adapters.embedded import free_port
from aiadmin.cli.procfile import read_procfile
from tests.conftest import ROOT, WaitUntil
from tests.support.processes import AS_INSTALLED, start

NO_SERVERS = {
    "APP_ENV": "production",
    "PUBLIC_URL": "https://bot.example.com",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "JWT_SECRET": "j" * 32,
    "ADMIN_API_KEY": "a" * 32,
    "YCLIENTS_API_KEY": "partner",
    "YCLIENTS_APP_ID": "1",
}
"""Enough for all that needs neither PostgreSQL nor Redis."""
GET_HEALTH = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
KNOCK = "/socket.io/?EIO=4&transport="
UPGRADE = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
)


@dataclass
class Edge:
    """A running web process.

    Attributes:
        strangers: the connections that a test opened; closed at its end.
    """

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    strangers: list[socket.socket] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def worker(self) -> psutil.Process:
        """The process that serves."""
        (found,) = psutil.Process(self.process.pid).children()
        return found

    def connect(self, sends: bytes = b"", *, source: str = "127.0.0.1", timeout: float = 10.0) -> socket.socket:
        """A stranger's connection from `source`, an address of the loopback network."""
        stranger = socket.create_connection(("127.0.0.1", self.port), timeout, source_address=(source, 0))
        self.strangers.append(stranger)
        if sends:
            stranger.sendall(sends)
        return stranger

    def ask(self, request: bytes) -> bytes:
        """What comes back for these bytes until the server closes or the answer is whole."""
        return read_answer(self.connect(request))

    def lines(self) -> list[str]:
        """What it has logged."""
        return self.log.read_text().splitlines()


def read_answer(stranger: socket.socket) -> bytes:
    """One answer with its announced body; what came of it where the server closes first."""
    answer = b""
    while b"\r\n\r\n" not in answer and (piece := stranger.recv(65536)):
        answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length and (piece := stranger.recv(65536)):
        body += piece
    return head + b"\r\n\r\n" + body if head else answer


def is_closed(stranger: socket.socket) -> bool:
    """Whether the server has closed the connection; what it said before is read and forgotten."""
    stranger.setblocking(False)
    try:
        while stranger.recv(65536):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def frame(payload: bytes, *, opcode: int = 1, fin: bool = True) -> bytes:
    """One websocket frame as a client sends it, masked with zeros."""
    head = bytes([opcode | 0x80 * fin])
    if len(payload) < 126:
        head += bytes([0x80 | len(payload)])
    elif len(payload) < 65536:
        head += bytes([0x80 | 126]) + len(payload).to_bytes(2)
    else:
        head += bytes([0x80 | 127]) + len(payload).to_bytes(8)
    return head + bytes(4) + payload


@contextmanager
def running(
    wait_until: WaitUntil, log: Path, settings: dict[str, str], *options: str, worker: str | None = None
) -> Iterator[Edge]:
    """The Procfile's web line with `options` after it, its worker class replaced by `worker`."""
    port = free_port()
    words = shlex.split(
        read_procfile(ROOT / "Procfile")["web"].replace("${BIND_HOST:-0.0.0.0}:$PORT", f"127.0.0.1:{port}")
    )
    assert words.pop(0) == "python"
    if worker is not None:
        words[words.index("-k") + 1] = worker
    environment = {"PATH": os.environ["PATH"], **AS_INSTALLED, "PORT": str(port), **settings}
    with log.open("wb") as output:
        process = start(*words[:-1], *options, words[-1], cwd=ROOT, env=environment, stdout=output, stderr=output)
    edge = Edge(process, port, log)
    try:
        wait_until(lambda: _is_healthy(edge.url) or process.poll() is not None, timeout=60, what="the web process")
        assert process.poll() is None, log.read_text()
        yield edge
    finally:
        for stranger in edge.strangers:
            stranger.close()
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM, and wait."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _is_healthy(url: str) -> bool:
    try:
        return requests.get(f"{url}/health", timeout=2).ok
    except requests.RequestException:
        return False


StartEdge = Callable[..., Edge]
