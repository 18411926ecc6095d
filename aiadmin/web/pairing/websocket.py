"""A websocket that its client can neither flood, nor fill, nor keep half open."""

from __future__ import annotations

import contextlib
import os
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn

import simple_websocket
from wsproto.events import BytesMessage, CloseConnection, Event, TextMessage
from wsproto.frame_protocol import CloseReason

from aiadmin.domain.quota import Quota
from aiadmin.edge.connections import ENVIRON_KEY, Connection, Phase

FRAMES, FRAMES_SECONDS = 60, 30.0
"""A page says a handful of things when it opens, and then a pong every 25 s. Control frames count, too."""
LINGER_SECONDS = 2.0
"""How long a client may take to close its side after ours."""


class PacedServer(simple_websocket.Server):  # type: ignore[misc]
    """One connection, whose frames are counted before they are looked at. Its messages are text, and bounded."""

    def __init__(self, environ: dict[str, Any], **options: Any) -> None:
        self._frames = Quota(FRAMES, FRAMES_SECONDS)
        self._writing = threading.Lock()
        super().__init__(environ, **options)

    def handshake(self) -> None:
        """Answer the upgrade, then count what comes. The events are the only place where all frames pass."""
        super().handshake()
        self.ws.events = self._counted(self.ws.events)

    def send(self, data: str | bytes) -> None:
        """Send it whole; the library's own may send a part of it where the client reads slowly."""
        if not self.connected:
            raise simple_websocket.ConnectionClosed(self.close_reason, self.close_message)
        with self._writing:
            self.sock.sendall(self.ws.send(TextMessage(data=str(data))))

    def send_at_once(self, frame: bytes) -> bool:
        """Write a whole frame now, without waiting; False, and nothing is written, where it has to wait its turn.

        What a slow client leaves of it is written as soon as it reads, and until then nothing else is.
        """
        is_free = (
            self.connected and not isinstance(self.sock, ssl.SSLSocket) and self._writing.acquire(blocking=False)
        )
        if not is_free:
            return False
        written = 0
        with contextlib.suppress(OSError):  # its buffer is full, or it is gone, as the next to wait finds out
            written = os.write(self.sock.fileno(), frame)
        if 0 < written < len(frame):
            threading.Thread(target=self._finish, args=[frame[written:]], daemon=True).start()
        else:
            self._writing.release()
        return written > 0

    def _finish(self, rest: bytes) -> None:
        try:
            with contextlib.suppress(OSError):
                self.sock.sendall(rest)
        finally:
            self._writing.release()

    def _counted(self, events: Callable[[], Iterator[Event]]) -> Callable[[], Iterator[Event]]:
        def counted() -> Iterator[Event]:
            for event in events():
                if isinstance(event, BytesMessage):
                    yield CloseConnection(code=CloseReason.UNSUPPORTED_DATA)
                    return
                if not self._frames.take("frame"):
                    yield CloseConnection(code=CloseReason.POLICY_VIOLATION)
                    return
                yield event

        return counted


def guarded(library: type[Any], *, max_message_bytes: int) -> type[Any]:
    """Engine.IO's websocket driver `library`, over a `PacedServer`."""

    class Guarded(library):  # type: ignore[misc]
        def __call__(self, environ: dict[str, Any], _start_response: Callable[..., Any]) -> Iterable[bytes]:
            environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)  # a compressed frame is as long as its sender likes
            self.ws = PacedServer(environ, max_message_size=max_message_bytes, **self.server_args)
            self._connection: Connection | None = environ.get(ENVIRON_KEY)
            if self._connection is not None:
                self._connection.is_websocket = True
                self._connection.enter(Phase.KNOCKING)
            self.app.__self__.send_at_once = self.ws.send_at_once  # Engine.IO's socket, whose method `app` is
            self.app(self)
            _leave_to_the_server(self.ws.mode)

        def wait(self) -> Any:
            """The next message; None when the connection is over."""
            return super().wait() if self.ws.connected else None

        def close(self) -> None:
            """Say so, and wait a moment for the client to close, too."""
            with contextlib.suppress(OSError, simple_websocket.ConnectionClosed):
                super().close()
            if self._connection is not None:
                self._connection.enter(Phase.ANSWERING, LINGER_SECONDS)

    return Guarded


def _leave_to_the_server(mode: str) -> NoReturn:
    """How each server learns that the connection needs no answer any more."""
    raise ConnectionError if mode == "werkzeug" else StopIteration
