"""What several processes print, line by line under each one's name."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import TextIO

_COLOURS = ("36", "33", "35", "32", "34", "31")
_JOIN_SECONDS = 1.0


@dataclass
class Output:
    """Writes whole lines, never mixed, each behind its process's name; in colour on a terminal."""

    width: int
    stream: TextIO = field(default_factory=lambda: sys.stdout)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._colours = itertools.cycle(_COLOURS)
        self._colour_of: dict[str, str] = {}
        self._readers: list[threading.Thread] = []

    @property
    def is_terminal(self) -> bool:
        """Whether it is a terminal, in colour."""
        return self.stream.isatty()

    def show(self, text: str) -> None:
        """Print several lines as they are, with none of a process in between."""
        with self._lock:
            self.stream.write(f"{text}\n")
            self.stream.flush()

    def say(self, name: str, line: str) -> None:
        """Print one line of `name`."""
        with self._lock:
            self.stream.write(f"{self._label(name)} {line}\n")
            self.stream.flush()

    def follow(self, name: str, process: subprocess.Popen[bytes]) -> None:
        """Print what `process` prints, until it closes its output."""
        self._readers = [reader for reader in self._readers if reader.is_alive()]
        reader = threading.Thread(target=self._copy, args=(name, process), name=f"output of {name}", daemon=True)
        self._readers.append(reader)
        reader.start()

    def finish(self) -> None:
        """Wait a moment for the last lines."""
        for reader in self._readers:
            reader.join(_JOIN_SECONDS)

    def _copy(self, name: str, process: subprocess.Popen[bytes]) -> None:
        if process.stdout is None:
            return
        with process.stdout as lines:
            for line in lines:
                self.say(name, line.decode(errors="replace").rstrip("\n"))

    def _label(self, name: str) -> str:
        label = f"{name:<{self.width}} |"
        if not self.is_terminal:
            return label
        colour = self._colour_of.setdefault(name, next(self._colours))
        return f"\033[{colour}m{label}\033[0m"
