"""Receipts and typing notices on their way from one device to the others."""

from typing import TYPE_CHECKING

from tests.fakes.whatsapp.directory import Account
from tests.fakes.whatsapp.node import SERVER, Jid, Node, Value

if TYPE_CHECKING:
    from tests.fakes.whatsapp.server import Server

_TO_EVERYBODY = (None, "inactive", "read", "played")
"""Receipts for all devices of the message's author; the rest but ``retry`` is between a device and its own phone."""


async def pass_receipt(server: "Server", sender: Jid, receipt: Node) -> None:
    """Pass on what the device *sender* says about a message: to its author, in the addressing it came in.

    A retry goes to the one device that encrypted the message. That a message was read also concerns the reader's
    other devices.
    """
    kind, to = receipt.attrs.get("type"), receipt.attrs["to"]
    own = server.directory.find_account(sender)
    author = server.directory.find_account(to) if isinstance(to, Jid) else None
    if own is None or author is None or not isinstance(to, Jid) or kind not in (*_TO_EVERYBODY, "retry"):
        return
    facts = {"id": receipt.attrs["id"], "type": kind, "from": own.phone, "device": sender.device, "to": author.phone}
    server.journal.add("receipt", **facts)
    kept = {key: value for key, value in receipt.attrs.items() if key in ("id", "type", "recipient")}
    seen_as = sender if to.server == "lid" else Jid(own.phone, SERVER.server, sender.device)
    attrs: dict[str, Value] = {**kept, "from": seen_as, "t": server.clock()}
    if kind == "retry":
        await server.post.deliver(author, to.device, Node("receipt", attrs, receipt.content))
        return
    await _spread(server, author, Node("receipt", attrs, receipt.content), but=sender)
    if kind == "read":
        told = attrs | {"type": "read-self", "from": sender, "recipient": author.address()}
        await _spread(server, own, Node("receipt", told, receipt.content), but=sender)


async def pass_typing(server: "Server", sender: Jid, notice: Node) -> None:
    """Show ``composing`` or ``paused`` to those of the chat's devices that are connected."""
    to = notice.attrs["to"]
    own = server.directory.find_account(sender)
    chat = server.directory.find_account(to) if isinstance(to, Jid) else None
    if own is None or chat is None or not notice.children:
        return
    server.journal.add("typing", state=notice.children[0].tag, to=chat.phone, **{"from": own.phone})
    for number in chat.devices:
        await server.post.show(chat, number, Node("chatstate", {"from": own.address()}, notice.content))


async def _spread(server: "Server", account: Account, stanza: Node, but: Jid) -> None:
    for address in account.addresses():
        if address != but:
            await server.post.deliver(account, address.device, stanza)
