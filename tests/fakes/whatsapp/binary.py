"""The binary XML of WhatsApp: nodes to bytes and back.

A node is a list of ``1 + 2 * attributes + (1 if it has content)`` values: tag, key, value, ..., content. Content is a
list of nodes or raw bytes. A value is a dictionary word, a packed number, a raw string or a JID. JIDs have their own
encodings and the client checks the type: a JID attribute sent as a string is ignored or refused.
"""

from functools import cache

from tests.fakes.whatsapp.node import Jid, Node, Value
from tests.fakes.whatsapp.tokens import load_tokens

_EMPTY, _LIST8, _LIST16 = 0, 248, 249
_PAGE0 = 236
_AD_JID, _JID, _HEX, _RAW8, _RAW20, _RAW32, _NIBBLE = 247, 250, 251, 252, 253, 254, 255
_AGENTS = {"s.whatsapp.net": 0, "lid": 1, "hosted": 128, "hosted.lid": 129}
_SERVERS = {agent: server for server, agent in _AGENTS.items()}
_ALPHABETS = {_NIBBLE: "0123456789-.\0\0\0\0", _HEX: "0123456789ABCDEF"}


class BinaryError(Exception):
    """The bytes are no node, or use an encoding this codec does not know."""


def encode(node: Node) -> bytes:
    """Return the bytes of *node*, without the flag byte that precedes a stanza on the wire."""
    parts = [_list(1 + 2 * len(node.attrs) + (node.content is not None)), _string(node.tag)]
    for key, value in node.attrs.items():
        parts += [_string(key), _jid(value) if isinstance(value, Jid) else _string(value)]
    if isinstance(node.content, bytes):
        parts.append(_raw(node.content))
    elif node.content is not None:
        parts += [_list(len(node.content)), *map(encode, node.content)]
    return b"".join(parts)


def decode(data: bytes) -> Node:
    """Return the node that *data* holds; raises BinaryError when it does not hold exactly one."""
    reader = _Reader(data)
    node = reader.node()
    if reader.position != len(data):
        raise BinaryError(f"{len(data) - reader.position} bytes after the node")
    return node


@cache
def _codes() -> dict[str, bytes]:
    tokens = load_tokens()
    codes = {
        word: bytes([_PAGE0 + page, code])
        for page, words in enumerate(tokens.pages)
        for code, word in enumerate(words)
    }
    codes |= {word: bytes([code]) for code, word in enumerate(tokens.single)}
    del codes[""]
    return codes


def _list(length: int) -> bytes:
    return bytes([_LIST8, length]) if length < 256 else bytes([_LIST16]) + length.to_bytes(2, "big")


def _raw(data: bytes) -> bytes:
    if len(data) < 1 << 8:
        return bytes([_RAW8, len(data)]) + data
    if len(data) < 1 << 20:
        return bytes([_RAW20]) + len(data).to_bytes(3, "big") + data
    return bytes([_RAW32]) + len(data).to_bytes(4, "big") + data


def _string(text: str) -> bytes:
    return _codes().get(text) or _raw(text.encode())


def _jid(jid: Jid) -> bytes:
    if jid.device:
        return bytes([_AD_JID, _AGENTS[jid.server], jid.device]) + _string(jid.user)
    user = _string(jid.user) if jid.user else bytes([_EMPTY])
    return bytes([_JID]) + user + _string(jid.server)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self.position = 0

    def node(self) -> Node:
        size = self._list_size(self._byte())
        if size is None or size == 0:
            raise BinaryError("a node must be a list with at least a tag")
        tag = self._text()
        attrs = {self._text(): self._value() for _ in range((size - 1) // 2)}
        return Node(tag, attrs, self._content() if size % 2 == 0 else None)

    def _content(self) -> bytes | list[Node]:
        code = self._byte()
        size = self._list_size(code)
        if size is not None:
            return [self.node() for _ in range(size)]
        if code in (_RAW8, _RAW20, _RAW32):
            return self._raw(code)
        return str(self._decode(code)).encode()

    def _text(self) -> str:
        value = self._value()
        if isinstance(value, Jid):
            raise BinaryError("a JID where a word was expected")
        return value

    def _value(self) -> Value:
        return self._decode(self._byte())

    def _decode(self, code: int) -> Value:
        tokens = load_tokens()
        if code == _EMPTY:
            return ""
        if code < len(tokens.single):
            return tokens.single[code]
        if code < _PAGE0 + len(tokens.pages):
            return tokens.pages[code - _PAGE0][self._byte()]
        if code in (_RAW8, _RAW20, _RAW32):
            return self._raw(code).decode()
        if code in _ALPHABETS:
            return self._packed(_ALPHABETS[code])
        return self._jid(code)

    def _jid(self, code: int) -> Jid:
        if code == _JID:
            return Jid(self._text(), self._text())
        if code != _AD_JID:
            raise BinaryError(f"unknown code {code} at {self.position - 1}")
        agent, device = self._byte(), self._byte()
        if agent not in _SERVERS:
            raise BinaryError(f"unknown agent {agent} of a device JID")
        return Jid(self._text(), _SERVERS[agent], device)

    def _packed(self, alphabet: str) -> str:
        head = self._byte()
        digits = "".join(alphabet[byte >> 4] + alphabet[byte & 15] for byte in self._take(head & 127))
        return digits[:-1] if head & 128 else digits

    def _raw(self, code: int) -> bytes:
        width = {_RAW8: 1, _RAW20: 3, _RAW32: 4}[code]
        return self._take(int.from_bytes(self._take(width), "big"))

    def _list_size(self, code: int) -> int | None:
        """The length of the list that *code* begins; None when it begins something else."""
        if code == _LIST8:
            return self._byte()
        if code == _LIST16:
            return int.from_bytes(self._take(2), "big")
        return None

    def _byte(self) -> int:
        return self._take(1)[0]

    def _take(self, length: int) -> bytes:
        end = self.position + length
        if end > len(self._data):
            raise BinaryError("the data ends within a node")
        taken = self._data[self.position : end]
        self.position = end
        return taken
