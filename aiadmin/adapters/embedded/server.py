"""What both servers share: a started process as a value, a clean stop, and the leftovers of a killed run."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

START_SECONDS = 60.0
"""Long enough for crash recovery on a slow disk."""
STOP_SECONDS = 8.0
"""Inside the ten seconds that everything has to be down in."""
ANSWER_SECONDS = 1.0
"""What one question of `is_answering` may take."""
LOG_BYTES = 5_000_000
"""Of a log and of the part before it, which is kept beside it."""
_POLL_SECONDS = 0.01
_PORTS = (20_000, 32_000)
_PORT_TRIES = 100
_TRIES = 3
_PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class EmbeddedServerError(RuntimeError):
    """An embedded server did not start; the message says where its log lies."""


@dataclass(frozen=True, kw_only=True)
class EmbeddedServer:
    """One server process.

    Attributes:
        url: with its password.
        log: what it prints; it never becomes longer than `LOG_BYTES` while somebody calls `trim_log`.
        is_ready: whether it takes commands now.
        is_answering: whether it says anything at all, "I am recovering" or "my disk is full" too; one that is frozen
            does not. Takes `ANSWER_SECONDS` at most.
        launch_again: starts another process on the same port, password and data once this one has ended, without
            waiting until that is ready. Raises OSError when there is no process to be had, or no data any more.
    """

    name: str
    url: str = field(repr=False)
    pid: int
    data_dir: Path
    log: Path
    stop_signal: signal.Signals
    process: subprocess.Popen[bytes] = field(repr=False)
    is_ready: Callable[[], bool] = field(repr=False)
    is_answering: Callable[[], bool] = field(repr=False)
    launch_again: Callable[[], EmbeddedServer] = field(repr=False)

    def is_running(self) -> bool:
        """Whether the process is still there."""
        return self.process.poll() is None

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Shut down in order; after `seconds` it is killed, and recovers at the next start."""
        if self.is_running():
            self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def last_line(self) -> str:
        """The end of its log."""
        lines = self.log.read_text(errors="replace").strip().splitlines() if self.log.exists() else []
        return lines[-1] if lines else "(empty)"

    def trim_log(self) -> None:
        """Put a log that is too long aside, in place of the one put aside before; the server goes on writing."""
        if self.log.stat().st_size <= LOG_BYTES:
            return
        with contextlib.suppress(OSError):  # on a full disk a shorter log is worth more than an old one
            shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
        os.truncate(self.log, 0)


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on, and that is likely to be free again when its server comes back.

    From 32768 on Linux gives ports to outgoing connections, of which one may take the port before its server does;
    and one that knocks at a server which is away may get the very port it knocks at, is connected to itself, and the
    server can never take it again.
    """
    for _ in range(_PORT_TRIES):
        if (port := _bound(random.randrange(*_PORTS))) is not None:  # noqa: S311 - spreads ports, guards nothing
            return port
    if (port := _bound(0)) is None:
        raise EmbeddedServerError("there is no free port")
    return port


def _bound(wanted: int) -> int | None:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return None
        port: int = probe.getsockname()[1]
        return port


def read_or_make_password(path: Path) -> str:
    """The password kept in `path`, made on first use and readable by its owner only."""
    if not path.exists():
        partial = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(24))
        partial.replace(path)  # whole or not at all: on a full disk an empty one would let everybody in
    return path.read_text().strip()


def spawn(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    log: Path,
    env: dict[str, str] | None = None,
    user: str | None = None,
) -> subprocess.Popen[bytes]:
    """Start a server outside the terminal's process group, so that Ctrl-C reaches it only through us.

    On Linux it also gets SIGINT when its parent is killed, so nothing is left running. `log` is added to.
    """
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - one prctl call that takes no lock
            user=user,
            group=None if user is None else pwd.getpwnam(user).pw_gid,
            extra_groups=None if user is None else [],
        )


def die_with_parent() -> None:
    """Ask Linux to interrupt this process when the thread that started it dies; elsewhere nothing happens."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def start(launch: Callable[[int], EmbeddedServer]) -> EmbeddedServer:
    """Launch a server on a port that is free, and on another one if it ends: somebody took the port meanwhile.

    Raises:
        EmbeddedServerError: it ended again and again, or START_SECONDS went by (it is killed then).
    """
    server, tries = launch(free_port()), 1
    while not _becomes_ready(server):
        if server.is_running() or tries == _TRIES:
            server.process.kill()
            server.process.wait()
            raise EmbeddedServerError(f"{server.name} did not start, its log is {server.log}: {server.last_line()}")
        server, tries = launch(free_port()), tries + 1
    return server


def _becomes_ready(server: EmbeddedServer) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while server.is_running() and time.monotonic() < deadline:
        if server.is_ready():
            return True
        time.sleep(_POLL_SECONDS)
    return False


def stop_leftover(pid: int, *, marker: str, stop_signal: signal.Signals) -> bool:
    """Stop a killed run's server, known by `marker` in its command line; True if it was one of ours."""
    if marker not in _command_line(pid):
        return False
    deadline = time.monotonic() + STOP_SECONDS
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, stop_signal)
    while marker in _command_line(pid):
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
        time.sleep(_POLL_SECONDS)
    return True


def _command_line(pid: int) -> str:
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    answer = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout
