"""Keeps calls into the library apart: its Go maps are unsynchronised, so a write beside anything else aborts us."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Whoever writes the maps passes `alone`; whoever only reads them passes `together` with others who do.

    Who wants to be alone goes before all who come later, so that messages never hold up a start.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._wanting = 0
        self._inside = 0
        self._is_taken = False

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Enter alone: no other thread is inside."""
        with self._changed:
            self._wanting += 1
            self._changed.wait_for(lambda: not self._is_taken and not self._inside)
            self._wanting -= 1
            self._is_taken = True
        try:
            yield
        finally:
            with self._changed:
                self._is_taken = False
                self._changed.notify_all()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Enter together with others: no thread is inside alone."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_taken and not self._wanting)
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()
