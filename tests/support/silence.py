"""A TCP proxy that can fall silent, as a failover without RST does: connections stay open, and nothing comes."""

from __future__ import annotations

import selectors
import socket
import threading
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import urlsplit, urlunsplit

_CHUNK = 64 * 1024


class Listens(Protocol):
    """What stands on a port of this machine."""

    @property
    def port(self) -> int: ...


def by_way_of(proxy: Listens, url: str) -> str:
    """The address `url` of a server of this machine, reached through `proxy`."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:{proxy.port}"))


class SilentProxy:
    """A context manager: listens on `port` of 127.0.0.1 and passes everything on to `upstream`.

    The kernel goes on acknowledging what is sent to a silent connection, so no keepalive notices anything.

    Attributes:
        hanging: new connections that were taken and never served.
    """

    def __init__(self, upstream: int) -> None:
        self._upstream = upstream
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.hanging = 0
        self._is_deaf = False
        self._lock = threading.Lock()
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._silent: list[socket.socket] = []
        self._selector = selectors.DefaultSelector()
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="silent proxy", daemon=True)

    def __enter__(self) -> Self:
        for each in (self._listener, self._woken):
            self._selector.register(each, selectors.EVENT_READ)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wake.close()
        self._thread.join(5)
        for each in (*self._pairs, *self._silent, self._listener, self._woken):
            each.close()
        self._selector.close()

    def fall_silent(self, *, new_ones_too: bool = False) -> None:
        """From now on nothing passes on the connections that are open; new ones work, or hang as well."""
        with self._lock:
            self._is_deaf = new_ones_too
            for each in self._pairs:
                self._selector.unregister(each)
            self._silent += self._pairs
            self._pairs.clear()

    def listen_again(self) -> None:
        """New connections work again; what has fallen silent stays so."""
        with self._lock:
            self._is_deaf = False

    def _run(self) -> None:
        while True:
            for key, _ in self._selector.select(0.5):
                if key.fileobj is self._woken:
                    return
                with self._lock:
                    self._serve(key.fileobj)

    def _serve(self, ready: object) -> None:
        if ready is self._listener:
            self._take()
        elif isinstance(ready, socket.socket) and ready in self._pairs:
            self._pass_on(ready)

    def _take(self) -> None:
        client, _ = self._listener.accept()
        if self._is_deaf:
            self.hanging += 1
            self._silent.append(client)
            return
        try:
            server = socket.create_connection(("127.0.0.1", self._upstream), 5)
        except OSError:
            client.close()
            return
        self._pairs |= {client: server, server: client}
        for each in (client, server):
            self._selector.register(each, selectors.EVENT_READ)

    def _pass_on(self, ready: socket.socket) -> None:
        other = self._pairs[ready]
        try:
            data = ready.recv(_CHUNK)
            other.sendall(data)
        except OSError:
            data = b""
        if not data:
            for each in (ready, other):
                self._selector.unregister(each)
                del self._pairs[each]
                each.close()
