"""Why everything ends."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field


@dataclass
class Ending:
    """`stop` is set once all is to end; `reason` then says why, or is None where the user wished it."""

    stop: threading.Event = field(default_factory=threading.Event)
    reason: str | None = None

    def fail(self, reason: str) -> None:
        """End everything with an error; what comes first is the cause, the rest follows from it."""
        if not self.stop.is_set():
            self.reason = reason
        self.stop.set()
