"""How long one event takes to reach a room of 500 browsers."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable

import aiohttp

from bench.tables import table
from tests.support.stack import Salon, Stack

SOCKETS, EVENTS = 500, 50


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


async def _run(stack: Stack, salon: Salon, emit: Callable[[str], None]) -> tuple[float, list[float], list[float]]:
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
            sockets += await asyncio.gather(*(_join(session, stack.url, salon.token) for _ in range(count)))
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


def measure(stack: Stack, salon: Salon, emit: Callable[[str], None]) -> str:
    """The table of the fan-out."""
    joined, firsts, lasts = asyncio.run(_run(stack, salon, emit))
    middle, late = len(lasts) // 2, int(len(lasts) * 0.99)
    rows = [
        [f"{SOCKETS} browsers join", f"{joined * 1000:.0f}", "", ""],
        ["event to the first browser", f"{firsts[middle]:.1f}", f"{firsts[late]:.1f}", "1.0"],
        [
            "event to the last browser",
            f"{lasts[middle]:.1f}",
            f"{lasts[late]:.1f}",
            f"{lasts[middle] / firsts[middle]:.1f}",
        ],
    ]
    return table("Room fan-out", [f"{EVENTS} events from another process", "p50 ms", "p99 ms", "ratio"], rows)
