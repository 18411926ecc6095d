"""The media server: holds what phones have encrypted, and gives it to whoever has the path.

A phone makes a key, derives those that encrypt and authenticate from it, and puts only the key into its message.
"""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass

from aiohttp import web
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.padding import PKCS7


@dataclass(frozen=True)
class SealedVoice:
    """A voice that was uploaded: what its message says of it."""

    path: str
    key: bytes
    sha256: bytes
    sealed_sha256: bytes
    size: int
    sealed: bytes


def seal(voice: bytes) -> SealedVoice:
    """Encrypt a voice as a phone does, under a new key and path."""
    key = os.urandom(32)
    keys = HKDF(algorithm=SHA256(), length=112, salt=None, info=b"WhatsApp Audio Keys").derive(key)
    start, cipher_key, mac_key = keys[:16], keys[16:48], keys[48:80]
    padder = PKCS7(128).padder()
    encryptor = Cipher(AES(cipher_key), CBC(start)).encryptor()
    encrypted = encryptor.update(padder.update(voice) + padder.finalize()) + encryptor.finalize()
    sealed = encrypted + hmac.digest(mac_key, start + encrypted, "sha256")[:10]
    path = f"/v/t62.7117-24/{secrets.token_hex(8)}_n.enc?ccb=11-4&oh=01_{secrets.token_hex(4)}&oe=6A"
    return SealedVoice(
        path=path,
        key=key,
        sha256=hashlib.sha256(voice).digest(),
        sealed_sha256=hashlib.sha256(sealed).digest(),
        size=len(voice),
        sealed=sealed,
    )


class MediaStore:
    """What was uploaded, by path."""

    def __init__(self) -> None:
        self._held: dict[str, bytes] = {}
        self.fetched: list[str] = []

    def put(self, note: SealedVoice) -> None:
        """Keep an upload."""
        self._held[note.path.partition("?")[0]] = note.sealed

    def drop(self) -> None:
        """Forget everything, as the server does with time."""
        self._held.clear()

    async def serve(self, request: web.Request) -> web.Response:
        """Give what lies at a path."""
        self.fetched.append(request.path)
        held = self._held.get(request.path)
        return web.Response(status=404) if held is None else web.Response(body=held)
