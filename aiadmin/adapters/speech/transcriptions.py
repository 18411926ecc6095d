"""`ports.speech.Speech` over `POST /audio/transcriptions`, as OpenAI and many servers of one's own have it."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus

import structlog

from aiadmin.adapters.http_json import JsonHttp
from aiadmin.services.ports.speech import VoiceError

log = structlog.get_logger(__name__)

SECONDS, CONNECT_SECONDS = 15.0, 3.0
MAX_BYTES = 64 * 1024
_FILE, _FORMAT = "voice.ogg", "audio/ogg"
"""WhatsApp's phones record Ogg with Opus, which recognisers take as it is."""


@dataclass(frozen=True, kw_only=True)
class Transcriptions:
    """One model of one server.

    Attributes:
        url: up to the version, without `/audio/transcriptions`.
        is_abroad: whether what it is played leaves the country.
    """

    url: str
    model: str
    is_abroad: bool
    key: str = field(default="", repr=False)
    http: JsonHttp = field(
        default_factory=lambda: JsonHttp(seconds=SECONDS, connect_seconds=CONNECT_SECONDS, max_bytes=MAX_BYTES)
    )

    def transcribe(self, voice: bytes, *, language: str) -> str:
        """See `Speech.transcribe`. A server that took too long is not asked again: it may be at it still."""
        answer = self.http.post(
            f"{self.url}/audio/transcriptions",
            form={"model": self.model, "language": language, "response_format": "json"},
            files={"file": (_FILE, voice, _FORMAT)},
            headers={"Authorization": f"Bearer {self.key}"} if self.key else {},
        )
        log.info("asked for a transcription", status=answer.status, reason=answer.reason or None)
        text = None if answer.body is None else answer.body.get("text")
        if answer.status != HTTPStatus.OK or not isinstance(text, str):
            is_busy = answer.status == HTTPStatus.TOO_MANY_REQUESTS or (answer.status or 0) >= 500  # noqa: PLR2004
            raise VoiceError(answer.reason, is_passing=is_busy or answer.is_unconnected)
        return text
