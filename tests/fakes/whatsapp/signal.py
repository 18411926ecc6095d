"""Signal's end-to-end encryption, version 3, for the phones the fake plays: X3DH, then the double ratchet.

A conversation is between two *devices*. Whoever writes first fetches the other's bundle of public keys, agrees on a
secret with it although the other is away (X3DH), and says in its first messages (``pkmsg``) how it did so. Once an
answer has come, messages are short (``msg``).
"""

import secrets
from dataclasses import dataclass, replace
from typing import NamedTuple

from tests.fakes.whatsapp.directory import Bundle, PreKey
from tests.fakes.whatsapp.envelope import PreKeyEnvelope, header_of, seal, serialise_key, unseal
from tests.fakes.whatsapp.keys import KeyPair
from tests.fakes.whatsapp.node import Jid
from tests.fakes.whatsapp.ratchet import InvalidMessageError, Ratchet

_DISCONTINUITY = b"\xff" * 32
_SIGNED_ID = 1
_MOST_SESSIONS = 5  # per peer: both may have written first, or one may have lost its keys


class Sealed(NamedTuple):
    """An encrypted message: its kind, ``pkmsg`` or ``msg``, and its bytes."""

    kind: str
    data: bytes


@dataclass(frozen=True)
class Introduction:
    """What a ``pkmsg`` says besides its ``msg``, until the peer has answered."""

    signed_id: int
    one_time_id: int | None


@dataclass(frozen=True)
class Session:
    """One conversation with one device.

    Attributes:
        base_key: the key that began it; a second ``pkmsg`` with the same one belongs to the same conversation.
        introduction: set on the side that wrote first, until it has heard from the other.
    """

    ratchet: Ratchet
    identity: bytes
    base_key: bytes
    introduction: Introduction | None = None


class Party:
    """One device's keys and conversations; peers are named by their device JIDs."""

    def __init__(self, identity: KeyPair) -> None:
        self.identity = identity
        self.registration_id = secrets.randbelow(16380) + 1
        self._signed = KeyPair()
        self._sessions: dict[Jid, list[Session]] = {}

    def bundle(self) -> Bundle:
        """The public keys others need to write first; without a one-time key, which Signal permits."""
        signature = self.identity.sign(serialise_key(self._signed.public))
        signed = PreKey(_SIGNED_ID.to_bytes(3, "big"), self._signed.public, signature)
        return Bundle(self.registration_id.to_bytes(4, "big"), self.identity.public, signed)

    def knows(self, peer: Jid) -> bool:
        return bool(self._sessions.get(peer))

    def forget(self, peer: Jid) -> None:
        self._sessions.pop(peer, None)

    def begin(self, peer: Jid, bundle: Bundle) -> None:
        """Begin a conversation with the *peer* whose public keys are in *bundle*."""
        base = KeyPair()
        secret = _DISCONTINUITY + self.identity.exchange(bundle.signed.public)
        secret += base.exchange(bundle.identity) + base.exchange(bundle.signed.public)
        one_time_id = None
        if bundle.one_time is not None:
            secret += base.exchange(bundle.one_time.public)
            one_time_id = int.from_bytes(bundle.one_time.key_id, "big")
        introduction = Introduction(int.from_bytes(bundle.signed.key_id, "big"), one_time_id)
        ratchet = Ratchet.initiator(secret, bundle.signed.public)
        self._keep(peer, Session(ratchet, bundle.identity, base.public, introduction))

    def encrypt(self, peer: Jid, plain: bytes) -> Sealed:
        """Seal *plain* for a *peer* with whom there is a conversation."""
        session = self._sessions[peer][0]
        header, keys, ratchet = session.ratchet.next_to_send()
        self._sessions[peer][0] = replace(session, ratchet=ratchet)
        message = seal(header, keys, plain, serialise_key(self.identity.public) + serialise_key(session.identity))
        if session.introduction is None:
            return Sealed("msg", message)
        envelope = PreKeyEnvelope(
            registration_id=self.registration_id,
            one_time_id=session.introduction.one_time_id,
            signed_id=session.introduction.signed_id,
            base_key=session.base_key,
            identity=self.identity.public,
            message=message,
        )
        return Sealed("pkmsg", envelope.pack())

    def decrypt(self, peer: Jid, sealed: Sealed) -> bytes:
        """Open what *peer* sent; raises InvalidMessageError, and nothing has changed then."""
        if sealed.kind == "msg":
            return self._open(peer, sealed.data, self._sessions.get(peer, []))
        envelope = PreKeyEnvelope.unpack(sealed.data)
        known = [one for one in self._sessions.get(peer, []) if one.base_key == envelope.base_key]
        return self._open(peer, envelope.message, known or [self._accepted(envelope)])

    def _accepted(self, envelope: PreKeyEnvelope) -> Session:
        """The other half of a conversation that the peer has begun."""
        if envelope.signed_id != _SIGNED_ID or envelope.one_time_id is not None:
            raise InvalidMessageError("made with keys this device never had")
        secret = _DISCONTINUITY + self._signed.exchange(envelope.identity)
        secret += self.identity.exchange(envelope.base_key) + self._signed.exchange(envelope.base_key)
        return Session(Ratchet.responder(secret, self._signed), envelope.identity, envelope.base_key)

    def _open(self, peer: Jid, message: bytes, sessions: list[Session]) -> bytes:
        """Open *message* with the first of *sessions* that can; that one is the current one from now on."""
        header = header_of(message)
        failure = InvalidMessageError("no conversation with this device")
        for session in sessions:
            parties = serialise_key(session.identity) + serialise_key(self.identity.public)
            try:
                keys, ratchet = session.ratchet.keys_for(header)
                plain = unseal(keys, message, parties)
            except InvalidMessageError as error:
                failure = error
                continue
            self._keep(peer, replace(session, ratchet=ratchet, introduction=None))
            return plain
        raise failure

    def _keep(self, peer: Jid, session: Session) -> None:
        others = [one for one in self._sessions.get(peer, []) if one.base_key != session.base_key]
        self._sessions[peer] = [session, *others][:_MOST_SESSIONS]
