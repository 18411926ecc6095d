"""News of linked devices. Clients remember the devices of those they write to; these notices make them ask again."""

import itertools
from typing import TYPE_CHECKING

from tests.fakes.whatsapp.directory import Device
from tests.fakes.whatsapp.node import Node, Value

if TYPE_CHECKING:
    from tests.fakes.whatsapp.server import Server

_IDS = itertools.count(1)


async def announce(server: "Server", change: str, device: Device) -> None:
    """Tell of ``add`` or ``remove``: the other devices of the account and of everybody it has messages with.

    No client can confirm the hash we send, so it forgets what it remembered. Clients remember devices by LID.
    """
    account = device.account
    content = Node(change, {"device_hash": "2:unknown"}, [Node("device", {"jid": device.lid})])
    accounts = [account, *(server.directory.account(phone) for phone in sorted(account.contacts))]
    for told in accounts:
        for number in told.devices:
            if told.devices[number] is not device:
                attrs: dict[str, Value] = {"from": account.address(), "type": "devices"}
                attrs |= {"id": f"devices-{next(_IDS)}", "t": server.clock()}
                await server.post.deliver(told, number, Node("notification", attrs, [content]))
