"""The real application over a real PostgreSQL and a real Valkey, spoken to through Flask's client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

import pytest
from werkzeug.test import TestResponse

from aiadmin.config import Config
from aiadmin.container import Container
from aiadmin.web import create_app
from tests.fakes.yclients.client import FakeYClients
from tests.integration.web.door import Door
from tests.integration.web.site import Salon, Site

ADMIN_KEY = "admin-key-of-these-tests-32-bytes-long"
METRICS_TOKEN = "metrics-token-of-these-tests"


class MakeSite(Protocol):
    def __call__(self, **settings: Any) -> Site: ...


ADMIN = {"X-API-Key": ADMIN_KEY}


@pytest.fixture
def make_site(database_url: str, redis_url: str) -> Iterator[MakeSite]:
    """Builds a site with settings of the test's own."""
    made: list[Container] = []

    def make(**settings: Any) -> Site:
        given = {
            "database_url": database_url,
            "redis_url": redis_url,
            "jwt_secret": "a secret of these tests, 32 bytes or more",
            "admin_api_key": ADMIN_KEY,
            "metrics_token": METRICS_TOKEN,
            "rate_limit_per_minute": 1000,
            "yclients_per_second": 1000,
            "yclients_per_minute": 60_000,
        }
        container = Container(Config(**(given | settings)))
        made.append(container)
        return Site(container, create_app(container).test_client())

    yield make
    for container in made:
        container.close()


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """The site as most tests want it."""
    return make_site()


@pytest.fixture
def yclients(yclients_server: FakeYClients) -> FakeYClients:
    """A YClients that knows nothing yet."""
    yclients_server.reset()
    return yclients_server


@pytest.fixture
def market(make_site: MakeSite, yclients: FakeYClients) -> Site:
    """A site whose application is in YClients' marketplace."""
    return make_site(
        yclients_marketplace_url=yclients.url,
        yclients_api_key=yclients.partner_token,
        yclients_app_id=yclients.app_id,
    )


@pytest.fixture
def salon(site: Site) -> Salon:
    """A registered salon."""
    return site.register()


Refused = Callable[[TestResponse, int, str], dict[str, Any]]


@pytest.fixture
def refused() -> Refused:
    """Checks that an answer is an error in our one shape, and returns it."""

    def check(response: TestResponse, status: int, code: str) -> dict[str, Any]:
        body = response.get_json()
        assert (response.status_code, body["code"]) == (status, code), body
        assert body["success"] is False
        assert any("а" <= letter <= "я" for letter in body["error"].lower())
        assert body["request_id"] == response.headers["X-Request-ID"]
        return dict(body)

    return check


@pytest.fixture
def door(market: Site, yclients: FakeYClients) -> Door:
    """The way from YClients' marketplace to us."""
    return Door(market, yclients)
