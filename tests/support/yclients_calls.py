"""The product's client of YClients against the fake, over HTTP, with a real Valkey for the budget."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from aiadmin.config import Config
from aiadmin.container import Container
from tests.fakes.yclients.client import FakeYClients

SALON = 962302
NewContainer = Callable[..., Container]


@pytest.fixture
def yclients(yclients_server: FakeYClients) -> FakeYClients:
    """A YClients with one salon, where our app is active."""
    yclients_server.reset()
    yclients_server.salon(SALON, clients=250, records=230)
    yclients_server.activate(SALON)
    return yclients_server


@pytest.fixture
def new_container(yclients: FakeYClients, redis_url: str) -> Iterator[NewContainer]:
    """Makes the product's adapters, wired to the fake; quick unless told otherwise."""
    made: list[Container] = []

    def make(**settings: object) -> Container:
        given: dict[str, object] = {
            "redis_url": redis_url,
            "jwt_secret": "secret-of-the-yclients-tests-32-byte",
            "yclients_api_url": f"{yclients.url}/api/v1",
            "yclients_marketplace_url": yclients.url,
            "yclients_api_key": yclients.partner_token,
            "yclients_user_token": yclients.user_token,
            "yclients_app_id": yclients.app_id,
            "yclients_per_second": 500,
            "yclients_per_minute": 30_000,
        }
        made.append(Container(Config(**{**given, **settings})))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for box in made:
        box.close()
