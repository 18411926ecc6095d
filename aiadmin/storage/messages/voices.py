"""Where voice messages lie, as JSON."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from aiadmin.domain.messages.voice import VoiceNote

_BYTES = ("key", "sha256", "sealed_sha256")


def to_json(note: VoiceNote) -> dict[str, Any]:
    """Plain values, bytes in base64."""
    coded = {name: base64.b64encode(getattr(note, name)).decode() for name in _BYTES}
    return {"path": note.path, "size": note.size, **coded}


def from_json(data: Any) -> VoiceNote | None:
    """What `to_json` wrote; None for what cannot be read."""
    try:
        coded = {name: base64.b64decode(data[name], validate=True) for name in _BYTES}
        return VoiceNote(path=str(data["path"]), size=int(data["size"]), **coded)
    except (KeyError, TypeError, ValueError, binascii.Error):
        return None
