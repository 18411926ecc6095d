"""An app that is active in one small salon."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from tests.fakes.yclients.client import FakeYClients
from tests.integration.fakes_yclients.bot import Bot, BotServer

SALON = 962302


@dataclass
class Rest:
    """Calls of the REST API and the marketplace as the app would make them."""

    yclients: FakeYClients

    def call(self, method: str, path: str, *, user: bool = True, **asked: Any) -> requests.Response:
        base = self.yclients.url + ("" if path.startswith(("/marketplace", "/smsprovider")) else "/api/v1")
        return requests.request(method, base + path, headers=self.yclients.headers(user=user), timeout=10, **asked)

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.call("GET", path, params=query)

    def post(self, path: str, body: dict[str, Any], **how: Any) -> requests.Response:
        return self.call("POST", path, json=body, **how)

    def put(self, path: str, body: dict[str, Any], **how: Any) -> requests.Response:
        return self.call("PUT", path, json=body, **how)

    def delete(self, path: str, **how: Any) -> requests.Response:
        return self.call("DELETE", path, **how)


@pytest.fixture
def yclients(yclients_server: FakeYClients) -> FakeYClients:
    """A YClients that knows nothing yet."""
    yclients_server.reset()
    return yclients_server


@pytest.fixture
def ids(yclients: FakeYClients) -> dict[str, list[int]]:
    """The small salon, filled, with the app active in it."""
    filled = yclients.salon(SALON)
    yclients.activate(SALON)
    return filled


@pytest.fixture
def rest(yclients: FakeYClients) -> Rest:
    return Rest(yclients)


@pytest.fixture
def bot() -> Iterator[Bot]:
    """An app that webhooks may be sent to."""
    server = BotServer()
    yield server.bot
    server.close()
