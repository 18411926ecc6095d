"""The post office: knows where each device is, hands stanzas over, keeps what it could not hand over.

Devices are named by their LIDs; 0 is the phone, played by a ``handset``, the others are linked clients.
"""

from typing import TYPE_CHECKING

from tests.fakes.whatsapp.directory import Account, Bundle
from tests.fakes.whatsapp.handset import Handset
from tests.fakes.whatsapp.node import SERVER, Jid, Node

if TYPE_CHECKING:
    from tests.fakes.whatsapp.connection import Connection
    from tests.fakes.whatsapp.server import Server


class Post:
    """Delivery to every device of every account."""

    def __init__(self, server: "Server") -> None:
        self._server = server
        self._handsets: dict[str, Handset] = {}

    def handset(self, account: Account) -> Handset:
        """The phone of *account*, as a device that sends and receives."""
        if account.phone not in self._handsets:
            self._handsets[account.phone] = Handset(self._server, account)
        return self._handsets[account.phone]

    def bundle_of(self, jid: Jid) -> Bundle | None:
        """The public keys of the device at *jid*; None when there is no such device."""
        account = self._server.directory.find_account(jid)
        if account is None:
            return None
        if jid.device == 0:
            return self.handset(account).party.bundle()
        device = account.devices.get(jid.device)
        return device.take_bundle() if device else None

    async def deliver(self, account: Account, number: int, stanza: Node) -> None:
        """Hand a stanza to one device; a linked one that is away gets it at its next login."""
        if number == 0:
            await self.handset(account).take(stanza)
        elif number in account.devices:
            account.devices[number].mailbox.put(stanza)
            await self.show(account, number, stanza)

    async def show(self, account: Account, number: int, stanza: Node) -> None:
        """Send a stanza to a linked device if it is connected right now."""
        for connection in self._server.connections_of(account.devices[number]):
            if connection.state == "live":
                await connection.send(stanza)

    async def hand_over(self, connection: "Connection") -> None:
        """Send a device that has just logged in what it missed, between an announcement and a count."""
        assert connection.device is not None
        waiting = connection.device.mailbox.waiting()
        count = str(len(waiting))
        if waiting:
            tags = [stanza.tag for stanza in waiting]
            kinds = {kind: str(tags.count(kind)) for kind in ("message", "receipt", "notification")}
            announced = Node("offline_preview", {"count": count, "appdata": "0", **kinds})
            await connection.send(Node("ib", {"from": SERVER}, [announced]))
        for stanza in waiting:
            await connection.send(stanza)
        await connection.send(Node("ib", {"from": SERVER}, [Node("offline", {"count": count})]))
