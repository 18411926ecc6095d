"""A session that the library runs, and what it says of it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from aiadmin.domain.hosting.session_event import SessionEvent

Listener = Callable[[SessionEvent], None]


@dataclass(eq=False)
class SessionHandle:
    """One call of the library's `Neonize` for the device `jid`; `handle` is its name there, new for every start."""

    session_id: str
    listener: Listener
    jid: bytes = b""
    handle: bytes = field(default_factory=lambda: uuid.uuid4().hex.encode())  # noqa: PLW0108 - new for each
    spoke: threading.Event = field(default_factory=threading.Event)
    closed: bool = False
    lid: str | None = None


@dataclass(frozen=True)
class Raw:
    """What a callback copied: `code` is an event code, or one of the names in `decode`."""

    session: SessionHandle
    code: int | str
    data: bytes
