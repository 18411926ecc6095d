"""Processes that are forked from a Python that has loaded what they need: the client's side of `fork_server`."""

from __future__ import annotations

import atexit
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_PR_SET_CHILD_SUBREAPER = 36
_STOP_WITHIN = 5.0
_ordering = threading.Lock()


class Forker:
    """What has a fork server at the other end of a channel. What that forks becomes this process's own child."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel

    def fork(
        self,
        arguments: Sequence[str],
        folder: str,
        environment: Mapping[str, str],
        streams: Sequence[int],
        **how: Any,
    ) -> int:
        """The process id of a new child of ours, which runs `arguments`; for `how` see `fork_server.Order`."""
        order = {"arguments": arguments, "folder": folder, "environment": dict(environment), **how}
        order["ignores_interrupt"] = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        with _ordering, _adopting():
            socket.send_fds(self._channel, [json.dumps(order).encode()], streams)
            pid = int(self._channel.recv(32))
            assert self._channel.recv(32) == b"adopted", "the fork server has ended"
        return pid


class ForkServer(Forker):
    """A running fork server.

    Args:
        program: the words of Python's command line up to the channel's number.
        words: those that follow it.
    """

    def __init__(self, *program: str, words: Sequence[str], environment: Mapping[str, str]) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        super().__init__(ours)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, *program, str(theirs.fileno()), *words],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        self.pid = self._process.pid
        atexit.register(self._stop)

    def _stop(self) -> None:
        """It has nothing to put away, and may still be loading."""
        self._process.kill()
        self._process.wait(_STOP_WITHIN)
        self._channel.close()


@contextmanager
def _adopting() -> Iterator[None]:
    """What loses its parent below us becomes our child, rather than that of the machine's first process."""
    _adopt(1)
    try:
        yield
    finally:
        _adopt(0)


def _adopt(whether: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, whether, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


class Forked(subprocess.Popen[Any]):
    """`subprocess.Popen` of a child that a fork server makes; all else is as it is there: pipes, waiting, signals.

    Args:
        how: see `fork_server.Order`.
    """

    def __init__(
        self, server: Forker, arguments: Sequence[str], *, how: Mapping[str, Any] | None = None, **options: Any
    ) -> None:
        self._server, self._how = server, how or {}
        super().__init__([sys.executable, *arguments], **options)

    def _execute_child(self, args: Sequence[str], *rest: Any) -> None:
        """The one place where Popen starts anything; since Python 3.11 it is called like this."""
        _, _, _, _, cwd, env, _, _, _, *ends, _, _, _, _, _, _, _ = rest
        stdin, _, _, stdout, _, stderr = ends
        streams = [number if end == -1 else end for number, end in enumerate((stdin, stdout, stderr))]
        self.pid = self._server.fork(args[1:], os.fspath(cwd), env, streams, **self._how)
        self._child_created = True
        self._close_pipe_fds(*ends)  # type: ignore[attr-defined]
