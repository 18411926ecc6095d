"""In front of Engine.IO: who may open a session, what may come in through it, and how long it may stand about.

The library trusts whoever connects: it counts neither handshakes nor packets, keeps a session for 45 s that never
joins anything, and goes on after a packet that it cannot read. All of it costs memory, time and lines in the log.
"""

from __future__ import annotations

import io
import json
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

import structlog

from aiadmin import logs
from aiadmin.adapters.sockets.page_events import NAMESPACE
from aiadmin.config import AddressLog
from aiadmin.domain.metrics import Metric
from aiadmin.domain.quota import Quota
from aiadmin.edge.bodies import OPEN_BYTES
from aiadmin.edge.connections import ENVIRON_KEY, Connection, Phase
from aiadmin.edge.peers import peer_of
from aiadmin.services.ports.metrics import Metrics
from aiadmin.texts import ru
from aiadmin.web.http.request_log import logged_address
from aiadmin.web.pairing.socket_packets import BadPacketError
from aiadmin.web.pairing.websocket import guarded

log = structlog.get_logger(__name__)

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

PATH = "/socket.io/"
JOIN_SECONDS = 10.0
"""How long a session may stand about without having joined our namespace."""
MAX_KNOCKING = 500
"""How many may stand about at a time; beyond that the oldest goes. An honest page joins with its first packet."""
HANDSHAKES_PER_JOIN = 4
"""A page may try each transport, and try again."""
PACKETS, PACKETS_SECONDS = 60, 30.0
MAX_PACKETS = 16
"""In one POST; Engine.IO reads no more either, but answers 200 to those it drops."""
_POSTED = frozenset("134")
"""What a poll may carry: CLOSE, PONG, MESSAGE; the rest belongs to websockets, `b` is binary."""
_MAX_WAITING_PACKETS = 100
"""What is sent to a client that does not read waits in memory: beyond this it is gone."""

QUIET = logging.getLogger("aiadmin.sockets")
"""For the libraries, which log a traceback for anything that a client sends; what matters is logged here."""
QUIET.setLevel(logging.CRITICAL)


class RefusedError(Exception):
    """The request is answered here."""

    def __init__(self, status: HTTPStatus, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


@dataclass
class SocketSession:
    """An Engine.IO session.

    Attributes:
        connection: its websocket, or None while it polls.
        since: when it began to stand about.
        is_polled: whether a poll is held open.
    """

    connection: Connection | None
    since: float = field(default_factory=time.monotonic)
    is_polled: bool = False


class SocketGate:
    """WSGI middleware around Flask-SocketIO's own.

    Args:
        server: python-socketio's server; its hooks for sessions and packets are led through here.
        http: what serves all that is no socket: Flask-SocketIO would make a class for each request on its way there.
        joins: how many sockets an address may open in a minute.
        addresses: how much of an address is logged.
    """

    def __init__(
        self, app: Wsgi, server: Any, *, http: Wsgi, joins: int, addresses: AddressLog, metrics: Metrics
    ) -> None:
        self._addresses, self._http = addresses, http
        self._app, self._server, self._engine, self._metrics = app, server, server.eio, metrics
        self._handshakes = Quota(joins * HANDSHAKES_PER_JOIN, 60)
        self._packets = Quota(PACKETS, PACKETS_SECONDS)
        self._knocking: OrderedDict[str, SocketSession] = OrderedDict()
        self._pages: dict[str, SocketSession] = {}
        self._is_sweeping = False
        self._take_over()

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Serve one request."""
        if not environ["PATH_INFO"].startswith(PATH):
            return self._http(environ, start_response)
        peer = peer_of(environ.get("REMOTE_ADDR", ""))
        logs.blame(peer)
        try:
            return self._pass(environ, _private(start_response), peer)
        except StopIteration:
            raise  # a websocket came to its end
        except RefusedError as error:
            if error.status is HTTPStatus.TOO_MANY_REQUESTS:
                address = logged_address(environ.get("REMOTE_ADDR", ""), self._addresses)
                log.warning("socket limit exceeded", code=error.code, ip=address)
            return _answer(error, start_response)
        except Exception as error:
            log.info("a socket said what cannot be read", error=type(error).__name__)
            connection = environ.get(ENVIRON_KEY)
            if connection is not None and connection.is_websocket:
                raise StopIteration from error
            return _answer(RefusedError(HTTPStatus.BAD_REQUEST, "bad-request"), start_response)

    def _pass(self, environ: Environ, start_response: Callable[..., Any], peer: str) -> Iterable[bytes]:
        query = parse_qs(environ.get("QUERY_STRING", ""))
        if "j" in query:
            raise RefusedError(HTTPStatus.BAD_REQUEST, "bad-request")  # JSONP: for browsers of another age
        if "sid" not in query:
            self._admit(peer)
            return self._app(environ, start_response)
        session = self._find(query["sid"][0])
        if environ["REQUEST_METHOD"] == "POST":
            self._check_post(environ, query["sid"][0])
        if environ["REQUEST_METHOD"] != "GET" or session is None:
            return self._app(environ, start_response)
        if "HTTP_UPGRADE" in environ:
            session.connection = environ.get(ENVIRON_KEY)
            return self._app(environ, start_response)
        return self._hold(session, environ, start_response)

    def _admit(self, peer: str) -> None:
        """A handshake, if the peer may have one; the session that has stood about the longest makes room."""
        if not self._handshakes.take(peer):
            self._metrics.count(Metric.RATE_LIMIT_HITS, where="socket")
            raise RefusedError(HTTPStatus.TOO_MANY_REQUESTS, "too-many-requests")
        if len(self._knocking) >= MAX_KNOCKING:
            self._drop(next(iter(self._knocking)))

    def _hold(self, session: SocketSession, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """A poll: one at a time, and a connection that only waits."""
        if session.is_polled:
            raise RefusedError(HTTPStatus.BAD_REQUEST, "bad-request")
        connection: Connection | None = environ.get(ENVIRON_KEY)
        if connection is not None:
            connection.enter(Phase.KNOCKING)
        session.is_polled = True
        try:
            return self._app(environ, start_response)
        finally:
            session.is_polled = False

    def _check_post(self, environ: Environ, eio_sid: str) -> None:
        """The packets of a poll's other half, before Engine.IO reads them."""
        if int(environ.get("CONTENT_LENGTH") or 0) > OPEN_BYTES:
            raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large")
        body = environ["wsgi.input"].read(OPEN_BYTES + 1)
        if len(body) > OPEN_BYTES:
            raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large")
        packets = body.decode().split("\x1e")
        is_sane = len(packets) <= MAX_PACKETS and all(packet[:1] in _POSTED for packet in packets)
        if not is_sane or not all(self._packets.take(eio_sid) for _ in packets):
            self._drop(eio_sid)
            raise RefusedError(HTTPStatus.BAD_REQUEST, "bad-request")
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))

    # what the libraries do, led through here

    def _take_over(self) -> None:
        websocket = guarded(self._engine._async["websocket"], max_message_bytes=self._engine.max_http_buffer_size)
        self._engine._async = {**self._engine._async, "websocket": websocket}
        connect, message = self._engine.handlers["connect"], self._engine.handlers["message"]

        def on_connect(eio_sid: str, environ: Environ) -> Any:
            self._note(eio_sid, environ)
            return connect(eio_sid, environ)

        def on_message(eio_sid: str, data: object) -> None:
            try:
                self._check(eio_sid, data)
                message(eio_sid, data)
            except BadPacketError:
                log.info("a socket sent what is not of our contract")
                self._drop(eio_sid)
            except Exception:
                log.exception("what a socket asked could not be done")
                self._drop(eio_sid)

        self._engine.on("connect", on_connect)
        self._engine.on("message", on_message)

    def _check(self, eio_sid: str, data: object) -> None:
        if not isinstance(data, str) or (data.startswith("0" + NAMESPACE) and self._has_joined(eio_sid)):
            raise BadPacketError

    def _note(self, eio_sid: str, environ: Environ) -> None:
        is_websocket = "websocket" in parse_qs(environ.get("QUERY_STRING", "")).get("transport", [])
        self._knocking[eio_sid] = SocketSession(environ.get(ENVIRON_KEY) if is_websocket else None)
        if not self._is_sweeping:
            self._is_sweeping = True
            self._server.start_background_task(self._sweep_on)

    # the sessions

    def _find(self, eio_sid: str) -> SocketSession | None:
        return self._knocking.get(eio_sid) or self._pages.get(eio_sid)

    def _has_joined(self, eio_sid: str) -> bool:
        return self._server.manager.sid_from_eio_sid(eio_sid, NAMESPACE) is not None

    def _sweep_on(self) -> None:
        while self._knocking or self._pages:
            self._server.sleep(1.0)
            for eio_sid in [*self._knocking, *self._pages]:
                self._sweep(eio_sid)
        self._is_sweeping = False

    def _sweep(self, eio_sid: str) -> None:
        """Look after one session: forget what is over, end what stands about or does not read."""
        session, held = self._find(eio_sid), self._engine.sockets.get(eio_sid)
        if session is None:
            return
        if held is None or held.closed or held.queue.qsize() > _MAX_WAITING_PACKETS:
            self._drop(eio_sid)
        elif self._has_joined(eio_sid):
            self._seat(eio_sid, session)
        elif eio_sid in self._pages:
            session.since = time.monotonic()
            self._knocking[eio_sid] = self._pages.pop(eio_sid)
        elif time.monotonic() - session.since > JOIN_SECONDS:
            self._drop(eio_sid)

    def _seat(self, eio_sid: str, session: SocketSession) -> None:
        if eio_sid in self._knocking:
            self._pages[eio_sid] = self._knocking.pop(eio_sid)
        if session.connection is not None and session.connection.phase is Phase.KNOCKING:
            session.connection.enter(Phase.PAGE)

    def _drop(self, eio_sid: str) -> None:
        """End a session, and its websocket soon after, even where its client stays."""
        session = self._knocking.pop(eio_sid, None) or self._pages.pop(eio_sid, None)
        held = self._engine.sockets.pop(eio_sid, None)
        if held is not None:
            held.close(wait=False, abort=True, reason=self._engine.reason.SERVER_DISCONNECT)
        if session is not None and session.connection is not None:
            session.connection.enter(Phase.ANSWERING, 1.0)


def _private(start_response: Callable[..., Any]) -> Callable[..., Any]:
    """Engine.IO's answers over plain HTTP hold codes, and it says nothing of caches."""

    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        return start_response(status, [*headers, ("Cache-Control", "no-store")], *more)

    return start


def _answer(error: RefusedError, start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = {"success": False, "error": ru.ERRORS[error.code], "code": error.code}
    headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
    if error.status is HTTPStatus.TOO_MANY_REQUESTS:
        headers.append(("Retry-After", "60"))
    start_response(f"{error.status.value} {error.status.phrase}", headers)
    return [json.dumps(body, ensure_ascii=False).encode()]
