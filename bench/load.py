"""A small HTTP load generator: keep-alive connections, closed loop for throughput, fixed rate for latency."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

_NOW_AND_THEN_SECONDS = 0.01
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


class _Connection(asyncio.Protocol):
    """One keep-alive connection, one request at a time; it works little, for it shares the server's cores."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._loop = asyncio.get_running_loop()
        self._answer: asyncio.Future[int] | None = None
        self._read = b""

    def data_received(self, data: bytes) -> None:
        self._read += data
        head = self._read.find(b"\r\n\r\n")
        if head < 0 or self._answer is None:
            return
        place = self._read.lower().find(b"content-length: ", 0, head) + len(b"content-length: ")
        if len(self._read) >= head + 4 + int(self._read[place : self._read.index(b"\r\n", place)]):
            status, self._read = int(self._read[9:12]), b""
            self._answer.set_result(status)

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error or ConnectionResetError("the server closed the connection"))

    async def ask(self, request: bytes) -> int:
        self._answer = self._loop.create_future()
        self._transport.write(request)
        return await self._answer


async def _connect(url: str) -> _Connection:
    parts = urlsplit(url)
    _, connection = await asyncio.get_running_loop().create_connection(_Connection, parts.hostname, parts.port)
    return connection


async def _closed_loop(url: str, request: Request, connections: int, seconds: float, pause: float = 0.0) -> Result:
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
            if pause:
                await asyncio.sleep(pause)

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


def beside(url: str, request: Request, *, busy: Request, connections: int, seconds: float) -> Result:
    """One connection that asks now and then, while so many others ask for `busy` as fast as they are answered."""

    async def both() -> Result:
        others = _closed_loop(url, busy, connections, seconds)
        one = _closed_loop(url, request, 1, seconds, pause=_NOW_AND_THEN_SECONDS)
        return (await asyncio.gather(one, others))[0]

    return asyncio.run(both())


def at_rate(url: str, request: Request, *, rate: float, connections: int = 32, seconds: float = 10) -> Result:
    """Latency at a fixed rate, counted from when each request was due, so that a stall is not hidden."""
    return asyncio.run(_fixed_rate(url, request, connections, seconds, rate))
