"""How long one event takes to reach a room of 500 browsers."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median

import aiohttp

from bench.tables import table
from tests.support.stack import Salon, Stack

SOCKETS, EVENTS, ROUNDS = 500, 50, 3


async def _join(session: aiohttp.ClientSession, url: str, token: str) -> aiohttp.ClientWebSocketResponse:
    """Connect as socket.io-client does over a websocket: Engine.IO open, then the namespace."""
    socket = await session.ws_connect(url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket")
    await socket.receive_str()
    await socket.send_str("40/marketplace," + json.dumps({"token": token}))
    while not (await socket.receive_str()).startswith("40/marketplace"):
        pass
    return socket


async def _watch(socket: aiohttp.ClientWebSocketResponse, seen: Callable[[str, float], None]) -> None:
    async for message in socket:
        if message.data == "2":
            await socket.send_str("3")
        elif "bench-" in message.data:
            seen(json.loads(message.data.split(",", 1)[1])[1]["text"], time.monotonic())


async def _run(url: str, token: str, emit: Callable[[str], None]) -> tuple[float, list[float], list[float]]:
    arrivals: dict[str, list[float]] = {}
    firsts: list[float] = []
    lasts: list[float] = []

    def seen(text: str, at: float) -> None:
        arrivals.setdefault(text, []).append(at)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        started = time.monotonic()
        sockets = []
        for start in range(0, SOCKETS, 25):
            count = min(25, SOCKETS - start)
            sockets += await asyncio.gather(*(_join(session, url, token) for _ in range(count)))
        joined = time.monotonic() - started
        watchers = [asyncio.create_task(_watch(socket, seen)) for socket in sockets]
        for number in range(EVENTS):
            text, sent = f"bench-{number}", time.monotonic()
            await asyncio.to_thread(emit, text)
            while len(arrivals.get(text, [])) < SOCKETS and time.monotonic() - sent < 5:
                await asyncio.sleep(0.002)
            times = sorted(at - sent for at in arrivals.get(text, [5.0]))
            firsts.append(times[0] * 1000)
            lasts.append(times[-1] * 1000)
        for watcher in watchers:
            watcher.cancel()
    return joined, sorted(firsts), sorted(lasts)


@contextmanager
def _bare() -> Iterator[tuple[str, Callable[[str], None]]]:
    """A server that knows nothing but `send()`: its URL, and what it sends to all."""
    command = [sys.executable, "-m", "bench.bare_room", str(SOCKETS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        orders = process.stdin

        def emit(text: str) -> None:
            orders.write(text + "\n")
            orders.flush()

        yield f"http://127.0.0.1:{process.stdout.readline().strip()}", emit
        orders.close()


def measure(stack: Stack, salon: Salon, emit: Callable[[str], None], *, rounds: int = ROUNDS) -> str:
    """The table of the fan-out: ours and bare `send()` in turns, medians of the rounds."""
    taken = lambda: sum(sum(one.cpu_times()[:2]) for one in stack.processes("web"))  # noqa: E731
    found: dict[str, list[list[float]]] = {"ours": [], "bare send()": []}
    for _ in range(rounds):
        before = taken()
        joined, firsts, lasts = asyncio.run(_run(stack.url, salon.token, emit))
        spent = 1e6 * (taken() - before) / (SOCKETS * EVENTS)
        found["ours"].append([joined * 1000, *_of(firsts), *_of(lasts), spent])
        with _bare() as (url, send):
            joined, firsts, lasts = asyncio.run(_run(url, "", send))
        found["bare send()"].append([joined * 1000, *_of(firsts), *_of(lasts), 0.0])
    middles = {name: [median(column) for column in zip(*rows, strict=True)] for name, rows in found.items()}
    rows = [[name, *(f"{one:.1f}" for one in middle)] for name, middle in middles.items()]
    ratio = [one / other if other else 0.0 for one, other in zip(*middles.values(), strict=True)]
    rows.append(["ratio", *(f"{one:.1f}" if one else "" for one in ratio)])
    times = ["first p50", "first p99", "last p50", "last p99"]
    header = [
        f"{EVENTS} events to {SOCKETS} browsers, ms",
        "all join",
        *times,
        "us of the web process a socket, joins included",
    ]
    return table("Room fan-out", header, rows) + "\naim: the last one's p99 at most 1.2 times bare send()"


def _of(times: list[float]) -> tuple[float, float]:
    return times[len(times) // 2], times[int(len(times) * 0.99)]
