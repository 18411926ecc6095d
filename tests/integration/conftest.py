"""What these tests compile and start once per worker; and the application over real servers, by Flask's client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from aiadmin.config import Config
from aiadmin.container import Container
from aiadmin.web import create_app
from tests.fakes.yclients.client import FakeYClients
from tests.support import statements, templates
from tests.support.door import Door
from tests.support.linked_salons import JWT_SECRET, make_container
from tests.support.site import ADMIN_KEY, METRICS_TOKEN, MakeSite, Refused, Salon, Site
from tests.support.workers import Processes


@pytest.fixture(scope="session", autouse=True)
def all_is_compiled_once() -> Iterator[None]:
    """Each test has an application and an engine of its own; all have the same pages and statements."""
    with templates.compiled_once(), statements.compiled_once():
        yield


@pytest.fixture(scope="session")
def yclients_server() -> Iterator[FakeYClients]:
    """One process; whoever uses it resets it first."""
    with FakeYClients() as server:
        yield server


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


@pytest.fixture
def box(database_url: str, redis_url: str, yclients: FakeYClients) -> Iterator[Container]:
    """The product's adapters, wired to the fake."""
    with make_container(
        database_url=database_url,
        redis_url=redis_url,
        yclients_marketplace_url=yclients.url,
        yclients_api_key=yclients.partner_token,
        yclients_app_id=yclients.app_id,
        yclients_per_second=1000,
        yclients_per_minute=60_000,
    ) as container:
        yield container


@pytest.fixture
def processes(database_url: str, redis_url: str, yclients: FakeYClients, tmp_path: Path) -> Iterator[Processes]:
    """Real processes on the same servers; all are gone afterwards."""
    env = {
        **yclients.env(),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "JWT_SECRET": JWT_SECRET,
        "PUBLIC_URL": "https://bot.example",
    }
    running = Processes(env, tmp_path)
    yield running
    running.kill_all()


@pytest.fixture
def container(database_url: str, redis_url: str) -> Iterator[Container]:
    """The product's adapters, with nothing of YClients."""
    with make_container(database_url=database_url, redis_url=redis_url) as container:
        yield container
