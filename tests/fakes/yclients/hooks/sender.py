"""One delivery over HTTP, with YClients' patience and its second tries."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime

import aiohttp

from tests.fakes.yclients.hooks.delivery import DONE, FAILED, WAITING, Attempt, Delivery
from tests.fakes.yclients.settings import Settings

_AT_ONCE = 100
_CONNECT_WITHIN = 5
_TOO_MANY, _SERVER_ERROR = 429, 500


class Sender:
    """The connections to all apps."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._settings, self._clock = settings, clock
        self._http: aiohttp.ClientSession | None = None

    async def send(self, delivery: Delivery) -> None:
        """Try once, and again as the settings say: only 5xx, 429 and no answer at all are worth it."""
        delivery.state = WAITING
        for number in range(1 + self._settings.hook_retries):
            if number:
                await asyncio.sleep(self._settings.hook_retry_pause)
            attempt = await self._attempt(delivery)
            delivery.attempts.append(attempt)
            if not is_worth_another(attempt.status):
                break
        answered = delivery.attempts[-1].status or 0
        delivery.state = DONE if answered // 100 == 2 else FAILED

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()

    async def _attempt(self, delivery: Delivery) -> Attempt:
        at, began = self._clock().isoformat(), time.monotonic()
        status, error = None, ""
        timeout = aiohttp.ClientTimeout(total=self._settings.hook_timeout, sock_connect=_CONNECT_WITHIN)
        try:
            async with self._session().post(
                delivery.url, json=delivery.body, timeout=timeout, allow_redirects=False
            ) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError) as failed:
            error = type(failed).__name__
        return Attempt(at, status, error, round(time.monotonic() - began, 3))

    def _session(self) -> aiohttp.ClientSession:
        """Made at the first use: it belongs to the running event loop."""
        if self._http is None:
            self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=_AT_ONCE))
        return self._http


def is_worth_another(status: int | None) -> bool:
    """Whether YClients would try again after this answer (None: no answer)."""
    return status is None or status == _TOO_MANY or status >= _SERVER_ERROR
