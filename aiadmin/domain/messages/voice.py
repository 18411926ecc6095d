"""A voice message that WhatsApp holds: where it is, and the key that opens it; never the voice itself."""

from __future__ import annotations

from dataclasses import dataclass, field

VOICE = "audio"
"""What the library calls it (`MessageSeen.media`)."""
MOST_BYTES = 1024 * 1024
MOST_SECONDS = 120
"""Longer ones are for a human to listen to."""


@dataclass(frozen=True, kw_only=True)
class VoiceNote:
    """What its sender's phone tells of a voice message; as good as the voice itself, and kept for minutes.

    Attributes:
        path: at WhatsApp's media server, with its query; it begins with a slash, and names no server.
        key: 32 bytes, of which those that encrypt it are made.
        sha256, sealed_sha256: of the voice, and of what the server holds.
        size: of the voice, in bytes.
    """

    path: str = field(repr=False)
    key: bytes = field(repr=False)
    sha256: bytes
    sealed_sha256: bytes
    size: int
