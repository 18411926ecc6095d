"""A small HTTP load generator: keep-alive connections, closed loop for throughput, fixed rate for latency."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

Request = Callable[[int], bytes]
"""The raw request with this number."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a run saw: latencies in milliseconds, sorted, and how many answers were not 2xx."""

    seconds: float
    latencies: tuple[float, ...]
    refused: int

    @property
    def rate(self) -> float:
        """Good answers per second."""
        return (len(self.latencies) - self.refused) / self.seconds

    def percentile(self, share: float) -> float:
        """The latency that `share` of the answers stayed under, in milliseconds."""
        return self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))]


def post(path: str, body: bytes, *headers: str) -> bytes:
    """A raw POST of JSON."""
    head = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *headers,
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def get(path: str, *headers: str) -> bytes:
    """A raw GET."""
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *headers]).encode() + b"\r\n\r\n"


class _Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def ask(self, request: bytes) -> int:
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        await self._reader.readexactly(length)
        return int(head.split(b" ", 2)[1])


async def _connect(url: str) -> _Connection:
    parts = urlsplit(url)
    return _Connection(*await asyncio.open_connection(parts.hostname, parts.port))


async def _closed_loop(url: str, request: Request, connections: int, seconds: float) -> Result:
    started = time.monotonic()
    latencies: list[float] = []
    refused, number = 0, 0

    async def worker() -> None:
        nonlocal refused, number
        connection = await _connect(url)
        while time.monotonic() - started < seconds:
            number += 1
            sent = time.monotonic()
            refused += not 200 <= await connection.ask(request(number)) < 300
            latencies.append((time.monotonic() - sent) * 1000)

    await asyncio.gather(*(worker() for _ in range(connections)))
    return Result(seconds=time.monotonic() - started, latencies=tuple(sorted(latencies)), refused=refused)


async def _fixed_rate(url: str, request: Request, connections: int, seconds: float, rate: float) -> Result:
    free: asyncio.Queue[_Connection] = asyncio.Queue()
    for _ in range(connections):
        free.put_nowait(await _connect(url))
    latencies: list[float] = []
    refused = 0

    async def one(number: int, due: float) -> None:
        nonlocal refused
        connection = await free.get()
        refused += not 200 <= await connection.ask(request(number)) < 300
        latencies.append((time.monotonic() - due) * 1000)
        free.put_nowait(connection)

    started, tasks = time.monotonic(), []
    for number in range(int(rate * seconds)):
        due = started + number / rate
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        tasks.append(asyncio.create_task(one(number, due)))
    await asyncio.gather(*tasks)
    return Result(seconds=time.monotonic() - started, latencies=tuple(sorted(latencies)), refused=refused)


def throughput(url: str, request: Request, *, connections: int = 32, seconds: float = 6) -> Result:
    """As many requests as the server takes."""
    return asyncio.run(_closed_loop(url, request, connections, seconds))


def at_rate(url: str, request: Request, *, rate: float, connections: int = 32, seconds: float = 10) -> Result:
    """Latency at a fixed rate, counted from when each request was due, so that a stall is not hidden."""
    return asyncio.run(_fixed_rate(url, request, connections, seconds, rate))
