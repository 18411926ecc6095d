"""The handshake, against a small client written from the same description."""

import pytest
from cryptography.exceptions import InvalidTag

from tests.fakes.whatsapp.keys import KeyPair, certify
from tests.fakes.whatsapp.noise import Cipher, HandshakeError, Responder, SymmetricState
from tests.fakes.whatsapp.protos import CertChain, HandshakeMessage


class Initiator:
    """The client's side."""

    def __init__(self) -> None:
        self.static, self._ephemeral, self._state = KeyPair(), KeyPair(), SymmetricState()

    def hello(self) -> bytes:
        self._state.mix_hash(self._ephemeral.public)
        message = HandshakeMessage(clientHello=HandshakeMessage.ClientHello(ephemeral=self._ephemeral.public))
        return bytes(message.SerializeToString())

    def finish(self, server_hello: bytes, payload: bytes) -> tuple[bytes, bytes, bytes]:
        """Return our last message, and the server's static key and certificates."""
        message = HandshakeMessage()
        message.ParseFromString(server_hello)
        hello, state = message.serverHello, self._state
        state.mix_hash(hello.ephemeral)
        state.mix_key(self._ephemeral.exchange(hello.ephemeral))
        server_static = state.open(hello.static)
        state.mix_key(self._ephemeral.exchange(server_static))
        certificates = state.open(hello.payload)
        sealed_static = state.seal(self.static.public)
        state.mix_key(self.static.exchange(hello.ephemeral))
        finish = HandshakeMessage.ClientFinish(static=sealed_static, payload=state.seal(payload))
        return HandshakeMessage(clientFinish=finish).SerializeToString(), server_static, certificates

    def ciphers(self) -> tuple[Cipher, Cipher]:
        return self._state.split()


def test_both_sides_agree_on_keys_and_learn_each_other() -> None:
    static = KeyPair()
    responder, initiator = Responder(static, certify(static.public)), Initiator()
    finish, server_static, certificates = initiator.finish(responder.hello(initiator.hello()), b"who I am")
    client_static, payload, receiving, sending = responder.finish(finish)
    outgoing, incoming = initiator.ciphers()

    assert (client_static, payload) == (initiator.static.public, b"who I am")
    assert server_static == static.public
    chain = CertChain()
    chain.ParseFromString(certificates)
    leaf = CertChain.NoiseCertificate.Details()
    leaf.ParseFromString(chain.leaf.details)
    assert leaf.key == static.public
    for number in range(3):
        text = f"message {number}".encode()
        assert receiving.decrypt(outgoing.encrypt(text)) == text
        assert incoming.decrypt(sending.encrypt(text)) == text


def test_a_tampered_last_message_is_refused() -> None:
    responder, initiator = Responder(KeyPair(), b"certificates"), Initiator()
    finish, _, _ = initiator.finish(responder.hello(initiator.hello()), b"payload")
    with pytest.raises(HandshakeError):
        responder.finish(finish[:-1] + bytes([finish[-1] ^ 1]))


def test_a_message_cannot_be_replayed() -> None:
    sender, receiver = Cipher(bytes(32)), Cipher(bytes(32))
    sealed = sender.encrypt(b"once")
    receiver.decrypt(sealed)
    with pytest.raises(InvalidTag):
        receiver.decrypt(sealed)
