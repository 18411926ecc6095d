"""Curve25519 keys that both agree on secrets and sign, and the server's certificate chain.

WhatsApp uses one Montgomery key for Diffie-Hellman *and* for signatures (XEdDSA). Going from a Montgomery key to an
Edwards key needs curve arithmetic no library offers; going the other way needs none. So we start from an Ed25519
seed: its clamped hash is a valid X25519 private key, the X25519 public key belongs to the same point, and an ordinary
Ed25519 signature is a valid XEdDSA signature once the sign of the Edwards point is put into the free top bit.
"""

import hashlib
import os
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from tests.fakes.whatsapp.protos import CertChain

_YEAR = 365 * 24 * 3600


class KeyPair:
    """A Curve25519 key pair that can exchange secrets and make XEdDSA signatures.

    Attributes:
        public: the 32 bytes of the X25519 public key, as WhatsApp sends it.
    """

    def __init__(self, seed: bytes | None = None) -> None:
        """Make the pair that belongs to a 32-byte *seed*; a random one without it."""
        seed = seed or os.urandom(32)
        self._signing = Ed25519PrivateKey.from_private_bytes(seed)
        self._exchange = X25519PrivateKey.from_private_bytes(hashlib.sha512(seed).digest()[:32])
        self.public = self._exchange.public_key().public_bytes_raw()
        self._sign_bit = self._signing.public_key().public_bytes_raw()[31] & 0x80

    def exchange(self, public: bytes) -> bytes:
        """Return the 32-byte secret shared with the owner of *public*."""
        return self._exchange.exchange(X25519PublicKey.from_public_bytes(public))

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte XEdDSA signature of *message*."""
        signature = bytearray(self._signing.sign(message))
        signature[63] |= self._sign_bit
        return bytes(signature)


# The seed is no secret: whoever holds it can only impersonate WhatsApp to a library patched by ``overlay``. It is
# fixed so that the patched copy does not depend on the run.
ROOT = KeyPair(hashlib.sha256(b"fake whatsapp root key").digest())


def certify(static_public: bytes) -> bytes:
    """Return the serialised chain by which the library recognises the server: root, intermediate, Noise key."""
    intermediate = KeyPair()
    chain = CertChain()
    _fill(chain.intermediate, serial=1, issuer_serial=0, key=intermediate.public, signer=ROOT)
    _fill(chain.leaf, serial=2, issuer_serial=1, key=static_public, signer=intermediate)
    return bytes(chain.SerializeToString())


def _fill(
    certificate: CertChain.NoiseCertificate, serial: int, issuer_serial: int, key: bytes, signer: KeyPair
) -> None:
    now = int(time.time())
    certificate.details = CertChain.NoiseCertificate.Details(
        serial=serial, issuerSerial=issuer_serial, key=key, notBefore=now - _YEAR, notAfter=now + _YEAR
    ).SerializeToString()
    certificate.signature = signer.sign(certificate.details)
