"""The phone's cryptography when a device is linked by an eight-character code instead of a QR text.

The code is never sent. Each side wraps its ephemeral key with a key stretched from the code, so a wrong code yields a
wrong ephemeral key, and the companion's key bundle then does not open.
"""

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.fakes.whatsapp.keys import KeyPair
from tests.fakes.whatsapp.noise import hkdf

_ROUNDS = 131_072
_BUNDLE_INFO = b"link_code_pairing_key_bundle_encryption_key"


class WrongCodeError(Exception):
    """The typed code is not the one the companion shows."""


def wrap(code: str, public: bytes) -> bytes:
    """Return salt (32), iv (16) and the ephemeral *public* key encrypted under *code* (32)."""
    salt, iv = os.urandom(32), os.urandom(16)
    return salt + iv + _crypt(code, salt, iv, public)


def unwrap(code: str, wrapped: bytes) -> bytes:
    """Undo ``wrap``; a wrong *code* gives wrong bytes, not an error."""
    return _crypt(code, wrapped[:32], wrapped[32:48], wrapped[48:80])


def open_bundle(bundle: bytes, shared: bytes, identity: KeyPair) -> tuple[bytes, bytes]:
    """Return the companion's identity key and the secret that authenticates the pairing.

    *bundle* is salt (32), nonce (12) and the sealed companion identity, primary identity and random bytes (32 each);
    *shared* comes from the two ephemeral keys. Raises WrongCodeError when the bundle does not open.
    """
    salt, nonce, sealed = bundle[:32], bundle[32:44], bundle[44:]
    try:
        plain = AESGCM(hkdf(shared, salt, _BUNDLE_INFO, 32)).decrypt(nonce, sealed, None)
    except InvalidTag as error:
        raise WrongCodeError from error
    companion_identity, random = plain[:32], plain[64:96]
    secret = hkdf(shared + identity.exchange(companion_identity) + random, None, b"adv_secret", 32)
    return companion_identity, secret


def _crypt(code: str, salt: bytes, iv: bytes, data: bytes) -> bytes:
    key = hashlib.pbkdf2_hmac("sha256", code.encode(), salt, _ROUNDS)
    return Cipher(algorithms.AES(key), modes.CTR(iv)).encryptor().update(data)
