"""YClients' ordinary limits: 5 requests a second and 200 a minute, for each address."""

import time
from collections import defaultdict, deque
from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from tests.fakes.yclients.envelope import failure
from tests.fakes.yclients.settings import Settings

_LIMITS = ((5, 1.0), (200, 60.0))
_TOO_MANY = "Превышен лимит запросов"


class Limits:
    """When each address asked; a middleware that counts only while the settings say so."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._asked: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=200))

    def middleware(self) -> Middleware:
        @web.middleware
        async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
            if not self._settings.is_limited or self.admits(request.remote or ""):
                return await handler(request)
            refusal = failure(429, _TOO_MANY)
            if self._settings.says_retry_after:
                refusal.headers["Retry-After"] = "1"
            return refusal

        return count

    def admits(self, address: str) -> bool:
        """Whether one more request is within both limits; if so it is counted."""
        now, asked = self._clock(), self._asked[address]
        if any(sum(now - at < window for at in asked) >= most for most, window in _LIMITS):
            return False
        asked.append(now)
        return True
