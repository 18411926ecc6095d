"""A TCP proxy, a process of its own, that plays a failover: old connections fall silent, new ones work.

Nothing is closed or refused on the old connections, so nobody hears that the other side is gone: a frozen primary,
a pulled cable, a firewall that has forgotten.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

_ROOT = Path(__file__).parents[2]
_PIECE = 64 * 1024
_END_WITHIN = 5.0


class SilentProxy:
    """A context manager: the proxy runs inside it.

    Attributes:
        port: where it listens, on 127.0.0.1.
    """

    def __init__(self, target: int) -> None:
        self._target = target

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.attacks.silent_proxy", str(self._target)],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline())
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=_END_WITHIN)

    def fall_silent(self) -> int:
        """From now on nothing passes through the connections that are there; how many those are."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("silence\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


class _Relay:
    """Both ways of every connection. A silent one is neither read nor closed, on either side."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._talking: set[asyncio.Task[None]] = set()
        self._silent: list[asyncio.StreamWriter] = []
        self._open: dict[asyncio.Task[None], list[asyncio.StreamWriter]] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        both = asyncio.create_task(self._both(reader, writer, far_reader, far_writer))
        self._open[both] = [writer, far_writer]
        both.add_done_callback(self._forget)

    def silence(self) -> int:
        """Stop relaying; the sockets stay open and are kept, for one that is collected would be closed."""
        silenced = dict(self._open)
        for task, writers in silenced.items():
            self._silent += writers
            task.cancel()
        return len(silenced)

    def _forget(self, task: asyncio.Task[None]) -> None:
        writers = self._open.pop(task)
        if not task.cancelled():
            for writer in writers:
                writer.transport.abort()

    async def _both(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        far_reader: asyncio.StreamReader,
        far_writer: asyncio.StreamWriter,
    ) -> None:
        ways = [
            asyncio.create_task(_pour(reader, far_writer)),
            asyncio.create_task(_pour(far_reader, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(_PIECE):
            writer.write(piece)
            await writer.drain()
    except ConnectionError:
        return


async def _main(target: int) -> None:
    relay = _Relay(target)
    server = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(relay.silence(), flush=True)


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1])))
