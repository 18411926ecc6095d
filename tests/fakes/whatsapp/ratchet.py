"""Signal's double ratchet: every message has a key of its own, and old keys cannot be computed from new ones.

A chain yields one message key after the other. Each side sends on a chain of its own; whoever answers begins a new
chain with a new key pair, and both roots move on. ``signal`` says how a conversation begins and what messages look
like. Nothing here changes in place: a ratchet that met a forged message is simply not kept.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tests.fakes.whatsapp.keys import KeyPair
from tests.fakes.whatsapp.noise import hkdf

_NO_SALT = bytes(32)
_MOST_SKIPPED = 2000  # per message; a peer that claims more is lying
_MOST_CHAINS = 5  # of the peer's, kept for messages that come late


class InvalidMessageError(Exception):
    """The message was not made by this session's peer, was changed on its way, or was opened before."""


@dataclass(frozen=True)
class MessageKeys:
    """What seals one message: AES key, MAC key, initialisation vector."""

    cipher: bytes
    mac: bytes
    iv: bytes


@dataclass(frozen=True)
class Header:
    """Where a message belongs: the sender's ratchet key, its number on that chain, the length of the chain before."""

    ratchet_key: bytes
    counter: int
    previous: int = 0


@dataclass(frozen=True)
class Chain:
    """A chain and how many message keys it has yielded."""

    key: bytes
    index: int = 0

    def step(self) -> tuple[MessageKeys, "Chain"]:
        """The next message's keys, and the chain after it."""
        seed = hmac.digest(self.key, b"\x01", hashlib.sha256)
        keys = hkdf(seed, _NO_SALT, b"WhisperMessageKeys", 80)
        following = Chain(hmac.digest(self.key, b"\x02", hashlib.sha256), self.index + 1)
        return MessageKeys(keys[:32], keys[32:64], keys[64:]), following


@dataclass(frozen=True)
class Ratchet:
    """One side of a conversation."""

    root: bytes
    own: KeyPair
    sending: Chain
    previous: int = 0
    receiving: Mapping[bytes, Chain] = field(default_factory=dict)
    skipped: Mapping[tuple[bytes, int], MessageKeys] = field(default_factory=dict)

    @classmethod
    def initiator(cls, secret: bytes, their_key: bytes) -> "Ratchet":
        """The side that writes first: *their_key* is the signed pre-key of the other."""
        root, chain = _begin(secret)
        own = KeyPair()
        root, sending = _turn(root, own.exchange(their_key))
        return cls(root, own, sending, receiving={their_key: chain})

    @classmethod
    def responder(cls, secret: bytes, own: KeyPair) -> "Ratchet":
        """The side that is written to; *own* is its signed pre-key."""
        root, chain = _begin(secret)
        return cls(root, own, chain)

    def next_to_send(self) -> tuple[Header, MessageKeys, "Ratchet"]:
        """Header and keys of the next message, and the ratchet after it."""
        keys, chain = self.sending.step()
        header = Header(self.own.public, self.sending.index, self.previous)
        return header, keys, replace(self, sending=chain)

    def keys_for(self, header: Header) -> tuple[MessageKeys, "Ratchet"]:
        """The keys of a received message, and the ratchet after it; raises InvalidMessageError for an old one."""
        place = (header.ratchet_key, header.counter)
        if place in self.skipped:
            left = {key: keys for key, keys in self.skipped.items() if key != place}
            return self.skipped[place], replace(self, skipped=left)
        ratchet = self if header.ratchet_key in self.receiving else self._turned(header.ratchet_key)
        return ratchet._advanced(header)

    def _advanced(self, header: Header) -> tuple[MessageKeys, "Ratchet"]:
        chain, skipped = self.receiving[header.ratchet_key], dict(self.skipped)
        if not 0 <= header.counter - chain.index <= _MOST_SKIPPED:
            raise InvalidMessageError(f"message {header.counter} of a chain that is at {chain.index}")
        while chain.index < header.counter:
            number = chain.index
            skipped[header.ratchet_key, number], chain = chain.step()
        keys, chain = chain.step()
        receiving = {**self.receiving, header.ratchet_key: chain}
        return keys, replace(self, receiving=receiving, skipped=skipped)

    def _turned(self, their_key: bytes) -> "Ratchet":
        """The peer has answered with a new key: a new chain of theirs, then a new one of ours."""
        root, received = _turn(self.root, self.own.exchange(their_key))
        own = KeyPair()
        root, sending = _turn(root, own.exchange(their_key))
        chains = [*self.receiving.items(), (their_key, received)][-_MOST_CHAINS:]
        return replace(self, root=root, own=own, sending=sending, previous=self.sending.index, receiving=dict(chains))


def _begin(secret: bytes) -> tuple[bytes, Chain]:
    both = hkdf(secret, _NO_SALT, b"WhisperText", 64)
    return both[:32], Chain(both[32:])


def _turn(root: bytes, secret: bytes) -> tuple[bytes, Chain]:
    both = hkdf(secret, root, b"WhisperRatchet", 64)
    return both[:32], Chain(both[32:])
