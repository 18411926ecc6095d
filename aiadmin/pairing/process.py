"""The coordinator's end of one pairing process: its pipes, and the thread that listens."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from aiadmin.adapters.whatsapp.library import ENVIRONMENT

PARENT = "AIADMIN_PAIRING_PARENT"
"""The variable with the coordinator's process id: a coordinator may die before its process could look who its parent
is."""
GREETINGS = frozenset({"", "Press Ctrl+C to exit"})
"""The library says this for every session."""
MAX_STDERR_LINES = 60
"""Lines; a library that aborts writes one stack for each of its threads."""
PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class ProcessEvent:
    """One event of a process, as `pairing.process_main` describes them; `facts` is None when the process is gone."""

    process_id: int
    facts: dict[str, Any] | None


class PairingProcess:
    """A running pairing process. What it says goes to `events`; the last thing is that it is gone."""

    def __init__(self, process_id: int, events: queue.SimpleQueue[Any], env: Mapping[str, str]) -> None:
        self.process_id = process_id
        self._events = events
        self._process = subprocess.Popen(
            [sys.executable, "-m", "aiadmin.pairing.process_main"],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            env={**env, **ENVIRONMENT, PARENT: str(os.getpid())},
        )
        self._commands = cast("IO[str]", self._process.stdin)
        self._events_pipe = cast("IO[str]", self._process.stdout)
        self._stderr = cast("IO[str]", self._process.stderr)
        self._last_stderr: deque[str] = deque(maxlen=MAX_STDERR_LINES)
        self._stderr_reader = threading.Thread(
            target=self._read_stderr, name=f"pairing {process_id} stderr", daemon=True
        )
        self._stderr_reader.start()
        self._reader = threading.Thread(target=self._read, name=f"pairing {process_id}", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def send(self, **command: str) -> None:
        """Give a command. To a dead process this does nothing: its reader reports the end."""
        with suppress(OSError, ValueError):
            self._commands.write(json.dumps(command) + "\n")
            self._commands.flush()

    def close(self) -> None:
        """Ask it to end: it does so at once, whatever it is doing."""
        with suppress(OSError, ValueError):
            self._commands.close()

    def kill(self) -> None:
        """End one that does not react."""
        self._process.kill()

    def join(self, timeout: float) -> bool:
        """Wait until it is gone and everything it said is in the queue."""
        self._reader.join(timeout)
        return not self._reader.is_alive()

    def _read(self) -> None:
        with self._events_pipe:
            for line in self._events_pipe:
                # a process that is killed may leave half a line
                with suppress(ValueError):
                    self._events.put(ProcessEvent(self.process_id, json.loads(line)))
        self.close()
        self._process.wait()
        self._stderr_reader.join()
        if self._last_stderr:
            text = "".join(self._last_stderr)
            cry = {"event": "log", "level": "ERROR", "logger": "stderr", "text": text}
            self._events.put(ProcessEvent(self.process_id, cry))
        self._events.put(ProcessEvent(self.process_id, None))

    def _read_stderr(self) -> None:
        """What a dying process prints, such as the library's last words; reported when it has ended."""
        with self._stderr:
            for line in self._stderr:
                if line.strip() not in GREETINGS:
                    self._last_stderr.append(line)
