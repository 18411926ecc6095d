"""One websocket: frames, handshake, and from then on stanzas in both directions.

A websocket message carries frames, each a three-byte length and that many bytes. Only the client's very first frame
is preceded by the prologue. After the handshake every frame is one encrypted stanza: a flag byte (2: deflated) and a
node.
"""

import asyncio
import itertools
import zlib
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TYPE_CHECKING

from aiohttp import ClientConnectionResetError, WSMsgType, web

from tests.fakes.whatsapp.binary import decode, encode
from tests.fakes.whatsapp.directory import Device
from tests.fakes.whatsapp.node import SERVER, Node, Value
from tests.fakes.whatsapp.noise import PROLOGUE, Cipher, HandshakeError, Responder
from tests.fakes.whatsapp.protos import ClientPayload

if TYPE_CHECKING:
    from tests.fakes.whatsapp.pairing import Candidate
    from tests.fakes.whatsapp.server import Server

_DEFLATED = 2
_PARTING = 0.5  # a client needs a moment to read a last stanza before it notices the close


class Connection:
    """A client's connection, from the first byte to the last.

    Attributes:
        device: the linked device at the other end; None for one that is (still) pairing.
        candidate: the device that is pairing; None for one that is linked.
        state: ``handshake``, ``pairing``, ``paired``, ``login``, ``live`` or
            ``parting``; for the control API.
        silent: when set, nothing more is answered, though the connection stays open.
    """

    _ids = itertools.count(1)

    def __init__(self, server: "Server", request: web.Request, socket: web.WebSocketResponse) -> None:
        self.server = server
        self.number = next(self._ids)
        self.state = "handshake"
        self.device: Device | None = None
        self.candidate: Candidate | None = None
        self.noise_public = b""
        self.silent = False
        self._request = request
        self._socket = socket
        self._sending: Cipher | None = None
        self._asked: dict[str, asyncio.Future[Node]] = {}
        self._stanza_ids = itertools.count(1)
        self._lock = asyncio.Lock()

    async def handshake(self, frames: AsyncIterator[bytes]) -> tuple[ClientPayload, Cipher]:
        """Agree on keys; returns what the client said about itself and the cipher for what it sends next."""
        responder = Responder(self.server.static, self.server.certificates)
        await self._send_frame(responder.hello(await anext(frames)))
        self.noise_public, data, receiving, self._sending = responder.finish(await anext(frames))
        payload = ClientPayload()
        payload.ParseFromString(data)
        return payload, receiving

    async def frames(self) -> AsyncIterator[bytes]:
        """The client's frames, whole, until the connection ends."""
        buffer, greeted = bytearray(), False
        async for message in self._socket:
            if message.type is not WSMsgType.BINARY:
                return
            buffer += message.data
            if not greeted and len(buffer) >= len(PROLOGUE):
                if bytes(buffer[: len(PROLOGUE)]) != PROLOGUE:
                    raise HandshakeError("the connection does not begin with the prologue")
                del buffer[: len(PROLOGUE)]
                greeted = True
            while len(buffer) >= 3 and len(buffer) >= 3 + (length := int.from_bytes(buffer[:3], "big")):
                yield bytes(buffer[3 : 3 + length])
                del buffer[: 3 + length]

    async def stanzas(self, frames: AsyncIterator[bytes], receiving: Cipher) -> AsyncIterator[Node]:
        """The client's stanzas; those that reach a silent server are lost."""
        async for frame in frames:
            plain = receiving.decrypt(frame)
            node = decode(zlib.decompress(plain[1:]) if plain[0] & _DEFLATED else plain[1:])
            if not self.silent:
                yield node

    async def send(self, node: Node) -> None:
        """Send one stanza; to a closed or silent connection it is lost, as on a real network."""
        if self.silent or self._sending is None:
            return
        async with self._lock:
            await self._send_frame(self._sending.encrypt(b"\0" + encode(node)))

    async def ask(self, content: Node, **attrs: Value) -> asyncio.Future[Node]:
        """Send a question (``<iq type=set>``); the future gets the answer, an empty node if the client leaves."""
        stanza_id = f"server-{next(self._stanza_ids)}"
        self._asked[stanza_id] = answer = asyncio.get_running_loop().create_future()
        await self.send(Node("iq", {"from": SERVER, "type": "set", "id": stanza_id, **attrs}, [content]))
        return answer

    def answered(self, answer: Node) -> None:
        """Hand the client's *answer* to whoever asked."""
        asked = self._asked.pop(str(answer.attrs.get("id")), None)
        if asked is not None and not asked.done():
            asked.set_result(answer)

    def ended(self) -> None:
        """Tell everybody who still waits for an answer that none will come."""
        for asked in self._asked.values():
            if not asked.done():
                asked.set_result(Node(""))

    async def answer(self, question: Node, content: list[Node] | None = None) -> None:
        """Send the result of the client's *question*."""
        attrs = {"from": question.attrs.get("to", SERVER), "type": "result", "id": question.attrs["id"]}
        await self.send(Node("iq", attrs, content or None))

    async def notify(self, kind: str, content: list[Node]) -> None:
        """Send a notification of *kind* from the server."""
        attrs: dict[str, Value] = {"from": SERVER, "type": kind, "id": f"note-{next(self._stanza_ids)}"}
        await self.send(Node("notification", {**attrs, "t": self.server.clock()}, content))

    async def part(self, last: Node, after: float = _PARTING) -> None:
        """Send a *last* stanza and hang up a moment later, unless the client did so first."""
        self.state = "parting"
        await self.send(last)
        self.server.later(after, self.drop)

    def speak(self) -> None:
        """Answer again; what came meanwhile is lost."""
        self.silent = False

    def drop(self) -> None:
        """Cut the TCP connection without a word."""
        if self._request.transport is not None:
            self._request.transport.abort()

    def names(self) -> tuple[str, ...]:
        """What a fault's scope may call this connection."""
        device = self.device
        return (self.state, device.account.phone, str(device.jid)) if device else (self.state,)

    async def _send_frame(self, data: bytes) -> None:
        with suppress(ClientConnectionResetError):
            await self._socket.send_bytes(len(data).to_bytes(3, "big") + data)
