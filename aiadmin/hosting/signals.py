"""Signals, heard by a thread.

Python runs a signal's handler in the main thread, between two of its instructions. Where the kernel gives the signal
to another thread, or a moment before the main thread waits for Redis, that is when Redis has answered: many seconds
later.
"""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Collection


def handle(numbers: Collection[signal.Signals], on_signal: Callable[[], None]) -> None:
    """Call `on_signal`, from another thread, as soon as one of these comes. Each needs a handler in Python as well.

    To be called in the main thread, once in a process.
    """
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
    threading.Thread(target=_listen, args=[ours, theirs, frozenset(numbers), on_signal], daemon=True).start()


def _listen(
    ours: socket.socket, theirs: socket.socket, numbers: frozenset[int], on_signal: Callable[[], None]
) -> None:
    while came := ours.recv(64):
        if numbers & set(came):
            on_signal()
    theirs.close()
