"""What both servers share: a started process as a value, a clean stop, and the leftovers of a killed run."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

START_SECONDS = 30.0
"""Long enough for crash recovery on a slow disk."""
STOP_SECONDS = 8.0
"""Inside the ten seconds that everything has to be down in."""
_POLL_SECONDS = 0.01
_PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class EmbeddedServerError(RuntimeError):
    """An embedded server did not start; the message says where its log lies."""


@dataclass(frozen=True, kw_only=True)
class EmbeddedServer:
    """A server that answers: its URL (with its password), its process id, the folder of its data."""

    name: str
    url: str = field(repr=False)
    pid: int
    data_dir: Path
    stop_signal: signal.Signals
    process: subprocess.Popen[bytes] = field(repr=False)

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


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def read_or_make_password(path: Path) -> str:
    """The password kept in `path`, made on first use and readable by its owner only."""
    with contextlib.suppress(FileNotFoundError):
        return path.read_text().strip()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(24))
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

    On Linux it also gets SIGINT when its parent is killed, so nothing is left running.
    """
    with log.open("wb") as output:
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


def wait_until_ready(process: subprocess.Popen[bytes], is_ready: Callable[[], bool], *, log: Path) -> None:
    """Return once `is_ready` says so.

    Raises:
        EmbeddedServerError: the process ended, or START_SECONDS went by (it is killed then).
    """
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if is_ready():
            return
        time.sleep(_POLL_SECONDS)
    if process.poll() is None:
        process.kill()
    process.wait()
    raise EmbeddedServerError(f"the server did not start, its log is {log}: {_last_line(log)}")


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "(empty)"


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
