"""A deadline for a whole HTTP call: the name's look-up, connecting, TLS, what is sent, the header and the body.

A timeout of `requests` is one of a single `recv`, and starts anew with every byte: a server that drips its header, or
its part of a TLS handshake, holds a call for hours. Here the call's socket is shut down when its time is over, which
ends any wait on it as a lost connection does. One thread watches the deadlines of all calls: one for each would be a
fifth of what a call costs us. Before there is a socket, the look-up of the name has the call's timeout for
connecting, which the system's resolver does not know of.
"""

from __future__ import annotations

import heapq
import itertools
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from aiadmin.name_lookup import look_up

CONNECT_SECONDS = 5.0
"""For connecting, where a call has no timeout for that."""
_LEAST_SECONDS = 0.05

_here = threading.local()


class _Call:
    """The sockets of one call, and whether it is over, by its deadline or by its end."""

    def __init__(self) -> None:
        self.is_cut = False
        self.is_done = False
        self._lines: list[socket.socket] = []

    def hold(self, line: socket.socket) -> None:
        """Take a socket under a descriptor of our own: TLS takes the first one over."""
        self._lines.append(socket.socket(fileno=os.dup(line.fileno())))
        if self.is_cut:  # while it was being connected
            self.cut()

    def cut(self) -> None:
        """End every wait on the call's sockets."""
        self.is_cut = True
        for line in self._lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        """Let its sockets go."""
        self.is_done = True
        for line in self._lines:
            line.close()
        self._lines.clear()


class _Watchdog:
    """The thread that cuts calls off at their deadlines. It begins with a call and ends when none is left to watch.

    A call that is done stays in the heap until its time, so the thread wakes once in a deadline, not in each call.
    """

    def __init__(self) -> None:
        self.start_anew()

    def start_anew(self) -> None:
        """Watch nothing. A forked child has no thread of its parent's, and perhaps a lock that one of them held."""
        self._changed = threading.Condition()
        self._calls: list[tuple[float, int, _Call]] = []
        self._numbers = itertools.count()
        self._is_running = False

    def watch(self, call: _Call, seconds: float) -> None:
        """Cut a call off in so many seconds, unless it is done by then."""
        with self._changed:
            heapq.heappush(self._calls, (time.monotonic() + seconds, next(self._numbers), call))
            if not self._is_running:
                threading.Thread(target=self._run, name="http-deadlines", daemon=True).start()
                self._is_running = True
            elif self._calls[0][2] is call:
                self._changed.notify()

    def end(self, call: _Call) -> None:
        """Forget a call. Not while it is being cut off: what it closes may be another's descriptor at once."""
        with self._changed:
            call.end()

    def _run(self) -> None:
        with self._changed:
            while self._calls:
                until, _, call = self._calls[0]
                left = until - time.monotonic()
                if left > 0 and not call.is_done:
                    self._changed.wait(left)
                    continue
                heapq.heappop(self._calls)
                if not call.is_done:
                    call.cut()
            self._is_running = False


_watchdog = _Watchdog()
os.register_at_fork(after_in_child=_watchdog.start_anew)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let every call that is made inside, through a `bounded_session`, end after `seconds` at the latest.

    What is cut off raises as a lost connection: a `requests` or `urllib3` error, or OSError. Where the library would
    take half a header for the whole, TimeoutError, which is one, is raised here.
    """
    call = _Call()
    _here.call = call
    _watchdog.watch(call, seconds)
    try:
        yield
        if call.is_cut:
            raise TimeoutError(f"no whole answer within {seconds:g} s")
    finally:
        _here.call = None
        _watchdog.end(call)


def bounded_session() -> requests.Session:
    """A session whose connections know `within`."""
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter())
    return session


def reason_within(error: BaseException) -> BaseException:
    """What a library's error wraps: its own words hold the whole address, and with it what is secret there."""
    inner = error.args[0] if error.args else None
    inner = getattr(inner, "reason", None) or inner
    return inner if isinstance(inner, BaseException) else error


def _hold(line: socket.socket) -> None:
    call: _Call | None = getattr(_here, "call", None)
    if call is not None:
        call.hold(line)


class _Bounded:
    """A mixin for urllib3's connections."""

    sock: socket.socket | None
    host: str
    port: int
    timeout: float | None
    source_address: tuple[str, int] | None
    socket_options: Any

    def _new_conn(self) -> socket.socket:
        """As the library's, where the look-up and all addresses of the name share the timeout for connecting."""
        try:
            line = self._connect(time.monotonic() + (self.timeout or CONNECT_SECONDS))
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error  # type: ignore[arg-type]
        except TimeoutError as error:
            raise ConnectTimeoutError(self, f"connecting to {self.host}: {error}") from error
        except OSError as error:
            raise NewConnectionError(self, f"no connection to {self.host}: {error}") from error  # type: ignore[arg-type]
        _hold(line)
        return line

    def _connect(self, until: float) -> socket.socket:
        *others, last = look_up(self.host, seconds=until - time.monotonic())
        for address in others:
            with suppress(OSError):
                return self._connect_to(address, until)
        return self._connect_to(last, until)

    def _connect_to(self, address: str, until: float) -> socket.socket:
        return create_connection(
            (address, self.port),
            max(until - time.monotonic(), _LEAST_SECONDS),
            source_address=self.source_address,
            socket_options=self.socket_options,
        )

    def request(self, *arguments: Any, **named: Any) -> None:
        """Send a request, perhaps on a connection of an earlier call."""
        if self.sock is not None:
            _hold(self.sock)
        super().request(*arguments, **named)  # type: ignore[misc]


class _Http(_Bounded, HTTPConnection):
    pass


class _Https(_Bounded, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


_POOLS = {"http": _HttpPool, "https": _HttpsPool}


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        """As the library's, with our connections."""
        super().init_poolmanager(*arguments, **named)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *arguments: Any, **named: Any) -> Any:
        """As the library's, with our connections to the proxy."""
        manager = super().proxy_manager_for(*arguments, **named)
        manager.pool_classes_by_scheme = _POOLS
        return manager
