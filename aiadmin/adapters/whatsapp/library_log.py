"""What the library logs: goes into our log, and holds one thing that the library says nowhere else."""

from __future__ import annotations

import logging
import re
from collections import deque
from typing import Any

_UNENCRYPTED = re.compile(rb"Failed to encrypt (\w+) for ")
_REMEMBERED = 1000

_log = logging.getLogger("whatsmeow")


class LibraryLog:
    """The library's log; `handle` is quick and may be called on any thread."""

    def __init__(self, messages: Any) -> None:
        self._messages = messages
        self._unencrypted: deque[str] = deque(maxlen=_REMEMBERED)

    def handle(self, entry: bytes) -> None:
        """Remember what matters of an entry, at once: whoever sends looks for it as soon as the library is back."""
        found = _UNENCRYPTED.search(entry)
        if found is not None:
            self._unencrypted.append(found[1].decode())

    def is_unencrypted(self, message_id: str) -> bool:
        """Whether a device of this message's did not get it: its keys could not be read or written just then.

        The library sends the message to the other devices, or to none, and WhatsApp acknowledges it all the same.
        """
        return message_id in self._unencrypted.copy()

    def write(self, entry: bytes) -> None:
        """Into our log."""
        said = self._messages.LogEntry.FromString(entry)
        level = logging.ERROR if said.Level == "ERROR" else logging.WARNING
        _log.log(level, "%s", said.Message, extra={"part": said.Name})
