"""What happened at the server, for tests to ask about."""

import time
from collections import deque
from typing import Any


class Journal:
    """The last events, oldest first: ``{"n", "at", "event", ...facts}``; ``n`` counts from 1 and never repeats."""

    def __init__(self, keep: int = 20_000) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=keep)
        self._count = 0

    def add(self, event: str, **facts: Any) -> None:
        self._count += 1
        self._entries.append({"n": self._count, "at": time.time(), "event": event, **facts})

    def entries(self, event: str | None = None, after: int = 0) -> list[dict[str, Any]]:
        """The entries with a number above *after*, only those of kind *event* when given."""
        return [entry for entry in self._entries if entry["n"] > after and (event is None or entry["event"] == event)]
