"""The server's half of linking a new device by a code typed on the phone: it only carries messages.

::

    client -> server   companion_hello: wrapped key     the server answers with a ref; the client shows the code
    phone  -> server   the typed code's wrapped key     the phone's cryptography is in ``linkcode``
    server -> client   primary_hello: wrapped key, identity of the phone
    client -> server   companion_finish: key bundle     opens only if both used the same code
    ...                as with a QR text, from pair-success on
"""

import asyncio
import base64
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.fakes.whatsapp.node import Jid, Node
from tests.fakes.whatsapp.pairing import Candidate, PairingError, answer_in_time

if TYPE_CHECKING:
    from tests.fakes.whatsapp.connection import Connection


@dataclass
class CodeRequest:
    """A pairing by code under way: the client has shown its code, the phone has not finished yet."""

    ref: bytes
    candidate: Candidate
    wrapped_ephemeral: bytes
    finish: asyncio.Future[Node] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class CodeDesk:
    """The devices that wait for a code to be typed, by the phone number it must be typed on."""

    def __init__(self) -> None:
        self._requests: dict[str, CodeRequest] = {}

    def leave(self, connection: "Connection") -> None:
        """Forget a device whose connection ended."""
        self._requests = {
            phone: request
            for phone, request in self._requests.items()
            if request.candidate.connection is not connection
        }

    def companion_hello(self, candidate: Candidate, hello: Node) -> Node:
        """Begin a pairing by code; the answer holds the ref that both sides will quote."""
        phone = hello.attrs["jid"]
        assert isinstance(phone, Jid)
        wrapped = hello.get("link_code_pairing_wrapped_companion_ephemeral_pub").data
        request = CodeRequest(base64.b64encode(os.urandom(24)), candidate, wrapped)
        self._requests[phone.user] = request
        candidate.connection.server.journal.add("code-requested", phone=phone.user)
        return Node(
            "link_code_companion_reg",
            {"stage": "companion_hello"},
            [Node("link_code_pairing_ref", {}, request.ref)],
        )

    def companion_finish(self, finish: Node) -> None:
        """Pass the client's key bundle on to the phone that waits for it."""
        for request in self._requests.values():
            if request.ref == finish.get("link_code_pairing_ref").data and not request.finish.done():
                request.finish.set_result(finish)

    def request(self, phone: str) -> CodeRequest:
        """The pairing by code that waits for *phone*; raises PairingError ``no-code-requested``."""
        if phone not in self._requests:
            raise PairingError("no-code-requested")
        return self._requests[phone]

    async def primary_hello(self, request: CodeRequest, wrapped: bytes, identity: bytes) -> Node:
        """Send the phone's keys to the client; returns the client's ``companion_finish``."""
        request.finish = asyncio.get_running_loop().create_future()
        parts = {
            "link_code_pairing_ref": request.ref,
            "link_code_pairing_wrapped_primary_ephemeral_pub": wrapped,
            "primary_identity_pub": identity,
        }
        content = [Node(tag, {}, data) for tag, data in parts.items()]
        hello = Node("link_code_companion_reg", {"stage": "primary_hello"}, content)
        await request.candidate.connection.notify("link_code_companion_reg", [hello])
        return await answer_in_time(request.finish)
