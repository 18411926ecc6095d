"""Drives one ``probe``: a real client in a process of its own."""

import json
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.fakes.whatsapp.client import ROOT, FakeWhatsApp
from tests.support.processes import start

Event = dict[str, Any]


class ProbeProcess:
    """A running probe and the events it has reported so far.

    Attributes:
        store: the file with its keys; a second process may use it, too.
        events: everything reported, oldest first; ``event`` is the name of a library event, or ``qr``, ``status``,
            ``code``, ``logged-out``, ``returned`` (the library's blocking call came back).
    """

    def __init__(self, whatsapp: FakeWhatsApp, store: Path, jid: str = "") -> None:
        """Start a client of *whatsapp* with its keys in the SQLite file *store*; with *jid*, one that is in there."""
        command = ["-m", "tests.fakes.whatsapp.probe", str(store), "--jid", jid]
        self._process = start(
            *command, cwd=ROOT, env=whatsapp.env(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.store = store
        self.events: list[Event] = []
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(
        self, event: str, matches: Callable[[Event], bool] = lambda _: True, after: int = 0, within: float = 20
    ) -> Event:
        """The first *event* that *matches*, among those from position *after*; raises TimeoutError."""

        def found() -> Event | None:
            return next((one for one in self.events[after:] if one["event"] == event and matches(one)), None)

        with self._news:
            entry = self._news.wait_for(found, within)
        if entry is None:
            raise TimeoutError(f"no {event!r} within {within} s, only {self.names(after)}")
        return entry

    def names(self, after: int = 0) -> list[str]:
        """The names of the events from position *after*."""
        return [entry["event"] for entry in self.events[after:]]

    def mark(self) -> int:
        """The position to pass as *after* to see only what comes from now on."""
        return len(self.events)

    def do(self, command: str, **facts: Any) -> None:
        """Send a command."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": command, **facts}) + "\n")
        self._process.stdin.flush()

    def renew(self) -> None:
        """Stop the session, forget its events, and start as a new device. Only a client that was linked can stop."""
        start = self.mark()
        self.do("stop")
        self.wait_for("returned", after=start)
        with self._news:
            self.events.clear()
        self.do("start")

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._reader.join(10)
        self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._news:
                self.events.append(json.loads(line))
                self._news.notify_all()
