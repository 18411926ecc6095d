"""How long a body may be, by who may send it: the more a stranger can send, the less we read of it."""

from __future__ import annotations

MAX_BODY_BYTES = 1024 * 1024
"""Where a key in the headers is checked before the body is looked at."""
WEBHOOK_BYTES = 256 * 1024
OPEN_BYTES = 16 * 1024
"""Where the key stands in the body, or none is needed; and a Socket.IO poll."""

_LIMITS = (
    ("/marketplace/webhook/", WEBHOOK_BYTES),
    ("/marketplace/lifecycle", OPEN_BYTES),
    ("/marketplace/callback", OPEN_BYTES),
    ("/marketplace/register", OPEN_BYTES),
    ("/console", OPEN_BYTES),
    ("/socket.io/", OPEN_BYTES),
)


def limit_of(path: str) -> int:
    """The most bytes that a body sent to `path` may have."""
    return next((limit for prefix, limit in _LIMITS if path.startswith(prefix)), MAX_BODY_BYTES)
