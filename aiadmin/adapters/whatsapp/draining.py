"""Ends connections in two steps, so that what they have read is delivered.

The library acknowledges a message to WhatsApp while it decrypts it, and `Stop` forgets what it has not told by then:
nobody would ever hear of that message (each stop in the middle of a conversation lost one or more of them). A closed
socket reads nothing more, and what was read comes out within milliseconds.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Any

from aiadmin.adapters.whatsapp.gate import Gate
from aiadmin.adapters.whatsapp.session_handle import SessionHandle

SETTLES_SECONDS = 0.3
"""How long the library may take to decrypt what it has read; it asks PostgreSQL a few times for each message."""


class Draining:
    """The connections that are closed and not forgotten yet; one thread forgets them when their time has come."""

    def __init__(self, go: Any, gate: Gate) -> None:
        self._go, self._gate = go, gate
        self._closed: deque[tuple[float, SessionHandle]] = deque()
        self._changed = threading.Condition()
        threading.Thread(target=self._run, name="draining", daemon=True).start()

    def drain(self, session: SessionHandle) -> None:
        """Close the socket now, forget the connection a moment later. The caller is alone in the gate."""
        if not self._go.IsConnected(session.handle):
            self._go.Stop(session.handle)  # an attempt to connect may be on its way, and only this ends it
            return
        self._go.Disconnect(session.handle)
        with self._changed:
            self._closed.append((time.monotonic() + SETTLES_SECONDS, session))
            self._changed.notify_all()

    def wait(self, timeout: float, jid: bytes | None = None) -> bool:
        """Wait until all are forgotten, or those of one device; False when that takes too long."""
        with self._changed:
            return self._changed.wait_for(
                lambda: not any(jid in {None, session.jid} for _, session in self._closed), timeout
            )

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed)
                due_at, session = self._closed[0]
            time.sleep(max(due_at - time.monotonic(), 0.0))
            with self._gate.alone():
                self._go.Stop(session.handle)
            with self._changed:
                self._closed.popleft()
                self._changed.notify_all()
