"""A server of a test's own that may go away and come back on its port with its data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from aiadmin.adapters.embedded import EmbeddedServer
from aiadmin.adapters.embedded.server import spawn

LASTING: set[int] = set()
"""The processes of servers that several tests share: one that a test has restarted is not left behind by it."""


class RestartingServer:
    """A server that runs until `leave`, and again from `come_back` on.

    Args:
        lasts: for longer than a test.

    Attributes:
        url: stays the same.
    """

    def __init__(self, server: EmbeddedServer, *, lasts: bool = False) -> None:
        running = psutil.Process(server.pid)
        self.url = server.url
        self._command, self._environment = running.cmdline(), running.environ()
        self._folder, self._user = running.cwd(), running.username()
        self._server, self._process, self._lasts = server, server.process, lasts

    def leave(self) -> None:
        """Shut down in order; clients lose their connections. One that is away already is left alone."""
        if self._process.poll() is None:
            self._process.send_signal(self._server.stop_signal)
        self._process.wait(60)

    def come_back(self) -> None:
        """Start again; takes connections a moment later."""
        log = self._server.data_dir / "again.log"
        account = None if self._user == psutil.Process().username() else self._user
        self._process = spawn(
            self._command, cwd=self._server.data_dir / self._folder, log=log, env=self._environment, user=account
        )
        if self._lasts:
            LASTING.add(self._process.pid)

    @contextmanager
    def away(self) -> Iterator[None]:
        """It is away for the block, and back after it, however that ends."""
        self.leave()
        try:
            yield
        finally:
            self.come_back()

    def restart(self) -> None:
        """Leave, and come back at once."""
        self.leave()
        self.come_back()
