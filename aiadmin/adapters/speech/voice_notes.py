"""`ports.speech.VoiceNotes` over WhatsApp's media server, which holds what phones have encrypted.

The server asks for no login: who has the path and the key can hear the voice. Only the path is the sender's; the
server is ours to name, so that a message sends us nowhere else. Formats: whatsmeow `download.go`, `mediakeys`;
Baileys `messages-media.ts` (`mmg.whatsapp.net`).
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.padding import PKCS7

from aiadmin.adapters.http_body import BadReplyError
from aiadmin.adapters.http_deadline import bounded_session, within
from aiadmin.adapters.http_exchange import FAILURES, HttpReply, exchange, failure_of
from aiadmin.domain.messages.voice import VoiceNote
from aiadmin.services.ports.speech import VoiceError

log = structlog.get_logger(__name__)

SECONDS, CONNECT_SECONDS = 8.0, 3.0
_INFO = b"WhatsApp Audio Keys"
_BLOCK, _KEY, _MAC = 16, 32, 10
_GONE = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


@dataclass(frozen=True, kw_only=True)
class MediaServer:
    """One server.

    Attributes:
        url: its scheme and host.
        seconds: for a whole call; `connect_seconds` of them for connecting.
    """

    url: str
    seconds: float = SECONDS
    connect_seconds: float = CONNECT_SECONDS

    def fetch(self, note: VoiceNote) -> bytes:
        """See `VoiceNotes.fetch`."""
        reply = self._get(note)
        log.info("fetched a voice message", status=reply.status)
        if reply.status != HTTPStatus.OK:
            raise VoiceError(f"HTTP {reply.status}", is_passing=reply.status not in _GONE)
        return opened(reply.content, note)

    def _get(self, note: VoiceNote) -> HttpReply:
        headers = {"Origin": "https://web.whatsapp.com", "Accept-Encoding": "identity"}
        try:
            with within(self.seconds), bounded_session() as session:
                return exchange(
                    session,
                    "GET",
                    f"{self.url}{note.path}",
                    seconds=self.seconds,
                    connect_seconds=self.connect_seconds,
                    max_bytes=note.size + _BLOCK + _MAC,
                    headers=headers,
                )
        except BadReplyError as error:
            raise VoiceError("too long, or too slow") from error
        except FAILURES as error:
            raise VoiceError(failure_of(error), is_passing=True) from None  # the library's words hold the address


def opened(sealed: bytes, note: VoiceNote) -> bytes:
    """The voice in what the server holds.

    Raises:
        VoiceError: it is not what was sent.
    """
    keys = HKDF(algorithm=SHA256(), length=_BLOCK + 2 * _KEY, salt=None, info=_INFO).derive(note.key)
    start, cipher_key, mac_key = keys[:_BLOCK], keys[_BLOCK : _BLOCK + _KEY], keys[_BLOCK + _KEY :]
    encrypted, mac = sealed[:-_MAC], sealed[-_MAC:]
    expected = hmac.digest(mac_key, start + encrypted, "sha256")[:_MAC]
    is_whole = hmac.compare_digest(hashlib.sha256(sealed).digest(), note.sealed_sha256)
    if not is_whole or not hmac.compare_digest(mac, expected):
        raise VoiceError("not what was sent")
    try:
        decryptor = Cipher(AES(cipher_key), CBC(start)).decryptor()
        unpadder = PKCS7(AES.block_size).unpadder()
        padded = decryptor.update(encrypted) + decryptor.finalize()
        voice = unpadder.update(padded) + unpadder.finalize()
    except ValueError as error:
        raise VoiceError("not what was sent") from error
    if not hmac.compare_digest(hashlib.sha256(voice).digest(), note.sha256):
        raise VoiceError("not what was sent")
    return voice
