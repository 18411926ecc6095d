"""gunicorn's gevent worker, with a say in what connections cost: `-k aiadmin.edge.worker.EdgeWorker`.

What differs from `-k gevent`: requests are read whole before the application sees them, each phase of a connection
has a deadline, connections that only wait make room for new ones, malformed framing is answered 400 in one line, and
SIGTERM ends the process as soon as the requests in hand are answered. HTTP/2 and TLS are a proxy's business.
"""

from __future__ import annotations

import contextlib
import io
import os
import resource
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any

import structlog
from gevent import GreenletExit, sleep, spawn_raw
from gevent.event import Event
from gevent.server import StreamServer
from gunicorn import http, util
from gunicorn.http import wsgi
from gunicorn.http.errors import ParseException
from gunicorn.workers.ggevent import GeventWorker

from aiadmin import logs
from aiadmin.config import Config
from aiadmin.edge.answers import EdgeAnswer
from aiadmin.edge.connections import ENVIRON_KEY, Connection, ConnectionLimits, Connections, Patience, Phase
from aiadmin.edge.greenlets import patch_all
from aiadmin.edge.peers import caller_of, peer_of
from aiadmin.edge.reading import read_body, read_head
from aiadmin.edge.refusals import refusal, status_of
from aiadmin.edge.settled_config import SettledConfig
from aiadmin.edge.turns import FairTurns

log = structlog.get_logger(__name__)

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

SPARE_FILES = 256
"""Descriptors for all that is no connection: PostgreSQL, Redis, files."""
LINGER_SECONDS = 1.0
_LINGER_BYTES = 1024 * 1024


class EdgeWorker(GeventWorker):  # type: ignore[misc]
    """See the module.

    Attributes:
        patience: how long peers may take; where requests come through a proxy, `--keep-alive` decides how long an
            idle connection stays, for a proxy must never find one closed that it is about to use.
    """

    wsgi: Wsgi
    patience = Patience()

    def patch(self) -> None:
        """As the library's, in less time."""
        patch_all()
        super().patch()

    def run(self) -> None:
        """Serve until it has to stop; called in the worker process."""
        self._stopping, self._turns, self._settled = Event(), FairTurns(), SettledConfig(self.cfg)
        config = Config.from_env(os.environ)
        self._caller = partial(caller_of, proxies=config.trusted_proxies, header=config.client_ip_header)
        is_proxied = config.trusted_proxies > 0
        patience = replace(self.patience, idle=float(self.cfg.keepalive)) if is_proxied else self.patience
        self._connections = Connections(_limits(self.worker_connections, is_proxied=is_proxied), patience)
        servers = []
        for listener in self.sockets:
            listener.setblocking(1)
            servers.append(StreamServer(listener, handle=partial(self.handle, listener), spawn=spawn_raw))
            servers[-1].start()
        while self.alive:
            self.notify()
            self._connections.sweep()
            self._stopping.wait(1.0)
        for server in servers:
            server.close()
        self._finish()

    def load_wsgi(self) -> None:
        """Load the application, and tell it with each request whose connection it came on."""
        super().load_wsgi()
        app: Wsgi = self.wsgi
        self.wsgi = partial(self._serve, app)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """SIGTERM: stop at once, not at the next second."""
        super().handle_exit(sig, frame)
        self._stopping.set()

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """One connection from its first byte to its last, in a greenlet of its own."""
        address = addr[0] if isinstance(addr, tuple) else ""
        connection = self._connections.admit(client, peer_of(address))
        logs.blame(connection.peer)
        try:
            client.setblocking(1)
            self._converse(listener, client, addr, connection)
        except (OSError, StopIteration):
            pass  # the peer went, or was sent away
        except Exception:
            log.exception("a request failed outside the application")
        finally:
            self._connections.leave(connection)
            util.close(client)

    def _converse(self, listener: Any, client: Any, addr: Any, connection: Connection) -> None:
        """Request after request, while both sides want to."""
        patience, server = self._connections.patience, listener.getsockname()
        parser = http.get_parser(self._settled, client, addr)
        while self.alive:
            sleep(0)  # or whoever sends its next request before it reads would be served to the end, alone
            try:
                if not read_head(client, parser.unreader, connection, patience):
                    return
                request = next(parser)
                body = read_body(client, request, connection, patience)
            except ParseException as error:
                self._refuse(client, connection, error)
                return
            connection.hold(0)
            request.body, request.proxy_protocol_info = io.BytesIO(body), {}
            connection.enter(Phase.WORKING)
            try:
                with contextlib.suppress(GreenletExit, SystemExit):  # a poll that is sent away; the master's abort
                    self._work(server, request, client, addr)
            finally:
                if request.must_close:  # the rest of its body is on its way
                    _linger(client, connection)
            connection.enter(Phase.IDLE, patience.idle)

    def _work(self, server: Any, request: Any, client: Any, addr: Any) -> None:
        """One request and its answer, as gunicorn's `handle_request` does it, which would send them in pieces.

        Raises:
            StopIteration: the connection ends here.
        """
        answer, environ = wsgi.create(request, client, addr, server, self._settled, response_class=EdgeAnswer)
        environ["wsgi.multithread"] = True
        if not self.alive or not self._settled.keepalive:
            answer.force_close()
        parts = self.wsgi(environ, answer.start_response)
        try:
            answer.write_all(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        if answer.should_close():
            raise StopIteration

    def _serve(self, app: Wsgi, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """One request; its answer is sent by gunicorn, which may take as long as the peer likes to read."""
        connection = self._connections.of(environ["gunicorn.socket"])
        environ[ENVIRON_KEY] = connection
        self._turns.take(environ["PATH_INFO"], self._caller(environ))
        answer = app(environ, start_response)
        connection.enter(Phase.ANSWERING, self._connections.patience.answer)
        return answer

    def _refuse(self, client: Any, connection: Connection, error: ParseException) -> None:
        status = status_of(error)
        log.info("not a request", status=int(status), error=type(error).__name__)
        connection.enter(Phase.ANSWERING, self._connections.patience.head)
        client.sendall(refusal(status))
        _linger(client, connection)

    def _finish(self) -> None:
        """Let the requests in hand be answered, and nothing else keep us."""
        until = time.monotonic() + self.cfg.graceful_timeout
        while len(self._connections) and time.monotonic() < until:
            self.notify()
            self._connections.close_idle()
            sleep(0.02)
        if len(self._connections):
            log.warning("requests were cut off at the end of the process", count=len(self._connections))
            self._connections.close_all()


def _limits(wanted: int, *, is_proxied: bool) -> ConnectionLimits:
    """Room for as many connections as were asked for, if the system gives a process so many descriptors."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + SPARE_FILES
    if 0 <= soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(hard, needed)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    connections = wanted if soft < 0 else min(wanted, soft - SPARE_FILES)
    if connections < wanted:
        log.warning("fewer connections than asked for: raise `ulimit -n`", connections=connections, wanted=wanted)
    return (
        ConnectionLimits(connections=connections, per_peer=None)
        if is_proxied
        else ConnectionLimits(connections=connections)
    )


def _linger(client: Any, connection: Connection) -> None:
    """Take what still comes for a moment: closing upon unread bytes would take our answer from the peer."""
    connection.enter(Phase.ANSWERING, LINGER_SECONDS)
    client.shutdown(socket.SHUT_WR)
    left = _LINGER_BYTES
    while left > 0 and (piece := client.recv(64 * 1024)):
        left -= len(piece)
