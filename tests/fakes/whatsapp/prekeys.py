"""The key desk: linked devices leave public keys here, and whoever writes to a device first fetches some."""

from typing import TYPE_CHECKING

from tests.fakes.whatsapp.directory import Bundle, PreKey
from tests.fakes.whatsapp.node import Jid, Node

if TYPE_CHECKING:
    from tests.fakes.whatsapp.connection import Connection


def hand_out(connection: "Connection", question: Node) -> list[Node]:
    """What a device asks of us: how many keys of its own are left, or the keys of others."""
    asked = question.find("key")
    if asked is None:
        return [_count(connection)]
    post = connection.server.post
    users = [(user.attrs["jid"], user) for user in asked.children]
    found = [_user(jid, post.bundle_of(jid), connection.server.clock()) for jid, _ in users if isinstance(jid, Jid)]
    return [Node("list", {}, found)]


def take_in(connection: "Connection", question: Node) -> list[Node]:
    """Keep the keys a device brings."""
    device = connection.device
    if device is not None:
        device.pre_keys += [_pre_key(key) for key in question.get("list").children]
        device.companion.identity = question.get("identity").data
        device.companion.signed_pre_key = _pre_key(question.get("skey"))
    return []


def _count(connection: "Connection") -> Node:
    """How many one-time keys are left. A client that hears 0 makes 812 of them, one that hears a few makes 50."""
    device = connection.device
    return Node("count", {"value": str(max(1, len(device.pre_keys) if device else 0))})


def _pre_key(key: Node) -> PreKey:
    return PreKey(key.get("id").data, key.get("value").data, key.get("signature").data)


def _user(jid: Jid, bundle: Bundle | None, now: str) -> Node:
    if bundle is None:
        return Node("user", {"jid": jid}, [Node("error", {"code": "404", "text": "item-not-found"})])
    parts = {"registration": bundle.registration_id, "type": b"\x05", "identity": bundle.identity}
    content = [Node(tag, {}, data) for tag, data in parts.items()]
    if bundle.one_time is not None:
        content.append(Node("key", {}, _key(bundle.one_time)))
    signature = Node("signature", {}, bundle.signed.signature)
    return Node("user", {"jid": jid, "t": now}, [*content, Node("skey", {}, [*_key(bundle.signed), signature])])


def _key(key: PreKey) -> list[Node]:
    return [Node("id", {}, key.key_id), Node("value", {}, key.public)]
