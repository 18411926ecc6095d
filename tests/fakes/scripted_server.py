"""An HTTP server on loopback that answers by a script, with the faults that any server may have."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Generic, TypeVar


@dataclass(kw_only=True)
class ServerScript:
    """How a server behaves; may be changed while it runs.

    Attributes:
        status: of HTTP.
        raw: the whole body instead, whatever it is.
        delay: seconds before the answer.
        drip: seconds between its bytes.
    """

    status: int = 200
    raw: bytes | None = None
    delay: float = 0.0
    drip: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)


S = TypeVar("S", bound=ServerScript)


@dataclass(frozen=True, kw_only=True)
class ScriptedServer(Generic[S]):
    """A running server."""

    port: int
    script: S

    @property
    def url(self) -> str:
        """Up to the version."""
        return f"http://127.0.0.1:{self.port}/v1"


class ScriptedHandler(BaseHTTPRequestHandler):
    """What answers a request; what it was asked is kept in the script."""

    script: Any

    def do_POST(self) -> None:
        self.answer(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def answer(self, content: bytes) -> None:
        """Answer a request with this body."""
        raise NotImplementedError

    def is_stopped(self) -> bool:
        """Wait as the script says; whether the server ends meanwhile."""
        stopped: bool = self.script.stop.wait(self.script.delay)
        return stopped

    def send(self, status: int, body: bytes) -> None:
        """Answer, byte by byte where the script drips."""
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if 300 <= status < 400:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        try:
            for place in range(len(body)) if self.script.drip else [0]:
                self.wfile.write(body[place : place + 1] if self.script.drip else body)
                if self.script.drip and self.script.stop.wait(self.script.drip):
                    return
        except OSError:  # whoever asked has had enough
            return

    def log_message(self, *arguments: Any) -> None:
        """Say nothing: requests are kept in the script."""


@contextmanager
def serving(script: S, handler: type[ScriptedHandler]) -> Iterator[ScriptedServer[S]]:
    """A server that ends with the block, whatever it was in the middle of."""
    ours = type(handler.__name__, (handler,), {"script": script})
    server = ThreadingHTTPServer(("127.0.0.1", 0), ours)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield ScriptedServer(port=server.server_address[1], script=script)
    finally:
        script.stop.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
