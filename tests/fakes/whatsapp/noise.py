"""``Noise_XX_25519_AESGCM_SHA256`` as WhatsApp speaks it, without any input or output.

Three protobuf ``HandshakeMessage`` values go by: hello (client), hello (server), finish (client)::

    -> e
    <- e, ee, s, es, payload: certificate chain
    -> s, se, payload: ClientPayload
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tests.fakes.whatsapp.keys import KeyPair
from tests.fakes.whatsapp.protos import HandshakeMessage

PROLOGUE = b"WA\x06\x03"
"""The first bytes of a connection: magic, protocol version, dictionary version."""

_PATTERN = b"Noise_XX_25519_AESGCM_SHA256\0\0\0\0"


class HandshakeError(Exception):
    """The peer's handshake message cannot be read; probably it was made for another root key or prologue."""


def hkdf(secret: bytes, salt: bytes | None, info: bytes, length: int) -> bytes:
    """HKDF-SHA256, the only key derivation WhatsApp uses."""
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


class Cipher:
    """AES-256-GCM with a message counter as nonce; one per direction."""

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)
        self._counter = 0

    def encrypt(self, plain: bytes, associated: bytes = b"") -> bytes:
        return self._aead.encrypt(self._nonce(), plain, associated)

    def decrypt(self, sealed: bytes, associated: bytes = b"") -> bytes:
        """Open *sealed*; raises ``InvalidTag`` when it was not made by the peer's cipher."""
        return self._aead.decrypt(self._nonce(), sealed, associated)

    def _nonce(self) -> bytes:
        nonce = self._counter.to_bytes(12, "big")
        self._counter += 1
        return nonce


class SymmetricState:
    """The running hash and key of a handshake; the same for both sides."""

    def __init__(self) -> None:
        self._hash = self._chaining = _PATTERN
        self._cipher = Cipher(_PATTERN)
        self.mix_hash(PROLOGUE)

    def mix_hash(self, data: bytes) -> None:
        digest = hashes.Hash(hashes.SHA256())
        digest.update(self._hash + data)
        self._hash = digest.finalize()

    def mix_key(self, secret: bytes) -> None:
        both = hkdf(secret, self._chaining, b"", 64)
        self._chaining, self._cipher = both[:32], Cipher(both[32:])

    def seal(self, plain: bytes) -> bytes:
        sealed = self._cipher.encrypt(plain, self._hash)
        self.mix_hash(sealed)
        return sealed

    def open(self, sealed: bytes) -> bytes:
        plain = self._cipher.decrypt(sealed, self._hash)
        self.mix_hash(sealed)
        return plain

    def split(self) -> tuple[Cipher, Cipher]:
        """Return the ciphers of the finished handshake: client to server, server to client."""
        both = hkdf(b"", self._chaining, b"", 64)
        return Cipher(both[:32]), Cipher(both[32:])


class Responder:
    """The server's side of one handshake: first ``hello``, then ``finish``."""

    def __init__(self, static: KeyPair, certificates: bytes) -> None:
        self._static = static
        self._certificates = certificates
        self._ephemeral = KeyPair()
        self._state = SymmetricState()

    def hello(self, client_hello: bytes) -> bytes:
        """Answer the client's hello with ours."""
        peer = _parse(client_hello).clientHello.ephemeral
        state = self._state
        state.mix_hash(peer)
        state.mix_hash(self._ephemeral.public)
        state.mix_key(self._ephemeral.exchange(peer))
        static = state.seal(self._static.public)
        state.mix_key(self._static.exchange(peer))
        answer = HandshakeMessage.ServerHello(
            ephemeral=self._ephemeral.public, static=static, payload=state.seal(self._certificates)
        )
        return bytes(HandshakeMessage(serverHello=answer).SerializeToString())

    def finish(self, client_finish: bytes) -> tuple[bytes, bytes, Cipher, Cipher]:
        """Return the client's static key, its payload, and the ciphers for receiving and for sending."""
        message = _parse(client_finish).clientFinish
        try:
            client_static = self._state.open(message.static)
            self._state.mix_key(self._ephemeral.exchange(client_static))
            payload = self._state.open(message.payload)
        except InvalidTag as error:
            raise HandshakeError("the client's last handshake message does not decrypt") from error
        receiving, sending = self._state.split()
        return client_static, payload, receiving, sending


def _parse(data: bytes) -> HandshakeMessage:
    message = HandshakeMessage()
    message.ParseFromString(data)
    return message
