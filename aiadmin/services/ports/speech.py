"""Voice messages: WhatsApp's media server, and a service that writes down what is said."""

from __future__ import annotations

from typing import Protocol

from aiadmin.domain.messages.voice import VoiceNote


class VoiceError(Exception):
    """A voice message was not heard; the message says why in words that may be logged.

    Attributes:
        is_passing: whether it may be heard if that is tried again.
    """

    def __init__(self, message: str, *, is_passing: bool = False) -> None:
        super().__init__(message)
        self.is_passing = is_passing


class VoiceNotes(Protocol):
    """Where voice messages lie."""

    def fetch(self, note: VoiceNote) -> bytes:
        """The voice, as its sender's phone recorded it (Ogg with Opus). One try, seconds at most.

        Raises:
            VoiceError: it is not there, or is not what was sent.
        """
        ...


class Speech(Protocol):
    """A recogniser of speech."""

    @property
    def is_abroad(self) -> bool:
        """Whether what it is played leaves the country, which its salon has to agree to."""

    def transcribe(self, voice: bytes, *, language: str) -> str:
        """What is said. One try, seconds at most.

        Args:
            language: that is spoken, by its code of ISO 639-1.

        Raises:
            VoiceError: no answer, or a refusal.
        """
        ...
