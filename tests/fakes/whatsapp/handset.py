"""A phone as a device that writes and reads messages; device 0 of its account.

It encrypts for every device of both accounts, as a real one does, so linked clients see what their owner writes on
the phone. It confirms what it receives, asks again for what it cannot decrypt, and keeps a log.
"""

import os
from typing import TYPE_CHECKING

from tests.fakes.whatsapp.contents import (
    Entry,
    for_own_device,
    pack,
    reaction_message,
    text_message,
    timer_message,
    unpack,
    voice_message,
)
from tests.fakes.whatsapp.directory import Account
from tests.fakes.whatsapp.media import seal
from tests.fakes.whatsapp.node import Jid, Node, Value
from tests.fakes.whatsapp.protos import Message
from tests.fakes.whatsapp.ratchet import InvalidMessageError
from tests.fakes.whatsapp.receipts import pass_receipt, pass_typing
from tests.fakes.whatsapp.signal import Party, Sealed

if TYPE_CHECKING:
    from tests.fakes.whatsapp.server import Server

_MOST_RETRIES = 5


class MessagingError(Exception):
    """The phone cannot do that; ``reason`` is a slug for tests."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Handset:
    """The phone of one account.

    Attributes:
        party: its keys and conversations.
        log: what it has sent and received, by id, oldest first; also what linked devices sent in its name.
        addressing: how receivers see what it sends, unless told otherwise; one of ``relay.ADDRESSINGS``.
    """

    def __init__(self, server: "Server", account: Account) -> None:
        self._server = server
        self._account = account
        self._address = account.address()
        self._missed: list[Node] | None = None
        self._asked: dict[str, int] = {}
        self._addressings: dict[str, str] = {}
        self.party = Party(account.identity)
        self.log: dict[str, Entry] = {}
        self.addressing = "lid"

    async def switch(self, on: bool) -> None:
        """Switch the phone on or off; on, it takes what it missed."""
        missed, self._missed = self._missed, None if on else (self._missed or [])
        for stanza in missed or [] if on else []:
            await self.take(stanza)

    async def write(
        self,
        to: Account,
        text: str,
        quoted: str | None = None,
        message_id: str = "",
        addressing: str = "",
        expiration: int | None = None,
    ) -> Entry:
        """Send a text; *quoted* is the id of a message it answers. Raises MessagingError."""
        answered = self.entry(quoted) if quoted else None
        author = self._server.directory.account(answered.sender).address() if answered else None
        return await self._send(to, text_message(text, answered, author, expiration), message_id, addressing)

    async def speak(self, to: Account, voice: bytes, seconds: int) -> Entry:
        """Send a voice message: upload it, and tell where it lies. Raises MessagingError."""
        note = seal(voice)
        self._server.media.put(note)
        return await self._send(to, voice_message(note, seconds))

    async def set_timer(self, to: Account, seconds: int) -> Entry:
        """Let the messages of a chat disappear after so many seconds, with 0 never. Raises MessagingError."""
        return await self._send(to, timer_message(seconds))

    async def react(self, message_id: str, emoji: str) -> Entry:
        """Put an emoji on a message, or take it back with an empty one. Raises MessagingError ``unknown-message``."""
        entry = self.entry(message_id)
        chat = self._chat(entry)
        return await self._send(chat, reaction_message(emoji, entry, chat.address(), self._is_own(entry)))

    async def read(self, message_ids: list[str]) -> None:
        """Open a chat: everything in *message_ids* is read. Raises MessagingError ``unknown-message``."""
        entries = [self.entry(message_id) for message_id in message_ids]
        for sender in {entry.sender for entry in entries}:
            ids = [entry.message_id for entry in entries if entry.sender == sender]
            items = [Node("item", {"id": message_id}) for message_id in ids[1:]]
            to = self._server.directory.account(sender).address()
            content = [Node("list", {}, items)] if items else None
            receipt = Node("receipt", {"id": ids[0], "type": "read", "to": to}, content)
            self._mark(receipt)
            await pass_receipt(self._server, self._address, receipt)

    async def typing(self, to: Account, state: str) -> None:
        """Show ``composing`` or ``paused`` to the other side."""
        await pass_typing(self._server, self._address, Node("chatstate", {"to": to.address()}, [Node(state)]))

    def entry(self, message_id: str) -> Entry:
        """The message in this phone's log; raises MessagingError ``unknown-message``."""
        if message_id not in self.log:
            raise MessagingError("unknown-message")
        return self.log[message_id]

    async def take(self, stanza: Node) -> None:
        """Take what the server delivers."""
        if self._missed is not None:
            self._missed.append(stanza)
        elif stanza.tag == "message":
            await self._receive(stanza)
        elif stanza.attrs.get("type") == "retry":
            await self._send_again(stanza)
        else:
            self._mark(stanza)

    async def _send(self, to: Account, content: Message, message_id: str = "", addressing: str = "") -> Entry:
        if not to.on_whatsapp:
            raise MessagingError("not-on-whatsapp")
        if self._missed is not None:
            raise MessagingError("phone-off")
        message_id = message_id or os.urandom(16).hex().upper()
        entry = Entry.of(message_id, self._account.phone, to.phone, 0, content)
        self.log.setdefault(message_id, entry)
        self._addressings[message_id] = addressing or self.addressing
        twice = self._server.faults.take("duplicate", to.phone, self._account.phone)
        for _ in range(2 if twice else 1):
            others = {*to.addresses(), *self._account.addresses()} - {self._address}
            await self._carry(entry, sorted(others, key=str))
        return entry

    async def _carry(self, entry: Entry, addresses: list[Jid], count: str = "") -> None:
        chat = self._chat(entry)
        again: dict[str, Value] = {"count": count} if count else {}
        copies = [
            Node("to", {"jid": address}, [self._sealed(entry, chat, address, again)])
            for address in addresses
            if self._meet(address)
        ]
        kind = "reaction" if entry.kind == "reaction" else "text"
        attrs: dict[str, Value] = {"id": entry.message_id, "type": kind, "to": chat.address()}
        message = Node("message", attrs, [Node("participants", {}, copies)])
        await self._server.relay.carry(self._address, message, self._addressings[entry.message_id])

    def _meet(self, address: Jid) -> bool:
        """Whether there is a conversation with the device, begun now if need be."""
        if not self.party.knows(address):
            bundle = self._server.post.bundle_of(address)
            if bundle is None:
                return False
            self.party.begin(address, bundle)
        return True

    def _sealed(self, entry: Entry, chat: Account, address: Jid, again: dict[str, Value]) -> Node:
        own = address.user == self._address.user
        content = for_own_device(entry.content, chat.address()) if own else entry.content
        kind, data = self.party.encrypt(address, pack(content))
        return Node("enc", {"v": "2", "type": kind, **again}, data)

    async def _send_again(self, receipt: Node) -> None:
        """A device could not decrypt a message: begin anew with it and send the message once more."""
        entry, device = self.log.get(str(receipt.attrs["id"])), self._device(receipt)
        if entry is not None and self._is_own(entry) and entry.device == 0:
            self.party.forget(device)
            await self._carry(entry, [device], str(receipt.get("retry").attrs["count"]))

    async def _receive(self, stanza: Node) -> None:
        sealed, device, message_id = stanza.get("enc"), self._device(stanza), str(stanza.attrs["id"])
        try:
            plain = self.party.decrypt(device, Sealed(str(sealed.attrs["type"]), sealed.data))
        except InvalidMessageError as error:
            self._server.journal.add("undecryptable", phone=self._account.phone, id=message_id, error=str(error))
            await self._ask_again(stanza)
            return
        directory = self._server.directory
        sender, chat = directory.find_account(device), stanza.attrs.get("recipient")
        receiver = directory.find_account(chat) if isinstance(chat, Jid) else self._account
        if sender is None or receiver is None:
            return
        entry = Entry.of(message_id, sender.phone, receiver.phone, device.device, unpack(plain))
        self.log.setdefault(message_id, entry)
        if sender is not self._account:
            delivered = Node("receipt", {"id": message_id, "to": stanza.attrs["from"]})
            self._mark(delivered)
            await pass_receipt(self._server, self._address, delivered)

    async def _ask_again(self, stanza: Node) -> None:
        message_id = str(stanza.attrs["id"])
        self._asked[message_id] = count = self._asked.get(message_id, 0) + 1
        if count >= _MOST_RETRIES:
            return
        retry: dict[str, Value] = {"count": str(count), "id": message_id, "t": stanza.attrs["t"], "v": "1"}
        number = Node("registration", {}, self.party.registration_id.to_bytes(4, "big"))
        kept = {key: stanza.attrs[key] for key in ("recipient",) if key in stanza.attrs}
        attrs: dict[str, Value] = {"id": message_id, "type": "retry", "to": stanza.attrs["from"], **kept}
        receipt = Node("receipt", attrs, [Node("retry", retry), number])
        await pass_receipt(self._server, self._address, receipt)

    def _mark(self, receipt: Node) -> None:
        """Note that messages were delivered or read, by the other side or by ourselves."""
        ids = [receipt.attrs["id"], *(item.attrs["id"] for item in receipt.get("list").children)]
        now = self._server.now()
        for entry in (self.log[str(one)] for one in ids if str(one) in self.log):
            entry.delivered_at = entry.delivered_at or now
            if receipt.attrs.get("type") in ("read", "read-self"):
                entry.read_at = entry.read_at or now

    def _device(self, stanza: Node) -> Jid:
        """The LID of the device that *stanza* comes from, however it is addressed."""
        sender = stanza.attrs["from"]
        assert isinstance(sender, Jid)
        account = self._server.directory.find_account(sender)
        return account.address(sender.device) if account else sender

    def _chat(self, entry: Entry) -> Account:
        """The other side."""
        return self._server.directory.account(entry.receiver if self._is_own(entry) else entry.sender)

    def _is_own(self, entry: Entry) -> bool:
        return entry.sender == self._account.phone
