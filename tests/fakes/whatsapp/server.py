"""The server as a whole: what all connections share, and the life of one connection."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

from aiohttp import web
from cryptography.exceptions import InvalidTag
from google.protobuf.message import DecodeError

from tests.fakes.whatsapp import iq, keys
from tests.fakes.whatsapp.binary import BinaryError
from tests.fakes.whatsapp.code_pairing import CodeDesk
from tests.fakes.whatsapp.connection import Connection
from tests.fakes.whatsapp.directory import Device, Directory
from tests.fakes.whatsapp.faults import Faults
from tests.fakes.whatsapp.journal import Journal
from tests.fakes.whatsapp.login import log_in
from tests.fakes.whatsapp.media import MediaStore
from tests.fakes.whatsapp.node import Node
from tests.fakes.whatsapp.noise import HandshakeError
from tests.fakes.whatsapp.pairing import PairingDesk
from tests.fakes.whatsapp.post import Post
from tests.fakes.whatsapp.relay import Relay

_UNREADABLE = (HandshakeError, BinaryError, InvalidTag, DecodeError)


class Server:
    """Everything the connections share."""

    def __init__(self, *, everybody: bool = False) -> None:
        self.static = keys.KeyPair()
        self.certificates = keys.certify(self.static.public)
        self.directory = Directory(everybody=everybody)
        self.pairings = PairingDesk()
        self.codes = CodeDesk()
        self.faults = Faults()
        self.journal = Journal()
        self.media = MediaStore()
        self.connections: set[Connection] = set()
        self.post = Post(self)
        self.relay = Relay(self)

    @staticmethod
    def now() -> float:
        return time.time()

    @staticmethod
    def clock() -> str:
        """The time as stanzas carry it: seconds since 1970, decimal."""
        return str(int(time.time()))

    @staticmethod
    def later(seconds: float, action: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(seconds, action)

    def connections_of(self, device: Device) -> list[Connection]:
        return [connection for connection in self.connections if connection.device is device]

    def close(self) -> None:
        """Hang up on everybody."""
        for connection in self.connections:
            connection.drop()

    def matching(self, scope: str) -> list[Connection]:
        """The live connections that a fault's *scope* means."""
        return [connection for connection in self.connections if scope == "*" or scope in connection.names()]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """The websocket endpoint; any path will do."""
        if self.faults.take("refuse"):
            self.journal.add("refused-connection")
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=503)
        socket = web.WebSocketResponse(compress=False, max_msg_size=1 << 25)
        await socket.prepare(request)
        connection = Connection(self, request, socket)
        connection.silent = self.faults.take("mute-new") is not None
        self.connections.add(connection)
        try:
            await self._converse(connection)
        except _UNREADABLE as error:
            self.journal.add("unreadable", connection=connection.number, error=f"{type(error).__name__}: {error}")
        finally:
            self._forget(connection)
        return socket

    async def _converse(self, connection: Connection) -> None:
        frames = connection.frames()
        if connection.silent:
            async for _ in frames:
                pass
            return
        with suppress(StopAsyncIteration):  # the client left during the handshake
            payload, receiving = await connection.handshake(frames)
            if payload.HasField("username"):
                await log_in(connection, payload)
            else:
                await self.pairings.receive(connection, payload)
            async for stanza in connection.stanzas(frames, receiving):
                await self._receive(connection, stanza)

    async def _receive(self, connection: Connection, stanza: Node) -> None:
        if stanza.tag != "iq":
            await self.relay.receive(connection, stanza)
        elif stanza.attrs["type"] in ("result", "error"):
            connection.answered(stanza)
        else:
            await iq.answer(connection, stanza)

    def _forget(self, connection: Connection) -> None:
        self.connections.discard(connection)
        self.pairings.leave(connection)
        self.codes.leave(connection)
        connection.ended()
        if connection.device is not None:
            self.journal.add("gone", jid=str(connection.device.jid), connection=connection.number)
