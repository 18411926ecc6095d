"""How the web process hears what other processes say to its sockets."""

from __future__ import annotations

import random
import struct
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import redis
import socketio
import structlog
from engineio.packet import MESSAGE
from engineio.packet import Packet as EnginePacket
from redis import RedisError
from socketio.packet import EVENT

from aiadmin.adapters.redis import client
from aiadmin.adapters.sockets.page_events import CHANNEL, read_event
from aiadmin.domain.backoff import Backoff
from aiadmin.masking import reason_of

log = structlog.get_logger(__name__)

RETRIES = Backoff(first=timedelta(seconds=0.5), longest=timedelta(seconds=2))
"""The library's own pause doubles up to a minute: a page would miss its codes that long after Redis is back."""
QUIET_SECONDS = 5.0
"""After so long without a word Redis is asked whether it is there, and has as long again to answer."""


_LENGTH_IN_TWO_BYTES, _LENGTH_IN_EIGHT_BYTES = 126, 127


def text_frame(text: str) -> bytes:
    """A whole text as one frame of a server, unmasked and not compressed (RFC 6455, section 5.2).

    >>> text_frame("hi").hex(" "), text_frame("a" * 126)[:4].hex(" ")
    ('81 02 68 69', '81 7e 00 7e')
    """
    data = text.encode()
    if len(data) < _LENGTH_IN_TWO_BYTES:
        return bytes([0x81, len(data)]) + data
    if len(data) < 2**16:
        return struct.pack("!BBH", 0x81, _LENGTH_IN_TWO_BYTES, len(data)) + data
    return struct.pack("!BBQ", 0x81, _LENGTH_IN_EIGHT_BYTES, len(data)) + data


class ListeningManager(socketio.RedisManager):  # type: ignore[misc]
    """A RedisManager that is back within two seconds after Redis is, and takes our own events only.

    Attributes:
        on_listening: called in the background whenever Redis has confirmed that it hears: what was said before, to
            pages that were there already, is lost.
    """

    on_listening: Callable[[], None]

    def __init__(self, redis_url: str) -> None:
        super().__init__(redis_url, channel=CHANNEL, redis_options=client.options())

    def _listen(self) -> Iterator[dict[str, Any]]:
        for published in super()._listen():
            event = read_event(published)
            if event is not None:
                yield event
            else:
                log.warning("message in Redis refused", channel=CHANNEL, bytes=len(published))

    def _handle_emit(self, message: dict[str, Any]) -> None:
        """Send an event to a room: its frame is made once, and written at once to every socket that is free.

        The library's way, by which all others go, takes a queue, a greenlet and a frame for each socket.
        """
        packet = self.server.packet_class(
            EVENT, namespace=message["namespace"], data=[message["event"], *message["data"]]
        )
        encoded = packet.encode()
        engine_packet = EnginePacket(MESSAGE, encoded)
        frame = text_frame(engine_packet.encode())
        for _, eio_sid in list(self.get_participants(message["namespace"], message["room"])):
            if not self._is_sent(eio_sid, frame):
                self.server._send_eio_packet(eio_sid, engine_packet)

    def _is_sent(self, eio_sid: str, frame: bytes) -> bool:
        """Whether the frame is on its way. What waits in a socket's queue goes before it."""
        socket = self.server.eio.sockets.get(eio_sid)
        send_at_once: Callable[[bytes], bool] | None = getattr(socket, "send_at_once", None)
        if send_at_once is None or not socket.upgraded or socket.closed or not socket.queue.empty():
            return False
        return send_at_once(frame)

    def _redis_connect(self) -> None:
        super()._redis_connect()
        self.pubsub.ignore_subscribe_messages = False

    def _redis_listen_with_retries(self) -> Iterator[dict[str, Any]]:
        failures = 0
        while True:
            try:
                self._redis_connect()
                self.pubsub.subscribe(self.channel)
                failures = 0
                yield from self._hear()
            except RedisError as error:
                failures += 1
                log.warning("sockets wait for Redis", error=reason_of(error))
                self.redis.close()
            time.sleep(RETRIES.wait(failures, random.random()).total_seconds())  # noqa: S311 - spreads retries

    def _hear(self) -> Iterator[dict[str, Any]]:
        """Messages as they come. Raises RedisError when the connection is gone, or silent.

        The library's own listening would wait for ever on a connection whose other end has moved away.
        """
        has_asked = False
        while True:
            message = self.pubsub.get_message(timeout=QUIET_SECONDS)
            if message is not None:
                has_asked = False
                if message["type"] == "subscribe":
                    self.server.start_background_task(self.on_listening)
                yield message
            elif has_asked:
                raise redis.TimeoutError("Redis is silent")
            else:
                self.pubsub.ping()
                has_asked = True
