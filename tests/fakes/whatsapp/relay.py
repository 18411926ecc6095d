"""How messages travel: the server acknowledges, copies and keeps; it cannot read them.

::

    client -> server    message: one encrypted copy per device of the chat, and of the sender
    server -> client    ack: taken; only now the sender's call returns. With error=NNN: refused
    server -> devices   message: each gets its copy, at once or at its next login
    device -> server    ack, receipt: confirmed, so it is not sent again
    server -> sender    receipt: delivered, read, or retry (it could not be decrypted)
"""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.fakes.whatsapp.directory import Account
from tests.fakes.whatsapp.node import SERVER, Jid, Node, Value
from tests.fakes.whatsapp.receipts import pass_receipt, pass_typing

if TYPE_CHECKING:
    from tests.fakes.whatsapp.connection import Connection
    from tests.fakes.whatsapp.server import Server

BY_LID, BY_NUMBER, HIDDEN = "lid", "pn", "hidden"
ADDRESSINGS = (BY_LID, BY_NUMBER, HIDDEN)
"""How receivers see a sender: by LID with its number beside, by number with its LID beside, by LID alone."""


class Relay:
    """Takes what devices send and sees to it."""

    def __init__(self, server: "Server") -> None:
        self._server = server
        self._late: set[asyncio.Task[None]] = set()

    async def receive(self, connection: "Connection", stanza: Node) -> None:
        """Take a stanza of a linked device; one that is none of these has no consequences."""
        device = connection.device
        if device is None:
            return
        match stanza.tag:
            case "message":
                await self._message(connection, device.lid, stanza)
            case "receipt":
                await connection.send(_ack(stanza))
                device.mailbox.confirm("message", str(stanza.attrs["id"]))
                await pass_receipt(self._server, device.lid, stanza)
            case "ack":
                kind = stanza.attrs.get("type")
                device.mailbox.confirm(
                    str(stanza.attrs["class"]), str(stanza.attrs["id"]), str(kind) if kind else None
                )
            case "chatstate":
                await pass_typing(self._server, device.lid, stanza)
            case _:
                self._server.journal.add("stanza", connection=connection.number, tag=stanza.tag)

    async def _message(self, connection: "Connection", sender: Jid, stanza: Node) -> None:
        faults, names = self._server.faults, connection.names()
        ack = _ack(stanza, t=self._server.clock())
        if fault := faults.take("ack-error", *names):
            await connection.send(_ack(stanza, t=self._server.clock(), error=str(fault.facts["error"])))
            return
        if fault := faults.take("no-ack", *names):
            if fault.facts.get("lost"):
                return
        elif fault := faults.take("slow-ack", *names):
            self._send_late(connection, ack, float(fault.facts["delay"]))
        else:
            await connection.send(ack)
        to = stanza.attrs["to"]
        await self.carry(sender, stanza, BY_LID if isinstance(to, Jid) and to.server == "lid" else BY_NUMBER)

    async def carry(self, sender: Jid, stanza: Node, addressing: str) -> None:
        """Give every device its copy of a message that the device *sender* (a LID) has encrypted."""
        find = self._server.directory.find_account
        to = stanza.attrs["to"]
        own, chat = find(sender), find(to) if isinstance(to, Jid) else None
        if own is None or chat is None:
            return
        own.contacts.add(chat.phone)
        chat.contacts.add(own.phone)
        self._server.journal.add(
            "message", id=stanza.attrs["id"], to=chat.phone, device=sender.device, **{"from": own.phone}
        )
        named = {key: stanza.attrs[key] for key in ("id", "type")} | {"t": self._server.clock()}
        identity = [child for child in stanza.children if child.tag == "device-identity"]
        own_first = sorted(_copies(stanza), key=lambda part: find(part[0]) is not own)  # receipts must find it there
        for address, sealed in own_first:
            if receiver := find(address):
                attrs = named | _sender(own, sender, addressing, chat if receiver is own else None)
                content = [self._spoilt(receiver, address, sealed), *identity]
                await self._server.post.deliver(receiver, address.device, Node("message", attrs, content))

    def _spoilt(self, receiver: Account, address: Jid, sealed: Node) -> Node:
        """The encrypted copy; a fault may change its last byte on the way.

        Scoped by a number it strikes linked devices, and the phone of somebody who has none.
        """
        jid = str(Jid(receiver.phone, SERVER.server, address.device))
        names = (jid,) if address.device == 0 and receiver.devices else (jid, receiver.phone)
        if not self._server.faults.take("undecryptable", *names):
            return sealed
        return Node(sealed.tag, sealed.attrs, sealed.data[:-1] + bytes([sealed.data[-1] ^ 1]))

    def _send_late(self, connection: "Connection", stanza: Node, delay: float) -> None:
        async def send() -> None:
            await asyncio.sleep(delay)
            await connection.send(stanza)

        task = asyncio.create_task(send())
        self._late.add(task)
        task.add_done_callback(self._late.discard)


def _ack(stanza: Node, **more: Value) -> Node:
    attrs: dict[str, Value] = {"class": stanza.tag, "id": stanza.attrs["id"], "from": stanza.attrs["to"]}
    if stanza.tag != "message" and "type" in stanza.attrs:
        attrs["type"] = stanza.attrs["type"]
    return Node("ack", attrs | more)


def _copies(stanza: Node) -> Iterator[tuple[Jid, Node]]:
    """The encrypted copies by device; one that is sent again goes to one device, without a list."""
    for part in stanza.get("participants").children or [stanza]:
        address, sealed = part.attrs["jid" if part.tag == "to" else "to"], part.find("enc")
        if isinstance(address, Jid) and sealed is not None:
            yield address, sealed


def _sender(own: Account, sender: Jid, addressing: str, chat: Account | None) -> dict[str, Value]:
    """Who sent it; and to whom, for the sender's own other devices: those are given the *chat*."""
    number = Jid(own.phone, SERVER.server, sender.device)
    by_number = addressing == BY_NUMBER
    attrs: dict[str, Value] = {"from": number if by_number else sender, "notify": own.push_name}
    attrs["addressing_mode"] = BY_NUMBER if by_number else BY_LID
    if chat is not None:
        chat_number = Jid(chat.phone, SERVER.server)
        if by_number:
            return attrs | {"recipient": chat_number, "peer_recipient_lid": chat.address()}
        return (
            attrs
            | {"recipient": chat.address()}
            | ({} if addressing == HIDDEN else {"peer_recipient_pn": chat_number})
        )
    if by_number:
        return attrs | {"sender_lid": sender}
    return attrs if addressing == HIDDEN else attrs | {"sender_pn": number}
