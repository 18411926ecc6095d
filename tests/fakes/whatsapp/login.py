"""What follows the handshake of a device that says it is linked: welcome or refusal."""

from typing import TYPE_CHECKING

from tests.fakes.whatsapp.node import Jid, Node, Value
from tests.fakes.whatsapp.protos import ClientPayload

if TYPE_CHECKING:
    from tests.fakes.whatsapp.connection import Connection

REPLACED = Node("stream:error", {}, [Node("conflict", {"type": "replaced"})])
DEVICE_REMOVED = Node("stream:error", {"code": "401"}, [Node("conflict", {"type": "device_removed"})])
RESTART = Node("stream:error", {"code": "515"})
"""Not an error at all: after pairing the server asks for a new connection, now as a linked device."""


def stream_error(code: str) -> Node:
    """The stanza that ends a stream for a numbered reason, such as 503."""
    return Node("stream:error", {"code": code})


async def log_in(connection: "Connection", payload: ClientPayload) -> None:
    """Let the device in, or send it away.

    A device is known by its Noise key. One that was unlinked meanwhile gets reason 401 and forgets its keys.
    """
    server = connection.server
    connection.state = "login"
    claimed = Jid(str(payload.username), "s.whatsapp.net", payload.device)
    device = server.directory.find_by_key(connection.noise_public)
    names = (claimed.user, str(claimed))
    if fault := server.faults.take("login-failure", *names):
        await refuse(connection, claimed, **{key: str(value) for key, value in fault.facts.items()})
        return
    if device is None or device.jid != claimed:
        await refuse(connection, claimed, reason="401", location="atn")
        return
    connection.device = device
    if fault := server.faults.take("lost-login", *names):
        connection.silent = True
        if fault.facts["mode"] == "login-drops":
            connection.drop()
        return
    for other in server.connections_of(device):
        if other is not connection:
            server.journal.add("replaced", jid=str(claimed), connection=other.number)
            await other.part(REPLACED)
    await _welcome(connection)


async def _welcome(connection: "Connection") -> None:
    device, server = connection.device, connection.server
    assert device is not None
    connection.state = "live"
    server.journal.add("login", jid=str(device.jid), connection=connection.number)
    now = server.clock()
    await connection.send(Node("success", {"t": now, "creation": now, "props": "27", "lid": device.lid}))
    await server.post.hand_over(connection)


async def refuse(connection: "Connection", claimed: Jid, **attrs: Value) -> None:
    """Send ``<failure/>``: reason 401 unlinked, 402 temporary ban, 403 main device gone, 405 client outdated, ..."""
    connection.server.journal.add("refused", jid=str(claimed), **attrs)
    await connection.part(Node("failure", attrs))
