"""`worker.py` as real processes."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.support.processes import AS_INSTALLED, start

ROOT = Path(__file__).parents[2]
SOON = 40.0
"""A process starts in about a second on a quiet machine, and in several on a busy one."""


@dataclass(frozen=True)
class Process:
    """One of them, with the jobs it has forked."""

    popen: subprocess.Popen[bytes]
    log: Path

    def jobs(self) -> list[psutil.Process]:
        """The forked jobs that run now."""
        return psutil.Process(self.popen.pid).children(recursive=True)

    def kill(self, *, with_jobs: bool) -> None:
        """kill -9, as the kernel or a platform does."""
        jobs = self.jobs() if with_jobs else []
        self.popen.kill()
        self.popen.wait()
        for job in jobs:
            with suppress(psutil.NoSuchProcess):
                job.kill()

    def terminate(self, within: float) -> int:
        """SIGTERM; the exit code."""
        self.popen.terminate()
        return self.popen.wait(within)

    def says(self, words: str, *, times: int = 1) -> bool:
        """Whether its log holds `words`, so many times at least."""
        return self.log.read_text().count(words) >= times


@dataclass
class Processes:
    """Starts them with one environment."""

    env: Mapping[str, str]
    folder: Path
    started: list[Process] = field(default_factory=list)

    def start(self, role: str, **env: str) -> Process:
        """Start `worker.py role`; its log goes to a file."""
        log = self.folder / f"{role}-{len(self.started)}.log"
        with log.open("wb") as output:
            popen = start(
                str(ROOT / "worker.py"),
                role,
                cwd=self.folder,
                env={"PATH": os.environ["PATH"], **AS_INSTALLED, **self.env, **env},
                stdout=output,
                stderr=output,
            )
        process = Process(popen, log)
        self.started.append(process)
        return process

    def kill_all(self) -> None:
        """Nothing is left."""
        for process in self.started:
            if process.popen.poll() is None:
                process.kill(with_jobs=True)
