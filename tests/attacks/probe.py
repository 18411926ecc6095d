"""What everybody else notices of an attack: how soon `/health` answers, and how much memory the web process takes.

It looks from a process of its own, because the attacker is busy. A question is asked whenever it is due, on a
connection of its own, and its answer counts from then, so that a standstill is not hidden by the questions that it
kept from being asked.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

_ROOT = Path(__file__).parents[2]
EVERY_SECONDS = 0.1
PATIENCE_SECONDS = 20.0
_END_WITHIN = 2 * PATIENCE_SECONDS
_QUESTION = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, kw_only=True)
class Look:
    """One question: when it was due (seconds of a steady clock), how long the answer took, what web held then."""

    at: float
    seconds: float
    is_answered: bool
    rss_mb: float


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Of a stretch of time; seconds, and MB."""

    p50: float
    p99: float
    worst: float
    unanswered: int
    rss_mb: float

    @classmethod
    def of(cls, looks: Sequence[Look]) -> Figures:
        """The figures of some looks, at least one."""
        took = sorted(look.seconds for look in looks)
        return cls(
            p50=took[len(took) // 2],
            p99=took[int(len(took) * 0.99)],
            worst=took[-1],
            unanswered=sum(not look.is_answered for look in looks),
            rss_mb=max(look.rss_mb for look in looks),
        )


class Probe:
    """A context manager that looks while it is open; `looks` are complete afterwards."""

    def __init__(self, port: int, web: int) -> None:
        self._arguments = [str(port), str(web)]
        self.looks: list[Look] = []

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.attacks.probe", *self._arguments],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self._process.stdout.readline()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        said, _ = self._process.communicate(timeout=_END_WITHIN)
        self.looks = [Look(**json.loads(line)) for line in said.splitlines()]


async def _is_answered(port: int) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(_QUESTION)
                return (await reader.readline()).startswith(b"HTTP/1.1 200")
            finally:
                writer.transport.abort()
    except OSError:  # a TimeoutError is one, too
        return False


class _Worker:
    """Gunicorn's worker, whichever it is just now; the arbiter serves nobody."""

    def __init__(self, arbiter: int) -> None:
        self._arbiter = psutil.Process(arbiter)
        self._worker: psutil.Process | None = None

    def rss_mb(self) -> float:
        """Its memory; 0 while there is none."""
        try:
            if self._worker is None or not self._worker.is_running():
                self._worker = next(iter(self._arbiter.children()), None)
            return self._worker.memory_info().rss / 2**20 if self._worker else 0.0
        except psutil.Error:
            return 0.0


async def _look(port: int, worker: _Worker, due: float) -> None:
    is_answered = await _is_answered(port)
    took, rss_mb = time.monotonic() - due, worker.rss_mb()
    sys.stdout.write(json.dumps({"at": due, "seconds": took, "is_answered": is_answered, "rss_mb": rss_mb}) + "\n")


async def _main(port: int, web: int) -> None:
    worker, over = _Worker(web), asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    print("looking", flush=True)
    due, looks = time.monotonic(), set()
    while not over.done():
        looks.add(asyncio.create_task(_look(port, worker, due)))
        due += EVERY_SECONDS
        await asyncio.sleep(max(0.0, due - time.monotonic()))
    await asyncio.gather(*looks)


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), int(sys.argv[2])))
