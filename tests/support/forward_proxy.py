"""A forward proxy with an address of its own, which can die and come back on the same port.

It passes plain HTTP on, and tunnels (`CONNECT`) byte by byte, from its own address on the loopback.
"""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

_HOP = {"connection", "proxy-connection", "keep-alive", "transfer-encoding", "proxy-authorization"}


class ForwardProxy:
    """Listens on `address`, and calls from there: `127.0.0.2`, `127.0.0.3`...

    Attributes:
        passed: the requests that it passed on, `METHOD path` each.
        authorized: the `Proxy-Authorization` headers that it was shown.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.passed: list[str] = []
        self.authorized: set[str | None] = set()
        self._port = 0
        self._server: ThreadingHTTPServer | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"http://user:password@{self.address}:{self._port}"

    @property
    def name(self) -> str:
        return f"{self.address}:{self._port}"

    def start(self) -> None:
        """Listen, on the same port as before."""
        handler = type("Handler", (_Handler,), {"proxy": self})
        self._server = ThreadingHTTPServer((self.address, self._port), handler)
        self._server.daemon_threads = True
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def die(self) -> None:
        """Refuse every connection from now on."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


@contextmanager
def forward_proxy(address: str) -> Iterator[ForwardProxy]:
    """A proxy that is gone afterwards."""
    proxy = ForwardProxy(address)
    try:
        yield proxy
    finally:
        proxy.die()


class _Handler(BaseHTTPRequestHandler):
    proxy: ForwardProxy

    def _pass_on(self) -> None:
        """One request a connection: a kept one would outlive the proxy's death."""
        parts = urlsplit(self.path)
        assert parts.hostname is not None
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.proxy.passed.append(f"{self.command} {parts.path}")
        self.proxy.authorized.add(self.headers.get("Proxy-Authorization"))
        onward = HTTPConnection(parts.hostname, parts.port, timeout=30, source_address=(self.proxy.address, 0))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
        onward.request(self.command, f"{parts.path}?{parts.query}", body or None, headers)
        answer = onward.getresponse()
        content = answer.read()
        onward.close()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in _HOP | {"content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)
        self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _pass_on  # noqa: N815 - the server's own names

    def do_CONNECT(self) -> None:
        host, _, port = self.path.partition(":")
        self.proxy.passed.append(f"CONNECT {self.path}")
        onward = socket.create_connection((host, int(port)), 30, source_address=(self.proxy.address, 0))
        self.send_response(200)
        self.end_headers()
        with onward, suppress(OSError):
            while ready := select.select([self.connection, onward], [], [], 30)[0]:
                for one in ready:
                    data = one.recv(65536)
                    if not data:
                        return
                    (onward if one is self.connection else self.connection).sendall(data)

    def log_message(self, *_: object) -> None: ...
