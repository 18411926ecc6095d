"""Host processes, and what may be done to them."""

from __future__ import annotations

import itertools
import signal
import subprocess
import time
from pathlib import Path

from tests.chaos.scale import FULL, Scale
from tests.chaos.world import World
from tests.support.hosts import ROOT, settings
from tests.support.processes import start

ENDS_WITHIN = 12.0


class HostProcess:
    """A `sessions` process.

    Attributes:
        log: everything that it wrote.
        is_ours_to_end: whether we asked it to end, or killed it.
    """

    def __init__(self, command: list[str], env: dict[str, str], log: Path) -> None:
        self.log, self.is_ours_to_end = log, False
        with log.open("wb") as output:
            self.process = start(
                *command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )
        self.pid = self.process.pid

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        """kill -9."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Not a single thread goes on, and the kernel keeps its connections open."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def terminate(self) -> float:
        """SIGTERM; how many seconds it takes to end."""
        asked_at = time.monotonic()
        self._end(signal.SIGTERM)
        assert self.process.returncode == 0, self.said()
        return time.monotonic() - asked_at

    def ask_to_end(self) -> None:
        """SIGTERM, and no waiting."""
        self.is_ours_to_end = True
        self.process.send_signal(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        self.is_ours_to_end = True
        self.process.send_signal(number)
        self.process.wait(ENDS_WITHIN)

    def said(self) -> str:
        return self.log.read_text(errors="replace")


class Fleet:
    """All the hosts of one scenario; `close` it."""

    def __init__(self, world: World, database_url: str, scale: Scale, folder: Path, **more: str) -> None:
        self._env = {
            **world.whatsapp.env(),
            **settings(database_url, world.valkey.url),
            "NEONIZE_BOT_TAG": "off",
            "SESSIONS_MEMORY_MB": "0",
            **more,
        }
        own_lease = ["-m", "tests.chaos.sessions_process", str(scale.lease), str(scale.renew_every)]
        self._command = ["worker.py", "sessions"] if scale is FULL else own_lease
        self._folder, self._numbers = folder, itertools.count(1)
        self.hosts: list[HostProcess] = []

    def start(self) -> HostProcess:
        """One more host."""
        log = self._folder / f"host-{next(self._numbers)}.log"
        host = HostProcess(self._command, self._env, log)
        self.hosts.append(host)
        return host

    @property
    def running(self) -> list[HostProcess]:
        return [host for host in self.hosts if host.is_running]

    def said(self, text: str) -> int:
        """How often the hosts wrote this."""
        return sum(host.said().count(text) for host in self.hosts)

    def dead(self) -> list[str]:
        """The last words of hosts that ended although nobody wanted it."""
        lost = [host for host in self.hosts if not host.is_running and not host.is_ours_to_end]
        return [f"{host.log.name}: {host.process.returncode}\n{host.said()[-3000:]}" for host in lost]

    def stumbles(self) -> list[str]:
        """What the hosts logged of mistakes of ours."""
        return [f"{host.log.name}\n{host.said()[-6000:]}" for host in self.hosts if "Traceback" in host.said()]

    def close(self) -> None:
        """End what still runs."""
        for host in self.running:
            host.thaw()
            host.ask_to_end()
        for host in self.hosts:
            try:
                host.process.wait(ENDS_WITHIN)
            except subprocess.TimeoutExpired:
                host.kill()
