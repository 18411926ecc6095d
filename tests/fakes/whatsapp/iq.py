"""The questions (``<iq type=get|set>``) a linked device asks, and the answers that keep it content.

One table: namespace and type to a function that returns the content of the answer. What is not in the table gets an
empty result, which is what most questions want.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.fakes.whatsapp import prekeys
from tests.fakes.whatsapp.directory import Device
from tests.fakes.whatsapp.node import Jid, Node, Value

if TYPE_CHECKING:
    from tests.fakes.whatsapp.connection import Connection

_PRIVACY = ("readreceipts", "last", "profile", "status", "online", "groupadd", "calladd")

Answerer = Callable[["Connection", Node], list[Node]]


async def answer(connection: "Connection", question: Node) -> None:
    """Answer one question."""
    namespace, kind = str(question.attrs.get("xmlns", "")), str(question.attrs["type"])
    answerer = _ANSWERS.get((namespace, kind))
    if answerer is not _keepalive:
        what = question.children[0].tag if question.children else ""
        connection.server.journal.add("iq", connection=connection.number, xmlns=namespace, type=kind, what=what)
    await connection.answer(question, answerer(connection, question) if answerer else None)


def _keepalive(_connection: "Connection", _question: Node) -> list[Node]:
    """The client asks every 20 to 30 s and worries after 10 s without an answer."""
    return []


def _active(connection: "Connection", question: Node) -> list[Node]:
    """The client is through with logging in: only after this answer does it say Connected."""
    if question.find("active"):
        connection.server.journal.add("active", jid=str(connection.device.jid) if connection.device else "")
    return []


def _privacy(_connection: "Connection", _question: Node) -> list[Node]:
    return [Node("privacy", {}, [Node("category", {"name": name, "value": "all"}) for name in _PRIVACY])]


def _users(connection: "Connection", question: Node) -> list[Node]:
    """``usync``: for each user asked about, the LID and the devices; or whether a number is on WhatsApp at all."""
    asked = question.get("usync")
    users = [_user(connection, user) for user in asked.get("list").children]
    if asked.get("query").find("contact") and connection.server.faults.take("no-contacts", *connection.names()):
        users = []
    return [Node("usync", asked.attrs, [Node("result", {}, [Node("devices")]), Node("list", {}, users)])]


def _user(connection: "Connection", user: Node) -> Node:
    contact, jid = user.get("contact").data, user.attrs.get("jid")
    number = contact.decode().removesuffix("@c.us")
    directory = connection.server.directory
    if isinstance(jid, Jid):
        address, account = jid, directory.find_account(jid)
    else:
        account = directory.find_typed(number.removeprefix("+"))
        address = Jid(account.phone if account else number.removeprefix("+"), "s.whatsapp.net")
    attrs: dict[str, Value] = {"jid": address}
    found = [Node("contact", {"type": "in" if account else "out"}, number.encode())] if contact else []
    if account is None:
        return Node("user", attrs, found)
    devices = [Node("device", {"id": "0"}), *(_device(device) for device in account.devices.values())]
    known = [Node("device-list", {}, devices), Node("key-index-list", {"ts": connection.server.clock()})]
    lid = Node("lid", {"val": Jid(account.lid, "lid")})
    return Node("user", attrs, [*found, lid, Node("devices", {}, known)])


def _device(device: Device) -> Node:
    return Node("device", {"id": str(device.number), "key-index": str(device.number)})


def _app_state(_connection: "Connection", question: Node) -> list[Node]:
    """The phone's settings: nothing there, nothing newer."""
    collections = [
        Node(
            "collection",
            {"name": asked.attrs["name"], "version": asked.attrs.get("version", "0"), "has_more_patches": "false"},
        )
        for asked in question.get("sync").children
    ]
    return [Node("sync", {}, collections)]


def _multi_device(connection: "Connection", question: Node) -> list[Node]:
    """Linking and unlinking, from the companion's side."""
    server = connection.server
    if question.find("remove-companion-device") and connection.device is not None:
        server.journal.add("logout", jid=str(connection.device.jid))
        server.directory.unlink(connection.device)
    link = question.find("link_code_companion_reg")
    if link is None or connection.candidate is None:
        return []
    if link.attrs["stage"] == "companion_hello":
        return [server.codes.companion_hello(connection.candidate, link)]
    server.codes.companion_finish(link)
    return []


_ANSWERS: dict[tuple[str, str], Answerer] = {
    ("w:p", "get"): _keepalive,
    ("encrypt", "get"): prekeys.hand_out,
    ("encrypt", "set"): prekeys.take_in,
    ("passive", "set"): _active,
    ("privacy", "get"): _privacy,
    ("usync", "get"): _users,
    ("w:sync:app:state", "set"): _app_state,
    ("md", "set"): _multi_device,
}
