"""How the server is told to misbehave."""

import asyncio
from dataclasses import dataclass
from fnmatch import fnmatchcase

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware


@dataclass
class Fault:
    """One way to answer the requests to `path` (shell wildcards allowed), `times` times or for ever.

    A fault with `status`, `body` or `drop` keeps the request from being looked at, as a proxy in front would;
    with `processed` YClients does what it is asked first, and only its answer is lost or replaced.

    Attributes:
        delay: seconds between the deed and the answer.
        drop: hang up instead of answering.
    """

    path: str
    times: int | None = 1
    status: int | None = None
    body: str | None = None
    delay: float = 0
    drop: bool = False
    processed: bool = False

    @property
    def replaces(self) -> bool:
        """Whether the ordinary answer is not given."""
        return self.status is not None or self.body is not None or self.drop


class Faults:
    """Those that wait for their request, oldest first; a middleware."""

    def __init__(self) -> None:
        self._armed: list[Fault] = []

    def arm(self, fault: Fault) -> None:
        self._armed.append(fault)

    def clear(self) -> None:
        self._armed.clear()

    def middleware(self) -> Middleware:
        @web.middleware
        async def misbehave(request: web.Request, handler: Handler) -> web.StreamResponse:
            fault = self._take(request.path)
            if fault is None:
                return await handler(request)
            answer = None if fault.replaces and not fault.processed else await handler(request)
            await asyncio.sleep(fault.delay)
            if fault.drop and request.transport is not None:
                request.transport.abort()
            return answer if answer is not None and not fault.replaces else _answer(fault)

        return misbehave

    def _take(self, path: str) -> Fault | None:
        found = next((fault for fault in self._armed if fnmatchcase(path, fault.path)), None)
        if found is not None and found.times is not None:
            found.times -= 1
            if found.times <= 0:
                self._armed.remove(found)
        return found


def _answer(fault: Fault) -> web.Response:
    body = fault.body or ""
    kind = "text/html" if body.startswith("<") or not body else "application/json"
    return web.Response(status=fault.status or 200, text=body, content_type=kind)
