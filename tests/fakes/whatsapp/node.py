"""Stanzas and addresses, as values. ``binary`` turns them into bytes and back.

WhatsApp's protocol is XMPP in disguise: a stanza is an element with attributes and either child elements or bytes.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Jid:
    """An address: ``user@server``, or ``user:device@server`` for one linked device of a user."""

    user: str
    server: str
    device: int = 0

    def __str__(self) -> str:
        device = f":{self.device}" if self.device else ""
        return f"{self.user}{device}@{self.server}" if self.user else self.server

    @classmethod
    def parse(cls, text: str) -> "Jid":
        user, _, server = text.rpartition("@")
        name, _, device = user.partition(":")
        return cls(name, server, int(device or 0))


SERVER = Jid("", "s.whatsapp.net")
"""The server itself, as sender or addressee of a stanza."""

Value = str | Jid


@dataclass(frozen=True)
class Node:
    """One element: tag, attributes (strings or JIDs), and either bytes, child nodes, or nothing."""

    tag: str
    attrs: dict[str, Value] = field(default_factory=dict)
    content: "bytes | list[Node] | None" = None

    @property
    def children(self) -> list["Node"]:
        return self.content if isinstance(self.content, list) else []

    @property
    def data(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else b""

    def find(self, tag: str) -> "Node | None":
        """The first child called *tag*."""
        return next((child for child in self.children if child.tag == tag), None)

    def get(self, *path: str) -> "Node":
        """The node at *path* below this one; an empty node when there is none."""
        node = self
        for tag in path:
            node = node.find(tag) or Node("")
        return node

    def __str__(self) -> str:
        attrs = "".join(f" {key}={value}" for key, value in self.attrs.items())
        inner = f"{len(self.data)} bytes" if self.data else "".join(str(child) for child in self.children)
        return f"<{self.tag}{attrs}>{inner}</{self.tag}>" if inner else f"<{self.tag}{attrs}/>"
